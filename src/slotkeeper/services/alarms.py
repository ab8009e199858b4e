"""What time does to bookings by itself: payments time out, reservations expire, visits end."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from slotkeeper.services import bookings, waitlist_offers
from slotkeeper.storage import alarms as stored
from slotkeeper.storage.transaction import RETRYABLE, Transaction

log = structlog.get_logger(__name__)

RETRY_AFTER = timedelta(minutes=1)
"""How long a booking is left alone that could not be moved on."""

MEET_AFTER = timedelta(seconds=1)
"""How long a booking is left alone that somebody else was changing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How many bookings nobody has moved on though it was time, and how late the first is."""

    count: int
    late: timedelta


async def ring_due(tx: Transaction, *, most: int = 100) -> int:
    """Move on the bookings whose moment has come, earliest first; return how many there were.

    At most ``most``: call it again while it returns as many. Several workers may do so at
    once: each takes what no other has taken. A booking that cannot be moved on keeps nobody
    else waiting; it is tried again later. Who waits in line for what has begun is sent away.
    """
    lapsed = await _lapse(tx, most=most)
    due = await stored.due(tx, tx.now, most=most)
    for app_id, booking_id in due:
        try:
            async with tx.connection.transaction():
                await bookings.ring(tx, app_id, booking_id)
        except RETRYABLE:
            log.info("alarm_retried", booking_id=str(booking_id))
            await stored.put_off(tx, app_id, booking_id, tx.now + MEET_AFTER)
        except Exception:
            if tx.connection.broken:  # the database has gone, which is no fault of the booking
                raise
            log.exception("alarm_failed", booking_id=str(booking_id))
            await stored.put_off(tx, app_id, booking_id, tx.now + RETRY_AFTER)
    return len(due) + lapsed


async def time_to_next(tx: Transaction) -> timedelta | None:
    """Return how long nothing is due from now on, None where nothing ever will be."""
    found = await stored.next_alarm(tx, tx.now)
    return None if found is None else found - tx.now


async def overdue(tx: Transaction, *, by: timedelta) -> Overdue | None:
    """Tell of the bookings that have been due for ``by`` or longer, None where there are none.

    Those that could not be moved on count from when they were to be tried again.
    """
    count, first = await stored.due_since(tx, tx.now - by)
    return None if first is None else Overdue(count=count, late=tx.now - first)


async def _lapse(tx: Transaction, *, most: int) -> int:
    """Send away who waits for what has begun; when that fails, bookings go on all the same."""
    try:
        async with tx.connection.transaction():
            return await waitlist_offers.lapse_begun(tx, most=most)
    except Exception:
        if tx.connection.broken:
            raise
        log.exception("lapse_failed")
        return 0
