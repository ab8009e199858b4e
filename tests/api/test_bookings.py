"""Bookings over HTTP, by the graph ``instant``."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))


async def test_a_booking_is_confirmed_at_once_and_can_be_read_back(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))

    assert booking["state"] == "confirmed"
    assert booking["completed"] is False
    assert booking["available_actions"] == [
        "cancel",
        "cancel_by_customer",
        "reschedule_by_customer",
        "complete",
    ]
    assert booking["attributes"]["event_info"]["start"] == NINE
    assert await tenant.api.found(f"/bookings/{booking['id']}") == booking


async def test_the_same_time_is_not_booked_twice(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    await tenant.api.created("/bookings", order)

    answer = await tenant.api.post("/bookings", order)

    assert answer.status_code == 422
    assert answer.json() == {"error": "The requested timeslot is not available"}


async def test_cancelling_gives_the_time_back(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings", order)

    answer = await tenant.api.put(f"/bookings/{booking['id']}/cancel", [])

    assert answer.status_code == 200
    assert answer.json()["data"]["state"] == "cancelled"
    await tenant.api.created("/bookings", order)


async def test_rescheduling_makes_a_new_booking_and_ends_the_old(tenant: Tenant) -> None:
    doc = await tenant.resource()
    old = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))

    answer = await tenant.widget.post(
        f"/bookings/{old['id']}/reschedule/?include=attributes,event,user",
        {"start": TEN, "end": ELEVEN, "message": "late", "resource_id": doc["id"]},
    )

    assert answer.status_code == 200
    new = answer.json()["data"]
    assert new["id"] != old["id"]
    assert new["state"] == "confirmed"
    assert new["event"]["start"] == TEN
    again = await tenant.api.found(f"/bookings/{old['id']}?include=logs,event")
    assert again["state"] == "rescheduled_by_customer"
    assert again["event"] is None
    assert [line["action"] for line in again["logs"]] == ["confirm", "reschedule_by_customer"]


async def test_the_public_key_learns_nothing_private_of_the_resource(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com", meta={"salary": 1})
    body = tenant.order(doc["id"], NINE, TEN, meta={"note": "private"})

    booking = await tenant.widget.created("/bookings?include=user,event,meta,logs,project", body)

    assert booking["user"]["name"] == "Doc"
    assert booking["user"]["email"] is None
    assert booking["user"]["meta"] == {}
    assert booking.keys().isdisjoint({"meta", "logs", "project"})


async def test_the_public_key_cannot_allow_itself_a_double_booking(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, settings={"allow_double_bookings": True})
    await tenant.api.created("/bookings", order)

    assert (await tenant.widget.post("/bookings", order)).status_code == 422
    assert (await tenant.api.post("/bookings", order)).status_code == 201


async def test_the_public_key_may_double_book_where_the_project_says_so(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], allow_double_bookings=True)
    order = tenant.order(doc["id"], NINE, TEN, project_id=project["id"])

    assert (await tenant.widget.post("/bookings", order)).status_code == 201
    assert (await tenant.widget.post("/bookings", order)).status_code == 201


async def test_a_booking_shows_all_that_was_ordered(tenant: Tenant) -> None:
    doc = await tenant.resource()
    customer = {
        "name": "Marty McFly",
        "email": "marty@example.com",
        "phone": "555",
        "timezone": "america/los_angeles",
        "comment": "Call me\n",
        "colours": ["red", "blue"],
        "member": True,
    }
    order = tenant.order(doc["id"], NINE, TEN, customer=customer, participants=["a@example.com"])
    booking = await tenant.api.created("/bookings", order)

    known = {
        "id": booking["customers"][0]["id"],
        "name": "Marty McFly",
        "email": "marty@example.com",
        "phone": "555",
        "voip": "",
        "timezone": "America/Los_Angeles",
    }
    custom = {"comment": "Call me\n", "colours": ["red", "blue"], "member": True}
    info = {
        "start": NINE,
        "end": TEN,
        "what": "Consultation",
        "where": "Here",
        "description": "",
        "calendar_id": doc["calendars"][0]["id"],
        "participants": ["a@example.com"],
    }
    actions = ["cancel", "cancel_by_customer", "reschedule_by_customer", "complete"]
    assert booking == {
        "id": booking["id"],
        "graph": "instant",
        "state": "confirmed",
        "completed": False,
        "possible_actions": actions,
        "available_actions": actions,
        "attributes": {
            "event_info": info,
            "event": info,
            "customer": {**known, **custom, "meta": custom},
        },
        "calendar": doc["calendars"][0],
        "customers": [{**known, "meta": custom}],
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }


async def test_related_objects_are_shown_when_asked_for(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    order = {**tenant.order(doc["id"], NINE, TEN, meta={"a": 1}), "project_id": project["id"]}
    include = "attributes,event,user,resource,project,meta,logs,provider_event,customers,calendar"
    made = await tenant.api.created(f"/bookings?include={include},nonsense", order)
    plain = await tenant.api.found(f"/bookings/{made['id']}")

    assert {*made} - {*plain} == {
        *("event", "user", "resource", "project", "meta", "logs", "provider_event")
    }
    assert made["user"] == made["resource"] == doc
    assert made["project"] == project
    assert made["meta"] == {"a": 1}
    assert made["event"] == {
        "id": made["event"]["id"],
        "calendar_id": doc["calendars"][0]["id"],
        "what": "Consultation",
        "where": "Here",
        "description": "",
        "rsvp": "accepted",
        "allDay": False,
        "busy": True,
        "start": NINE,
        "end": TEN,
        "participants": [],
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    assert made["logs"] == [
        {
            "action": "confirm",
            "from": "initialized",
            "state": "confirmed",
            "actor": "api_key",
            "message": None,
            "created_at": "2030-05-06T08:00:00+0000",
        }
    ]
    assert await tenant.api.found(f"/bookings/{made['id']}?include={include}") == made
    assert await tenant.api.found(f"/bookings?include={include}") == [made]
    acted = await tenant.api.put(f"/bookings/{made['id']}/complete?include={include}", {})
    shown = acted.json()["data"]
    assert shown["state"] == "completed"
    assert shown["event"] == made["event"]


async def test_the_widget_key_sees_what_a_page_needs_and_nothing_private(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com", meta={"secret": "plans"})
    project = await tenant.project(doc["id"], meta={"secret": "plans"})
    order = tenant.order(doc["id"], NINE, TEN, meta={"secret": "plans"})
    order |= {"project_id": project["id"], "settings": {"allow_double_bookings": True}}
    include = "attributes,event,user,resource,project,meta,logs,settings,calendar,customers"
    shown = await tenant.widget.created(f"/bookings?include={include}", order)

    assert shown["attributes"]["event_info"]["start"] == shown["event"]["start"] == NINE
    assert shown["user"]["id"] == doc["id"]
    assert "plans" not in str(shown)
    assert "doc@example.com" not in str(shown)
    answer = await tenant.widget.post("/bookings", order)
    assert answer.json() == {"error": "The requested timeslot is not available"}
    log = (await tenant.api.found(f"/bookings/{shown['id']}?include=logs"))["logs"]
    assert [line["actor"] for line in log] == ["widget_key"]


async def test_times_and_texts_may_stand_in_an_event(tenant: Tenant) -> None:
    doc = await tenant.resource()
    flat = tenant.order(doc["id"], NINE, TEN)
    event = {name: flat.pop(name) for name in ("start", "end", "what", "where", "description")}
    booking = await tenant.api.created("/bookings", {**flat, "what": "Flat wins", "event": event})
    info = booking["attributes"]["event_info"]
    assert (info["start"], info["what"], info["where"]) == (NINE, "Flat wins", "Here")


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"start": None}, {"start": ["The start field is required."]}),
        ({"end": NINE}, {"end": ["The end must be a date after start."]}),
        ({"end": "2030-05-07T08:59:59Z"}, {"end": ["The end must be a date after start."]}),
        ({"end": "late"}, {"end": ["The end is not a valid date."]}),
        ({"resource_id": "x"}, {"resource_id": ["The resource id must be a valid UUID."]}),
        ({"graph": "nonsense"}, {"graph": ["graph is invalid"]}),
        ({"graph": None}, {"graph": ["The graph field is required."]}),
        ({"customer": None}, {"customer": ["The customer field is required."]}),
        (
            {"customer": {"email": "a@b.c"}},
            {"customer.name": ["The customer.name field is required."]},
        ),
        (
            {"customer": {"name": "M"}},
            {"customer.email": ["The customer.email field is required."]},
        ),
        (
            {"customer": {"name": "M", "email": "m at example"}},
            {"customer.email": ["The customer.email must be a valid email address."]},
        ),
        (
            {"customer": {"name": "M", "email": "m@example.com", "timezone": "Mars/Base"}},
            {"customer.timezone": ["The customer.timezone must be a valid zone."]},
        ),
        ({"what": None}, {"what": ["The what field is required."]}),
        ({"end": "2032-05-07T09:00:00Z"}, {"end": ["A booking may not be longer than 366 days."]}),
    ],
)
async def test_what_is_wrong_with_an_order_is_told_by_field(
    tenant: Tenant, changes: Json, errors: Json
) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post("/bookings", {**tenant.order(doc["id"], NINE, TEN), **changes})
    assert answer.status_code == 422
    assert answer.json() == {"errors": errors}
    assert await tenant.api.found("/bookings") == []


async def test_start_and_end_are_needed(tenant: Tenant) -> None:
    answer = await tenant.api.post("/bookings", {})
    assert answer.json()["errors"] == {
        "start": ["The start field is required."],
        "end": ["The end field is required."],
    }


@pytest.mark.parametrize(
    ("field", "model"),
    [("resource_id", "Resource"), ("project_id", "Project"), ("calendar_id", "Calendar")],
)
async def test_an_order_with_an_id_of_nothing_is_404(
    tenant: Tenant, field: str, model: str
) -> None:
    doc = await tenant.resource()
    order = {**tenant.order(doc["id"], NINE, TEN), field: str(uuid4())}
    answer = await tenant.api.post("/bookings", order)
    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": model}


@pytest.mark.parametrize("action", ["tentative", "create", "cancel", "x" * 500, "é"])
async def test_a_wrong_first_action_is_refused_in_known_words(tenant: Tenant, action: str) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post("/bookings", tenant.order(doc["id"], NINE, TEN, action=action))
    assert answer.status_code == 422
    text = f"Cannot apply action '{action[:60]}' to current state 'initialized'"
    assert answer.json() == {"error": text}


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("cancel", "cancelled"),
        ("cancel_by_customer", "cancelled_by_customer"),
        ("complete", "completed"),
        ("reschedule_by_customer", "rescheduled_by_customer"),
    ],
)
async def test_every_action_leads_to_its_state_and_ends_there(
    tenant: Tenant, clock: TestClock, action: str, state: str
) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    clock.advance(timedelta(minutes=1))
    answer = await tenant.api.put(
        f"/bookings/{booking['id']}/{action}?include=logs,meta",
        {action: {"message": "because"}, "meta": {"a": 1}},
    )

    assert answer.status_code == 200
    shown = answer.json()["data"]
    assert (shown["state"], shown["completed"], shown["available_actions"]) == (state, True, [])
    assert shown["logs"][-1]["message"] == "because"
    assert shown["meta"] == {"a": 1}
    assert shown["updated_at"] == "2030-05-06T08:01:00+0000"
    for again in ("confirm", action, "nonsense", "decline"):
        refused = await tenant.api.put(f"/bookings/{booking['id']}/{again}")
        assert refused.status_code == 422
        text = f"Cannot apply action '{again}' to current state '{state}'"
        assert refused.json() == {"error": text}


async def test_a_completed_booking_still_holds_its_time(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings", order)
    await tenant.api.put(f"/bookings/{booking['id']}/complete")
    assert (await tenant.api.post("/bookings", order)).status_code == 422


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        ("08:00", "09:00", True),
        ("10:00", "11:00", True),
        ("08:00", "09:01", False),
        ("09:59", "11:00", False),
        ("09:15", "09:30", False),
        ("08:00", "11:00", False),
        ("08:59:59", "09:00:01", False),
        ("10:00:00", "10:00:01", True),
    ],
)
async def test_bookings_may_touch_and_not_overlap(
    tenant: Tenant, start: str, end: str, free: bool
) -> None:
    doc = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    order = tenant.order(doc["id"], f"2030-05-07 {start}", f"2030-05-07 {end}")
    answer = await tenant.api.post("/bookings", order)
    assert answer.status_code == (201 if free else 422)
    if not free:
        assert answer.json() == {"error": "The requested timeslot is not available"}
        order["settings"] = {"allow_double_bookings": True}
        assert (await tenant.api.post("/bookings", order)).status_code == 201


async def test_an_event_of_the_owner_is_in_the_way_unless_declined(tenant: Tenant) -> None:
    doc = await tenant.resource()
    event = {"calendar_id": doc["calendars"][0]["id"], "start": NINE, "end": TEN, "what": "Lunch"}
    made = await tenant.api.created("/events", event)
    order = tenant.order(doc["id"], NINE, TEN)
    answer = await tenant.api.post("/bookings", order)
    assert answer.json() == {"error": "The requested timeslot is not available"}
    await tenant.api.put(f"/events/{made['id']}", {"rsvp": "declined"})
    await tenant.api.created("/bookings", order)


async def test_a_project_fills_in_what_an_order_leaves_out(tenant: Tenant) -> None:
    doc = await tenant.resource()
    stored = {
        "graph": "instant",
        "what": "From the project",
        "where": "There",
        "description": "Bring water",
        "meta": {"a": 1, "b": 1},
        "settings": {"x": 1},
    }
    project = await tenant.project(doc["id"], booking=stored)
    customer = {"name": "Marty", "email": "marty@example.com"}
    order = {"project_id": project["id"], "start": NINE, "end": TEN, "customer": customer}
    booking = await tenant.api.created(
        "/bookings?include=meta,resource", {**order, "meta": {"b": 2}, "where": "Here"}
    )
    info = booking["attributes"]["event_info"]
    assert (info["what"], info["where"]) == ("From the project", "Here")
    assert info["description"] == "Bring water"
    assert booking["meta"] == {"a": 1, "b": 2}
    assert booking["resource"]["id"] == doc["id"]


async def test_a_project_picks_a_free_resource_by_priority(tenant: Tenant) -> None:
    people = [await tenant.resource(name=name) for name in ("Doc", "Marty", "Biff")]
    project = await tenant.project(*(each["id"] for each in people))
    customer = {"name": "Marty", "email": "marty@example.com"}
    order = {"project_id": project["id"], "start": NINE, "end": TEN, "customer": customer}
    names = []
    for _ in people:
        made = await tenant.api.created("/bookings?include=resource", order)
        names.append(made["resource"]["name"])
    assert names == ["Doc", "Marty", "Biff"]
    answer = await tenant.api.post("/bookings", order)
    assert answer.json() == {"error": "The requested timeslot is not available"}


async def test_a_booking_needs_a_resource_or_a_project(tenant: Tenant) -> None:
    answer = await tenant.api.post("/bookings", tenant.order(None, NINE, TEN))
    assert answer.json() == {"errors": {"resource_id": ["The resource id field is required."]}}


async def test_metadata_is_merged_and_null_removes(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, meta={"a": 1, "b": {"c": 2}})
    booking = await tenant.api.created("/bookings", order)
    steps: list[tuple[str, Json, Json]] = [
        ("", {"meta": {"d": [3]}}, {"a": 1, "b": {"c": 2}, "d": [3]}),
        ("/meta", {"meta": {"a": None}}, {"b": {"c": 2}, "d": [3]}),
        ("", {"bare": "key", "b": None}, {"d": [3], "bare": "key"}),
        ("", {"meta": []}, {"d": [3], "bare": "key"}),
    ]
    for path, body, expected in steps:
        answer = await tenant.api.put(f"/bookings/{booking['id']}{path}", body)
        assert (answer.status_code, answer.content) == (204, b"")
        shown = await tenant.api.found(f"/bookings/{booking['id']}?include=meta")
        assert shown["meta"] == expected


async def test_only_what_has_ended_can_be_deleted(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    address = f"/bookings/{booking['id']}"
    refused = await tenant.api.delete(address)
    assert refused.status_code == 422
    assert refused.json() == {"error": "Only bookings in a final state can be deleted"}
    await tenant.api.put(f"{address}/cancel")
    deleted = await tenant.api.delete(address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await tenant.api.get(address)).json()["model"] == "Booking"
    assert await tenant.api.found("/bookings") == []
    assert (await tenant.api.put(f"{address}/cancel")).status_code == 404


# --- Rescheduling ------------------------------------------------------------------------


async def test_a_taken_time_leaves_the_old_booking_as_it_was(tenant: Tenant) -> None:
    doc = await tenant.resource()
    old = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    await tenant.api.created("/bookings", tenant.order(doc["id"], TEN, ELEVEN))
    answer = await tenant.widget.post(
        f"/bookings/{old['id']}/reschedule", {"start": TEN, "end": ELEVEN}
    )
    assert answer.status_code == 422
    assert answer.json() == {"error": "The requested timeslot is not available"}
    assert await tenant.api.found(f"/bookings/{old['id']}") == old
    refused = await tenant.api.post("/bookings", tenant.order(doc["id"], NINE, TEN))
    assert refused.status_code == 422


async def test_a_booking_may_move_by_a_part_of_itself_and_to_another_resource(
    tenant: Tenant,
) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    order = tenant.order(doc["id"], NINE, TEN, meta={"a": 1})
    first = await tenant.api.created("/bookings", order)
    half = {"start": "2030-05-07T09:30:00Z", "end": "2030-05-07T10:30:00Z"}
    moved = await tenant.widget.post(f"/bookings/{first['id']}/reschedule", half)
    second = moved.json()["data"]
    assert moved.status_code == 200
    there = {"start": NINE, "end": TEN, "resource_id": marty["id"]}
    answer = await tenant.api.post(
        f"/bookings/{second['id']}/reschedule?include=resource,meta,event", there
    )
    third = answer.json()["data"]
    assert third["resource"]["id"] == marty["id"]
    assert third["meta"] == {"a": 1}
    assert third["event"]["calendar_id"] == marty["calendars"][0]["id"]
    assert third["customers"][0]["email"] == "marty@example.com"
    assert third["attributes"]["event_info"]["what"] == "Consultation"
    await tenant.api.created("/bookings", order)
    ended = await tenant.widget.post(f"/bookings/{first['id']}/reschedule", there)
    assert ended.status_code == 422
    assert ended.json() == {
        "error": "Cannot apply action 'reschedule_by_customer' "
        "to current state 'rescheduled_by_customer'"
    }


async def test_rescheduling_needs_start_and_end(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    address = f"/bookings/{booking['id']}/reschedule"
    answer = await tenant.widget.post(address, {})
    assert answer.status_code == 422
    assert {*answer.json()["errors"]} == {"start", "end"}
    answer = await tenant.widget.post(address, {"start": TEN, "end": NINE})
    assert answer.json() == {"errors": {"end": ["The end must be a date after start."]}}


# --- Listing -----------------------------------------------------------------------------


async def test_bookings_are_found_by_each_of_their_fields(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource()
    project = await tenant.project(doc["id"])
    customer = {
        "name": "Marty McFly",
        "email": "Marty@Example.com",
        "phone": "555",
        "timezone": "UTC",
        "hover_board": "pink",
    }
    order = tenant.order(doc["id"], NINE, TEN, customer=customer, meta={"foo": "bar", "n": 7})
    wanted = await tenant.api.created("/bookings", {**order, "project_id": project["id"]})
    other = await tenant.api.created(
        "/bookings",
        tenant.order(marty["id"], NINE, TEN, customer={"name": "100% Biff", "email": "b@c.d"}),
    )
    await tenant.api.put(f"/bookings/{other['id']}/cancel")
    for search in (
        f"id:{wanted['id']}",
        f"resource.id:{doc['id']}",
        f"project.id:{project['id']}",
        f"calendar.id:{doc['calendars'][0]['id']}",
        f"resource.id:{doc['id']};state:confirmed",
        "state:confirmed",
        "completed:false",
        "completed:0",
        "graph:instant;completed:false",
        "customer.name:marty mcfly",
        "customer.name:marty*",
        "customer.name:*MCFLY",
        "customer.name:*ty mc*",
        "customer.email:marty@example.com",
        "email:MARTY@example.com",
        "customer.phone:555",
        "customer.hover_board:pink",
        "meta.foo:bar",
        "meta.n:7",
    ):
        found = await tenant.api.found("/bookings", params={"search": search})
        assert [each["id"] for each in found] == [wanted["id"]], search
    for search in (
        "customer.name:marty",
        "customer.name:*%*;customer.email:marty@example.com",
        "completed:maybe",
        "graph:confirm_decline",
        "meta.foo:b*",
        "customer.email:marty*",
        "state:Confirmed",
    ):
        assert await tenant.api.found("/bookings", params={"search": search}) == [], search


async def test_bookings_come_newest_first_or_as_asked(tenant: Tenant, clock: TestClock) -> None:
    doc = await tenant.resource()
    made = []
    for start, end in ((TEN, ELEVEN), (NINE, TEN), (ELEVEN, "2030-05-07T12:00:00Z")):
        made.append(
            (await tenant.api.created("/bookings", tenant.order(doc["id"], start, end)))["id"]
        )
        clock.advance(timedelta(minutes=1))
    await tenant.api.put(f"/bookings/{made[1]}/cancel")

    async def ordered(query: str) -> list[int]:
        return [made.index(each["id"]) for each in await tenant.api.found(f"/bookings?{query}")]

    assert await ordered("") == [2, 1, 0]
    assert await ordered("orderBy=created_at") == [0, 1, 2]
    assert await ordered("orderBy=event.start&sortedBy=asc") == [1, 0, 2]
    assert await ordered("orderBy=event.end&sortedBy=desc") == [2, 0, 1]
    assert await ordered("orderBy=updated_at&sortedBy=desc") == [1, 2, 0]
    assert (await ordered("orderBy=completed&sortedBy=desc"))[0] == 1
    assert (await ordered("orderBy=state"))[0] == 1
    for field in ("graph", "state", "completed"):
        pages = [await ordered(f"orderBy={field}&limit=1&page={page}") for page in (1, 2, 3)]
        assert sorted(pages) == [[0], [1], [2]]


async def test_bookings_are_listed_within_a_time(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    for query, count in (
        ("start=2030-05-07T09:00:00Z&end=2030-05-07T10:00:00Z", 1),
        ("start=2030-05-07&end=2030-05-08", 1),
        ("start=2030-05-08", 0),
        ("end=2030-05-07", 0),
        ("start=tomorrow", 1),
        ("start=&end=", 1),
    ):
        found = await tenant.api.found(f"/bookings?{query}")
        assert [each["id"] for each in found] == [booking["id"]][:count], query
    answer = await tenant.api.get("/bookings?start=soon")
    assert answer.json() == {"errors": {"start": ["The start is not a valid date."]}}
