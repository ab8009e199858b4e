"""Events in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, calendar_id, resource_id, booking_id, what, location, description, rsvp, all_day, "
    "start_at, end_at, participants, created_at, updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "resource.id": listing.uuid("resource_id"),
        "resource_id": listing.uuid("resource_id"),
        "calendar.id": listing.uuid("calendar_id"),
        "calendar_id": listing.uuid("calendar_id"),
        "what": listing.within("what"),
    },
    order={"start": "start_at", "end": "end_at", "created_at": "created_at"},
    default_order=("start_at",),
)


async def insert(tx: Transaction, app_id: UUID, event: Mapping[str, object]) -> None:
    """Store a new event, given by column."""
    await changes.insert(tx, "events", {"app_id": app_id, **event})


async def update(
    tx: Transaction, app_id: UUID, event_id: UUID, changed: Mapping[str, object]
) -> bool:
    """Change the given columns; tell whether there is such an event."""
    return await changes.update(tx, "events", app_id=app_id, row_id=event_id, changes=changed)


async def delete(tx: Transaction, app_id: UUID, event_id: UUID) -> bool:
    """Delete an event; tell whether there was one."""
    return await changes.delete(tx, "events", app_id=app_id, row_id=event_id)


async def delete_of_booking(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Take the event of a booking out of its calendar."""
    await tx.run("DELETE FROM events WHERE app_id = %s AND booking_id = %s", (app_id, booking_id))


async def find(tx: Transaction, app_id: UUID, event_id: UUID) -> Event | None:
    """Return the event with this id, or None."""
    return await tx.row(
        Event, f"SELECT {COLUMNS} FROM events WHERE app_id = %s AND id = %s", (app_id, event_id)
    )


async def of_bookings(
    tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]
) -> dict[UUID, Event]:
    """Return the event of each booking that has one, by booking."""
    found = await tx.rows(
        Event,
        f"SELECT {COLUMNS} FROM events WHERE app_id = %s AND booking_id = ANY(%s)",
        (app_id, list(booking_ids)),
    )
    return {event.booking_id: event for event in found if event.booking_id is not None}


async def list_events(
    tx: Transaction, app_id: UUID, asked: Listing, *, start: datetime, end: datetime
) -> Page[Event]:
    """Return one page of the app's events that overlap [start, end), earliest first."""
    return await listing.page(
        tx,
        Event,
        asked,
        SEARCHABLE,
        columns=COLUMNS,
        source="events",
        conditions=[
            listing.of_app(app_id),
            (sql.SQL("start_at < %s AND end_at > %s"), (end, start)),
        ],
    )
