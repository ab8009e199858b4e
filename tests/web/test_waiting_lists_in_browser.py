"""The page of somebody who waits, in a real browser: by keyboard, on a phone, dark."""

import httpx
import pytest

from tests.support.browser import DESK, PHONE, Browser, created
from tests.support.client import Json

pytestmark = pytest.mark.browser


@pytest.fixture
def line(shop: httpx.Client) -> tuple[Json, list[Json]]:
    """Return the booking of the only seat of a class in 2040, and two who wait for it."""
    doc = created(shop, "resources", {"name": "Dr Emmett Brown", "timezone": "Europe/Berlin"})
    times = {"start": "2040-05-07T10:00:00+02:00", "end": "2040-05-07T11:00:00+02:00"}
    lesson = {"graph": "group_owner", "settings": {"max_seats": 1}, "resource_id": doc["id"]}
    owner = created(shop, "bookings", {**lesson, "what": "Temporal mechanics", **times})
    in_class = {"related": {"owner_booking_id": owner["id"]}}
    people = [
        {"name": name, "email": f"{name}@example.com", "timezone": "Europe/Berlin"}
        for name in ("Marty", "Jennifer", "Einstein")
    ]
    seat = created(shop, "bookings", {"graph": "group_customer", "customer": people[0], **in_class})
    entries = [
        created(shop, "bookings/waitlist", {"customer": each, **in_class}) for each in people[1:]
    ]
    return seat, entries


def test_an_offer_is_taken_with_the_keyboard_alone(
    window: Browser, shop: httpx.Client, line: tuple[Json, list[Json]]
) -> None:
    seat, [first, second] = line
    window.open(second["take_url"], script=False)
    assert "1 is before you." in window.look()["text"]
    assert shop.put(f"bookings/{seat['id']}/cancel_by_customer", json={}).status_code == 200

    window.open(first["take_url"])
    assert "It is your turn" in window.look()["text"]
    assert window.ask("tabTo", selector="main button[value=leave]")["outline"] == "solid"
    window.open(first["take_url"])
    assert window.ask("tabTo", selector="main button[value=take]")["outline"] == "solid"
    window.ask("enter")

    assert "This is booked for you" in window.look()["text"]
    found = shop.get(f"bookings/waitlist/{first['id']}").json()["data"]
    assert found["state"] == "taken"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
def test_it_fits_where_it_is_read(
    window: Browser,
    shop: httpx.Client,
    line: tuple[Json, list[Json]],
    size: tuple[int, int],
    scheme: str,
) -> None:
    seat, [first, second] = line
    shop.put(f"bookings/{seat['id']}/cancel_by_customer", json={})
    for name, entry in (("offered", first), ("waiting", second)):
        window.open(entry["take_url"], size=size, scheme=scheme)
        window.picture(f"line-{name}-{size[0]}-{scheme}")
        seen = window.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = window.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)
        assert window.ask("requests")["complaints"] == []
