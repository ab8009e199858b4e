"""Bookings of several resources over HTTP: a person, a room and a device, or none of them."""

from tests.support.client import Json, Tenant

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
TAKEN = {"error": "The requested timeslot is not available"}


async def three(tenant: Tenant) -> list[str]:
    return [(await tenant.resource(name=name))["id"] for name in ("Doc", "Room", "Laser")]


def together(tenant: Tenant, ids: list[str], start: str = NINE, end: str = TEN) -> Json:
    order = tenant.order(None, start, end)
    return {**order, "resources": ids}


async def slots(tenant: Tenant, resource_id: str) -> list[str]:
    body = {"resources": [resource_id], "from": NINE, "to": ELEVEN, "length": "1 hour"}
    answer = await tenant.widget.post("/availability", body)
    return [slot["start"] for slot in answer.json()["data"]]


async def events(tenant: Tenant) -> list[Json]:
    found: list[Json] = await tenant.api.found(f"/events?start={NINE[:10]}&end=2030-05-09")
    return found


async def test_every_resource_is_taken_and_shows_it_in_its_own_calendar(tenant: Tenant) -> None:
    ids = await three(tenant)

    booking = await tenant.api.created(
        "/bookings?include=resource,resources,event", together(tenant, ids)
    )

    assert booking["resource"]["id"] == ids[0]
    assert [each["id"] for each in booking["resources"]] == ids
    assert [await slots(tenant, each) for each in ids] == [[TEN]] * 3
    found = await events(tenant)
    assert len({each["calendar_id"] for each in found}) == 3
    assert booking["event"]["calendar_id"] == booking["calendar"]["id"]


async def test_where_one_is_taken_none_is_booked(tenant: Tenant) -> None:
    ids = await three(tenant)
    await tenant.api.created("/bookings", tenant.order(ids[2], NINE, TEN))

    answer = await tenant.api.post("/bookings", together(tenant, ids))

    assert (answer.status_code, answer.json()) == (422, TAKEN)
    assert await slots(tenant, ids[0]) == [NINE, TEN]
    assert len(await events(tenant)) == 1


async def test_an_event_of_any_of_them_stands_in_the_way(tenant: Tenant) -> None:
    ids = await three(tenant)
    room = await tenant.api.found(f"/calendars?search=resource.id:{ids[1]}")
    cleaning = {"calendar_id": room[0]["id"], "what": "Cleaning", "where": ""}
    await tenant.api.created("/events", {**cleaning, "start": NINE, "end": TEN})

    answer = await tenant.api.post("/bookings", together(tenant, ids))

    assert (answer.status_code, answer.json()) == (422, TAKEN)
    assert await slots(tenant, ids[0]) == [NINE, TEN]


async def test_cancelling_gives_all_of_them_back(tenant: Tenant) -> None:
    ids = await three(tenant)
    booking = await tenant.api.created("/bookings", together(tenant, ids))

    await tenant.api.put(f"/bookings/{booking['id']}/cancel")

    assert [await slots(tenant, each) for each in ids] == [[NINE, TEN]] * 3
    assert await events(tenant) == []


async def test_rescheduling_moves_all_of_them(tenant: Tenant) -> None:
    ids = await three(tenant)
    booking = await tenant.api.created("/bookings", together(tenant, ids))

    body = {"start": TEN, "end": ELEVEN, "resource_id": ids[0]}
    answer = await tenant.widget.post(f"/bookings/{booking['id']}/reschedule", body)

    assert answer.status_code == 200
    assert [await slots(tenant, each) for each in ids] == [[NINE]] * 3


async def test_a_booking_is_found_by_any_of_its_resources(tenant: Tenant) -> None:
    ids = await three(tenant)
    booking = await tenant.api.created("/bookings", together(tenant, ids))

    for each in ids:
        found = await tenant.api.found("/bookings", params={"search": f"resource.id:{each}"})
        assert [one["id"] for one in found] == [booking["id"]]
    assert await tenant.api.found("/bookings", params={"search": "resource.id:x"}) == []


async def test_a_resource_named_twice_is_booked_once(tenant: Tenant) -> None:
    ids = await three(tenant)
    order = {**together(tenant, [ids[1], ids[0], ids[1]]), "resource_id": ids[0]}

    booking = await tenant.api.created("/bookings?include=resources", order)

    assert [each["id"] for each in booking["resources"]] == ids[:2]


async def test_an_unknown_resource_among_them_is_404(tenant: Tenant, other_tenant: Tenant) -> None:
    ids = await three(tenant)
    stranger = (await other_tenant.resource())["id"]

    answer = await tenant.api.post("/bookings", together(tenant, [*ids, stranger]))

    assert answer.status_code == 404
    assert await events(tenant) == []


async def test_a_project_whose_resources_serve_together_books_all_of_them(tenant: Tenant) -> None:
    ids = await three(tenant)
    project = await tenant.project(*ids, availability={"mode": "mutual", "length": "1 hour"})
    order = tenant.order(None, NINE, TEN, project_id=project["id"], graph=None)

    booking = await tenant.widget.created("/bookings", order)

    assert booking["state"] == "confirmed"
    assert [await slots(tenant, each) for each in ids] == [[TEN]] * 3


async def test_a_deleted_resource_is_still_shown_with_the_others(tenant: Tenant) -> None:
    ids = await three(tenant)
    booking = await tenant.api.created("/bookings", together(tenant, ids))
    assert (await tenant.api.delete(f"/resources/{ids[2]}")).status_code == 204

    answer = await tenant.api.get(f"/bookings/{booking['id']}?include=resources")

    shown = answer.json()["data"]["resources"]
    assert [each["id"] for each in shown] == ids
    assert ["deleted_at" in each for each in shown] == [False, False, True]
    assert (await tenant.api.put(f"/bookings/{booking['id']}/cancel")).status_code == 200
