"""Filters that are kept, over HTTP."""

from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant

PATH = "/findtime/filtercollections"
MORNING: Json = {
    "and": [{"specific_time": {"start": 9, "end": "12:00", "note": "kept as sent"}}],
    "or": [{"specific-day": {"day": "Tuesday"}}, {"specific_day": {"day": "Friday"}}],
    "after": [{"take_first": {"number": 2}}],
}


async def test_a_collection_comes_back_as_it_was_sent(tenant: Tenant) -> None:
    made = await tenant.api.created(PATH, MORNING)
    assert made == {"id": made["id"], **MORNING}
    assert await tenant.api.found(f"{PATH}/{made['id']}") == made


async def test_the_list_is_paged_oldest_first(tenant: Tenant) -> None:
    made = [await tenant.api.created(PATH, {}) for _ in range(3)]
    answer = (await tenant.api.get(PATH, params={"limit": 2})).json()
    assert (answer["total"], answer["last_page"], len(answer["data"])) == (3, 2, 2)
    every = await tenant.api.found(PATH)
    assert sorted(every, key=lambda each: each["id"]) == sorted(made, key=lambda each: each["id"])


async def test_nothing_given_is_nothing_filtered(tenant: Tenant) -> None:
    empty: Json
    for empty in ({}, [], {"and": {}, "or": None}, {"other": 1}):
        made = await tenant.api.created(PATH, empty)
        assert made == {"id": made["id"], "or": [], "and": [], "after": []}


async def test_a_change_leaves_the_other_lists_alone(tenant: Tenant) -> None:
    made = await tenant.api.created(PATH, MORNING)
    address = f"{PATH}/{made['id']}"
    changed = await tenant.api.put(address, {"or": [{"only_weekend": []}], "after": None})
    assert (changed.status_code, changed.content) == (204, b"")
    assert await tenant.api.found(address) == {**made, "or": [{"only_weekend": []}]}


async def test_reading_with_a_body_changes_nothing(tenant: Tenant) -> None:
    """The JavaScript SDK sends its changes with GET."""
    made = await tenant.api.created(PATH, MORNING)
    answer = await tenant.api.request("GET", f"{PATH}/{made['id']}", json={"or": []})
    assert (answer.status_code, answer.json()["data"]) == (200, made)


async def test_a_search_with_kept_filters(tenant: Tenant) -> None:
    doc = await tenant.resource()
    made = await tenant.api.created(PATH, MORNING)
    body: Json = {
        "resource_ids": [doc["id"]],
        "filtercollection_id": made["id"],
        "start": "2030-05-06",
        "future": "2030-05-13",
    }
    answer = await tenant.widget.post("/findtime", body)
    assert [slot["start"][:13] for slot in answer.json()["data"]] == [
        "2030-05-07T09",
        "2030-05-07T10",
    ]
    body["filters"] = {"and": [{"specific_day": {"day": "Friday"}}]}
    answer = await tenant.widget.post("/findtime", body)
    assert [slot["start"][:13] for slot in answer.json()["data"]] == [
        "2030-05-10T09",
        "2030-05-10T10",
    ]


@pytest.mark.parametrize("method", ["POST", "PUT"])
@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"or": [{"someday": {}}]}, "or.0.someday"),
        ({"and": [{"specific_day": {"day": "someday"}}]}, "and.0.specific_day.day"),
        ({"after": [{"take_first": {}}]}, "after.0.take_first.number"),
        ({"or": "business_hours"}, "or"),
        (
            {"or": [{"between_timestamps": {"start": "whenever", "end": "tomorrow"}}]},
            "or.0.between_timestamps.start",
        ),
    ],
)
async def test_what_no_search_could_use_is_refused(
    tenant: Tenant, method: str, body: Json, field: str
) -> None:
    made = await tenant.api.created(PATH, MORNING)
    address = PATH if method == "POST" else f"{PATH}/{made['id']}"
    answer = await tenant.api.request(method, address, json=body)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]
    assert await tenant.api.found(PATH) == [made]


async def test_words_for_a_moment_count_from_each_search(tenant: Tenant) -> None:
    doc = await tenant.resource()
    kept = {"and": [{"between_timestamps": {"start": "tomorrow", "end": "tomorrow 02:00"}}]}
    made = await tenant.api.created(PATH, kept)
    body = {"resource_ids": [doc["id"]], "filtercollection_id": made["id"]}
    answer = await tenant.api.post("/findtime", body)
    assert [slot["start"] for slot in answer.json()["data"]] == [
        "2030-05-07T00:00:00+00:00",
        "2030-05-07T01:00:00+00:00",
    ]


async def test_what_is_not_there_is_404(tenant: Tenant) -> None:
    for method in ("GET", "PUT"):
        answer = await tenant.api.request(method, f"{PATH}/{uuid4()}", json={})
        assert answer.status_code == 404
        assert answer.json()["model"] == "Filtercollection"
