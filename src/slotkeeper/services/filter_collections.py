"""What users do with filter collections."""

from collections.abc import Mapping
from uuid import UUID, uuid4

from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.filter_collection import FilterCollection
from slotkeeper.domain.filters import parse_filters, phrases
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.zones import find_zone
from slotkeeper.storage import filter_collections
from slotkeeper.storage.transaction import Transaction

_COLUMNS = {"or": "any_filters", "and": "every_filters", "after": "after_filters"}


async def create(
    tx: Transaction, app_id: UUID, given: Mapping[str, object], *, resource_id: UUID | None = None
) -> FilterCollection:
    """Keep filters, given under ``or``, ``and`` and ``after``; refuse those with a mistake.

    They belong to a resource, or to the app itself.
    """
    collection_id = uuid4()
    lists = {name: given.get(name) or [] for name in _COLUMNS}
    columns = _by_column(tx, lists)
    await filter_collections.insert(
        tx, app_id, {"id": collection_id, "resource_id": resource_id, **columns}
    )
    return await get(tx, app_id, collection_id)


async def get(tx: Transaction, app_id: UUID, collection_id: UUID) -> FilterCollection:
    """Return a collection of the app."""
    collection = await filter_collections.find(tx, app_id, collection_id)
    if collection is None:
        raise NotFound("Filtercollection")
    return collection


async def list_collections(tx: Transaction, app_id: UUID, asked: Listing) -> Page[FilterCollection]:
    """Return one page of the app's collections."""
    return await filter_collections.list_collections(tx, app_id, asked)


async def change(
    tx: Transaction, app_id: UUID, collection_id: UUID, changes: Mapping[str, object]
) -> None:
    """Put the lists that ``changes`` names in the place of those that are kept."""
    if not await filter_collections.update(tx, app_id, collection_id, _by_column(tx, changes)):
        raise NotFound("Filtercollection")


def _by_column(tx: Transaction, lists: Mapping[str, object]) -> dict[str, object]:
    """Return what is stored of the given lists; refuse what no search could use."""
    understand = phrases(now=tx.now, zone=find_zone("UTC"))
    parse_filters(dict(lists), path="", understand=understand)
    return {_COLUMNS[name]: filters for name, filters in lists.items()}
