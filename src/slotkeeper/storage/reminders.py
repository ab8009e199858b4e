"""Reminders that are yet to come, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A reminder whose moment has come; ``reminder`` is as it was sent."""

    app_id: UUID
    booking_id: UUID
    number: int
    reminder: Mapping[str, object]


async def plan(
    tx: Transaction,
    app_id: UUID,
    booking_id: UUID,
    moments: Sequence[tuple[int, datetime]],
    reminders: Sequence[object],
) -> None:
    """Store when those of ``reminders`` are due that ``moments`` names by their place."""
    values: dict[str, Any] = {
        "app": app_id,
        "booking": booking_id,
        "numbers": [number for number, _ in moments],
        "due": [due_at for _, due_at in moments],
        "reminders": [Jsonb(reminders[number]) for number, _ in moments],
    }
    await tx.run(
        "INSERT INTO reminders (app_id, booking_id, number, due_at, reminder) "
        "SELECT %(app)s, %(booking)s, number, due_at, reminder "
        "FROM unnest(%(numbers)s::int[], %(due)s::timestamptz[], %(reminders)s::jsonb[]) "
        "AS planned (number, due_at, reminder)",
        values,
    )


async def forget(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Delete what is yet to come of a booking."""
    await tx.run(
        "DELETE FROM reminders WHERE app_id = %s AND booking_id = %s", (app_id, booking_id)
    )


async def due(tx: Transaction, moment: datetime, *, most: int) -> list[Due]:
    """Return what is due at ``moment`` or before, earliest first, at most ``most``.

    Its rows are held until the transaction ends; those that another holds are left to it.
    reminders_by_moment serves it.
    """
    return await tx.rows(
        Due,
        "SELECT app_id, booking_id, number, reminder FROM reminders WHERE due_at <= %s "
        "ORDER BY due_at, booking_id, number LIMIT %s FOR UPDATE SKIP LOCKED",
        (moment, most),
    )


async def next_moment(tx: Transaction, moment: datetime) -> datetime | None:
    """Return when something is next due after ``moment``, None where nothing ever is.

    reminders_by_moment serves it without a look into the table.
    """
    found: datetime | None = await tx.value(
        "SELECT min(due_at) FROM reminders WHERE due_at > %s", (moment,)
    )
    return found


async def done(tx: Transaction, rung: Sequence[Due]) -> None:
    """Delete reminders whose moment has come."""
    await tx.run(
        "DELETE FROM reminders USING unnest(%s::uuid[], %s::uuid[], %s::int[]) "
        "AS rung (app_id, booking_id, number) WHERE reminders.app_id = rung.app_id "
        "AND reminders.booking_id = rung.booking_id AND reminders.number = rung.number",
        (
            [each.app_id for each in rung],
            [each.booking_id for each in rung],
            [each.number for each in rung],
        ),
    )


async def put_off(tx: Transaction, each: Due, moment: datetime) -> None:
    """Let somebody try again later what could not be announced now."""
    await tx.run(
        "UPDATE reminders SET due_at = %s WHERE app_id = %s AND booking_id = %s AND number = %s",
        (moment, each.app_id, each.booking_id, each.number),
    )


async def seats_to_remind(
    tx: Transaction, app_id: UUID, owner_booking_id: UUID, states: Sequence[str]
) -> list[UUID]:
    """Return the seats of a class in one of ``states`` that have no reminders of their own.

    Oldest first; bookings_of_owner serves it.
    """
    return await tx.values(
        "SELECT id FROM bookings WHERE app_id = %s AND owner_booking_id = %s "
        "AND state = ANY(%s) AND reminders IS NULL ORDER BY created_at, id",
        (app_id, owner_booking_id, list(states)),
    )
