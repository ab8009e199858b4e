"""Bookings that are moved and cancelled while their reminders ring: each is told of once."""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.services import reminders
from slotkeeper.storage.transaction import Database
from tests.races.arena import Arena, Request, action, move, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 20 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 3
VISITS = 12


def call(seconds: int) -> dict[str, Any]:
    return {
        "type": "webhook",
        "settings": {"url": "https://hill.example/hook", "method": "post"},
        "when": {"type": "before", "unit": "secs", "time": seconds},
    }


@pytest.fixture
async def database(arena: Arena) -> AsyncIterator[Database]:
    database = Database(arena.database_url, clock=system_clock)
    await database.open()
    yield database
    await database.close()


async def rung(database: Database) -> int:
    """Ring what is due, batch by batch, as long as there is any."""
    count = 0
    while True:
        async with database.transaction() as tx:
            found = await reminders.ring_due(tx, most=3)
        count += found
        if not found:
            return count


async def test_a_booking_moves_while_it_rings(arena: Arena, database: Database) -> None:
    """Of the old booking it is told or not, as the two came; of the new one once, at its time."""
    told = 0
    for _ in range(ROUNDS):
        doc = await arena.resource()
        visits = [
            await arena.made(order(doc, slot(hour), reminders=[call(0), call(60)]))
            for hour in range(VISITS)
        ]
        ids = [visit["id"] for visit in visits]
        await due_now(database, ids)
        steps: list[Request] = [
            move(visit, slot(hour, day=8)) if hour % 2 else action(visit, "cancel")
            for hour, visit in enumerate(visits)
        ]
        ringing = [asyncio.create_task(rung(database)) for _ in range(3)]
        answers = await arena.race(steps)
        await asyncio.gather(*ringing)
        assert statuses(answers) == {200: VISITS}

        old = arena.rows(
            "SELECT count(*) FROM announcements WHERE kind = 'reminder' AND booking_id = ANY(%s) "
            "GROUP BY booking_id", ids,
        )  # fmt: skip
        assert {row["count"] for row in old} <= {1, 2}
        told += len(old)
        left = arena.rows("SELECT 1 FROM reminders WHERE booking_id = ANY(%s)", ids)
        assert left == []
        moved = arena.rows(
            "SELECT count(reminders.number) FROM bookings LEFT JOIN reminders "
            "ON reminders.booking_id = bookings.id "
            "WHERE rescheduled_from = ANY(%s::uuid[]) GROUP BY bookings.id", ids,
        )  # fmt: skip
        assert [row["count"] for row in moved] == [2] * (VISITS // 2)
    print(f"{told} of {ROUNDS * VISITS} were told of before they were moved or cancelled")
    arena.check()


async def due_now(database: Database, ids: list[str]) -> None:
    """Let the moments of bookings have come, which lie in years."""
    async with database.transaction() as tx:
        await tx.run(
            "UPDATE reminders SET due_at = %s WHERE booking_id = ANY(%s::uuid[])",
            (tx.now - timedelta(seconds=1), ids),
        )
