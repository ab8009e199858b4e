"""What the worker does in one process: catching up in order, going on, stopping."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from slotkeeper.domain.booking import AUTO_COMPLETE_AFTER
from slotkeeper.jobs.loop import at_work
from slotkeeper.jobs.worker import BATCH, Worker
from slotkeeper.services import alarms
from tests.jobs.conftest import House
from tests.services.shop import Shop, at

SHARED = {"allow_double_bookings": True}

CURSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE 'cursed' USING ERRCODE = TG_ARGV[0]; END $$;
CREATE TRIGGER curse BEFORE UPDATE ON bookings FOR EACH ROW
    WHEN (NEW.what = 'Cursed' AND NEW.state <> OLD.state) EXECUTE FUNCTION refuse({code});
"""
"""Lets the database refuse to move on some bookings, as a mistake of ours might."""

LIFT = "DROP FUNCTION IF EXISTS refuse CASCADE"


async def visits(house: House, ends: list[datetime], **given: object) -> list[UUID]:
    """Make bookings that end at the given moments and may overlap; return their ids in order."""

    async def work(shop: Shop) -> list[UUID]:
        return [
            (
                await shop.book(
                    house.resource_id, end - timedelta(minutes=30), end, settings=SHARED, **given
                )
            ).id
            for end in ends
        ]

    return await house.within(work)


def completions(house: House) -> list[tuple[datetime, datetime]]:
    """Return (when it was due, when it was done) for each booking that time has completed."""
    found = house.rows(
        "SELECT b.end_at, l.created_at FROM booking_log AS l "
        "JOIN bookings AS b ON b.id = l.booking_id "
        "WHERE l.action = 'complete' AND l.actor = 'system' AND l.to_state = b.state "
        "ORDER BY b.end_at"
    )
    return [(row["end_at"] + AUTO_COMPLETE_AFTER, row["created_at"]) for row in found]


def states(house: House, booking_ids: list[UUID]) -> list[str]:
    found = {row["id"]: row["state"] for row in house.rows("SELECT id, state FROM bookings")}
    return [found[each] for each in booking_ids]


@asynccontextmanager
async def worker_on(house: House) -> AsyncIterator[None]:
    async with at_work(Worker(house.database)):
        yield


async def until_done(house: House, count: int) -> None:
    for _ in range(400):
        if len(completions(house)) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"only {len(completions(house))} of {count} were completed")


async def test_after_a_day_of_downtime_all_is_caught_up_in_order(house: House) -> None:
    ends = [at(9) + timedelta(minutes=n) for n in range(2 * BATCH + BATCH // 2)]
    random.Random(1).shuffle(ends)
    await visits(house, ends)
    house.clock.now = at(9, day=9)

    async with worker_on(house):
        await until_done(house, len(ends))

    done = completions(house)
    assert [due for due, _ in done] == sorted(end + AUTO_COMPLETE_AFTER for end in ends)
    when = [moment for _, moment in done]
    assert when == sorted(when), "who was due earlier was moved on earlier"
    assert len(set(when)) == 3, "a transaction holds no more than a batch"


async def test_one_by_one_the_order_is_that_of_the_moments(house: House) -> None:
    await visits(house, [at(12), at(9), at(11), at(10)])
    house.clock.now = at(9, day=9)

    for _ in range(4):
        async with house.database.transaction() as tx:
            assert await alarms.ring_due(tx, most=1) == 1
    async with house.database.transaction() as tx:
        assert await alarms.ring_due(tx, most=1) == 0

    when = [moment for _, moment in completions(house)]
    assert when == sorted(when)
    assert len(set(when)) == 4


async def test_nothing_is_moved_on_before_its_moment(house: House) -> None:
    [early, late] = await visits(house, [at(9), at(10)])
    house.clock.now = at(10) - timedelta(seconds=2)  # the next reading is a second before
    async with house.database.transaction() as tx:
        assert await alarms.ring_due(tx) == 0
        assert await alarms.time_to_next(tx) == timedelta(seconds=1)
    async with house.database.transaction() as tx:
        assert await alarms.ring_due(tx) == 1
        assert await alarms.time_to_next(tx) == timedelta(hours=1)

    assert states(house, [early, late]) == ["completed", "confirmed"]


async def test_bookings_that_cannot_be_moved_on_keep_nobody_waiting(house: House) -> None:
    """More than fill a batch, and all due before the one that can be."""
    ends = [at(9) + timedelta(minutes=n) for n in range(BATCH + 1)]
    cursed = await visits(house, ends, what="Cursed")
    [fine] = await visits(house, [at(20)])
    for code in ("internal_error", "unique_violation"):
        house.rows(CURSE.replace("{code}", code))
        house.clock.now = at(9, day=9)
        try:
            async with worker_on(house):
                await until_done(house, 1)
        finally:
            house.rows(LIFT)
        assert set(states(house, cursed)) == {"confirmed"}
        assert states(house, [fine]) == ["completed"]
        house.rows("UPDATE bookings SET alarm_at = end_at, state = 'confirmed'")
        house.rows("DELETE FROM booking_log WHERE action = 'complete'")

    house.clock.now = at(9, day=10)
    async with worker_on(house):
        await until_done(house, len(cursed))
    assert set(states(house, cursed)) == {"completed"}, "what was put off is done later"


async def test_a_row_that_says_the_wrong_moment_is_put_right(house: House) -> None:
    [visit] = await visits(house, [at(12)])
    house.rows("UPDATE bookings SET alarm_at = %s", at(9))
    house.clock.now = at(10)

    async with house.database.transaction() as tx:
        await alarms.ring_due(tx)

    [row] = house.rows("SELECT state, alarm_at FROM bookings WHERE id = %s", visit)
    assert (row["state"], row["alarm_at"]) == ("confirmed", at(13))


async def test_what_another_worker_has_taken_is_left_to_it(house: House) -> None:
    taken, free = await visits(house, [at(9), at(10)])
    house.clock.now = at(9, day=9)

    async with house.database.transaction() as one, house.database.transaction() as other:
        assert await alarms.ring_due(one, most=1) == 1
        assert await alarms.ring_due(other) == 1

    assert states(house, [taken, free]) == ["completed", "completed"]
    assert len(completions(house)) == 2


@pytest.mark.slow
async def test_classes_and_their_seats_end_once_when_all_are_due_at_once(house: House) -> None:
    """Who ends a class ends its seats, which another worker may hold, and the other way round."""

    async def work(shop: Shop) -> None:
        for _ in range(6):
            who = (await shop.resource()).id
            owner = await shop.book(
                who, at(9), at(10), graph="group_owner", settings={"max_seats": 12}, customer=None
            )
            for _ in range(12):
                await shop.book(
                    None, at(9), at(10), graph="group_customer", owner_booking_id=owner.id
                )

    await house.within(work)
    house.clock.now = at(9, day=9)

    async with worker_on(house), worker_on(house), worker_on(house):
        await until_done(house, 6 * 13)

    lines = house.rows(
        "SELECT count(*) FROM booking_log WHERE action = 'complete' GROUP BY booking_id"
    )
    assert [line["count"] for line in lines] == [1] * 6 * 13
    assert house.rows("SELECT 1 FROM bookings WHERE alarm_at IS NOT NULL") == []


async def test_a_worker_that_is_told_to_stop_does_so_at_once(house: House) -> None:
    async with asyncio.timeout(2):
        async with worker_on(house):
            await asyncio.sleep(0.1)


async def test_what_is_overdue_is_told(house: House) -> None:
    await visits(house, [at(9), at(10), at(11)])
    house.clock.now = at(11, 1)  # the next reading is a minute and a second after the second

    async with house.database.transaction() as tx:
        found = await alarms.overdue(tx, by=timedelta(minutes=1))
        assert found == alarms.Overdue(count=2, late=timedelta(hours=1, minutes=1, seconds=1))
        assert await alarms.overdue(tx, by=timedelta(hours=2)) is None
