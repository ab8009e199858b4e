"""Events in the database."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import LiteralString
from uuid import UUID

from psycopg import sql

from slotkeeper.domain.calendar import Event, RepeatingEvent
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import changes, listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, calendar_id, resource_id, booking_id, what, location, description, rsvp, all_day, busy, "
    "start_at, end_at, participants, rrule, rdate, exdate, timezone, series_id, recurrence_id, "
    "created_at, updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "resource.id": listing.uuid("resource_id"),
        "resource_id": listing.uuid("resource_id"),
        "calendar.id": listing.uuid("calendar_id"),
        "calendar_id": listing.uuid("calendar_id"),
        "booking.id": listing.uuid("booking_id"),
        "series_id": listing.uuid("series_id"),
        "what": listing.within("what"),
        "where": listing.within("location"),
        "description": listing.within("description"),
        "participants": listing.among("participants"),
        "rsvp": listing.caseless("rsvp"),
        "all_day": listing.truth("all_day"),
        "allDay": listing.truth("all_day"),
        "busy": listing.truth("busy"),
    },
    order={
        "start": "start_at",
        "end": "end_at",
        "what": "what",
        "created_at": "created_at",
        "updated_at": "updated_at",
    },
    own=listing.uuid("resource_id"),
    default_order=("start_at",),
    ties=("id", "start_at"),
)

# What repeats and is not over at the start of a window, with the zone it follows and the
# starts that others replace. events_that_repeat serves it, events_of_series what is inside.
_REPEATING: LiteralString = """
SELECT id, calendar_id, resource_id, all_day, start_at, end_at, rrule, rdate,
    coalesce(timezone, (SELECT timezone FROM resources AS owner
        WHERE owner.app_id = events.app_id AND owner.id = events.resource_id)) AS zone_name,
    exdate || ARRAY(SELECT recurrence_id FROM events AS instead
        WHERE instead.app_id = events.app_id AND instead.series_id = events.id) AS without
FROM events
WHERE app_id = %s AND repeats AND coalesce(last_at, 'infinity'::timestamptz) > %s AND
"""

_SHOWN: LiteralString = (
    "app_id, id, calendar_id, resource_id, booking_id, what, location, description, rsvp, all_day, "
    "busy, start_at, end_at, participants, rrule, rdate, exdate, timezone, series_id, "
    "recurrence_id, created_at, updated_at"
)

# Where to begin among the starts of events to find all that reach into a window: a day before
# it, or where the first of those begins that last longer. Most events are short, so that the
# other end of an index of starts is near; events_long serves the question for the others.
_BEGIN: LiteralString = """(
    SELECT least(%s::timestamptz - interval '24 hours', min(long.start_at)) FROM events AS long
    WHERE long.app_id = %s AND NOT long.repeats AND long.end_at > %s AND long.start_at < %s
        AND long.end_at - long.start_at > interval '24 hours'
)"""

# Events as they are, and each occurrence of those that repeat as an event of its own.
_WITH_OCCURRENCES: LiteralString = f"""(
    SELECT {_SHOWN} FROM events WHERE NOT repeats AND start_at >= {_BEGIN}
    UNION ALL
    SELECT app_id, events.id, calendar_id, resource_id, booking_id, what, location, description,
        rsvp, all_day, busy, occurrence.start_at, occurrence.end_at, participants, NULL,
        '{{}}'::timestamptz[], '{{}}'::timestamptz[], timezone, events.id, occurrence.start_at,
        created_at, updated_at
    FROM unnest(%s::uuid[], %s::timestamptz[], %s::timestamptz[])
        AS occurrence (of_id, start_at, end_at)
    JOIN events ON events.id = of_id
) AS listed"""

_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Occurrence = tuple[UUID, datetime, datetime]
"""The id of an event that repeats, and when it starts and ends once."""


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
    """Return the event of each booking that has one, by booking.

    Of several resources, that of the first.
    """
    found = await tx.rows(
        Event,
        f"SELECT {COLUMNS} FROM events WHERE app_id = %s AND booking_id = ANY(%s) "
        "AND resource_id = (SELECT first.resource_id FROM bookings AS first "
        "WHERE first.app_id = events.app_id AND first.id = events.booking_id)",
        (app_id, list(booking_ids)),
    )
    return {event.booking_id: event for event in found if event.booking_id is not None}


async def find_repeating(tx: Transaction, app_id: UUID, event_id: UUID) -> RepeatingEvent | None:
    """Return the event with this id if it repeats, else None."""
    return await tx.row(RepeatingEvent, f"{_REPEATING} id = %s", (app_id, _LONG_AGO, event_id))


async def replacing(
    tx: Transaction, app_id: UUID, series_id: UUID, recurrence_id: datetime
) -> bool:
    """Tell whether an event replaces that occurrence of the series already."""
    return bool(
        await tx.value(
            "SELECT true FROM events WHERE app_id = %s AND series_id = %s AND recurrence_id = %s",
            (app_id, series_id, recurrence_id),
        )
    )


async def move_replacing(
    tx: Transaction, app_id: UUID, series_id: UUID, *, calendar_id: UUID, resource_id: UUID
) -> None:
    """Put what replaces occurrences of a series into another calendar."""
    await tx.run(
        "UPDATE events SET calendar_id = %s, resource_id = %s, updated_at = %s "
        "WHERE app_id = %s AND series_id = %s",
        (calendar_id, resource_id, tx.now, app_id, series_id),
    )


async def leave_out(
    tx: Transaction, app_id: UUID, series_id: UUID, recurrence_id: datetime
) -> None:
    """Take one occurrence out of a series."""
    await tx.run(
        "UPDATE events SET exdate = array_append(exdate, %s), updated_at = %s "
        "WHERE app_id = %s AND id = %s",
        (recurrence_id, tx.now, app_id, series_id),
    )


async def all_day_of(tx: Transaction, app_id: UUID, resource_id: UUID) -> list[Event]:
    """Return the all-day events of a resource."""
    return await tx.rows(
        Event,
        f"SELECT {COLUMNS} FROM events WHERE app_id = %s AND resource_id = %s AND all_day",
        (app_id, resource_id),
    )


async def replacements_of(
    tx: Transaction, app_id: UUID, series_ids: Sequence[UUID]
) -> dict[UUID, datetime]:
    """Return which occurrence each event replaces that replaces one of these series."""
    found = await tx.dicts(
        "SELECT id, recurrence_id FROM events WHERE app_id = %s AND series_id = ANY(%s)",
        (app_id, list(series_ids)),
    )
    return {row["id"]: row["recurrence_id"] for row in found}


async def move_days(
    tx: Transaction, app_id: UUID, moved: Mapping[UUID, Mapping[str, object]]
) -> None:
    """Give events other instants: start, end, dates beside the rule, and when all is over."""
    async with tx.connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE events SET start_at = %s, end_at = %s, rdate = %s, exdate = %s, "
            "last_at = %s, updated_at = %s WHERE app_id = %s AND id = %s",
            [
                (
                    *(to[each] for each in ("start_at", "end_at", "rdate", "exdate", "last_at")),
                    *(tx.now, app_id, event_id),
                )
                for event_id, to in moved.items()
            ],
        )


async def move_replaced(tx: Transaction, app_id: UUID, moved: Mapping[UUID, datetime]) -> None:
    """Give the occurrences that events replace other names: the starts they have now."""
    async with tx.connection.cursor() as cursor:
        await cursor.executemany(
            "UPDATE events SET recurrence_id = %s WHERE app_id = %s AND id = %s",
            [(start, app_id, event_id) for event_id, start in moved.items()],
        )


async def list_repeating(
    tx: Transaction,
    app_id: UUID,
    *,
    after: datetime,
    resource_ids: Sequence[UUID] | None = None,
    calendar_ids: Sequence[UUID] | None = None,
    ignore_all_day: bool = False,
) -> list[RepeatingEvent]:
    """Return what takes time again and again and is not over at ``after``.

    Of the resources or of the calendars: one of the two is given.
    """
    column: LiteralString = "resource_id" if calendar_ids is None else "calendar_id"
    return await tx.rows(
        RepeatingEvent,
        f"{_REPEATING} {column} = ANY(%s) AND busy AND rsvp <> 'declined' AND NOT (all_day AND %s)",
        (app_id, after, list(resource_ids or calendar_ids or ()), ignore_all_day),
    )


async def search_repeating(
    tx: Transaction, app_id: UUID, asked: Listing, *, after: datetime
) -> list[RepeatingEvent]:
    """Return the events that repeat, meet the terms and are not over at ``after``."""
    terms = SEARCHABLE.conditions(asked)
    where = sql.SQL(" AND ").join([sql.SQL("true"), *(condition for condition, _ in terms)])
    values = [value for _, values in terms for value in values]
    return await tx.rows(RepeatingEvent, sql.SQL(_REPEATING) + where, [app_id, after, *values])


async def list_events(
    tx: Transaction,
    app_id: UUID,
    asked: Listing,
    *,
    start: datetime,
    end: datetime,
    occurrences: Sequence[Occurrence] = (),
) -> Page[Event]:
    """Return one page of the app's events that overlap [start, end), earliest first.

    Events that repeat are not among them, but each of ``occurrences`` is.
    """
    overlapping = (sql.SQL("start_at < %s AND end_at > %s"), (end, start))
    conditions: list[listing.Condition] = [listing.of_app(app_id), overlapping]
    begin: list[object] = [start, app_id, start, end]
    if occurrences:
        return await listing.page(
            tx,
            Event,
            asked,
            SEARCHABLE,
            listing.Source(
                COLUMNS,
                _WITH_OCCURRENCES,
                values=[*begin, *(list(each) for each in zip(*occurrences, strict=True))],
            ),
            conditions=conditions,
        )
    since = (sql.SQL("NOT repeats AND start_at >= ") + sql.SQL(_BEGIN), begin)
    return await listing.page(
        tx,
        Event,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "events", way=listing.Way.IDS),
        conditions=[*conditions, since],
    )
