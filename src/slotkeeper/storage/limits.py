"""What limits and gaps look at: bookings apart from events, and the locks to count under."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import to_datetime
from slotkeeper.storage.busy import unpacked
from slotkeeper.storage.transaction import Transaction

# Every claim that overlaps the window, whole, packed as in storage/busy.py. claims_by_end
# serves it from the start of the window on, without a look into the table.
_BOOKED = """
SELECT array_send(booked.packed)
FROM unnest(%(resources)s::uuid[]) WITH ORDINALITY AS asked (resource_id, position)
CROSS JOIN LATERAL (
    SELECT array_agg(
        (floor(date_part('epoch', lower(during)) / 60)::bigint << 32)
        | (ceil(date_part('epoch', upper(during)) / 60)::bigint & x'ffffffff'::bigint)
    ) AS packed
    FROM claims
    WHERE app_id = %(app)s AND resource_id = asked.resource_id
      AND upper(during) > %(from)s AND lower(during) < %(to)s
      AND (until IS NULL OR until > %(now)s)
) AS booked
ORDER BY asked.position
"""

# Where the bookings of a project start that hold time, whoever serves them.
# bookings_by_project_and_start serves it; a booking holds time as long as it has a claim.
_STARTS = """
SELECT floor(date_part('epoch', start_at) / 60)::bigint FROM bookings AS b
WHERE app_id = %(app)s AND project_id = %(project)s
  AND start_at >= %(from)s AND start_at < %(to)s
  AND EXISTS (
    SELECT FROM claims AS c WHERE c.app_id = b.app_id AND c.booking_id = b.id
      AND (c.until IS NULL OR c.until > %(now)s))
"""


# Where the bookings of a customer start that hold time or a seat. bookings_by_email serves it.
_STARTS_OF_CUSTOMER = """
SELECT floor(date_part('epoch', start_at) / 60)::bigint FROM bookings AS b
WHERE app_id = %(app)s AND lower(customer_email) = lower(%(email)s)
  AND start_at >= %(from)s AND start_at < %(to)s
  AND (EXISTS (
    SELECT FROM claims AS c WHERE c.app_id = b.app_id AND c.booking_id = b.id
      AND (c.until IS NULL OR c.until > %(now)s))
  OR EXISTS (
    SELECT FROM seats AS s WHERE s.app_id = b.app_id AND s.booking_id = b.id
      AND (s.until IS NULL OR s.until > %(now)s)))
"""


async def booked_times(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID], window: Interval
) -> list[list[Interval]]:
    """Return the bookings of each resource that reach into ``window``, in the order of the ids.

    Minutes since the epoch, half-open, rounded outward, not clipped, in no order.
    """
    return [
        unpacked(each)
        for each in await tx.values(
            _BOOKED,
            {"app": app_id, "resources": list(resource_ids), "now": tx.now, **_ends(window)},
        )
    ]


async def starts_of_project(
    tx: Transaction, app_id: UUID, project_id: UUID, window: Interval
) -> list[int]:
    """Return the minutes within ``window`` in which bookings of a project start, in no order."""
    return await tx.values(
        _STARTS, {"app": app_id, "project": project_id, "now": tx.now, **_ends(window)}
    )


async def starts_of_customer(
    tx: Transaction, app_id: UUID, email: str, window: Interval
) -> list[int]:
    """Return the minutes within ``window`` in which bookings of a customer start, in no order."""
    return await tx.values(
        _STARTS_OF_CUSTOMER, {"app": app_id, "email": email, "now": tx.now, **_ends(window)}
    )


async def lock_customer(tx: Transaction, app_id: UUID, email: str) -> None:
    """Wait for everybody else who counts what a customer has booked, and make them wait.

    There is no row of a customer to lock. Two addresses may share a number, and wait in vain.
    """
    await tx.run(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || lower(%s), 0))", (str(app_id), email)
    )


async def lock_resource(tx: Transaction, app_id: UUID, resource_id: UUID) -> None:
    """Wait for everybody else who counts what a resource has booked, and make them wait.

    Until the transaction ends, or the savepoint is undone in which this was called. It bars
    nobody from booking without counting: the key of the row stays free to be referred to.
    """
    await tx.run(
        "SELECT FROM resources WHERE app_id = %s AND id = %s FOR NO KEY UPDATE",
        (app_id, resource_id),
    )


async def lock_project(tx: Transaction, app_id: UUID, project_id: UUID) -> None:
    """Do as ``lock_resource`` with the bookings of a project; lock its resource first."""
    await tx.run(
        "SELECT FROM projects WHERE app_id = %s AND id = %s FOR NO KEY UPDATE",
        (app_id, project_id),
    )


def _ends(window: Interval) -> dict[str, object]:
    start, end = window
    return {"from": to_datetime(start), "to": to_datetime(end)}
