"""What feeds show, in the database: bookings and events of a window, and their version."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.feed import ENTRIES_MAX, Feed, Version
from slotkeeper.domain.graphs import CONFIRM_DECLINE, GRAPHS, Hold, State
from slotkeeper.storage.events import COLUMNS as EVENT_COLUMNS
from slotkeeper.storage.transaction import Transaction

# What holds the time of the resource, and requests for it. claims_by_end, bookings_by_end and
# bookings_by_further_resources serve it.
_OF_RESOURCE: LiteralString = """
SELECT booking_id AS id FROM claims
WHERE app_id = %(app)s AND resource_id = %(resource)s
  AND upper(during) > %(from)s AND lower(during) < %(to)s
  AND (until IS NULL OR until > %(now)s)
UNION ALL
SELECT id FROM bookings
WHERE app_id = %(app)s AND resource_id = %(resource)s AND end_at > %(from)s AND start_at < %(to)s
  AND owner_booking_id IS NULL
  AND graph = 'confirm_decline' AND state = 'tentative' AND %(requests)s
UNION ALL
SELECT id FROM bookings
WHERE app_id = %(app)s AND further_resource_ids <> '{}'
  AND further_resource_ids @> ARRAY[%(resource)s::uuid]
  AND end_at > %(from)s AND start_at < %(to)s
  AND graph = 'confirm_decline' AND state = 'tentative' AND %(requests)s
"""

# The same of a project, by what states hold; bookings_by_project_and_start serves it. Seats
# are not among them: their class is.
_OF_PROJECT: LiteralString = """
SELECT id, xmin AS written, updated_at, resource_id FROM bookings
WHERE app_id = %(app)s AND project_id = %(project)s
  AND start_at >= %(from)s AND start_at < %(to)s AND owner_booking_id IS NULL
  AND (graph || ' ' || state = ANY(%(taken)s)
    OR graph || ' ' || state = ANY(%(held)s) AND held_until > %(now)s
    OR graph = 'confirm_decline' AND state = 'tentative' AND %(requests)s)
"""

# Events that the owner made: those that take time, those that do not, and what repeats.
# events_busy, events_free and events_that_repeat serve it.
_ONCE: LiteralString = """
WHERE app_id = %(app)s AND resource_id = %(resource)s
  AND end_at > %(from)s AND start_at < %(to)s
  AND booking_id IS NULL AND rsvp <> 'declined' AND NOT repeats
"""
_REPEATING: LiteralString = """
WHERE app_id = %(app)s AND resource_id = %(resource)s AND repeats AND rsvp <> 'declined'
  AND coalesce(last_at, 'infinity'::timestamptz) > %(from)s AND start_at < %(to)s
  AND (busy OR %(free)s)
"""

# Of which rows the version of a resource's feed is made: of all that it can show, and some more.
# What was cancelled counts too, because to leave it out takes longer than to read it. Claims say
# what holds time, but to look up the booking of each took most of the time; its own bookings lie
# together in bookings_by_end. Claims are asked only where it was ever booked together with
# others, as bookings_by_further_resources tells. A hold that runs out is not written for that,
# so each row tells whether it still holds.
_ROWS_OF_RESOURCE: LiteralString = """
WITH repeating AS (SELECT id, xmin AS written, updated_at FROM events {repeating}),
rows AS (
    SELECT id, xmin AS written, (held_until > %(now)s IS TRUE)::integer AS holds, updated_at
    FROM bookings
    WHERE app_id = %(app)s AND resource_id = %(resource)s
      AND end_at > %(from)s AND start_at < %(to)s AND owner_booking_id IS NULL
    UNION ALL
    SELECT bookings.id, bookings.xmin, 0, bookings.updated_at
    FROM claims JOIN bookings
      ON bookings.app_id = claims.app_id AND bookings.id = claims.booking_id
    WHERE claims.app_id = %(app)s AND claims.resource_id = %(resource)s
      AND upper(during) > %(from)s AND lower(during) < %(to)s
      AND (until IS NULL OR until > %(now)s)
      AND bookings.resource_id IS DISTINCT FROM %(resource)s
      AND EXISTS (SELECT FROM bookings WHERE further_resource_ids <> '{}'
        AND further_resource_ids @> ARRAY[%(resource)s::uuid])
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM bookings
    WHERE app_id = %(app)s AND further_resource_ids <> '{}'
      AND further_resource_ids @> ARRAY[%(resource)s::uuid]
      AND end_at > %(from)s AND start_at < %(to)s
      AND graph = 'confirm_decline' AND state = 'tentative'
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM events {once} AND busy
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM events {once} AND NOT busy AND %(free)s
    UNION ALL
    SELECT id, written, 0, updated_at FROM repeating
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM events
    WHERE app_id = %(app)s AND series_id IS NOT NULL AND series_id IN (SELECT id FROM repeating)
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM resources
    WHERE app_id = %(app)s AND id = %(resource)s
)
"""

# The same of a project: of what it shows, with the names of who serves.
_ROWS_OF_PROJECT: LiteralString = """
WITH shown AS ({bookings}),
rows AS (
    SELECT id, written, 0 AS holds, updated_at FROM shown
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM resources
    WHERE app_id = %(app)s AND id = ANY(ARRAY(SELECT DISTINCT resource_id FROM shown))
    UNION ALL
    SELECT id, xmin, 0, updated_at FROM projects WHERE app_id = %(app)s AND id = %(project)s
)
"""

# One number for all these rows: each counts with its id and with the transaction that wrote it
# last, so that no change leaves it the same; a time of change would, where of two transactions
# the later one commits first.
_VERSION: LiteralString = """
{rows}
SELECT sum(uuid_hash_extended(id, written::text::bigint * 2 + holds))::text AS text,
    max(updated_at) AS changed_at
FROM rows
"""
_VERSION_OF_RESOURCE = (
    _VERSION.replace("{rows}", _ROWS_OF_RESOURCE)
    .replace("{once}", _ONCE)
    .replace("{repeating}", _REPEATING)
)
_VERSION_OF_PROJECT = _VERSION.replace("{rows}", _ROWS_OF_PROJECT).replace(
    "{bookings}", _OF_PROJECT
)

_BOOKINGS: LiteralString = """
SELECT bookings.id, graph, state, what, location, description, start_at, end_at,
    coalesce(customer_name, '') AS customer_name, coalesce(customer_email, '') AS customer_email,
    coalesce(customer_phone, '') AS customer_phone, coalesce(resources.name, '') AS served_by,
    bookings.updated_at
FROM bookings
LEFT JOIN resources ON resources.app_id = bookings.app_id AND resources.id = bookings.resource_id
WHERE bookings.app_id = %(app)s AND bookings.id IN (SELECT id FROM ({bookings}) AS shown)
ORDER BY start_at DESC, bookings.id LIMIT %(most)s
"""


def _states(hold: Hold) -> list[str]:
    """Return the states, behind the names of their graphs, that do this to a resource's time."""
    return [
        f"{graph.name} {state}"
        for graph in GRAPHS.values()
        for state in graph.states
        if not graph.needs_seat and graph.hold(state) is hold
    ]


_TAKEN, _HELD = _states(Hold.TAKEN), _states(Hold.UNTIL_A_MOMENT)

assert CONFIRM_DECLINE.hold(State.TENTATIVE) is Hold.NOTHING, "requests are asked for by name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What a feed may tell of a booking; texts are empty where there are none."""

    id: UUID
    graph: str
    state: str
    what: str
    location: str
    description: str
    start_at: datetime
    end_at: datetime
    customer_name: str
    customer_email: str
    customer_phone: str
    served_by: str
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """The events of a feed: those that take place once, those that repeat, and all that
    replaces an occurrence of these, shown or not.
    """

    once: Sequence[Event] = ()
    repeating: Sequence[Event] = ()
    replacing: Sequence[Event] = ()


async def version(
    tx: Transaction, app_id: UUID, feed: Feed, *, start: datetime, end: datetime
) -> Version:
    """Return the version of what a feed shows of [start, end)."""
    statement = _VERSION_OF_PROJECT if feed.resource_id is None else _VERSION_OF_RESOURCE
    [row] = await tx.dicts(statement, _values(tx, app_id, feed, start, end))
    changed = max(filter(None, (row["changed_at"], feed.created_at)))
    return Version(text=row["text"] or "", changed_at=changed)


async def bookings(
    tx: Transaction, app_id: UUID, feed: Feed, *, start: datetime, end: datetime
) -> list[Booked]:
    """Return the bookings that a feed shows of [start, end), the last one first."""
    statement = _BOOKINGS.replace("{bookings}", _bookings_of(feed))
    values = {**_values(tx, app_id, feed, start, end), "most": ENTRIES_MAX}
    return await tx.rows(Booked, statement, values)


async def events(
    tx: Transaction, app_id: UUID, feed: Feed, *, start: datetime, end: datetime
) -> Events:
    """Return the events that a feed shows of [start, end), by start; none for a project."""
    if feed.resource_id is None:
        return Events()
    values = {**_values(tx, app_id, feed, start, end), "most": ENTRIES_MAX}
    once = await tx.rows(
        Event,
        f"SELECT {EVENT_COLUMNS} FROM events {_ONCE} AND busy "
        f"UNION ALL SELECT {EVENT_COLUMNS} FROM events {_ONCE} AND NOT busy AND %(free)s "
        "ORDER BY start_at DESC, id LIMIT %(most)s",
        values,
    )
    order: LiteralString = "ORDER BY start_at DESC, id LIMIT %(most)s"
    repeating = await tx.rows(
        Event, f"SELECT {EVENT_COLUMNS} FROM events {_REPEATING} {order}", values
    )
    if not repeating:
        return Events(once=once)
    replacing = await tx.rows(
        Event,
        f"SELECT {EVENT_COLUMNS} FROM events WHERE app_id = %s AND series_id = ANY(%s) "
        "ORDER BY recurrence_id, id",
        (app_id, [each.id for each in repeating]),
    )
    return Events(once=once, repeating=repeating, replacing=replacing)


async def name_of(tx: Transaction, app_id: UUID, feed: Feed) -> tuple[str, str]:
    """Return the name of a feed's resource or project, and the name of the zone of its days."""
    [row] = await tx.dicts(
        "SELECT name, timezone FROM resources WHERE app_id = %(app)s AND id = %(resource)s "
        "UNION ALL SELECT name, 'UTC' FROM projects WHERE app_id = %(app)s AND id = %(project)s",
        {"app": app_id, "resource": feed.resource_id, "project": feed.project_id},
    )
    return row["name"], row["timezone"]


def _bookings_of(feed: Feed) -> LiteralString:
    return _OF_PROJECT if feed.resource_id is None else _OF_RESOURCE


def _values(
    tx: Transaction, app_id: UUID, feed: Feed, start: datetime, end: datetime
) -> dict[str, Any]:
    return {
        "app": app_id,
        "resource": feed.resource_id,
        "project": feed.project_id,
        "from": start,
        "to": end,
        "now": tx.now,
        "requests": not feed.is_busy_only,  # they take no time yet
        "free": not feed.is_busy_only,
        "taken": _TAKEN,
        "held": _HELD,
    }
