"""What customers may ask for about themselves: a copy of everything, and to be forgotten."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from slotkeeper.domain.email import is_email
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.services import idempotency
from slotkeeper.services.vault import Vault
from slotkeeper.storage import announced_customers, customers
from slotkeeper.storage.transaction import Transaction

TITLE = "Booking"
"""What stands in the place of a title that may have named the customer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """What was erased: how many rows of each kind, and how many bookings are yet to come."""

    counts: Mapping[str, int]
    ahead: int


async def export(tx: Transaction, app_id: UUID, email: str) -> Mapping[str, Any]:
    """Return all that the app holds about a customer with this e-mail, as JSON values."""
    _check(email)
    return {
        "email": email,
        **await customers.export(tx, app_id, email),
        "announcements": await announced_customers.export(tx, app_id, email),
    }


async def erase(tx: Transaction, vault: Vault, app_id: UUID, email: str, *, actor: str) -> Erasure:
    """Take the person out of everything that the app holds about this e-mail.

    Bookings stay with their time, resource and state, so that calendars, limits and figures
    stay true; name, addresses, every field of the form, texts, metadata and messages go. Who
    waits in a line leaves it, and mails that wait to be sent are not. Bookings to come are not
    cancelled: whoever asks decides that first. Nothing of it can be undone.
    """
    _check(email)
    ahead = await customers.count_ahead(tx, app_id, email)
    counts = await customers.forget(tx, app_id, email, title=TITLE, actor=actor)
    announced = await announced_customers.forget(tx, app_id, email, title=TITLE)
    answers = await idempotency.forget(tx, vault, app_id, email)
    return Erasure(
        counts={**counts, "announcements": announced, "kept_answers": answers}, ahead=ahead
    )


def _check(email: str) -> None:
    if not is_email(email):
        raise InvalidInput.field("email", "The email must be a valid email address.")
