"""Resources in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.resource import Resource
from slotkeeper.storage import changes, listing
from slotkeeper.storage.events import COLUMNS as EVENT_COLUMNS
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, name, first_name, last_name, email, email_verified_at, timezone, image, meta, "
    "availability_constraints, enabled_email_notification, conference_enabled, conference_type, "
    "created_at, updated_at, deleted_at"
)

LIVE: listing.Condition = (sql.SQL("deleted_at IS NULL"), ())
"""Keep to those that are not deleted."""

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
    own=listing.uuid("id"),
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


async def lock(tx: Transaction, app_id: UUID, resource_id: UUID) -> bool:
    """Wait for whoever is booking the resource and keep others out; False for a former one.

    A booking that is being made refers to the row, so the two cannot pass each other.
    """
    return bool(
        await tx.value(
            "SELECT true FROM resources WHERE app_id = %s AND id = %s AND deleted_at IS NULL "
            "FOR UPDATE",
            (app_id, resource_id),
        )
    )


async def is_booked(tx: Transaction, app_id: UUID, resource_id: UUID) -> bool:
    """Tell whether any booking, past ones included, is or was with the resource.

    bookings_by_resource and bookings_by_further_resources serve it.
    """
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM bookings WHERE app_id = %(app)s "
            "AND resource_id = %(resource)s) OR EXISTS (SELECT FROM bookings "
            "WHERE app_id = %(app)s AND further_resource_ids <> '{}' "
            "AND further_resource_ids @> ARRAY[%(resource)s::uuid])",
            {"app": app_id, "resource": resource_id},
        )
    )


async def retire(tx: Transaction, app_id: UUID, resource_id: UUID) -> None:
    """Leave of a resource its names, its zone, its bookings and their claims; nothing else.

    Its address is free for another resource from then on.
    """
    values = {"app": app_id, "resource": resource_id, "now": tx.now}
    async with tx.together():
        for table in _BELONGINGS:
            await tx.run(
                sql.SQL(
                    "DELETE FROM {} WHERE app_id = %(app)s AND resource_id = %(resource)s"
                ).format(sql.Identifier(table)),
                values,
            )
        await tx.run(_RETIRE, values)


# Events go with their calendars.
_BELONGINGS = (
    "project_resources",
    "location_resources",
    "waitlist",
    "calendars",
    "resource_properties",
    "password_links",
    "credentials",
    "feeds",
    "widgets",
    "filter_collections",
)

_RETIRE = """
UPDATE resources SET deleted_at = %(now)s, updated_at = %(now)s, email = NULL,
    email_verified_at = NULL, password_hash = NULL, image = NULL, meta = '{}',
    availability_constraints = '[]', conference_type = NULL
WHERE app_id = %(app)s AND id = %(resource)s
"""


async def find(tx: Transaction, app_id: UUID, resource_id: UUID) -> Resource | None:
    """Return the resource with this id, or None."""
    found = await find_all(tx, app_id, [resource_id])
    return found.get(resource_id)


async def find_all(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, Resource]:
    """Return those of the resources that exist, by id."""
    found = await find_all_ever(tx, app_id, resource_ids)
    return {each: resource for each, resource in found.items() if resource.deleted_at is None}


async def find_all_ever(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, Resource]:
    """Return those of the resources that exist or are former ones, by id."""
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
        "WHERE app_id = %(app)s AND deleted_at IS NULL ORDER BY position",
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


async def find_only_with_email(tx: Transaction, email: str) -> tuple[UUID, Resource] | None:
    """Return the one resource with this address in all apps, and its app; None for several.

    resources_by_email serves it.
    """
    apps: list[UUID] = await tx.values(
        "SELECT app_id FROM resources WHERE lower(email) = lower(%s) LIMIT 2", (email,)
    )
    if len(apps) != 1:
        return None
    found = await find_by_emails(tx, apps[0], [email])
    return (apps[0], found[email]) if email in found else None


async def events_of_calendars(
    tx: Transaction, app_id: UUID, calendar_ids: Sequence[UUID], *, limit: int
) -> dict[UUID, list[Event]]:
    """Return the events of each calendar in the order of their start.

    Of more than ``limit`` in one calendar, those that start last. events_by_calendar serves it.
    """
    found = await tx.rows(
        Event,
        f"SELECT {EVENT_COLUMNS} FROM unnest(%(calendars)s::uuid[]) AS asked (in_calendar) "
        "CROSS JOIN LATERAL (SELECT * FROM events WHERE app_id = %(app)s "
        "AND calendar_id = in_calendar ORDER BY start_at DESC, id LIMIT %(limit)s) AS latest "
        "ORDER BY start_at, id",
        {"app": app_id, "calendars": list(calendar_ids), "limit": limit},
    )
    of: dict[UUID, list[Event]] = {each: [] for each in calendar_ids}
    for event in found:
        of[event.calendar_id].append(event)
    return of


async def list_resources(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Resource]:
    """Return one page of the app's resources, oldest first unless asked otherwise."""
    return await listing.page(
        tx,
        Resource,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "resources", way=listing.Way.IDS),
        conditions=[listing.of_app(app_id), LIVE],
    )
