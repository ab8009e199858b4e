"""Webhooks over HTTP: made, changed, watched, tried out."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock
from tests.support.outbox import due

from slotkeeper.domain.delivery import Channel, Delivery, Outcome
from slotkeeper.domain.webhook import STATES, WEBHOOKS_MAX
from slotkeeper.edge.parts import Parts
from slotkeeper.services import deliveries, webhook_calls

URL = "https://hill.example/bookings"
NEW: Json = {"url": URL, "graph": "instant", "state": "confirmed", "method": "post"}
NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"


async def booked(tenant: Tenant, **given: Json) -> Json:
    doc = await tenant.resource()
    return await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN, **given))


async def attempted(parts: Parts, tenant: Tenant, outcome: Outcome) -> list[Delivery]:
    """Let the worker's next round end so for all webhooks of the app that are due."""
    async with parts.database.transaction() as tx:
        of_tenant = await due(tx, tenant.app_id, Channel.WEBHOOK)
        await deliveries.finish(tx, [(each, outcome) for each in of_tenant], chance=0.5)
    return of_tenant


async def log(tenant: Tenant, webhook_id: str) -> list[Any]:
    found: list[Any] = await tenant.api.found(f"/webhooks/{webhook_id}/deliveries")
    return found


async def test_the_cycle_of_a_client_that_takes_the_id_out_of_the_message(tenant: Tenant) -> None:
    made = await tenant.api.post("/webhooks", NEW)

    assert made.status_code == 201
    assert set(made.json()) == {"meta"}
    message = made.json()["meta"]["message"]
    assert re.fullmatch(r"Webhook created with id [0-9a-f-]{36}", message)
    assert message.count("id ") == 1
    webhook_id = message.split("id ")[1]

    await booked(tenant)
    (delivery,) = await log(tenant, webhook_id)
    assert json.loads(delivery["request"]["body"])["state"] == "confirmed"

    assert (await tenant.api.delete(f"/webhooks/{webhook_id}")).status_code == 204
    assert (await tenant.api.get(f"/webhooks/{webhook_id}")).status_code == 404


async def test_a_webhook_is_shown_with_everything_that_it_does(tenant: Tenant) -> None:
    webhook_id = await tenant.webhook(URL)
    shown = await tenant.api.found(f"/webhooks/{webhook_id}")
    assert shown == {
        "id": webhook_id,
        "url": URL,
        "graph": "instant",
        "state": "confirmed",
        "method": "post",
        "enabled": True,
        "expected_response_code": None,
        "headers": {},
        "failing_since": None,
        "paused_at": None,
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }


async def stored(parts: Parts, webhook_id: str) -> str:
    """Return what the database has of a webhook, whatever form it has there."""
    async with parts.database.transaction() as tx:
        [row] = await tx.dicts("SELECT * FROM webhooks WHERE id = %s", (UUID(webhook_id),))
    return str([each if isinstance(each, bytes) else str(each) for each in row.values()])


async def headers_sent(parts: Parts, tenant: Tenant) -> dict[str, str]:
    """Return the headers of the one request to a webhook of the app that is due."""
    async with parts.database.transaction() as tx:
        [delivery] = await due(tx, tenant.app_id, Channel.WEBHOOK)
        found = (await webhook_calls.prepare(tx, parts.vault, [delivery], site=None))[delivery.id]
    assert found is not None
    return dict(found.call.headers)


TOKEN = {"Authorization": "Bearer 1.21-gigawatts", "X-From": "Doc"}


async def test_headers_are_shown_and_sent_and_stored_sealed(tenant: Tenant, parts: Parts) -> None:
    webhook_id = await tenant.webhook(URL, headers=TOKEN)
    path = f"/webhooks/{webhook_id}"
    assert (await tenant.api.found(path))["headers"] == TOKEN
    assert [each["headers"] for each in await tenant.api.found("/webhooks")] == [TOKEN]
    assert "gigawatts" not in await stored(parts, webhook_id)
    assert "Doc" not in await stored(parts, webhook_id)
    await booked(tenant)
    assert TOKEN.items() <= (await headers_sent(parts, tenant)).items()

    await tenant.api.put(path, {"headers": {"X-From": "Marty"}})
    assert (await tenant.api.found(path))["headers"] == {"X-From": "Marty"}
    assert "Marty" not in await stored(parts, webhook_id)
    await tenant.api.put(path, {"headers": {}})
    assert (await tenant.api.found(path))["headers"] == {}


@pytest.mark.parametrize("change", [{"enabled": True}, {"headers": TOKEN}, {"url": URL + "/2"}])
async def test_headers_of_an_earlier_version_are_sealed_when_something_is_changed(
    tenant: Tenant, parts: Parts, change: Json
) -> None:
    webhook_id = await tenant.webhook(URL)
    path = f"/webhooks/{webhook_id}"
    async with parts.database.transaction() as tx:
        await tx.run(
            "UPDATE webhooks SET headers = %s WHERE id = %s",
            (json.dumps(TOKEN), UUID(webhook_id)),
        )
    assert (await tenant.api.found(path))["headers"] == TOKEN
    await booked(tenant)
    assert TOKEN.items() <= (await headers_sent(parts, tenant)).items()
    assert "gigawatts" in await stored(parts, webhook_id), "nothing was written"

    await tenant.api.put(path, change)
    assert "gigawatts" not in await stored(parts, webhook_id)
    assert (await tenant.api.found(path))["headers"] == TOKEN


async def test_webhooks_are_listed_in_the_order_in_which_they_were_made(tenant: Tenant) -> None:
    made = [await tenant.webhook(state=state) for state in ("confirmed", "cancelled", "other")]
    assert [each["id"] for each in await tenant.api.found("/webhooks")] == made
    found = await tenant.api.found("/webhooks", params={"search": "state:other"})
    assert [each["id"] for each in found] == made[2:]


async def test_what_is_left_out_of_a_change_stays(tenant: Tenant) -> None:
    webhook_id = await tenant.webhook(URL, expected_response_code="201", headers={"X-One": "1"})
    changes = {"method": "GET", "enabled": False, "state": "cancelled"}
    assert (await tenant.api.put(f"/webhooks/{webhook_id}", changes)).status_code == 204

    shown = await tenant.api.found(f"/webhooks/{webhook_id}")
    assert (shown["method"], shown["enabled"], shown["state"]) == ("get", False, "cancelled")
    assert (shown["url"], shown["expected_response_code"]) == (URL, 201)
    assert shown["headers"] == {"X-One": "1"}

    await tenant.api.put(f"/webhooks/{webhook_id}", {"expected_response_code": None})
    shown = await tenant.api.found(f"/webhooks/{webhook_id}")
    assert shown["expected_response_code"] is None


@pytest.mark.parametrize("graph", STATES)
async def test_every_pair_of_graph_and_state_is_taken(tenant: Tenant, graph: str) -> None:
    for state in STATES[graph]:
        await tenant.webhook(graph=graph, state=state)


@pytest.mark.parametrize(
    "url", ["", "hill.example", "ftp://hill.example", "https://", "http://a b"]
)
async def test_an_address_that_is_none_is_refused_in_known_words(tenant: Tenant, url: str) -> None:
    answer = await tenant.api.post("/webhooks", {**NEW, "url": url})
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"url": ["Invalid URL format"]}}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"graph": "instantly"}, "graph"),
        ({"state": "declined"}, "state"),
        ({"method": "put"}, "method"),
        ({"expected_response_code": 600}, "expected_response_code"),
        ({"expected_response_code": 99}, "expected_response_code"),
        ({"headers": {"webhook-signature": "v1,forged"}}, "headers"),
        ({"headers": {"Host": "elsewhere"}}, "headers"),
        ({"headers": {"X-Two": "a\r\nX-Three: b"}}, "headers"),
        ({"headers": {"X Two": "a"}}, "headers"),
        ({"headers": {"X-Two": 2}}, "headers"),
        ({"headers": {f"X-{n}": "" for n in range(21)}}, "headers"),
        ({"headers": {"X-Long": "a" * 2001}}, "headers"),
        ({"url": "https://hill.example/" + "a" * 1980}, "url"),
    ],
)
async def test_what_could_not_be_sent_is_refused_when_made_and_when_changed(
    tenant: Tenant, changes: Json, field: str
) -> None:
    answer = await tenant.api.post("/webhooks", {**NEW, **changes})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    webhook_id = await tenant.webhook()
    answer = await tenant.api.put(f"/webhooks/{webhook_id}", changes)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


async def test_the_limits_can_be_reached(tenant: Tenant) -> None:
    await tenant.webhook(
        "https://hill.example/" + "a" * 1979,
        headers={f"X-{n}": "a" * 2000 for n in range(20)},
        expected_response_code=599,
    )


async def test_an_app_has_a_hundred_webhooks_at_most(tenant: Tenant) -> None:
    for _ in range(WEBHOOKS_MAX):
        await tenant.webhook()
    answer = await tenant.api.post("/webhooks", NEW)
    assert answer.status_code == 422
    assert "webhooks" in answer.json()["errors"]


async def test_the_log_tells_of_every_attempt(tenant: Tenant, parts: Parts) -> None:
    webhook_id = await tenant.webhook(URL)
    booking = await booked(tenant)
    outcome = Outcome(status=500, error="answered 500", excerpt="<h1>Oops</h1>", milliseconds=7)
    await attempted(parts, tenant, outcome)

    (listed,) = await log(tenant, webhook_id)

    assert (listed["status"], listed["kind"], listed["state"]) == ("waiting", "state", "confirmed")
    assert listed["booking_id"] == booking["id"]
    assert (listed["request"]["url"], listed["request"]["method"]) == (URL, "post")
    assert listed["attempts"] == [
        {
            "number": 1,
            "started_at": "2030-05-06T07:59:59+0000",
            "milliseconds": 7,
            "status": 500,
            "error": "answered 500",
            "excerpt": "<h1>Oops</h1>",
        }
    ]
    assert listed["next_attempt_at"] == "2030-05-06T08:00:10+0000"
    address = f"/webhooks/{webhook_id}/deliveries/{listed['id']}"
    assert await tenant.api.found(address) == listed


async def test_the_log_is_paged_newest_first_and_searched(tenant: Tenant, parts: Parts) -> None:
    webhook_id = await tenant.webhook(URL)
    first = await booked(tenant)
    await attempted(parts, tenant, Outcome(status=200))
    second = await booked(tenant)
    assert [each["booking_id"] for each in await log(tenant, webhook_id)] == [
        second["id"],
        first["id"],
    ]
    address = f"/webhooks/{webhook_id}/deliveries"
    for search, ids in (
        ("status:delivered", [first["id"]]),
        (f"booking.id:{second['id']}", [second["id"]]),
        ("state:cancelled", []),
    ):
        found = await tenant.api.found(address, params={"search": search})
        assert [each["booking_id"] for each in found] == ids
    page = (await tenant.api.get(f"{address}?limit=1&page=2")).json()
    assert (page["total"], [each["booking_id"] for each in page["data"]]) == (2, [first["id"]])


async def test_a_delivery_is_found_at_its_own_webhook_alone(tenant: Tenant) -> None:
    one, other = await tenant.webhook(), await tenant.webhook()
    test = await tenant.api.created(f"/webhooks/{one}/test")
    assert (await tenant.api.get(f"/webhooks/{other}/deliveries/{test['id']}")).status_code == 404
    again = f"/webhooks/{other}/deliveries/{test['id']}/replay"
    assert (await tenant.api.post(again)).status_code == 404
    assert (await tenant.api.get(f"/webhooks/{uuid4()}/deliveries")).status_code == 404


async def test_what_arrived_can_be_sent_again_under_the_same_id(
    tenant: Tenant, parts: Parts
) -> None:
    webhook_id = await tenant.webhook(URL)
    await booked(tenant)
    (first,) = await attempted(parts, tenant, Outcome(status=200))
    assert await attempted(parts, tenant, Outcome(status=200)) == []

    address = f"/webhooks/{webhook_id}/deliveries/{first.id}"
    assert (await tenant.api.post(f"{address}/replay")).status_code == 204

    (again,) = await attempted(parts, tenant, Outcome(status=500, error="answered 500"))
    assert again.id == first.id
    shown = await tenant.api.found(address)
    assert [each["status"] for each in shown["attempts"]] == [200, 500]
    assert shown["next_attempt_at"] == "2030-05-06T08:00:10+0000"  # the first of all its tries


async def test_all_that_failed_since_is_sent_again(
    tenant: Tenant, parts: Parts, clock: TestClock
) -> None:
    webhook_id = await tenant.webhook(URL)
    gone = Outcome(status=400, error="answered 400", is_final=True)
    await booked(tenant)
    await attempted(parts, tenant, gone)
    clock.now += timedelta(hours=2)
    later = await booked(tenant)
    await attempted(parts, tenant, gone)
    await booked(tenant)
    await attempted(parts, tenant, Outcome(status=200))
    await tenant.api.created(f"/webhooks/{webhook_id}/test")
    await attempted(parts, tenant, gone)  # nobody waits for a test
    await tenant.api.post(f"/webhooks/{webhook_id}/resume")

    address = f"/webhooks/{webhook_id}/replay"
    answer = await tenant.api.post(address, {"since": "2030-05-06T09:00:00Z"})

    assert answer.json() == {"data": {"replayed": 1}}
    (again,) = await attempted(parts, tenant, Outcome(status=200))
    assert str(again.booking_id) == later["id"]
    answer = await tenant.api.post(address, {"since": "2030-05-06T07:00:00Z"})
    assert answer.json() == {"data": {"replayed": 1}}
    assert (await tenant.api.post(address, {"since": "soon"})).status_code == 422
    assert (await tenant.api.post(address, {})).status_code == 422


async def test_a_test_is_sent_even_where_nothing_else_is(tenant: Tenant, parts: Parts) -> None:
    webhook_id = await tenant.webhook(URL, graph="group_owner", state="tentative", enabled=False)

    sent = await tenant.api.created(f"/webhooks/{webhook_id}/test")

    (delivery,) = await log(tenant, webhook_id)
    assert (delivery["id"], delivery["kind"]) == (sent["id"], "test")
    body = json.loads(delivery["request"]["body"])
    assert (body["graph"], body["state"], body["meta"]) == (
        "group_owner",
        "tentative",
        {"test": True},
    )
    async with parts.database.transaction() as tx:
        taken = await due(tx, tenant.app_id, Channel.WEBHOOK)
        ready = await webhook_calls.prepare(tx, parts.vault, taken, site=None)
    assert [each is not None for each in ready.values()] == [True]


async def test_only_the_app_key_reaches_webhooks(tenant: Tenant) -> None:
    for path in ("/webhooks", f"/webhooks/{await tenant.webhook()}/deliveries"):
        assert (await tenant.widget.get(path)).status_code == 403


async def test_a_webhook_of_another_app_is_none(tenant: Tenant, other_tenant: Tenant) -> None:
    theirs = await other_tenant.webhook()
    await booked(tenant)
    assert (await tenant.api.get(f"/webhooks/{theirs}")).status_code == 404
    assert (await tenant.api.put(f"/webhooks/{theirs}", {"enabled": False})).status_code == 404
    assert await log(other_tenant, theirs) == []
