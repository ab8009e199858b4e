"""Claims: who holds which time. The database refuses two on the same time of a resource."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from slotkeeper.storage.transaction import Transaction


async def take(
    tx: Transaction,
    app_id: UUID,
    *,
    booking_id: UUID,
    resource_ids: Sequence[UUID],
    start: datetime,
    end: datetime,
    exclusive: bool,
    until: datetime | None = None,
) -> bool:
    """Claim [start, end) of every resource for a booking; False where any is held already.

    ``until`` is the instant at which the hold runs out by itself, None where it does not.
    Holds of others that have run out make way. After False the transaction must be rolled
    back.

    ON CONFLICT DO NOTHING and not a plain INSERT: thirty-two clients that want one slot
    deadlock on the plain form. Resources are claimed in sorted order, so that two bookings
    of several resources cannot wait for each other.
    """
    wanted = sorted(set(resource_ids))
    values = {
        "app": app_id,
        "booking": booking_id,
        "resources": wanted,
        "start": start,
        "end": end,
        "exclusive": exclusive,
        "until": until,
        "now": tx.now,
    }
    taken = await tx.run(_TAKE, values)
    # Only who lost looks for holds that have run out: who wins pays nothing for them.
    if taken < len(wanted) and await tx.run(_GIVE_WAY, values):
        taken += await tx.run(_TAKE, values)
    return taken == len(wanted)


_TAKE = """
INSERT INTO claims (app_id, booking_id, resource_id, during, exclusive, until)
SELECT %(app)s, %(booking)s, resource_id, tstzrange(%(start)s, %(end)s, '[)'), %(exclusive)s,
    %(until)s
FROM unnest(%(resources)s::uuid[]) AS given (resource_id) ORDER BY resource_id
ON CONFLICT DO NOTHING
"""

# A hold that ran out makes way for nobody while others stand in line for its time: the worker,
# which ends it, gives it to the first of them. waitlist_in_line serves the question.
_GIVE_WAY = """
DELETE FROM claims USING unnest(%(resources)s::uuid[]) AS given (resource_id)
WHERE exclusive AND app_id = %(app)s AND claims.resource_id = given.resource_id
  AND during && tstzrange(%(start)s, %(end)s, '[)') AND until <= %(now)s
  AND NOT EXISTS (
    SELECT FROM waitlist AS line
    WHERE line.app_id = %(app)s AND line.state = 'waiting' AND line.start_at > %(now)s
      AND line.thing_id = ANY (
        SELECT claims.resource_id
        UNION ALL
        SELECT project_id FROM project_resources AS served
        WHERE served.app_id = %(app)s AND served.resource_id = claims.resource_id)
      AND line.start_at < upper(claims.during) AND line.end_at > lower(claims.during))
"""


async def is_held(
    tx: Transaction, app_id: UUID, resource_ids: Sequence[UUID], *, start: datetime, end: datetime
) -> bool:
    """Tell whether a booking that shares with nobody holds any of [start, end).

    The index of the exclusion constraint serves it. Nobody is waited for: who claims the
    time at this moment may have it without being seen.
    """
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM unnest(%s::uuid[]) AS given (resource_id) "
            "JOIN claims USING (resource_id) WHERE exclusive AND app_id = %s "
            "AND during && tstzrange(%s, %s, '[)') AND (until IS NULL OR until > %s))",
            (list(resource_ids), app_id, start, end, tx.now),
        )
    )


async def release(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Give back the time of a booking."""
    await tx.run("DELETE FROM claims WHERE app_id = %s AND booking_id = %s", (app_id, booking_id))
