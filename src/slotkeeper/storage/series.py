"""Series of bookings, in the database."""

from typing import Any
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.series import BookingSeries, Mode
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction


async def insert(tx: Transaction, app_id: UUID, series: BookingSeries) -> None:
    """Store a new series, before its bookings."""
    await tx.run(
        "INSERT INTO series (app_id, id, rrule, timezone, mode, start_at, end_at, created_at) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            app_id,
            series.id,
            series.rrule,
            series.timezone,
            series.mode,
            series.start_at,
            series.end_at,
            series.created_at,
        ),
    )


async def find(tx: Transaction, app_id: UUID, series_id: UUID) -> BookingSeries | None:
    """Return the series with this id, or None."""
    found: list[dict[str, Any]] = await tx.dicts(
        "SELECT id, rrule, timezone, mode, start_at, end_at, created_at FROM series "
        "WHERE app_id = %s AND id = %s",
        (app_id, series_id),
    )
    return BookingSeries(**{**found[0], "mode": Mode(found[0]["mode"])}) if found else None


async def lock_bookings(tx: Transaction, app_id: UUID, series_id: UUID) -> None:
    """Hold the rows of the bookings of a series until the end, in the order of their ids."""
    await tx.run(
        "SELECT FROM bookings WHERE app_id = %s AND series_id = %s ORDER BY id FOR UPDATE",
        (app_id, series_id),
    )


async def bookings_of(tx: Transaction, app_id: UUID, series_id: UUID) -> list[Booking]:
    """Return the bookings of a series, earliest first. bookings_of_series serves it."""
    return await bookings.select(
        tx, "WHERE app_id = %s AND series_id = %s ORDER BY start_at, id", (app_id, series_id)
    )
