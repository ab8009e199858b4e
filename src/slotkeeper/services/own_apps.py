"""What those who manage an app do with it, and with the apps that they made through it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from slotkeeper.domain import app_settings
from slotkeeper.domain.app import App, Caller, KeyKind, Role
from slotkeeper.domain.errors import InvalidInput, NotAllowed, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.services import apps as making
from slotkeeper.services import resources
from slotkeeper.services.vault import Vault, new_webhook_secret
from slotkeeper.storage import apps
from slotkeeper.storage.transaction import Transaction

MADE_MAX = 100
"""How many apps can be made through one app."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What only those may see who manage an app; a key is None where none is valid."""

    webhook_secret: str
    app_token: str | None
    widget_token: str | None


async def role_of(tx: Transaction, caller: Caller) -> Role:
    """Return what a caller is in the app of its key or token.

    An app key manages its app. So does the person who has the address of its owner: only who has
    such a key can make that person, because nobody signs up with that address.
    """
    if caller.resource_id is None:
        return Role.OWNER if caller.kind is KeyKind.API else Role.RESOURCE
    app = await apps.get(tx, caller.app_id)
    person = await resources.get(tx, caller.app_id, caller.resource_id)
    owns = (person.email or "").lower() == app.owner_email.lower()
    return Role.OWNER if owns else Role.RESOURCE


async def check_newcomer(tx: Transaction, app_id: UUID, email: str) -> None:
    """Refuse somebody who signs up without a key under the address of the app's owner."""
    app = await apps.get(tx, app_id)
    if app.owner_email.lower() == email.strip().lower():
        raise InvalidInput.field("email", "The email has already been taken.")


async def list_apps(tx: Transaction, caller: Caller, asked: Listing) -> Page[App]:
    """Return one page of the caller's app and, for who manages it, those made through it."""
    manages = await role_of(tx, caller) is Role.OWNER
    # An app belongs to no resource; what may be seen is said here.
    every = replace(asked, only_of=None)
    return await apps.list_apps(tx, caller.app_id, every, all_made=manages)


async def get(tx: Transaction, caller: Caller, slug: str) -> App:
    """Return an app within the reach of a caller, as in ``list_apps``."""
    return _within_reach(await apps.find_by_slug(tx, slug), caller, await role_of(tx, caller))


async def create(
    tx: Transaction,
    vault: Vault,
    caller: Caller,
    *,
    settings: Mapping[str, object],
    test_mode: bool,
) -> App:
    """Make another app, managed by whoever manages the caller's."""
    await _check_manager(tx, caller)
    if await apps.count_made(tx, caller.app_id) >= MADE_MAX:
        message = f"No more than {MADE_MAX} apps can be made through one app."
        raise InvalidInput.field("name", message)
    through = await apps.get(tx, caller.app_id)
    name = settings.get("name")
    made = await making.create(
        tx,
        vault,
        name=name if isinstance(name, str) else "",
        owner_email=through.owner_email,
        test_mode=test_mode,
        settings=settings,
        creator=caller,
    )
    return await apps.get(tx, made.id)


async def change(
    tx: Transaction, caller: Caller, slug: str, settings: Mapping[str, object]
) -> None:
    """Merge ``settings`` into those of an app; null takes one away."""
    await _check_manager(tx, caller)
    app = _within_reach(await apps.lock_by_slug(tx, slug), caller, Role.OWNER)
    every = app_settings.merged(app.settings, settings)
    name = every.setdefault("name", app.name)
    await apps.save_settings(tx, app.id, every, name=str(name).strip())


async def delete(tx: Transaction, caller: Caller, slug: str) -> None:
    """Delete an app with everything in it, for good.

    An app key does not end the app that it is of: such a key is in many hands, and what it did
    could not be undone.
    """
    await _check_manager(tx, caller)
    app = _within_reach(await apps.lock_by_slug(tx, slug), caller, Role.OWNER)
    if app.id == caller.app_id and caller.resource_id is None:
        raise NotAllowed("An app cannot be deleted with its own key")
    await apps.delete(tx, app.id)


async def secrets_of(tx: Transaction, vault: Vault, app_id: UUID) -> Secrets:
    """Return the secrets of an app, for whoever manages it."""
    return Secrets(
        webhook_secret=vault.open(await apps.get_sealed_webhook_secret(tx, app_id)),
        app_token=await making.find_key(tx, vault, app_id, KeyKind.API),
        widget_token=await making.find_key(tx, vault, app_id, KeyKind.WIDGET),
    )


async def rotate_webhook_secret(tx: Transaction, vault: Vault, app_id: UUID) -> str:
    """Give an app another secret for its webhooks, from the next one on, and return it."""
    secret = new_webhook_secret()
    await apps.save_webhook_secret(tx, app_id, vault.seal(secret))
    return secret


async def _check_manager(tx: Transaction, caller: Caller) -> None:
    if await role_of(tx, caller) is not Role.OWNER:
        raise NotAllowed("This is not allowed to people who do not manage the app")


def _within_reach(app: App | None, caller: Caller, role: Role) -> App:
    if app is not None and app.id == caller.app_id:
        return app
    if app is not None and app.creator_app_id == caller.app_id and role is Role.OWNER:
        return app
    raise NotFound("App")
