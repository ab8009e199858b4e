"""Put a scene into a real database."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import chain
from typing import LiteralString
from uuid import UUID

from psycopg import AsyncConnection

from bench.scene import HOURS, LENGTH, ZONE, Scene
from slotkeeper.domain.interval import Interval
from slotkeeper.services import projects, resources
from slotkeeper.storage.transaction import Transaction

_COLUMNS: LiteralString = (
    "app_id, id, calendar_id, resource_id, what, location, description, rsvp, "
    "start_at, end_at, created_at, updated_at"
)
_VALUES: LiteralString = (
    "%(app)s, gen_random_uuid(), calendars.id, person, 'Meeting', '', '', 'accepted', "
    "start_at, end_at, %(now)s, %(now)s"
)


async def add_people(tx: Transaction, app_id: UUID, scene: Scene) -> list[UUID]:
    """Store the people of a scene with their hours and meetings; return their ids."""
    people = [await _person(tx, app_id, number) for number in range(scene.people)]
    await _add_events(tx, app_id, people, (chain.from_iterable(days) for days in scene.busy))
    return people


async def add_project(
    tx: Transaction, app_id: UUID, people: Sequence[UUID], *, mode: str = "roundrobin_prioritized"
) -> UUID:
    """Store a project of half hours with these people."""
    given = {
        "name": f"{len(people)} people, {mode}",
        "availability": {"mode": mode, "length": f"{LENGTH} minutes"},
        "booking": {"graph": "instant"},
    }
    return (await projects.create(tx, app_id, given, resource_ids=people)).id


async def settle(database_url: str) -> None:
    """Tidy and count the tables, as PostgreSQL does by itself within a minute."""
    async with await AsyncConnection.connect(database_url, autocommit=True) as connection:
        await connection.execute("VACUUM ANALYZE")


async def _person(tx: Transaction, app_id: UUID, number: int) -> UUID:
    given = {
        "name": f"Person {number:03}",
        "timezone": ZONE.name,
        "availability_constraints": HOURS,
    }
    return (await resources.create(tx, app_id, given)).id


async def _trust(tx: Transaction) -> None:
    """Look up no foreign keys: of millions of rows that point to what exists it takes minutes."""
    await tx.run("SET LOCAL session_replication_role = replica")


async def add_past(
    tx: Transaction, app_id: UUID, people: Sequence[UUID], *, count: int, before: date
) -> None:
    """Store ``count`` meetings shared out among people, 8 a day on the days before a date."""
    await _trust(tx)
    await tx.run(
        f"INSERT INTO events ({_COLUMNS}) "
        f"SELECT {_VALUES} "
        "FROM generate_series(0, %(count)s - 1) AS number "
        "CROSS JOIN LATERAL (SELECT "
        "    (%(people)s::uuid[])[1 + number %% cardinality(%(people)s::uuid[])] AS person, "
        "    number / cardinality(%(people)s::uuid[]) AS turn) AS whose "
        "CROSS JOIN LATERAL (SELECT %(before)s::timestamptz - interval '1 day' * (1 + turn / 8) "
        "    + interval '1 hour' * (8 + turn %% 8) AS start_at) AS lies "
        "CROSS JOIN LATERAL (SELECT start_at + interval '30 minutes' AS end_at) AS ends "
        "JOIN calendars ON calendars.app_id = %(app)s AND calendars.resource_id = person",
        {"app": app_id, "people": list(people), "count": count, "before": before, "now": tx.now},
    )


async def _add_events(
    tx: Transaction, app_id: UUID, people: Sequence[UUID], busy: Iterable[Iterable[Interval]]
) -> None:
    """Store the meetings of each person: as bare minutes first, the rest is for PostgreSQL."""
    await _trust(tx)
    await tx.run(
        "CREATE TEMPORARY TABLE meetings (person uuid, start_minute bigint, end_minute bigint)"
    )
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy("COPY meetings FROM STDIN") as copy,
    ):
        for person, times in zip(people, busy, strict=True):
            await copy.write("".join(f"{person}\t{start}\t{end}\n" for start, end in times))
    await tx.run(
        f"INSERT INTO events ({_COLUMNS}) SELECT {_VALUES} FROM meetings "
        "CROSS JOIN LATERAL (SELECT to_timestamp(start_minute * 60) AS start_at, "
        "    to_timestamp(end_minute * 60) AS end_at) AS lies "
        "JOIN calendars ON calendars.app_id = %(app)s AND calendars.resource_id = person",
        {"app": app_id, "now": tx.now},
    )
    await tx.run("DROP TABLE meetings")
