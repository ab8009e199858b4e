"""Hashes of passwords, and the links with which people choose one, in the database."""

from datetime import datetime
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.passwords import PasswordLink, Purpose
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "id, app_id, resource_id, purpose, expires_at"


async def save_hash(tx: Transaction, app_id: UUID, resource_id: UUID, hashed: str) -> None:
    """Give a resource another password."""
    await tx.run(
        "UPDATE resources SET password_hash = %s, updated_at = %s WHERE app_id = %s AND id = %s",
        (hashed, tx.now, app_id, resource_id),
    )


async def find_hash(tx: Transaction, app_id: UUID, resource_id: UUID) -> str | None:
    """Return the hash of a resource's password, None where it has none."""
    found: str | None = await tx.value(
        "SELECT password_hash FROM resources WHERE app_id = %s AND id = %s", (app_id, resource_id)
    )
    return found


async def verify_email(tx: Transaction, app_id: UUID, resource_id: UUID) -> bool:
    """Note that the address of a resource is its own; tell whether that is new."""
    touched = await tx.run(
        "UPDATE resources SET email_verified_at = %s "
        "WHERE app_id = %s AND id = %s AND email_verified_at IS NULL",
        (tx.now, app_id, resource_id),
    )
    return touched == 1


async def insert_link(tx: Transaction, link: PasswordLink, *, digest: bytes) -> None:
    """Store a link by the SHA-256 of its token."""
    await tx.run(
        "INSERT INTO password_links (app_id, id, resource_id, purpose, digest, created_at, "
        "expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (link.app_id, link.id, link.resource_id, link.purpose, digest, tx.now, link.expires_at),
    )


async def find_link(tx: Transaction, digest: bytes) -> PasswordLink | None:
    """Return the link with this digest that can be used now and hold it, or None.

    Of two who use one link at the same moment, the second waits and finds it gone.
    """
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM password_links WHERE digest = %s AND expires_at > %s FOR UPDATE",
        (digest, tx.now),
    )
    if not found:
        return None
    return PasswordLink(**{**found[0], "purpose": Purpose(found[0]["purpose"])})


async def count_links(
    tx: Transaction, app_id: UUID, resource_id: UUID, purpose: Purpose, *, after: datetime
) -> int:
    """Return how many links for this purpose were made after a moment."""
    return int(
        await tx.value(
            "SELECT count(*) FROM password_links WHERE app_id = %s AND resource_id = %s "
            "AND purpose = %s AND created_at > %s",
            (app_id, resource_id, purpose, after),
        )
    )


async def delete_links(
    tx: Transaction, app_id: UUID, resource_id: UUID, *, expired_by: datetime | None = None
) -> None:
    """Delete the links of a resource: every one, or those that had expired at a moment."""
    await tx.run(
        "DELETE FROM password_links WHERE app_id = %s AND resource_id = %s "
        "AND (%s::timestamptz IS NULL OR expires_at <= %s)",
        (app_id, resource_id, expired_by, expired_by),
    )
