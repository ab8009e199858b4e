"""Remind of bookings: plan the moments with the booking, and announce them when they come.

| where a booking stands | its reminders |
|---|---|
| not certain yet: requested, unpaid, reserved | none is planned |
| it takes place: confirmed, paid, a class on offer | those that are yet to come are planned |
| it took place | those after the start remain |
| it does not: cancelled, declined, moved elsewhere | none is left |
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from slotkeeper.domain.app import App
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
    if due:
        await _ring_together(tx, due)
    return len(due)


async def time_to_next(tx: Transaction) -> timedelta | None:
    """Return how long nothing is due from now on, None where nothing ever will be."""
    found = await stored.next_moment(tx, tx.now)
    return None if found is None else found - tx.now


async def _ring_together(tx: Transaction, due: Sequence[stored.Due]) -> None:
    """Ring reminders in few ways to the database; where that fails, each alone, so that one does.

    What fails alone is put off.
    """
    try:
        async with tx.connection.transaction():
            await _ring(tx, due)
            await stored.done(tx, due)
    except Exception:
        if tx.connection.broken:  # the database has gone, which is no fault of the reminders
            raise
        if len(due) > 1:
            for each in due:
                await _ring_together(tx, [each])
            return
        log.exception("reminder_failed", booking_id=str(due[0].booking_id))
        await stored.put_off(tx, due[0], tx.now + RETRY_AFTER)


async def _ring(tx: Transaction, due: Sequence[stored.Due]) -> None:
    """Tell whom reminders are for, unless it is too late or their bookings are off."""
    told: list[tuple[UUID, News, Hearers]] = []
    for app_id in dict.fromkeys(each.app_id for each in due):
        of_app = [each for each in due if each.app_id == app_id]
        app = await apps.get(tx, app_id)
        found = await bookings.find_all(tx, app_id, [each.booking_id for each in of_app])
        for each in of_app:
            booking, reminder = found[each.booking_id], find_reminder(each.reminder)
            if reminder is not None and _is_of_use(reminder, booking, now=tx.now):
                told += await _news(tx, app, booking, reminder)
    async with tx.together():
        for app_id, news, hearers in told:
            await announcements.notify(tx, app_id, news, hearers)


def _is_of_use(reminder: Reminder, booking: Booking, *, now: datetime) -> bool:
    """Tell whether a reminder is still to be sent, as its booking stands now."""
    if reminder.is_stale(booking.start_at, now=now):
        return False
    took_place = booking.state is State.COMPLETED and not reminder.is_before
    return booking.takes_place or took_place


async def _news(
    tx: Transaction, app: App, booking: Booking, reminder: Reminder
) -> list[tuple[UUID, News, Hearers]]:
    """Return what is announced, and to whom: a mail to a class is one for each of its seats."""
    match reminder.message:
        case Call() as call:
            news = News(kind=Kind.REMINDER, booking_id=booking.id)
            return [(app.id, news, Hearers(calls=[call.described()]))]
        case Mail() as mail:
            if app.settings.get(DISABLE_EMAIL) is True:
                return []
            hearers = Hearers(letters=[(f"reminder_{mail.recipient}", mail.recipient)])
            whom: Sequence[UUID] = [booking.id]
            if booking.graph is GROUP_OWNER and mail.recipient is Audience.CUSTOMER:
                states = _TAKES_PLACE if reminder.is_before else _TOOK_PLACE
                whom = await stored.seats_to_remind(tx, app.id, booking.id, states)
            facts = {"subject": mail.subject}
            return [
                (app.id, News(kind=Kind.REMINDER, booking_id=booking_id, facts=facts), hearers)
                for booking_id in whom
            ]
