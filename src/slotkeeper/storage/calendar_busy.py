"""Busy time of single calendars, for those who ask about some calendars of a resource."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import to_datetime
from slotkeeper.storage.transaction import Transaction

# Busy events in the calendars, and claims of bookings that went into them. events_busy and
# claims_by_end serve it by way of the resource, from the start of the window on.
_BUSY = """
SELECT
    greatest(floor(date_part('epoch', held.start_at) / 60), %(start)s)::bigint AS start,
    least(ceil(date_part('epoch', held.end_at) / 60), %(end)s)::bigint AS "end"
FROM calendars
CROSS JOIN LATERAL (
    SELECT start_at, end_at FROM events
    WHERE events.app_id = %(app)s AND events.resource_id = calendars.resource_id
      AND calendar_id = calendars.id
      AND end_at > %(from)s AND start_at < %(to)s
      AND booking_id IS NULL AND busy AND rsvp <> 'declined' AND NOT repeats
      AND NOT (all_day AND %(ignore_all_day)s)
    UNION ALL
    SELECT lower(during), upper(during) FROM claims
    JOIN bookings ON bookings.app_id = claims.app_id AND bookings.id = claims.booking_id
    WHERE claims.app_id = %(app)s AND claims.resource_id = calendars.resource_id
      AND CASE WHEN bookings.resource_id = claims.resource_id
          THEN bookings.calendar_id = calendars.id
          ELSE EXISTS (
              SELECT FROM events
              WHERE events.app_id = claims.app_id AND events.booking_id = claims.booking_id
                AND events.resource_id = claims.resource_id AND events.calendar_id = calendars.id)
          END
      AND upper(during) > %(from)s AND lower(during) < %(to)s
      AND (until IS NULL OR until > %(now)s)
) AS held
WHERE calendars.app_id = %(app)s AND calendars.id = ANY(%(calendars)s)
"""


class _Span(NamedTuple):
    start: int
    end: int


async def calendar_busy_times(
    tx: Transaction,
    app_id: UUID,
    calendar_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
) -> Sequence[Interval]:
    """Return what keeps any of the calendars busy within ``window``.

    Minutes since the epoch, half-open, clipped to the window, unsorted and overlapping as
    they come. ``services.busy`` knows those events that repeat.
    """
    start, end = window
    return await tx.rows(
        _Span,
        _BUSY,
        {
            "app": app_id,
            "calendars": list(calendar_ids),
            "start": start,
            "end": end,
            "from": to_datetime(start),
            "to": to_datetime(end),
            "ignore_all_day": ignore_all_day,
            "now": tx.now,
        },
    )
