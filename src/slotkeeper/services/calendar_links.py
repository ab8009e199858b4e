"""Links with which a customer gets one booking as a file for their calendar, and nothing else.

They are signed under a key of their own; see ``booking_links``.
"""

from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.services import booking_links
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

PATH = "/calendar/{booking_id}.ics"
"""Where the file of a booking lies; ``signature`` is in the query."""

AUDIENCE = "calendar"
"""Whom these links are for, as their signature says."""

_PURPOSE = "calendar links"


def link(vault: Vault, app_id: UUID, booking: Booking, *, site: str) -> str:
    """Return the address of a booking's file below ``site``; it works until the booking ends."""
    token = booking_links.signature(
        vault, _PURPOSE, app_id, booking, until=booking.end_at, audience=AUDIENCE
    )
    return f"{site}{PATH.format(booking_id=booking.id)}?signature={token}"


def verify(tx: Transaction, vault: Vault, token: str, *, booking_id: UUID) -> UUID:
    """Return the app of the booking whose file a link gives; see ``booking_links.verify``."""
    return booking_links.verify(
        tx, vault, _PURPOSE, token, booking_id=booking_id, audience=AUDIENCE
    )
