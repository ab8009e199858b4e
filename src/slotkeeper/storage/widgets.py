"""Widgets in the database."""

from collections.abc import Mapping
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.widget import Widget
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = "id, name, slug, config, created_at, updated_at"

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "name": listing.within("name"),
        "slug": listing.exactly("slug"),
    },
    order={name: name for name in ("created_at", "updated_at", "name", "slug")},
    own=listing.uuid("resource_id"),
    default_order=("created_at",),
)


async def insert(tx: Transaction, app_id: UUID, widget: Mapping[str, object]) -> None:
    """Store a new widget, given by column."""
    await changes.insert(tx, "widgets", {"app_id": app_id, **widget})


async def update(
    tx: Transaction, app_id: UUID, widget_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a widget."""
    return await changes.update(tx, "widgets", app_id=app_id, row_id=widget_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, widget_id: UUID) -> bool:
    """Delete a widget; tell whether there was one."""
    return await changes.delete(tx, "widgets", app_id=app_id, row_id=widget_id)


async def find(tx: Transaction, app_id: UUID, widget_id: UUID) -> Widget | None:
    """Return the widget with this id, or None."""
    return await tx.row(
        Widget,
        f"SELECT {COLUMNS} FROM widgets WHERE app_id = %s AND id = %s",
        (app_id, widget_id),
    )


async def find_by_slug(tx: Transaction, slug: str) -> Widget | None:
    """Return the widget with this address, whichever app has it, or None."""
    return await tx.row(Widget, f"SELECT {COLUMNS} FROM widgets WHERE slug = %s", (slug,))


async def list_widgets(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Widget]:
    """Return one page of the app's widgets, oldest first unless asked otherwise."""
    return await listing.page(
        tx,
        Widget,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "widgets"),
        conditions=[listing.of_app(app_id)],
    )
