"""The older search for time over HTTP: alone, several at once, and for a team."""

from typing import Any
from uuid import uuid4

import pytest
from tests.support.client import Caller, Json, Tenant

DAY = {"start": "2030-05-07", "future": "2030-05-08"}
"""Tomorrow, a Tuesday."""

MORNING = {"and": [{"specific_time": {"start": 9, "end": 12}}]}


async def hours(caller: Caller, body: Json, **options: Any) -> list[str]:
    """Return the slots found, as the hours at which they start and end."""
    answer = await caller.post("/findtime", {**DAY, **body}, **options)
    assert answer.status_code == 200, answer.text
    return [f"{slot['start'][11:16]}-{slot['end'][11:16]}" for slot in answer.json()["data"]]


async def busy(tenant: Tenant, resource: Json, start: str, end: str, **given: Json) -> Json:
    """Put an event of tomorrow into the calendar of a resource."""
    event = {
        "calendar_id": resource["calendars"][0]["id"],
        "start": f"2030-05-07T{start}:00Z",
        "end": f"2030-05-07T{end}:00Z",
        "what": "Lunch",
        **given,
    }
    return await tenant.api.created("/events", event)


async def test_all_who_are_named_are_free(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com")
    marty = await tenant.resource(email="Marty@Example.com")
    await busy(tenant, doc, "09:00", "10:00")
    start, end = "2030-05-07T11:00:00Z", "2030-05-07T12:00:00Z"
    await tenant.api.created("/bookings", tenant.order(marty["id"], start, end))
    body: Json = {"filters": MORNING}
    both = [doc["id"], marty["id"]]
    assert await hours(tenant.api, {**body, "resource_ids": both}) == ["10:00-11:00"]
    assert await hours(tenant.api, {**body, "user_ids": both}) == ["10:00-11:00"]
    emails = ["DOC@example.com", "marty@example.com"]
    assert await hours(tenant.widget, {**body, "emails": emails}) == ["10:00-11:00"]
    mixed = {"resource_ids": both[:1], "emails": ["marty@example.com"], "user_ids": both[:1]}
    assert await hours(tenant.widget, {**body, **mixed}) == ["10:00-11:00"]
    assert await hours(tenant.api, {**body, "user_ids": both[:1]}) == ["10:00-11:00", "11:00-12:00"]


async def test_a_slot_shows_its_ends_and_nothing_else(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {"resource_ids": [doc["id"]], "start": "now", "future": "75 minutes"}
    answer = await tenant.widget.post("/findtime", body)
    assert answer.json() == {
        "data": [{"start": "2030-05-06T08:00:00+00:00", "end": "2030-05-06T09:00:00+00:00"}]
    }


async def test_opening_hours_of_resources_are_of_another_age(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"block_hours": {"start": 0, "end": 24}}])
    assert len(await hours(tenant.api, {"resource_ids": [doc["id"]]})) == 24


async def test_single_calendars_count_without_the_rest_of_their_owner(tenant: Tenant) -> None:
    doc = await tenant.resource()
    bookings = doc["calendars"][0]["id"]
    body = {"name": "Private", "resource_id": doc["id"]}
    private = (await tenant.api.created("/calendars", body))["id"]
    await busy(tenant, doc, "09:00", "10:00", calendar_id=private)
    order = tenant.order(doc["id"], "2030-05-07T11:00:00Z", "2030-05-07T12:00:00Z")
    await tenant.api.created("/bookings", {**order, "calendar_id": bookings})
    for calendar_ids, free in (
        ([bookings], ["09:00-10:00", "10:00-11:00"]),
        ([private], ["10:00-11:00", "11:00-12:00"]),
        ([private, bookings], ["10:00-11:00"]),
    ):
        found = await hours(tenant.api, {"calendar_ids": calendar_ids, "filters": MORNING})
        assert found == free


async def test_a_declined_event_and_a_cancelled_booking_take_no_time(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await busy(tenant, doc, "09:00", "10:00", rsvp="declined")
    order = tenant.order(doc["id"], "2030-05-07T11:00:00Z", "2030-05-07T12:00:00Z")
    booking = await tenant.api.created("/bookings", order)
    assert (await tenant.api.put(f"/bookings/{booking['id']}/cancel")).status_code == 200
    for named in ({"resource_ids": [doc["id"]]}, {"calendar_ids": [doc["calendars"][0]["id"]]}):
        assert len(await hours(tenant.api, {**named, "filters": MORNING})) == 3


@pytest.mark.parametrize("by_calendar", [False, True])
async def test_all_day_events_may_be_ignored(tenant: Tenant, by_calendar: bool) -> None:
    doc = await tenant.resource()
    await busy(tenant, doc, "00:00", "23:00", all_day=True)
    named = {"resource_ids": [doc["id"]]}
    if by_calendar:
        named = {"calendar_ids": [doc["calendars"][0]["id"]]}
    assert await hours(tenant.api, named) == []
    assert len(await hours(tenant.api, {**named, "ignore_all_day_events": True})) == 24


@pytest.mark.parametrize(
    ("given", "free"),
    [
        ({"length": "90 minutes"}, ["09:00-10:30", "10:30-12:00"]),
        ({"length": "2 hours", "sort": "desc"}, ["09:00-11:00"]),
        ({"sort": "DESC"}, ["11:00-12:00", "10:00-11:00", "09:00-10:00"]),
        (
            {"length": "150 minutes", "all_solutions": True},
            ["09:00-11:30", "09:15-11:45", "09:30-12:00"],
        ),
        ({"filters": {**MORNING, "after": [{"take_first": {"number": 1}}]}}, ["09:00-10:00"]),
        (
            {"sort": "desc", "filters": {**MORNING, "after": [{"take_first": {"number": 1}}]}},
            ["11:00-12:00"],
        ),
        ({"filters": {**MORNING, "after": [{"take_last": {"number": 1}}]}}, ["11:00-12:00"]),
        (
            {"filters": {"or": [{"specific_day": {"day": "Monday"}}], **MORNING}},
            [],
        ),
        (
            {"length": None, "buffer": None, "sort": None, "filtercollection_id": None, "x": 1},
            ["09:00-10:00", "10:00-11:00", "11:00-12:00"],
        ),
    ],
)
async def test_what_a_search_may_say(tenant: Tenant, given: Json, free: list[str]) -> None:
    doc = await tenant.resource()
    body = {"resource_ids": [doc["id"]], "filters": MORNING, **given}
    assert await hours(tenant.widget, body) == free


async def test_a_buffer_reaches_beyond_the_window(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await busy(tenant, doc, "12:00", "13:00")
    body = {
        "resource_ids": [doc["id"]],
        "start": "2030-05-07T09:00:00Z",
        "future": "2030-05-07T12:00:00Z",
        "buffer": "10 minutes",
    }
    assert await hours(tenant.api, body) == ["09:00-10:00", "10:00-11:00"]


async def test_random_slots_come_in_order_of_time(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {
        "resource_ids": [doc["id"]],
        "filters": {"after": [{"take_random": {"number": 5}}]},
        "sort": "asc",
    }
    drawn = [await hours(tenant.api, body) for _ in range(8)]
    assert all(len(slots) == 5 and slots == sorted(slots) for slots in drawn)
    assert len({tuple(slots) for slots in drawn}) > 1


async def test_filters_follow_the_zone_of_the_first_who_is_named(tenant: Tenant) -> None:
    tokyo = await tenant.resource(timezone="Asia/Tokyo")
    paris = await tenant.resource(timezone="Europe/Paris")
    body = {"filters": MORNING, "length": "3 hours"}
    for first, second, slot in ((tokyo, paris, "00:00-03:00"), (paris, tokyo, "07:00-10:00")):
        both = {"resource_ids": [first["id"], second["id"]]}
        assert await hours(tenant.api, {**body, **both}) == [slot]


async def test_days_do_not_mix_when_they_must_not(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    body = {
        "resource_ids": [doc["id"]],
        "start": "2030-05-07T21:00:00+02:00",
        "future": "2030-05-08T04:00:00+02:00",
        "length": "2 hours",
        "no_day_span": True,
    }
    headers = {"Timekit-Timezone": "Europe/Copenhagen"}
    found = await hours(tenant.api, body, headers=headers)
    assert found == ["21:00-23:00", "00:00-02:00", "02:00-04:00"]


async def test_times_are_written_and_read_as_the_headers_say(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {
        "resource_ids": [doc["id"]],
        "start": "07/05/2030 09:00",
        "future": "07/05/2030 10:00",
    }
    headers = {
        "Timekit-Timezone": "America/New_York",
        "Timekit-InputTimestampFormat": "d/m/Y H:i",
        "Timekit-OutputTimestampFormat": "Y-m-d h:ia",
    }
    answer = await tenant.api.post("/findtime", body, headers=headers)
    assert answer.json()["data"] == [
        {"start": "2030-05-07 09:00am", "end": "2030-05-07 10:00am"},
    ]


async def test_a_bad_moment_is_refused_in_the_words_of_the_original(tenant: Tenant) -> None:
    doc = await tenant.resource()
    answer = await tenant.widget.post(
        "/findtime", {"resource_ids": [doc["id"]], "future": "when hell freezes over"}
    )
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {"future": ["future in not a valid timestamp or relative time"]}
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"resource_ids": []}, "resource_ids"),
        ({"resource_ids": None}, "resource_ids"),
        ({"resource_ids": {}, "emails": {}, "calendar_ids": {}}, "resource_ids"),
        ({"resource_ids": ["not an id"]}, "resource_ids.0"),
        ({"start": "whenever"}, "start"),
        ({"future": "7 months"}, "future"),
        ({"length": "0 minutes"}, "length"),
        ({"buffer": {"before": 1}}, "buffer"),
        ({"sort": "up"}, "sort"),
        ({"filters": "business_hours"}, "filters"),
        ({"filters": {"or": [{"someday": {}}]}}, "filters.or.0.someday"),
        ({"filtercollection_id": "mine"}, "filtercollection_id"),
        ({"resource_ids": [str(uuid4())] * 1001}, "resource_ids"),
    ],
)
async def test_a_refusal_names_the_field(tenant: Tenant, given: Json, field: str) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post("/findtime", {"resource_ids": [doc["id"]], **given})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize(
    ("given", "model"),
    [
        ({"resource_ids": [str(uuid4())]}, "Resource"),
        ({"emails": ["nobody@example.com"]}, "Resource"),
        ({"calendar_ids": [str(uuid4())]}, "Calendar"),
        ({"filtercollection_id": str(uuid4())}, "Filtercollection"),
    ],
)
async def test_who_is_not_there_is_404(tenant: Tenant, given: Json, model: str) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post("/findtime", {"resource_ids": [doc["id"]], **given})
    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": model}


# --- several at once


@pytest.mark.parametrize("bare", [False, True])
async def test_each_query_has_its_own_list(tenant: Tenant, bare: bool) -> None:
    doc, marty = await tenant.resource(), await tenant.resource()
    await busy(tenant, doc, "09:00", "11:00")
    queries = [{**DAY, "resource_ids": [each["id"]], "filters": MORNING} for each in (doc, marty)]
    body: Json = queries if bare else {"queries": queries}
    answer = await tenant.widget.post("/findtime/bulk", body)
    assert answer.status_code == 200, answer.text
    assert [len(slots) for slots in answer.json()["data"]] == [1, 3]
    alone = await tenant.widget.post("/findtime", queries[1])
    assert answer.json()["data"][1] == alone.json()["data"]


@pytest.mark.parametrize(("count", "status"), [(1, 200), (50, 200), (51, 422), (0, 422)])
async def test_fifty_queries_and_no_more(tenant: Tenant, count: int, status: int) -> None:
    doc = await tenant.resource()
    query = {**DAY, "resource_ids": [doc["id"]]}
    for path, name in (("bulk", "queries"), ("team", "users")):
        answer = await tenant.api.post(f"/findtime/{path}", {name: [query] * count})
        assert answer.status_code == status
        if status == 422:
            assert list(answer.json()["errors"]) == [name]


@pytest.mark.parametrize(("path", "name"), [("bulk", "queries"), ("team", "users")])
async def test_a_refusal_names_the_query(tenant: Tenant, path: str, name: str) -> None:
    doc = await tenant.resource()
    fine = {"resource_ids": [doc["id"]]}
    for wrong, field in (
        ({**fine, "future": "whenever"}, "future"),
        ({**fine, "filters": {"and": 1}}, "filters.and"),
        ({}, "resource_ids"),
        ({"resource_ids": [7]}, "resource_ids.0"),
    ):
        answer = await tenant.api.post(f"/findtime/{path}", {name: [fine, wrong]})
        assert answer.status_code == 422
        assert list(answer.json()["errors"]) == [f"{name}.1.{field}"]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "name"), [("bulk", "queries"), ("team", "users")])
async def test_queries_that_find_too_much_together_are_refused(
    tenant: Tenant, path: str, name: str
) -> None:
    doc = await tenant.resource()
    query = {"resource_ids": [doc["id"]], "future": "2 months", "length": "1 minute"}
    assert (await tenant.api.post(f"/findtime/{path}", {name: [query]})).status_code == 200
    answer = await tenant.api.post(f"/findtime/{path}", {name: [query] * 3})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        name: [f"The {name} may not find more than 200000 slots together."]
    }


# --- teams


async def test_a_team_slot_lists_all_who_are_free_for_it(tenant: Tenant) -> None:
    doc = await tenant.resource(name="Doc", email="doc@example.com")
    marty = await tenant.resource(name="Marty", email="marty@example.com")
    await busy(tenant, doc, "10:00", "11:00")
    calendar = marty["calendars"][0]["id"]
    query = {**DAY, "length": "1 hour", "filters": {"and": [{"daytime": []}, *MORNING["and"]]}}
    body = {
        "users": [
            {**query, "emails": ["doc@example.com"], "_email": "doc@example.com"},
            {**query, "calendar_ids": [calendar], "_calendar": calendar},
        ]
    }
    answer = await tenant.widget.post("/findtime/team", body)
    assert answer.status_code == 200, answer.text
    both = [
        {
            "name": "Doc",
            "email": "doc@example.com",
            "user_id": doc["id"],
            "calendar_ids": [doc["calendars"][0]["id"]],
            "token": None,
        },
        {
            "name": "Marty",
            "email": None,  # the public key did not know it
            "user_id": marty["id"],
            "calendar_ids": [calendar],
            "token": None,
        },
    ]
    slots = answer.json()["data"]
    assert [slot["start"][11:16] for slot in slots] == ["09:00", "10:00", "11:00"]
    assert [slot["users"] for slot in slots] == [both, both[1:], both]
    told = await tenant.api.post("/findtime/team", body)
    assert told.json()["data"][1]["users"][0]["email"] == "marty@example.com"


async def test_a_team_is_listed_backwards_when_its_first_asks_for_it(tenant: Tenant) -> None:
    ids = [(await tenant.resource())["id"] for _ in range(2)]
    query = {**DAY, "filters": MORNING}
    users = [
        {**query, "resource_ids": ids[:1], "sort": "desc"},
        {**query, "resource_ids": ids[1:], "length": "90 minutes"},
    ]
    answer = await tenant.api.post("/findtime/team", {"users": users})
    found = [slot["start"][11:16] for slot in answer.json()["data"]]
    assert found == ["11:00", "10:30", "10:00", "09:00", "09:00"]


async def test_a_member_named_twice_is_listed_once(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com")
    query = {**DAY, "filters": MORNING}
    users = [
        {**query, "resource_ids": [doc["id"]], "calendar_ids": [doc["calendars"][0]["id"]]},
        {**query, "emails": ["doc@example.com"]},
    ]
    answer = await tenant.api.post("/findtime/team", {"users": users})
    assert [len(slot["users"]) for slot in answer.json()["data"]] == [1, 1, 1]
