"""Bookings over HTTP, by the graph ``confirm_decline``: requests that the owner answers."""

import pytest
from tests.support.client import Json, Tenant

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
TAKEN = {"error": "The requested timeslot is not available"}


async def asked(tenant: Tenant, **given: Json) -> Json:
    """Ask for nine o'clock with a person who has no other bookings."""
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, graph="confirm_decline", **given)
    return await tenant.api.created("/bookings?include=resource,event,logs", order)


async def slots(tenant: Tenant, resource_id: str) -> list[str]:
    body = {"resources": [resource_id], "from": NINE, "to": ELEVEN, "length": "1 hour"}
    answer = await tenant.widget.post("/availability", body)
    return [slot["start"] for slot in answer.json()["data"]]


async def test_a_request_is_tentative_and_leaves_the_time_free(tenant: Tenant) -> None:
    booking = await asked(tenant)

    assert (booking["graph"], booking["state"]) == ("confirm_decline", "tentative")
    assert booking["completed"] is False
    assert booking["available_actions"] == booking["possible_actions"] == ["decline", "confirm"]
    assert booking["event"] is None
    assert [line["action"] for line in booking["logs"]] == ["create"]
    assert await slots(tenant, booking["resource"]["id"]) == [NINE, TEN]


async def test_a_confirmed_request_has_an_event_and_takes_the_time(tenant: Tenant) -> None:
    booking = await asked(tenant)

    answer = await tenant.api.put(f"/bookings/{booking['id']}/confirm?include=event,logs")

    assert answer.status_code == 200
    confirmed = answer.json()["data"]
    assert confirmed["state"] == "confirmed"
    assert confirmed["event"]["start"] == NINE
    assert confirmed["available_actions"] == [
        "cancel",
        "cancel_by_customer",
        "reschedule_by_customer",
        "complete",
    ]
    assert [(line["from"], line["state"]) for line in confirmed["logs"]] == [
        ("initialized", "tentative"),
        ("tentative", "confirmed"),
    ]
    assert await slots(tenant, booking["resource"]["id"]) == [TEN]


async def test_a_request_for_what_was_taken_meanwhile_stays_a_request(tenant: Tenant) -> None:
    booking = await asked(tenant)
    order = tenant.order(booking["resource"]["id"], NINE, TEN)
    await tenant.api.created("/bookings", order)

    answer = await tenant.api.put(f"/bookings/{booking['id']}/confirm", {"meta": {"a": 1}})

    assert answer.status_code == 422
    assert answer.json() == TAKEN
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=logs,meta")
    assert (shown["state"], len(shown["logs"]), shown["meta"]) == ("tentative", 1, {})
    again = await tenant.api.post("/bookings", {**order, "graph": "confirm_decline"})
    assert (again.status_code, again.json()) == (422, TAKEN)


async def test_a_request_is_declined_with_a_message(tenant: Tenant) -> None:
    booking = await asked(tenant)
    body = {"decline": {"message": "On holiday"}}

    answer = await tenant.api.put(f"/bookings/{booking['id']}/decline?include=logs", body)

    declined = answer.json()["data"]
    assert (declined["state"], declined["completed"]) == ("declined", True)
    assert declined["available_actions"] == []
    assert declined["logs"][-1]["message"] == "On holiday"
    assert (await tenant.api.delete(f"/bookings/{booking['id']}")).status_code == 204


@pytest.mark.parametrize("action", ["cancel", "cancel_by_customer", "complete", "create", "pay"])
async def test_a_request_can_be_confirmed_or_declined_and_nothing_else(
    tenant: Tenant, action: str
) -> None:
    booking = await asked(tenant)

    answer = await tenant.api.put(f"/bookings/{booking['id']}/{action}")

    assert answer.status_code == 422
    text = f"Cannot apply action '{action}' to current state 'tentative'"
    assert answer.json() == {"error": text}


async def test_a_request_cannot_be_rescheduled(tenant: Tenant) -> None:
    booking = await asked(tenant)
    body = {"start": TEN, "end": ELEVEN}
    refusal = {"error": "A booking of the graph confirm_decline cannot be rescheduled"}

    for _ in range(2):
        answer = await tenant.widget.post(f"/bookings/{booking['id']}/reschedule", body)
        assert (answer.status_code, answer.json()) == (422, refusal)
        await tenant.api.put(f"/bookings/{booking['id']}/confirm")


async def test_a_project_of_the_graph_makes_requests_of_its_bookings(tenant: Tenant) -> None:
    doc = await tenant.resource()
    stored = {"graph": "confirm_decline", "what": "Consultation"}
    project = await tenant.project(doc["id"], booking=stored)
    order = tenant.order(None, NINE, TEN, project_id=project["id"], graph=None)

    booking = await tenant.widget.created("/bookings", order)

    assert (booking["graph"], booking["state"]) == ("confirm_decline", "tentative")


@pytest.mark.parametrize("graph", ["reservation", "waiting_list"])
async def test_a_graph_that_cannot_be_booked_cannot_be_named_by_a_project_either(
    tenant: Tenant, graph: str
) -> None:
    doc = await tenant.resource()

    answer = await tenant.api.post("/bookings", tenant.order(doc["id"], NINE, TEN, graph=graph))
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"graph": ["graph is invalid"]}}
    body = {"name": "x", "resources": [], "availability": {}, "booking": {"graph": graph}}
    refused = await tenant.api.post("/projects", body)
    assert refused.status_code == 422
    assert refused.json() == {"errors": {"booking.graph": ["graph is invalid"]}}
