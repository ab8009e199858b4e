"""Put a scene into a real database."""

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from bench.scene import HOURS, LENGTH, ZONE, Scene
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import to_datetime
from slotkeeper.services import projects, resources
from slotkeeper.storage.transaction import Transaction


async def add_people(tx: Transaction, app_id: UUID, scene: Scene) -> list[UUID]:
    """Store the people of a scene with their hours and meetings; return their ids."""
    people = [await _person(tx, app_id, number) for number in range(scene.people)]
    for person, days in zip(people, scene.busy, strict=True):
        await _add_events(tx, app_id, person, (busy for day in days for busy in day))
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


async def _add_events(
    tx: Transaction, app_id: UUID, person: UUID, busy: Iterable[Interval]
) -> None:
    calendar = await tx.value("SELECT id FROM calendars WHERE resource_id = %s", (person,))
    columns = (
        "app_id, id, calendar_id, resource_id, what, location, description, rsvp, "
        "start_at, end_at, created_at, updated_at"
    )
    async with (
        tx.connection.cursor() as cursor,
        cursor.copy(f"COPY events ({columns}) FROM STDIN") as copy,
    ):
        for start, end in busy:
            times = (to_datetime(start), to_datetime(end), tx.now, tx.now)
            await copy.write_row(
                (app_id, uuid4(), calendar, person, "Meeting", "", "", "accepted", *times)
            )
