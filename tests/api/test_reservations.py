"""Reservations over HTTP: time held for some seconds before anybody has booked."""

from datetime import timedelta

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

from slotkeeper.edge.parts import Parts
from slotkeeper.services import alarms

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
TAKEN = {"error": "The requested timeslot is not available"}
MARTY = {"name": "Marty McFly", "email": "marty@example.com"}
SECOND = timedelta(seconds=1)


def wish(resource_id: str, **given: Json) -> Json:
    words = {"what": "Consultation", "where": "Here", "description": "Plans"}
    return {"resource_id": resource_id, "start": NINE, "end": TEN, **words, **given}


async def reserved(tenant: Tenant, **given: Json) -> Json:
    doc = await tenant.resource()
    order = wish(doc["id"], **given)
    return await tenant.widget.created("/bookings/reserve?include=resource", order)


async def slots(tenant: Tenant, resource_id: str) -> list[str]:
    body = {"resources": [resource_id], "from": NINE, "to": ELEVEN, "length": "1 hour"}
    answer = await tenant.widget.post("/availability", body)
    return [slot["start"] for slot in answer.json()["data"]]


async def test_a_reservation_holds_its_time_for_thirty_seconds(
    tenant: Tenant, clock: TestClock
) -> None:
    held = await reserved(tenant)
    doc = held["resource"]["id"]

    assert (held["graph"], held["state"]) == ("reservation", "reserved")
    assert (held["completed"], held["customers"]) == (False, [])
    assert held["held_until"] == "2030-05-06T08:00:30+0000"
    assert await slots(tenant, doc) == [TEN]
    refused = await tenant.api.post("/bookings", tenant.order(doc, NINE, TEN))
    assert (refused.status_code, refused.json()) == (422, TAKEN)

    clock.advance(30 * SECOND)
    assert await slots(tenant, doc) == [NINE, TEN]
    await tenant.api.created("/bookings", tenant.order(doc, NINE, TEN))


async def test_time_moves_a_reservation_on(tenant: Tenant, clock: TestClock, parts: Parts) -> None:
    held = await reserved(tenant)
    clock.advance(30 * SECOND)

    async with parts.database.transaction() as tx:
        await alarms.ring_due(tx)

    found = (await tenant.api.get(f"/bookings/{held['id']}?include=logs")).json()["data"]
    assert (found["state"], found["completed"]) == ("expired", True)
    assert [line["actor"] for line in found["logs"]] == ["widget_key", "system"]


async def test_a_reservation_becomes_a_booking_with_what_it_was_made_of(tenant: Tenant) -> None:
    held = await reserved(tenant, graph="instant", meta={"n": 1})

    order = {"reservation_id": held["id"], "customer": MARTY}
    booking = await tenant.widget.created("/bookings", order)

    assert booking["id"] != held["id"]
    assert (booking["graph"], booking["state"]) == ("instant", "confirmed")
    info = booking["attributes"]["event_info"]
    assert (info["start"], info["what"], info["description"]) == (NINE, "Consultation", "Plans")
    found = (await tenant.api.get(f"/bookings/{booking['id']}?include=meta,event")).json()["data"]
    assert found["meta"] == {"n": 1}
    assert found["event"]["start"] == NINE
    old = (await tenant.api.get(f"/bookings/{held['id']}")).json()["data"]
    assert (old["state"], old["completed"]) == ("converted", True)
    assert await slots(tenant, held["resource"]["id"]) == [TEN]


async def test_a_reservation_becomes_a_booking_once(tenant: Tenant) -> None:
    held = await reserved(tenant)
    order = tenant.order(held["resource"]["id"], NINE, TEN, reservation_id=held["id"])
    await tenant.widget.created("/bookings", order)

    again = await tenant.widget.post("/bookings", order)

    assert again.status_code == 422
    assert again.json() == {"error": "The reservation is converted"}


async def test_a_reservation_that_ran_out_cannot_be_booked(
    tenant: Tenant, clock: TestClock
) -> None:
    held = await reserved(tenant)
    order = tenant.order(held["resource"]["id"], NINE, TEN, reservation_id=held["id"])
    clock.advance(30 * SECOND)

    late = await tenant.widget.post("/bookings", order)

    assert late.status_code == 422
    assert late.json() == {"error": "The reservation is expired"}


async def test_a_reservation_survives_a_booking_that_is_refused(tenant: Tenant) -> None:
    held = await reserved(tenant)
    doc = held["resource"]["id"]
    await tenant.api.created("/bookings", tenant.order(doc, TEN, ELEVEN))

    taken = tenant.order(doc, TEN, ELEVEN, reservation_id=held["id"])
    assert (await tenant.widget.post("/bookings", taken)).json() == TAKEN

    assert await slots(tenant, doc) == [], "nine o'clock is still held"
    own = tenant.order(doc, NINE, TEN, reservation_id=held["id"])
    assert (await tenant.widget.post("/bookings", own)).status_code == 201


async def test_a_reservation_can_be_held_longer_from_now_on(
    tenant: Tenant, clock: TestClock
) -> None:
    held = await reserved(tenant)
    clock.advance(20 * SECOND)

    body = {"reservation_id": held["id"], "reservation_time": 60}
    answer = await tenant.widget.put("/bookings/reserve/extend", body)

    assert answer.status_code == 200
    assert answer.json()["data"]["id"] == held["id"]
    assert answer.json()["data"]["held_until"] == "2030-05-06T08:01:20+0000"
    clock.advance(59 * SECOND)
    assert await slots(tenant, held["resource"]["id"]) == [TEN]
    clock.advance(SECOND)
    assert await slots(tenant, held["resource"]["id"]) == [NINE, TEN]
    late = await tenant.widget.put("/bookings/reserve/extend", body)
    assert (late.status_code, late.json()) == (422, {"error": "The reservation is expired"})


async def test_a_project_says_how_long_its_reservations_last(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], reservation_time="90")

    held = await tenant.widget.created(
        "/bookings/reserve", wish(doc["id"], project_id=project["id"])
    )

    assert held["held_until"] == "2030-05-06T08:01:30+0000"


async def test_a_reservation_with_a_project_alone_picks_a_resource(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    order = {"project_id": project["id"], "start": NINE, "end": TEN}

    held = await tenant.widget.created("/bookings/reserve?include=resource", order)

    assert held["resource"]["id"] == doc["id"]


async def test_everybody_can_hold_for_ten_minutes_and_the_owner_for_a_week(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    week = wish(doc["id"], reservation_time=7 * 86_400)

    public = await tenant.widget.created("/bookings/reserve", week)
    assert public["held_until"] == "2030-05-06T08:10:00+0000"
    own = await tenant.api.created("/bookings/reserve", {**week, "start": TEN, "end": ELEVEN})
    assert own["held_until"] == "2030-05-13T08:00:00+0000"


@pytest.mark.parametrize("seconds", [0, -5, 604_801, "soon", "9" * 400])
async def test_a_reservation_time_that_makes_no_sense_is_refused(
    tenant: Tenant, seconds: Json
) -> None:
    doc = await tenant.resource()

    answer = await tenant.api.post("/bookings/reserve", wish(doc["id"], reservation_time=seconds))

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["reservation_time"]


async def test_a_reservation_needs_a_time_a_title_and_somebody(tenant: Tenant) -> None:
    answer = await tenant.api.post("/bookings/reserve", {"start": NINE, "end": TEN})
    assert list(answer.json()["errors"]) == ["resource_id", "what"]


async def test_the_owner_gives_a_reservation_up_early(tenant: Tenant) -> None:
    held = await reserved(tenant)

    answer = await tenant.api.put(f"/bookings/{held['id']}/cancel")

    assert answer.json()["data"]["state"] == "cancelled"
    assert await slots(tenant, held["resource"]["id"]) == [NINE, TEN]


async def test_an_id_that_is_no_reservation_is_404(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))

    answer = await tenant.widget.put(
        "/bookings/reserve/extend", {"reservation_id": booking["id"], "reservation_time": 60}
    )

    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": "Reservation"}


async def test_a_seat_can_be_reserved(tenant: Tenant, clock: TestClock) -> None:
    teacher = await tenant.resource()
    lesson = await tenant.api.created(
        "/bookings",
        wish(teacher["id"], graph="group_owner", settings={"max_seats": 1}),
    )
    of_lesson = {"related": {"owner_booking_id": lesson["id"]}}

    held = await tenant.widget.created(
        "/bookings/reserve", {**of_lesson, "graph": "group_customer"}
    )

    full = {"graph": "group_customer", "customer": MARTY, **of_lesson}
    assert (await tenant.widget.post("/bookings", full)).json() == {"error": "No available seats"}
    order = {"reservation_id": held["id"], "customer": MARTY}
    booked = await tenant.widget.created("/bookings", order)
    assert (booked["graph"], booked["state"]) == ("group_customer", "confirmed")
    clock.advance(timedelta(minutes=5))
    assert (await tenant.widget.post("/bookings", full)).status_code == 422
