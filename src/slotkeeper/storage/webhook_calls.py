"""What webhooks tell beside the booking itself, for many of them at once, of whatever apps."""

from collections.abc import Iterable, Sequence
from typing import LiteralString, TypeVar
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.webhook import Webhook
from slotkeeper.storage import bookings, calendars, projects, resources, webhooks
from slotkeeper.storage.transaction import Transaction

Pair = tuple[UUID, UUID]
"""The id of an app, and that of something that belongs to it."""

Row = TypeVar("Row", Webhook, Calendar, Resource, Project)

_WANTED: LiteralString = "(SELECT * FROM unnest(%s::uuid[], %s::uuid[]))"


async def webhooks_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, Webhook]:
    """Return those of the webhooks that exist, by id."""
    return await _found(tx, Webhook, webhooks.COLUMNS, "webhooks", pairs)


async def calendars_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, Calendar]:
    """Return those of the calendars that exist, by id."""
    return await _found(tx, Calendar, calendars.COLUMNS, "calendars", pairs)


async def resources_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, Resource]:
    """Return those of the resources that there ever were, by id."""
    return await _found(tx, Resource, resources.COLUMNS, "resources", pairs)


async def projects_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, Project]:
    """Return those of the projects that exist, by id."""
    return await _found(tx, Project, projects.COLUMNS, "projects", pairs)


async def bookings_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, Booking]:
    """Return those of the bookings that exist, by id."""
    wanted = _columns(pairs)
    if not wanted[0]:
        return {}
    found = await bookings.select(tx, f"WHERE (app_id, id) IN {_WANTED}", wanted)
    return {each.id: each for each in found}


async def events_of(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, UUID]:
    """Return the id of the event of each booking that has one; of several resources, the first.

    ``events_by_booking`` serves it.
    """
    wanted = _columns(pairs)
    if not wanted[0]:
        return {}
    found = await tx.dicts(
        "SELECT events.booking_id, events.id FROM events JOIN bookings "
        "ON bookings.app_id = events.app_id AND bookings.id = events.booking_id "
        "AND bookings.resource_id = events.resource_id "
        f"WHERE (events.app_id, events.booking_id) IN {_WANTED}",
        wanted,
    )
    return {row["booking_id"]: row["id"] for row in found}


async def seats_taken(tx: Transaction, pairs: Iterable[Pair]) -> dict[UUID, int]:
    """Return how many seats of each class are taken now; a class without any is missing."""
    wanted = _columns(pairs)
    if not wanted[0]:
        return {}
    found = await tx.dicts(
        "SELECT owner_booking_id, count(*) AS count FROM seats "
        f"WHERE (app_id, owner_booking_id) IN {_WANTED} AND (until IS NULL OR until > %s) "
        "GROUP BY owner_booking_id",
        (*wanted, tx.now),
    )
    return {row["owner_booking_id"]: row["count"] for row in found}


async def sealed_secrets(tx: Transaction, app_ids: Iterable[UUID]) -> dict[UUID, bytes]:
    """Return what signs the webhooks of each app, sealed."""
    found = await tx.dicts(
        "SELECT id, webhook_secret FROM apps WHERE id = ANY(%s)", (list(set(app_ids)),)
    )
    return {row["id"]: row["webhook_secret"] for row in found}


async def _found(
    tx: Transaction,
    row: type[Row],
    columns: LiteralString,
    table: LiteralString,
    pairs: Iterable[Pair],
) -> dict[UUID, Row]:
    wanted = _columns(pairs)
    if not wanted[0]:
        return {}
    query: LiteralString = f"SELECT {columns} FROM {table} WHERE (app_id, id) IN {_WANTED}"
    return {each.id: each for each in await tx.rows(row, query, wanted)}


def _columns(pairs: Iterable[Pair]) -> tuple[Sequence[UUID], Sequence[UUID]]:
    distinct = sorted(set(pairs))
    return [app for app, _ in distinct], [each for _, each in distinct]
