"""Classes over HTTP: ``group_owner`` and the seats that customers book in them."""

from datetime import timedelta

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

from slotkeeper.edge.parts import Parts
from slotkeeper.services import alarms

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
FULL = {"error": "No available seats"}
CLOSED = {"error": "The class cannot be booked now"}


async def yoga(tenant: Tenant, seats: int = 2, **given: Json) -> Json:
    """Make a class at nine o'clock with a teacher who has no other bookings."""
    teacher = await tenant.resource()
    settings = {"max_seats": seats, **given.pop("settings", {})}
    order = {
        "resource_id": teacher["id"],
        "graph": "group_owner",
        "start": NINE,
        "end": TEN,
        "what": "Yoga",
        "where": "Studio",
        "settings": settings,
        **given,
    }
    return await tenant.api.created("/bookings?include=resource,event", order)


def seat(lesson: Json, name: str = "Ann", **given: Json) -> Json:
    """Return the order of a seat as the widget sends it, with a time that nobody reads."""
    return {
        "graph": "group_customer",
        "resource_id": lesson["resource"]["id"],
        "related": {"owner_booking_id": lesson["id"]},
        "start": ELEVEN,
        "end": ELEVEN,
        "what": "Something else",
        "customer": {"name": name, "email": f"{name.lower()}@example.com"},
        **given,
    }


async def classes(tenant: Tenant, search: str = "") -> list[Json]:
    answer = await tenant.widget.get(f"/bookings/groups{search}")
    assert answer.status_code == 200
    found: list[Json] = answer.json()["data"]
    return found


async def shown(tenant: Tenant, booking: Json, includes: str = "logs,event") -> Json:
    answer = await tenant.api.get(f"/bookings/{booking['id']}?include={includes}")
    return answer.json()["data"]


async def test_a_class_is_tentative_and_takes_the_time_of_its_resource(tenant: Tenant) -> None:
    lesson = await yoga(tenant)

    assert (lesson["graph"], lesson["state"]) == ("group_owner", "tentative")
    assert lesson["available_actions"] == ["complete", "cancel"]
    assert lesson["attributes"]["group_booking"] == {"max_seats": 2, "current_seats": 0}
    assert lesson["customers"] == []
    assert lesson["event"]["start"] == NINE
    other = tenant.order(lesson["resource"]["id"], NINE, TEN)
    assert (await tenant.api.post("/bookings", other)).status_code == 422


async def test_a_class_is_listed_with_what_the_widget_needs(tenant: Tenant) -> None:
    lesson = await yoga(tenant)

    (listed,) = await classes(tenant)

    assert listed["id"] == lesson["id"]
    assert listed["attributes"]["event_info"]["start"] == NINE
    assert listed["attributes"]["event_info"]["what"] == "Yoga"
    assert listed["resource"]["id"] == lesson["resource"]["id"]
    assert listed["resource"]["email"] is None, "everybody sees the list"


async def test_a_class_is_found_by_its_project_in_the_zone_of_the_reader(tenant: Tenant) -> None:
    teacher = await tenant.resource()
    stored = {"graph": "group_customer", "what": "Yoga"}
    project = await tenant.project(teacher["id"], booking=stored)
    await yoga(tenant)
    mine = await yoga(tenant, project_id=project["id"])

    answer = await tenant.widget.get(
        f"/bookings/groups?search=project.id:{project['id']}",
        headers={"Timekit-Timezone": "Europe/Copenhagen"},
    )

    (listed,) = answer.json()["data"]
    assert listed["id"] == mine["id"]
    assert listed["attributes"]["event_info"]["start"] == "2030-05-07T11:00:00+02:00"


async def test_a_seat_has_time_and_place_of_its_class(tenant: Tenant) -> None:
    lesson = await yoga(tenant)

    booked = await tenant.widget.created("/bookings", seat(lesson))

    assert (booked["graph"], booked["state"]) == ("group_customer", "confirmed")
    info = booked["attributes"]["event_info"]
    assert (info["start"], info["end"]) == (NINE, TEN)
    assert (info["what"], info["where"]) == ("Yoga", "Studio")
    found = await shown(tenant, booked, "owner_booking,event")
    assert found["owner_booking"]["id"] == lesson["id"]
    assert found["owner_booking"]["attributes"]["group_booking"]["max_seats"] == 2
    assert found["event"] is None


async def test_a_seat_can_be_booked_without_saying_when(tenant: Tenant) -> None:
    lesson = await yoga(tenant)
    order = seat(lesson)
    for each in ("start", "end", "what", "resource_id"):
        del order[each]

    assert (await tenant.api.created("/bookings", order))["state"] == "confirmed"


async def test_a_full_class_has_no_seat_left_until_one_is_given_back(tenant: Tenant) -> None:
    lesson = await yoga(tenant, seats=2)
    ann = await tenant.widget.created("/bookings", seat(lesson, "Ann"))
    await tenant.widget.created("/bookings", seat(lesson, "Bob"))

    assert await classes(tenant) == []
    refused = await tenant.widget.post("/bookings", seat(lesson, "Cid"))
    assert (refused.status_code, refused.json()) == (422, FULL)

    await tenant.api.put(f"/bookings/{ann['id']}/cancel_by_customer")
    (listed,) = await classes(tenant)
    assert listed["attributes"]["group_booking"] == {"max_seats": 2, "current_seats": 1}
    await tenant.widget.created("/bookings", seat(lesson, "Cid"))
    assert await classes(tenant) == []


async def test_one_class_shows_its_seats_to_the_owner_only(tenant: Tenant) -> None:
    lesson = await yoga(tenant)
    await tenant.api.created("/bookings", seat(lesson, "Ann"))

    seen = (await tenant.api.get(f"/bookings/groups/{lesson['id']}")).json()["data"]
    public = (await tenant.widget.get(f"/bookings/groups/{lesson['id']}")).json()["data"]

    assert [each["customers"][0]["name"] for each in seen["bookings"]] == ["Ann"]
    assert "bookings" not in public
    assert public["attributes"]["group_booking"]["current_seats"] == 1


async def test_customers_of_a_class_are_among_the_participants_of_its_event(
    tenant: Tenant,
) -> None:
    lesson = await yoga(tenant, participants=["host@example.com"])
    ann = await tenant.api.created("/bookings", seat(lesson, "Ann"))
    await tenant.api.created("/bookings", seat(lesson, "Bob"))
    await tenant.api.put(f"/bookings/{ann['id']}/cancel_by_customer")

    event = (await shown(tenant, lesson))["event"]

    assert event["participants"] == ["host@example.com", "bob@example.com"]


async def test_a_cancelled_class_takes_its_seats_with_it(tenant: Tenant) -> None:
    lesson = await yoga(tenant, seats=3)
    ann = await tenant.api.created("/bookings", seat(lesson, "Ann"))
    unpaid = seat(lesson, "Bob", graph="group_customer_payment")
    bob = await tenant.api.created("/bookings", unpaid)
    gone = await tenant.api.created("/bookings", seat(lesson, "Cid"))
    await tenant.api.put(f"/bookings/{gone['id']}/cancel_by_customer")

    body = {"cancel": {"message": "The teacher is ill"}}
    answer = await tenant.api.put(f"/bookings/{lesson['id']}/cancel", body)

    assert answer.json()["data"]["state"] == "cancelled"
    for each in (ann, bob):
        found = await shown(tenant, each)
        assert (found["state"], found["completed"]) == ("cancelled_by_owner", True)
        assert found["logs"][-1]["message"] == "The teacher is ill"
    assert (await shown(tenant, gone))["state"] == "cancelled_by_customer"
    refused = await tenant.api.post("/bookings", seat(lesson, "Dan"))
    assert (refused.status_code, refused.json()) == (422, CLOSED)
    again = tenant.order(lesson["resource"]["id"], NINE, TEN)
    assert (await tenant.api.post("/bookings", again)).status_code == 201


async def test_a_class_and_its_seats_complete_by_themselves(
    tenant: Tenant, clock: TestClock, parts: Parts
) -> None:
    lesson = await yoga(tenant)
    ann = await tenant.api.created("/bookings", seat(lesson, "Ann"))

    clock.advance(timedelta(days=1, hours=3))
    async with parts.database.transaction() as tx:
        while await alarms.ring_due(tx):
            pass

    for each in (lesson, ann):
        found = await shown(tenant, each)
        assert found["state"] == "completed"
        assert [line["action"] for line in found["logs"]].count("complete") == 1


async def test_a_seat_is_held_while_its_customer_pays(tenant: Tenant, clock: TestClock) -> None:
    lesson = await yoga(tenant, seats=1)
    held = await tenant.widget.created(
        "/bookings", seat(lesson, "Ann", graph="group_customer_payment")
    )
    assert (held["state"], held["available_actions"]) == (
        "tentative",
        ["pay", "cancel_by_customer", "cancel_by_owner"],
    )
    assert (await tenant.widget.post("/bookings", seat(lesson, "Bob"))).json() == FULL

    clock.advance(timedelta(minutes=5))
    assert len(await classes(tenant)) == 1
    await tenant.widget.created("/bookings", seat(lesson, "Bob"))

    late = await tenant.api.put(f"/bookings/{held['id']}/pay")
    assert late.json() == {"error": "Cannot apply action 'pay' to current state 'unpaid'"}


async def test_a_paid_seat_is_kept(tenant: Tenant, clock: TestClock) -> None:
    lesson = await yoga(tenant, seats=1)
    order = seat(lesson, graph="group_customer_payment")
    held = await tenant.widget.created("/bookings", order)

    paid = await tenant.api.put(f"/bookings/{held['id']}/pay")

    assert paid.json()["data"]["available_actions"] == [
        "complete",
        "cancel_by_customer",
        "cancel_by_owner",
    ]
    clock.advance(timedelta(minutes=5))
    assert (await tenant.widget.post("/bookings", seat(lesson, "Bob"))).json() == FULL


@pytest.mark.parametrize(
    ("terms", "hours", "is_open"),
    [
        ({"min_booking_time": "2 hours"}, 22, True),
        ({"min_booking_time": "2 hours"}, 23, False),
        ({"max_booking_time": "1 day"}, 0, False),
        ({"max_booking_time": "1 day"}, 1, True),
        ({}, 24, True),
        ({}, 25, False),
    ],
)
async def test_a_seat_can_be_booked_within_the_time_for_it(
    tenant: Tenant, clock: TestClock, terms: Json, hours: int, is_open: bool
) -> None:
    """The class starts in 25 hours."""
    lesson = await yoga(tenant, settings=terms)

    clock.advance(timedelta(hours=hours))

    assert len(await classes(tenant)) == is_open
    answer = await tenant.widget.post("/bookings", seat(lesson))
    assert answer.status_code == (201 if is_open else 422)
    assert is_open or answer.json() == CLOSED


async def test_a_customer_can_give_a_seat_back_in_time_only(
    tenant: Tenant, clock: TestClock
) -> None:
    lesson = await yoga(tenant, settings={"min_cancel_time": "1 day"})
    seats = [await tenant.api.created("/bookings", seat(lesson, each)) for each in ("Ann", "Bob")]
    clock.advance(timedelta(hours=1))
    in_time = await tenant.api.put(f"/bookings/{seats[0]['id']}/cancel_by_customer")
    assert in_time.status_code == 200

    clock.advance(timedelta(seconds=1))
    late = await tenant.api.put(f"/bookings/{seats[1]['id']}/cancel_by_customer")

    assert late.status_code == 422
    assert late.json() == {"error": "It is too late to cancel this booking"}
    by_owner = await tenant.api.put(f"/bookings/{seats[1]['id']}/cancel_by_owner")
    assert by_owner.status_code == 200


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"max_seats": None}, "settings.max_seats"),
        ({"max_seats": 0}, "settings.max_seats"),
        ({"max_seats": "many"}, "settings.max_seats"),
        ({"max_seats": 10_001}, "settings.max_seats"),
        ({"min_cancel_time": "soon"}, "settings.min_cancel_time"),
        ({"max_booking_time": []}, "settings.max_booking_time"),
    ],
)
async def test_a_class_with_settings_that_make_no_sense_is_refused(
    tenant: Tenant, terms: Json, field: str
) -> None:
    teacher = await tenant.resource()
    order = tenant.order(teacher["id"], NINE, TEN, graph="group_owner")
    order["settings"] = {"max_seats": 5, **terms}

    answer = await tenant.api.post("/bookings", order)

    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [field]


async def test_a_seat_needs_a_class_and_a_customer(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN, graph="group_customer", customer=None)

    errors = (await tenant.api.post("/bookings", order)).json()["errors"]

    assert list(errors) == ["customer", "related.owner_booking_id"]


async def test_a_seat_in_what_is_no_class_is_404(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    lesson = {"id": booking["id"], "resource": doc}

    answer = await tenant.api.post("/bookings", seat(lesson))

    assert answer.status_code == 404
    assert (await tenant.api.get(f"/bookings/groups/{booking['id']}")).status_code == 404


async def test_everybody_may_take_seats_but_not_give_classes(tenant: Tenant) -> None:
    teacher = await tenant.resource()
    order = tenant.order(teacher["id"], NINE, TEN, graph="group_owner")

    answer = await tenant.widget.post("/bookings", {**order, "settings": {"max_seats": 5}})

    assert answer.status_code == 422
    assert answer.json() == {"errors": {"graph": ["graph is invalid"]}}


async def test_seats_are_found_by_their_class(tenant: Tenant) -> None:
    lesson, other = await yoga(tenant), await yoga(tenant)
    ann = await tenant.api.created("/bookings", seat(lesson, "Ann"))
    await tenant.api.created("/bookings", seat(other, "Bob"))

    found = await tenant.api.found(
        "/bookings", params={"search": f"owner_booking.id:{lesson['id']}"}
    )

    assert [each["id"] for each in found] == [ann["id"]]


async def test_a_deleted_class_leaves_its_seats_readable(tenant: Tenant) -> None:
    lesson = await yoga(tenant)
    ann = await tenant.api.created("/bookings", seat(lesson, "Ann"))
    await tenant.api.put(f"/bookings/{lesson['id']}/cancel")

    assert (await tenant.api.delete(f"/bookings/{lesson['id']}")).status_code == 204

    found = await shown(tenant, ann, "owner_booking")
    assert (found["state"], found["owner_booking"]) == ("cancelled_by_owner", None)
