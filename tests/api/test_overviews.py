"""Dates, counts and closed time over HTTP."""

from typing import Any

import pytest
from tests.support.client import Tenant

HOURS = [{"allow_hours": {"start": 9, "end": 12}}, {"block_weekends": {}}]
PATHS = ["/availability/dates", "/availability/count", "/unavailable/slots"]


async def test_dates_name_who_has_a_slot_by_id(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"allow_day": {"day": "tuesday"}}])
    marty = await tenant.resource(availability_constraints=[{"block_day": {"day": "wednesday"}}])
    body = {"resources": [marty["id"], doc["id"]], "from": "2030-05-07", "to": "2030-05-10"}
    answer = await tenant.widget.post("/availability/dates", body)
    assert answer.status_code == 200
    assert answer.json() == {
        "data": [
            {"date": "2030-05-07", "resources": [marty["id"], doc["id"]]},
            {"date": "2030-05-09", "resources": [marty["id"]]},
            {"date": "2030-05-10", "resources": [marty["id"]]},
        ]
    }


async def test_dates_follow_the_limit_of_the_project_its_last_day_included(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="America/Los_Angeles")
    project = await tenant.project(
        doc["id"],
        availability={"length": "30 minutes", "to": "1 week", "mode": "roundrobin_random"},
        availability_constraints=HOURS,
    )
    answer = await tenant.widget.post("/availability/dates", {"project_id": project["id"]})
    days = [each["date"][-2:] for each in answer.json()["data"]]
    assert days == ["06", "07", "08", "09", "10", "13"]


async def test_an_end_with_a_time_of_day_counts_to_the_minute(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=HOURS)
    body = {"resources": [doc["id"]], "from": "2030-05-07"}
    for to, days in (("2030-05-08T10:00:00Z", 2), ("2030-05-08T09:59:00Z", 1)):
        answer = await tenant.widget.post("/availability/dates", {**body, "to": to})
        assert len(answer.json()["data"]) == days


async def test_mutual_dates_need_everybody(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"allow_day": {"day": "tuesday"}}])
    marty = await tenant.resource()
    ids = [doc["id"], marty["id"]]
    body = {"resources": ids, "from": "2030-05-07", "to": "2030-05-10", "mode": "mutual"}
    answer = await tenant.widget.post("/availability/dates", body)
    assert answer.json()["data"] == [{"date": "2030-05-07", "resources": ids}]


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"length": "45 minutes", "timeslot_increments": "15 minutes"},
        {"length": None},
        {"buffer": "30 minutes"},
        {"mode": "exclusive"},
        {"mode": "mutual"},
        {"constraints": [{"allow_hours": {"start": 10, "end": 11}}]},
    ],
)
async def test_the_count_is_that_of_the_slots_listed(tenant: Tenant, given: dict[str, Any]) -> None:
    doc = await tenant.resource(availability_constraints=HOURS)
    marty = await tenant.resource(timezone="Europe/Paris")
    start, end = "2030-05-07T10:15:00Z", "2030-05-07T11:00:00Z"
    await tenant.api.created("/bookings", tenant.order(doc["id"], start, end))
    body = {"resources": [doc["id"], marty["id"]], "to": "1 week", **given}
    listed = (await tenant.widget.post("/availability", body)).json()["data"]
    counted = await tenant.widget.post("/availability/count", body)
    assert listed
    assert counted.json() == {"data": {"total": len(listed)}}


async def test_closed_time_is_the_window_without_the_free_intervals(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Europe/Copenhagen", availability_constraints=HOURS)
    marty = await tenant.resource(name="Marty")
    start, end = "2030-05-07T10:00:00+02:00", "2030-05-07T11:00:00+02:00"
    await tenant.api.created("/bookings", tenant.order(doc["id"], start, end))
    answer = await tenant.widget.post(
        "/unavailable/slots",
        {
            "resources": [doc["id"], marty["id"]],
            "from": "2030-05-07",
            "to": "2030-05-08",
            "output_timezone": "Europe/Copenhagen",
            "length": "1 hour",
            "buffer": "15 minutes",
        },
    )
    assert answer.status_code == 200
    who = [{"id": doc["id"], "name": "Doc", "timezone": "Europe/Copenhagen"}]
    assert answer.json()["data"] == [
        {"start": f"2030-05-{start}:00+02:00", "end": f"2030-05-{end}:00+02:00", "resources": who}
        for start, end in (
            ("07T00:00", "07T09:00"),
            ("07T09:45", "07T11:15"),
            ("07T12:00", "08T00:00"),
        )
    ]


async def test_the_same_closed_time_is_told_once_for_all(tenant: Tenant) -> None:
    ids = [(await tenant.resource(availability_constraints=HOURS))["id"] for _ in range(2)]
    body = {"resources": ids, "from": "2030-05-07T09:00:00Z", "to": "2030-05-07T18:00:00Z"}
    [closed] = (await tenant.api.post("/unavailable/slots", body)).json()["data"]
    assert [each["id"] for each in closed["resources"]] == ids
    assert closed["start"] == "2030-05-07T12:00:00+00:00"


async def test_what_has_passed_is_closed(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {"resources": [doc["id"]], "from": "-2 hours", "to": "2 hours"}
    [closed] = (await tenant.api.post("/unavailable/slots", body)).json()["data"]
    assert (closed["start"], closed["end"]) == (
        "2030-05-06T06:00:00+00:00",
        "2030-05-06T08:00:00+00:00",
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"from": "whenever"}, "from"),
        ({"to": "7 months"}, "to"),
        ({"from": "2 days", "to": "1 day"}, "to"),
        ({"length": "long"}, "length"),
        ({"output_timezone": "Hill/Valley"}, "output_timezone"),
        ({"constraints": [{"allow_day": {"day": "someday"}}]}, "constraints.0.allow_day.day"),
        ({"mode": "anybody"}, "mode"),
        ({"resources": []}, "resources"),
    ],
)
async def test_a_refusal_names_the_field(
    tenant: Tenant, path: str, given: dict[str, Any], field: str
) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post(path, {"resources": [doc["id"]], **given})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


@pytest.mark.parametrize("path", PATHS)
async def test_nulls_and_empty_php_arrays_say_nothing(tenant: Tenant, path: str) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    body = {
        "project_id": project["id"],
        "resources": {},
        "constraints": {},
        "from": None,
        "to": None,
        "buffer": None,
        "unheard": [1],
    }
    plain = await tenant.widget.post(path, {"project_id": project["id"]})
    padded = await tenant.widget.post(path, body)
    assert (padded.status_code, padded.json()) == (200, plain.json())


@pytest.mark.parametrize("path", PATHS)
async def test_a_resource_that_is_not_there_is_404(tenant: Tenant, path: str) -> None:
    body = {"resources": ["00000000-0000-4000-8000-000000000000"]}
    assert (await tenant.api.post(path, body)).status_code == 404
