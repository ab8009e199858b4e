"""What webhooks say is what the API says of the same things."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from tests.support.client import Json, Tenant

from slotkeeper.domain.delivery import Hearers, Kind, News
from slotkeeper.edge.parts import Parts
from slotkeeper.services import announcements, webhook_calls
from slotkeeper.storage import deliveries

TIMES = {"start": "2030-05-07T09:00:00+00:00", "end": "2030-05-07T10:00:00+00:00"}
EVERYTHING = "event,user,project,meta,owner_booking,customer_action_links,resource"


async def body_of(tenant: Tenant, parts: Parts, booking_id: str, kind: Kind = Kind.STATE) -> Json:
    """Return what is sent about a booking."""
    async with parts.database.transaction() as tx:
        if kind is Kind.REMINDER:
            news = News(kind=kind, booking_id=UUID(booking_id))
            calls = [{"url": "https://hill.example/soon", "method": "post"}]
            await announcements.notify(tx, tenant.app_id, news, Hearers(calls=calls))
        ids = await tx.values(
            "SELECT id FROM deliveries WHERE app_id = %s AND booking_id = %s "
            "AND channel = 'webhook' ORDER BY number DESC LIMIT 1",
            (tenant.app_id, booking_id),
        )
        found = await deliveries.find_all(tx, tenant.app_id, ids)
        (call,) = (await webhook_calls.calls(tx, parts.vault, found, site=None)).values()
    return json.loads(call.body)


async def booked(tenant: Tenant, graph: str) -> Json:
    """Book something of a graph, with everything that a booking can have."""
    doc = await tenant.resource(name="Doc", email="doc@example.com", meta={"lab": 1})
    project = await tenant.project(doc["id"], meta={"floor": 2})
    form = {"name": "Zoë", "email": "zoe@example.com", "shoe size": 42.5}
    body: dict[str, Any] = {
        "graph": graph,
        "what": "Consultation",
        "where": "Here",
        "customer": form,
        "meta": {"a": {}},
        "participants": ["zoe@example.com"],
        "resource_id": doc["id"],
        "project_id": project["id"],
        **TIMES,
    }
    if graph == "group_owner":
        body |= {"customer": None, "settings": {"max_seats": 3}}
    if graph == "group_customer":
        lesson = {**body, "graph": "group_owner", "customer": None, "settings": {"max_seats": 3}}
        owner = await tenant.api.created("/bookings", lesson)
        body["related"] = {"owner_booking_id": owner["id"]}
    return await tenant.api.created("/bookings", body)


GRAPHS = {
    "instant": "confirmed",
    "confirm_decline": "tentative",
    "instant_payment": "tentative",
    "group_owner": "tentative",
    "group_customer": "confirmed",
}


@pytest.mark.parametrize("graph", GRAPHS)
async def test_a_reminder_is_what_a_read_of_the_booking_answers(
    tenant: Tenant, parts: Parts, graph: str
) -> None:
    booking = await booked(tenant, graph)
    answer = await tenant.api.get(f"/bookings/{booking['id']}")
    assert await body_of(tenant, parts, booking["id"], Kind.REMINDER) == answer.json()


@pytest.mark.parametrize("graph", GRAPHS)
async def test_a_webhook_says_of_each_thing_what_the_api_says(
    tenant: Tenant, parts: Parts, graph: str
) -> None:
    await tenant.webhook(graph=graph, state=GRAPHS[graph])
    booking = await booked(tenant, graph)

    body = await body_of(tenant, parts, booking["id"])

    shown = await tenant.api.found(f"/bookings/{booking['id']}?include={EVERYTHING}")
    for customer, known in zip(body["customers"], shown["customers"], strict=True):
        assert json.loads(customer.pop("meta")) == known.pop("meta")
        assert customer == known
    for each in ("id", "graph", "state", "completed", "meta", "available_actions", "created_at"):
        assert body[each] == shown[each]
    for each in ("user", "project", "calendar", "attributes"):
        agree(body[each], shown[each])
    if shown["event"]:
        agree(body["event"], shown["event"])
    if graph == "group_customer":
        for each in ("id", "graph", "state", "completed", "created_at"):
            assert body["owner_booking"][each] == shown["owner_booking"][each]
    assert body["description"] == shown["attributes"]["event_info"]["description"]


def agree(said: Any, shown: Any) -> None:
    """Check that all that is said is shown too, and the same but for the writing of instants."""
    if isinstance(said, Mapping):
        assert said.keys() <= shown.keys()
        for key, value in said.items():
            agree(value, shown[key])
    elif isinstance(shown, str) and shown.endswith("+00:00"):
        assert said == shown.removesuffix("+00:00") + "+0000"
    else:
        assert said == shown
