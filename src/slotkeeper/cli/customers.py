"""Give a customer all that is held about them, or forget them."""

import json
from collections.abc import Mapping
from typing import Any

import typer

from slotkeeper.cli.inside import in_transaction
from slotkeeper.cli.keys import app_named
from slotkeeper.edge.parts import Parts
from slotkeeper.services import customers
from slotkeeper.services.customers import Erasure
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Transaction

ACTOR = "operator"
"""Who acted, in the log of a booking, when it was done on the command line."""


def export(settings: Settings, slug: str, email: str) -> None:
    """Print everything that an app holds about a customer, as JSON."""

    async def work(tx: Transaction, _: Parts) -> Mapping[str, Any]:
        return await customers.export(tx, (await app_named(tx, slug)).id, email)

    typer.echo(json.dumps(in_transaction(settings, work), indent=2, ensure_ascii=False))


def erase(settings: Settings, slug: str, email: str) -> None:
    """Take a person out of everything that an app holds."""

    async def work(tx: Transaction, parts: Parts) -> Erasure:
        app = await app_named(tx, slug)
        return await customers.erase(tx, parts.vault, app.id, email, actor=ACTOR)

    erased = in_transaction(settings, work)
    told = ", ".join(f"{count} {kind.replace('_', ' ')}" for kind, count in erased.counts.items())
    typer.echo(f"Erased: {told}.")
    if erased.ahead:
        typer.echo(f"Yet to come, nobody knows now for whom: {erased.ahead}.")
