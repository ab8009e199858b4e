"""Bookings and their log, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from slotkeeper.domain.booking import Booking, Customer, Transition
from slotkeeper.domain.graphs import GRAPHS, State
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Transaction

COLUMNS: LiteralString = (
    "id, graph, state, resource_id, project_id, calendar_id, start_at, end_at, what, location, "
    "description, participants, customer_id, customer_name, customer_email, customer_phone, "
    "customer_voip, customer_timezone, customer_custom, settings, meta, rescheduled_from, "
    "created_at, updated_at"
)


def _custom(key: str) -> listing.Search:
    return lambda value: (sql.SQL("customer_custom ->> %s = %s"), (key, value))


SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "graph": listing.exactly("graph"),
        "state": listing.exactly("state"),
        "completed": listing.truth("completed"),
        "resource.id": listing.uuid("resource_id"),
        "project.id": listing.uuid("project_id"),
        "calendar.id": listing.uuid("calendar_id"),
        "customer.name": listing.wildcard("customer_name"),
        "customer.email": listing.caseless("customer_email"),
        "customer.phone": listing.exactly("customer_phone"),
        "customer.voip": listing.exactly("customer_voip"),
        "customer.timezone": listing.exactly("customer_timezone"),
        "email": listing.caseless("customer_email"),
    },
    prefixes={"meta": lambda key: listing.member("meta", key), "customer": _custom},
    order={
        "created_at": "created_at",
        "updated_at": "updated_at",
        "completed": "completed",
        "graph": "graph",
        "state": "state",
        "event.start": "start_at",
        "event.end": "end_at",
    },
    default_order=("created_at DESC",),
)


_INSERT: LiteralString = (
    f"INSERT INTO bookings (app_id, completed, {COLUMNS}) "
    f"VALUES (%(app_id)s, %(completed)s, %({COLUMNS.replace(', ', ')s, %(')})s)"
)


async def insert(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Store a new booking."""
    customer = booking.customer
    values: dict[str, Any] = {
        "app_id": app_id,
        "id": booking.id,
        "graph": booking.graph.name,
        "state": booking.state,
        "completed": booking.is_final,
        "resource_id": booking.resource_id,
        "project_id": booking.project_id,
        "calendar_id": booking.calendar_id,
        "start_at": booking.start_at,
        "end_at": booking.end_at,
        "what": booking.what,
        "location": booking.location,
        "description": booking.description,
        "participants": list(booking.participants),
        "customer_id": customer and customer.id,
        "customer_name": customer and customer.name,
        "customer_email": customer and customer.email,
        "customer_phone": customer and customer.phone,
        "customer_voip": customer and customer.voip,
        "customer_timezone": customer and customer.timezone,
        "customer_custom": Json(customer.custom if customer else {}),
        "settings": Json(booking.settings),
        "meta": Jsonb(booking.meta),
        "rescheduled_from": booking.rescheduled_from,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
    }
    await tx.run(_INSERT, values)


async def save_state(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Store the state that an action led to."""
    await tx.run(
        "UPDATE bookings SET state = %s, completed = %s, updated_at = %s "
        "WHERE app_id = %s AND id = %s",
        (booking.state, booking.is_final, booking.updated_at, app_id, booking.id),
    )


async def save_meta(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Store the metadata of a booking."""
    await tx.run(
        "UPDATE bookings SET meta = %s, updated_at = %s WHERE app_id = %s AND id = %s",
        (Jsonb(booking.meta), booking.updated_at, app_id, booking.id),
    )


async def delete(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Delete a booking with its log, event and claim."""
    await tx.run("DELETE FROM bookings WHERE app_id = %s AND id = %s", (app_id, booking_id))


async def record(tx: Transaction, app_id: UUID, booking_id: UUID, transition: Transition) -> None:
    """Add a line to the log of a booking."""
    await tx.run(
        "INSERT INTO booking_log (app_id, booking_id, seq, action, from_state, to_state, "
        "actor, message, created_at) "
        "SELECT %(app)s, %(booking)s, coalesce(max(seq), 0) + 1, %(action)s, %(from)s, %(to)s, "
        "%(actor)s, %(message)s, %(at)s "
        "FROM booking_log WHERE app_id = %(app)s AND booking_id = %(booking)s",
        {
            "app": app_id,
            "booking": booking_id,
            "action": transition.action,
            "from": transition.from_state,
            "to": transition.to_state,
            "actor": transition.actor,
            "message": transition.message,
            "at": transition.created_at,
        },
    )


async def log_of(
    tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]
) -> dict[UUID, list[Transition]]:
    """Return the log of each booking, oldest line first."""
    found = await tx.dicts(
        "SELECT booking_id, action, from_state, to_state, actor, message, created_at "
        "FROM booking_log WHERE app_id = %s AND booking_id = ANY(%s) ORDER BY booking_id, seq",
        (app_id, list(booking_ids)),
    )
    log: dict[UUID, list[Transition]] = {each: [] for each in booking_ids}
    for row in found:
        log[row.pop("booking_id")].append(Transition(**row))
    return log


async def find(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
    """Return the booking with this id, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = %s", (app_id, booking_id)
    )
    return _booking(found[0]) if found else None


async def find_locked(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
    """Return the booking and hold its row until the transaction ends, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = %s FOR UPDATE",
        (app_id, booking_id),
    )
    return _booking(found[0]) if found else None


async def list_bookings(
    tx: Transaction,
    app_id: UUID,
    asked: Listing,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Page[Booking]:
    """Return one page of the app's bookings, newest first unless asked otherwise.

    With ``start`` and ``end`` only those that lie within [start, end].
    """
    conditions = [listing.of_app(app_id)]
    if start is not None:
        conditions.append((sql.SQL("start_at >= %s"), (start,)))
    if end is not None:
        conditions.append((sql.SQL("end_at <= %s"), (end,)))
    found = await listing.page(
        tx,
        _Row,
        asked,
        SEARCHABLE,
        columns=COLUMNS,
        source="bookings",
        conditions=conditions,
    )
    return Page([_booking(row) for row in found.items], found.total)


class _Row(dict[str, Any]):
    """A row as a mapping, for lists whose items are built of several columns."""


def _booking(row: dict[str, Any]) -> Booking:
    """Turn a row into a booking; the columns of its customer become one value."""
    of_customer = {
        name: row.pop(f"customer_{name}")
        for name in ("id", "name", "email", "phone", "voip", "timezone", "custom")
    }
    customer = Customer(**of_customer) if of_customer["id"] is not None else None
    graph, state = GRAPHS[row.pop("graph")], State(row.pop("state"))
    return Booking(graph=graph, state=state, customer=customer, **row)
