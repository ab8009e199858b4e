"""Make apps and find out who is calling."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from slotkeeper.domain import app_settings
from slotkeeper.domain.app import App, Caller, KeyKind
from slotkeeper.domain.email import is_email
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.project import slug_of
from slotkeeper.services import vault as keys
from slotkeeper.services.keys import USE_NOTED_EVERY, is_worth_noting
from slotkeeper.services.vault import Vault
from slotkeeper.storage import apps
from slotkeeper.storage import keys as stored_keys
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewApp:
    """An app that was just made, with the secrets that go to whoever made it."""

    id: UUID
    slug: str
    api_key: str
    widget_key: str
    webhook_secret: str


async def create(
    tx: Transaction,
    vault: Vault,
    *,
    name: str,
    owner_email: str,
    test_mode: bool,
    settings: Mapping[str, object] | None = None,
    creator: Caller | None = None,
) -> NewApp:
    """Make an app with an app key, a widget key and a webhook secret.

    The slug is made from the name, with a number behind it where another app has it. Raises
    InvalidInput for an empty name and for an address that is none. ``creator`` is who made it
    over the API, and manages it.
    """
    if not name.strip():
        raise InvalidInput({"name": ["The name field is required."]})
    if not is_email(owner_email):
        raise InvalidInput({"owner": ["The owner must be a valid email address."]})
    secret = keys.new_webhook_secret()
    app = App(
        id=uuid4(),
        slug=await _free_slug(tx, name),
        name=name.strip(),
        owner_email=owner_email,
        test_mode=test_mode,
        settings=app_settings.merged({"name": name.strip()}, settings or {}),
        creator_app_id=creator.app_id if creator else None,
        creator_resource_id=creator.resource_id if creator else None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    await apps.insert(tx, app, sealed_webhook_secret=vault.seal(secret))
    return NewApp(
        id=app.id,
        slug=app.slug,
        api_key=await create_key(tx, vault, app, KeyKind.API),
        widget_key=await create_key(tx, vault, app, KeyKind.WIDGET),
        webhook_secret=secret,
    )


async def create_key(tx: Transaction, vault: Vault, app: App, kind: KeyKind) -> str:
    """Make one more key for an app and return it."""
    key = keys.new_key(kind, test_mode=app.test_mode)
    await apps.insert_key(
        tx,
        app.id,
        key_id=uuid4(),
        kind=kind,
        digest=keys.digest_of(key),
        sealed=vault.seal(key),
        name=f"first {kind} key",
    )
    return key


async def find_caller(tx: Transaction, key: str) -> Caller | None:
    """Return whose key this is, or None, and note that it is used."""
    known = await apps.find_known(tx, keys.digest_of(key))
    if known is None:
        return None
    caller = known.caller
    if is_worth_noting(known.last_used_at, now=tx.now):
        await stored_keys.note_use(tx, caller.app_id, caller.key_id, every=USE_NOTED_EVERY)
    return caller


async def get(tx: Transaction, app_id: UUID) -> App:
    """Return an app that exists, such as that of a project."""
    return await apps.get(tx, app_id)


async def find_by_slug(tx: Transaction, slug: str) -> App | None:
    """Return the app with this slug, or None."""
    return await apps.find_by_slug(tx, slug)


async def find_key(tx: Transaction, vault: Vault, app_id: UUID, kind: KeyKind) -> str | None:
    """Return the oldest valid key of an app of this kind, in clear."""
    sealed = await apps.find_sealed_key(tx, app_id, kind)
    return vault.open(sealed) if sealed is not None else None


async def _free_slug(tx: Transaction, name: str) -> str:
    slug = slug_of(name) or "app"
    taken = await apps.slugs_like(tx, slug)
    numbered = (f"{slug}-{number}" for number in range(2, len(taken) + 3))
    return next(each for each in (slug, *numbered) if each not in taken)
