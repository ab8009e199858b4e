"""Limits of an app on all of its bookings: by resource and by customer."""

import asyncio
from typing import Any

import pytest
from tests.support.client import Json, Tenant

DAY = "2030-05-07"


async def limited(tenant: Tenant, **limits: Json) -> None:
    assert (await tenant.api.put(f"/apps/{tenant.slug}", limits)).status_code == 204


async def ordered(tenant: Tenant, resource_id: str | None, start: str, **given: Any) -> Any:
    hour = int(start[11:13])
    order = tenant.order(resource_id, f"{start}:00Z", f"{start[:11]}{hour + 1:02}:00:00Z", **given)
    return await tenant.api.post("/bookings", order)


def somebody(name: str) -> Json:
    return {"name": name, "email": f"{name.lower()}@example.com"}


async def test_a_resource_has_so_many_bookings_a_day_and_its_other_slots_are_gone(
    tenant: Tenant,
) -> None:
    doc, other = await tenant.resource(), await tenant.resource(name="Other")
    await limited(tenant, resource_rate_limits={"daily": 2})
    assert (await ordered(tenant, doc["id"], f"{DAY}T09:00")).status_code == 201
    made = (await ordered(tenant, doc["id"], f"{DAY}T10:00")).json()["data"]

    refused = await ordered(tenant, doc["id"], f"{DAY}T11:00")

    assert refused.status_code == 422
    assert refused.json() == {"error": "The requested timeslot is not available"}
    search = {"resources": [doc["id"]], "from": DAY, "to": "2030-05-09", "length": "1 hour"}
    slots = (await tenant.api.post("/availability", search)).json()["data"]
    assert {slot["start"][:10] for slot in slots} == {"2030-05-08"}
    assert (await ordered(tenant, other["id"], f"{DAY}T11:00")).status_code == 201
    await tenant.api.put(f"/bookings/{made['id']}/cancel", {})
    assert (await ordered(tenant, doc["id"], f"{DAY}T11:00")).status_code == 201


@pytest.mark.parametrize(
    ("period", "full", "free"),
    [
        ("daily", "2030-05-07T18:00", "2030-05-08T09:00"),
        ("weekly", "2030-05-12T18:00", "2030-05-13T09:00"),
        ("monthly", "2030-05-31T18:00", "2030-06-01T09:00"),
        ("yearly", "2030-12-31T18:00", "2031-01-01T09:00"),
    ],
)
@pytest.mark.parametrize("who", ["resource", "customer"])
async def test_a_period_is_one_of_the_calendar_of_the_resource(
    tenant: Tenant, who: str, period: str, full: str, free: str
) -> None:
    doc = await tenant.resource()
    await limited(tenant, **{f"{who}_rate_limits": {period: 1}})
    assert (await ordered(tenant, doc["id"], f"{DAY}T09:00")).status_code == 201
    assert (await ordered(tenant, doc["id"], full)).status_code == 422
    assert (await ordered(tenant, doc["id"], free)).status_code == 201


async def test_a_day_ends_at_midnight_where_the_resource_is(tenant: Tenant) -> None:
    doc = await tenant.resource(timezone="Pacific/Auckland")  # 12 hours ahead in May
    await limited(tenant, resource_rate_limits={"daily": 1})
    assert (await ordered(tenant, doc["id"], f"{DAY}T11:00")).status_code == 201
    assert (await ordered(tenant, doc["id"], f"{DAY}T12:00")).status_code == 201
    assert (await ordered(tenant, doc["id"], f"{DAY}T13:00")).status_code == 422


async def test_a_customer_has_so_many_bookings_whoever_serves_them(tenant: Tenant) -> None:
    doc, other = await tenant.resource(), await tenant.resource(name="Other")
    project = await tenant.project(doc["id"], other["id"])
    await limited(tenant, customer_rate_limits={"weekly": 1})
    marty = {"customer": somebody("Marty")}
    assert (await ordered(tenant, doc["id"], f"{DAY}T09:00", **marty)).status_code == 201

    shouted = {"customer": {"name": "M", "email": "MARTY@example.com"}}
    for refused in (
        await ordered(tenant, other["id"], f"{DAY}T12:00", **shouted),
        await ordered(tenant, None, f"{DAY}T12:00", project_id=project["id"], **marty),
    ):
        assert refused.status_code == 422
        assert refused.json() == {"error": "The customer has reached the limit of bookings"}
    jennifer = {"customer": somebody("Jennifer")}
    assert (await ordered(tenant, other["id"], f"{DAY}T12:00", **jennifer)).status_code == 201


async def test_a_project_books_whoever_has_room(tenant: Tenant) -> None:
    doc, other = await tenant.resource(), await tenant.resource(name="Other")
    project = await tenant.project(doc["id"], other["id"])
    await limited(tenant, resource_rate_limits={"daily": 1})
    got = [
        await ordered(tenant, None, f"{DAY}T{hour}:00", project_id=project["id"])
        for hour in ("09", "11", "13")
    ]
    assert [each.status_code for each in got] == [201, 201, 422]
    booked = await tenant.api.found("/bookings?include=resource")
    assert {each["resource"]["id"] for each in booked} == {doc["id"], other["id"]}


async def test_a_booking_moves_within_its_day(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await limited(tenant, resource_rate_limits={"daily": 1}, customer_rate_limits={"daily": 1})
    made = (await ordered(tenant, doc["id"], f"{DAY}T09:00")).json()["data"]
    moved = {"start": f"{DAY}T15:00:00Z", "end": f"{DAY}T16:00:00Z"}
    answer = await tenant.api.post(f"/bookings/{made['id']}/reschedule", moved)
    assert answer.status_code in {200, 201}, answer.text


async def test_a_reservation_becomes_the_booking_that_it_counted_as(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await limited(tenant, resource_rate_limits={"daily": 1}, customer_rate_limits={"daily": 1})
    order = tenant.order(doc["id"], f"{DAY}T09:00:00Z", f"{DAY}T10:00:00Z")
    held = await tenant.api.created("/bookings/reserve", order)
    assert (await ordered(tenant, doc["id"], f"{DAY}T12:00")).status_code == 422
    answer = await tenant.api.post("/bookings", {**order, "reservation_id": held["id"]})
    assert answer.status_code == 201, answer.text


async def test_a_request_that_is_confirmed_counts(tenant: Tenant) -> None:
    doc = await tenant.resource()
    graph = {"graph": "confirm_decline"}
    asked = [
        (await ordered(tenant, doc["id"], f"{DAY}T{hour}:00", **graph)).json()["data"]
        for hour in ("09", "11")
    ]
    await limited(tenant, resource_rate_limits={"daily": 1})
    got = [await tenant.api.put(f"/bookings/{each['id']}/confirm", {}) for each in asked]
    assert [each.status_code for each in got] == [200, 422]


async def test_seats_count_for_a_customer(tenant: Tenant) -> None:
    doc = await tenant.resource()
    lessons = [
        (
            await ordered(
                tenant,
                doc["id"],
                f"{DAY}T{hour}:00",
                graph="group_owner",
                settings={"max_seats": 5},
            )
        ).json()["data"]
        for hour in ("09", "11")
    ]
    await limited(tenant, customer_rate_limits={"daily": 1})
    seat = {"graph": "group_customer", "customer": somebody("Jennifer")}
    got = [
        await tenant.api.post("/bookings", {**seat, "related": {"owner_booking_id": each["id"]}})
        for each in lessons
    ]
    assert [each.status_code for each in got] == [201, 422], got[0].text


@pytest.mark.parametrize("limit", ["resource_rate_limits", "customer_rate_limits"])
async def test_of_many_who_come_at_once_no_more_get_in(tenant: Tenant, limit: str) -> None:
    doc = await tenant.resource()
    await limited(tenant, **{limit: {"daily": 3}})
    got = await asyncio.gather(
        *(ordered(tenant, doc["id"], f"{DAY}T{hour:02}:00") for hour in range(8, 20))
    )
    assert sorted(each.status_code for each in got) == [201] * 3 + [422] * 9


async def test_a_limit_that_is_taken_away_holds_no_more(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await limited(tenant, resource_rate_limits={"daily": 0})
    assert (await ordered(tenant, doc["id"], f"{DAY}T09:00")).status_code == 422
    await limited(tenant, resource_rate_limits=None)
    assert (await ordered(tenant, doc["id"], f"{DAY}T09:00")).status_code == 201
