"""Bookings over HTTP that are held while somebody pays: ``instant_payment``."""

from datetime import timedelta

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

from slotkeeper.edge.parts import Parts
from slotkeeper.services import alarms

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
TAKEN = {"error": "The requested timeslot is not available"}
MINUTE = timedelta(minutes=1)


async def held(tenant: Tenant, **given: Json) -> Json:
    """Hold nine o'clock with a person who has no other bookings."""
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, graph="instant_payment", **given)
    return await tenant.api.created("/bookings?include=resource,event,logs", order)


async def slots(tenant: Tenant, resource_id: str) -> list[str]:
    body = {"resources": [resource_id], "from": NINE, "to": ELEVEN, "length": "1 hour"}
    answer = await tenant.widget.post("/availability", body)
    return [slot["start"] for slot in answer.json()["data"]]


async def ring(parts: Parts) -> None:
    """Let time do what is due, in every app."""
    async with parts.database.transaction() as tx:
        while await alarms.ring_due(tx):
            pass


async def shown(tenant: Tenant, booking: Json, includes: str = "logs,event") -> Json:
    answer = await tenant.api.get(f"/bookings/{booking['id']}?include={includes}")
    return answer.json()["data"]


async def test_an_unpaid_booking_holds_its_time_for_five_minutes(
    tenant: Tenant, clock: TestClock
) -> None:
    booking = await held(tenant)

    assert (booking["state"], booking["completed"]) == ("tentative", False)
    assert booking["available_actions"] == ["pay"]
    assert booking["held_until"] == "2030-05-06T08:05:00+0000"
    assert booking["event"]["start"] == NINE
    assert await slots(tenant, booking["resource"]["id"]) == [TEN]


async def test_what_is_paid_is_kept_with_the_reference_of_the_payment(tenant: Tenant) -> None:
    booking = await held(tenant)

    body = {"pay": {"payment_id": "pi_1985"}}
    answer = await tenant.api.put(f"/bookings/{booking['id']}/pay?include=event,logs", body)

    assert answer.status_code == 200
    paid = answer.json()["data"]
    assert (paid["state"], paid["completed"]) == ("paid", False)
    assert paid["attributes"]["payment"] == {"payment_id": "pi_1985"}
    assert "held_until" not in paid
    assert paid["event"]["id"] == booking["event"]["id"]
    assert [line["state"] for line in paid["logs"]] == ["tentative", "paid"]


async def test_what_is_paid_stays_when_the_time_to_pay_is_over(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    booking = await held(tenant)
    await tenant.api.put(f"/bookings/{booking['id']}/pay")

    clock.advance(10 * MINUTE)
    await ring(parts)

    assert (await shown(tenant, booking))["state"] == "paid"
    assert await slots(tenant, booking["resource"]["id"]) == [TEN]


async def test_a_hold_ends_at_its_instant_though_nobody_looked(
    tenant: Tenant, clock: TestClock
) -> None:
    """No worker runs here: the next customer needs none."""
    booking = await held(tenant)
    doc = booking["resource"]["id"]
    order = tenant.order(doc, NINE, TEN)

    clock.advance(5 * MINUTE - timedelta(seconds=1))
    refused = await tenant.api.post("/bookings", order)
    assert (refused.status_code, refused.json()) == (422, TAKEN)
    clock.advance(timedelta(seconds=1))

    assert await slots(tenant, doc) == [NINE, TEN]
    assert (await tenant.api.created("/bookings", order))["state"] == "confirmed"


async def test_what_is_paid_too_late_is_refused(tenant: Tenant, clock: TestClock) -> None:
    booking = await held(tenant)
    clock.advance(5 * MINUTE)

    answer = await tenant.api.put(f"/bookings/{booking['id']}/pay")

    assert answer.status_code == 422
    assert answer.json() == {"error": "Cannot apply action 'pay' to current state 'unpaid'"}


async def test_time_moves_an_unpaid_booking_on(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    booking = await held(tenant)

    clock.advance(5 * MINUTE - timedelta(seconds=1))
    await ring(parts)
    assert (await shown(tenant, booking))["state"] == "tentative"
    clock.advance(timedelta(seconds=1))
    await ring(parts)
    await ring(parts)

    unpaid = await shown(tenant, booking)
    assert (unpaid["state"], unpaid["completed"]) == ("unpaid", True)
    assert unpaid["event"] is None
    assert [(line["action"], line["actor"]) for line in unpaid["logs"]] == [
        ("create", "api_key"),
        ("timeout", "system"),
    ]


async def test_a_time_out_after_somebody_else_was_quicker_leaves_them_in_peace(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    first = await held(tenant)
    clock.advance(5 * MINUTE)
    doc = first["resource"]["id"]
    second = await tenant.api.created("/bookings", tenant.order(doc, NINE, TEN))

    await ring(parts)

    assert (await shown(tenant, first))["state"] == "unpaid"
    assert (await shown(tenant, second))["event"]["start"] == NINE
    assert await slots(tenant, doc) == [TEN]


@pytest.mark.parametrize(
    ("span", "until"),
    [
        ({"time": 25, "unit": "min"}, "08:25:00"),
        ({"time": 90, "unit": "secs"}, "08:01:30"),
        ({"time": "2", "unit": "hours"}, "10:00:00"),
        ({"time": 10}, "08:10:00"),
    ],
)
async def test_the_time_to_pay_can_be_set(tenant: Tenant, span: Json, until: str) -> None:
    booking = await held(tenant, timeout=span)
    assert booking["held_until"] == f"2030-05-06T{until}+0000"


async def test_a_project_sets_the_time_to_pay(tenant: Tenant) -> None:
    doc = await tenant.resource()
    stored = {"graph": "instant_payment", "timeout": {"time": 1, "unit": "hour"}}
    project = await tenant.project(doc["id"], booking=stored)
    order = tenant.order(doc["id"], NINE, TEN, project_id=project["id"], graph=None)

    # Everybody has the widget key: it cannot hold a time for longer than the project says.
    hasty = {**order, "timeout": {"time": 6, "unit": "days"}}
    booking = await tenant.widget.created("/bookings", hasty)

    assert (booking["graph"], booking["state"]) == ("instant_payment", "tentative")
    assert booking["held_until"] == "2030-05-06T09:00:00+0000"


@pytest.mark.parametrize(
    "span",
    [{"time": 0, "unit": "min"}, {"time": 8, "unit": "days"}, {"time": 5, "unit": "parsecs"}],
)
async def test_a_time_to_pay_that_makes_no_sense_is_refused(tenant: Tenant, span: Json) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, graph="instant_payment", timeout=span)

    answer = await tenant.api.post("/bookings", order)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["timeout"]


async def test_a_visit_completes_by_itself_an_hour_after_its_end(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    booking = await held(tenant)
    await tenant.api.put(f"/bookings/{booking['id']}/pay")
    off = {"auto_complete_one_hour_after_booking_ends": {"enabled": False}}
    left = await held(tenant, **off)
    await tenant.api.put(f"/bookings/{left['id']}/pay")

    clock.advance(timedelta(days=1, hours=3) - timedelta(seconds=1))
    await ring(parts)
    assert (await shown(tenant, booking))["state"] == "paid"
    clock.advance(timedelta(seconds=1))
    await ring(parts)

    assert (await shown(tenant, booking))["state"] == "completed"
    assert (await shown(tenant, left))["state"] == "paid"


async def test_what_is_due_is_done_in_the_order_of_its_moments(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    late = await held(tenant, timeout={"time": 30, "unit": "min"})
    early = await held(tenant, timeout={"time": 10, "unit": "min"})

    clock.advance(timedelta(days=1))
    while (await shown(tenant, early))["state"] == "tentative":
        assert (await shown(tenant, late))["state"] == "tentative"
        async with parts.database.transaction() as tx:
            assert await alarms.ring_due(tx, most=1) == 1
    assert (await shown(tenant, late))["state"] == "tentative"
    await ring(parts)
    assert (await shown(tenant, late))["state"] == "unpaid"
