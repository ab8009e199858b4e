"""List, make and revoke the keys of an app."""

from uuid import UUID

import typer

from slotkeeper.cli.failures import Failure
from slotkeeper.cli.inside import in_transaction
from slotkeeper.domain.app import App, KeyKind
from slotkeeper.domain.errors import NotFound
from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps, keys
from slotkeeper.services.keys import Key
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Transaction


def list_keys(settings: Settings, slug: str) -> None:
    """Print one line for each key of the app: id, kind, since when, name."""

    async def work(tx: Transaction, _: Parts) -> list[Key]:
        return await keys.list_keys(tx, await app_named(tx, slug))

    for key in in_transaction(settings, work):
        since = f"since {key.created_at:%Y-%m-%d}"
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else since
        typer.echo(f"{key.id}  {key.kind:<6}  {state:<18}  {key.name}")


def create(settings: Settings, slug: str, kind: KeyKind, *, name: str) -> None:
    """Make one more key and print it."""

    async def work(tx: Transaction, parts: Parts) -> str:
        return await keys.create(tx, parts.vault, await app_named(tx, slug), kind, name=name)

    typer.echo(in_transaction(settings, work))


def revoke(settings: Settings, slug: str, key_id: UUID) -> None:
    """Make a key invalid, at once and for good."""

    async def work(tx: Transaction, _: Parts) -> None:
        app = await app_named(tx, slug)
        try:
            await keys.revoke(tx, app, key_id)
        except NotFound:
            raise Failure(f"the app {slug} has no valid key {key_id}") from None

    in_transaction(settings, work)
    typer.echo(f"The key {key_id} is revoked.")


async def app_named(tx: Transaction, slug: str) -> App:
    """Return the app with this slug; raises Failure where there is none."""
    app = await apps.find_by_slug(tx, slug)
    if app is None:
        raise Failure(f"there is no app {slug}")
    return app
