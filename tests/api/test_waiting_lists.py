"""Waiting lists over HTTP: what each kind of key may do, and what the answers show."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
LIST = "/bookings/waitlist"
JENNIFER = {"name": "Jennifer Parker", "email": "jennifer@example.com", "pet": "none"}
EINSTEIN = {"name": "Einstein", "email": "einstein@example.com"}


async def full_class(tenant: Tenant, **given: Json) -> tuple[Json, Json]:
    """Return a class whose only seat is taken, and the booking of the seat."""
    doc = await tenant.resource()
    lesson = {"graph": "group_owner", "settings": {"max_seats": 1}, **given}
    made = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN, **lesson))
    seat = {"graph": "group_customer", "related": {"owner_booking_id": made["id"]}}
    return made, await tenant.api.created("/bookings", tenant.order(None, NINE, TEN, **seat))


def for_seat(made: Json, customer: Json, **given: Json) -> Json:
    return {"related": {"owner_booking_id": made["id"]}, "customer": customer, **given}


async def taken_slot(tenant: Tenant) -> tuple[Json, Json]:
    """Return the body of a wish for nine o'clock, and the booking that holds it."""
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    wish = {"resource_id": doc["id"], "start": NINE, "end": TEN, "what": "Visit"}
    return {**wish, "customer": JENNIFER}, booking


async def cancel(tenant: Tenant, booking: Json, action: str = "cancel") -> None:
    answer = await tenant.api.put(f"/bookings/{booking['id']}/{action}", {})
    assert answer.status_code == 200, answer.text


async def test_an_entry_with_the_app_key(tenant: Tenant) -> None:
    made, seat = await full_class(tenant)
    body = for_seat(made, JENNIFER, meta={"row": 1}, hold_time="30 minutes")

    entry = await tenant.api.created(LIST, body)

    assert {key: value for key, value in entry.items() if key not in {"id", "take_url"}} == {
        "state": "waiting",
        "position": 1,
        "owner_booking_id": made["id"],
        "resource_id": None,
        "project_id": None,
        "start": NINE,
        "end": TEN,
        "graph": "group_customer",
        "offered_until": None,
        "reservation_id": None,
        "booking_id": None,
        "hold_time": 1800,
        "customer": {**JENNIFER, "phone": "", "voip": "", "timezone": ""},
        "meta": {"row": 1},
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    address = urlsplit(entry["take_url"])
    assert address.path == f"/v2{LIST}/{entry['id']}/take"

    await cancel(tenant, seat, "cancel_by_customer")
    shown = await tenant.api.found(f"{LIST}/{entry['id']}?include=logs")
    assert (shown["state"], shown["position"]) == ("offered", None)
    assert shown["offered_until"] == "2030-05-06T08:30:00+0000"
    assert [(line["action"], line["from"], line["state"], line["actor"])
            for line in shown["logs"]] == [
        ("join", "initialized", "waiting", "api_key"),
        ("offer", "waiting", "offered", "waiting_list"),
    ]  # fmt: skip
    reservation = await tenant.api.found(f"/bookings/{shown['reservation_id']}")
    assert reservation["state"] == "reserved"
    assert reservation["held_until"] == shown["offered_until"]


async def test_an_entry_with_the_widget_key_shows_nothing_private(tenant: Tenant) -> None:
    made, _ = await full_class(tenant)
    entry = await tenant.widget.created(
        f"{LIST}?include=logs", for_seat(made, JENNIFER, meta={"a": 1}, hold_time=604_800)
    )
    private = {"customer", "meta", "take_url", "logs", "hold_time"}
    assert not private & entry.keys()
    shown = await tenant.widget.found(f"{LIST}/{entry['id']}?include=logs")
    assert shown == entry
    of_app = await tenant.api.found(f"{LIST}/{entry['id']}")
    assert of_app["hold_time"] == 900  # how long others are kept waiting is not theirs to say
    assert of_app["meta"] == {"a": 1}


async def test_a_page_joins_takes_the_offer_and_leaves(tenant: Tenant) -> None:
    """All that a customer needs, with the public key alone."""
    made, seat = await full_class(tenant)
    first, second = [
        await tenant.widget.created(LIST, for_seat(made, each)) for each in (JENNIFER, EINSTEIN)
    ]
    assert [first["position"], second["position"]] == [1, 2]
    await cancel(tenant, seat, "cancel_by_owner")

    offer = await tenant.widget.found(f"{LIST}/{first['id']}")
    booking = await tenant.widget.created("/bookings", {"reservation_id": offer["reservation_id"]})

    assert (booking["graph"], booking["state"]) == ("group_customer", "confirmed")
    assert booking["attributes"]["customer"]["email"] == "jennifer@example.com"
    assert booking["attributes"]["event"]["start"] == NINE
    taken = await tenant.widget.found(f"{LIST}/{first['id']}")
    assert (taken["state"], taken["booking_id"]) == ("taken", booking["id"])

    assert (await tenant.widget.delete(f"{LIST}/{second['id']}")).status_code == 204
    assert (await tenant.widget.found(f"{LIST}/{second['id']}"))["state"] == "left"
    again = await tenant.widget.delete(f"{LIST}/{second['id']}")
    assert again.status_code == 422
    assert again.json() == {"error": "Cannot apply action 'leave' to current state 'left'"}


async def test_an_address_that_stands_in_line_gets_the_first_entry(tenant: Tenant) -> None:
    wish, _ = await taken_slot(tenant)
    first = await tenant.api.created(LIST, wish)
    loud = {**wish, "customer": {**JENNIFER, "email": "JENNIFER@example.com"}}

    assert (await tenant.api.created(LIST, loud)) == first
    # Whoever knows the address must not learn what sends its owner away.
    public = await tenant.widget.created(LIST, loud)
    assert (public["id"], public["state"], public["position"]) == (None, "waiting", 1)
    assert len(await tenant.api.found(LIST)) == 1


@pytest.mark.parametrize("who", ["api", "widget"])
async def test_what_is_free_is_refused_in_clear_words(tenant: Tenant, who: str) -> None:
    caller: Caller = getattr(tenant, who)
    wish, booking = await taken_slot(tenant)
    await cancel(tenant, booking)
    answer = await caller.post(LIST, wish)
    assert answer.status_code == 422
    text = "The requested timeslot can be booked, there is no need to wait"
    assert answer.json() == {"error": text}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"customer": None}, "customer"),
        ({"customer": {"name": "x"}}, "customer.email"),
        ({"what": None}, "what"),
        ({"start": None}, "start"),
        ({"start": "soon"}, "start"),
        ({"resource_id": None}, "resource_id"),
        ({"resource_id": "x"}, "resource_id"),
        ({"graph": "group_owner"}, "graph"),
        ({"graph": "reservation"}, "graph"),
        ({"hold_time": "soon"}, "hold_time"),
        ({"start": "2030-05-06T07:00:00Z"}, "start"),
    ],
)
async def test_what_is_wrong_is_named(tenant: Tenant, change: Json, field: str) -> None:
    wish, _ = await taken_slot(tenant)
    answer = await tenant.api.post(LIST, {**wish, **change})
    assert answer.status_code == 422
    assert field in answer.json()["errors"], answer.text


async def test_the_list_is_searched_and_paged(tenant: Tenant) -> None:
    made, _ = await full_class(tenant)
    for n in range(3):
        person = {"name": f"P{n}", "email": f"p{n}@example.com"}
        await tenant.api.created(LIST, for_seat(made, person))
    wish, _ = await taken_slot(tenant)
    await tenant.api.created(LIST, wish)

    async def names(query: str) -> list[str]:
        return [each["customer"]["name"] for each in await tenant.api.found(f"{LIST}?{query}")]

    assert await names("") == ["P0", "P1", "P2", "Jennifer Parker"]
    assert await names(f"search=owner_booking.id:{made['id']}&limit=2&page=2") == ["P2"]
    assert await names("search=email:P1@EXAMPLE.com") == ["P1"]
    assert await names(f"search=resource.id:{wish['resource_id']}") == ["Jennifer Parker"]
    assert await names("search=state:offered") == []
    assert (await names("orderBy=position&sortedBy=desc"))[-1] == "P0"
    positions = [each["position"] for each in await tenant.api.found(LIST)]
    assert positions == [1, 2, 3, 1]
    answer = await tenant.api.get(f"{LIST}?search=weight:1")
    assert answer.status_code == 422


async def test_an_offer_that_ran_out_is_shown_so(tenant: Tenant, clock: TestClock) -> None:
    wish, booking = await taken_slot(tenant)
    entry = await tenant.api.created(LIST, wish)
    await cancel(tenant, booking)
    clock.advance(timedelta(minutes=15))

    shown = await tenant.api.found(f"{LIST}/{entry['id']}")

    assert (shown["state"], shown["take_url"]) == ("missed", None)
    late = {"reservation_id": shown["reservation_id"]}
    assert (await tenant.widget.post("/bookings", late)).status_code == 422
    assert (await tenant.widget.post("/bookings", order_of(tenant, wish))).status_code == 201


def order_of(tenant: Tenant, wish: Json) -> dict[str, Any]:
    order: dict[str, Any] = tenant.order(wish["resource_id"], NINE, TEN)
    return order


async def test_the_public_key_cannot_extend_an_offer(tenant: Tenant) -> None:
    wish, booking = await taken_slot(tenant)
    entry = await tenant.widget.created(LIST, wish)
    await cancel(tenant, booking)
    offer = await tenant.widget.found(f"{LIST}/{entry['id']}")
    body = {"reservation_id": offer["reservation_id"], "reservation_time": 600}
    answer = await tenant.widget.put("/bookings/reserve/extend", body)
    assert answer.status_code == 422
    assert answer.json() == {"error": "An offer of the waiting list cannot be extended"}


async def test_a_whole_project_is_waited_for(tenant: Tenant) -> None:
    """Its own hold time counts; who comes free serves, and the link books in its graph."""
    doc, other = await tenant.resource(), await tenant.resource()
    project = await tenant.project(
        doc["id"],
        other["id"],
        booking={"graph": "instant", "what": "Repair", "waitlist": {"hold_time": "1 hour"}},
    )
    booked = [
        await tenant.api.created("/bookings", tenant.order(each["id"], NINE, TEN))
        for each in (doc, other)
    ]
    wish = {"project_id": project["id"], "start": NINE, "end": TEN, "customer": JENNIFER}
    entry = await tenant.widget.created(LIST, wish)
    await cancel(tenant, booked[1])

    offer = await tenant.api.found(f"{LIST}/{entry['id']}")
    assert offer["offered_until"] == "2030-05-06T09:00:00+0000"
    body = {"reservation_id": offer["reservation_id"]}
    booking = await tenant.widget.created("/bookings?include=resource", body)
    assert booking["resource"]["id"] == other["id"]
    assert booking["attributes"]["event"]["what"] == "Repair"
