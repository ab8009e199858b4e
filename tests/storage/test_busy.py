"""Busy time: the fast reading by COPY says what a plain SELECT says."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import minute_ceil, minute_floor
from slotkeeper.storage import busy, claims
from tests.services.shop import Shop, at

DAY = (minute_floor(at(0)), minute_floor(at(0, day=8)))
"""The seventh of May 2030, in minutes since the epoch."""


def minutes(start: datetime, end: datetime) -> Interval:
    return minute_floor(start), minute_ceil(end)


async def read(
    shop: Shop, *resource_ids: UUID, window: Interval = DAY, ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> list[list[Interval]]:  # fmt: skip
    found = await busy.busy_times(
        shop.tx, shop.app_id, resource_ids, window,
        ignore_all_day=ignore_all_day, except_booking=except_booking,
    )  # fmt: skip
    return [sorted(each) for each in found.times]


async def test_events_and_bookings_take_time_each_resource_its_own(shop: Shop) -> None:
    one, two, three = [(await shop.resource()).id for _ in range(3)]
    await shop.event(one, at(9), at(10))
    await shop.book(one, at(11), at(12))
    await shop.book(three, at(13), at(14))

    assert await read(shop, three, one, two) == [
        [minutes(at(13), at(14))],
        [minutes(at(9), at(10)), minutes(at(11), at(12))],
        [],
    ]


async def test_nobody_is_busy_where_nobody_is_asked_about(shop: Shop) -> None:
    assert await read(shop) == []
    assert await read(shop, uuid4()) == [[]]


async def test_a_resource_that_is_asked_about_twice_answers_twice(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10))

    assert await read(shop, doc.id, doc.id) == [[minutes(at(9), at(10))]] * 2


async def test_a_booking_counts_once_though_its_event_shows_it_too(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    assert await read(shop, doc.id) == [[minutes(at(9), at(10))]]


async def test_bookings_that_may_overlap_count_each(shop: Shop) -> None:
    doc = await shop.resource()
    for _ in range(2):
        await shop.book(doc.id, at(9), at(10), settings={"allow_double_bookings": True})

    assert await read(shop, doc.id) == [[minutes(at(9), at(10))] * 2]


@pytest.mark.parametrize(
    ("rsvp", "counts"),
    [("accepted", 1), ("tentative", 1), ("needsAction", 1), ("declined", 0)],
)
async def test_only_a_declined_event_takes_no_time(shop: Shop, rsvp: str, counts: int) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10), rsvp=rsvp)

    assert len((await read(shop, doc.id))[0]) == counts


async def test_all_day_events_can_be_left_out(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10), all_day=True)
    await shop.event(doc.id, at(9), at(10))

    assert await read(shop, doc.id) == [[DAY, minutes(at(9), at(10))]]
    assert await read(shop, doc.id, ignore_all_day=True) == [[minutes(at(9), at(10))]]


async def test_what_one_booking_holds_can_be_left_out(shop: Shop) -> None:
    doc = await shop.resource()
    mine = await shop.book(doc.id, at(9), at(10))
    await shop.book(doc.id, at(11), at(12))

    left = await read(shop, doc.id, except_booking=mine.id)

    assert left == [[minutes(at(11), at(12))]]


async def test_what_another_app_does_is_nobodys_business(shop: Shop, other_shop: Shop) -> None:
    doc = await other_shop.resource()
    await other_shop.event(doc.id, at(9), at(10))
    await other_shop.book(doc.id, at(11), at(12))

    assert await read(shop, doc.id) == [[]]


@pytest.mark.parametrize(
    ("start", "end", "seen"),
    [
        (at(9), at(10), (at(9), at(10))),
        (at(9) + timedelta(microseconds=1), at(10) - timedelta(microseconds=1), (at(9), at(10))),
        (at(9, 0) + timedelta(seconds=59), at(9, 1) + timedelta(seconds=1), (at(9), at(9, 2))),
        (at(9), at(9) + timedelta(microseconds=1), (at(9), at(9, 1))),
    ],
)
async def test_a_minute_that_is_touched_is_busy_as_a_whole(
    shop: Shop, start: datetime, end: datetime, seen: tuple[datetime, datetime]
) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await shop.event(doc.id, start, end)
    await shop.book(marty.id, start, end)

    assert await read(shop, doc.id, marty.id) == [[minutes(*seen)]] * 2


@pytest.mark.parametrize("kind", ["event", "booking"])
async def test_busy_time_is_cut_to_the_window_and_touching_it_is_outside(
    shop: Shop, kind: str
) -> None:
    doc = await shop.resource()
    spans = [(6, 7), (7, 9), (9, 10), (11, 13), (13, 14)]
    for start, end in spans:
        if kind == "event":
            await shop.event(doc.id, at(start), at(end))
        else:
            await shop.book(doc.id, at(start), at(end))

    assert await read(shop, doc.id, window=minutes(at(8), at(12))) == [
        [minutes(at(8), at(9)), minutes(at(9), at(10)), minutes(at(11), at(12))]
    ]
    inside = await read(shop, doc.id, window=minutes(at(9, 15), at(9, 30)))
    assert inside == [[minutes(at(9, 15), at(9, 30))]]
    assert await read(shop, doc.id, window=minutes(at(10), at(11))) == [[]]


async def test_an_empty_window_holds_nothing(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10))

    assert await read(shop, doc.id, window=(DAY[0], DAY[0])) == [[]]


@pytest.mark.parametrize("year", [1, 1900, 1969, 1970, 2038, 2200, 6000])
async def test_far_years_are_read_to_the_minute(shop: Shop, year: int) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    start = datetime(year, 7, 1, 12, 34, 56, 789_000, tzinfo=UTC)
    end = start + timedelta(hours=1)
    await shop.event(doc.id, start, end)
    await shop.book(marty.id, start, end)
    expected = minutes(start, end)
    window = (expected[0] - 60, expected[1] + 60)

    assert await read(shop, doc.id, marty.id, window=window) == [[expected]] * 2


async def naive(
    shop: Shop, resource_ids: Sequence[UUID], window: Interval, *, ignore_all_day: bool,
    except_booking: UUID | None,
) -> list[list[Interval]]:  # fmt: skip
    """Read every row of the app and think about each in Python."""
    rows = await shop.tx.dicts(
        "SELECT resource_id, start_at AS start, end_at AS end, all_day, rsvp, booking_id, "
        "true AS is_event FROM events WHERE app_id = %(app)s "
        "UNION ALL SELECT resource_id, lower(during), upper(during), false, 'accepted', "
        "booking_id, false FROM claims WHERE app_id = %(app)s",
        {"app": shop.app_id},
    )
    found: list[list[Interval]] = [[] for _ in resource_ids]
    for row in rows:
        if row["is_event"] and (row["booking_id"] or row["rsvp"] == "declined"):
            continue
        if row["all_day"] and ignore_all_day:
            continue
        if not row["is_event"] and row["booking_id"] == except_booking:
            continue
        start, end = minutes(row["start"], row["end"])
        if start < window[1] and window[0] < end:
            place = resource_ids.index(row["resource_id"])
            found[place].append((max(start, window[0]), min(end, window[1])))
    return [sorted(each) for each in found]


@pytest.mark.parametrize("seed", range(6))
async def test_the_fast_reading_agrees_with_the_naive_one(shop: Shop, seed: int) -> None:
    random = Random(seed)
    people = [(await shop.resource()).id for _ in range(4)]
    booked = []
    for _ in range(60):
        start = at(0) + timedelta(seconds=random.randrange(-86_400, 2 * 86_400))
        end = start + timedelta(seconds=random.randrange(1, 20_000))
        who = random.choice(people)
        if random.random() < 0.5:
            rsvp = random.choice(["accepted", "declined", "tentative"])
            await shop.event(who, start, end, rsvp=rsvp, all_day=random.random() < 0.2)
        else:
            allow = {"allow_double_bookings": True}
            booked.append((await shop.book(who, start, end, settings=allow)).id)
    asked = random.sample(people, 3)

    for _ in range(30):
        first = DAY[0] + random.randrange(-2000, 3000)
        window = (first, first + random.randrange(0, 3000))
        options = {
            "ignore_all_day": random.random() < 0.5,
            "except_booking": random.choice([None, *booked]),
        }
        expected = await naive(shop, people, window, **options)  # type: ignore[arg-type]  # by name
        fast = await read(shop, *asked, window=window, **options)  # type: ignore[arg-type]
        # A window without a minute in it holds nothing, whatever a naive comparison says.
        nothing: list[list[Interval]] = [[] for _ in asked]
        wanted = [expected[people.index(each)] for each in asked]
        assert fast == (wanted if window[0] < window[1] else nothing)


# The check beside the constraint.


async def blocked(
    shop: Shop, resource_id: UUID, start: datetime, end: datetime, *,
    except_booking: UUID | None = None, ignore_all_day: bool = False,
) -> bool:  # fmt: skip
    found = await busy.is_blocked(
        shop.tx, shop.app_id, resource_id, start=start, end=end,
        except_booking=except_booking, ignore_all_day=ignore_all_day,
    )  # fmt: skip
    assert not found.repeats
    return found.blocked


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (at(8), at(9), False),
        (at(10), at(11), False),
        (at(8), at(9) + timedelta(microseconds=1), True),
        (at(10) - timedelta(microseconds=1), at(11), True),
        (at(9, 15), at(9, 30), True),
        (at(8), at(11), True),
    ],
)
async def test_an_event_or_an_overlapping_booking_blocks_what_overlaps_it(
    shop: Shop, start: datetime, end: datetime, expected: bool
) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await shop.event(doc.id, at(9), at(10))
    await shop.book(marty.id, at(9), at(10), settings={"allow_double_bookings": True})

    assert await blocked(shop, doc.id, start, end) is expected
    assert await blocked(shop, marty.id, start, end) is expected


async def test_an_ordinary_booking_is_left_to_the_constraint(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    assert not await blocked(shop, doc.id, at(9), at(10))


async def test_a_booking_does_not_block_itself(shop: Shop) -> None:
    doc = await shop.resource()
    booking_id = uuid4()
    await claims.take(
        shop.tx, shop.app_id, booking_id=booking_id, resource_ids=[doc.id],
        start=at(9), end=at(10), exclusive=False,
    )  # fmt: skip

    assert await blocked(shop, doc.id, at(9), at(10))
    assert not await blocked(shop, doc.id, at(9), at(10), except_booking=booking_id)


async def test_declined_all_day_and_foreign_events_do_not_block(
    shop: Shop, other_shop: Shop
) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    await shop.event(doc.id, at(9), at(10), rsvp="declined")
    await other_shop.event(stranger.id, at(9), at(10))
    assert not await blocked(shop, doc.id, at(9), at(10))
    assert not await blocked(shop, stranger.id, at(9), at(10))

    await shop.event(doc.id, at(9), at(10), all_day=True)
    assert await blocked(shop, doc.id, at(9), at(10))
    assert not await blocked(shop, doc.id, at(9), at(10), ignore_all_day=True)
