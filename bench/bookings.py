"""Bookings and seats per second over HTTP, beside what the database alone can insert."""

import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from math import ceil
from pathlib import Path
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from bench import fill, table
from bench.client import Load, drive, post
from bench.measure import Spread, percentile, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import LENGTH, Scene

PEOPLE = 100
CLIENTS = (1, 8, 16, 32)
SEATS = 60
_FIRST = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
_LAST_SEATS = 5

# The constraint and the indices of the real table, without what points to other tables: a
# claim alone in its transaction is the least that any booking must write.
_RAW_TABLE = "CREATE TABLE bench_claims (LIKE claims INCLUDING ALL)"
_CUSTOMER = {"name": "Marty McFly", "email": "marty@example.com", "timezone": "UTC"}

_RAW_INSERT = (
    "INSERT INTO bench_claims (app_id, booking_id, resource_id, during, exclusive) "
    "VALUES (%s, %s, %s, tstzrange(%s, %s, '[)'), true) ON CONFLICT DO NOTHING"
)

Slot = tuple[UUID, datetime]


@dataclass(frozen=True, slots=True)
class Round:
    """What one round measured with a number of clients."""

    raw: Load
    distinct: Load
    seats: Load
    hot: Load
    last: Load


async def run(*, quick: bool) -> None:
    """Book distinct slots, seats, hot slots and last seats, with more and more clients."""
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            async with here.database.transaction() as tx:
                people = await fill.add_people(tx, here.app_id, Scene(PEOPLE, 0, FIRST_DAY))
                await tx.run(_RAW_TABLE)
            slots = slots_of(people)
            await booked(here, slots, number=50, clients=8)
            results: dict[int, list[Round]] = {each: [] for each in CLIENTS}
            for _ in range(1 if quick else 3):
                for each in CLIENTS:
                    number = (60 if quick else 200) * (1 if each == 1 else 3)
                    results[each].append(await _round(here, slots, number, clients=each))
    _show(results)


async def _round(here: Place, slots: Iterator[Slot], number: int, *, clients: int) -> Round:
    return Round(
        raw=await _inserted(here, slots, number=5 * number, clients=clients),
        distinct=await booked(here, slots, number, clients=clients),
        seats=await _seats_taken(here, slots, number, clients=clients),
        hot=await _hot(here, slots, rounds=160 // clients, clients=clients),
        last=await _last_seats(here, slots, rounds=160 // clients, clients=clients),
    )


def slots_of(people: Sequence[UUID]) -> Iterator[Slot]:
    """Yield half hours that nobody has booked, person by person, without end."""
    for piece in count():
        for person in people:
            yield person, _FIRST + timedelta(minutes=piece * LENGTH)


def order(here: Place, slot: Slot, **given: object) -> bytes:
    """Return the request that books a slot; ``given`` fields join its body, or replace some."""
    person, start = slot
    body = {
        "resource_id": str(person),
        "graph": "instant",
        "start": start.isoformat(),
        "end": (start + timedelta(minutes=LENGTH)).isoformat(),
        "what": "Consultation",
        "where": "Here",
        "description": "",
        "customer": _CUSTOMER,
        **given,
    }
    return post("/v2/bookings", body, key=here.api_key)


async def _class(here: Place, slot: Slot, *, seats: int) -> bytes:
    """Make a class, and return the request for a seat in it."""
    given = {"graph": "group_owner", "settings": {"max_seats": seats}}
    made = await drive(here.server.port, iter([order(here, slot, **given)]), connections=1)
    assert made.statuses == {201: 1}, made.bodies
    owner_id = json.loads(made.bodies[0])["data"]["id"]
    related = {"owner_booking_id": owner_id}
    body = {"graph": "group_customer", "related": related, "customer": _CUSTOMER}
    return post("/v2/bookings", body, key=here.api_key)


async def booked(
    here: Place, slots: Iterator[Slot], number: int, *, clients: int, **given: object
) -> Load:
    """Book that many distinct slots, each as ``order`` does; every one must be had."""
    orders = [order(here, slot, **given) for slot in islice(slots, number)]
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


async def _seats_taken(here: Place, slots: Iterator[Slot], number: int, *, clients: int) -> Load:
    """Take every seat of one class after another; every one must be had."""
    classes = [
        await _class(here, slot, seats=SEATS) for slot in islice(slots, ceil(number / SEATS))
    ]
    orders = [seat for seat in classes for _ in range(SEATS)]
    load = await drive(here.server.port, iter(orders), connections=clients)
    assert load.statuses == {201: len(orders)}, (load.statuses, load.bodies)
    return load


async def _hot(here: Place, slots: Iterator[Slot], *, rounds: int, clients: int) -> Load:
    """Let all clients want the same slot, one slot after another; exactly one gets each."""
    wanted = list(islice(slots, rounds))
    orders = [order(here, slot) for slot in wanted for _ in range(clients)]
    return await _contested(here, orders, winners=rounds, clients=clients)


async def _last_seats(here: Place, slots: Iterator[Slot], *, rounds: int, clients: int) -> Load:
    """Let all clients want the last seats of one class after another; exactly so many get one."""
    classes = [await _class(here, slot, seats=_LAST_SEATS) for slot in islice(slots, rounds)]
    orders = [seat for seat in classes for _ in range(clients)]
    return await _contested(
        here, orders, winners=rounds * min(_LAST_SEATS, clients), clients=clients
    )


async def _contested(here: Place, orders: list[bytes], *, winners: int, clients: int) -> Load:
    load = await drive(here.server.port, iter(orders), connections=clients)
    expected = Counter({201: winners, 422: len(orders) - winners})
    assert load.statuses == +expected, load.statuses
    return load


def _loads(measured: Round) -> tuple[Load, ...]:
    return measured.raw, measured.distinct, measured.seats, measured.hot, measured.last


def _show(results: dict[int, list[Round]]) -> None:
    rows, contested = [], []
    for clients, rounds in results.items():
        raw, ours, seats, hot, last = (
            Spread(tuple(load.per_second for load in loads))
            for loads in zip(*map(_loads, rounds), strict=True)
        )
        of_slots, of_seats = (
            [
                Spread(tuple(percentile(load.milliseconds, share) for load in loads)).text()
                for share in (0.5, 0.95)
            ]
            for loads in ([each.distinct for each in rounds], [each.seats for each in rounds])
        )
        share = ratio(raw.median, ours.median)
        rows.append((clients, ours.text(0), *of_slots, raw.text(0), share))
        share = ratio(raw.median, seats.median)
        contested.append((clients, seats.text(0), *of_seats, share, hot.text(0), last.text(0)))
    table.show(
        "Bookings over HTTP at distinct slots, median of rounds (least-most)",
        ("clients", "bookings/s", "p50 ms", "p95 ms", "raw inserts/s", "ratio"),
        rows,
        "raw: one claim a transaction, same table, constraint, database and number of",
        "connections, no HTTP. A booking writes claim, booking, event and log.",
    )
    table.show(
        "Seats of classes, and what all clients want at once, in the same run",
        ("clients", "seats/s", "p50 ms", "p95 ms", "ratio", "one slot: decisions/s",
         "last seats: decisions/s"),
        contested,
        f"{SEATS} seats a class, all sold; ratio to the raw inserts above. A decision is a 201 or",
        f"a 422: of those who want one slot one gets it, of {_LAST_SEATS} seats each goes to one.",
    )  # fmt: skip
