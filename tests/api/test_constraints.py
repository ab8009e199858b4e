"""Constraints over HTTP, at each of their three levels."""

from typing import Any

import pytest
from tests.support.client import Json, Tenant

LEVELS = ["resource", "project", "request"]
# Tuesday to Friday; now is Monday 6 May 2030, eight o'clock.
WINDOW = {"from": "2030-05-07", "to": "2030-05-10", "length": None}
REST = {"availability": {}, "booking": {"graph": "instant"}}
ALL = ["07 00:00 - 10 00:00"]
NINE_TO_FIVE = [f"0{day} 09:00 - 0{day} 17:00" for day in (7, 8, 9)]


async def open_time(
    tenant: Tenant, level: str, constraints: Json, **resource: Json
) -> tuple[int, Any]:
    """Put constraints at a level and ask when there is time: status, and times or errors."""
    name = "availability_constraints"
    on_resource = {name: constraints} if level == "resource" else {}
    on_project = {name: constraints} if level == "project" else {}
    body = {**WINDOW, **({"constraints": constraints} if level == "request" else {})}
    doc = await tenant.api.post(
        "/resources", {"name": "D", "timezone": "UTC", **resource, **on_resource}
    )
    if doc.status_code != 201:
        return doc.status_code, doc.json()["errors"]
    ids = [doc.json()["data"]["id"]]
    given = {"name": "P", "resources": ids, **REST, **on_project}
    project = await tenant.api.post("/projects", given)
    if project.status_code != 201:
        return project.status_code, project.json()["errors"]
    body["project_id"] = project.json()["data"]["id"]
    answer = await tenant.widget.post("/availability", body)
    if answer.status_code != 200:
        return answer.status_code, answer.json()["errors"]
    slots = answer.json()["data"]
    return 200, [
        f"{slot['start'][8:16].replace('T', ' ')} - {slot['end'][8:16].replace('T', ' ')}"
        for slot in slots
    ]


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("constraints", "times"),
    [
        (None, ALL),
        ({}, ALL),
        ([], ALL),
        ([{"block_weekends": []}], ALL),
        ([{"block_weekends": {}}], ALL),
        ([{"block_weekends": None}], ALL),
        ([{"block_weekend": {"timezone": None, "reason": "rest"}}], ALL),
        ([{"allow_hours": {"start": 9, "end": 17}}], NINE_TO_FIVE),
        ([{"allow_hours": {"start": "9", "end": "17"}}], NINE_TO_FIVE),
        ([{"allow_hours": {"start": "09:00", "end": "17:00"}}], NINE_TO_FIVE),
        ([{"allow_hours": {"start": "9:00", "end": "17:00:00", "id": 7}}], NINE_TO_FIVE),
        ([{"allow_hours": {"start": 9, "end": 17, "timezone": ""}}], NINE_TO_FIVE),
        ([{"allow_day": {"day": "Wednesday"}}], ["08 00:00 - 09 00:00"]),
        ([{"allow_day": {"day": "wednesday"}}], ["08 00:00 - 09 00:00"]),
        ([{"allow_day": {"day": "WEDNESDAY", "timezone": "utc"}}], ["08 00:00 - 09 00:00"]),
        (
            [{"allow_day_and_time": {"day": "wedNESday", "start": 22, "end": "24:00"}}],
            ["08 22:00 - 09 00:00"],
        ),
        ([{"allow_days": {"days": ["Thursday", "tuesday"], "start": None}}],
         ["07 00:00 - 08 00:00", "09 00:00 - 10 00:00"]),
        ([{"allow_dates": {"dates": ["2030-05-08"], "start": 9, "end": "09:30"}}],
         ["08 09:00 - 08 09:30"]),
        ([{"block_dates": {"dates": ["2030-05-07", "2030-05-09"]}}], ["08 00:00 - 09 00:00"]),
        ([{"block_holidays": {"country": "cz", "subdivision": "", "categories": None}}],
         ["07 00:00 - 08 00:00", "09 00:00 - 10 00:00"]),
        ([{"block_period": {"start": "Tomorrow", "end": "2 days"}}], ["08 08:00 - 10 00:00"]),
        ([{"block_period": {"start": "2030-05-07", "end": "next thursday 12:00"}}],
         ["09 12:00 - 10 00:00"]),
    ],
)  # fmt: skip
async def test_what_clients_write_is_understood_at_each_level(
    tenant: Tenant, level: str, constraints: Json, times: list[str]
) -> None:
    assert await open_time(tenant, level, constraints) == (200, times)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("entry", "field", "shown"),
    [
        (
            {"block_period": {"start": "tomorow", "end": "2 days"}},
            "block_period.start",
            "'tomorow'",
        ),
        ({"block_period": {"start": "now", "end": "6.5.2030"}}, "block_period.end", "'6.5.2030'"),
        ({"block_holidays": {"country": "Denmark"}}, "block_holidays.country", "'Denmark'"),
        (
            {"block_holidays": {"country": "US", "subdivision": "Bayern"}},
            "block_holidays.subdivision",
            "'Bayern'",
        ),
        ({"allow_dates": {"dates": ["24.12.2030"]}}, "allow_dates.dates.0", "'24.12.2030'"),
        ({"block_days": {"days": ["mon"]}}, "block_days.days.0", "'mon'"),
        ({"allow_holidays": {"country": "DK"}}, "allow_holidays", "not a known type"),
        ({"allow_day": {"day": "mon"}}, "allow_day.day", "Monday"),
        ({"allow_hours": {"start": "9am", "end": 17}}, "allow_hours.start", "09:30"),
    ],
)
async def test_what_is_not_understood_is_named_and_shown_at_each_level(
    tenant: Tenant, level: str, entry: Json, field: str, shown: str
) -> None:
    status, errors = await open_time(tenant, level, [{"block_weekends": {}}, entry])
    path = "constraints" if level == "request" else "availability_constraints"
    assert (status, list(errors)) == (422, [f"{path}.1.{field}"])
    assert shown in errors[f"{path}.1.{field}"][0]


async def test_a_change_is_held_to_the_same_rules(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    wrong = {"availability_constraints": [{"block_period": {"start": "tomorow", "end": "2 days"}}]}
    right = {"availability_constraints": [{"block_period": {"start": "tomorrow", "end": "2 days"}}]}
    for path in (f"/resources/{doc['id']}", f"/projects/{project['id']}"):
        refused = await tenant.api.put(path, wrong)
        assert refused.status_code == 422
        assert list(refused.json()["errors"]) == ["availability_constraints.0.block_period.start"]
        assert (await tenant.api.put(path, right)).status_code < 300


async def test_our_own_types_come_back_as_they_were_sent(tenant: Tenant) -> None:
    constraints: list[Json] = [
        {"block_holidays": {"country": "de", "subdivision": "Bayern", "categories": ["public"]}},
        {
            "allow_dates": {
                "dates": ["2030-12-24"],
                "start": 9,
                "end": "12:00",
                "note": "half a day",
            }
        },
        {"block_period": {"start": "tomorrow", "end": "1 week"}},
    ]
    doc = await tenant.resource(availability_constraints=constraints)
    address = f"/resources/{doc['id']}?include=availability_constraints"
    assert (await tenant.api.found(address))["availability_constraints"] == constraints


async def test_words_are_counted_from_each_search_not_from_when_they_were_stored(
    tenant: Tenant, clock: Any
) -> None:
    entry = [{"block_period": {"start": "today", "end": "tomorrow"}}]
    doc = await tenant.resource(availability_constraints=entry)
    body = {"resources": [doc["id"]], **WINDOW}

    async def first() -> str:
        answer = await tenant.widget.post("/availability", body)
        return str(answer.json()["data"][0]["start"])

    assert await first() == "2030-05-07T00:00:00+00:00"
    clock.now = clock.now.replace(day=7)
    assert await first() == "2030-05-08T00:00:00+00:00"


async def test_periods_of_a_search_take_the_input_format_of_its_header(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen")
    body = {"resources": [doc["id"]], "output_timezone": "Europe/Copenhagen", **WINDOW}
    period = {"start": "07.05.2030 00:00", "end": "tomorrow 24:00"}
    body["constraints"] = [
        {"block_period": period},
        {"block_period": {"start": "08.05.2030 12:00", "end": "2030-05-10"}},
    ]
    headers = {"Timekit-InputTimestampFormat": "d.m.Y H:i"}
    written = {**body, "from": "07.05.2030 00:00", "to": "10.05.2030 00:00"}
    answer = await tenant.widget.post("/availability", written, headers=headers)
    assert [(slot["start"], slot["end"]) for slot in answer.json()["data"]] == [
        ("2030-05-08T00:00:00+02:00", "2030-05-08T12:00:00+02:00")
    ]
    refused = await tenant.widget.post("/availability", body)
    assert list(refused.json()["errors"]) == [
        "constraints.0.block_period.start",
        "constraints.1.block_period.start",
    ]


async def test_a_booking_is_held_to_holidays_where_the_project_says_so(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Europe/Prague")
    project = await tenant.project(
        doc["id"],
        availability_constraints=[{"block_holidays": {"country": "CZ"}}],
        booking={"graph": "instant", "settings": {"enforce_availability": True}},
    )

    async def book(day: str) -> int:
        order = tenant.order(doc["id"], f"{day}T10:00:00+02:00", f"{day}T11:00:00+02:00")
        answer = await tenant.api.post("/bookings", {**order, "project_id": project["id"]})
        return answer.status_code

    # The eighth of May is the Czech day of victory.
    assert [await book(f"2030-05-0{day}") for day in (7, 8, 9)] == [201, 422, 201]
