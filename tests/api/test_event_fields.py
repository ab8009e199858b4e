"""Every field of an event, and every way to ask for events."""

from datetime import timedelta
from typing import Any

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
YEAR = {"start": "2030-01-01T00:00:00Z", "end": "2031-01-01T00:00:00Z"}
EMAIL = "doc@example.com"


@pytest.fixture
async def doc(tenant: Tenant) -> Json:
    return await tenant.resource(name="Doc", email=EMAIL)


async def event(tenant: Tenant, doc: Json, **given: Any) -> Json:
    body = {"calendar_id": doc["calendars"][0]["id"], "start": NINE, "end": TEN, "what": "Lunch"}
    return await tenant.api.created("/events", {**body, **given})


async def is_bookable(tenant: Tenant, doc: Json) -> bool:
    """Tell whether nine o'clock can be booked; it is cancelled at once."""
    answer = await tenant.api.post("/bookings", tenant.order(doc["id"], NINE, TEN))
    if answer.status_code == 201:
        await tenant.api.put(f"/bookings/{answer.json()['data']['id']}/cancel")
    return answer.status_code == 201


# --- Rows of the endpoint matrix ------------------------------------------------------------


async def test_post_events_takes_every_field(tenant: Tenant, doc: Json) -> None:
    made = await event(
        tenant, doc, where="Lou's", description="Two eggs", participants=[EMAIL, "a@example.com"],
        invite=True, my_rsvp="tentative", sync_provider=False, all_day=False, busy=False,
        resource_id=doc["id"],
    )  # fmt: skip
    assert made == {
        "id": made["id"],
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Lunch",
        "where": "Lou's",
        "description": "Two eggs",
        "rsvp": "tentative",
        "allDay": False,
        "busy": False,
        "start": NINE,
        "end": TEN,
        "participants": [EMAIL, "a@example.com"],
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }


async def test_get_events_id_shows_one_as_the_list_does(tenant: Tenant, doc: Json) -> None:
    made = await event(tenant, doc)
    assert await tenant.api.found(f"/events/{made['id']}") == made
    assert await tenant.api.found("/events", params=YEAR) == [made]


async def test_put_events_id_takes_back_what_a_get_gave(tenant: Tenant, doc: Json) -> None:
    made = await event(tenant, doc, participants=["a@example.com"], all_day=True, rsvp="accepted")
    answer = await tenant.api.put(f"/events/{made['id']}", {**made, "what": "Dinner"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await tenant.api.found(f"/events/{made['id']}") == {**made, "what": "Dinner"}


async def test_delete_events_id_answers_without_a_body_and_whatever_it_is_sent(
    tenant: Tenant, doc: Json
) -> None:
    made = await event(tenant, doc)
    answer = await tenant.api.delete(f"/events/{made['id']}", content=b'{"id": "x"}')
    assert (answer.status_code, answer.content) == (204, b"")
    assert await tenant.api.found("/events", params=YEAR) == []


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/meetings"),
        ("POST", "/meetings"),
        ("GET", "/meetings/x"),
        ("PUT", "/meetings/x"),
        ("POST", "/meetings/availability"),
        ("POST", "/meetings/book"),
        ("POST", "/meetings/x/invite"),
    ],
)
async def test_meetings_are_retired(tenant: Tenant, method: str, path: str) -> None:
    answer = await tenant.api.request(method, path, json={})
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)


# --- Who answers for the owner --------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "rsvp"),
    [
        ({}, "needsAction"),
        ({"my_rsvp": "accepted"}, "needsAction"),
        ({"my_rsvp": "accepted", "participants": ["marty@example.com"]}, "needsAction"),
        ({"my_rsvp": "accepted", "participants": ["DOC@Example.com"]}, "accepted"),
        ({"my_rsvp": "accepted", "rsvp": "declined", "participants": [EMAIL]}, "declined"),
        ({"rsvp": "declined"}, "declined"),
    ],
)
async def test_my_rsvp_counts_where_the_owner_is_among_the_participants(
    tenant: Tenant, doc: Json, given: Json, rsvp: str
) -> None:
    made = await event(tenant, doc, **given)
    assert made["rsvp"] == rsvp
    plain = await event(tenant, doc)
    answer = await tenant.api.put(f"/events/{plain['id']}", given)
    assert answer.status_code == 204
    assert (await tenant.api.found(f"/events/{plain['id']}"))["rsvp"] == rsvp


async def test_my_rsvp_counts_with_the_participants_there_are(tenant: Tenant, doc: Json) -> None:
    made = await event(tenant, doc, participants=[EMAIL])
    assert not await is_bookable(tenant, doc)
    await tenant.api.put(f"/events/{made['id']}", {"my_rsvp": "declined"})
    assert (await tenant.api.found(f"/events/{made['id']}"))["rsvp"] == "declined"
    assert await is_bookable(tenant, doc)


async def test_my_rsvp_of_a_resource_without_an_address_says_nothing(tenant: Tenant) -> None:
    room = await tenant.resource(name="Room")
    made = await event(tenant, room, my_rsvp="declined", participants=[EMAIL, ""])
    assert made["rsvp"] == "needsAction"


# --- Busy or free ---------------------------------------------------------------------------


async def test_a_free_event_takes_no_time_until_it_is_busy(tenant: Tenant, doc: Json) -> None:
    made = await event(tenant, doc, busy=False)
    assert await is_bookable(tenant, doc)
    await tenant.api.put(f"/events/{made['id']}", {"busy": True})
    assert not await is_bookable(tenant, doc)


@pytest.mark.parametrize("busy", [True, False])
async def test_every_search_knows_free_events(tenant: Tenant, doc: Json, busy: bool) -> None:
    calendar = doc["calendars"][0]["id"]
    await event(tenant, doc, busy=busy)
    await event(tenant, doc, busy=busy, start=TEN, end=ELEVEN, rrule="FREQ=DAILY;COUNT=2")
    hours = {"from": "2030-05-07T08:00:00Z", "to": "2030-05-07T12:00:00Z", "length": "1 hour"}
    older = {"start": hours["from"], "future": hours["to"], "length": "1 hour"}
    free = ["08", "11"] if busy else ["08", "09", "10", "11"]
    for path, body in (
        ("/availability", {**hours, "resources": [doc["id"]]}),
        ("/findtime", {**older, "resource_ids": [doc["id"]]}),
        ("/findtime", {**older, "calendar_ids": [calendar]}),
    ):
        answer = await tenant.api.post(path, body)
        assert [each["start"][11:13] for each in answer.json()["data"]] == free, path
    explained = await tenant.api.post("/availability/explain", {**hours, "resources": [doc["id"]]})
    assert ('"event"' in explained.text) is busy


async def test_a_free_replacement_gives_one_occurrence_back(tenant: Tenant, doc: Json) -> None:
    series = await event(tenant, doc, rrule="FREQ=DAILY;COUNT=3")
    assert not await is_bookable(tenant, doc)
    await event(tenant, doc, series_id=series["id"], recurrence_id=NINE, busy=False)
    assert await is_bookable(tenant, doc)
    later = tenant.order(doc["id"], NINE.replace("-07T", "-08T"), TEN.replace("-07T", "-08T"))
    assert (await tenant.api.post("/bookings", later)).status_code == 422


# --- Across midnight, and when clocks change ------------------------------------------------


async def test_an_event_across_midnight_is_in_the_lists_of_both_days(
    tenant: Tenant, doc: Json
) -> None:
    made = await event(tenant, doc, start="2030-05-07T23:00:00Z", end="2030-05-08T01:00:00Z")
    for start, end, found in (
        ("2030-05-07", "2030-05-08", True),
        ("2030-05-08", "2030-05-09", True),
        ("2030-05-07T00:00:00Z", "2030-05-07T23:00:00Z", False),
        ("2030-05-08T01:00:00Z", "2030-05-09T00:00:00Z", False),
    ):
        listed = await tenant.api.found("/events", params={"start": start, "end": end})
        assert [each["id"] for each in listed] == ([made["id"]] if found else []), (start, end)


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        # Copenhagen: on 31 March two o'clock is three; on 27 October three o'clock is two again.
        ("2030-03-30 23:30", "2030-03-31 04:30", 4),
        ("2030-10-26 23:30", "2030-10-27 04:30", 6),
    ],
)
async def test_an_event_through_a_change_of_clocks_lasts_what_really_passes(
    tenant: Tenant, doc: Json, start: str, end: str, hours: int
) -> None:
    headers = {"Timekit-Timezone": "Europe/Copenhagen"}
    body = {"calendar_id": doc["calendars"][0]["id"], "what": "Night", "start": start, "end": end}
    made = await tenant.api.created("/events", body, headers=headers)
    shown = await tenant.api.found(
        f"/events/{made['id']}", headers={**headers, "OutputTimestampFormat": "U"}
    )
    assert int(shown["end"]) - int(shown["start"]) == hours * 3600
    assert (made["start"][:16], made["end"][:16]) == (
        start.replace(" ", "T"), end.replace(" ", "T"),
    )  # fmt: skip


@pytest.mark.parametrize(("day", "hours"), [("2030-03-31", 23), ("2030-10-27", 25)])
async def test_an_all_day_event_is_as_long_as_its_day(tenant: Tenant, day: str, hours: int) -> None:
    dane = await tenant.resource(timezone="Europe/Copenhagen")
    body = {"calendar_id": dane["calendars"][0]["id"], "what": "Off", "all_day": True}
    made = await tenant.api.created(
        "/events", {**body, "start": day, "end": day}, headers={"OutputTimestampFormat": "U"}
    )
    assert int(made["end"]) - int(made["start"]) == hours * 3600


async def test_a_series_keeps_its_hour_through_a_change_of_clocks(tenant: Tenant) -> None:
    dane = await tenant.resource(timezone="Europe/Copenhagen")
    await event(
        tenant, dane, rrule="FREQ=DAILY;COUNT=3",
        start="2030-10-26T23:30:00+02:00", end="2030-10-27T00:30:00+02:00",
    )  # fmt: skip
    found = await tenant.api.found(
        "/events", params=YEAR, headers={"Timekit-Timezone": "Europe/Copenhagen"}
    )
    assert [each["start"] for each in found] == [
        "2030-10-26T23:30:00+02:00",
        "2030-10-27T23:30:00+01:00",
        "2030-10-28T23:30:00+01:00",
    ]


# --- Lists ----------------------------------------------------------------------------------


async def test_get_events_pages_through_a_window(tenant: Tenant, doc: Json) -> None:
    for hour in (11, 9, 10):
        start, end = f"2030-05-07T{hour:02}:00:00Z", f"2030-05-07T{hour:02}:30:00Z"
        await event(tenant, doc, start=start, end=end, what=str(hour))
    await event(tenant, doc, start="2030-05-07T08:30:00Z", end="2030-05-07T08:40:00Z",
                rrule="FREQ=DAILY;COUNT=2", what="8")  # fmt: skip
    seen: list[str] = []
    address: str | None = "/events?start=2030-05-07&end=2030-05-10&limit=2"
    while address:
        body = (await tenant.api.get(address)).json()
        assert (body["total"], body["last_page"], body["per_page"]) == (5, 3, "2")
        seen += [each["what"] for each in body["data"]]
        address = body["next_page_url"] and body["next_page_url"].partition("/v2")[2]
    assert seen == ["8", "9", "10", "11", "8"]


async def test_get_events_searches_every_listed_field(tenant: Tenant, doc: Json) -> None:
    marty = await tenant.resource(name="Marty")
    booking = await tenant.api.created(
        "/bookings?include=event", tenant.order(marty["id"], NINE, TEN)
    )
    wanted = await event(
        tenant, doc, what="Standup", where="Lab 100%", description="Bring plutonium",
        rsvp="accepted", participants=["Einstein@example.com"], busy=False,
    )  # fmt: skip
    all_day = await event(tenant, doc, all_day=True, rsvp="declined", what="Holiday")
    series = await event(tenant, marty, what="Guitar", rrule="FREQ=DAILY;COUNT=1")
    for search, made in (
        (f"id:{wanted['id']}", wanted),
        (f"resource.id:{doc['id']};what:stand", wanted),
        (f"resource_id:{doc['id']};busy:false", wanted),
        (f"calendar.id:{wanted['calendar_id']};rsvp:ACCEPTED", wanted),
        (f"calendar_id:{wanted['calendar_id']};allDay:0", wanted),
        ("where:100%", wanted),
        ("description:PLUTONIUM", wanted),
        ("participants:einstein@EXAMPLE.com", wanted),
        ("all_day:true", all_day),
        ("rsvp:declined;busy:1", all_day),
        (f"booking.id:{booking['id']}", booking["event"]),
        (f"series_id:{series['id']}", None),
    ):
        found = await tenant.api.found("/events", params={**YEAR, "search": search})
        assert [each["id"] for each in found] == ([made["id"]] if made else []), search


@pytest.mark.parametrize(
    ("query", "order"),
    [
        ({}, "BAC"),
        ({"orderBy": "start", "sortedBy": "desc"}, "CAB"),
        ({"orderBy": "end"}, "BCA"),
        ({"orderBy": "what"}, "ABC"),
        ({"order_by": "what", "sorted_by": "desc"}, "CBA"),
        ({"orderBy": "created_at"}, "CAB"),
        ({"orderBy": "updated_at", "sortedBy": "desc"}, "CBA"),
    ],
)
async def test_get_events_orders_as_asked(
    tenant: Tenant, doc: Json, clock: TestClock, query: Json, order: str
) -> None:
    made = {}
    for what, start, end in (
        ("C", "11:00", "11:30"),
        ("A", "10:00", "13:00"),
        ("B", "09:00", "09:30"),
    ):
        made[what] = await event(
            tenant, doc, what=what,
            start=f"2030-05-07T{start}:00Z", end=f"2030-05-07T{end}:00Z",
        )  # fmt: skip
        clock.advance(timedelta(seconds=1))
    await tenant.api.put(f"/events/{made['C']['id']}", {"where": "There"})
    found = await tenant.api.found("/events", params={**YEAR, **query})
    assert "".join(each["what"] for each in found) == order


@pytest.mark.parametrize(
    ("start", "end", "found"),
    [
        ("0", "100000000000", True),
        ("1904374800", "1904378400", True),
        (0, 1904374800, False),
        ("2030-05-07 09:00:00", "2030-05-07 10:00:00", True),
        ("2030-05-07T09:00:00+0000", "2030-05-07T10:00:00.5Z", True),
    ],
)
async def test_get_events_reads_what_older_clients_send(
    tenant: Tenant, doc: Json, start: Any, end: Any, found: bool
) -> None:
    made = await event(tenant, doc)
    window = {"start": start, "end": end}
    wanted = [made] if found else []
    assert await tenant.api.found("/events", params=window) == wanted
    answer = await tenant.api.request("GET", "/events", json=window)
    assert (answer.status_code, answer.json()["data"]) == (200, wanted)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"{", b"5", b'{"start": null}'])
async def test_get_events_needs_both_bounds(tenant: Tenant, content: bytes) -> None:
    answer = await tenant.api.request("GET", "/events", content=content)
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {
            "start": ["The start field is required."],
            "end": ["The end field is required."],
        }
    }


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"busy": "perhaps"}, {"busy": ["The busy field must be true or false."]}),
        ({"rsvp": "maybe"}, {"rsvp": ["The rsvp format is invalid."]}),
        ({"invite": "x"}, {"invite": ["The invite field must be true or false."]}),
        (
            {"sync_provider": []},
            {"sync_provider": ["The sync provider field must be true or false."]},
        ),
        ({"participants": "x"}, {"participants": ["The participants must be an array."]}),
    ],
)  # fmt: skip
async def test_a_wrong_field_of_an_event_is_named(
    tenant: Tenant, doc: Json, given: Json, errors: Json
) -> None:
    body = {"calendar_id": doc["calendars"][0]["id"], "start": NINE, "end": TEN, "what": "x"}
    answer = await tenant.api.post("/events", {**body, **given})
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})
