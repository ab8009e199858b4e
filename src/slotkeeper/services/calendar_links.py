"""Links with which a customer gets one booking as a file for their calendar, and nothing else.

The signature is a JSON Web Token (HS256) like those of action links, under a key of its own:
neither opens what the other does.
"""

from uuid import UUID

import jwt

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid
from slotkeeper.services.action_links import TOKEN_CHARACTERS_MAX
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

PATH = "/calendar/{booking_id}.ics"
"""Where the file of a booking lies; ``signature`` is in the query."""

AUDIENCE = "calendar"
"""Whom these links are for, as their signature says."""

_ALGORITHM = "HS256"
_PURPOSE = "calendar links"


def link(vault: Vault, app_id: UUID, booking: Booking, *, site: str) -> str:
    """Return the address of a booking's file below ``site``; it works until the booking ends."""
    claims = {
        "booking_id": str(booking.id),
        "app_id": str(app_id),
        "aud": AUDIENCE,
        "exp": int(booking.end_at.timestamp()),
    }
    token = jwt.encode(claims, vault.key_for(_PURPOSE), algorithm=_ALGORITHM)
    return f"{site}{PATH.format(booking_id=booking.id)}?signature={token}"


def verify(tx: Transaction, vault: Vault, token: str, *, booking_id: UUID) -> UUID:
    """Return the app of the booking whose file a link gives.

    Raises LinkInvalid for what we did not sign for this booking, LinkExpired from its end on.
    """
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise LinkInvalid
    try:
        claims = jwt.decode(
            token,
            vault.key_for(_PURPOSE),
            algorithms=[_ALGORITHM],
            audience=AUDIENCE,
            options={"verify_exp": False, "require": ["exp", "aud", "app_id", "booking_id"]},
        )
    except (jwt.InvalidTokenError, RecursionError, ValueError):
        # The library lets through what its decoders say of odd bytes and of deep nesting.
        raise LinkInvalid from None
    if claims["booking_id"] != str(booking_id):
        raise LinkInvalid
    if tx.now.timestamp() >= claims["exp"]:  # a request has one moment; the library asks the clock
        raise LinkExpired
    return UUID(claims["app_id"])
