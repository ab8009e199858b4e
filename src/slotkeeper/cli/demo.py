"""Show the demo app: its addresses, its keys, and a line that books."""

import json
import shlex

import typer

from slotkeeper.cli.inside import in_transaction_of
from slotkeeper.cli.installation import bring_up_to_date, database_of
from slotkeeper.edge.parts import Parts
from slotkeeper.services import demo
from slotkeeper.services.demo import Demo, FreeSlot
from slotkeeper.settings import Settings
from slotkeeper.storage.transaction import Transaction


def run(settings: Settings) -> None:
    """Make the demo app if it is missing, and print how to look at it."""
    with database_of(settings) as database:
        bring_up_to_date(database.conninfo)
        scheme = "https" if settings.tls_cert else "http"
        address = settings.public_url or f"{scheme}://{settings.host}:{settings.port}"
        typer.echo(prepared(settings, database.conninfo, address))


def prepared(settings: Settings, conninfo: str, address: str) -> str:
    """Return what to print about the demo app of a migrated database, made if missing.

    ``address`` is that of the server, without a slash behind.
    """

    async def work(tx: Transaction, parts: Parts) -> Demo:
        return await demo.find_or_make(tx, parts.vault, shuffle=parts.shuffle)

    made = in_transaction_of(settings, conninfo, work)
    return _text(made, address, keeps_mails=settings.smtp_url is None)


def _text(made: Demo, address: str, *, keeps_mails: bool) -> str:
    pages = [f"  {project.name:<20}{address}/{project.slug}" for project in made.projects]
    lines = [
        "Pages to book on:",
        *pages,
        "",
        f"  {'API reference':<20}{address}/docs",
        *([f"  {'Mails':<20}{address}/admin/mails"] if keeps_mails else []),
        f"  {'API key':<20}{made.api_key}",
        f"  {'widget key':<20}{made.widget_key}",
    ]
    if made.free_slot is not None:
        lines += ["", "This line books:", "", _curl(made.free_slot, made.api_key, address)]
    return "\n".join(lines)


def _curl(slot: FreeSlot, key: str, address: str) -> str:
    body = {
        "project_id": str(slot.project_id),
        "resource_id": str(slot.resource_id),
        "start": slot.start.isoformat(),
        "end": slot.end.isoformat(),
        "customer": {"name": "Marty McFly", "email": "marty@example.com", "timezone": "UTC"},
    }
    return shlex.join(
        [
            *("curl", "-u", f":{key}", "-H", "Content-Type: application/json"),
            *("-d", json.dumps(body), f"{address}/v2/bookings"),
        ]
    )
