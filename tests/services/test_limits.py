"""The rules of a booking window: in the search, and where a project enforces them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import structlog

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput, SlotTaken
from slotkeeper.domain.project import Project
from slotkeeper.domain.zones import to_datetime
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import availability, bookings
from slotkeeper.services.availability import Query
from tests.services.shop import MARTY, Shop, at

ENFORCED: dict[str, Any] = {
    "graph": "instant",
    "what": "Consultation",
    "settings": {"enforce_availability": True},
}


async def starts(
    shop: Shop,
    project: Project | None = None,
    *,
    resource_ids: Sequence[UUID] | None = None,
    start: str = "2030-05-07",
    end: str = "2030-05-08",
    **settings: Any,
) -> list[datetime]:
    """Return when the slots of a search start."""
    query = Query(
        project_id=project.id if project else None,
        resource_ids=resource_ids,
        settings={"from": start, "to": end, **settings},
    )
    found = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))
    return [to_datetime(slot.start) for slot in found.slots]


async def days(shop: Shop, *asked: Any, **given: Any) -> list[int]:
    """Return the days of May (UTC) on which slots start."""
    return sorted({start.day for start in await starts(shop, *asked, **given)})


async def enforced(
    shop: Shop, *resource_ids: UUID, constraints: Sequence[Any] = (), **availability: Any
) -> Project:
    return await shop.project(
        *resource_ids,
        availability={"mode": "roundrobin_prioritized", "length": "1 hour", **availability},
        availability_constraints=list(constraints),
        booking=ENFORCED,
    )


# Limits in the search.


async def test_a_day_that_is_full_for_a_resource_offers_nothing_of_it(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await shop.book(doc.id, at(9), at(10))
    one = {"resource": {"day": 1}}

    assert await starts(shop, resource_ids=[doc.id], limits=one) == []
    assert len(await starts(shop, resource_ids=[marty.id], limits=one)) == 24
    assert len(await starts(shop, resource_ids=[doc.id], limits={"resource": {"day": 2}})) == 23


async def test_a_project_is_full_for_all_its_resources(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    limits = {"project": {"day": 1}}
    project = await shop.project(doc.id, marty.id, availability={"limits": limits})
    assert len(await starts(shop, project)) == 24

    await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert await starts(shop, project) == []
    assert await starts(shop, project, resource_ids=[marty.id]) == []
    # Without the project nothing is its booking.
    assert await starts(shop, resource_ids=[marty.id], limits=limits) != []


async def test_bookings_of_other_projects_fill_a_resource_and_not_a_project(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    of_project = await shop.project(doc.id, availability={"limits": {"project": {"day": 1}}})
    of_resource = await shop.project(doc.id, availability={"limits": {"resource": {"day": 1}}})

    assert len(await starts(shop, of_project)) == 23
    assert await starts(shop, of_resource) == []


async def test_a_request_brings_its_own_limits(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))
    project = await shop.project(doc.id, availability={"limits": {"resource": {"day": 1}}})

    assert await starts(shop, project, limits=None) == []
    assert len(await starts(shop, project, limits={"resource": {"day": 2}})) == 23


async def test_a_week_is_full_from_monday_to_sunday(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9, day=7), at(10, day=7))
    await shop.book(doc.id, at(9, day=12), at(10, day=12))

    found = await days(
        shop, resource_ids=[doc.id], end="2030-05-14", limits={"resource": {"week": 2}}
    )

    assert found == [13]


async def test_bookings_outside_the_window_count_in_the_period_they_share(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9, day=30), at(10, day=30))

    found = await days(shop, resource_ids=[doc.id], limits={"resource": {"month": 1}})

    assert found == []


@pytest.mark.parametrize(("hour", "full"), [(11, "May"), (12, "June")])
async def test_a_month_ends_where_the_resource_is(shop: Shop, hour: int, full: str) -> None:
    doc = await shop.resource(timezone="Pacific/Auckland")
    await shop.book(doc.id, at(hour, day=31), at(hour + 1, day=31))

    found = await starts(
        shop,
        resource_ids=[doc.id],
        start="2030-05-31T00:00:00Z",
        end="2030-06-01T00:00:00Z",
        limits={"resource": {"month": 1}},
    )

    open_hours = range(12, 24) if full == "May" else range(12)
    assert [start.hour for start in found] == list(open_hours)


@pytest.mark.parametrize(
    ("now", "zone", "midnight", "next_midnight"),
    [
        ("2030-03-01", "Europe/Paris", "2030-03-31T00:00:00+01:00", "2030-04-01T00:00:00+02:00"),
        ("2030-10-01", "Europe/Paris", "2030-10-27T00:00:00+02:00", "2030-10-28T00:00:00+01:00"),
        ("2030-04-01", "Australia/Lord_Howe", "2030-04-07T00:00:00+11:00",
         "2030-04-08T00:00:00+10:30"),
        ("2024-04-01", "Africa/Cairo", "2024-04-26T01:00:00+03:00", "2024-04-27T00:00:00+03:00"),
    ],
)  # fmt: skip
async def test_a_full_day_is_closed_from_midnight_to_midnight_when_clocks_change(
    shop: Shop, now: str, zone: str, midnight: str, next_midnight: str
) -> None:
    moment = datetime.fromisoformat(f"{now}T00:00:00+00:00").astimezone(UTC)
    shop = Shop(replace(shop.tx, now=moment), shop.app_id)
    doc = await shop.resource(timezone=zone)
    start, end = map(datetime.fromisoformat, (midnight, next_midnight))
    hour = timedelta(hours=1)
    await shop.book(doc.id, start + 3 * hour, start + 4 * hour)

    found = await starts(
        shop,
        resource_ids=[doc.id],
        start=(start - hour).isoformat(),
        end=(end + hour).isoformat(),
        limits={"resource": {"day": 1}},
    )

    assert found == [start - hour, end]


# The gap in the search.


async def test_bookings_keep_their_gap_and_events_do_not(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))
    await shop.event(doc.id, at(14), at(15))

    found = await starts(
        shop,
        resource_ids=[doc.id],
        start="2030-05-07T08:00:00Z",
        end="2030-05-07T16:00:00Z",
        length="30 minutes",
        minimum_gap="20 minutes",
    )

    hours = [(start.hour, start.minute) for start in found]
    assert hours[:2] == [(8, 0), (10, 20)]
    assert (13, 20) in hours
    assert (15, 0) in hours


async def test_a_booking_beyond_the_window_keeps_its_gap_too(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(12), at(13))

    found = await starts(
        shop,
        resource_ids=[doc.id],
        start="2030-05-07T10:00:00Z",
        end="2030-05-07T12:00:00Z",
        minimum_gap="1 hour",
    )

    assert found == [at(10)]


@pytest.mark.parametrize(
    ("gap", "buffer", "first"), [("20 minutes", "45 minutes", 45), ("45 minutes", "20 minutes", 45)]
)
async def test_of_gap_and_buffer_the_longer_counts(
    shop: Shop, gap: str, buffer: str, first: int
) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    found = await starts(
        shop,
        resource_ids=[doc.id],
        start="2030-05-07T10:00:00Z",
        end="2030-05-07T14:00:00Z",
        minimum_gap=gap,
        buffer=buffer,
    )

    assert found[0] == at(10, first)


# Enforced.


async def test_a_project_that_enforces_nothing_lets_any_free_time_be_booked(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(
        doc.id, availability_constraints=[{"allow_hours": {"start": 9, "end": 17}}]
    )

    assert await shop.book(doc.id, at(20), at(21), project_id=project.id)


@pytest.mark.parametrize(
    ("start", "end", "permitted"),
    [
        (at(9), at(10), True),
        (at(9, 7), at(9, 22), True),  # on no grid
        (at(9), at(12, 30), True),
        (at(13), at(17), True),
        (at(9, day=8), at(17, day=8), True),
        (at(8, 59), at(10), False),
        (at(16), at(17, 1), False),
        (at(17) - timedelta(hours=1), at(17) + timedelta(seconds=1), False),
        (at(12), at(12, 31), False),
        (at(12, 30), at(13), False),
        (at(9, day=11), at(10, day=11), False),
    ],
)
async def test_constraints_of_project_and_resource_hold(
    shop: Shop, start: datetime, end: datetime, permitted: bool
) -> None:
    doc = await shop.resource(
        availability_constraints=[
            {"block_day_and_time": {"day": "Tuesday", "start": "12:30", "end": 13}}
        ]
    )
    project = await enforced(
        shop,
        doc.id,
        constraints=[{"allow_hours": {"start": 9, "end": 17}}, {"block_weekends": {}}],
        to="1 month",
    )

    if permitted:
        assert await shop.book(doc.id, start, end, project_id=project.id)
    else:
        with pytest.raises(SlotTaken):
            await shop.book(doc.id, start, end, project_id=project.id)


async def is_permitted(shop: Shop, resource_id: UUID | None, project: Project, start: datetime,
                       end: datetime | None = None, **given: Any) -> bool:  # fmt: skip
    end = end or start + timedelta(hours=1)
    try:
        await shop.book(resource_id, start, end, project_id=project.id, **given)
    except SlotTaken:
        return False
    return True


async def test_notice_and_horizon_hold_to_the_minute(shop: Shop) -> None:
    doc = await shop.resource()
    project = await enforced(shop, doc.id, **{"from": "90 minutes", "to": "3 days"})
    now = shop.tx.now

    assert not await is_permitted(shop, doc.id, project, now + timedelta(minutes=89))
    assert await is_permitted(shop, doc.id, project, now + timedelta(minutes=90))
    last = now + timedelta(days=3, hours=-1)
    assert not await is_permitted(shop, doc.id, project, last + timedelta(minutes=1))
    assert await is_permitted(shop, doc.id, project, last)


async def test_a_window_that_has_passed_permits_nothing(shop: Shop) -> None:
    doc = await shop.resource()
    project = await enforced(shop, doc.id, to="2030-05-08")
    later = replace(shop.tx, now=at(9, day=9))

    assert not await is_permitted(Shop(later, shop.app_id), doc.id, project, at(10, day=9))


@pytest.mark.parametrize(
    ("zone", "permitted"), [("Pacific/Auckland", True), ("UTC", False), ("", False)]
)
async def test_tomorrow_is_the_tomorrow_of_the_customer(
    shop: Shop, zone: str, permitted: bool
) -> None:
    """The search showed it to them in their zone, and what it shows can be booked."""
    doc = await shop.resource()
    project = await enforced(shop, doc.id, **{"from": "tomorrow"})
    customer = replace(MARTY, timezone=zone)

    assert await is_permitted(shop, doc.id, project, at(13, day=6), customer=customer) is permitted


async def test_a_zone_that_nobody_knows_is_no_zone(shop: Shop) -> None:
    doc = await shop.resource()
    project = await enforced(shop, doc.id)
    customer = replace(MARTY, timezone="Hill/Valley")

    assert await is_permitted(shop, doc.id, project, at(9), customer=customer)


async def test_buffers_and_gaps_hold(shop: Shop) -> None:
    doc = await shop.resource()
    project = await enforced(shop, doc.id, buffer="15 minutes", minimum_gap="30 minutes")
    await shop.event(doc.id, at(9), at(10))
    await shop.book(doc.id, at(14), at(15))

    assert not await is_permitted(shop, doc.id, project, at(10, 14))
    assert await is_permitted(shop, doc.id, project, at(10, 15), at(11))
    assert not await is_permitted(shop, doc.id, project, at(15, 29))
    assert not await is_permitted(shop, doc.id, project, at(12, 31), at(13, 31))
    assert await is_permitted(shop, doc.id, project, at(12, 30), at(13, 30))


async def test_limits_hold(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    limits = {"resource": {"day": 2}, "project": {"day": 3}}
    project = await enforced(shop, doc.id, marty.id, limits=limits)

    assert await is_permitted(shop, doc.id, project, at(9))
    assert await is_permitted(shop, doc.id, project, at(10))
    assert not await is_permitted(shop, doc.id, project, at(11))
    assert await is_permitted(shop, marty.id, project, at(11))
    assert not await is_permitted(shop, marty.id, project, at(12))
    assert await is_permitted(shop, marty.id, project, at(12, day=8))


async def test_all_day_events_block_unless_the_project_ignores_them(shop: Shop) -> None:
    doc = await shop.resource()
    strict = await enforced(shop, doc.id)
    lenient = await enforced(shop, doc.id, ignore_all_day_events=True)
    await shop.event(doc.id, at(0), at(0, day=8), all_day=True)

    assert not await is_permitted(shop, doc.id, strict, at(9))
    assert await is_permitted(shop, doc.id, lenient, at(9))


@pytest.mark.parametrize(
    "of_order", [{"enforce_availability": False}, {"allow_double_bookings": True}]
)
async def test_no_order_switches_the_rules_off(shop: Shop, of_order: dict[str, Any]) -> None:
    doc = await shop.resource()
    project = await enforced(shop, doc.id, limits={"resource": {"day": 1}})
    await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert not await is_permitted(shop, doc.id, project, at(9), settings=of_order)
    assert not await is_permitted(shop, doc.id, project, at(11), settings=of_order)


async def test_what_names_no_project_is_bound_by_none(shop: Shop) -> None:
    doc = await shop.resource()
    await enforced(shop, doc.id, limits={"resource": {"day": 1}})

    for hour in (9, 10):
        await shop.book(doc.id, at(hour), at(hour + 1))


async def test_a_resource_is_chosen_by_the_rules_too(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await enforced(
        shop, doc.id, marty.id, limits={"resource": {"day": 1}}, **{"from": "1 hour"}
    )

    chosen = [
        (await shop.book(None, at(hour), at(hour + 1), project_id=project.id)).resource_id
        for hour in (9, 10)
    ]

    assert chosen == [doc.id, marty.id]
    assert not await is_permitted(shop, None, project, at(11))
    assert not await is_permitted(shop, None, project, shop.tx.now)
    assert await is_permitted(shop, None, project, at(11, day=8))


async def reschedule(shop: Shop, booking: Booking, start: datetime, end: datetime) -> Booking:
    return await bookings.reschedule(
        shop.tx, shop.app_id, booking.id, start=start, end=end,
        resource_id=None, message=None, actor="api_key",
    )  # fmt: skip


async def test_whoever_reschedules_is_bound_but_not_by_the_own_time(shop: Shop) -> None:
    doc = await shop.resource()
    project = await enforced(
        shop, doc.id, limits={"resource": {"day": 1}}, minimum_gap="1 hour",
        constraints=[{"allow_hours": {"start": 9, "end": 17}}],
    )  # fmt: skip
    booking = await shop.book(doc.id, at(9), at(10), project_id=project.id)

    moved = await reschedule(shop, booking, at(9, 30), at(10, 30))

    with pytest.raises(SlotTaken):
        await _undone(shop, reschedule(shop, moved, at(17), at(18)))
    assert (await bookings.get(shop.tx, shop.app_id, moved.id)).holds_time


async def _undone(shop: Shop, doing: Any) -> None:
    async with shop.tx.connection.transaction():
        await doing


# Whose turn it is.


async def served(shop: Shop, project: Project) -> list[UUID]:
    query = Query(project_id=project.id, settings={"from": "2030-05-07", "to": "2030-05-08"})
    found = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=None)
    return [slot.resource_ids[0] for slot in found.slots]


async def test_the_balanced_mode_shares_bookings_out(shop: Shop) -> None:
    crew = [(await shop.resource()).id for _ in range(3)]
    project = await shop.project(*crew, availability={"mode": "roundrobin_balanced"})
    now = shop.tx.now
    await shop.book(crew[0], now - timedelta(hours=2), now - timedelta(hours=1))
    await shop.book(crew[1], now - timedelta(hours=4), now - timedelta(hours=3))
    assert set(await served(shop, project)) == {crew[2]}

    chosen = [
        (await shop.book(None, at(hour), at(hour + 1), project_id=project.id)).resource_id
        for hour in range(6)
    ]

    # Never booked, idle longest, idle least; then nobody is idle since another moment.
    assert chosen == [crew[2], crew[1], crew[0]] * 2


async def test_whose_turn_it_is_but_who_is_not_free_is_passed_over(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id, marty.id, availability={"mode": "roundrobin_balanced"})
    await shop.book(marty.id, at(9), at(10))
    await shop.event(doc.id, at(11), at(12))

    assert await served(shop, project) == [doc.id] * 11 + [marty.id] + [doc.id] * 12


async def test_the_log_entry_tells_the_order_and_why_and_nothing_of_customers(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id, marty.id, availability={"mode": "roundrobin_balanced"})
    now = shop.tx.now
    await shop.book(doc.id, at(9), at(10))
    await shop.book(marty.id, now - timedelta(hours=2), now - timedelta(hours=1))
    structlog.contextvars.clear_contextvars()

    await served(shop, project)

    told = structlog.contextvars.get_contextvars()
    structlog.contextvars.clear_contextvars()
    assert told == {
        "balanced_order": [
            {"resource_id": str(marty.id), "upcoming": 0,
             "idle_since": "2030-05-06T07:00:00+00:00"},
            {"resource_id": str(doc.id), "upcoming": 1, "idle_since": None},
        ]
    }  # fmt: skip


async def test_other_modes_tell_nothing(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    structlog.contextvars.clear_contextvars()

    await served(shop, await shop.project(doc.id, marty.id))

    assert structlog.contextvars.get_contextvars() == {}


async def test_a_project_with_limits_that_make_no_sense_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await shop.project(availability={"limits": {"resource": {"day": 0}}, "minimum_gap": "x"})

    assert refusal.value.errors.keys() == {
        "availability.limits.resource.day",
        "availability.minimum_gap",
    }
