"""Whose things are: which of some ids belong to one resource of an app."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import LiteralString
from uuid import UUID

from slotkeeper.storage.transaction import Transaction


class Kind(StrEnum):
    """A kind of thing that can belong to a resource."""

    RESOURCE = "resource"
    CALENDAR = "calendar"
    EVENT = "event"
    BOOKING = "booking"
    PROJECT = "project"
    CREDENTIAL = "credential"
    FEED = "feed"
    WIDGET = "widget"
    FILTER_COLLECTION = "filtercollection"


_WITH_RESOURCE: LiteralString = "app_id = %(app)s AND id = ANY(%(ids)s) AND resource_id = %(own)s"

# The primary keys serve them all.
_OWNED: Mapping[Kind, LiteralString] = {
    Kind.RESOURCE: "SELECT id FROM resources WHERE app_id = %(app)s AND id = ANY(%(ids)s) "
    "AND id = %(own)s",
    Kind.CALENDAR: f"SELECT id FROM calendars WHERE {_WITH_RESOURCE}",
    Kind.EVENT: f"SELECT id FROM events WHERE {_WITH_RESOURCE}",
    Kind.CREDENTIAL: f"SELECT id FROM credentials WHERE {_WITH_RESOURCE}",
    Kind.FEED: f"SELECT id FROM feeds WHERE {_WITH_RESOURCE}",
    Kind.WIDGET: f"SELECT id FROM widgets WHERE {_WITH_RESOURCE}",
    Kind.FILTER_COLLECTION: f"SELECT id FROM filter_collections WHERE {_WITH_RESOURCE}",
    Kind.BOOKING: "SELECT id FROM bookings WHERE app_id = %(app)s AND id = ANY(%(ids)s) "
    "AND (resource_id = %(own)s OR %(own)s = ANY(further_resource_ids))",
    Kind.PROJECT: "SELECT project_id FROM project_resources WHERE app_id = %(app)s "
    "AND project_id = ANY(%(ids)s) AND resource_id = %(own)s",
}


async def owned(
    tx: Transaction, app_id: UUID, resource_id: UUID, kind: Kind, ids: Sequence[UUID]
) -> set[UUID]:
    """Return those of the ids that are of things of this kind that belong to the resource.

    A booking belongs to each resource that it takes, a project to each that serves it.
    """
    values = {"app": app_id, "own": resource_id, "ids": list(ids)}
    return set(await tx.values(_OWNED[kind], values))
