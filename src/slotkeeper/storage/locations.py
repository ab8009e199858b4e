"""Locations and the people who work there, in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.location import Location, Near
from slotkeeper.storage import changes, listing, project_places
from slotkeeper.storage.transaction import Transaction

_STORED: LiteralString = (
    "id, name, description, latitude, longitude, use_custom_hours, availability_constraints, "
    "meta, created_at, updated_at"
)
COLUMNS: LiteralString = f"{_STORED}, NULL::double precision AS distance_km"

# The distance over a sphere of the Earth's mean radius; at most half a percent from the truth.
# Of two opposite points rounding may take the root a hair above one.
_NEAR: LiteralString = (
    "(SELECT l.*, 2 * 6371 * asin(least(1, sqrt("
    "sin(radians(l.latitude - asked.latitude) / 2) ^ 2 "
    "+ cos(radians(asked.latitude)) * cos(radians(l.latitude)) "
    "* sin(radians(l.longitude - asked.longitude) / 2) ^ 2))) AS distance_km "
    "FROM locations AS l, "
    "(SELECT %s::double precision AS latitude, %s::double precision AS longitude) AS asked "
    "WHERE l.latitude IS NOT NULL) AS near"
)

_FIELDS = {
    "id": listing.uuid("id"),
    "uuid": listing.uuid("id"),
    "name": listing.within("name"),
    **dict.fromkeys(("services.uuid", "services.id"), project_places.has_service),
}
_PREFIXES = {"meta": lambda key: listing.member("meta", key)}
_ORDER: dict[str, LiteralString] = {
    "created_at": "created_at",
    "updated_at": "updated_at",
    "name": "name",
}
SEARCHABLE = listing.Searchable(
    _FIELDS, prefixes=_PREFIXES, order=_ORDER, default_order=("created_at",)
)
SEARCHABLE_NEAR = listing.Searchable(
    _FIELDS,
    prefixes=_PREFIXES,
    order={**_ORDER, "distance": "distance_km"},
    default_order=("distance_km", "created_at"),
)


async def insert(tx: Transaction, app_id: UUID, location: Mapping[str, object]) -> None:
    """Store a new location, given by column."""
    await changes.insert(tx, "locations", {"app_id": app_id, **location})


async def update(
    tx: Transaction, app_id: UUID, location_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a location."""
    return await changes.update(tx, "locations", app_id=app_id, row_id=location_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, location_id: UUID) -> bool:
    """Delete a location with its hidden projects; tell whether there was one."""
    return await changes.delete(tx, "locations", app_id=app_id, row_id=location_id)


async def find_all(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> dict[UUID, Location]:
    """Return those of the locations that exist, by id, oldest first."""
    found = await tx.rows(
        Location,
        f"SELECT {COLUMNS} FROM locations WHERE app_id = %s AND id = ANY(%s) "
        "ORDER BY created_at, id",
        (app_id, list(location_ids)),
    )
    return {location.id: location for location in found}


async def list_locations(
    tx: Transaction, app_id: UUID, asked: Listing, near: Near | None
) -> Page[Location]:
    """Return one page of the app's locations, oldest first unless asked otherwise.

    With ``near`` those that have coordinates, nearest first, each with its distance; the
    distance is computed for every location of the app.
    """
    of_app = listing.of_app(app_id)
    if near is None:
        return await listing.page(
            tx,
            Location,
            asked,
            SEARCHABLE,
            listing.Source(COLUMNS, "locations"),
            conditions=[of_app],
        )
    conditions = [of_app]
    if near.within_km is not None:
        conditions.append((sql.SQL("distance_km <= %s"), (near.within_km,)))
    return await listing.page(
        tx,
        Location,
        asked,
        SEARCHABLE_NEAR,
        listing.Source(f"{_STORED}, distance_km", _NEAR, values=(near.latitude, near.longitude)),
        conditions=conditions,
    )


async def resource_ids_of_all(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return who works at each location, first in priority first."""
    found = await tx.dicts(
        "SELECT location_id, resource_id FROM location_resources "
        "WHERE app_id = %s AND location_id = ANY(%s) ORDER BY location_id, position",
        (app_id, list(location_ids)),
    )
    of: dict[UUID, list[UUID]] = {each: [] for each in location_ids}
    for row in found:
        of[row["location_id"]].append(row["resource_id"])
    return of


async def set_resources(
    tx: Transaction, app_id: UUID, location_id: UUID, resource_ids: Sequence[UUID]
) -> None:
    """Make ``resource_ids`` those who work at the location, first in priority first."""
    await tx.run(
        "DELETE FROM location_resources WHERE app_id = %s AND location_id = %s",
        (app_id, location_id),
    )
    await tx.run(
        "INSERT INTO location_resources (app_id, location_id, resource_id, position) "
        "SELECT %s, %s, resource_id, position "
        "FROM unnest(%s::uuid[]) WITH ORDINALITY AS given (resource_id, position)",
        (app_id, location_id, list(resource_ids)),
    )


async def lock_all(tx: Transaction, app_id: UUID) -> None:
    """Let no other transaction change locations and services of the app until this one ends.

    Changes of a service and of its locations end up in the same hidden projects; they are
    few, so they wait for one another by the one row that all of them share.
    """
    await tx.run("SELECT FROM apps WHERE id = %s FOR NO KEY UPDATE", (app_id,))
