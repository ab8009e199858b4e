"""What users ask about everything that was told about one booking, and have told again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from slotkeeper.domain.delivery_log import Attempt, BookingDelivery
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.services import bookings
from slotkeeper.storage import booking_deliveries, delivery_log
from slotkeeper.storage.transaction import Transaction


async def list_deliveries(
    tx: Transaction, app_id: UUID, booking_id: UUID, asked: Listing
) -> Page[BookingDelivery]:
    """Return one page of what was told about a booking and what is to be told, newest first."""
    await bookings.get(tx, app_id, booking_id)
    return await booking_deliveries.list_deliveries(tx, app_id, booking_id, asked)


async def attempts_of(
    tx: Transaction, app_id: UUID, shown: Sequence[BookingDelivery]
) -> Mapping[UUID, Sequence[Attempt]]:
    """Return the attempts at each delivery by its id, oldest first."""
    return await delivery_log.attempts_of(tx, app_id, [each.id for each in shown])


async def replay(tx: Transaction, app_id: UUID, booking_id: UUID, delivery_id: UUID) -> None:
    """Have a delivery made again at once, whatever came of it.

    What has nothing to say any more then, as a mail that was switched off, is dropped.
    """
    await bookings.get(tx, app_id, booking_id)
    if not await booking_deliveries.has(tx, app_id, booking_id, delivery_id):
        raise NotFound("Delivery")
    await delivery_log.replay(tx, app_id, delivery_id)
