"""What names a booking in calendars, in the database."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

# A booking that was moved is a new row that names the one before it. Of those before, the last
# row may have been deleted; its id is known all the same. Each of them had its steps, two at
# least: it was made, and it was moved. Primary keys serve it all; asked for as a join, the
# rows before would be looked for in the whole table.
_IDENTITIES = """
WITH RECURSIVE chain AS (
    SELECT id AS of_id, id, rescheduled_from FROM bookings
    WHERE app_id = %(app)s AND id = ANY(%(ids)s)
    UNION ALL
    SELECT of_id, rescheduled_from, (SELECT earlier.rescheduled_from FROM bookings AS earlier
        WHERE earlier.app_id = %(app)s AND earlier.id = chain.rescheduled_from)
    FROM chain WHERE rescheduled_from IS NOT NULL
)
SELECT of_id,
    (array_agg(id) FILTER (WHERE rescheduled_from IS NULL))[1] AS uid,
    (sum(CASE WHEN id = of_id THEN lines - 1 ELSE greatest(lines, 2) END))::integer AS sequence
FROM chain CROSS JOIN LATERAL (
    SELECT count(*) AS lines FROM booking_log
    WHERE app_id = %(app)s AND booking_id = chain.id
) AS log
GROUP BY of_id
"""


class Identity(NamedTuple):
    """What names a meeting in every calendar, and how often it has changed by then."""

    uid: UUID
    sequence: int


async def identities(
    tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]
) -> dict[UUID, Identity]:
    """Return the identity of each of the bookings that exist, by booking."""
    found = await tx.dicts(_IDENTITIES, {"app": app_id, "ids": list(booking_ids)})
    return {row["of_id"]: Identity(row["uid"], row["sequence"]) for row in found}
