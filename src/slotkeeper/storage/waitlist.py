"""Waiting lists, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Json, Jsonb

from slotkeeper.domain.booking import Customer
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.waitlist import Entry, State
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, number, state, owner_booking_id, resource_id, project_id, start_at, end_at, graph, "
    "what, location, description, customer_name, customer_email, customer_phone, customer_voip, "
    "customer_timezone, customer_custom, meta, hold_seconds, reservation_id, offered_until, "
    "booking_id, created_at, updated_at"
)

SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "state": listing.exactly("state"),
        "owner_booking.id": listing.uuid("owner_booking_id"),
        "resource.id": listing.uuid("resource_id"),
        "project.id": listing.uuid("project_id"),
        "customer.name": listing.wildcard("customer_name"),
        "customer.email": listing.caseless("customer_email"),
        "email": listing.caseless("customer_email"),
    },
    order={
        "created_at": "created_at",
        "updated_at": "updated_at",
        "state": "state",
        "start": "start_at",
        "position": "number",
    },
    default_order=("number",),
)


async def insert(tx: Transaction, app_id: UUID, entry: Entry) -> Entry | None:
    """Store a new entry at the end of its line; None where the customer stands in it already."""
    customer = entry.customer
    values: dict[str, Any] = {
        "app_id": app_id,
        "id": entry.id,
        "state": entry.state,
        "owner_booking_id": entry.owner_booking_id,
        "resource_id": entry.resource_id,
        "project_id": entry.project_id,
        "start_at": entry.start_at,
        "end_at": entry.end_at,
        "graph": entry.graph,
        "what": entry.what,
        "location": entry.location,
        "description": entry.description,
        "customer_name": customer.name,
        "customer_email": customer.email,
        "customer_phone": customer.phone,
        "customer_voip": customer.voip,
        "customer_timezone": customer.timezone,
        "customer_custom": Json(customer.custom),
        "meta": Jsonb(entry.meta),
        "hold_seconds": entry.hold_seconds,
        "created_at": entry.created_at,
        "updated_at": entry.updated_at,
    }
    found = await tx.dicts(_INSERT, values)
    return _entry(found[0]) if found else None


_GIVEN: LiteralString = (
    "app_id, id, state, owner_booking_id, resource_id, project_id, start_at, end_at, graph, what, "
    "location, description, customer_name, customer_email, customer_phone, customer_voip, "
    "customer_timezone, customer_custom, meta, hold_seconds, created_at, updated_at"
)
_INSERT: LiteralString = (
    f"INSERT INTO waitlist ({_GIVEN}) VALUES (%({_GIVEN.replace(', ', ')s, %(')})s) "
    f"ON CONFLICT DO NOTHING RETURNING {COLUMNS}"
)


async def save(tx: Transaction, app_id: UUID, entry: Entry) -> None:
    """Store where an entry stands, and what it was offered or took."""
    await tx.run(
        "UPDATE waitlist SET state = %s, reservation_id = %s, offered_until = %s, "
        "booking_id = %s, updated_at = %s WHERE app_id = %s AND id = %s",
        (
            entry.state,
            entry.reservation_id,
            entry.offered_until,
            entry.booking_id,
            entry.updated_at,
            app_id,
            entry.id,
        ),
    )


async def find(tx: Transaction, app_id: UUID, entry_id: UUID) -> Entry | None:
    """Return the entry with this id, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM waitlist WHERE app_id = %s AND id = %s", (app_id, entry_id)
    )
    return _entry(found[0]) if found else None


async def find_locked(
    tx: Transaction, app_id: UUID, entry_id: UUID, *, state: State | None = None
) -> Entry | None:
    """Return the entry and hold its row until the transaction ends, or None.

    With ``state`` only while it is in that; who comes second waits, and then sees what the
    first has made of it.
    """
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM waitlist WHERE app_id = %s AND id = %s "
        "AND state = coalesce(%s, state) FOR UPDATE",
        (app_id, entry_id, state),
    )
    return _entry(found[0]) if found else None


async def find_twin(tx: Transaction, app_id: UUID, entry: Entry) -> Entry | None:
    """Return the open entry of the same address for the same thing; waitlist_once serves it."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM waitlist WHERE app_id = %s AND thing_id = %s AND start_at = %s "
        "AND end_at = %s AND lower(customer_email) = lower(%s) "
        "AND state IN ('waiting', 'offered')",
        (app_id, entry.thing_id, entry.start_at, entry.end_at, entry.customer.email),
    )
    return _entry(found[0]) if found else None


async def count_open(tx: Transaction, app_id: UUID, thing_id: UUID) -> int:
    """Return how many stand in all lines for one thing; waitlist_once serves it."""
    count: int = await tx.value(
        "SELECT count(*) FROM waitlist WHERE app_id = %s AND thing_id = %s "
        "AND state IN ('waiting', 'offered')",
        (app_id, thing_id),
    )
    return count


async def open_of(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> list[Entry]:
    """Return the open entries of a class, first in line first; waitlist_once serves it."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM waitlist WHERE app_id = %s AND thing_id = %s "
        "AND state IN ('waiting', 'offered') ORDER BY number",
        (app_id, owner_booking_id),
    )
    return [_entry(row) for row in found]


async def next_for_seat(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> Entry | None:
    """Return who is first in line for a class, and hold the row; waitlist_in_line serves it.

    Of two who ask at once, the second waits and gets the next in line.
    """
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM waitlist WHERE app_id = %s AND thing_id = %s "
        "AND state = 'waiting' ORDER BY number LIMIT 1 FOR UPDATE",
        (app_id, owner_booking_id),
    )
    return _entry(found[0]) if found else None


# Lines for these resources by name, and for projects that they belong to. What has begun is
# nobody's any more. waitlist_once serves it: where nobody waits, a look into an empty index.
_WAITING: LiteralString = f"""
SELECT {COLUMNS} FROM waitlist
WHERE app_id = %(app)s AND state = 'waiting' AND thing_id = ANY (
    SELECT unnest(%(resources)s::uuid[])
    UNION ALL
    SELECT project_id FROM project_resources
    WHERE app_id = %(app)s AND resource_id = ANY(%(resources)s))
  AND start_at < %(end)s AND end_at > %(start)s AND start_at > %(now)s
ORDER BY number LIMIT %(most)s
"""


async def waiting_for_time(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    *,
    start: datetime,
    end: datetime,
    most: int,
) -> list[Entry]:
    """Return who waits for time within [start, end) of any of the resources, first come first."""
    values = {
        "app": app_id,
        "resources": list(resource_ids),
        "start": start,
        "end": end,
        "now": tx.now,
        "most": most,
    }
    return [_entry(row) for row in await tx.dicts(_WAITING, values)]


async def positions(tx: Transaction, app_id: UUID, entry_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return the place in line of those who wait, from 1; waitlist_once serves it."""
    found = await tx.dicts(
        "SELECT id, (SELECT count(*) FROM waitlist AS before "
        "    WHERE before.app_id = waitlist.app_id AND before.thing_id = waitlist.thing_id "
        "    AND before.state = 'waiting' AND before.number <= waitlist.number "
        "    AND before.start_at = waitlist.start_at AND before.end_at = waitlist.end_at) AS place "
        "FROM waitlist WHERE app_id = %s AND id = ANY(%s) AND state = 'waiting'",
        (app_id, list(entry_ids)),
    )
    return {row["id"]: row["place"] for row in found}


async def list_entries(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Entry]:
    """Return one page of the app's entries, in the order of joining unless asked otherwise."""
    found = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        listing.Source(COLUMNS, "waitlist"),
        conditions=[listing.of_app(app_id)],
    )
    return Page([_entry(row) for row in found.items], found.total)


# SKIP LOCKED: an entry that somebody is changing is left to the next time.
_LAPSE = """
WITH begun AS (
    SELECT app_id, id FROM waitlist WHERE state = 'waiting' AND start_at <= %(now)s
    ORDER BY start_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
UPDATE waitlist SET state = 'lapsed', updated_at = %(now)s FROM begun
WHERE waitlist.app_id = begun.app_id AND waitlist.id = begun.id
RETURNING waitlist.app_id, waitlist.id
"""


async def lapse(tx: Transaction, *, most: int) -> list[tuple[UUID, UUID]]:
    """End the entries of all apps whose start has come; return (app, entry) of at most ``most``.

    waitlist_by_start serves it.
    """
    found = await tx.dicts(_LAPSE, {"now": tx.now, "most": most})
    return [(row["app_id"], row["id"]) for row in found]


class _Row(dict[str, Any]):
    """A row as a mapping, for lists whose items are built of several columns."""


def _entry(row: dict[str, Any]) -> Entry:
    """Turn a row into an entry; the columns of its customer become one value."""
    names = ("name", "email", "phone", "voip", "timezone", "custom")
    of_customer = {name: row.pop(f"customer_{name}") for name in names}
    # A customer has a new id with every booking; until then the entry stands for them.
    customer = Customer(id=row["id"], **of_customer)
    return Entry(state=State(row.pop("state")), customer=customer, **row)
