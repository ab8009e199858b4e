"""Why there is no slot, over HTTP."""

from typing import Any

import pytest
from tests.support.client import Tenant

PATH = "/availability/explain"
DAY = {"from": "2030-05-07", "to": "2030-05-08"}
OFFICE = {"allow_hours": {"start": 9, "end": 17}}
LUNCH = {"block_hours": {"start": 12, "end": 13}}


async def test_a_day_is_told_whole(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[OFFICE, LUNCH])
    booking = await tenant.api.created(
        "/bookings",
        tenant.order(doc["id"], "2030-05-07T10:00:00+00:00", "2030-05-07T11:00:00+00:00"),
    )
    body = {"resources": [doc["id"]], **DAY, "buffer": {"after": "15 minutes"}}

    answer = await tenant.api.post(PATH, {**body, "instant": "tomorrow 12:30"})

    def hour(text: str) -> str:
        return f"2030-05-{text}:00+00:00"

    def ruled(effect: str, index: int, entry: Any) -> list[Any]:
        which = {"level": "resource", "effect": effect, "indexes": [index], "entry": entry}
        return [{"type": "constraint", **which}]

    night, noon = ruled("allow", 0, OFFICE), ruled("block", 1, LUNCH)
    clear = {"type": "buffer", "of": "booking", "id": booking["id"], "side": "before"}
    pieces = [
        ("07T00:00", "07T09:00", night),
        ("07T09:45", "07T10:00", [clear]),
        ("07T10:00", "07T11:00", [{"type": "booking", "id": booking["id"]}]),
        ("07T12:00", "07T13:00", noon),
        ("07T17:00", "08T00:00", night),
    ]
    opened = [("07T09:00", "07T09:45"), ("07T11:00", "07T12:00"), ("07T13:00", "07T17:00")]
    assert answer.status_code == 200
    assert answer.json()["data"] == {
        "window": {"start": hour("07T00:00"), "end": hour("08T00:00")},
        "resources": [
            {
                "id": doc["id"],
                "name": "Doc",
                "timezone": "UTC",
                "open": [{"start": hour(start), "end": hour(end)} for start, end in opened],
                "closed": [
                    {"start": hour(start), "end": hour(end), "reasons": why}
                    for start, end, why in pieces
                ],
            }
        ],
        "slots_total": 5,
        "verdict": {
            "instant": hour("07T12:30"),
            "open": False,
            "text": "Closed on Tuesday 7 May 2030 12:30 (UTC): "
            "Doc is closed 12:00-13:00 (resource constraint 1)",
        },
    }


async def test_what_is_open_is_what_the_search_answers_without_a_length(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[OFFICE], timezone="Europe/Paris")
    project = await tenant.project(
        doc["id"],
        availability={"length": None, "from": "1 day", "to": "1 week", "minimum_gap": "1 hour"},
        availability_constraints=[{"block_weekends": []}],
    )
    await tenant.api.created(
        "/bookings",
        tenant.order(doc["id"], "2030-05-08T10:00:00+00:00", "2030-05-08T11:00:00+00:00"),
    )
    body = {"project_id": project["id"], "length": None, "output_timezone": "Asia/Tokyo"}

    slots = (await tenant.api.post("/availability", body)).json()["data"]
    told = (await tenant.api.post(PATH, body)).json()["data"]

    shown = [{"start": slot["start"], "end": slot["end"]} for slot in slots]
    assert told["resources"][0]["open"] == shown
    assert told["slots_total"] == len(shown) > 5
    assert told["verdict"] is None


async def test_reasons_of_every_kind_say_what_they_are_about(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], availability={"limits": {"project": {"day": 1}}})
    calendar = (await tenant.api.found("/calendars"))[0]
    event = await tenant.api.created(
        "/events",
        {
            "calendar_id": calendar["id"],
            "what": "Fair",
            "start": "2030-05-07",
            "end": "2030-05-08",
            "all_day": True,
        },
    )
    order = tenant.order(
        doc["id"],
        "2030-05-08T10:00:00+00:00",
        "2030-05-08T11:00:00+00:00",
        project_id=project["id"],
    )
    booking = await tenant.api.created("/bookings", order)
    body = {"project_id": project["id"], "from": "2030-05-06T07:00:00Z", "to": "2030-05-09"}

    answer = await tenant.api.post(PATH, {**body, "minimum_gap": "1 hour"})

    told = [piece["reasons"] for piece in answer.json()["data"]["resources"][0]["closed"]]
    full = {"type": "limit", "level": "project", "unit": "day", "max": 1}
    gap = {"type": "minimum_gap", "of": "booking", "id": booking["id"]}
    assert told == [
        [{"type": "notice"}],
        [{"type": "all_day_event", "id": event["id"]}],
        [full],
        [{**gap, "side": "before"}, full],
        [{"type": "booking", "id": booking["id"]}, full],
        [{**gap, "side": "after"}, full],
        [full],
    ]


async def test_answers_follow_the_headers_about_time(tenant: Tenant) -> None:
    doc = await tenant.resource()
    headers = {
        "Timekit-Timezone": "Europe/Paris",
        "Timekit-OutputTimestampFormat": "d.m.Y H:i",
        "Timekit-InputTimestampFormat": "d.m.Y H:i",
    }
    break_ = {"block_period": {"start": "07.05.2030 11:00", "end": "07.05.2030 12:00"}}
    body = {"resources": [doc["id"]], **DAY, "instant": "07.05.2030 09:30", "constraints": [break_]}
    told = (await tenant.api.post(PATH, body, headers=headers)).json()["data"]
    [closed] = told["resources"][0]["closed"]
    assert closed["reasons"][0]["entry"] == break_
    assert told["window"] == {"start": "07.05.2030 00:00", "end": "08.05.2030 00:00"}
    assert told["verdict"]["instant"] == "07.05.2030 09:30"
    assert "7 May 2030 07:30 (UTC)" in told["verdict"]["text"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"instant": "when pigs fly"}, "instant"),
        ({"length": "pigs"}, "length"),
        ({"resources": []}, "resources"),
        ({"constraints": [{"allow_pigs": {}}]}, "constraints.0.allow_pigs"),
    ],
)
async def test_what_is_wrong_is_refused_by_its_name(
    tenant: Tenant, wrong: dict[str, Any], field: str
) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post(PATH, {"resources": [doc["id"]], **wrong})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


async def test_only_the_app_key_is_told_what_is_in_a_calendar(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    doc = await tenant.resource()
    body = {"resources": [doc["id"]], **DAY}
    assert (await tenant.widget.post(PATH, body)).status_code == 403
    assert (await other_tenant.api.post(PATH, body)).status_code == 404
