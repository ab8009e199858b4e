"""Links to one booking that are signed under a key of their own: none opens what another does.

The signature is a JSON Web Token (HS256) like those of action links, and holds nothing but the
booking and its app.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid
from slotkeeper.services.action_links import TOKEN_CHARACTERS_MAX
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

_ALGORITHM = "HS256"


def signature(
    vault: Vault,
    purpose: str,
    app_id: UUID,
    booking: Booking,
    *,
    until: datetime,
    audience: str | None = None,
) -> str:
    """Return the signature of a link to a booking that works before ``until``."""
    claims: dict[str, Any] = {
        "booking_id": str(booking.id),
        "app_id": str(app_id),
        "exp": int(until.timestamp()),
    }
    if audience is not None:
        claims["aud"] = audience
    return jwt.encode(claims, vault.key_for(purpose), algorithm=_ALGORITHM)


def verify(
    tx: Transaction,
    vault: Vault,
    purpose: str,
    token: str,
    *,
    booking_id: UUID,
    audience: str | None = None,
) -> UUID:
    """Return the app of the booking that a link is for.

    Raises LinkInvalid for what we did not sign for this booking, LinkExpired from its end on.
    """
    claims = _claims(vault.key_for(purpose), token, audience)
    if claims["booking_id"] != str(booking_id):
        raise LinkInvalid
    if tx.now.timestamp() >= claims["exp"]:  # a request has one moment; the library asks the clock
        raise LinkExpired
    return UUID(claims["app_id"])


def _claims(key: bytes, token: str, audience: str | None) -> Mapping[str, Any]:
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise LinkInvalid
    required = ["exp", "app_id", "booking_id", *(["aud"] if audience is not None else [])]
    try:
        claims: Mapping[str, Any] = jwt.decode(
            token,
            key,
            algorithms=[_ALGORITHM],
            audience=audience,
            options={"verify_exp": False, "require": required},
        )
    except (jwt.InvalidTokenError, RecursionError, ValueError):
        # The library lets through what its decoders say of odd bytes and of deep nesting.
        raise LinkInvalid from None
    return claims
