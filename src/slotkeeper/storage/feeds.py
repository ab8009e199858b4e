"""Feeds in the database: their addresses. What they show is in ``feed_content``."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.domain.feed import Details, Feed
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import last_use, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "id, resource_id, project_id, details, created_at, last_read_at"

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "resource.id": listing.uuid("resource_id"),
        "resource_id": listing.uuid("resource_id"),
        "project.id": listing.uuid("project_id"),
        "project_id": listing.uuid("project_id"),
        "details": listing.exactly("details"),
    },
    own=listing.uuid("resource_id"),
    order={"created_at": "created_at", "last_read_at": "last_read_at"},
    default_order=("created_at",),
)


class _Row(dict[str, Any]):
    """A row as a mapping, whose details become one of ours."""


async def insert(
    tx: Transaction, app_id: UUID, feed: Feed, *, digest: bytes, sealed: bytes
) -> None:
    """Store a feed: the SHA-256 of its secret to find it by, the secret itself sealed."""
    await tx.run(
        "INSERT INTO feeds (app_id, id, resource_id, project_id, details, digest, sealed, "
        "created_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        (
            app_id,
            feed.id,
            feed.resource_id,
            feed.project_id,
            feed.details,
            digest,
            sealed,
            feed.created_at,
        ),
    )


async def find(tx: Transaction, app_id: UUID, feed_id: UUID) -> Feed | None:
    """Return the feed with this id, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM feeds WHERE app_id = %s AND id = %s", (app_id, feed_id)
    )
    return _feed(found[0]) if found else None


async def find_by_digest(tx: Transaction, digest: bytes) -> tuple[UUID, Feed] | None:
    """Return the feed whose secret has this SHA-256, and its app, or None.

    The unique index on the digest serves it.
    """
    found = await tx.dicts(f"SELECT app_id, {COLUMNS} FROM feeds WHERE digest = %s", (digest,))
    return (found[0].pop("app_id"), _feed(found[0])) if found else None


async def count(
    tx: Transaction, app_id: UUID, *, resource_id: UUID | None, project_id: UUID | None
) -> int:
    """Return how many feeds the resource or the project has."""
    found: int = await tx.value(
        "SELECT count(*) FROM feeds WHERE app_id = %s AND (resource_id = %s OR project_id = %s)",
        (app_id, resource_id, project_id),
    )
    return found


async def list_feeds(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Feed]:
    """Return one page of the app's feeds, oldest first unless asked otherwise."""
    page = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "feeds"),
        conditions=[listing.of_app(app_id)],
    )
    return Page([_feed(row) for row in page.items], page.total)


async def sealed_of(tx: Transaction, app_id: UUID, ids: Sequence[UUID]) -> dict[UUID, bytes]:
    """Return the sealed secrets of feeds."""
    found = await tx.dicts(
        "SELECT id, sealed FROM feeds WHERE app_id = %s AND id = ANY(%s)", (app_id, list(ids))
    )
    return {row["id"]: row["sealed"] for row in found}


async def note_read(tx: Transaction, app_id: UUID, feed_id: UUID, *, every: timedelta) -> None:
    """Note that a feed is read now, unless that was noted within ``every``."""
    await last_use.note(tx, "feeds", "last_read_at", app_id, feed_id, every=every)


async def delete(tx: Transaction, app_id: UUID, feed_id: UUID) -> bool:
    """Delete a feed; tell whether there was one."""
    return await tx.run("DELETE FROM feeds WHERE app_id = %s AND id = %s", (app_id, feed_id)) == 1


def _feed(row: dict[str, Any]) -> Feed:
    return Feed(**{**row, "details": Details(row["details"])})
