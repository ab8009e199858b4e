"""Claims: who holds which time. The database refuses two on the same time of a resource."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from slotkeeper.storage.transaction import Transaction


async def take(
    tx: Transaction,
    app_id: UUID,
    *,
    booking_id: UUID,
    resource_ids: Iterable[UUID],
    start: datetime,
    end: datetime,
    exclusive: bool,
) -> bool:
    """Claim [start, end) of every resource for a booking; False where any is held already.

    ON CONFLICT DO NOTHING and not a plain INSERT: thirty-two clients that want one slot
    deadlock on the plain form. Resources are claimed in sorted order, so that two bookings
    of several resources cannot wait for each other. After False the transaction must be
    rolled back.
    """
    wanted = sorted(resource_ids)
    taken = await tx.run(
        "INSERT INTO claims (app_id, booking_id, resource_id, during, state, exclusive) "
        "SELECT %s, %s, resource_id, tstzrange(%s, %s, '[)'), 'taken', %s "
        "FROM unnest(%s::uuid[]) AS given (resource_id) ORDER BY resource_id "
        "ON CONFLICT DO NOTHING",
        (app_id, booking_id, start, end, exclusive, wanted),
    )
    return taken == len(wanted)


async def is_held(
    tx: Transaction, app_id: UUID, resource_id: UUID, *, start: datetime, end: datetime
) -> bool:
    """Tell whether a booking that shares with nobody holds any of [start, end).

    The index of the exclusion constraint serves it. Nobody is waited for: who claims the
    time at this moment may have it without being seen.
    """
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT FROM claims WHERE exclusive AND app_id = %s "
            "AND resource_id = %s AND during && tstzrange(%s, %s, '[)'))",
            (app_id, resource_id, start, end),
        )
    )


async def release(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Give back the time of a booking."""
    await tx.run("DELETE FROM claims WHERE app_id = %s AND booking_id = %s", (app_id, booking_id))
