"""Who holds the seats and the time that others wait for, in the database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from slotkeeper.domain.graphs import GRAPHS, Hold, State
from slotkeeper.storage.transaction import Transaction


async def hold_seats(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> int:
    """Let nobody give back a seat of a class until the transaction ends; return how many are held.

    Who is giving one back at this moment is waited for.
    """
    found = await tx.dicts(
        "SELECT bookings.graph, bookings.state FROM seats "
        "JOIN bookings ON bookings.app_id = seats.app_id AND bookings.id = seats.booking_id "
        "WHERE seats.app_id = %s AND seats.owner_booking_id = %s "
        "ORDER BY bookings.id FOR SHARE OF bookings",
        (app_id, owner_booking_id),
    )
    return _holding(found)


async def hold_time(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID], *, start: datetime, end: datetime
) -> int:
    """Let nobody give back time within [start, end) until the transaction ends.

    Returns how many bookings hold some. claims_by_end serves it.
    """
    found = await tx.dicts(
        "SELECT bookings.graph, bookings.state FROM claims "
        "JOIN bookings ON bookings.app_id = claims.app_id AND bookings.id = claims.booking_id "
        "WHERE claims.app_id = %s AND claims.resource_id = ANY(%s) AND upper(during) > %s "
        "AND lower(during) < %s ORDER BY bookings.id FOR SHARE OF bookings",
        (app_id, list(resource_ids), start, end),
    )
    return _holding(found)


def _holding(rows: Sequence[dict[str, Any]]) -> int:
    """Return how many of the bookings still hold something, now that their rows are held.

    The join may show a claim whose booking has let go meanwhile; its row is the newest.
    """
    return sum(GRAPHS[row["graph"]].hold(State(row["state"])) is not Hold.NOTHING for row in rows)
