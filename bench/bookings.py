"""Bookings per second over HTTP, beside what the database alone can insert."""

import asyncio
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from bench import fill, table
from bench.client import Load, drive, post
from bench.measure import Spread, percentile, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import LENGTH, Scene

PEOPLE = 100
_FIRST = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
_HOT_CLIENTS = 32

# The constraint and the indices of the real table, without what points to other tables: a
# claim alone in its transaction is the least that any booking must write.
_RAW_TABLE = "CREATE TABLE bench_claims (LIKE claims INCLUDING ALL)"
_RAW_INSERT = (
    "INSERT INTO bench_claims (app_id, booking_id, resource_id, during, exclusive) "
    "VALUES (%s, %s, %s, tstzrange(%s, %s, '[)'), true) ON CONFLICT DO NOTHING"
)

Slot = tuple[UUID, datetime]


async def run(*, quick: bool) -> None:
    """Book distinct slots with more and more clients, then one hot slot after another."""
    clients = (1, 8, 16, 32)
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            async with here.database.transaction() as tx:
                people = await fill.add_people(tx, here.app_id, Scene(PEOPLE, 0, FIRST_DAY))
                await tx.run(_RAW_TABLE)
            slots = _slots(people)
            await _booked(here, slots, number=50, clients=8)
            results: dict[int, list[tuple[Load, Load]]] = {each: [] for each in clients}
            for _ in range(1 if quick else 3):
                for each in clients:
                    number = (60 if quick else 200) * (1 if each == 1 else 3)
                    raw = await _inserted(here, slots, number=5 * number, clients=each)
                    results[each].append((await _booked(here, slots, number, clients=each), raw))
            hot = [await _hot(here, slots, rounds=5) for _ in range(1 if quick else 3)]
    _show(results, hot)


def _slots(people: Sequence[UUID]) -> Iterator[Slot]:
    """Yield half hours that nobody has booked, person by person, without end."""
    for piece in count():
        for person in people:
            yield person, _FIRST + timedelta(minutes=piece * LENGTH)


def _order(here: Place, slot: Slot) -> bytes:
    person, start = slot
    body = {
        "resource_id": str(person),
        "graph": "instant",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=LENGTH)).isoformat(),
        "what": "Consultation",
        "where": "Here",
        "description": "",
        "customer": {"name": "Marty McFly", "email": "marty@example.com", "timezone": "UTC"},
    }
    return post("/v2/bookings", body, key=here.api_key)


async def _booked(here: Place, slots: Iterator[Slot], number: int, *, clients: int) -> Load:
    """Book that many distinct slots; every one must be had."""
    orders = [_order(here, slot) for slot in islice(slots, number)]
    load = await drive(here.server.port, iter(orders), connections=clients)
    assert load.statuses == {201: number}, (load.statuses, load.bodies)
    return load


async def _inserted(here: Place, slots: Iterator[Slot], *, number: int, clients: int) -> Load:
    """Insert that many claims, each in its own transaction, over as many connections."""
    wanted = iter(list(islice(slots, number)))
    opened = [
        await AsyncConnection.connect(here.database_url, autocommit=True) for _ in range(clients)
    ]
    milliseconds: list[float] = []

    async def work(connection: AsyncConnection) -> None:
        for person, start in wanted:
            began = time.perf_counter()
            end = start + timedelta(minutes=LENGTH)
            await connection.execute(_RAW_INSERT, (here.app_id, uuid4(), person, start, end))
            milliseconds.append((time.perf_counter() - began) * 1000)

    started = time.perf_counter()
    await asyncio.gather(*map(work, opened))
    seconds = time.perf_counter() - started
    for connection in opened:
        await connection.close()
    return Load(milliseconds, seconds, 0.0, Counter(), [])


async def _hot(here: Place, slots: Iterator[Slot], *, rounds: int) -> Load:
    """Let 32 clients want the same slot, one slot after another; exactly one gets each."""
    wanted = list(islice(slots, rounds))
    orders = [_order(here, slot) for slot in wanted for _ in range(_HOT_CLIENTS)]
    load = await drive(here.server.port, iter(orders), connections=_HOT_CLIENTS)
    assert load.statuses == {201: rounds, 422: rounds * (_HOT_CLIENTS - 1)}, load.statuses
    return load


def _show(results: dict[int, list[tuple[Load, Load]]], hot: Sequence[Load]) -> None:
    rows = []
    for clients, loads in results.items():
        ours = Spread(tuple(load.per_second for load, _ in loads))
        raw = Spread(tuple(load.per_second for _, load in loads))
        p50, p95 = (
            Spread(tuple(percentile(load.milliseconds, share) for load, _ in loads))
            for share in (0.5, 0.95)
        )
        rows.append(
            (
                clients,
                ours.text(0),
                p50.text(),
                p95.text(),
                raw.text(0),
                ratio(raw.median, ours.median),
            )
        )
    decisions = Spread(tuple(load.per_second for load in hot))
    latency = Spread(tuple(load.p50 for load in hot))
    table.show(
        "Bookings over HTTP at distinct slots, median of rounds (least-most)",
        ("clients", "bookings/s", "p50 ms", "p95 ms", "raw inserts/s", "ratio"),
        rows,
        "raw: one claim a transaction, same table, constraint, database and number of",
        "connections, no HTTP. A booking writes claim, booking, event and log.",
        f"One hot slot, {_HOT_CLIENTS} clients: {decisions.text(0)} decisions/s, p50 "
        f"{latency.text()} ms; one 201 for each slot, all others 422.",
    )
