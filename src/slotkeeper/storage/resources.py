"""Resources in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.resource import Resource
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, name, first_name, last_name, email, timezone, image, meta, availability_constraints, "
    "enabled_email_notification, conference_enabled, conference_type, created_at, updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "name": listing.within("name"),
        "first_name": listing.within("first_name"),
        "last_name": listing.within("last_name"),
        "email": listing.caseless("email"),
        "timezone": listing.exactly("timezone"),
    },
    prefixes={"meta": lambda key: listing.member("meta", key)},
    order={name: name for name in ("created_at", "updated_at", "name", "email")},
    default_order=("created_at",),
)


async def insert(tx: Transaction, app_id: UUID, resource: Mapping[str, object]) -> None:
    """Store a new resource, given by column."""
    await changes.insert(tx, "resources", {"app_id": app_id, **resource})


async def update(
    tx: Transaction, app_id: UUID, resource_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a resource."""
    return await changes.update(tx, "resources", app_id=app_id, row_id=resource_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, resource_id: UUID) -> bool:
    """Delete a resource with its calendars, events and claims; bookings stay, without it."""
    return await changes.delete(tx, "resources", app_id=app_id, row_id=resource_id)


async def find(tx: Transaction, app_id: UUID, resource_id: UUID) -> Resource | None:
    """Return the resource with this id, or None."""
    found = await find_all(tx, app_id, [resource_id])
    return found.get(resource_id)


async def find_all(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, Resource]:
    """Return those of the resources that exist, by id."""
    found = await tx.rows(
        Resource,
        f"SELECT {COLUMNS} FROM resources WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(resource_ids)),
    )
    return {resource.id: resource for resource in found}


async def of_project(tx: Transaction, app_id: UUID, project_id: UUID) -> list[Resource]:
    """Return the resources of a project in the order of their priority."""
    return await tx.rows(
        Resource,
        f"SELECT {COLUMNS} FROM resources JOIN ("
        "SELECT resource_id, position FROM project_resources "
        "WHERE app_id = %(app)s AND project_id = %(project)s) AS attached ON resource_id = id "
        "WHERE app_id = %(app)s ORDER BY position",
        {"app": app_id, "project": project_id},
    )


async def has_email(tx: Transaction, app_id: UUID, email: str) -> bool:
    """Tell whether a resource of the app has this address, in any case."""
    return bool(
        await tx.value(
            "SELECT true FROM resources WHERE app_id = %s AND lower(email) = lower(%s)",
            (app_id, email),
        )
    )


async def find_by_emails(
    tx: Transaction, app_id: UUID, emails: Sequence[str]
) -> dict[str, Resource]:
    """Return those of the resources that exist, by address as it was asked for, in any case."""
    found = await tx.rows(
        Resource,
        f"SELECT {COLUMNS} FROM resources WHERE app_id = %s AND lower(email) = ANY(%s)",
        (app_id, [email.lower() for email in emails]),
    )
    by_email = {(resource.email or "").lower(): resource for resource in found}
    return {email: by_email[email.lower()] for email in emails if email.lower() in by_email}


async def list_resources(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Resource]:
    """Return one page of the app's resources, oldest first unless asked otherwise."""
    return await listing.page(
        tx,
        Resource,
        asked,
        SEARCHABLE,
        columns=COLUMNS,
        source="resources",
        conditions=[listing.of_app(app_id)],
    )
