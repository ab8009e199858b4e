"""What users do with widgets of the first version: keep them and get them back."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.widget import Widget
from slotkeeper.services.projects import random_slug
from slotkeeper.storage import widgets
from slotkeeper.storage.transaction import Transaction


async def create(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Widget:
    """Keep a widget, given by column; without a slug it gets one of eight letters and digits.

    Without a ``resource_id`` it belongs to the app itself.
    """
    if "slug" in given:
        await _check_slug(tx, str(given["slug"]), widget_id=None)
    widget_id = uuid4()
    await widgets.insert(tx, app_id, {"id": widget_id, "slug": random_slug(""), **given})
    return await get(tx, app_id, widget_id)


async def get(tx: Transaction, app_id: UUID, widget_id: UUID) -> Widget:
    """Return a widget of the app."""
    widget = await widgets.find(tx, app_id, widget_id)
    if widget is None:
        raise NotFound("Widget")
    return widget


async def get_by_slug(tx: Transaction, slug: str) -> Widget:
    """Return the widget with this address, of any app."""
    widget = await widgets.find_by_slug(tx, slug)
    if widget is None:
        raise NotFound("Widget")
    return widget


async def list_widgets(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Widget]:
    """Return one page of the app's widgets."""
    return await widgets.list_widgets(tx, app_id, asked)


async def change(
    tx: Transaction, app_id: UUID, widget_id: UUID, changes: Mapping[str, object]
) -> None:
    """Replace what ``changes`` names, a configuration as a whole."""
    await get(tx, app_id, widget_id)
    if "slug" in changes:
        await _check_slug(tx, str(changes["slug"]), widget_id=widget_id)
    await widgets.update(tx, app_id, widget_id, changes)


async def delete(tx: Transaction, app_id: UUID, widget_id: UUID) -> None:
    """Delete a widget."""
    if not await widgets.delete(tx, app_id, widget_id):
        raise NotFound("Widget")


async def _check_slug(tx: Transaction, slug: str, *, widget_id: UUID | None) -> None:
    """Refuse an address that another widget has: the route that serves it knows no app."""
    owner = await widgets.find_by_slug(tx, slug)
    if owner is not None and owner.id != widget_id:
        raise InvalidInput({"slug": ["The slug has already been taken."]})
