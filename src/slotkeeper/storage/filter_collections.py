"""Filter collections in the database."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.filter_collection import FilterCollection
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "id, any_filters, every_filters, after_filters, created_at, updated_at"

SEARCHABLE = listing.Searchable(
    {"id": listing.uuid("id")},
    order={name: name for name in ("created_at", "updated_at")},
    own=listing.uuid("resource_id"),
    default_order=("created_at",),
)


async def insert(tx: Transaction, app_id: UUID, collection: Mapping[str, object]) -> None:
    """Store a new collection, given by column."""
    await changes.insert(tx, "filter_collections", {"app_id": app_id, **collection})


async def update(
    tx: Transaction, app_id: UUID, collection_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a collection."""
    return await changes.update(
        tx, "filter_collections", app_id=app_id, row_id=collection_id, changes=changed
    )


async def find(tx: Transaction, app_id: UUID, collection_id: UUID) -> FilterCollection | None:
    """Return the collection with this id, or None."""
    return await tx.row(
        FilterCollection,
        f"SELECT {COLUMNS} FROM filter_collections WHERE app_id = %s AND id = %s",
        (app_id, collection_id),
    )


async def list_collections(tx: Transaction, app_id: UUID, asked: Listing) -> Page[FilterCollection]:
    """Return one page of the app's collections, oldest first unless asked otherwise."""
    return await listing.page(
        tx,
        FilterCollection,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "filter_collections"),
        conditions=[listing.of_app(app_id)],
    )
