"""Which projects belong to which locations and services, in the database.

``project_locations`` and ``project_services`` hold it for every project. A hidden project, the
one of a service at a location, has the pair in columns of its own too.
"""

from collections.abc import Iterable, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.location_service import Offer
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

NOT_HIDDEN: listing.Condition = (sql.SQL("service_id IS NULL"), ())
"""Keep to projects that somebody made."""

_OFFERS: LiteralString = (
    "SELECT id AS project_id, location_id, service_id, use_hours_from "
    "FROM projects WHERE app_id = %s "
)

# Every pair of location and service for which some project can be booked.
_PAIRS: LiteralString = "project_locations JOIN project_services USING (app_id, project_id)"


def _among(query: LiteralString) -> listing.Search:
    """Search for rows whose app and id are in the answer of ``query``.

    Its one placeholder is for the id that is looked for; text that is no id matches nothing.
    """

    def condition(value: str) -> listing.Condition:
        try:
            wanted = UUID(value)
        except ValueError:
            return listing.NOTHING
        return sql.SQL("(app_id, id) IN (" + query + ")"), (wanted,)

    return condition


project_at_location = _among(
    "SELECT app_id, project_id FROM project_locations WHERE location_id = %s"
)
"""Search projects by a location."""

project_of_service = _among("SELECT app_id, project_id FROM project_services WHERE service_id = %s")
"""Search projects by a service."""

has_service = _among(f"SELECT app_id, location_id FROM {_PAIRS} WHERE service_id = %s")
"""Search locations by a service."""

has_location = _among(f"SELECT app_id, service_id FROM {_PAIRS} WHERE location_id = %s")
"""Search services by a location."""


async def offers_of_service(tx: Transaction, app_id: UUID, service_id: UUID) -> list[Offer]:
    """Return where a service is offered, with the hidden project of each location."""
    return await tx.rows(Offer, _OFFERS + "AND service_id = %s", (app_id, service_id))


async def offers_at_location(tx: Transaction, app_id: UUID, location_id: UUID) -> list[Offer]:
    """Return what is offered at a location, with the hidden project of each service."""
    return await tx.rows(Offer, _OFFERS + "AND location_id = %s", (app_id, location_id))


async def furnish(tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]) -> None:
    """Put new hidden projects into their places, with who works at each location."""
    await tx.run(
        "INSERT INTO project_locations (app_id, project_id, location_id) "
        "SELECT app_id, id, location_id FROM projects WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(project_ids)),
    )
    await tx.run(
        "INSERT INTO project_services (app_id, project_id, service_id) "
        "SELECT app_id, id, service_id FROM projects WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(project_ids)),
    )
    await tx.run(
        "INSERT INTO project_resources (app_id, project_id, resource_id, position) "
        "SELECT app_id, projects.id, resource_id, position "
        "FROM projects JOIN location_resources USING (app_id, location_id) "
        "WHERE app_id = %s AND projects.id = ANY(%s)",
        (app_id, list(project_ids)),
    )


async def delete_offers(tx: Transaction, app_id: UUID, offers: Iterable[Offer]) -> None:
    """Delete hidden projects; their bookings stay, without a project."""
    await tx.run(
        "DELETE FROM projects WHERE app_id = %s AND id = ANY(%s)",
        (app_id, [offer.project_id for offer in offers]),
    )


async def find_hidden(tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]) -> set[UUID]:
    """Return those of the projects that are hidden ones."""
    return set(
        await tx.values(
            "SELECT id FROM projects WHERE app_id = %s AND id = ANY(%s) AND service_id IS NOT NULL",
            (app_id, list(project_ids)),
        )
    )


async def pairs_at_locations(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return (location id, service id) of all that can be booked at these locations."""
    found = await tx.dicts(
        f"SELECT DISTINCT location_id, service_id FROM {_PAIRS} "
        "WHERE app_id = %s AND location_id = ANY(%s)",
        (app_id, list(location_ids)),
    )
    return [(row["location_id"], row["service_id"]) for row in found]


async def pairs_of_services(
    tx: Transaction, app_id: UUID, service_ids: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    """Return (location id, service id) of all places at which these services can be booked."""
    found = await tx.dicts(
        f"SELECT DISTINCT location_id, service_id FROM {_PAIRS} "
        "WHERE app_id = %s AND service_id = ANY(%s)",
        (app_id, list(service_ids)),
    )
    return [(row["location_id"], row["service_id"]) for row in found]


async def location_ids_of_all(
    tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the locations of each project, in the order of their ids."""
    query: LiteralString = (
        "SELECT project_id, location_id FROM project_locations "
        "WHERE app_id = %s AND project_id = ANY(%s) ORDER BY 1, 2"
    )
    return await _grouped(tx, query, app_id, project_ids)


async def service_ids_of_all(
    tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the services of each project, in the order of their ids."""
    query: LiteralString = (
        "SELECT project_id, service_id FROM project_services "
        "WHERE app_id = %s AND project_id = ANY(%s) ORDER BY 1, 2"
    )
    return await _grouped(tx, query, app_id, project_ids)


async def project_ids_of_all(
    tx: Transaction, app_id: UUID, location_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return what somebody put into each location, oldest project first."""
    query: LiteralString = (
        "SELECT tied.location_id, project_id FROM project_locations AS tied JOIN projects "
        "ON projects.app_id = tied.app_id AND projects.id = tied.project_id "
        "WHERE tied.app_id = %s AND tied.location_id = ANY(%s) AND projects.service_id IS NULL "
        "ORDER BY tied.location_id, projects.created_at, project_id"
    )
    return await _grouped(tx, query, app_id, location_ids)


async def set_locations(
    tx: Transaction, app_id: UUID, project_id: UUID, location_ids: Sequence[UUID]
) -> None:
    """Put a project into these locations and no others."""
    await _set(tx, "project_locations", "location_id", app_id, project_id, location_ids)


async def set_services(
    tx: Transaction, app_id: UUID, project_id: UUID, service_ids: Sequence[UUID]
) -> None:
    """Put a project into these services and no others."""
    await _set(tx, "project_services", "service_id", app_id, project_id, service_ids)


async def _set(
    tx: Transaction,
    table: LiteralString,
    column: LiteralString,
    app_id: UUID,
    project_id: UUID,
    wanted: Sequence[UUID],
) -> None:
    await tx.run(f"DELETE FROM {table} WHERE app_id = %s AND project_id = %s", (app_id, project_id))
    await tx.run(
        f"INSERT INTO {table} (app_id, project_id, {column}) "
        "SELECT DISTINCT %s::uuid, %s::uuid, given FROM unnest(%s::uuid[]) AS given",
        (app_id, project_id, list(wanted)),
    )


async def set_projects(
    tx: Transaction, app_id: UUID, location_id: UUID, project_ids: Sequence[UUID]
) -> None:
    """Put these projects and no others into a location; its hidden ones stay."""
    await tx.run(
        "DELETE FROM project_locations AS tied USING projects "
        "WHERE tied.app_id = %s AND tied.location_id = %s AND projects.app_id = tied.app_id "
        "AND projects.id = tied.project_id AND projects.service_id IS NULL",
        (app_id, location_id),
    )
    await tx.run(
        "INSERT INTO project_locations (app_id, location_id, project_id) "
        "SELECT DISTINCT %s::uuid, %s::uuid, given FROM unnest(%s::uuid[]) AS given",
        (app_id, location_id, list(project_ids)),
    )


async def _grouped(
    tx: Transaction, query: LiteralString, app_id: UUID, owners: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the second column of an answer by its first, with a list for every owner."""
    of: dict[UUID, list[UUID]] = {each: [] for each in owners}
    for row in await tx.dicts(query, (app_id, list(owners))):
        owner, owned = row.values()
        of[owner].append(owned)
    return of
