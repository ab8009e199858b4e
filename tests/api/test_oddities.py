"""Zones, times and texts as real clients write them; the rest is in ``tests/matrix``."""

import json
from typing import Any

import pytest
from tests.support.client import Json, Tenant

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))


async def test_a_zone_is_found_in_any_case_and_under_old_names(tenant: Tenant) -> None:
    for sent, stored in (
        ("America/Los_angeles", "America/Los_Angeles"),
        ("america/toronto", "America/Toronto"),
        ("US/Eastern", "US/Eastern"),
        ("Asia/Calcutta", "Asia/Calcutta"),
        ("europe/kiev", "Europe/Kiev"),
        ("Europe/Kyiv", "Europe/Kyiv"),
        ("America/Nuuk", "America/Nuuk"),
        ("utc", "UTC"),
    ):
        assert (await tenant.resource(timezone=sent))["timezone"] == stored
    for bad in ("Mars/Base", "", " ", "../etc/passwd", "EST5EDT4", "+02:00", "Europe", "localtime"):
        answer = await tenant.api.post("/resources", {"name": "x", "timezone": bad})
        assert answer.status_code == 422, bad
        assert answer.json() == {"errors": {"timezone": ["The timezone must be a valid zone."]}}


# --- Times in and out --------------------------------------------------------------------


@pytest.fixture
async def booked(tenant: Tenant) -> Json:
    doc = await tenant.resource()
    return await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({}, "2030-05-07T09:00:00+00:00"),
        ({"Timekit-Timezone": "Europe/Copenhagen"}, "2030-05-07T11:00:00+02:00"),
        ({"Timekit-Timezone": "asia/calcutta"}, "2030-05-07T14:30:00+05:30"),
        ({"Timekit-OutputTimestampFormat": "Y-m-d h:ia"}, "2030-05-07 09:00am"),
        ({"OutputTimestampFormat": "Y-m-d h:ia"}, "2030-05-07 09:00am"),
        ({"Timekit-OutputTimestampFormat": r"D, j \of F Y"}, "Tue, 7 of May 2030"),
        (
            {"Timekit-Timezone": "America/New_York", "OutputTimestampFormat": "Y-m-d h:ia (P e)"},
            "2030-05-07 05:00am (-04:00 America/New_York)",
        ),
        (
            {"OutputTimestampFormat": "c|U|N|z|u"},
            "2030-05-07T09:00:00+00:00|1904374800|2|126|000000",
        ),
    ],
)
async def test_times_are_shown_as_asked_by_header_and_by_query(
    tenant: Tenant, booked: Json, sent: dict[str, str], shown: str
) -> None:
    address = f"/bookings/{booked['id']}?include=event"
    by_header = await tenant.api.found(address, headers=sent)
    query = {"include": "event", **sent}
    by_query = await tenant.api.found(f"/bookings/{booked['id']}", params=query)
    for booking in (by_header, by_query):
        assert booking["attributes"]["event_info"]["start"] == shown
        assert booking["event"]["start"] == shown
        assert booking["created_at"] == "2030-05-06T08:00:00+0000"


async def test_the_query_beats_the_header(tenant: Tenant, booked: Json) -> None:
    address = f"/bookings/{booked['id']}?Timekit-Timezone=Asia/Tokyo&OutputTimestampFormat=H"
    headers = {"Timekit-Timezone": "UTC", "Timekit-OutputTimestampFormat": "i"}
    booking = await tenant.api.found(address, headers=headers)
    assert booking["attributes"]["event_info"]["start"] == "18"


async def test_an_unknown_zone_of_the_request_is_refused(tenant: Tenant, booked: Json) -> None:
    answer = await tenant.api.get("/bookings", headers={"Timekit-Timezone": "Mars/Base"})
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"timezone": ["The timezone must be a valid zone."]}}


@pytest.mark.parametrize(
    ("headers", "start", "end"),
    [
        ({}, "2030-05-07T09:00:00Z", "2030-05-07T10:00:00.000Z"),
        ({}, "2030-05-07T09:00:00+0000", "2030-05-07T12:00:00+0200"),
        ({}, "2030-05-07 09:00:00 +0000", "2030-05-07 10:00:00"),
        ({}, "2030-05-07 09:00", "2030-05-07T10:00"),
        ({"Timekit-Timezone": "Asia/Tokyo"}, "2030-05-07 18:00", "2030-05-07T19:00:00"),
        ({"Timekit-Timezone": "Asia/Tokyo"}, NINE, TEN),
        (
            {"Timekit-InputTimestampFormat": "Y-m-d h:ia"},
            "2030-05-07 09:00am",
            "2030-05-07 10:00am",
        ),
        ({"InputTimestampFormat": "d/m/Y H:i"}, "07/05/2030 09:00", "07/05/2030 10:00"),
        ({"InputTimestampFormat": "U"}, "1904374800", 1904378400),
        ({"InputTimestampFormat": "d/m/Y H:i"}, NINE, TEN),
        ({}, "tomorrow 09:00", "tomorrow 10:00"),
    ],
)
async def test_times_are_read_as_announced(
    tenant: Tenant, headers: dict[str, str], start: str, end: str
) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], start, end)
    made = await tenant.api.created("/bookings", order, headers=headers)
    found = await tenant.api.found(f"/bookings/{made['id']}")
    info = found["attributes"]["event_info"]
    assert (info["start"], info["end"]) == (NINE, TEN)


@pytest.mark.parametrize("start", ["", "soon", "2030-02-30T10:00:00Z", "07/05/2030", "1e9", "-"])
async def test_times_that_nobody_announced_are_refused(tenant: Tenant, start: str) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post("/bookings", tenant.order(doc["id"], start, TEN))
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"start": ["The start is not a valid date."]}}


@pytest.mark.parametrize("place", ["headers", "params"])
@pytest.mark.parametrize("prefix", ["Timekit-", "timekit-", ""])
async def test_timestamp_formats_are_spelled_with_and_without_prefix_as_header_and_in_the_query(
    tenant: Tenant, prefix: str, place: str
) -> None:
    if place == "params":
        prefix = prefix.title()  # names in a query have a case
    doc = await tenant.resource()
    said = {
        f"{prefix}InputTimestampFormat": "d/m/Y h:ia",
        f"{prefix}OutputTimestampFormat": "Y-m-d h:ia",
    }
    body = {"calendar_id": doc["calendars"][0]["id"], "what": "Lunch"}
    body |= {"start": "07/05/2030 09:00am", "end": "07/05/2030 01:00pm"}
    made = await tenant.api.created("/events", body, **{place: said})
    assert (made["start"], made["end"]) == ("2030-05-07 09:00am", "2030-05-07 01:00pm")
    plain = await tenant.api.found(f"/events/{made['id']}")
    assert plain["start"] == NINE
    refused = await tenant.api.post("/events", body)
    assert refused.status_code == 422


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("america/los_ANGELES", "02:00:00-07:00"),
        ("America/toronto", "05:00:00-04:00"),
        ("US/eastern", "05:00:00-04:00"),
        ("asia/calcutta", "14:30:00+05:30"),
        ("Europe/Kiev", "12:00:00+03:00"),
        ("utc", "09:00:00+00:00"),
    ],
)
async def test_the_zone_of_the_request_is_found_in_any_case_and_under_old_names(
    tenant: Tenant, booked: Json, zone: str, shown: str
) -> None:
    for sent in ({"headers": {"Timekit-Timezone": zone}}, {"params": {"Timekit-Timezone": zone}}):
        booking = await tenant.api.found(f"/bookings/{booked['id']}", **sent)
        assert booking["attributes"]["event_info"]["start"] == f"2030-05-07T{shown}"


async def test_a_plus_that_was_lost_in_a_query_is_found_again(tenant: Tenant, booked: Json) -> None:
    lost = "start=2030-05-07T11:00:00+02:00&end=2030-05-07T12:00:00+02:00"
    for query in (lost, lost.replace("+", "%2B"), lost.replace("+", "%20")):
        found = await tenant.api.found(f"/bookings?{query}")
        assert [each["id"] for each in found] == [booked["id"]]
        events = await tenant.api.found(f"/events?{query}")
        assert [each["start"] for each in events] == [NINE]
    assert await tenant.api.found("/bookings?start=2030-05-07T10:00:00Z") == []
    assert await tenant.api.found("/bookings?end=2030-05-07T09:00:00Z") == []


async def test_the_widgets_own_headers_are_accepted(tenant: Tenant) -> None:
    headers = {
        "Timekit-Context": "widget",
        "Timekit-App": tenant.slug,
        "Accept": "application/json, text/plain, */*",
        "Content-Type": "application/json;charset=UTF-8",
    }
    doc = await tenant.resource()
    content = json.dumps({"resources": [doc["id"]]}).encode()
    answer = await tenant.widget.post("/availability", content=content, headers=headers)
    assert answer.status_code == 200


async def test_numbers_are_taken_for_texts(tenant: Tenant) -> None:
    doc = await tenant.resource(name=7)
    order: dict[str, Any] = tenant.order(doc["id"], NINE, TEN, what=42)
    order["customer"] |= {"phone": 4512345678}
    booking = await tenant.api.created("/bookings", order)
    assert doc["name"] == "7"
    assert booking["attributes"]["event_info"]["what"] == "42"
    assert booking["customers"][0]["phone"] == "4512345678"
