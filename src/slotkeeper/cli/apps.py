"""Make apps from the command line."""

import json
from dataclasses import asdict

import typer

from slotkeeper.cli.inside import in_transaction
from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps
from slotkeeper.services.apps import NewApp
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Transaction


def create(settings: Settings, name: str, *, owner: str, test_mode: bool, as_json: bool) -> None:
    """Make an app and print it with its keys, which are shown in no other way later."""

    async def work(tx: Transaction, parts: Parts) -> NewApp:
        return await apps.create(tx, parts.vault, name=name, owner_email=owner, test_mode=test_mode)

    made = in_transaction(settings, work)
    fields = {key: str(value) for key, value in asdict(made).items()}
    if as_json:
        typer.echo(json.dumps(fields))
        return
    typer.echo(f"The app {name!r} is made.\n")
    for key, value in fields.items():
        typer.echo(f"  {key.replace('_', ' '):<16}{value}")
    typer.echo("\nThe API key and the webhook secret belong on your server only.")
