"""Seats: who has which place in a class. The database refuses two on the same number."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from slotkeeper.storage.transaction import Transaction

# Any of the free numbers: who takes the lowest waits for everybody else who does.
_TAKE = """
INSERT INTO seats (app_id, owner_booking_id, number, booking_id, until)
SELECT app_id, id, number, %(booking)s, %(until)s
FROM bookings, generate_series(1, bookings.seats) AS number
WHERE app_id = %(app)s AND id = %(owner)s AND NOT EXISTS (
    SELECT FROM seats AS taken
    WHERE taken.app_id = %(app)s AND taken.owner_booking_id = %(owner)s
      AND taken.number = number.number)
ORDER BY random() LIMIT 1
ON CONFLICT DO NOTHING
"""

# A hold that ran out makes way for nobody while others stand in line for its seat: the worker,
# which ends it, gives it to the first of them. waitlist_in_line serves the question.
_GIVE_WAY = """
DELETE FROM seats WHERE app_id = %(app)s AND owner_booking_id = %(owner)s AND until <= %(now)s
  AND NOT EXISTS (
    SELECT FROM waitlist AS line
    WHERE line.app_id = %(app)s AND line.state = 'waiting' AND line.start_at > %(now)s
      AND line.thing_id = %(owner)s)
"""


async def take(
    tx: Transaction,
    app_id: UUID,
    *,
    owner_booking_id: UUID,
    booking_id: UUID,
    until: datetime | None,
) -> bool:
    """Give a booking one of the seats of a class; False where none is left.

    ``until`` is the instant at which the hold runs out by itself, None where it does not.
    Who wants the number that another takes at the same moment waits for them, and takes
    another one. Seats whose hold has run out make way.
    """
    values = {
        "app": app_id,
        "owner": owner_booking_id,
        "booking": booking_id,
        "until": until,
        "now": tx.now,
    }
    while not await tx.run(_TAKE, values):
        given_up = await tx.run(_GIVE_WAY, values)
        if not given_up and await _is_full(tx, app_id, owner_booking_id):
            return False
    return True


async def keep(tx: Transaction, app_id: UUID, booking_id: UUID) -> bool:
    """Let a seat that was held for a while be taken for good; False where it is gone."""
    kept = await tx.run(
        "UPDATE seats SET until = NULL WHERE app_id = %s AND booking_id = %s",
        (app_id, booking_id),
    )
    return kept == 1


async def extend(tx: Transaction, app_id: UUID, booking_id: UUID, until: datetime) -> bool:
    """Hold a seat until another instant; False where it is gone."""
    kept = await tx.run(
        "UPDATE seats SET until = %s WHERE app_id = %s AND booking_id = %s",
        (until, app_id, booking_id),
    )
    return kept == 1


async def release(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Give back the seat of a booking."""
    await tx.run("DELETE FROM seats WHERE app_id = %s AND booking_id = %s", (app_id, booking_id))


async def counts(
    tx: Transaction, app_id: UUID, owner_booking_ids: Sequence[UUID]
) -> dict[UUID, int]:
    """Return how many seats of each class are taken now."""
    found = await tx.dicts(
        "SELECT owner_booking_id, count(*) AS count FROM seats "
        "WHERE app_id = %s AND owner_booking_id = ANY(%s) AND (until IS NULL OR until > %s) "
        "GROUP BY owner_booking_id",
        (app_id, list(owner_booking_ids), tx.now),
    )
    return {row["owner_booking_id"]: row["count"] for row in found}


async def _is_full(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> bool:
    """Tell whether each seat of a class has a row, whether or not its hold has run out."""
    full: bool = await tx.value(
        "SELECT count(*) >= (SELECT seats FROM bookings WHERE app_id = %(app)s AND id = %(owner)s) "
        "FROM seats WHERE app_id = %(app)s AND owner_booking_id = %(owner)s",
        {"app": app_id, "owner": owner_booking_id},
    )
    return full
