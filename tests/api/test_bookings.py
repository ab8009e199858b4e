"""Bookings over HTTP, by the graph ``instant``."""

from tests.support.client import Tenant

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
