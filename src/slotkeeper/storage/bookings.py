"""Bookings, in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, LiteralString
from uuid import UUID

from psycopg import sql
from psycopg.types.json import Json, Jsonb

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.graphs import GRAPHS, GROUP_OWNER, State
from slotkeeper.domain.group import group_of
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import listing
from slotkeeper.storage.transaction import Parameters, Promise, Transaction

Reminders = Sequence[Mapping[str, object]] | None

COLUMNS: LiteralString = (
    "id, graph, state, resource_id, further_resource_ids, project_id, calendar_id, "
    "owner_booking_id, bulk_id, series_id, start_at, end_at, what, location, description, "
    "participants, customer_id, customer_name, customer_email, customer_phone, customer_voip, "
    "customer_timezone, customer_custom, settings, steps, meta, payment_id, rescheduled_from, "
    "held_until, created_at, updated_at, reminders"
)


def _custom(key: str) -> listing.Search:
    return lambda value: (sql.SQL("customer_custom ->> %s = %s"), (key, value))


def _of_resource(value: str) -> listing.Condition:
    first, values = listing.uuid("resource_id")(value)
    if not values:
        return listing.NOTHING
    further = "(further_resource_ids @> ARRAY[%s] AND further_resource_ids <> '{}')"
    return sql.SQL("({} OR {})").format(first, sql.SQL(further)), (*values, *values)


SEARCHABLE = listing.Searchable(
    {
        "id": listing.uuid("id"),
        "graph": listing.exactly("graph"),
        "state": listing.exactly("state"),
        "completed": listing.truth("completed"),
        "resource.id": _of_resource,
        "owner_booking.id": listing.uuid("owner_booking_id"),
        "series.id": listing.uuid("series_id"),
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
    own=_of_resource,
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


# What follows from a booking and is stored beside it, for indexes.
_DERIVED: LiteralString = "completed, alarm_at, seats, bookable_from, bookable_until"

_ALL: LiteralString = f"app_id, {_DERIVED}, {COLUMNS}"
_VALUES: LiteralString = f"%({_ALL.replace(', ', ')s, %(')})s"

# The reminders of the app come with the row: to ask for them by itself would cost every booking
# of every app a way to the database.
_REMINDERS: LiteralString = (
    "coalesce(%(reminders)s::jsonb, (SELECT (settings -> 'reminders')::jsonb FROM apps "
    "WHERE id = %(app_id)s AND %(has_those_of_app)s))"
)
_INSERT: LiteralString = (
    f"INSERT INTO bookings ({_ALL}) VALUES ({_VALUES.replace('%(reminders)s', _REMINDERS)}) "
    "RETURNING reminders"
)


async def insert(
    tx: Transaction, app_id: UUID, booking: Booking, *, has_those_of_app: bool
) -> Promise[Reminders]:
    """Store a new booking; promise its reminders as they are stored, None where there are none.

    ``has_those_of_app`` tells whether those of its app are its own, where it has none.
    """
    customer = booking.customer
    values: dict[str, Any] = {
        "app_id": app_id,
        "id": booking.id,
        "graph": booking.graph.name,
        "state": booking.state,
        "completed": booking.is_final,
        "alarm_at": booking.alarm_at,
        **_offer(booking),
        "resource_id": booking.resource_id,
        "further_resource_ids": list(booking.further_resource_ids),
        "project_id": booking.project_id,
        "calendar_id": booking.calendar_id,
        "owner_booking_id": booking.owner_booking_id,
        "bulk_id": booking.bulk_id,
        "series_id": booking.series_id,
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
        "steps": Json(booking.steps),
        "meta": Jsonb(booking.meta),
        "payment_id": booking.payment_id,
        "rescheduled_from": booking.rescheduled_from,
        "held_until": booking.held_until,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
        "reminders": Jsonb(booking.reminders) if booking.reminders is not None else None,
        "has_those_of_app": has_those_of_app,
    }
    return await tx.promise(_INSERT, values)


async def save_state(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Store the state that an action led to, and until when it lasts."""
    await tx.run(
        "UPDATE bookings SET state = %s, completed = %s, steps = %s, payment_id = %s, "
        "held_until = %s, alarm_at = %s, updated_at = %s WHERE app_id = %s AND id = %s",
        (
            booking.state,
            booking.is_final,
            Json(booking.steps),
            booking.payment_id,
            booking.held_until,
            booking.alarm_at,
            booking.updated_at,
            app_id,
            booking.id,
        ),
    )


async def save_meta(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Store the metadata of a booking."""
    await tx.run(
        "UPDATE bookings SET meta = %s, updated_at = %s WHERE app_id = %s AND id = %s",
        (Jsonb(booking.meta), booking.updated_at, app_id, booking.id),
    )


async def delete(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Delete a booking with its log, events, claims and seat."""
    await tx.run("DELETE FROM bookings WHERE app_id = %s AND id = %s", (app_id, booking_id))


async def find(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
    """Return the booking with this id, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = %s", (app_id, booking_id)
    )
    return from_row(found[0]) if found else None


async def find_all(
    tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]
) -> dict[UUID, Booking]:
    """Return those of the bookings that exist, by id."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = ANY(%s)",
        (app_id, list(booking_ids)),
    )
    return {row["id"]: from_row(row) for row in found}


async def select(tx: Transaction, rest: LiteralString, parameters: Parameters) -> list[Booking]:
    """Return the bookings that ``rest`` means: what stands behind FROM bookings."""
    found = await tx.dicts(f"SELECT {COLUMNS} FROM bookings {rest}", parameters)
    return [from_row(row) for row in found]


async def find_locked(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
    """Return the booking and hold its row until the transaction ends, or None."""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = %s FOR UPDATE",
        (app_id, booking_id),
    )
    return from_row(found[0]) if found else None


async def find_held_open(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
    """Return the booking, and let nobody change it until the transaction ends, or None.

    Many can do so at once, as those do who take seats in a class.
    """
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND id = %s FOR SHARE",
        (app_id, booking_id),
    )
    return from_row(found[0]) if found else None


async def hold_class_of(tx: Transaction, app_id: UUID, seat_id: UUID) -> None:
    """Let nobody change the class of a seat until the transaction ends; without one, nothing.

    Whoever ends a class holds it before its seats. To hold a seat first and then its class
    would be to wait for them in a circle.
    """
    await tx.run(
        "SELECT FROM bookings WHERE app_id = %(app)s AND id = "
        "(SELECT owner_booking_id FROM bookings WHERE app_id = %(app)s AND id = %(seat)s) "
        "FOR SHARE",
        {"app": app_id, "seat": seat_id},
    )


async def seats_of(
    tx: Transaction, app_id: UUID, owner_booking_id: UUID, *, locked: bool = False
) -> list[Booking]:
    """Return the seats of a class that have not ended, oldest first.

    ``locked`` holds their rows until the transaction ends.
    """
    lock: LiteralString = "FOR UPDATE" if locked else ""
    found = await tx.dicts(
        f"SELECT {COLUMNS} FROM bookings WHERE app_id = %s AND owner_booking_id = %s "
        f"AND NOT completed ORDER BY created_at, id {lock}",
        (app_id, owner_booking_id),
    )
    return [from_row(row) for row in found]


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
    of_app = listing.of_app(app_id)
    if start is None and end is None:
        return await page(tx, asked, SEARCHABLE, [of_app])
    within = [of_app]
    if start is not None:
        within.append((sql.SQL("start_at >= %s"), (start,)))
    if end is not None:
        # That a booking starts before it ends is known to us, not to the planner.
        within.append((sql.SQL("end_at <= %s AND start_at < %s"), (end, end)))
    return await page(tx, asked, SEARCHABLE, within, way=listing.Way.ONCE)


async def page(
    tx: Transaction,
    asked: Listing,
    searchable: listing.Searchable,
    conditions: Sequence[listing.Condition],
    *,
    way: listing.Way = listing.Way.IDS,
) -> Page[Booking]:
    """Return one page of the bookings that meet ``conditions`` and what was asked for."""
    found = await listing.page(
        tx,
        _Row,
        asked,
        searchable,
        listing.Source(COLUMNS, "bookings", way=way),
        conditions=conditions,
    )
    return Page([from_row(row) for row in found.items], found.total)


def _offer(booking: Booking) -> dict[str, object]:
    """Return what the list of classes on offer looks at."""
    if booking.graph is not GROUP_OWNER:
        return dict.fromkeys(("seats", "bookable_from", "bookable_until"))
    group, start = group_of(booking.settings), booking.start_at
    return {
        "seats": group.seats,
        "bookable_from": group.max_booking and start - group.max_booking,
        "bookable_until": start - (group.min_booking or timedelta()),
    }


class _Row(dict[str, Any]):
    """A row as a mapping, for lists whose items are built of several columns."""


def from_row(row: dict[str, Any]) -> Booking:
    """Turn a row of ``COLUMNS`` into a booking; those of its customer become one value."""
    of_customer = {
        name: row.pop(f"customer_{name}")
        for name in ("id", "name", "email", "phone", "voip", "timezone", "custom")
    }
    customer = Customer(**of_customer) if of_customer["id"] is not None else None
    graph, state = GRAPHS[row.pop("graph")], State(row.pop("state"))
    return Booking(graph=graph, state=state, customer=customer, **row)
