"""Reminders rung by workers: in order, once, whatever stands in the way of one of them."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from slotkeeper.jobs.loop import at_work
from slotkeeper.jobs.worker import BATCH, Worker
from slotkeeper.services import bookings, reminders
from tests.jobs.conftest import House
from tests.services.shop import Shop, at

SHARED = {"allow_double_bookings": True}

CURSE = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'cursed'; END $$;
CREATE TRIGGER curse BEFORE INSERT ON announcements FOR EACH ROW
    WHEN (NEW.booking ->> 'what' = 'Cursed') EXECUTE FUNCTION refuse();
"""
"""Lets the database refuse to announce some bookings, as a mistake of ours might."""

LIFT = "DROP FUNCTION IF EXISTS refuse CASCADE"


def mail(minutes: int = 60) -> dict[str, Any]:
    return {
        "type": "email",
        "settings": {"recipient": "customer", "subject": "Soon"},
        "when": {"type": "before", "unit": "mins", "time": minutes},
    }


async def visits(house: House, starts: list[datetime], **given: Any) -> list[UUID]:
    """Make bookings that begin at the given moments and may overlap; return their ids in order."""
    given = {"reminders": [mail()], **given}

    async def work(shop: Shop) -> list[UUID]:
        made = [
            await shop.book(
                house.resource_id, start, start + timedelta(hours=1), settings=SHARED, **given
            )
            for start in starts
        ]
        return [booking.id for booking in made]

    return await house.within(work)


def sent(house: House) -> list[UUID]:
    """Return the bookings that were reminded of, in the order in which that was announced."""
    found = house.rows(
        "SELECT booking_id FROM announcements WHERE kind = 'reminder' ORDER BY number"
    )
    return [row["booking_id"] for row in found]


async def until_sent(house: House, count: int) -> None:
    for _ in range(400):
        if len(sent(house)) >= count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"only {len(sent(house))} of {count} were sent")


async def test_many_that_are_due_at_once_are_rung_once_by_several_workers(house: House) -> None:
    starts = [at(9) + timedelta(seconds=n) for n in range(2 * BATCH + BATCH // 2)]
    made = await visits(house, starts)
    house.clock.now = at(8, 30)

    async with at_work(Worker(house.database), Worker(house.database), Worker(house.database)):
        await until_sent(house, len(made))

    assert sorted(sent(house)) == sorted(made)
    assert house.rows("SELECT 1 FROM reminders") == []


async def test_one_worker_rings_them_in_the_order_of_their_moments(house: House) -> None:
    late, early, middle = await visits(house, [at(12), at(10), at(11)])
    house.clock.now = at(9)
    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 1
        assert await reminders.time_to_next(tx) == timedelta(hours=1, seconds=-1)
    house.clock.now = at(10, 59)
    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 1
    house.clock.now = at(11)
    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 1
        assert await reminders.time_to_next(tx) is None
    assert sent(house) == [early, middle, late]


async def test_one_that_cannot_be_announced_keeps_nobody_waiting(house: House) -> None:
    """More than fill a batch, and all due before the one that can be."""
    cursed = await visits(house, [at(9)] * (BATCH + 1), what="Cursed")
    [fine] = await visits(house, [at(9, 5)])
    house.rows(CURSE)
    house.clock.now = at(8, 10)
    try:
        async with at_work(Worker(house.database)):
            await until_sent(house, 1)
    finally:
        house.rows(LIFT)
    assert sent(house) == [fine]

    house.clock.now = at(8, 20)
    async with at_work(Worker(house.database)):
        await until_sent(house, 1 + len(cursed))
    assert sorted(sent(house)[1:]) == sorted(cursed), "what was put off is sent later"


async def test_what_another_worker_has_taken_is_left_to_it(house: House) -> None:
    made = await visits(house, [at(9), at(9, 10)])
    house.clock.now = at(8, 30)

    async with house.database.transaction() as one, house.database.transaction() as other:
        assert await reminders.ring_due(one, most=1) == 1
        assert await reminders.ring_due(other) == 1

    assert sorted(sent(house)) == sorted(made)


async def test_whoever_cancels_waits_for_one_that_rings_and_not_for_ever(house: House) -> None:
    """The reminder was first; both are done, and none of them is a victim of a deadlock."""
    [visit] = await visits(house, [at(9)], reminders=[mail(), mail(30)])
    house.clock.now = at(8)

    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 1
        cancelling = asyncio.create_task(house.within(lambda shop: cancel(shop, visit)))
        await asyncio.sleep(0.2)
        assert not cancelling.done()
    await cancelling

    assert sent(house) == [visit]
    assert house.rows("SELECT 1 FROM reminders") == []
    house.clock.now = at(8, 30)
    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 0


async def test_what_is_being_cancelled_is_passed_over(house: House) -> None:
    [visit] = await visits(house, [at(9)])
    house.clock.now = at(8)

    async def cancel_while_it_rings(shop: Shop) -> None:
        await cancel(shop, visit)
        async with house.database.transaction() as tx:
            assert await reminders.ring_due(tx) == 0

    await house.within(cancel_while_it_rings)
    async with house.database.transaction() as tx:
        assert await reminders.ring_due(tx) == 0
    assert sent(house) == []


async def cancel(shop: Shop, booking_id: UUID) -> None:
    await bookings.act(shop.tx, shop.app_id, booking_id, "cancel", actor="api_key")
