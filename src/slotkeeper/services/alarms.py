"""What time does to bookings by itself: payments time out, reservations expire, visits end."""

from datetime import timedelta

import structlog

from slotkeeper.services import bookings
from slotkeeper.storage import bookings as stored
from slotkeeper.storage.transaction import RETRYABLE, Transaction

log = structlog.get_logger(__name__)

RETRY_AFTER = timedelta(minutes=1)
"""How long a booking is left alone that could not be moved on."""


async def ring_due(tx: Transaction, *, most: int = 100) -> int:
    """Move on the bookings whose moment has come, earliest first; return how many there were.

    At most ``most``: call it again while it returns as many. Several workers may do so at
    once: each takes what no other has taken. A booking that cannot be moved on keeps nobody
    else waiting; it is tried again later.
    """
    due = await stored.due(tx, tx.now, most=most)
    for app_id, booking_id in due:
        try:
            async with tx.connection.transaction():
                await bookings.ring(tx, app_id, booking_id)
        except RETRYABLE:
            log.info("alarm_retried", booking_id=str(booking_id))
        except Exception:
            log.exception("alarm_failed", booking_id=str(booking_id))
            await stored.put_off(tx, app_id, booking_id, tx.now + RETRY_AFTER)
    return len(due)
