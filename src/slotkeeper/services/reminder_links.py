"""Links with which a customer gets no more mails that remind of a booking.

They are signed under a key of their own; see ``booking_links``. The booking itself stays as it is.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.mails import CUSTOMER_REMINDERS
from slotkeeper.services import booking_links
from slotkeeper.services.vault import Vault
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction

PATH = "/reminders/{booking_id}/stop"
"""Where the links lead, below the address of the installation; ``signature`` is in the query."""

AFTER_THE_END = timedelta(days=30)
"""How long after the end of a booking its links work: reminders may come after it, too."""

_PURPOSE = "reminder links"


def link(vault: Vault, app_id: UUID, booking: Booking, *, site: str) -> str:
    """Return the address below ``site`` that stops the reminders of a booking."""
    until = booking.end_at + AFTER_THE_END
    token = booking_links.signature(vault, _PURPOSE, app_id, booking, until=until)
    return f"{site}{PATH.format(booking_id=booking.id)}?signature={token}"


def verify(tx: Transaction, vault: Vault, token: str, *, booking_id: UUID) -> UUID:
    """Return the app of the booking that a link is for; see ``booking_links.verify``."""
    return booking_links.verify(tx, vault, _PURPOSE, token, booking_id=booking_id)


async def stop(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    """Send the customer of a booking no more reminders of it; return it. Raises NotFound.

    Reminders to the owner, and those that are webhooks, go on.
    """
    booking = await bookings.find_locked(tx, app_id, booking_id)
    if booking is None:
        raise NotFound("Booking")
    stopped = replace(booking, steps={**booking.steps, CUSTOMER_REMINDERS: {"enabled": False}})
    await bookings.save_state(tx, app_id, stopped)
    return stopped
