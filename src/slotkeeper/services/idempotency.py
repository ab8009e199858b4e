"""Do once what is asked more than once: requests under an Idempotency-Key."""

from uuid import UUID

from cryptography.exceptions import InvalidTag

from slotkeeper.domain.errors import InvalidInput, KeyReused
from slotkeeper.domain.idempotency import (
    ANSWER_BYTES_MAX,
    HEADER,
    KEPT,
    FirstAnswer,
    IdempotencyKey,
)
from slotkeeper.services.vault import Vault
from slotkeeper.storage import idempotency
from slotkeeper.storage.transaction import Transaction

_OPENED_AT_ONCE = 500

DELETED_MAX = 20
"""How many answers that are too old each new one takes away; more than come in."""


async def recall(tx: Transaction, key: IdempotencyKey, *, fingerprint: bytes) -> FirstAnswer | None:
    """Return the answer that the first request under a key got, or None for the first.

    Waits while another transaction carries out a request under the same key. After None the
    key belongs to this transaction, which must ``remember`` its answer. Raises KeyReused where
    the first request was another one.
    """
    if await idempotency.take(tx, key, fingerprint=fingerprint, too_old=tx.now - KEPT):
        return None
    kept = await idempotency.get(tx, key)
    if kept.fingerprint != fingerprint:
        raise KeyReused
    return kept.answer


async def forget(tx: Transaction, vault: Vault, app_id: UUID, text: str) -> int:
    """Delete the answers kept for an app that hold ``text``, in any case; return how many.

    They are sealed, so each of the last day is opened. Who repeats such a request has it
    carried out anew.
    """
    count, after = 0, None
    while found := await idempotency.list_sealed(tx, app_id, after=after, most=_OPENED_AT_ONCE):
        for key_id, key, sealed in found:
            if text.lower() in _opened(vault, sealed).lower():
                await idempotency.delete(tx, app_id, key_id, key)
                count += 1
        after = found[-1][:2]
    return count


def _opened(vault: Vault, sealed: bytes) -> str:
    try:
        return vault.open(sealed) if sealed else ""
    except InvalidTag:  # kept before answers were sealed
        return sealed.decode(errors="replace")


async def remember(tx: Transaction, key: IdempotencyKey, answer: FirstAnswer) -> None:
    """Keep the answer to the request that took the key; refuse one too long to be kept."""
    if len(answer.body) > ANSWER_BYTES_MAX:
        raise InvalidInput.field(
            HEADER,
            f"An answer of more than {ANSWER_BYTES_MAX} bytes cannot be kept under an {HEADER}.",
        )
    async with tx.together():
        await idempotency.save(tx, key, answer)
        await idempotency.delete_old(tx, too_old=tx.now - KEPT, rows_max=DELETED_MAX)
