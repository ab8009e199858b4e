"""Tokens of resources in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.domain.app import Caller, TokenKind
from slotkeeper.domain.credential import Credential
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import last_use, listing
from slotkeeper.storage.apps import LIMITS, note_limits
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, resource_id, kind, description, referrers, created_at, expires_at, last_used_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "type": listing.exactly("kind"),
        "description": listing.within("description"),
        "resource.id": listing.uuid("resource_id"),
        "resource_id": listing.uuid("resource_id"),
    },
    own=listing.uuid("resource_id"),
    order={"created_at": "created_at", "expires": "expires_at"},
    default_order=("created_at",),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """Whose token it is, for which sites it works, and when it was noted as used."""

    caller: Caller
    referrers: Sequence[str]
    last_used_at: datetime | None


class _Row(dict[str, Any]):
    """A row as a mapping, whose kind becomes one of ours."""


async def insert(
    tx: Transaction, app_id: UUID, credential: Credential, *, digest: bytes, sealed: bytes
) -> None:
    """Store a token: its SHA-256 to find it by, its text sealed."""
    await tx.run(
        "INSERT INTO credentials (app_id, id, resource_id, kind, description, referrers, digest, "
        "sealed, created_at, expires_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            app_id,
            credential.id,
            credential.resource_id,
            credential.kind,
            credential.description,
            list(credential.referrers),
            digest,
            sealed,
            credential.created_at,
            credential.expires_at,
        ),
    )


async def find_known(
    tx: Transaction, digest: bytes, *, email: str, slug: str | None
) -> Known | None:
    """Return whose token has this SHA-256, or None for one unknown, expired or of another.

    It must be of the resource with this address, in any case, and of the app with this slug
    where one is given. The unique index on the digest serves it.
    """
    found = await tx.dicts(
        "SELECT credentials.app_id, apps.slug AS app_slug, apps.test_mode, "
        f"credentials.id AS key_id, kind, resource_id, referrers, last_used_at, {LIMITS} "
        "FROM credentials JOIN apps ON apps.id = credentials.app_id "
        "JOIN resources ON resources.app_id = credentials.app_id "
        "AND resources.id = credentials.resource_id "
        "WHERE digest = %(digest)s AND expires_at > %(now)s AND deleted_at IS NULL "
        "AND lower(email) = lower(%(email)s) "
        "AND (%(slug)s::text IS NULL OR apps.slug = %(slug)s)",
        {"digest": digest, "now": tx.now, "email": email, "slug": slug},
    )
    if not found:
        return None
    row = found[0]
    note_limits(tx, row)
    referrers, used = row.pop("referrers"), row.pop("last_used_at")
    caller = Caller(**{**row, "kind": TokenKind(row["kind"])})
    return Known(caller=caller, referrers=referrers, last_used_at=used)


async def note_use(tx: Transaction, app_id: UUID, credential_id: UUID, *, every: timedelta) -> None:
    """Note that a token is used now, unless that was noted within ``every``."""
    await last_use.note(tx, "credentials", "last_used_at", app_id, credential_id, every=every)


async def find(tx: Transaction, app_id: UUID, credential_id: UUID) -> Credential | None:
    """Return the credential with this id, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM credentials WHERE app_id = %s AND id = %s", (app_id, credential_id)
    )
    return _credential(found[0]) if found else None


async def of_resource(tx: Transaction, app_id: UUID, resource_id: UUID) -> list[Credential]:
    """Return the credentials of a resource, oldest first."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM credentials WHERE app_id = %s AND resource_id = %s "
        "ORDER BY created_at, id",
        (app_id, resource_id),
    )
    return [_credential(row) for row in found]


async def list_credentials(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Credential]:
    """Return one page of the app's credentials, oldest first unless asked otherwise."""
    page = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "credentials"),
        conditions=[listing.of_app(app_id)],
    )
    return Page([_credential(row) for row in page.items], page.total)


async def sealed_of(tx: Transaction, app_id: UUID, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Return the sealed tokens of credentials."""
    found = await tx.dicts(
        "SELECT id, sealed FROM credentials WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(ids)),
    )
    return {row["id"]: row["sealed"] for row in found}


async def server_tokens(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, tuple[datetime, bytes]]:
    """Return of each resource the oldest server-token that works: since when, and sealed."""
    found = await tx.dicts(
        "SELECT DISTINCT ON (resource_id) resource_id, created_at, sealed FROM credentials "
        "WHERE app_id = %s AND resource_id = ANY(%s) AND kind = 'server-token' "
        "AND expires_at > %s ORDER BY resource_id, created_at, id",
        (app_id, list(resource_ids), tx.now),
    )
    return {row["resource_id"]: (row["created_at"], row["sealed"]) for row in found}


async def delete(tx: Transaction, app_id: UUID, credential_id: UUID) -> bool:
    """Make a token invalid; tell whether there was one."""
    deleted = await tx.run(
        "DELETE FROM credentials WHERE app_id = %s AND id = %s", (app_id, credential_id)
    )
    return deleted == 1


async def delete_of_resource(tx: Transaction, app_id: UUID, resource_id: UUID) -> None:
    """Make every token of a resource invalid."""
    await tx.run(
        "DELETE FROM credentials WHERE app_id = %s AND resource_id = %s", (app_id, resource_id)
    )


def _credential(row: dict[str, Any]) -> Credential:
    return Credential(**{**row, "kind": TokenKind(row["kind"])})
