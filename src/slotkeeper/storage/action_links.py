"""What it takes to check the signature of a link, in the database."""

from dataclasses import dataclass
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

KEYS_MAX = 100
"""How many keys of an app may sign links: its newest ones."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An app key that is valid now, sealed, and the app it belongs to."""

    app_id: UUID
    sealed: bytes


async def find_keys(tx: Transaction, booking_id: UUID) -> list[SigningKey]:
    """Return the valid app keys of the app that has this booking, newest first.

    The link does not name the app. Its key of the table begins with the app, so each app is
    asked for the booking by that index: some microseconds for each, and no index more to keep.
    """
    return await tx.rows(
        SigningKey,
        "SELECT apps.id AS app_id, app_keys.sealed FROM apps "
        "CROSS JOIN LATERAL (SELECT FROM bookings "
        "    WHERE bookings.app_id = apps.id AND bookings.id = %s LIMIT 1) AS booked "
        "JOIN app_keys ON app_keys.app_id = apps.id "
        "WHERE app_keys.kind = 'api' AND app_keys.revoked_at IS NULL "
        "ORDER BY app_keys.created_at DESC, app_keys.id LIMIT %s",
        (booking_id, KEYS_MAX),
    )
