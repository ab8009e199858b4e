"""booking.js 3.3.1 in headless Chromium, unmodified: classes with seats, payments, and moving."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.clients.shop import FIELDS, ZONE, Shop, open_shop
from tests.clients.widget import MARTY, Drawn, Widget, config_of, page_with
from tests.support.client import Json
from tests.support.server import App, Server
from tests.support.site import Site

pytestmark = pytest.mark.browser

Embed = Callable[..., str]


@pytest.fixture
def embed(site: Site, server: Server, live: App) -> Embed:
    """Puts a shop into somebody's page with some further settings, and returns the address."""

    def embedded(shop: Shop, **given: Json) -> str:
        return site.publish(page_with(config_of(server, live, shop, **given)))

    return embedded


def school(api: httpx.Client, graph: str = "group_customer", **booking: Json) -> Shop:
    """Open a shop that sells seats."""
    return open_shop(api, booking={"graph": graph, **booking})


def drawn(of_class: Json, zone: str) -> Drawn:
    """Return where a class belongs on the calendar of a visitor in ``zone``."""
    start = datetime.fromisoformat(of_class["attributes"]["event_info"]["start"])
    return Drawn.of(start.astimezone(ZoneInfo(zone)).isoformat())


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/Los_Angeles"])
def test_classes_are_drawn_at_the_hour_of_the_visitor_s_clock_and_a_seat_is_booked(
    widget: Widget, embed: Embed, api: httpx.Client, zone: str, tmp_path: Path
) -> None:
    shop = school(api)
    first, *_, last = shop.slots()[:4]
    early, late = shop.open_class(first), shop.open_class(last)
    others = school(api)
    others.open_class(others.slots()[1])

    widget.open(embed(shop), zone=zone)
    widget.picture(tmp_path / "classes.png")
    assert set(widget.drawn()) == {drawn(early, zone), drawn(late, zone)}, "and no other's"
    sheet = widget.choose(drawn(late, zone))
    assert sheet["fields"] == list(FIELDS)
    widget.picture(tmp_path / "form.png")
    said = widget.submit({**MARTY, "comment": "I bring my own guitar"})
    widget.picture(tmp_path / "success.png")

    assert (said.error, bool(said.success)) == (None, True)
    (seat,) = [each for each in shop.bookings("owner_booking") if each["customers"]]
    assert (seat["graph"], seat["state"]) == ("group_customer", "confirmed")
    assert seat["owner_booking"]["id"] == late["id"]
    info = seat["attributes"]["event_info"]
    assert info["start"] == late["attributes"]["event_info"]["start"]
    assert info["what"] == "Guitar for beginners"
    (customer,) = seat["customers"]
    assert (customer["name"], customer["timezone"]) == ("Marty McFly", zone)
    assert customer["meta"]["comment"] == "I bring my own guitar"
    assert (shop.seats_taken(early), shop.seats_taken(late)) == (0, 1)


def test_a_full_class_is_not_drawn(widget: Widget, embed: Embed, api: httpx.Client) -> None:
    shop = school(api)
    full, free = (shop.open_class(slot, seats=1) for slot in shop.slots()[:2])
    shop.take_seat(full)
    widget.open(embed(shop), zone=ZONE)
    assert widget.drawn() == [drawn(free, ZONE)]


def test_the_last_seat_taken_in_between_shows_the_reason(
    widget: Widget, embed: Embed, api: httpx.Client, tmp_path: Path
) -> None:
    shop = school(api)
    lesson = shop.open_class(shop.slots()[0], seats=1)
    widget.open(embed(shop), zone=ZONE)
    widget.choose(drawn(lesson, ZONE))
    shop.take_seat(lesson)

    said = widget.submit(MARTY)
    widget.picture(tmp_path / "full.png")

    assert said.success is None
    assert "No available seats" in (said.error or "")
    assert shop.seats_taken(lesson) == 1


def test_a_school_without_classes_shows_an_empty_calendar_and_no_error(
    widget: Widget, embed: Embed, api: httpx.Client
) -> None:
    widget.open(embed(school(api)), zone=ZONE)
    assert widget.drawn() == []
    assert widget.sight().error is None


def test_a_seat_that_is_to_be_paid_is_held(widget: Widget, embed: Embed, api: httpx.Client) -> None:
    shop = school(api, "group_customer_payment")
    lesson = shop.open_class(shop.slots()[0])
    widget.open(embed(shop), zone=ZONE)
    widget.choose(drawn(lesson, ZONE))
    assert widget.submit(MARTY).success
    (seat,) = [each for each in shop.bookings() if each["customers"]]
    assert (seat["graph"], seat["state"]) == ("group_customer_payment", "tentative")
    assert shop.seats_taken(lesson) == 1
    paid = api.put(f"bookings/{seat['id']}/pay", json={"pay": {"payment_id": "ch_121"}})
    assert paid.json()["data"]["state"] == "paid"


def test_a_slot_that_is_to_be_paid_is_held_and_offered_no_more(
    widget: Widget, embed: Embed, api: httpx.Client
) -> None:
    booking = {"graph": "instant_payment", "what": "Massage", "timeout": {"time": 25}}
    shop = open_shop(api, booking=booking)
    address = embed(shop)
    widget.open(address, zone=ZONE)
    slot = widget.drawn()[0]
    widget.choose(slot)
    assert widget.submit(MARTY).success
    (held,) = shop.bookings()
    assert (held["state"], held["available_actions"]) == ("tentative", ["pay"])
    widget.open(address, zone=ZONE)
    assert slot not in widget.drawn()


# --- moving a booking


def moving(booking: Json, slot: Json) -> Json:
    """Return what the documentation tells site owners to write for moving a booking."""
    return {
        "uuid": booking["id"],
        "action": "reschedule",
        "eventStart": slot["start"],
        "eventEnd": slot["end"],
    }


def test_an_embedded_widget_moves_a_booking_to_another_time(
    widget: Widget, embed: Embed, shop: Shop, tmp_path: Path
) -> None:
    first = shop.slots(ZONE)[0]
    old = shop.book(first)
    widget.open(embed(shop, reschedule=moving(old, first)), zone=ZONE)
    assert Drawn.of(first["start"]) not in widget.drawn()
    slot = widget.drawn()[-1]
    sheet = widget.choose(slot)
    assert Drawn.of(first["start"]).time in sheet["heading"]
    widget.picture(tmp_path / "moving.png")
    assert widget.submit({"message": "The clock tower is closed"}).success

    new, before = shop.bookings(include="logs")
    assert drawn(new, ZONE) == slot
    assert (new["state"], before["state"]) == ("confirmed", "rescheduled_by_customer")
    assert before["logs"][-1]["message"] == "The clock tower is closed"
    assert Drawn.of(first["start"]) in [Drawn.of(each["start"]) for each in shop.slots(ZONE)]


def test_moving_to_a_time_taken_in_between_leaves_the_booking_and_shows_the_reason(
    widget: Widget, embed: Embed, shop: Shop, tmp_path: Path
) -> None:
    first, second = shop.slots(ZONE)[:2]
    old = shop.book(first)
    widget.open(embed(shop, reschedule=moving(old, first)), zone=ZONE)
    widget.choose(Drawn.of(second["start"]))
    shop.book(second)
    said = widget.submit({"message": "Please"})
    widget.picture(tmp_path / "refused.png")
    assert "The requested timeslot is not available" in (said.error or "")
    assert {each["state"] for each in shop.bookings()} == {"confirmed"}


@pytest.mark.parametrize("graph", ["confirm_decline", "instant_payment"])
def test_a_booking_of_another_graph_is_not_moved_and_the_widget_says_why(
    widget: Widget, embed: Embed, api: httpx.Client, graph: str
) -> None:
    shop = open_shop(api, booking={"graph": graph, "what": "Massage"})
    first = shop.slots(ZONE)[0]
    old = shop.book(first)
    widget.open(embed(shop, reschedule=moving(old, first)), zone=ZONE)
    widget.choose(widget.drawn()[-1])
    said = widget.submit({"message": "Please"})
    assert f"A booking of the graph {graph} cannot be rescheduled" in (said.error or "")
    assert [each["id"] for each in shop.bookings()] == [old["id"]]
