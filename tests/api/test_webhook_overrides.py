"""What a booking says about webhooks: some of the app's keep silent, others are its own."""

from collections import Counter

import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.people import person

from slotkeeper.edge.parts import Parts

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
OWN = "https://hill.example/own"


async def booked(tenant: Tenant, by: Caller | None = None, **given: Json) -> Json:
    doc = await tenant.resource()
    return await (by or tenant.api).created(
        "/bookings", tenant.order(doc["id"], NINE, TEN, **given)
    )


async def told(tenant: Tenant, parts: Parts) -> Counter[str]:
    """Return how often each address is told of something."""
    async with parts.database.transaction() as tx:
        found = await tx.values(
            "SELECT coalesce(url, call ->> 'url') FROM deliveries LEFT JOIN webhooks "
            "ON webhooks.app_id = deliveries.app_id AND webhooks.id = webhook_id "
            "WHERE deliveries.app_id = %s AND channel = 'webhook'",
            (tenant.app_id,),
        )
    return Counter(found)


async def three(tenant: Tenant) -> list[str]:
    urls = [f"https://hill.example/{number}" for number in range(3)]
    for url in urls:
        await tenant.webhook(url)
    return urls


@pytest.mark.parametrize(
    "webhooks",
    [
        [{}, {"enabled": False}],
        [None, {"enabled": "false"}],
        {"1": {"enabled": 0}},
    ],
)
async def test_the_webhook_at_a_place_keeps_silent(
    tenant: Tenant, parts: Parts, webhooks: Json
) -> None:
    zero, _, two = await three(tenant)
    await booked(tenant, webhooks=webhooks)
    assert await told(tenant, parts) == {zero: 1, two: 1}


@pytest.mark.parametrize("webhooks", [None, [], {}, [{}], [{"enabled": True}], [{"url": ""}]])
async def test_nothing_said_changes_nothing(tenant: Tenant, parts: Parts, webhooks: Json) -> None:
    urls = await three(tenant)
    await booked(tenant, webhooks=webhooks)
    assert await told(tenant, parts) == dict.fromkeys(urls, 1)


async def test_a_place_counts_all_webhooks_of_the_app_whatever_they_are_for(
    tenant: Tenant, parts: Parts
) -> None:
    await tenant.webhook("https://hill.example/cancelled", state="cancelled")
    first = "https://hill.example/confirmed"
    await tenant.webhook(first)
    booking = await booked(tenant, webhooks=[{"enabled": False}])
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert await told(tenant, parts) == {first: 1}


async def test_an_address_of_its_own_is_told_of_every_state(tenant: Tenant, parts: Parts) -> None:
    booking = await booked(tenant, webhooks=[{"url": OWN}])
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert await told(tenant, parts) == {OWN: 2}


@pytest.mark.parametrize(
    ("only", "times"),
    [
        ({"state": "cancelled"}, 1),
        ({"state": "cancelled", "graph": "instant"}, 1),
        ({"graph": "confirm_decline"}, 0),
        ({"state": "completed"}, 0),
        ({"enabled": False}, 0),
    ],
)
async def test_or_of_those_that_it_is_for(
    tenant: Tenant, parts: Parts, only: Json, times: int
) -> None:
    booking = await booked(tenant, webhooks=[{"url": OWN, "method": "GET", **only}])
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert (await told(tenant, parts))[OWN] == times


async def test_one_call_of_a_bulk_wins_where_the_others_are_silenced(
    tenant: Tenant, parts: Parts
) -> None:
    url = "https://hill.example/0"
    await tenant.webhook(url)
    doc = await tenant.resource()
    orders = [
        tenant.order(doc["id"], f"2030-05-07T{hour:02}:00:00Z", f"2030-05-07T{hour + 1:02}:00:00Z")
        for hour in (9, 10, 11)
    ]
    silent = [{**each, "webhooks": [{"enabled": False}]} for each in orders[1:]]
    answer = await tenant.api.post("/bookings/bulk", {"bookings": [orders[0], *silent]})
    assert answer.status_code == 201
    assert await told(tenant, parts) == {url: 1}


async def test_what_a_booking_says_goes_along_when_it_is_moved(
    tenant: Tenant, parts: Parts
) -> None:
    url = "https://hill.example/0"
    await tenant.webhook(url)
    booking = await booked(tenant, webhooks=[{"enabled": False, "state": "confirmed"}])
    to = {"start": "2030-05-08T09:00:00Z", "end": "2030-05-08T10:00:00Z"}
    await tenant.api.post(f"/bookings/{booking['id']}/reschedule", to)
    assert await told(tenant, parts) == {}


async def test_the_step_that_tells_webhooks_can_be_left_out(tenant: Tenant, parts: Parts) -> None:
    await three(tenant)
    await booked(tenant, trigger_webhook={"enabled": False}, webhooks=[{"url": OWN}])
    assert await told(tenant, parts) == {}


async def test_the_public_key_neither_silences_nor_adds(tenant: Tenant, parts: Parts) -> None:
    urls = await three(tenant)
    await booked(tenant, tenant.widget, webhooks=[{"enabled": False, "url": OWN}, {"url": OWN}])
    assert await told(tenant, parts) == dict.fromkeys(urls, 1)


@pytest.mark.parametrize(
    ("webhooks", "field"),
    [
        ([{}, {"url": "hill.example"}], "webhooks.1.url"),
        ([{"url": OWN, "method": "put"}], "webhooks.0.method"),
        ([{}] * 101, "webhooks"),
        ("all", "webhooks"),
        ({"first": {}}, "webhooks"),
    ],
)
async def test_what_cannot_be_followed_is_refused(
    tenant: Tenant, webhooks: Json, field: str
) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, webhooks=webhooks)
    answer = await tenant.api.post("/bookings", order)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


async def test_a_hundred_entries_are_taken(tenant: Tenant) -> None:
    await booked(tenant, webhooks=[{}] * 100)


async def test_a_person_neither_silences_nor_adds(tenant: Tenant, parts: Parts) -> None:
    urls = await three(tenant)
    doc = await person(tenant, "doc@example.com")
    said = {"webhooks": [{"enabled": False, "url": OWN}, {"url": OWN}]}
    order = tenant.order(doc.resource_id, NINE, TEN, trigger_webhook={"enabled": False}, **said)
    await doc.created("/bookings", order)
    assert await told(tenant, parts) == dict.fromkeys(urls, 1)
