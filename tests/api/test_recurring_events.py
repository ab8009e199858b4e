"""Events that repeat, over HTTP: fields of our own that old clients neither send nor miss."""

from typing import Any

import pytest
from tests.support.client import Json, Tenant

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
OURS = {"rrule", "rdate", "exdate", "timezone", "series_id", "recurrence_id"}


async def event(tenant: Tenant, **given: Json) -> Json:
    doc = await tenant.resource(timezone="Europe/Paris")
    calendar = doc["calendars"][0]["id"]
    body = {"calendar_id": calendar, "start": NINE, "end": TEN, "what": "Standup", **given}
    return await tenant.api.created("/events", body)


async def week(tenant: Tenant, **options: Any) -> list[Json]:
    query = "start=2030-05-06T00:00:00Z&end=2030-05-13T00:00:00Z"
    found: list[Json] = await tenant.api.found(f"/events?{query}", **options)
    return found


async def test_an_event_that_does_not_repeat_looks_as_ever(tenant: Tenant) -> None:
    made = await event(tenant)

    assert not made.keys() & OURS
    assert not (await week(tenant))[0].keys() & OURS


async def test_what_is_said_of_repetition_is_shown(tenant: Tenant) -> None:
    made = await event(
        tenant,
        rrule="rrule:freq=daily;count=4",
        exdate=["2030-05-08T09:00:00Z"],
        rdate=["2030-05-09T15:00:00Z"],
    )

    shown = {
        "rrule": "FREQ=DAILY;COUNT=4",
        "exdate": ["2030-05-08T09:00:00+00:00"],
        "rdate": ["2030-05-09T15:00:00+00:00"],
        "timezone": "Europe/Paris",
    }
    assert {key: made[key] for key in made.keys() & OURS} == shown
    again = await tenant.api.found(f"/events/{made['id']}")
    assert again == made


async def test_a_list_names_series_and_occurrence(tenant: Tenant) -> None:
    made = await event(tenant, rrule="FREQ=DAILY;COUNT=2")

    found = await week(tenant, headers={"Timekit-Timezone": "Europe/Paris"})

    assert [(each["id"], each["series_id"], each["recurrence_id"]) for each in found] == [
        (made["id"], made["id"], f"2030-05-0{day}T11:00:00+02:00") for day in (7, 8)
    ]
    assert [each["start"] for each in found] == [each["recurrence_id"] for each in found]


async def test_an_occurrence_is_replaced_by_what_the_list_says_of_it(tenant: Tenant) -> None:
    made = await event(tenant, rrule="FREQ=DAILY;COUNT=2")
    second = (await week(tenant))[1]

    await tenant.api.created(
        "/events",
        {
            "calendar_id": made["calendar_id"],
            "start": "2030-05-10T09:00:00Z",
            "end": "2030-05-10T10:00:00Z",
            "what": "Later",
            "series_id": second["series_id"],
            "recurrence_id": second["recurrence_id"],
        },
    )

    assert [(each["what"], each["start"][8:10]) for each in await week(tenant)] == [
        ("Standup", "07"),
        ("Later", "10"),
    ]


async def test_repetition_changes_and_ends(tenant: Tenant) -> None:
    made = await event(tenant, rrule="FREQ=DAILY")
    path = f"/events/{made['id']}"

    assert (await tenant.api.put(path, {"rrule": "FREQ=DAILY;COUNT=3"})).status_code == 204
    assert len(await week(tenant)) == 3
    assert (await tenant.api.put(path, {"exdate": [NINE]})).status_code == 204
    assert len(await week(tenant)) == 2
    assert (await tenant.api.put(path, {"what": "Nap"})).status_code == 204
    assert [each["what"] for each in await week(tenant)] == ["Nap", "Nap"]
    for nothing in (None, ""):
        assert (await tenant.api.put(path, {"rrule": nothing})).status_code == 204
        assert len(await week(tenant)) == 1


async def test_times_without_an_offset_are_those_of_the_zone_named(tenant: Tenant) -> None:
    made = await event(
        tenant,
        start="2030-10-26 09:00:00",
        end="2030-10-26 10:00:00",
        timezone="america/new_york",
        rrule="FREQ=DAILY;UNTIL=20301103",
        exdate=["2030-10-27T09:00"],
    )

    assert made["start"] == "2030-10-26T13:00:00+00:00"
    assert made["exdate"] == ["2030-10-27T13:00:00+00:00"]
    found = await tenant.api.found("/events?start=2030-11-02&end=2030-11-09")
    # New York changes its clocks on the third of November.
    assert [each["start"][8:13] for each in found] == ["02T13", "03T14"]


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("rrule", {"rrule": "every day"}),
        ("rrule", {"rrule": "FREQ=DAILY;COUNT=" + "9" * 600}),
        ("rdate.0", {"rdate": [{}]}),
        ("rdate", {"rdate": ["never"]}),
        ("exdate", {"exdate": ["never"]}),
        ("exdate", {"exdate": [NINE] * 1001}),
        ("timezone", {"timezone": "Mars/Olympus"}),
        ("series_id", {"series_id": "x", "recurrence_id": NINE}),
        ("recurrence_id", {"series_id": "22222222-2222-4222-8222-222222222222"}),
    ],
)
async def test_what_is_not_understood_is_refused_by_name(
    tenant: Tenant, field: str, given: dict[str, Json]
) -> None:
    doc = await tenant.resource()
    calendar = doc["calendars"][0]["id"]

    answer = await tenant.api.post(
        "/events", {"calendar_id": calendar, "start": NINE, "end": TEN, "what": "x", **given}
    )

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"].keys() == {field}


async def test_what_repeats_is_in_the_way_of_bookings_searches_and_older_searches(
    tenant: Tenant,
) -> None:
    made = await event(tenant, rrule="FREQ=DAILY")
    calendar = await tenant.api.found(f"/calendars/{made['calendar_id']}")
    doc = calendar["resource_id"]

    refused = await tenant.api.post(
        "/bookings", tenant.order(doc, "2031-05-07T09:30:00Z", "2031-05-07T10:30:00Z")
    )
    hours = {"resources": [doc], "length": "1 hour", "mode": "mutual",
             "from": "2030-06-03T08:00:00Z", "to": "2030-06-03T12:00:00Z"}  # fmt: skip
    answer = await tenant.api.post("/availability", hours)
    older = {"calendar_ids": [made["calendar_id"]], "length": "1 hour",
             "start": "2030-06-03T08:00:00Z", "future": "2030-06-03T12:00:00Z"}  # fmt: skip
    old_answer = await tenant.api.post("/findtime", older)

    assert (refused.status_code, refused.json()) == (
        422,
        {"error": "The requested timeslot is not available"},
    )
    for found in (answer, old_answer):
        assert found.status_code == 200, found.text
        assert [each["start"][11:13] for each in found.json()["data"]] == ["08", "10", "11"]
