"""What became of those who stand in line and by whom, in the database."""

from collections.abc import Sequence
from uuid import UUID

from slotkeeper.domain.booking import Transition
from slotkeeper.domain.waitlist import Action, State
from slotkeeper.storage.transaction import Transaction


async def record(
    tx: Transaction,
    app_id: UUID,
    entry_id: UUID,
    *,
    action: Action,
    from_state: str,
    to_state: State,
    actor: str,
) -> None:
    """Add a line to the log of an entry."""
    await tx.run(
        "INSERT INTO waitlist_log (app_id, entry_id, seq, action, from_state, to_state, actor, "
        "created_at) "
        "SELECT %(app)s, %(entry)s, coalesce(max(seq), 0) + 1, %(action)s, %(from)s, %(to)s, "
        "%(actor)s, %(at)s FROM waitlist_log WHERE app_id = %(app)s AND entry_id = %(entry)s",
        {
            "app": app_id,
            "entry": entry_id,
            "action": action,
            "from": from_state,
            "to": to_state,
            "actor": actor,
            "at": tx.now,
        },
    )


async def logs_of(
    tx: Transaction, app_id: UUID, entry_ids: Sequence[UUID]
) -> dict[UUID, list[Transition]]:
    """Return the log of each entry, oldest line first."""
    found = await tx.dicts(
        "SELECT entry_id, action, from_state, to_state, actor, created_at FROM waitlist_log "
        "WHERE app_id = %s AND entry_id = ANY(%s) ORDER BY entry_id, seq",
        (app_id, list(entry_ids)),
    )
    log: dict[UUID, list[Transition]] = {each: [] for each in entry_ids}
    for row in found:
        log[row.pop("entry_id")].append(Transition(message=None, **row))
    return log
