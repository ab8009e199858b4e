"""Busy time: what resources cannot give, read fast because reading is what limits a search."""

import struct
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import to_datetime
from slotkeeper.storage.transaction import Transaction

# What array_send says of an array of bigint: a header, then length and value of each. The two
# halves of a value are the start and the end of one busy time. Handed over like this, a
# search costs one value a resource; a row for each busy time, even by binary COPY, costs
# the driver twice to three times as long (100 people, 90 days, 8 a day: 150 ms against 55).
_HEADER_BYTES = 20
_ELEMENT = struct.Struct(">4x i i")

# Busy events that their owner made (those of bookings are held by claims) and every claim
# whose hold has not run out.
# events_busy and claims_by_end serve it: both are searched from the start of the window on,
# so past events cost nothing. Instants become whole minutes, outward. One value more, the
# last, says whether something repeats: where nothing does, nobody has to ask for it.
_BUSY = """
SELECT array_send(busy.packed)
FROM unnest(%(resources)s::uuid[] || NULL::uuid) WITH ORDINALITY AS asked (resource_id, position)
CROSS JOIN LATERAL (
    SELECT array_agg(
        (greatest(floor(date_part('epoch', start_at) / 60), %(start)s)::bigint << 32)
        | (least(ceil(date_part('epoch', end_at) / 60), %(end)s)::bigint & x'ffffffff'::bigint)
    ) AS packed
    FROM (
        SELECT start_at, end_at FROM events
        WHERE app_id = %(app)s AND resource_id = asked.resource_id
          AND end_at > %(from)s AND start_at < %(to)s
          AND booking_id IS NULL AND busy AND rsvp <> 'declined' AND NOT repeats
          AND NOT (all_day AND %(ignore_all_day)s)
        UNION ALL
        SELECT lower(during), upper(during) FROM claims
        WHERE app_id = %(app)s AND resource_id = asked.resource_id
          AND upper(during) > %(from)s AND lower(during) < %(to)s
          AND booking_id IS DISTINCT FROM %(except_booking)s::uuid
          AND (until IS NULL OR until > %(now)s)
        UNION ALL
        SELECT %(from)s, %(to)s WHERE asked.resource_id IS NULL AND EXISTS (
            SELECT FROM events
            WHERE app_id = %(app)s AND resource_id = ANY(%(resources)s::uuid[]) AND repeats
              AND coalesce(last_at, 'infinity'::timestamptz) > %(from)s
        )
    ) AS held
) AS busy
ORDER BY asked.position
"""

# A busy event of the owner, or a booking that was made to overlap others; and, apart, whether
# something repeats that is not over. events_busy, claims_shared and events_that_repeat serve it.
_BLOCKED = """
SELECT EXISTS (
    SELECT FROM events
    WHERE app_id = %(app)s AND resource_id = %(resource)s
      AND end_at > %(start)s AND start_at < %(end)s
      AND booking_id IS NULL AND busy AND rsvp <> 'declined' AND NOT repeats
      AND NOT (all_day AND %(ignore_all_day)s)
) OR EXISTS (
    SELECT FROM claims
    WHERE app_id = %(app)s AND resource_id = %(resource)s AND NOT exclusive
      AND upper(during) > %(start)s AND lower(during) < %(end)s
      AND booking_id IS DISTINCT FROM %(except_booking)s::uuid
      AND (until IS NULL OR until > %(now)s)
) AS blocked, EXISTS (
    SELECT FROM events
    WHERE app_id = %(app)s AND resource_id = %(resource)s AND repeats
      AND coalesce(last_at, 'infinity'::timestamptz) > %(start)s
) AS repeats
"""


class Busy(NamedTuple):
    """The busy time of each resource, without that of events that repeat; are there such?"""

    times: list[list[Interval]]
    repeats: bool


class Blocked(NamedTuple):
    """Whether something takes the time; and whether there are events that repeat, unread."""

    blocked: bool
    repeats: bool


async def busy_times(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> Busy:
    """Return the busy time of each resource within ``window``, in the order of the ids.

    Minutes since the epoch, half-open, clipped to the window, unsorted and overlapping as
    they come. ``except_booking`` leaves out what that booking holds. ``services.busy`` adds
    the events that repeat.
    """
    start, end = window
    *packed, repeating = await tx.values(
        _BUSY,
        {
            "app": app_id,
            "resources": list(resource_ids),
            "start": start,
            "end": end,
            "from": to_datetime(start),
            "to": to_datetime(end),
            "ignore_all_day": ignore_all_day,
            "now": tx.now,
            "except_booking": except_booking,
        },
    )
    return Busy([unpacked(each) for each in packed], repeating is not None)


async def is_blocked(
    tx: Transaction,
    app_id: UUID,
    resource_id: UUID,
    *,
    start: datetime,
    end: datetime,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> Blocked:
    """Tell whether something that the exclusion constraint does not see takes the time.

    That is a busy event of the owner, or a booking that was made to overlap others. Another
    ordinary booking is not looked for: the constraint refuses it, and a check beforehand
    would only hide whether it does. ``services.busy`` adds the events that repeat.
    """
    found = await tx.row(
        Blocked,
        _BLOCKED,
        {
            "app": app_id,
            "resource": resource_id,
            "start": start,
            "end": end,
            "ignore_all_day": ignore_all_day,
            "now": tx.now,
            "except_booking": except_booking,
        },
    )
    assert found is not None
    return found


def unpacked(packed: bytes | None) -> list[Interval]:
    """Return the intervals in what ``array_send`` made of them; None where there are none."""
    if packed is None:
        return []
    return list(_ELEMENT.iter_unpack(memoryview(packed)[_HEADER_BYTES:]))
