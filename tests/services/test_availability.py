"""The search for free time, with rules and busy time from the database."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.availability import Candidate, Search
from slotkeeper.domain.constraints import CONSTRAINTS_MAX
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken
from slotkeeper.domain.zones import find_zone, minute_floor, to_datetime
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import availability, bookings
from slotkeeper.services.availability import PIECES_MAX, RESOURCES_MAX, SLOTS_MAX, Query
from slotkeeper.storage.transaction import Transaction
from tests.services.shop import Shop, at

TOMORROW = {"from": "2030-05-07T00:00:00Z", "to": "2030-05-08T00:00:00Z"}
OFFICE = [{"allow_hours": {"start": 9, "end": 12}}]


async def search(shop: Shop, settings: dict[str, Any], **given: Any) -> availability.Answer:
    query = Query(settings={**TOMORROW, **settings}, **given)
    return await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))


async def starts(shop: Shop, settings: dict[str, Any] | None = None, **given: Any) -> list[str]:
    """Return the starts of the slots as UTC clock readings."""
    found = await search(shop, settings or {}, **given)
    return [f"{to_datetime(slot.start):%H:%M}" for slot in found.slots]


# The three levels of rules.


async def test_rules_of_resource_project_and_request_must_all_hold(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    project = await shop.project(
        doc.id, availability_constraints=[{"allow_hours": {"start": 10, "end": 17}}]
    )

    assert await starts(shop, resource_ids=[doc.id]) == ["09:00", "10:00", "11:00"]
    assert await starts(shop, project_id=project.id) == ["10:00", "11:00"]
    late = [{"block_hours": {"start": 10, "end": 11}}]
    assert await starts(shop, project_id=project.id, constraints=late) == ["11:00"]


async def test_the_hours_of_each_resource_are_those_of_its_own_clock(shop: Shop) -> None:
    paris = await shop.resource(timezone="Europe/Paris", availability_constraints=OFFICE)
    kolkata = await shop.resource(timezone="Asia/Kolkata", availability_constraints=OFFICE)

    found = await starts(shop, {"mode": "exclusive"}, resource_ids=[paris.id, kolkata.id])

    assert found == ["03:30", "04:30", "05:30", "07:00", "08:00", "09:00"]


async def test_busy_time_of_every_kind_is_left_out(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    await shop.book(doc.id, at(9), at(10))
    await shop.event(doc.id, at(10), at(10, 30))
    await shop.event(doc.id, at(11), at(12), rsvp="declined")

    assert await starts(shop, resource_ids=[doc.id]) == ["10:30"]
    await shop.event(doc.id, at(0), at(1), all_day=True)
    assert await starts(shop, resource_ids=[doc.id]) == []
    ignoring = {"ignore_all_day_events": True}
    assert await starts(shop, ignoring, resource_ids=[doc.id]) == ["10:30"]


async def test_a_cancelled_booking_is_on_offer_again(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    booking = await shop.book(doc.id, at(9), at(10))
    await bookings.act(shop.tx, shop.app_id, booking.id, "cancel", actor="api_key")

    assert await starts(shop, resource_ids=[doc.id]) == ["09:00", "10:00", "11:00"]


# What counts, request or project.


async def test_the_request_overrides_its_project_value_by_value(shop: Shop) -> None:
    doc, other = await shop.resource(), await shop.resource()
    project = await shop.project(
        doc.id,
        availability={"length": "2 hours", "buffer": "30 minutes"},
        availability_constraints=OFFICE,
    )

    assert await starts(shop, project_id=project.id) == ["09:00"]
    assert await starts(shop, {"length": "90 minutes"}, project_id=project.id) == ["09:00", "10:30"]
    found = await search(shop, {"length": None}, project_id=project.id, resource_ids=[other.id])
    assert [slot.resource_ids for slot in found.slots] == [(other.id,)]
    assert list(found.resources) == [other.id]


async def test_a_null_length_without_a_project_gives_the_free_time_itself(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    await shop.event(doc.id, at(10), at(10, 20))

    found = await search(shop, {"length": None}, resource_ids=[doc.id])

    spans = [(to_datetime(slot.start), to_datetime(slot.end)) for slot in found.slots]
    assert spans == [(at(9), at(10)), (at(10, 20), at(12))]


async def test_the_zone_of_the_answer_moves_no_rule(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    for settings, fallback, name in (
        ({}, None, "UTC"),
        ({}, find_zone("Asia/Tokyo"), "Asia/Tokyo"),
        ({"output_timezone": "europe/paris"}, find_zone("Asia/Tokyo"), "Europe/Paris"),
        ({"output_timezone": ""}, None, "UTC"),
    ):
        found = await search(shop, settings, resource_ids=[doc.id], fallback_zone=fallback)
        assert found.zone.name == name
        assert [to_datetime(slot.start) for slot in found.slots] == [at(9), at(10), at(11)]
    with pytest.raises(InvalidInput) as refusal:
        await search(shop, {"output_timezone": "Mars"}, resource_ids=[doc.id])
    assert refusal.value.errors.keys() == {"output_timezone"}


# Modes.


async def two_with_overlapping_hours(shop: Shop) -> tuple[UUID, UUID]:
    early = await shop.resource(availability_constraints=[{"allow_hours": {"start": 9, "end": 11}}])
    late = await shop.resource(availability_constraints=[{"allow_hours": {"start": 10, "end": 12}}])
    return early.id, late.id


@pytest.mark.parametrize("mode", ["mutual", "exclusive", "roundrobin_prioritized"])
async def test_each_mode_says_who_serves(shop: Shop, mode: str) -> None:
    early, late = await two_with_overlapping_hours(shop)
    expected = {
        "mutual": [("10:00", (late, early))],
        "exclusive": [("09:00", (early,)), ("10:00", (late, early)), ("11:00", (late,))],
        "roundrobin_prioritized": [("09:00", (early,)), ("10:00", (late,)), ("11:00", (late,))],
    }

    found = await search(shop, {"mode": mode}, resource_ids=[late, early])

    served = [(f"{to_datetime(slot.start):%H:%M}", slot.resource_ids) for slot in found.slots]
    assert served == expected[mode]


async def test_at_random_one_resource_serves_wherever_it_can(shop: Shop) -> None:
    early, late = await two_with_overlapping_hours(shop)
    shuffle, middle = Shuffle(seed=3), set()
    for _ in range(30):
        query = Query(
            settings={**TOMORROW, "mode": "roundrobin_random"}, resource_ids=[early, late]
        )
        found = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=shuffle)
        nine, ten, eleven = (slot.resource_ids for slot in found.slots)
        assert (nine, eleven) == ((early,), (late,))
        middle.add(ten)

    assert middle == {(early,), (late,)}


async def test_the_order_of_the_project_is_its_priority(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    project = await shop.project(two.id, one.id)

    found = await search(shop, {}, project_id=project.id)

    assert {slot.resource_ids for slot in found.slots} == {(two.id,)}


# Who is looked at.


async def test_somebody_has_to_be_named(shop: Shop) -> None:
    project = await shop.project()
    nobody: list[dict[str, Any]] = [{}, {"resource_ids": []}, {"project_id": project.id}]
    for given in nobody:
        with pytest.raises(InvalidInput) as refusal:
            await search(shop, {}, **given)
        assert refusal.value.errors.keys() == {"resources"}


async def test_a_resource_named_twice_is_looked_at_once(shop: Shop) -> None:
    doc = await shop.resource()

    found = await search(shop, {"mode": "exclusive"}, resource_ids=[doc.id, doc.id])

    assert {slot.resource_ids for slot in found.slots} == {(doc.id,)}


async def test_too_many_resources_are_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        await search(shop, {}, resource_ids=[uuid4() for _ in range(RESOURCES_MAX + 1)])
    with pytest.raises(NotFound):
        await search(shop, {}, resource_ids=[uuid4() for _ in range(RESOURCES_MAX)])


async def test_what_is_unknown_or_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    project = await other_shop.project(stranger.id)
    strangers: list[dict[str, Any]] = [
        {"resource_ids": [doc.id, uuid4()]},
        {"resource_ids": [stranger.id]},
        {"project_id": project.id},
        {"project_id": uuid4()},
    ]
    for given in strangers:
        with pytest.raises(NotFound):
            await search(shop, {}, **given)


async def test_rules_of_a_request_that_cannot_be_read_are_refused(shop: Shop) -> None:
    doc = await shop.resource()

    with pytest.raises(InvalidInput):
        await search(shop, {}, resource_ids=[doc.id], constraints=[{"allow_fridays": {}}])


# Now, notice and the window.


def later(shop: Shop, **step: float) -> Shop:
    """Return the shop at another moment: now is an argument."""
    return Shop(Transaction(shop.tx.connection, shop.tx.now + timedelta(**step)), shop.app_id)


async def test_what_starts_before_now_is_not_offered_and_the_grid_stays(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    tomorrow = later(shop, days=1, hours=1, minutes=30)  # Tuesday, 9:30

    assert await starts(tomorrow, resource_ids=[doc.id]) == ["10:00", "11:00"]


async def test_notice_is_counted_from_now_and_rounded_to_the_hour(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(
        doc.id, availability={"length": "1 hour", "from": "90 minutes", "to": "5 hours"}
    )

    async def offered(**settings: Any) -> list[str]:
        query = Query(project_id=project.id, settings=settings)
        found = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))
        return [f"{to_datetime(slot.start):%H:%M}" for slot in found.slots]

    # It is eight o'clock: half past nine, rounded up, until one.
    assert await offered() == ["10:00", "11:00", "12:00"]
    assert await offered(round_to_nearest_hour=False) == ["09:30", "10:30", "11:30"]
    assert await offered(closest_time_interval="20 minutes") == ["09:40", "10:40", "11:40"]


async def test_a_meeting_at_closing_time_keeps_its_buffer(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    await shop.event(doc.id, at(12), at(13))
    await shop.event(doc.id, at(8), at(9))

    found = await starts(shop, {"buffer": "15 minutes"}, resource_ids=[doc.id])

    assert found == ["09:15", "10:15"]


async def test_a_narrowed_answer_holds_the_same_slots(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=OFFICE)
    within = (minute_floor(at(9, 30)), minute_floor(at(11)))

    assert await starts(shop, resource_ids=[doc.id], within=within) == ["10:00"]


async def test_every_slot_that_is_offered_can_be_booked_and_then_is_gone(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris", availability_constraints=OFFICE)
    marty = await shop.resource()
    await shop.event(doc.id, at(8), at(8, 40))
    await shop.event(marty.id, at(0), at(22), all_day=True)
    project = await shop.project(
        doc.id, marty.id,
        availability={"mode": "exclusive", "length": "20 minutes", "ignore_all_day_events": True},
        availability_constraints=[{"block_hours": {"start": 15, "end": 24}}],
    )  # fmt: skip
    offered = (await search(shop, {}, project_id=project.id)).slots
    assert len(offered) > 40

    for slot in offered:
        start, end = to_datetime(slot.start), to_datetime(slot.end)
        for _ in slot.resource_ids:
            await shop.book(None, start, end, project_id=project.id)
        with pytest.raises(SlotTaken):
            await shop.book(None, start, end, project_id=project.id)

    assert (await search(shop, {}, project_id=project.id)).slots == []


@pytest.mark.parametrize(("day", "hours"), [("2030-03-31", 23), ("2030-10-27", 25)])
async def test_a_day_has_as_many_hours_as_its_clocks_say(shop: Shop, day: str, hours: int) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    before = Shop(
        Transaction(shop.tx.connection, datetime.fromisoformat(f"{day}T00:00:00").replace(
            tzinfo=UTC) - timedelta(days=2)), shop.app_id,
    )  # fmt: skip
    next_day = (datetime.fromisoformat(day) + timedelta(days=1)).date().isoformat()
    window = {"from": day, "to": next_day, "output_timezone": "Europe/Paris"}

    assert len(await starts(before, window, resource_ids=[doc.id])) == hours


async def test_a_search_that_would_keep_the_server_busy_for_minutes_is_refused(
    shop: Shop,
) -> None:
    hours = [{"allow_hours": {"start": "9:00", "end": "9:10"}}]
    people = [(await shop.resource()).id for _ in range(20)]
    days = SLOTS_MAX // 1440 // len(people)
    by_the_minute = {"length": "5 minutes", "timeslot_increments": "1 minute"}
    start = datetime(2030, 5, 7, tzinfo=UTC)

    def until(end: datetime) -> dict[str, Any]:
        return {**by_the_minute, "from": start.isoformat(), "to": end.isoformat()}

    some, more = (until(start + timedelta(days=each)) for each in (days, days + 1))
    assert await starts(shop, some, resource_ids=people, constraints=hours)
    with pytest.raises(InvalidInput) as refusal:
        await starts(shop, more, resource_ids=people, constraints=hours)
    assert list(refusal.value.errors) == ["to"]


async def test_a_search_under_rules_that_would_keep_the_server_busy_for_minutes_is_refused(
    shop: Shop,
) -> None:
    breaks = [
        {"block_hours": {"start": f"{minute // 60}:00", "end": f"{minute // 60}:30"}}
        for minute in range(CONSTRAINTS_MAX)
    ]
    people = [
        (await shop.resource(availability_constraints=breaks)).id
        for _ in range(PIECES_MAX // CONSTRAINTS_MAX // 160)
    ]
    start = datetime(2030, 5, 7, tzinfo=UTC)

    def until(days: int) -> dict[str, Any]:
        return {"from": start.isoformat(), "to": (start + timedelta(days=days)).isoformat()}

    assert await starts(shop, until(14), resource_ids=people)
    with pytest.raises(InvalidInput) as refusal:
        await starts(shop, until(175), resource_ids=people)
    assert list(refusal.value.errors) == ["to"]


@pytest.mark.parametrize(("step", "is_long"), [(60, False), (1, True)])
async def test_a_long_search_leaves_the_thread_that_answers_the_others(
    step: int, is_long: bool
) -> None:
    search = Search(window=(0, 90 * 1440), length=60, step=step, earliest=0)
    doc = Candidate(UUID(int=1), find_zone("UTC"), (), [])

    thread = await availability.computed(search, [doc], threading.get_ident)

    assert (thread != threading.get_ident()) is is_long
