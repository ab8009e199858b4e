"""First answers by the Idempotency-Key of their requests, in the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.idempotency import FirstAnswer, IdempotencyKey
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A row that another transaction has committed."""

    fingerprint: bytes
    status: int
    body: bytes

    @property
    def answer(self) -> FirstAnswer:
        """Return what was answered."""
        return FirstAnswer(self.status, self.body)


async def take(
    tx: Transaction, key: IdempotencyKey, *, fingerprint: bytes, too_old: datetime
) -> bool:
    """Make a key that of this transaction; False where an earlier request has it.

    Waits for a transaction that took the key and is not over: if it commits, the key is its,
    if not, it is ours. A row from ``too_old`` or before is taken over. After False the row is
    locked, so nobody deletes it before it is read.
    """
    taken = await tx.run(
        "INSERT INTO idempotency_keys AS held (app_id, key_id, key, fingerprint, created_at) "
        "VALUES (%s, %s, %s, %s, %s) ON CONFLICT (app_id, key_id, key) DO UPDATE "
        "SET fingerprint = EXCLUDED.fingerprint, status = NULL, body = NULL, "
        "created_at = EXCLUDED.created_at WHERE held.created_at <= %s",
        (key.app_id, key.key_id, key.text, fingerprint, tx.now, too_old),
    )
    return taken == 1


async def get(tx: Transaction, key: IdempotencyKey) -> Kept:
    """Return what is kept under a key that ``take`` said an earlier request has."""
    kept = await tx.row(
        Kept,
        "SELECT fingerprint, status, body FROM idempotency_keys "
        "WHERE app_id = %s AND key_id = %s AND key = %s",
        (key.app_id, key.key_id, key.text),
    )
    assert kept is not None, "take has locked it"
    return kept


async def list_sealed(
    tx: Transaction, app_id: UUID, *, after: tuple[UUID, str] | None, most: int
) -> list[tuple[UUID, str, bytes]]:
    """Return key and body of answers kept for an app, at most ``most`` beyond ``after``."""
    found = await tx.dicts(
        "SELECT key_id, key, body FROM idempotency_keys WHERE app_id = %s "
        "AND (%s::uuid IS NULL OR (key_id, key) > (%s, %s)) AND body IS NOT NULL "
        "ORDER BY key_id, key LIMIT %s",
        (app_id, *((after[0], *after) if after else (None, None, None)), most),
    )
    return [(row["key_id"], row["key"], bytes(row["body"])) for row in found]


async def delete(tx: Transaction, app_id: UUID, key_id: UUID, key: str) -> None:
    """Delete one answer."""
    await tx.run(
        "DELETE FROM idempotency_keys WHERE app_id = %s AND key_id = %s AND key = %s",
        (app_id, key_id, key),
    )


async def save(tx: Transaction, key: IdempotencyKey, answer: FirstAnswer) -> None:
    """Store the answer to the request that took the key."""
    await tx.run(
        "UPDATE idempotency_keys SET status = %s, body = %s "
        "WHERE app_id = %s AND key_id = %s AND key = %s",
        (answer.status, answer.body, key.app_id, key.key_id, key.text),
    )


async def delete_old(tx: Transaction, *, too_old: datetime, rows_max: int) -> None:
    """Delete the oldest rows from ``too_old`` or before, so many at the most.

    Served by ``idempotency_keys_by_age``; rows that somebody holds are left for another time,
    so this waits for nobody.
    """
    await tx.run(
        "DELETE FROM idempotency_keys WHERE (app_id, key_id, key) IN ("
        "SELECT app_id, key_id, key FROM idempotency_keys WHERE created_at <= %s "
        "ORDER BY created_at LIMIT %s FOR UPDATE SKIP LOCKED)",
        (too_old, rows_max),
    )
