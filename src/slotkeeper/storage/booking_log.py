"""What was done to bookings and by whom, in the database."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.booking import Transition
from slotkeeper.storage.transaction import Transaction


async def record(tx: Transaction, app_id: UUID, booking_id: UUID, transition: Transition) -> None:
    """Add a line to the log of a booking."""
    await tx.run(
        "INSERT INTO booking_log (app_id, booking_id, seq, action, from_state, to_state, "
        "actor, message, created_at) "
        "SELECT %(app)s, %(booking)s, coalesce(max(seq), 0) + 1, %(action)s, %(from)s, %(to)s, "
        "%(actor)s, %(message)s, %(at)s "
        "FROM booking_log WHERE app_id = %(app)s AND booking_id = %(booking)s",
        {
            "app": app_id,
            "booking": booking_id,
            "action": transition.action,
            "from": transition.from_state,
            "to": transition.to_state,
            "actor": transition.actor,
            "message": transition.message,
            "at": transition.created_at,
        },
    )


async def logs_of(
    tx: Transaction, app_id: UUID, booking_ids: Sequence[UUID]
) -> dict[UUID, list[Transition]]:
    """Return the log of each booking, oldest line first."""
    found = await tx.dicts(
        "SELECT booking_id, action, from_state, to_state, actor, message, created_at "
        "FROM booking_log WHERE app_id = %s AND booking_id = ANY(%s) ORDER BY booking_id, seq",
        (app_id, list(booking_ids)),
    )
    log: dict[UUID, list[Transition]] = {each: [] for each in booking_ids}
    for row in found:
        log[row.pop("booking_id")].append(Transition(**row))
    return log
