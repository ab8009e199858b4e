"""What an operator does with the keys of an app."""

from uuid import UUID, uuid4

from cryptography.exceptions import InvalidTag

from slotkeeper.domain.app import App, KeyKind
from slotkeeper.domain.errors import NotFound
from slotkeeper.services.vault import Vault, digest_of, new_key
from slotkeeper.storage import apps, keys
from slotkeeper.storage.keys import Key
from slotkeeper.storage.transaction import Transaction

__all__ = ["Key", "can_open_stored_keys", "create", "list_keys", "revoke"]


async def list_keys(tx: Transaction, app: App) -> list[Key]:
    """Return every key of the app, revoked ones too, oldest first."""
    return await keys.list_keys(tx, app.id)


async def create(tx: Transaction, vault: Vault, app: App, kind: KeyKind, *, name: str) -> str:
    """Make one more key for the app and return its text."""
    text = new_key(kind, test_mode=app.test_mode)
    await apps.insert_key(
        tx,
        app.id,
        key_id=uuid4(),
        kind=kind,
        digest=digest_of(text),
        sealed=vault.seal(text),
        name=name,
    )
    return text


async def revoke(tx: Transaction, app: App, key_id: UUID) -> None:
    """Make a key invalid for every later request; refuse one that is not valid now."""
    if not await keys.revoke(tx, app.id, key_id):
        raise NotFound("Key")


async def can_open_stored_keys(tx: Transaction, vault: Vault) -> bool:
    """Tell whether the secret key of the installation is the one that sealed its keys."""
    sealed = await keys.find_any_sealed(tx)
    try:
        return sealed is None or bool(vault.open(sealed))
    except InvalidTag:
        return False
