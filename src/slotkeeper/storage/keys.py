"""The keys of apps as an operator sees them: their names and ages, never their texts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from slotkeeper.domain.app import KeyKind
from slotkeeper.storage import last_use
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key without its text; ``revoked_at`` is None for one that is valid."""

    id: UUID
    kind: KeyKind
    name: str
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


async def list_keys(tx: Transaction, app_id: UUID) -> list[Key]:
    """Return every key of an app, oldest first."""
    found = await tx.dicts(
        "SELECT id, kind, name, created_at, last_used_at, revoked_at FROM app_keys "
        "WHERE app_id = %s ORDER BY created_at, id",
        (app_id,),
    )
    return [Key(**{**row, "kind": KeyKind(row["kind"])}) for row in found]


async def lock(tx: Transaction, app_id: UUID) -> None:
    """Let nobody else decide about the keys of an app before this transaction ends."""
    await tx.run("SELECT FROM apps WHERE id = %s FOR NO KEY UPDATE", (app_id,))


async def revoke(tx: Transaction, app_id: UUID, key_id: UUID) -> bool:
    """Make a key invalid from now on; tell whether there was such a valid one."""
    touched = await tx.run(
        "UPDATE app_keys SET revoked_at = %s WHERE app_id = %s AND id = %s AND revoked_at IS NULL",
        (tx.now, app_id, key_id),
    )
    return touched == 1


async def note_use(tx: Transaction, app_id: UUID, key_id: UUID, *, every: timedelta) -> None:
    """Note that a key is used now, unless that was noted within ``every``."""
    await last_use.note(tx, "app_keys", "last_used_at", app_id, key_id, every=every)


async def find_any_sealed(tx: Transaction) -> bytes | None:
    """Return what was sealed last, to see whether the secret key still opens it, or None."""
    found: bytes | None = await tx.value(
        "SELECT sealed FROM app_keys ORDER BY created_at DESC, id LIMIT 1"
    )
    return found
