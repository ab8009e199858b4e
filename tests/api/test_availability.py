"""The search for free time over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock


async def test_slots_lie_within_the_hours_of_the_project_and_around_bookings(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    project = await tenant.project(
        doc["id"],
        availability_constraints=[{"allow_hours": {"start": 9, "end": 12}}],
    )
    start, end = "2030-05-07T10:00:00+02:00", "2030-05-07T11:00:00+02:00"
    await tenant.api.created("/bookings", tenant.order(doc["id"], start, end))

    answer = await tenant.widget.post(
        "/availability",
        {
            "project_id": project["id"],
            "output_timezone": "Europe/Copenhagen",
            "from": "2030-05-07",
            "to": "2030-05-08",
        },
    )

    assert answer.status_code == 200
    who = [{"id": doc["id"], "name": "Doc", "timezone": "Europe/Copenhagen"}]
    assert answer.json()["data"] == [
        {
            "start": f"2030-05-07T{start}:00:00+02:00",
            "end": f"2030-05-07T{end}:00:00+02:00",
            "resources": who,
        }
        for start, end in (("09", "10"), ("11", "12"))
    ]


DAY = {"from": "2030-05-07", "to": "2030-05-08"}


async def starts(caller: Caller, body: Json, **options: Any) -> list[str]:
    """Return when the slots of a search start, as far as the minute."""
    answer = await caller.post("/availability", body, **options)
    assert answer.status_code == 200, answer.text
    return [slot["start"][:16] for slot in answer.json()["data"]]


async def test_by_default_slots_of_an_hour_are_offered_for_four_weeks(tenant: Tenant) -> None:
    doc = await tenant.resource()
    answer = await tenant.widget.post("/availability", {"resources": [doc["id"]]})
    slots = answer.json()["data"]
    assert slots[0] == {
        "start": "2030-05-06T08:00:00+00:00",
        "end": "2030-05-06T09:00:00+00:00",
        "resources": [{"id": doc["id"], "name": "Doc", "timezone": "UTC"}],
    }
    assert slots[-1]["end"] == "2030-06-03T08:00:00+00:00"
    assert len(slots) == 28 * 24
    assert [slot["start"] for slot in slots] == sorted(slot["start"] for slot in slots)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({}, "2030-05-06T09:00"),
        ({"from": "now"}, "2030-05-06T09:00"),
        ({"from": "1 hour"}, "2030-05-06T10:00"),
        ({"from": "-1 hour"}, "2030-05-06T08:17"),
        ({"round_to_nearest_hour": False}, "2030-05-06T08:17"),
        ({"round_to_next_hour": "false"}, "2030-05-06T08:17"),
        ({"closest_time_interval": "15 minutes"}, "2030-05-06T08:30"),
        ({"from": "2030-05-06T08:20:00Z"}, "2030-05-06T08:20"),
        ({"from": "3 days"}, "2030-05-09T09:00"),
        ({"from": "tomorrow"}, "2030-05-07T00:00"),
        ({"from": "2030-05-01"}, "2030-05-06T08:17"),
    ],
)
async def test_a_search_begins_at_the_full_hour_unless_it_says_otherwise(
    tenant: Tenant, clock: TestClock, asked: Json, first: str
) -> None:
    clock.advance(timedelta(minutes=17))
    doc = await tenant.resource()
    found = await starts(tenant.widget, {"resources": [doc["id"]], **asked})
    if asked.get("from") in {"-1 hour", "2030-05-01"}:
        # The grid is that of the past start; what is past already is not offered.
        assert found[0] >= first
    else:
        assert found[0] == first


@pytest.mark.parametrize(
    "lenient",
    [
        {"mode": None, "length": None, "buffer": None, "constraints": None, "resources": None},
        {"constraints": {}, "resources": {}},
        {"constraints": [], "resources": []},
        {"output_timezone": None, "timeslot_increments": None, "closest_time_interval": None},
        {"round_to_nearest_hour": None, "ignore_all_day_events": None, "from": None, "to": None},
        {"mode": "roundrobin_random", "length": "1 hours", "to": "3 days 2 weeks"},
        {"buffer": "0 minutes", "closest_time_interval": ""},
        {"constraints": [{"block_weekends": []}, {"allow_hours": {"start": 0, "end": 24}}]},
        {"resources": None, "future": "x", "date": {}, "fakingit": [1]},
    ],
)
async def test_what_the_widget_sends_back_is_accepted(tenant: Tenant, lenient: Json) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    body = {"project_id": project["id"], "output_timezone": "Europe/Berlin", **lenient}
    found = await starts(tenant.widget, body)
    assert len(found) > 24
    assert found[0].startswith("2030-05-06T")


async def test_what_a_request_says_counts_before_its_project(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(
        doc["id"], availability={"length": "2 hours", "to": "1 day", "from": "2 hours"}
    )
    own = {"project_id": project["id"]}
    assert (await starts(tenant.widget, own))[:2] == ["2030-05-06T10:00", "2030-05-06T12:00"]
    changed = {**own, "length": "30 minutes", "from": "now", "resources": [marty["id"]]}
    answer = await tenant.widget.post("/availability", changed)
    first = answer.json()["data"][0]
    assert (first["end"], first["resources"][0]["id"]) == ("2030-05-06T08:30:00+00:00", marty["id"])


async def test_no_length_gives_the_free_time_itself(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await tenant.api.created(
        "/bookings", tenant.order(doc["id"], "2030-05-07 09:00", "2030-05-07 10:20")
    )
    body = {"resources": [doc["id"]], "length": None, **DAY}
    answer = await tenant.widget.post("/availability", body)
    assert [(slot["start"][11:16], slot["end"][11:16]) for slot in answer.json()["data"]] == [
        ("00:00", "09:00"),
        ("10:20", "00:00"),
    ]


async def test_a_buffer_is_kept_on_both_sides_of_what_is_booked(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"allow_hours": {"start": 9, "end": 13}}])
    await tenant.api.created(
        "/bookings", tenant.order(doc["id"], "2030-05-07 10:30", "2030-05-07 11:00")
    )
    body = {"resources": [doc["id"]], "length": "30 minutes", "buffer": "30 minutes", **DAY}
    found = await starts(tenant.widget, body)
    assert [each[11:] for each in found] == ["09:00", "09:30", "11:30", "12:00", "12:30"]


async def test_modes_say_who_serves_a_slot(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"allow_hours": {"start": 9, "end": 11}}])
    marty = await tenant.resource(
        name="Marty", availability_constraints=[{"allow_hours": {"start": 10, "end": 12}}]
    )
    both = [doc["id"], marty["id"]]

    async def served(mode: str, resources: list[str]) -> dict[str, list[str]]:
        body = {"resources": resources, "mode": mode, **DAY}
        answer = await tenant.widget.post("/availability", body)
        return {
            slot["start"][11:13]: [each["name"] for each in slot["resources"]]
            for slot in answer.json()["data"]
        }

    assert await served("mutual", both) == {"10": ["Doc", "Marty"]}
    assert await served("exclusive", both) == {
        "09": ["Doc"],
        "10": ["Doc", "Marty"],
        "11": ["Marty"],
    }
    assert await served("roundrobin_prioritized", both) == {
        "09": ["Doc"],
        "10": ["Doc"],
        "11": ["Marty"],
    }
    assert (await served("roundrobin_prioritized", both[::-1]))["10"] == ["Marty"]
    at_random = [(await served("roundrobin_random", both))["10"][0] for _ in range(40)]
    assert {*at_random} == {"Doc", "Marty"}


async def test_random_means_one_order_for_a_whole_answer(tenant: Tenant) -> None:
    people = [(await tenant.resource(name=name))["id"] for name in "ABCDE"]
    body = {"resources": people, "mode": "roundrobin_random", **DAY}
    first = set()
    for _ in range(12):
        slots = (await tenant.widget.post("/availability", body)).json()["data"]
        who = {slot["resources"][0]["name"] for slot in slots}
        assert len(who) == 1
        first |= who
    assert len(first) > 1


async def test_three_levels_of_constraints_must_all_hold(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"allow_hours": {"start": 9, "end": 15}}])
    project = await tenant.project(
        doc["id"], availability_constraints=[{"block_hours": {"start": 12, "end": 13}}]
    )
    body = {
        "project_id": project["id"],
        "constraints": [{"allow_hours": {"start": "11:00", "end": "20:00"}}],
        **DAY,
    }
    found = await starts(tenant.widget, body)
    assert [each[11:] for each in found] == ["11:00", "13:00", "14:00"]


async def test_hours_are_those_of_the_resource_and_times_those_of_the_reader(
    tenant: Tenant,
) -> None:
    east = await tenant.resource(name="East", timezone="America/New_York")
    west = await tenant.resource(name="West", timezone="America/Los_Angeles")
    body = {
        "resources": [east["id"], west["id"]],
        "mode": "exclusive",
        "constraints": [{"allow_hours": {"start": 9, "end": 17}}],
        "output_timezone": "America/new_york",
        **DAY,
    }
    answer = await tenant.widget.post("/availability", body)
    slots = answer.json()["data"]
    assert slots[0]["start"] == "2030-05-07T09:00:00-04:00"
    assert slots[-1]["end"] == "2030-05-07T20:00:00-04:00"


async def test_the_offset_follows_the_clock_of_the_reader(tenant: Tenant, clock: TestClock) -> None:
    clock.now = datetime(2030, 10, 26, 12, tzinfo=UTC)
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    body = {
        "resources": [doc["id"]],
        "output_timezone": "Europe/Copenhagen",
        "from": "2030-10-27",
        "to": "2030-10-28",
    }
    slots = (await tenant.widget.post("/availability", body)).json()["data"]
    assert len(slots) == 25
    hours = [slot["start"][11:13] + slot["start"][19:] for slot in slots]
    assert hours[:4] == ["00+02:00", "01+02:00", "02+02:00", "02+01:00"]


async def test_the_zone_of_the_body_beats_that_of_the_header(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {"resources": [doc["id"]], **DAY}
    headers = {"Timekit-Timezone": "Asia/Tokyo"}
    answer = await tenant.widget.post("/availability", body, headers=headers)
    assert answer.json()["data"][0]["start"] == "2030-05-07T00:00:00+09:00"
    body["output_timezone"] = "Asia/Kathmandu"
    answer = await tenant.widget.post("/availability", body, headers=headers)
    assert answer.json()["data"][0]["start"] == "2030-05-07T00:00:00+05:45"
    headers = {"OutputTimestampFormat": "Y-m-d h:ia"}
    answer = await tenant.widget.post("/availability", body, headers=headers)
    assert answer.json()["data"][0]["start"] == "2030-05-07 12:00am"


async def test_all_day_events_take_the_local_day_unless_ignored(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    event = {
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Holiday",
        "start": "2030-05-07T00:00:00+02:00",
        "end": "2030-05-08T00:00:00+02:00",
        "all_day": True,
    }
    await tenant.api.created("/events", event)
    body = {"resources": [doc["id"]], "output_timezone": "Europe/Copenhagen", **DAY}
    assert await starts(tenant.widget, body) == []
    assert len(await starts(tenant.widget, {**body, "ignore_all_day_events": True})) == 24


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "soon"}, "from"),
        ({"to": "whenever"}, "to"),
        ({"to": "yesterday"}, "to"),
        ({"to": "6 months 1 day"}, "to"),
        ({"from": "3 days", "to": "2 days"}, "to"),
        ({"length": "long"}, "length"),
        ({"length": "0 minutes"}, "length"),
        ({"length": "-1 hour"}, "length"),
        ({"buffer": "-1 hour"}, "buffer"),
        ({"timeslot_increments": "0"}, "timeslot_increments"),
        ({"mode": "first_come"}, "mode"),
        ({"output_timezone": "Mars"}, "output_timezone"),
        ({"resources": ["x"]}, "resources.0"),
        ({"project_id": "x"}, "project_id"),
        ({"constraints": [{"allow_fun": {}}]}, "constraints.0.allow_fun"),
        ({"constraints": [{"allow_day": {"day": "mon"}}]}, "constraints.0.allow_day.day"),
        (
            {"constraints": [{}, {"allow_hours": {"start": 9.5, "end": 10}}]},
            "constraints.0",
        ),
    ],
)
async def test_what_is_wrong_with_a_search_is_told_by_field(
    tenant: Tenant, body: Json, field: str
) -> None:
    doc = await tenant.resource()
    answer = await tenant.widget.post("/availability", {"resources": [doc["id"]], **body})
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert next(iter(errors)) == field
    assert all(text.startswith("The ") for texts in errors.values() for text in texts)


async def test_a_search_reaches_six_months_and_no_minute_more(tenant: Tenant) -> None:
    doc = await tenant.resource()
    for to in ("6 months", "2030-11-06T08:00:00Z"):
        body = {"resources": [doc["id"]], "length": None, "to": to}
        answer = await tenant.widget.post("/availability", body)
        assert answer.json()["data"][-1]["end"] == "2030-11-06T08:00:00+00:00"
    body = {"resources": [doc["id"]], "to": "2030-11-06T08:01:00Z"}
    assert (await tenant.widget.post("/availability", body)).status_code == 422


async def test_somebody_must_be_named(tenant: Tenant) -> None:
    project = await tenant.project()
    nobody: list[Json] = [{}, {"resources": []}, {"project_id": project["id"]}]
    for body in nobody:
        answer = await tenant.widget.post("/availability", body)
        assert answer.status_code == 422
        assert answer.json() == {"errors": {"resources": ["The resources field is required."]}}
    for body, model in (
        ({"resources": [str(uuid4())]}, "Resource"),
        ({"project_id": str(uuid4())}, "Project"),
    ):
        answer = await tenant.widget.post("/availability", body)
        assert answer.status_code == 404
        assert answer.json() == {"error": "Resource does not exist", "model": model}


async def test_no_slots_is_an_empty_list(tenant: Tenant, other_tenant: Tenant) -> None:
    for each, mark in ((tenant, None), (other_tenant, "true")):
        doc = await each.resource(availability_constraints=[{"block_weekdays": {}}])
        answer = await each.widget.post("/availability", {"resources": [doc["id"]], **DAY})
        assert (answer.status_code, answer.json()) == (200, {"data": []})
        assert answer.headers.get("timekit-testmode") == mark
