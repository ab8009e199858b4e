"""Busy time: what resources cannot give, read fast because reading is what limits a search."""

import struct
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.interval import Interval
from slotkeeper.storage.transaction import Transaction

# Binary COPY of fixed columns is a run of equal records: column count, then length and value
# of each. Decoding 72 000 of them costs a tenth of fetching them as rows of ranges.
_HEADER_BYTES = 19
_TRAILER_BYTES = 2
_RECORD = struct.Struct(">h i i i i i i")

# Busy events that their owner made (those of bookings are held by claims) and every claim.
# events_busy and claims_by_end serve it: both are searched from the start of the window on,
# so past events cost nothing. Instants become whole minutes, outward.
_BUSY = """
COPY (
    SELECT asked.position::int4,
           greatest(floor(date_part('epoch', busy.start_at) / 60), %(start)s)::int4,
           least(ceil(date_part('epoch', busy.end_at) / 60), %(end)s)::int4
    FROM unnest(%(resources)s::uuid[]) WITH ORDINALITY AS asked (resource_id, position)
    CROSS JOIN LATERAL (
        SELECT start_at, end_at FROM events
        WHERE app_id = %(app)s AND resource_id = asked.resource_id
          AND end_at > to_timestamp(%(start)s * 60.0) AND start_at < to_timestamp(%(end)s * 60.0)
          AND booking_id IS NULL AND rsvp <> 'declined'
          AND NOT (all_day AND %(ignore_all_day)s)
        UNION ALL
        SELECT lower(during), upper(during) FROM claims
        WHERE app_id = %(app)s AND resource_id = asked.resource_id
          AND upper(during) > to_timestamp(%(start)s * 60.0)
          AND lower(during) < to_timestamp(%(end)s * 60.0)
          AND booking_id IS DISTINCT FROM %(except_booking)s::uuid
    ) AS busy
) TO STDOUT (FORMAT BINARY)
"""


async def busy_times(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> list[list[Interval]]:
    """Return the busy time of each resource within ``window``, in the order of the ids.

    Minutes since the epoch, half-open, clipped to the window, unsorted and overlapping as
    they come. ``except_booking`` leaves out what that booking holds.
    """
    start, end = window
    parameters = {
        "app": app_id,
        "resources": list(resource_ids),
        "start": start,
        "end": end,
        "ignore_all_day": ignore_all_day,
        "except_booking": except_booking,
    }
    async with tx.connection.cursor() as cursor, cursor.copy(_BUSY, parameters) as copy:
        answer = b"".join([bytes(block) async for block in copy])
    busy: list[list[Interval]] = [[] for _ in resource_ids]
    records = memoryview(answer)[_HEADER_BYTES : len(answer) - _TRAILER_BYTES]
    for _, _, position, _, busy_start, _, busy_end in _RECORD.iter_unpack(records):
        busy[position - 1].append((busy_start, busy_end))
    return busy


async def is_blocked(
    tx: Transaction,
    app_id: UUID,
    resource_id: UUID,
    *,
    start: datetime,
    end: datetime,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> bool:
    """Tell whether something that the exclusion constraint does not see takes the time.

    That is a busy event of the owner, or a booking that was made to overlap others. Another
    ordinary booking is not looked for: the constraint refuses it, and a check beforehand
    would only hide whether it does.
    """
    found = await tx.value(
        "SELECT true FROM events "
        "WHERE app_id = %(app)s AND resource_id = %(resource)s "
        "AND end_at > %(start)s AND start_at < %(end)s "
        "AND booking_id IS NULL AND rsvp <> 'declined' "
        "AND NOT (all_day AND %(ignore_all_day)s) "
        "UNION ALL "
        "SELECT true FROM claims "
        "WHERE app_id = %(app)s AND resource_id = %(resource)s AND NOT exclusive "
        "AND during && tstzrange(%(start)s, %(end)s, '[)') "
        "AND booking_id IS DISTINCT FROM %(except_booking)s::uuid "
        "LIMIT 1",
        {
            "app": app_id,
            "resource": resource_id,
            "start": start,
            "end": end,
            "ignore_all_day": ignore_all_day,
            "except_booking": except_booking,
        },
    )
    return bool(found)
