"""Remind of bookings: plan the moments with the booking, and announce them when they come.

| where a booking stands | its reminders |
|---|---|
| not certain yet: requested, unpaid, reserved | none is planned |
| it takes place: confirmed, paid, a class on offer | those that are yet to come are planned |
| it took place | those after the start remain |
| it does not: cancelled, declined, moved elsewhere | none is left |
"""

from datetime import timedelta
from uuid import UUID

import structlog

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.delivery import Hearers, Kind, News
from slotkeeper.domain.graphs import GROUP_OWNER, State
from slotkeeper.domain.mails import DISABLE_EMAIL, Audience
from slotkeeper.domain.reminder import Call, Mail, Reminder, due_moments, find_reminder
from slotkeeper.services import announcements, apps
from slotkeeper.storage import bookings
from slotkeeper.storage import reminders as stored
from slotkeeper.storage.transaction import Transaction

log = structlog.get_logger(__name__)

RETRY_AFTER = timedelta(minutes=1)
"""How long a reminder is left alone that could not be announced."""

_TAKES_PLACE = (State.CONFIRMED, State.PAID)
_TOOK_PLACE = (*_TAKES_PLACE, State.COMPLETED)
"""States in which a seat is one that somebody comes to, or came to."""


async def plan(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Plan what is yet to come of a booking that takes place; without reminders, do nothing."""
    if not booking.reminders or not booking.takes_place:
        return
    moments = due_moments(booking.reminders, start=booking.start_at, now=tx.now)
    if moments:
        await stored.plan(tx, app_id, booking.id, moments, booking.reminders)


async def follow(tx: Transaction, app_id: UUID, before: Booking, after: Booking) -> None:
    """Plan or forget the reminders of a booking that took a step, as the table above says."""
    if before.takes_place is after.takes_place:
        return
    if after.takes_place:
        await plan(tx, app_id, after)
    elif after.reminders and after.state is not State.COMPLETED:
        await stored.forget(tx, app_id, after.id)


async def ring_due(tx: Transaction, *, most: int = 100) -> int:
    """Announce the reminders whose moment has come, earliest first; return how many there were.

    At most ``most``: call it again while it returns as many. Several workers may do so at once:
    each takes what no other has taken. The booking is asked how it stands now. Its row is not
    held: whoever takes its reminders away waits for those that ring, and does so first or last.
    """
    due = await stored.due(tx, tx.now, most=most)
    for each in due:
        try:
            async with tx.connection.transaction():
                await _ring(tx, each)
                await stored.done(tx, each)
        except Exception:
            if tx.connection.broken:  # the database has gone, which is no fault of the reminder
                raise
            log.exception("reminder_failed", booking_id=str(each.booking_id))
            await stored.put_off(tx, each, tx.now + RETRY_AFTER)
    return len(due)


async def time_to_next(tx: Transaction) -> timedelta | None:
    """Return how long nothing is due from now on, None where nothing ever will be."""
    found = await stored.next_moment(tx, tx.now)
    return None if found is None else found - tx.now


async def _ring(tx: Transaction, due: stored.Due) -> None:
    """Tell whom a reminder is for, unless it is too late or the booking is off."""
    booking = await bookings.find(tx, due.app_id, due.booking_id)
    assert booking is not None, "its reminders go with it, and this one is held"
    reminder = find_reminder(due.reminder)
    if reminder is None or reminder.is_stale(booking.start_at, now=tx.now):
        return
    if not booking.takes_place and (reminder.is_before or booking.state is not State.COMPLETED):
        return
    match reminder.message:
        case Mail() as mail:
            await _mail(tx, due.app_id, booking, mail, reminder)
        case Call() as call:
            hearers = Hearers(calls=[call.described()])
            await announcements.notify(tx, due.app_id, _news(booking.id), hearers)


async def _mail(
    tx: Transaction, app_id: UUID, booking: Booking, mail: Mail, reminder: Reminder
) -> None:
    """Announce a mail; that to the customer of a class is one to each who has a seat in it."""
    app = await apps.get(tx, app_id)
    if app.settings.get(DISABLE_EMAIL) is True:
        return
    whom = [booking.id]
    if booking.graph is GROUP_OWNER and mail.recipient is Audience.CUSTOMER:
        states = _TAKES_PLACE if reminder.is_before else _TOOK_PLACE
        whom = await stored.seats_to_remind(tx, app_id, booking.id, states)
    hearers = Hearers(letters=[(f"reminder_{mail.recipient}", mail.recipient)])
    for booking_id in whom:
        news = _news(booking_id, subject=mail.subject)
        await announcements.notify(tx, app_id, news, hearers)


def _news(booking_id: UUID, **facts: object) -> News:
    return News(kind=Kind.REMINDER, booking_id=booking_id, facts=facts)
