"""Classes in the database: bookings with seats."""

from collections.abc import Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import bookings
from slotkeeper.storage.listing import Condition, of_app
from slotkeeper.storage.transaction import Transaction

# A class is not on offer before or after the time in which its seats can be booked, nor once its
# resource is deleted. bookings_with_seats serves it.
_BOOKABLE: LiteralString = """
seats IS NOT NULL AND NOT completed AND bookable_until > %s
AND (bookable_from IS NULL OR bookable_from <= %s)
AND EXISTS (
    SELECT FROM resources
    WHERE resources.app_id = bookings.app_id AND resources.id = bookings.resource_id
      AND resources.deleted_at IS NULL)
"""

# Nor when all are taken by somebody whose hold has not run out.
_OPEN: LiteralString = f"""{_BOOKABLE}
AND seats > (
    SELECT count(*) FROM seats AS taken
    WHERE taken.app_id = bookings.app_id AND taken.owner_booking_id = bookings.id
      AND (taken.until IS NULL OR taken.until > %s))
"""

_SEARCHABLE = bookings.SEARCHABLE.by_default("start_at")


async def guests(
    tx: Transaction, app_id: UUID, owner_booking_ids: Sequence[UUID]
) -> dict[UUID, list[str]]:
    """Return the e-mails of those who have seats, by class, in the order they booked.

    Whose hold has run out is not among them. bookings_of_owner serves it.
    """
    found = await tx.dicts(
        "SELECT seats.owner_booking_id AS id, "
        "array_agg(customer_email ORDER BY created_at, bookings.id) AS emails "
        "FROM bookings JOIN seats ON seats.app_id = bookings.app_id "
        "AND seats.booking_id = bookings.id "
        "WHERE bookings.app_id = %s AND bookings.owner_booking_id = ANY(%s) "
        "AND customer_email IS NOT NULL AND (until IS NULL OR until > %s) "
        "GROUP BY seats.owner_booking_id",
        (app_id, list(owner_booking_ids), tx.now),
    )
    return {row["id"]: row["emails"] for row in found}


async def list_open(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Booking]:
    """Return one page of the classes in which a seat can be booked now, earliest first."""
    conditions: list[Condition] = [of_app(app_id), (sql.SQL(_OPEN), (tx.now, tx.now, tx.now))]
    return await bookings.page(tx, asked, _SEARCHABLE, conditions)


async def list_bookable(
    tx: Transaction, app_id: UUID, project_id: UUID, *, start: datetime, most: int
) -> Sequence[Booking]:
    """Return the classes of a project that can be booked now and begin at ``start`` or later.

    Earliest first, at most ``most``; those without a seat left are among them.
    """
    conditions = _bookable(tx, app_id, project_id)
    conditions.append((sql.SQL("start_at >= %s"), (start,)))
    return (await bookings.page(tx, Listing(limit=most), _SEARCHABLE, conditions)).items


async def find_bookable(
    tx: Transaction, app_id: UUID, project_id: UUID, booking_id: UUID
) -> Booking | None:
    """Return a class of a project that can be booked now, full or not, or None."""
    conditions = _bookable(tx, app_id, project_id)
    conditions.append((sql.SQL("id = %s"), (booking_id,)))
    found = (await bookings.page(tx, Listing(limit=1), _SEARCHABLE, conditions)).items
    return found[0] if found else None


def _bookable(tx: Transaction, app_id: UUID, project_id: UUID) -> list[Condition]:
    of_project = sql.SQL("project_id = %s"), (project_id,)
    return [of_app(app_id), of_project, (sql.SQL(_BOOKABLE), (tx.now, tx.now))]
