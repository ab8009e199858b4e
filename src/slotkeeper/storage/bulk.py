"""Bookings that were made together, in the database."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction


async def lock(tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]) -> None:
    """Hold the rows of the bookings, and of all that are related to them, until the end.

    Always in the order of their ids, so that two who act on members of one bulk do not wait
    for each other. Ids of nothing are passed over. bookings_of_bulk serves it.
    """
    await tx.run(
        "SELECT FROM bookings WHERE app_id = %(app)s AND id IN ("
        "SELECT unnest(%(ids)s::uuid[]) UNION "
        "SELECT related.id FROM bookings AS named JOIN bookings AS related "
        "ON related.app_id = named.app_id AND related.bulk_id = named.bulk_id "
        "WHERE named.app_id = %(app)s AND named.id = ANY(%(ids)s)) "
        "ORDER BY id FOR UPDATE",
        {"app": app_id, "ids": list(booking_ids)},
    )


async def members(tx: Transaction, app_id: UUID, bulk_ids: Sequence[UUID]) -> list[Booking]:
    """Return the bookings of these bulks, earliest first. bookings_of_bulk serves it."""
    return await bookings.select(
        tx,
        "WHERE app_id = %s AND bulk_id = ANY(%s) ORDER BY start_at, id",
        (app_id, list(bulk_ids)),
    )
