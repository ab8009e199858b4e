"""The link with which somebody who waits looks at their place, takes what is offered, or leaves.

It carries a JSON Web Token of ours (HS256) that names one entry, and it works as long as the
entry means anything: until what is waited for begins. What can be done with it depends on
where the entry stands, so that one link serves from joining to taking.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import jwt

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid
from slotkeeper.domain.order import Order
from slotkeeper.domain.waitlist import Action, Entry
from slotkeeper.services import bookings, waitlist
from slotkeeper.services.action_links import TOKEN_CHARACTERS_MAX
from slotkeeper.services.availability import Shuffle
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

PATH = "/v2/bookings/waitlist/{entry_id}/take"
"""Where links lead, below the address of the installation; ``signature`` is in the query."""

ACTOR = "customer_link"
"""Who acted, in the logs."""

_ALGORITHM = "HS256"
_PURPOSE = "waiting list links"
# The library asks the clock by itself, but a request has one moment.
_OPTIONS: Any = {"verify_exp": False, "require": ["entry_id", "app_id", "exp"]}


def link(vault: Vault, app_id: UUID, entry: Entry, *, site: str) -> str:
    """Return the address with which an offer is taken.

    ``site`` is the public address of the installation, without a slash behind.
    """
    claims = {
        "entry_id": str(entry.id),
        "app_id": str(app_id),
        "exp": int(entry.start_at.timestamp()),
    }
    token = jwt.encode(claims, vault.key_for(_PURPOSE), algorithm=_ALGORITHM)
    return f"{site}{PATH.format(entry_id=entry.id)}?signature={token}"


def verify(vault: Vault, token: str, *, entry_id: str, now: datetime) -> tuple[UUID, UUID]:
    """Return the app and the entry of a link; raises LinkInvalid and LinkExpired."""
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise LinkInvalid
    try:
        claims = jwt.decode(
            token, vault.key_for(_PURPOSE), algorithms=[_ALGORITHM], options=_OPTIONS
        )
    # The library lets through what its decoders say of odd bytes and of deep nesting.
    except (jwt.InvalidTokenError, RecursionError, ValueError):
        raise LinkInvalid from None
    if claims["entry_id"] != entry_id:
        raise LinkInvalid
    if now.timestamp() >= claims["exp"]:
        raise LinkExpired
    return UUID(claims["app_id"]), UUID(claims["entry_id"])


async def take(tx: Transaction, app_id: UUID, entry_id: UUID, *, shuffle: Shuffle) -> Booking:
    """Make a booking of the offer of an entry, in the customer's name.

    A refusal leaves the transaction as it was. Raises TransitionRefused where nothing is
    offered any more, and what booking refuses.
    """
    entry = (await waitlist.get(tx, app_id, entry_id)).seen(tx.now)
    entry.after(Action.TAKE, at=tx.now)  # is it possible at all?
    order = Order(reservation_id=entry.reservation_id)
    async with tx.connection.transaction():
        return await bookings.book(tx, app_id, order, actor=ACTOR, shuffle=shuffle)


async def leave(tx: Transaction, app_id: UUID, entry_id: UUID) -> Entry:
    """Leave the line; a refusal leaves the transaction as it was."""
    async with tx.connection.transaction():
        return await waitlist.leave(tx, app_id, entry_id, actor=ACTOR)
