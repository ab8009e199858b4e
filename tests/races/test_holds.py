"""What is held until a moment, at that moment: it goes to one, whoever comes first.

A hold ends by the clock of the server and not when somebody notes it; around that instant
some requests come before it and some after.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from typing import Any

import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.services import alarms
from slotkeeper.storage.transaction import Database
from tests.races.arena import (
    CROWD,
    Answered,
    Arena,
    Request,
    action,
    order,
    reserve,
    slot,
    statuses,
)

pytestmark = pytest.mark.slow

ROUNDS = 20 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 2

TAKEN = {"error": "The requested timeslot is not available"}

RIVALS = 40

SHORT = {"graph": "instant_payment", "timeout": {"time": 1, "unit": "sec"}}


@pytest.fixture
async def time_passes(arena: Arena) -> AsyncIterator[Database]:
    """A way into the database for what time does by itself."""
    database = Database(arena.database_url, clock=system_clock)
    await database.open()
    yield database
    await database.close()


async def rung(database: Database) -> None:
    async with database.transaction() as tx:
        await alarms.ring_due(tx)


def mixed(rivals: list[Request], others: list[Request]) -> list[Request]:
    """Return the rivals with the others spread evenly among them."""
    step = len(rivals) // len(others)
    for number, each in enumerate(others):
        rivals.insert(number * (step + 1), each)
    return rivals


def won(answers: list[Answered]) -> int:
    """Return how many got what they wanted; the others must have been refused properly."""
    assert statuses(answers).keys() <= {200, 201, 422}, statuses(answers)
    return statuses(answers)[200] + statuses(answers)[201]


async def test_without_the_guard_a_slot_is_paid_for_and_sold_again(unguarded: Arena) -> None:
    """The loss that the constraint prevents; if this fails, the race is no race."""
    doc = await unguarded.resource()
    held = await unguarded.made(order(doc, slot(9), **SHORT))

    answers = await unguarded.race([action(held, "pay"), *[order(doc, slot(9))] * 20])

    assert won(answers) > 1
    assert unguarded.overlaps()


async def test_before_its_end_a_hold_keeps_everybody_out_and_after_it_nobody(
    arena: Arena,
) -> None:
    doc = await arena.resource()
    held = await arena.made(order(doc, slot(9), **SHORT))
    ends = arena.held_until(held)

    early = await arena.race([order(doc, slot(9))] * 20)
    early_enough = system_clock() < ends
    await asyncio.sleep((ends - system_clock()).total_seconds() + 0.01)
    late = await arena.race([order(doc, slot(9))] * 20)

    assert not early_enough or statuses(early) == {422: 20}
    assert won(early) + won(late) == 1
    paid = await arena.send(action(held, "pay"))
    refusal = {"error": "Cannot apply action 'pay' to current state 'unpaid'"}
    assert (paid.status, paid.body) == (422, refusal)
    arena.check()


async def test_a_hold_that_ends_is_paid_for_or_goes_to_one_other(
    arena: Arena, time_passes: Database
) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        held = await arena.made(order(doc, slot(9), **SHORT))
        rivals = mixed([order(doc, slot(9))] * RIVALS, [action(held, "pay")] * 8)

        answers = await arena.race_around(arena.held_until(held), rivals)

        assert won(answers) <= 1
        again = await arena.send(order(doc, slot(9)))
        assert again.status == (422 if won(answers) else 201)
        # Two workers at once note what has run out, each once.
        await asyncio.gather(rung(time_passes), rung(time_passes))
    arena.check()
    unpaid = arena.rows(
        "SELECT FROM bookings WHERE graph = 'instant_payment' AND state = 'tentative' "
        "AND held_until <= %s", system_clock(),
    )  # fmt: skip
    assert unpaid == []


async def test_a_payment_meets_the_worker_that_ends_its_hold(
    arena: Arena, time_passes: Database
) -> None:
    """One of both has its way, and the log has one line of it."""
    for _ in range(ROUNDS):
        doc = await arena.resource()
        held = [await arena.made(order(doc, slot(hour), **SHORT)) for hour in range(8, 16)]
        ends = [arena.held_until(each) for each in held]

        pause = (ends[0] - system_clock()).total_seconds()
        ringing = asyncio.create_task(_ring_around(time_passes, pause))
        answers = await arena.race_around(ends[0], [action(each, "pay") for each in held])
        await ringing
        await asyncio.sleep(max(0, (ends[-1] - system_clock()).total_seconds()))
        await rung(time_passes)

        states = arena.rows(
            "SELECT state, count(*) FROM bookings WHERE resource_id = %s GROUP BY 1", doc
        )
        found = {row["state"]: row["count"] for row in states}
        assert found.get("paid", 0) == won(answers)
        assert found.get("unpaid", 0) == len(held) - won(answers)
    arena.check()


async def _ring_around(database: Database, pause: float) -> None:
    """Look for what is due, over and over, from just before a moment till just after it."""
    await asyncio.sleep(pause - 0.1)
    for _ in range(20):
        await rung(database)
        await asyncio.sleep(0.01)


async def test_one_time_is_reserved_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()

        answers = await arena.race([reserve(doc, slot(9), seconds=60)] * CROWD)

        assert statuses(answers) == {201: 1, 422: CROWD - 1}
        assert all(answer.body == TAKEN for answer in answers if answer.status == 422)
    arena.check()


async def test_without_the_guard_one_time_is_reserved_by_many(unguarded: Arena) -> None:
    """The loss that the constraint prevents; if this fails, the race is no race."""
    doc = await unguarded.resource()

    answers = await unguarded.race([reserve(doc, slot(9), seconds=60)] * CROWD)

    assert won(answers) > 1
    assert unguarded.overlaps()


async def test_of_many_who_book_with_one_reservation_one_does(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        reserved = await arena.made(reserve(doc, slot(9), seconds=60))
        book = order(None, {}, reservation_id=reserved["id"])

        answers = await arena.race([book, order(doc, slot(9))] * 15)

        assert statuses(answers) == {201: 1, 422: 29}
        assert statuses(answers[::2]) == {201: 1, 422: 14}, "nobody else comes between"
        used = {"error": "The reservation is converted"}
        assert all(answer.body == used for answer in answers[::2] if answer.status == 422)
    arena.check()


async def test_a_reservation_that_ends_is_booked_or_goes_to_one_other(
    arena: Arena, time_passes: Database
) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        reserved = await arena.made(reserve(doc, slot(9), seconds=1))
        book: Any = order(None, {}, reservation_id=reserved["id"])
        rivals = mixed(
            [order(doc, slot(9)), reserve(doc, slot(9), seconds=60)] * (RIVALS // 2), [book] * 8
        )

        answers = await arena.race_around(arena.held_until(reserved), rivals)

        assert won(answers) <= 1
        again = await arena.send(order(doc, slot(9)))
        assert again.status == (422 if won(answers) else 201)
        await asyncio.gather(rung(time_passes), rung(time_passes))
    arena.check()


async def test_a_reservation_that_ends_is_extended_or_goes_to_one_other(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        reserved = await arena.made(reserve(doc, slot(9), seconds=1))
        body = {"reservation_id": reserved["id"], "reservation_time": 60}
        extend: Request = ("PUT", "/bookings/reserve/extend", body)
        rivals = mixed([order(doc, slot(9))] * RIVALS, [extend] * 8)

        answers = await arena.race_around(arena.held_until(reserved), rivals)

        assert statuses(answers).keys() <= {200, 201, 422}, statuses(answers)
        extended, sold = statuses(answers)[200] > 0, statuses(answers)[201]
        assert sold <= 1
        assert not (extended and sold)
        again = await arena.send(order(doc, slot(9)))
        assert again.status == (422 if extended or sold else 201)
    arena.check()
