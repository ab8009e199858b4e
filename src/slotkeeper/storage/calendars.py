"""Calendars in the database."""

from collections.abc import Mapping, Sequence
from typing import LiteralString
from uuid import UUID

from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, resource_id, name, description, foregroundcolor, backgroundcolor, is_primary, "
    "created_at, updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "name": listing.within("name"),
        "description": listing.within("description"),
        "primary": listing.truth("is_primary"),
        "resource.id": listing.uuid("resource_id"),
        "resource_id": listing.uuid("resource_id"),
    },
    own=listing.uuid("resource_id"),
    order={name: name for name in ("created_at", "updated_at", "name")},
    default_order=("created_at",),
)


async def insert(tx: Transaction, app_id: UUID, calendar: Mapping[str, object]) -> None:
    """Store a new calendar, given by column."""
    await changes.insert(tx, "calendars", {"app_id": app_id, **calendar})


async def update(
    tx: Transaction, app_id: UUID, calendar_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such a calendar."""
    return await changes.update(tx, "calendars", app_id=app_id, row_id=calendar_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, calendar_id: UUID) -> bool:
    """Delete a calendar with its events; tell whether there was one."""
    return await changes.delete(tx, "calendars", app_id=app_id, row_id=calendar_id)


async def find(tx: Transaction, app_id: UUID, calendar_id: UUID) -> Calendar | None:
    """Return the calendar with this id, or None."""
    return await tx.row(
        Calendar,
        f"SELECT {COLUMNS} FROM calendars WHERE app_id = %s AND id = %s",
        (app_id, calendar_id),
    )


async def find_all(
    tx: Transaction, app_id: UUID, calendar_ids: Sequence[UUID]
) -> dict[UUID, Calendar]:
    """Return those of the calendars that exist, by id."""
    found = await tx.rows(
        Calendar,
        f"SELECT {COLUMNS} FROM calendars WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(calendar_ids)),
    )
    return {calendar.id: calendar for calendar in found}


async def find_target(tx: Transaction, app_id: UUID, resource_id: UUID) -> Calendar | None:
    """Return the calendar that takes the bookings of a resource.

    That is the one marked primary, else the first that was made; None where there is none.
    """
    return await tx.row(
        Calendar,
        f"SELECT {COLUMNS} FROM calendars WHERE app_id = %s AND resource_id = %s "
        "ORDER BY is_primary DESC, created_at, id LIMIT 1",
        (app_id, resource_id),
    )


async def unmark_primary(tx: Transaction, app_id: UUID, resource_id: UUID, *, but: UUID) -> None:
    """Take the mark from every other calendar of the resource."""
    await tx.run(
        "UPDATE calendars SET is_primary = false "
        "WHERE app_id = %s AND resource_id = %s AND id <> %s AND is_primary",
        (app_id, resource_id, but),
    )


async def of_resources(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID]
) -> dict[UUID, list[Calendar]]:
    """Return the calendars of each resource, oldest first."""
    found = await tx.rows(
        Calendar,
        f"SELECT {COLUMNS} FROM calendars WHERE app_id = %s AND resource_id = ANY(%s) "
        "ORDER BY created_at, id",
        (app_id, list(resource_ids)),
    )
    of: dict[UUID, list[Calendar]] = {each: [] for each in resource_ids}
    for calendar in found:
        of[calendar.resource_id].append(calendar)
    return of


async def list_calendars(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Calendar]:
    """Return one page of the app's calendars, oldest first unless asked otherwise."""
    return await listing.page(
        tx,
        Calendar,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "calendars"),
        conditions=[listing.of_app(app_id)],
    )
