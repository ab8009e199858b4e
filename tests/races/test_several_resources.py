"""Bookings of several resources at once: all of them or none, and nobody waits in a circle."""

import asyncio
import os
from collections.abc import Sequence
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from psycopg import errors

from slotkeeper.bootstrap import system_clock
from slotkeeper.storage import claims
from slotkeeper.storage.transaction import Database
from tests.races.arena import CROWD, Arena, Request, action, order, slot, statuses
from tests.services.shop import at

pytestmark = pytest.mark.slow

ROUNDS = 30 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 3

TAKEN = {"error": "The requested timeslot is not available"}


def together(resource_ids: Sequence[str], hour: int = 9, **given: object) -> Request:
    """Return the request for a booking of several resources, in the order given."""
    return order(None, slot(hour), resources=list(resource_ids), **given)


async def test_without_the_guard_all_who_want_the_same_things_get_them(unguarded: Arena) -> None:
    """The loss that the constraint prevents; if this fails, the race is no race."""
    things = [await unguarded.resource() for _ in range(3)]

    answers = await unguarded.race([together(things), together(things[::-1])] * 20)

    assert statuses(answers)[201] > 1
    assert unguarded.overlaps()


async def test_who_claims_one_by_one_in_opposite_order_waits_in_a_circle(arena: Arena) -> None:
    """What claiming all at once and sorted prevents: the database has to break the circle."""
    one, other = [UUID(await arena.resource()) for _ in range(2)]
    database = Database(arena.database_url, clock=system_clock)
    await database.open()
    both = asyncio.Barrier(2)

    async def claim(*resource_ids: UUID) -> None:
        async with database.transaction() as tx:
            for each in resource_ids:
                await claims.take(
                    tx, arena.app_id, booking_id=uuid4(), resource_ids=[each],
                    start=at(9), end=at(10), exclusive=True,
                )  # fmt: skip
                if each is resource_ids[0]:
                    await both.wait()
            await tx.connection.rollback()  # the claims are of no booking

    ends = await asyncio.gather(claim(one, other), claim(other, one), return_exceptions=True)
    await database.close()

    assert [type(end) for end in ends if end] == [errors.DeadlockDetected]
    assert ends.count(None) == 1


async def test_two_in_opposite_order_never_meet_in_a_deadlock(arena: Arena) -> None:
    before = arena.deadlocks()
    for _ in range(ROUNDS):
        things = [await arena.resource() for _ in range(4)]

        answers = await arena.race([together(things), together(things[::-1])] * (CROWD // 2))

        assert statuses(answers) == {201: 1, 422: CROWD - 1}
        assert all(answer.body == TAKEN for answer in answers if answer.status == 422)
        held = arena.rows(
            "SELECT DISTINCT booking_id FROM claims WHERE resource_id = ANY(%s)", things
        )
        assert len(held) == 1
    assert arena.deadlocks() == before
    arena.check()


async def test_other_hours_of_the_same_things_are_no_rivals_in_whatever_order(
    arena: Arena,
) -> None:
    before = arena.deadlocks()
    things = [await arena.resource() for _ in range(3)]
    orders = list(permutations(things))

    answers = await arena.race(
        [together(orders[hour % len(orders)], hour) for hour in range(20)]
    )  # fmt: skip

    assert statuses(answers) == {201: 20}
    assert arena.deadlocks() == before
    arena.check()


async def test_who_gets_only_some_gets_none(arena: Arena) -> None:
    """Any two of the three pairs share a thing, so one pair wins and the third stays free."""
    for _ in range(ROUNDS):
        things = [await arena.resource() for _ in range(3)]
        pairs = list(permutations(things, 2))

        answers = await arena.race([together(pairs[n % 6]) for n in range(60)])

        assert statuses(answers) == {201: 1, 422: 59}
        held = arena.rows("SELECT resource_id FROM claims WHERE resource_id = ANY(%s)", things)
        assert len(held) == 2
        [free] = {*things} - {str(row["resource_id"]) for row in held}
        assert (await arena.send(order(free, slot(9)))).status == 201
    arena.check()


async def test_one_thing_of_several_is_taken_alone_or_with_the_others(arena: Arena) -> None:
    for _ in range(ROUNDS):
        things = [await arena.resource() for _ in range(3)]

        answers = await arena.race(
            [together(things), *[order(each, slot(9)) for each in things]] * 10
        )

        winners = statuses(answers)[201]
        assert statuses(answers).keys() == {201, 422}
        assert winners == (1 if statuses(answers[::4])[201] else 3)
    arena.check()


async def test_what_is_cancelled_comes_free_as_a_whole(arena: Arena) -> None:
    for _ in range(ROUNDS):
        things = [await arena.resource() for _ in range(3)]
        booking = await arena.made(together(things))

        cancelled, *answers = await arena.race(
            [action(booking, "cancel"), *[together(things[::-1])] * 30]
        )

        assert cancelled.status == 200
        assert statuses(answers).keys() <= {201, 422}
        assert statuses(answers)[201] <= 1
        again = await arena.send(together(things))
        assert again.status == (422 if statuses(answers)[201] else 201)
    arena.check()
