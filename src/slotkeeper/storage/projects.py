"""Projects and the resources attached to them, in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.project import Project
from slotkeeper.storage import changes, listing, project_places
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, slug, name, availability, availability_constraints, booking, customer_fields, ui, "
    "reminders, meta, allow_conference, allow_double_bookings, enabled_email_notification, "
    "reservation_time, latitude, longitude, use_hours_from, created_at, updated_at"
)


def _has_resource(value: str) -> listing.Condition:
    try:
        resource_id = UUID(value)
    except ValueError:
        return listing.NOTHING
    return (
        sql.SQL(
            "EXISTS (SELECT FROM project_resources AS pr WHERE pr.app_id = projects.app_id "
            "AND pr.project_id = projects.id AND pr.resource_id = %s)"
        ),
        (resource_id,),
    )


SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "name": listing.within("name"),
        "slug": listing.exactly("slug"),
        "resources.id": _has_resource,
        **dict.fromkeys(("locations.uuid", "locations.id"), project_places.project_at_location),
        **dict.fromkeys(("services.uuid", "services.id"), project_places.project_of_service),
    },
    prefixes={"meta": lambda key: listing.member("meta", key)},
    own=_has_resource,
    order={name: name for name in ("created_at", "updated_at", "name", "slug")},
    default_order=("created_at",),
)

_FINDS_HIDDEN = frozenset(
    {"id", "slug", "locations.uuid", "locations.id", "services.uuid", "services.id"}
)
"""Fields by which somebody looks for a certain project, a hidden one too."""


async def insert(tx: Transaction, app_id: UUID, project: Mapping[str, object]) -> None:
    """Store a new project, given by column."""
    await changes.insert(tx, "projects", {"app_id": app_id, **project})


async def update(
    tx: Transaction, app_id: UUID, project_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a project."""
    return await changes.update(tx, "projects", app_id=app_id, row_id=project_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, project_id: UUID) -> bool:
    """Delete a project; its bookings stay, without it."""
    return await changes.delete(tx, "projects", app_id=app_id, row_id=project_id)


async def find(tx: Transaction, app_id: UUID, project_id: UUID) -> Project | None:
    """Return the project with this id, or None."""
    return await tx.row(
        Project,
        f"SELECT {COLUMNS} FROM projects WHERE app_id = %s AND id = %s",
        (app_id, project_id),
    )


async def find_all(
    tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]
) -> dict[UUID, Project]:
    """Return those of the projects that exist, by id."""
    found = await tx.rows(
        Project,
        f"SELECT {COLUMNS} FROM projects WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(project_ids)),
    )
    return {project.id: project for project in found}


async def find_owner_of_slug(tx: Transaction, slug: str) -> tuple[UUID, UUID] | None:
    """Return (app id, project id) of the project whose page has this address, or None.

    A slug is unique over the whole installation, because the page knows no app.
    """
    found = await tx.dicts("SELECT app_id, id FROM projects WHERE slug = %s", (slug,))
    return (found[0]["app_id"], found[0]["id"]) if found else None


async def list_projects(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Project]:
    """Return one page of the app's projects, oldest first unless asked otherwise.

    The hidden projects of services are found by id, slug, location or service, else left out.
    """
    names_one = any(field in _FINDS_HIDDEN for field, _ in asked.terms)
    return await listing.page(
        tx,
        Project,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "projects"),
        conditions=[
            listing.of_app(app_id),
            *([] if names_one else [project_places.NOT_HIDDEN]),
        ],
    )


async def resource_ids(tx: Transaction, app_id: UUID, project_id: UUID) -> list[UUID]:
    """Return the resources of a project in the order of their priority."""
    return await tx.values(
        "SELECT resource_id FROM project_resources WHERE app_id = %s AND project_id = %s "
        "ORDER BY position",
        (app_id, project_id),
    )


async def resource_ids_of_all(
    tx: Transaction, app_id: UUID, project_ids: Sequence[UUID]
) -> dict[UUID, list[UUID]]:
    """Return the resources of each project in the order of their priority."""
    found = await tx.dicts(
        "SELECT project_id, resource_id FROM project_resources "
        "WHERE app_id = %s AND project_id = ANY(%s) ORDER BY project_id, position",
        (app_id, list(project_ids)),
    )
    of: dict[UUID, list[UUID]] = {each: [] for each in project_ids}
    for row in found:
        of[row["project_id"]].append(row["resource_id"])
    return of


async def set_resources(
    tx: Transaction, app_id: UUID, project_id: UUID, resources: Sequence[UUID]
) -> None:
    """Make ``resources`` the resources of the project, first is first in priority."""
    await tx.run(
        "DELETE FROM project_resources WHERE app_id = %s AND project_id = %s",
        (app_id, project_id),
    )
    await tx.run(
        "INSERT INTO project_resources (app_id, project_id, resource_id, position) "
        "SELECT %s, %s, resource_id, position "
        "FROM unnest(%s::uuid[]) WITH ORDINALITY AS given (resource_id, position)",
        (app_id, project_id, list(resources)),
    )


async def add_resource(tx: Transaction, app_id: UUID, project_id: UUID, resource_id: UUID) -> None:
    """Attach a resource, last in priority; attaching it again changes nothing."""
    await tx.run(
        "INSERT INTO project_resources (app_id, project_id, resource_id, position) "
        "SELECT %(app)s, %(project)s, %(resource)s, coalesce(max(position), 0) + 1 "
        "FROM project_resources WHERE app_id = %(app)s AND project_id = %(project)s "
        "ON CONFLICT DO NOTHING",
        {"app": app_id, "project": project_id, "resource": resource_id},
    )


async def remove_resource(
    tx: Transaction, app_id: UUID, project_id: UUID, resource_id: UUID
) -> bool:
    """Detach a resource; tell whether it was attached."""
    removed = await tx.run(
        "DELETE FROM project_resources WHERE app_id = %s AND project_id = %s AND resource_id = %s",
        (app_id, project_id, resource_id),
    )
    return removed == 1
