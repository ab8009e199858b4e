"""What holds the time of resources, by name: for those who ask why a resource is not free."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.explain import Held
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.reasons import Holder
from slotkeeper.domain.zones import to_datetime
from slotkeeper.storage.transaction import Transaction

# The same events and claims as in storage/busy.py, one row each with its id. events_busy and
# claims_by_end serve it from the start of the window on.
_HELD = """
SELECT
    asked.resource_id, held.holder, held.id,
    floor(date_part('epoch', held.start_at) / 60)::bigint AS start,
    ceil(date_part('epoch', held.end_at) / 60)::bigint AS "end"
FROM unnest(%(resources)s::uuid[]) WITH ORDINALITY AS asked (resource_id, position)
CROSS JOIN LATERAL (
    SELECT CASE WHEN all_day THEN 'all_day_event' ELSE 'event' END AS holder,
        id, start_at, end_at
    FROM events
    WHERE app_id = %(app)s AND resource_id = asked.resource_id
      AND end_at > %(from)s AND start_at < %(to)s
      AND booking_id IS NULL AND busy AND rsvp <> 'declined' AND NOT repeats
      AND NOT (all_day AND %(ignore_all_day)s)
    UNION ALL
    SELECT 'booking', booking_id, lower(during), upper(during) FROM claims
    WHERE app_id = %(app)s AND resource_id = asked.resource_id
      AND upper(during) > %(from)s AND lower(during) < %(to)s
      AND (until IS NULL OR until > %(now)s)
) AS held
ORDER BY asked.position, held.start_at, held.end_at, held.id
LIMIT %(most)s
"""


async def held_times(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool,
    most: int,
) -> list[Held]:
    """Return what holds time of the resources within ``window``, at most ``most`` of it.

    In the order of the ids, then by start. Instants become whole minutes, outward; nothing
    is clipped. ``services.busy`` knows the occurrences of what repeats.
    """
    start, end = window
    rows = await tx.dicts(
        _HELD,
        {
            "app": app_id,
            "resources": list(resource_ids),
            "from": to_datetime(start),
            "to": to_datetime(end),
            "ignore_all_day": ignore_all_day,
            "most": most,
            "now": tx.now,
        },
    )
    return [Held(**{**row, "holder": Holder(row["holder"])}) for row in rows]
