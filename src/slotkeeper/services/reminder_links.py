"""Links with which a customer gets no more mails that remind of a booking.

The signature is a JSON Web Token (HS256) like those of action links, under a key of its own:
neither opens what the other does. The booking itself stays as it is.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import jwt

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid, NotFound
from slotkeeper.domain.mails import CUSTOMER_REMINDERS
from slotkeeper.services.action_links import TOKEN_CHARACTERS_MAX
from slotkeeper.services.vault import Vault
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction

PATH = "/reminders/{booking_id}/stop"
"""Where the links lead, below the address of the installation; ``signature`` is in the query."""

AFTER_THE_END = timedelta(days=30)
"""How long after the end of a booking its links work: reminders may come after it, too."""

_ALGORITHM = "HS256"
_PURPOSE = "reminder links"


def link(vault: Vault, app_id: UUID, booking: Booking, *, site: str) -> str:
    """Return the address below ``site`` that stops the reminders of a booking."""
    claims = {
        "booking_id": str(booking.id),
        "app_id": str(app_id),
        "exp": int((booking.end_at + AFTER_THE_END).timestamp()),
    }
    token = jwt.encode(claims, vault.key_for(_PURPOSE), algorithm=_ALGORITHM)
    return f"{site}{PATH.format(booking_id=booking.id)}?signature={token}"


def verify(tx: Transaction, vault: Vault, token: str, *, booking_id: UUID) -> UUID:
    """Return the app of the booking that a link is for; raises LinkInvalid and LinkExpired."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise LinkInvalid
    try:
        claims = jwt.decode(
            token,
            vault.key_for(_PURPOSE),
            algorithms=[_ALGORITHM],
            options={"verify_exp": False, "require": ["exp", "app_id", "booking_id"]},
        )
    except (jwt.InvalidTokenError, RecursionError, ValueError):
        # The library lets through what its decoders say of odd bytes and of deep nesting.
        raise LinkInvalid from None
    if claims["booking_id"] != str(booking_id):
        raise LinkInvalid
    if tx.now.timestamp() >= claims["exp"]:  # a request has one moment; the library asks the clock
        raise LinkExpired
    return UUID(claims["app_id"])


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
