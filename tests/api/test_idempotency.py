"""Idempotency-Key: a request that is repeated happens once."""

from datetime import timedelta

import httpx
import pytest
from tests.support.client import Caller, Json, Tenant, basic
from tests.support.clock import TestClock
from tests.support.document import operations

from slotkeeper.domain.idempotency import ANSWER_BYTES_MAX, KEPT, KEY_CHARACTERS_MAX
from slotkeeper.edge.parts import Parts
from slotkeeper.services.idempotency import DELETED_MAX

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
ELEVEN = "2030-05-07T11:00:00+00:00"
USED = {"error": "The Idempotency-Key was used for another request"}


def under(key: str, **others: str) -> dict[str, dict[str, str]]:
    """Return the headers of a request under a key."""
    return {"headers": {"Idempotency-Key": key, **others}}


def is_replayed(answer: httpx.Response) -> bool:
    return ("idempotent-replayed", "true") in answer.headers.multi_items()


def same(one: httpx.Response, other: httpx.Response) -> bool:
    """Tell whether two answers say the same in the same bytes."""
    return (one.status_code, one.content) == (other.status_code, other.content)


async def total(caller: Caller, path: str) -> int:
    return int((await caller.get(path)).json()["total"])


async def test_a_booking_asked_for_twice_is_made_once(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)

    first = await tenant.widget.post("/bookings", order, **under("a"))
    again = await tenant.widget.post("/bookings", order, **under("a"))

    assert first.status_code == 201
    assert "idempotent-replayed" not in first.headers
    assert same(first, again)
    assert is_replayed(again)
    assert again.headers["content-type"] == first.headers["content-type"]
    assert again.headers["cache-control"] == first.headers["cache-control"]
    assert await total(tenant.api, "/bookings") == 1


async def test_without_a_key_every_request_counts(tenant: Tenant) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    first, second = [await tenant.api.post("/resources", body) for _ in range(2)]
    assert first.json()["data"]["id"] != second.json()["data"]["id"]


async def test_an_answer_stays_the_first_whatever_has_happened_since(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    first = await tenant.api.post("/bookings", order, **under("a"))
    booked = f"/bookings/{first.json()['data']['id']}"
    assert (await tenant.api.put(f"{booked}/cancel", {})).status_code == 200
    assert (await tenant.api.delete(booked)).status_code == 204

    again = await tenant.api.post("/bookings", order, **under("a"))

    assert same(first, again)
    assert await total(tenant.api, "/bookings") == 0


async def test_every_way_to_change_something_can_be_repeated(tenant: Tenant) -> None:
    """Each of these calls fails, or makes one more, when it is simply sent again."""
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings", order)
    other = await tenant.api.created(
        "/bookings", tenant.order(doc["id"], "2030-05-08T09:00Z", "2030-05-08T10:00Z")
    )
    event = {
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Lunch",
        "start": "2030-05-09T12:00Z",
        "end": "2030-05-09T13:00Z",
    }
    moved = {"start": TEN, "end": ELEVEN}
    calls: list[tuple[str, str, Json, int]] = [
        ("POST", "/events", event, 201),
        ("POST", f"/bookings/{booking['id']}/reschedule", moved, 200),
        ("PUT", f"/bookings/{other['id']}/cancel", {}, 200),
        ("PUT", f"/bookings/{other['id']}", {"meta": {"a": 1}}, 204),
        ("DELETE", f"/bookings/{other['id']}", None, 204),
    ]
    for number, (method, path, body, status) in enumerate(calls):
        first, again = [
            await tenant.api.request(method, path, json=body, **under(f"call-{number}"))
            for _ in range(2)
        ]
        assert first.status_code == status, first.text
        assert not is_replayed(first)
        assert same(first, again), path
        assert is_replayed(again)


@pytest.mark.parametrize(
    ("method", "path", "change", "headers"),
    [
        ("POST", "/resources", {"name": "Marty"}, {}),
        ("POST", "/resources?include=calendars", {}, {}),
        ("POST", "/calendars", {}, {}),
        ("PUT", "/resources", {}, {}),
        ("POST", "/resources", {}, {"Timekit-Timezone": "Asia/Kolkata"}),
        ("POST", "/resources", {}, {"Timekit-OutputTimestampFormat": "U"}),
    ],
)
async def test_another_request_under_the_same_key_is_refused(
    tenant: Tenant, method: str, path: str, change: Json, headers: dict[str, str]
) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    made = await tenant.api.created("/resources", body, **under("a"))
    path = f"{path}/{made['id']}" if method == "PUT" else path

    answer = await tenant.api.request(
        method, path, json={**body, **change}, **under("a", **headers)
    )

    assert (answer.status_code, answer.json()) == (422, USED)
    assert await total(tenant.api, "/resources") == 1


async def test_the_same_values_in_other_bytes_are_another_request(tenant: Tenant) -> None:
    calls = [b'{"name": "Doc", "timezone": "UTC"}', b'{"name":"Doc","timezone":"UTC"}']
    first, other = [
        await tenant.api.post("/resources", content=body, **under("a")) for body in calls
    ]
    assert first.status_code == 201
    assert other.json() == USED


async def test_a_slash_at_the_end_makes_no_other_request(tenant: Tenant) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    first = await tenant.api.post("/resources", body, **under("a"))
    again = await tenant.api.post("/resources/", body, **under("a"))
    assert same(first, again)


async def test_a_refusal_is_not_kept_and_may_be_tried_again(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booked = await tenant.api.created("/bookings", order)
    refused = await tenant.api.post("/bookings", order, **under("a"))
    assert refused.status_code == 422
    await tenant.api.put(f"/bookings/{booked['id']}/cancel", {})

    made = await tenant.api.post("/bookings", order, **under("a"))

    assert made.status_code == 201
    assert not is_replayed(made)


async def test_a_refused_request_leaves_its_key_to_another(tenant: Tenant) -> None:
    assert (await tenant.api.post("/resources", {}, **under("a"))).status_code == 422
    await tenant.api.created("/resources", {"name": "Doc", "timezone": "UTC"}, **under("a"))


async def test_each_key_of_a_caller_has_its_own(tenant: Tenant, other_tenant: Tenant) -> None:
    doc = await tenant.resource()
    theirs = await other_tenant.resource()
    first, second = [
        await caller.created("/bookings", tenant.order(doc["id"], start, end), **under("a"))
        for caller, start, end in ((tenant.api, NINE, TEN), (tenant.widget, TEN, ELEVEN))
    ]
    third = await other_tenant.api.created(
        "/bookings",
        tenant.order(theirs["id"], NINE, TEN, customer={"name": "x", "email": "x@timekit.io"}),
        **under("a"),
    )
    assert len({first["id"], second["id"], third["id"]}) == 3


async def test_a_repeated_request_needs_its_key_to_the_api_too(tenant: Tenant) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    await tenant.api.created("/resources", body, **under("a"))
    for caller, status in ((tenant.anonymous, 401), (tenant.widget, 403)):
        answer = await caller.post("/resources", body, **under("a"))
        assert answer.status_code == status


async def test_a_repeated_answer_tells_test_mode(other_tenant: Tenant) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    for _ in range(2):
        answer = await other_tenant.api.post("/resources", body, **under("a"))
        assert answer.status_code == 201
        assert answer.headers["timekit-testmode"] == "true"


async def test_a_key_is_known_for_a_day(tenant: Tenant, clock: TestClock) -> None:
    body = {"name": "Doc", "timezone": "UTC"}
    first = await tenant.api.post("/resources", body, **under("a"))
    clock.advance(KEPT - timedelta(microseconds=1))
    assert same(first, await tenant.api.post("/resources", body, **under("a")))
    clock.advance(timedelta(microseconds=1))

    later = await tenant.api.post("/resources", body | {"name": "Marty"}, **under("a"))
    again = await tenant.api.post("/resources", body | {"name": "Marty"}, **under("a"))

    assert later.status_code == 201
    assert not is_replayed(later)
    assert same(later, again)
    assert is_replayed(again)


async def test_what_is_too_old_goes_away_a_little_with_each_new_key(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    async def old() -> int:
        async with parts.database.transaction() as tx:
            found = await tx.value(
                "SELECT count(*) FROM idempotency_keys WHERE created_at <= %s", (tx.now - KEPT,)
            )
            return int(found)

    body = {"name": "Doc", "timezone": "UTC"}
    clock.advance(-timedelta(days=1))
    for number in range(DELETED_MAX + 1):
        await tenant.api.created("/resources", body, **under(f"old-{number}"))
    clock.advance(timedelta(days=1))
    before = await old()
    assert before > DELETED_MAX

    await tenant.api.created("/resources", body, **under("new"))
    assert await old() == before - DELETED_MAX


@pytest.mark.parametrize(
    "key", ["!", "x" * KEY_CHARACTERS_MAX, "4f9c0b52-6b1d-4c0e-9a55-0d6f3f1c7b11", '"quoted"']
)
async def test_a_key_is_any_visible_text(tenant: Tenant, key: str) -> None:
    await tenant.api.created("/resources", {"name": "Doc", "timezone": "UTC"}, **under(key))


@pytest.mark.parametrize("key", ["", "x" * (KEY_CHARACTERS_MAX + 1), "a b", "ä", "a\tb"])
async def test_what_is_no_key_is_refused_by_name(tenant: Tenant, key: str) -> None:
    answer = await tenant.api.post(
        "/resources",
        {"name": "Doc", "timezone": "UTC"},
        headers=[(b"Idempotency-Key", key.encode("latin-1"))],
    )
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {
            "Idempotency-Key": [
                "The Idempotency-Key header must have 1 to 255 visible ASCII characters."
            ]
        }
    }
    assert await total(tenant.api, "/resources") == 0


async def test_two_keys_on_one_request_are_refused(tenant: Tenant) -> None:
    answer = await tenant.api.http.post(
        "/v2/resources",
        json={"name": "Doc", "timezone": "UTC"},
        headers=[
            ("Authorization", basic(tenant.api.key or "")),
            ("Idempotency-Key", "a"),
            ("Idempotency-Key", "b"),
        ],
    )
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"Idempotency-Key"}


async def test_a_request_whose_answer_is_too_long_to_keep_changes_nothing(tenant: Tenant) -> None:
    def body(characters: int) -> Json:
        return {"name": "Doc", "timezone": "UTC", "meta": {"x": "\U0001f552" * characters}}

    short = await tenant.api.post("/resources", body(63_000), **under("a"))
    assert short.status_code == 201
    assert ANSWER_BYTES_MAX - 5_000 < len(short.content) <= ANSWER_BYTES_MAX
    assert same(short, await tenant.api.post("/resources", body(63_000), **under("a")))

    long = await tenant.api.post("/resources", body(63_900), **under("b"))
    assert long.status_code == 422
    assert long.json()["errors"].keys() == {"Idempotency-Key"}
    assert await total(tenant.api, "/resources") == 1
    assert (await tenant.api.post("/resources", body(63_900))).status_code == 201


async def test_questions_are_answered_anew(tenant: Tenant) -> None:
    doc = await tenant.resource()
    search = {"resources": [doc["id"]], "length": "1 hour", "from": NINE, "to": TEN}
    before = await tenant.widget.post("/availability", search, **under("a"))
    await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN), **under("a"))

    after = await tenant.widget.post("/availability", search, **under("a"))

    assert len(before.json()["data"]) == 1
    assert after.json()["data"] == []
    assert not is_replayed(after)


def test_the_document_tells_of_the_header_where_something_changes() -> None:
    telling = {
        each.name
        for each in operations()
        if any(told["name"] == "Idempotency-Key" for told in each.told.get("parameters", []))
    }
    searches = {"find", "count", "explain", "export"}
    assert telling == {
        each.name
        for each in operations()
        if each.method != "GET" and each.name.partition("_")[0] not in searches
    }
