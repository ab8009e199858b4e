"""What an operator does with the keys of an app."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag

from slotkeeper.domain.app import App, KeyKind
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.services.vault import Vault, digest_of, new_key
from slotkeeper.storage import apps, keys
from slotkeeper.storage.keys import Key
from slotkeeper.storage.transaction import Transaction

__all__ = [
    "Key",
    "can_open_stored_keys",
    "create",
    "is_worth_noting",
    "issue",
    "list_keys",
    "retire",
    "revoke",
]

USE_NOTED_EVERY = timedelta(minutes=1)
"""How exactly the last use of a key is known: a request a minute writes it, the others read."""

VALID_MAX = 100
"""How many valid keys an app can have, when it makes them itself."""


def is_worth_noting(last_used_at: datetime | None, *, now: datetime) -> bool:
    """Tell whether a use now is to be written down, or was noted so shortly ago that it is not."""
    return last_used_at is None or now - last_used_at >= USE_NOTED_EVERY


async def list_keys(tx: Transaction, app: App) -> list[Key]:
    """Return every key of the app, revoked ones too, oldest first."""
    return await keys.list_keys(tx, app.id)


async def create(tx: Transaction, vault: Vault, app: App, kind: KeyKind, *, name: str) -> str:
    """Make one more key for the app and return its text."""
    _, text = await _made(tx, vault, app, kind, name=name)
    return text


async def revoke(tx: Transaction, app: App, key_id: UUID) -> None:
    """Make a key invalid for every later request; refuse one that is not valid now."""
    if not await keys.revoke(tx, app.id, key_id):
        raise NotFound("Key")


async def issue(
    tx: Transaction, vault: Vault, app: App, kind: KeyKind, *, name: str
) -> tuple[Key, str]:
    """Make a key at the wish of the app itself; return it and its text, told only now."""
    valid = [key for key in await keys.list_keys(tx, app.id) if key.revoked_at is None]
    if len(valid) >= VALID_MAX:
        message = f"An app may not have more than {VALID_MAX} valid keys."
        raise InvalidInput.field("kind", message)
    return await _made(tx, vault, app, kind, name=name)


async def retire(tx: Transaction, app: App, key_id: UUID) -> None:
    """Revoke a key at the wish of the app itself, which must keep one to call with.

    Two who revoke the last two keys at the same moment wait for one another.
    """
    await keys.lock(tx, app.id)
    valid = {key.id: key for key in await keys.list_keys(tx, app.id) if key.revoked_at is None}
    if key_id not in valid:
        raise NotFound("Key")
    left = [key for key in valid.values() if key.kind is KeyKind.API and key.id != key_id]
    if not left:
        raise InvalidInput.field("id", "The last API key of an app cannot be revoked here.")
    await revoke(tx, app, key_id)


async def can_open_stored_keys(tx: Transaction, vault: Vault) -> bool:
    """Tell whether the secret key of the installation is the one that sealed its keys."""
    sealed = await keys.find_any_sealed(tx)
    try:
        return sealed is None or bool(vault.open(sealed))
    except InvalidTag:
        return False


async def _made(
    tx: Transaction, vault: Vault, app: App, kind: KeyKind, *, name: str
) -> tuple[Key, str]:
    text = new_key(kind, test_mode=app.test_mode)
    made = Key(
        id=uuid4(), kind=kind, name=name, created_at=tx.now, last_used_at=None, revoked_at=None
    )
    await apps.insert_key(
        tx,
        app.id,
        key_id=made.id,
        kind=kind,
        digest=digest_of(text),
        sealed=vault.seal(text),
        name=name,
    )
    return made, text
