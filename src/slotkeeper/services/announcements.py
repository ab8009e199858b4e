"""Announce what happens to bookings: who is told is written with the change, and sent later."""

from uuid import UUID

from slotkeeper.domain import webhook_overrides
from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.delivery import Hearers, Kind, News
from slotkeeper.domain.graphs import State
from slotkeeper.domain.mails import notices_of
from slotkeeper.storage import announcements
from slotkeeper.storage.transaction import Transaction


async def announce(tx: Transaction, app_id: UUID, booking: Booking, step: Transition) -> None:
    """Announce the step that led a stored booking to where it stands.

    Told are the webhooks of the app for its graph and state and those of the booking itself, as
    far as it does not silence them, and by mail whom ``domain.mails`` names. Nothing leaves the
    house before the transaction is committed, and nothing does if it is not.
    """
    news = News(
        kind=Kind.STATE,
        booking_id=booking.id,
        graph=booking.graph.name,
        state=booking.state,
        action=step.action,
        from_state=step.from_state,
        message=step.message,
    )
    due = notices_of(booking, from_state=State(step.from_state))
    hearers = Hearers(
        silenced=webhook_overrides.silenced(booking),
        calls=webhook_overrides.calls(booking),
        letters=[(each.slug, each.audience) for each in due],
    )
    await announcements.announce(tx, app_id, news, hearers)


async def notify(tx: Transaction, app_id: UUID, news: News, hearers: Hearers) -> None:
    """Tell somebody something that is no step of a booking: a reminder, a test, a notice."""
    await announcements.announce(tx, app_id, news, hearers)
