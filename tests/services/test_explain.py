"""Why there is no slot, with rules, events and bookings from the database."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.explain import REASONS_MAX
from slotkeeper.domain.limits import Unit
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Holder,
    Level,
    Plain,
    Reason,
    Side,
)
from slotkeeper.domain.zones import to_datetime
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import availability, explain
from slotkeeper.services.availability import Query
from slotkeeper.services.explain import Explained
from tests.services.shop import Shop, at

TOMORROW = {"from": "2030-05-07T00:00:00Z", "to": "2030-05-08T00:00:00Z"}
OFFICE = {"allow_hours": {"start": 9, "end": 17}}


async def explained(
    shop: Shop, settings: dict[str, Any] | None = None, *, instant: object = None, **given: Any
) -> Explained:
    query = Query(settings={**TOMORROW, **(settings or {})}, **given)
    return await explain.explain(shop.tx, shop.app_id, query, instant=instant)


def reasons(found: Explained, moment: datetime, who: int = 0) -> tuple[Reason, ...]:
    minute = int(moment.timestamp()) // 60
    return found.explanations[who].reasons_at(minute, found.window)


async def test_every_level_is_named_with_its_entries(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=[{"block_weekends": {}}, OFFICE])
    project = await shop.project(
        doc.id, availability_constraints=[{"block_hours": {"start": 8, "end": 10}}]
    )
    asked = [{"allow_period": {"start": "tomorrow 09:30", "end": "tomorrow 12:00"}}]

    found = await explained(shop, project_id=project.id, constraints=asked)

    own = ByConstraint(Level.RESOURCE, (1,), False, ())
    of_project = ByConstraint(Level.PROJECT, (0,), True, ())
    of_request = ByConstraint(Level.REQUEST, (0,), False, ())
    assert reasons(found, at(8)) == (own, of_project, of_request)
    assert reasons(found, at(9, 45)) == (of_project,)
    assert reasons(found, at(10)) == ()
    assert reasons(found, at(12)) == (of_request,)
    assert found.slots_total == 2


async def test_events_bookings_and_the_room_around_them_go_by_their_ids(shop: Shop) -> None:
    doc = await shop.resource()
    lunch = await shop.event(doc.id, at(12), at(13))
    await shop.event(doc.id, at(14), at(15), rsvp="declined")
    booking = await shop.book(doc.id, at(16), at(17))
    room = {"buffer": {"before": "30 minutes"}, "minimum_gap": "1 hour"}

    found = await explained(shop, room, resource_ids=[doc.id])

    assert reasons(found, at(11, 59)) == ()
    assert reasons(found, at(12)) == (ByHolder(Holder.EVENT, lunch.id),)
    assert reasons(found, at(13)) == (ByBuffer(Holder.EVENT, lunch.id, Side.AFTER),)
    assert reasons(found, at(14)) == ()
    assert reasons(found, at(15)) == (ByGap(booking.id, Side.BEFORE),)
    assert reasons(found, at(16)) == (ByHolder(Holder.BOOKING, booking.id),)
    assert reasons(found, at(17)) == (
        ByBuffer(Holder.BOOKING, booking.id, Side.AFTER),
        ByGap(booking.id, Side.AFTER),
    )
    assert reasons(found, at(17, 30)) == (ByGap(booking.id, Side.AFTER),)


async def test_a_meeting_at_the_end_of_the_window_needs_its_room(shop: Shop) -> None:
    doc = await shop.resource()
    late = await shop.event(doc.id, at(0, day=8), at(1, day=8))
    found = await explained(shop, {"buffer": "15 minutes"}, resource_ids=[doc.id])
    assert reasons(found, at(23, 45)) == (ByBuffer(Holder.EVENT, late.id, Side.BEFORE),)
    assert reasons(found, at(23, 44)) == ()


async def test_all_day_events_are_named_so_or_not_at_all(shop: Shop) -> None:
    doc = await shop.resource()
    holiday = await shop.event(doc.id, at(0), at(1), all_day=True)
    found = await explained(shop, resource_ids=[doc.id])
    assert reasons(found, at(15)) == (ByHolder(Holder.ALL_DAY_EVENT, holiday.id),)
    ignoring = await explained(shop, {"ignore_all_day_events": True}, resource_ids=[doc.id])
    assert reasons(ignoring, at(15)) == ()


async def test_every_occurrence_goes_by_the_id_of_its_event(shop: Shop) -> None:
    doc = await shop.resource()
    lunch = await shop.event(doc.id, at(12, day=1), at(13, day=1), rrule="FREQ=DAILY")
    moved = await shop.event(doc.id, at(14), at(15), series_id=lunch.id, recurrence_id=at(12))
    fair = await shop.event(doc.id, at(0, day=2), at(1, day=2), all_day=True, rrule="FREQ=WEEKLY")

    found = await explained(shop, {"to": "2030-05-10T00:00:00Z"}, resource_ids=[doc.id])

    lunches = (ByHolder(Holder.EVENT, lunch.id),)
    assert reasons(found, at(12)) == ()
    assert reasons(found, at(14)) == (ByHolder(Holder.EVENT, moved.id),)
    assert reasons(found, at(12, day=8)) == lunches
    assert reasons(found, at(13, day=8)) == ()
    assert reasons(found, at(11, day=9)) == (ByHolder(Holder.ALL_DAY_EVENT, fair.id),)
    assert set(reasons(found, at(12, day=9))) == {*lunches, ByHolder(Holder.ALL_DAY_EVENT, fair.id)}
    assert all(
        Plain.BUSY not in piece.reasons for each in found.explanations for piece in each.closed
    )


async def test_full_days_name_whose_limit_it_is(shop: Shop) -> None:
    doc = await shop.resource()
    limits = {"limits": {"resource": {"day": 2}, "project": {"day": 1}}}
    project = await shop.project(doc.id, availability=limits)
    own = ByLimit(Level.RESOURCE, Unit.DAY, 2)
    of_project = ByLimit(Level.PROJECT, Unit.DAY, 1)

    await shop.book(doc.id, at(9), at(10))
    found = await explained(shop, project_id=project.id)
    assert reasons(found, at(15)) == ()
    await shop.book(None, at(11), at(12), project_id=project.id)
    found = await explained(shop, project_id=project.id)
    assert reasons(found, at(15)) == (own, of_project)
    alone = await explained(shop, {"limits": {"project": {"day": 1}}}, project_id=project.id)
    assert of_project in reasons(alone, at(15))


async def test_time_before_now_and_outside_the_window_is_told(shop: Shop) -> None:
    doc = await shop.resource()
    found = await explained(shop, {"from": "2030-05-06T00:00:00Z"}, resource_ids=[doc.id])
    assert reasons(found, at(7, 59, day=6)) == (Plain.NOTICE,)
    assert reasons(found, at(8, day=6)) == ()
    assert reasons(found, at(0, day=8)) == (Plain.HORIZON,)
    assert reasons(found, at(0, day=5)) == (Plain.NOTICE,)


async def test_what_is_open_is_what_the_search_offers_without_a_length(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=[OFFICE], timezone="Europe/Paris")
    marty = await shop.resource(availability_constraints=[{"block_day": {"day": "tuesday"}}])
    for resource in (doc, marty):
        await shop.event(resource.id, at(12), at(13))
        await shop.book(resource.id, at(6, day=8), at(8, day=8))
    room = {"buffer": "20 minutes", "minimum_gap": "50 minutes"}
    wide = {"to": "2030-05-12T00:00:00Z", "mode": "exclusive", "length": None, **room}
    query = Query(settings={**TOMORROW, **wide}, resource_ids=[doc.id, marty.id])

    found = await explain.explain(shop.tx, shop.app_id, query)
    answer = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))

    for each in found.explanations:
        own = [(s.start, s.end) for s in answer.slots if each.resource_id in s.resource_ids]
        assert each.open == own
        assert all(Plain.BUSY not in piece.reasons for piece in each.closed)
    assert found.slots_total == len(answer.slots)


@pytest.mark.parametrize(
    "mode",
    ["mutual", "exclusive", "roundrobin_random", "roundrobin_prioritized", "roundrobin_balanced"],
)
async def test_slots_are_counted_as_the_search_lists_them(shop: Shop, mode: str) -> None:
    doc = await shop.resource(availability_constraints=[OFFICE])
    marty = await shop.resource(
        availability_constraints=[{"allow_hours": {"start": "15:30", "end": 20}}]
    )
    query = Query(settings={**TOMORROW, "mode": mode}, resource_ids=[doc.id, marty.id])
    found = await explain.explain(shop.tx, shop.app_id, query)
    answer = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))
    assert found.slots_total == len(answer.slots) > 0


async def test_an_instant_gets_a_line(shop: Shop) -> None:
    doc = await shop.resource(availability_constraints=[OFFICE], timezone="Europe/Copenhagen")

    async def said(instant: object) -> str:
        found = await explained(
            shop,
            {"output_timezone": "Europe/Copenhagen"},
            resource_ids=[doc.id],
            instant=instant,
        )
        assert found.verdict is not None
        return found.verdict.text

    assert await said("2030-05-07T18:30:00+02:00") == (
        "Closed on Tuesday 7 May 2030 18:30 (Europe/Copenhagen): "
        "Doc is open 09:00-17:00 (resource constraint 0)"
    )
    assert await said("tomorrow 09:00") == (
        "Open on Tuesday 7 May 2030 09:00 (Europe/Copenhagen): Doc is free; a slot starts then"
    )
    assert await said("3 days") == (
        "Closed on Thursday 9 May 2030 10:00 (Europe/Copenhagen): "
        "nothing is offered from Wednesday 8 May 2030 02:00 on"
    )


async def test_an_instant_that_means_nothing_is_refused_by_name(shop: Shop) -> None:
    doc = await shop.resource()
    for nothing in (None, ""):
        assert (await explained(shop, resource_ids=[doc.id], instant=nothing)).verdict is None
    for odd in ("when pigs fly", {"a": 1}, True):
        with pytest.raises(InvalidInput) as refused:
            await explained(shop, resource_ids=[doc.id], instant=odd)
        assert refused.value.errors == {
            "instant": [f"The instant is not a valid timestamp or relative time: {odd}"]
        }


@pytest.mark.slow
async def test_too_much_to_tell_is_refused(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.tx.run(
        "INSERT INTO events (app_id, id, calendar_id, resource_id, what, location, description, "
        "rsvp, start_at, end_at, created_at, updated_at) "
        "SELECT %(app)s, gen_random_uuid(), %(calendar)s, %(doc)s, '', '', '', 'accepted', "
        "%(at)s + n * interval '2 min', %(at)s + n * interval '2 min' + interval '1 min', "
        "%(at)s, %(at)s FROM generate_series(1, %(n)s) AS n",
        {
            "app": shop.app_id,
            "calendar": await shop.calendar_of(doc.id),
            "doc": doc.id,
            "at": at(0),
            "n": REASONS_MAX,
        },
    )
    end = at(0) + REASONS_MAX * timedelta(minutes=2)
    fits = {"to": (end + timedelta(minutes=1)).isoformat()}
    found = await explained(shop, fits, resource_ids=[doc.id])
    assert len(found.explanations[0].closed) == REASONS_MAX
    assert to_datetime(found.explanations[0].closed[-1].start) == end
    with pytest.raises(InvalidInput) as refused:
        await explained(shop, {**fits, "from": "now"}, resource_ids=[doc.id, (await one(shop))])
    assert list(refused.value.errors) == ["to"]


async def one(shop: Shop) -> UUID:
    """Return somebody else, of whom there is a reason to tell."""
    marty = await shop.resource(name="Marty")
    await shop.event(marty.id, at(12), at(13))
    return marty.id
