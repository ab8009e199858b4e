"""Classes in the database: bookings with seats."""

from uuid import UUID

from psycopg import sql

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import bookings
from slotkeeper.storage.listing import Condition, of_app
from slotkeeper.storage.transaction import Transaction

# A class is not on offer before or after the time in which its seats can be booked, nor when
# all are taken by somebody whose hold has not run out. bookings_with_seats serves it.
_OPEN = """
seats IS NOT NULL AND NOT completed AND bookable_until > %s
AND (bookable_from IS NULL OR bookable_from <= %s)
AND seats > (
    SELECT count(*) FROM seats AS taken
    WHERE taken.app_id = bookings.app_id AND taken.owner_booking_id = bookings.id
      AND (taken.until IS NULL OR taken.until > %s))
"""

_SEARCHABLE = bookings.SEARCHABLE.by_default("start_at")


async def list_open(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Booking]:
    """Return one page of the classes in which a seat can be booked now, earliest first."""
    conditions: list[Condition] = [of_app(app_id), (sql.SQL(_OPEN), (tx.now, tx.now, tx.now))]
    return await bookings.page(tx, asked, _SEARCHABLE, conditions)
