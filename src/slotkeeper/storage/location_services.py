"""Services in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.location_service import LocationService
from slotkeeper.storage import changes, listing, project_places
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, name, description, image_url, availability, availability_constraints, booking, "
    "customer_fields, ui, reminders, meta, created_at, updated_at"
)

_FIELDS = {
    "id": listing.uuid("id"),
    "uuid": listing.uuid("id"),
    "name": listing.within("name"),
    **dict.fromkeys(("locations.uuid", "locations.id"), project_places.has_location),
}
_ORDER: dict[str, LiteralString] = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "name": "name",
}
SEARCHABLE_IN_PUBLIC = listing.Searchable(_FIELDS, order=_ORDER, default_order=("created_at",))
SEARCHABLE = listing.Searchable(
    _FIELDS,
    prefixes={"meta": lambda key: listing.member("meta", key)},
    order=_ORDER,
    default_order=("created_at",),
)


async def insert(tx: Transaction, app_id: UUID, service: Mapping[str, object]) -> None:
    """Store a new service, given by column."""
    await changes.insert(tx, "location_services", {"app_id": app_id, **service})


async def update(
    tx: Transaction, app_id: UUID, service_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a service."""
    return await changes.update(
        tx, "location_services", app_id=app_id, row_id=service_id, changes=changed
    )


async def delete(tx: Transaction, app_id: UUID, service_id: UUID) -> bool:
    """Delete a service with its hidden projects; tell whether there was one."""
    return await changes.delete(tx, "location_services", app_id=app_id, row_id=service_id)


async def find_all(
    tx: Transaction, app_id: UUID, service_ids: Sequence[UUID]
) -> dict[UUID, LocationService]:
    """Return those of the services that exist, by id, oldest first."""
    found = await tx.rows(
        LocationService,
        f"SELECT {COLUMNS} FROM location_services WHERE app_id = %s AND id = ANY(%s) "
        "ORDER BY created_at, id",
        (app_id, list(service_ids)),
    )
    return {service.id: service for service in found}


async def list_services(tx: Transaction, app_id: UUID, asked: Listing) -> Page[LocationService]:
    """Return one page of the app's services, oldest first unless asked otherwise."""
    return await _page(tx, app_id, asked, SEARCHABLE)


async def list_services_in_public(
    tx: Transaction, app_id: UUID, asked: Listing
) -> Page[LocationService]:
    """Return one page of the app's services; what is private in them cannot be searched."""
    return await _page(tx, app_id, asked, SEARCHABLE_IN_PUBLIC)


async def _page(
    tx: Transaction, app_id: UUID, asked: Listing, searchable: listing.Searchable
) -> Page[LocationService]:
    return await listing.page(
        tx,
        LocationService,
        asked,
        searchable,
        listing.Source(COLUMNS, "location_services"),
        conditions=[listing.of_app(app_id)],
    )
