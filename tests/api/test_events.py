"""Events over HTTP."""

from typing import Any

import pytest
from tests.support.client import Json, Tenant

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))


async def new_event(tenant: Tenant, doc: Json, start: str, end: str, **given: Any) -> Json:
    calendar = doc["calendars"][0]["id"]
    body = {"calendar_id": calendar, "start": start, "end": end, "what": "Lunch", **given}
    return await tenant.api.created("/events", body)


async def test_an_event_is_created_changed_and_deleted(tenant: Tenant) -> None:
    doc = await tenant.resource()
    made = await new_event(tenant, doc, NINE, TEN, where="Lou's", participants=["a@example.com"])
    assert made == {
        "id": made["id"],
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Lunch",
        "where": "Lou's",
        "description": "",
        "rsvp": "needsAction",
        "allDay": False,
        "busy": True,
        "start": NINE,
        "end": TEN,
        "participants": ["a@example.com"],
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    address = f"/events/{made['id']}"
    answer = await tenant.api.put(address, {"end": ELEVEN, "rsvp": "tentative"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await tenant.api.found(address) == {**made, "end": ELEVEN, "rsvp": "tentative"}
    answer = await tenant.api.delete(address)
    assert (answer.status_code, answer.content) == (204, b"")
    for again in (await tenant.api.get(address), await tenant.api.delete(address)):
        assert again.status_code == 404
        assert again.json()["model"] == "Event"


async def test_creation_says_so_beside_the_event(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {"calendar_id": doc["calendars"][0]["id"], "start": NINE, "end": TEN, "what": "x"}
    answer = await tenant.api.post("/events", body)
    assert answer.json()["meta"] == {"message": "Event created"}


async def test_events_are_listed_where_they_overlap_and_in_order(tenant: Tenant) -> None:
    doc = await tenant.resource()
    late = await new_event(tenant, doc, TEN, ELEVEN)
    early = await new_event(tenant, doc, NINE, TEN)
    for start, end, wanted in (
        (NINE, ELEVEN, [early, late]),
        (NINE, TEN, [early]),
        (TEN, ELEVEN, [late]),
        ("2030-05-07T09:59:59Z", "2030-05-07T10:00:01Z", [early, late]),
        (ELEVEN, "2030-05-08", []),
        ("2030-05-07", NINE, []),
        ("today", "2 days", [early, late]),
    ):
        found = await tenant.api.found("/events", params={"start": start, "end": end})
        assert found == wanted, (start, end)


async def test_a_booking_has_an_event_that_only_the_booking_changes(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created(
        "/bookings?include=event", tenant.order(doc["id"], NINE, TEN)
    )
    address = f"/events/{booking['event']['id']}"
    assert await tenant.api.found(address) == booking["event"]
    answer = await tenant.api.put(address, {"end": ELEVEN})
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["id"]
    await tenant.api.put(f"/bookings/{booking['id']}/cancel")
    assert (await tenant.api.get(address)).status_code == 404


async def test_an_all_day_event_covers_local_days(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="America/New_York")
    for spelled in ("allDay", "all_day"):
        made = await new_event(
            tenant, doc, "2030-05-07T12:00:00-04:00", "2030-05-08T12:00:00-04:00", **{spelled: True}
        )
        assert made["allDay"] is True
        assert (made["start"], made["end"]) == (
            "2030-05-07T04:00:00+00:00",
            "2030-05-09T04:00:00+00:00",
        )


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("America/New_York", "T04:00:00+00:00"), ("Asia/Tokyo", "T15:00:00+00:00")],
)
@pytest.mark.parametrize(
    ("start", "end"),
    [("2030-05-07", "2030-05-08"), ("2030-05-07T00:00", "2030-05-07 23:59:59")],
)
async def test_dates_of_an_all_day_event_are_days_of_its_resource(
    tenant: Tenant, zone: str, hours: str, start: str, end: str
) -> None:
    """Midnight in UTC is the evening before in New York, and the morning in Tokyo."""
    doc = await tenant.resource(timezone=zone)
    made = await new_event(tenant, doc, start, end, all_day=True)
    first = 6 if zone == "Asia/Tokyo" else 7
    assert (made["start"], made["end"]) == (
        f"2030-05-{first:02}{hours}",
        f"2030-05-{first + 1:02}{hours}",
    )

    address = f"/events/{made['id']}"
    assert (await tenant.api.put(address, {"end": "2030-05-09"})).status_code == 204
    assert (await tenant.api.found(address))["end"] == f"2030-05-{first + 2:02}{hours}"


async def test_dates_left_out_of_an_all_day_series_are_days_of_its_resource(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource(timezone="America/New_York")
    series = await new_event(
        tenant, doc, "2030-05-07", "2030-05-08",
        all_day=True, rrule="FREQ=DAILY;COUNT=4", exdate=["2030-05-08"],
    )  # fmt: skip
    moved = await new_event(
        tenant, doc, "2030-05-20", "2030-05-21",
        all_day=True, series_id=series["id"], recurrence_id="2030-05-09",
    )  # fmt: skip

    listed = await tenant.api.get("/events?start=2030-05-01&end=2030-06-01")
    assert [each["start"] for each in listed.json()["data"]] == [
        f"2030-05-{day:02}T04:00:00+00:00" for day in (7, 10, 20)
    ]
    assert moved["recurrence_id"] == "2030-05-09T04:00:00+00:00"


async def test_an_event_moves_to_another_calendar_with_its_time(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    made = await new_event(tenant, doc, NINE, TEN)
    order = tenant.order(marty["id"], NINE, TEN)
    there = marty["calendars"][0]["id"]
    answer = await tenant.api.put(f"/events/{made['id']}", {"calendar_id": there})
    assert answer.status_code == 204
    assert (await tenant.api.post("/bookings", order)).status_code == 422
    await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"start": "soon"}, {"start": ["The start is not a valid date."]}),
        ({"end": NINE}, {"end": ["The end must be a date after start."]}),
        ({"calendar_id": "x"}, {"calendar_id": ["The calendar id must be a valid UUID."]}),
        ({"my_rsvp": "maybe"}, {"my_rsvp": ["The my rsvp format is invalid."]}),
        ({"all_day": "perhaps"}, {"all_day": ["The all day field must be true or false."]}),
    ],
)
async def test_what_is_wrong_with_an_event_is_told_by_field(
    tenant: Tenant, changes: Json, errors: Json
) -> None:
    doc = await tenant.resource()
    made = await new_event(tenant, doc, NINE, TEN)
    body = {"calendar_id": made["calendar_id"], "start": NINE, "end": TEN, "what": "x", **changes}
    for method, path in (("POST", "/events"), ("PUT", f"/events/{made['id']}")):
        answer = await tenant.api.request(method, path, json=body)
        assert answer.status_code == 422, method
        assert answer.json() == {"errors": errors}
