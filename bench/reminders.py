"""What reminders cost: bookings with and without them, and the worker that waits for them."""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString
from uuid import UUID

from bench import fill, table
from bench.bookings import Slot, booked, slots_of
from bench.measure import Spread, async_rounds_of, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import Scene
from slotkeeper.services import reminders
from slotkeeper.storage.transaction import Transaction

PEOPLE = 100
CLIENTS = 8
AHEAD = 100_000
RUNG = 1000

_LIST = [
    {
        "type": "email",
        "settings": {"recipient": recipient, "subject": "See you soon"},
        "when": {"type": "before", "unit": "hours", "time": hours},
    }
    for recipient, hours in (("customer", 2), ("owner", 1))
]

# Ten a booking, spread over the year after next month: nothing of it is due while this runs.
_ADD_AHEAD: LiteralString = """
INSERT INTO reminders (app_id, booking_id, number, due_at, reminder)
SELECT app_id, id, number, %(now)s + interval '30 days' + random() * interval '365 days',
    %(reminder)s::jsonb
FROM (SELECT app_id, id FROM bookings WHERE app_id = %(app)s ORDER BY id LIMIT %(bookings)s)
    AS made, generate_series(1000, 1000 + %(each)s - 1) AS number
"""

_LET_COME: LiteralString = """
INSERT INTO reminders (app_id, booking_id, number, due_at, reminder)
SELECT app_id, id, 9999, %(now)s, %(reminder)s::jsonb FROM bookings
WHERE app_id = %(app)s AND start_at > %(now)s + interval '1 hour' LIMIT %(count)s
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one booking: for who waits, and of the server's processor.

    The second is told by the system in hundredths of a second for all bookings of a round, and
    suffers less from what else the machine does.
    """

    p50: float
    processor: float


@dataclass(frozen=True, slots=True)
class Round:
    """Bookings of which nobody is reminded, and bookings with two mails before them."""

    plain: Cost
    reminded: Cost


async def run(*, quick: bool) -> None:
    """Book with no reminders in the table and with many, and ask as the worker does."""
    number, rounds = (100, 1) if quick else (300, 3)
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            async with here.database.transaction() as tx:
                people = await fill.add_people(tx, here.app_id, Scene(PEOPLE, 0, FIRST_DAY))
            free = slots_of(people)
            await _round(here, free, max(number, 200))
            asked = [await _asked(here)]
            empty = [await _round(here, free, number) for _ in range(rounds)]
            await _add_ahead(here)
            asked.append(await _asked(here))
            full = [await _round(here, free, number) for _ in range(rounds)]
            per_second = await _rung(here)
    _show(empty, full, asked, per_second)


async def _round(here: Place, free: Iterator[Slot], number: int) -> Round:
    return Round(
        plain=await _booked(here, free, number),
        reminded=await _booked(here, free, number, reminders=_LIST),
    )


async def _booked(here: Place, free: Iterator[Slot], number: int, **given: object) -> Cost:
    before = _processor_ms(here.server.process_id)
    load = await booked(here, free, number, clients=CLIENTS, **given)
    spent = _processor_ms(here.server.process_id) - before
    return Cost(p50=load.p50, processor=spent / number)


def _processor_ms(process_id: int) -> float:
    """Return the processor time that a process has used, its system calls among it."""
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1000


async def _add_ahead(here: Place) -> None:
    async with here.database.transaction() as tx:
        count: int = await tx.value("SELECT count(*) FROM bookings")
        each = AHEAD // count + 1
        values = {"bookings": AHEAD // each, "each": each, **_values(here.app_id, tx)}
        await tx.run(_ADD_AHEAD, values)
        assert await tx.value("SELECT count(*) FROM reminders") >= AHEAD - each
    await fill.settle(here.database_url)


async def _asked(here: Place) -> Spread:
    """Measure what a worker asks when nothing is due: for that, and when to ask again."""
    async with here.database.transaction() as tx:

        async def ask() -> None:
            assert await reminders.ring_due(tx) == 0
            await reminders.time_to_next(tx)

        return await async_rounds_of(ask, rounds=200)


async def _rung(here: Place) -> float:
    """Ring many that are due at once; return how many a second, written down to be sent."""
    async with here.database.transaction() as tx:
        due = await tx.run(_LET_COME, {"count": RUNG, **_values(here.app_id, tx)})
        started = time.perf_counter()
        count = 0
        while found := await reminders.ring_due(tx, most=25):
            count += found
        seconds = time.perf_counter() - started
        assert count == due, count
        told = await tx.value("SELECT count(*) FROM announcements WHERE kind = 'reminder'")
        assert told == due, told
        await tx.connection.rollback()
    return due / seconds


def _values(app_id: UUID, tx: Transaction) -> dict[str, object]:
    reminder = {**_LIST[0], "when": {"type": "before", "unit": "secs", "time": 1}}
    return {"app": app_id, "now": tx.now, "reminder": json.dumps(reminder)}


def _show(empty: list[Round], full: list[Round], asked: list[Spread], per_second: float) -> None:
    rows = []
    for name, rounds, waits in (("none", empty, asked[0]), (f"{AHEAD:,}", full, asked[1])):
        cells = [
            (Spread(tuple(each.p50 for each in costs)), Spread(tuple(c.processor for c in costs)))
            for costs in zip(*((each.plain, each.reminded) for each in rounds), strict=True)
        ]
        figures = [spread.text(2) for pair in cells for spread in pair]
        more = ratio(cells[1][1].median, cells[0][1].median, digits=2)
        rows.append((name, *figures, more, waits.text(2)))
    table.show(
        f"Bookings with {CLIENTS} clients, and what a worker asks when nothing is due; ms",
        ("reminders to come", "plain: p50", "processor", "two reminders: p50", "processor",
         "ratio", "worker asks"),
        rows,
        "processor: of the server process, a booking. Two reminders: a list in the body, two rows",
        "more in the transaction.",
        f"Of many that are due at once, one worker announces {per_second:.0f} a second.",
    )  # fmt: skip
