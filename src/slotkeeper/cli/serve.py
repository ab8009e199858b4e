"""Run the server: database, migrations, socket, one process or several."""

import threading
from collections.abc import Callable
from contextlib import ExitStack

import typer

from slotkeeper.cli.installation import Reached, bring_up_to_date, database_of
from slotkeeper.cli.listening import address_of, await_health, listen, tls_context
from slotkeeper.cli.serving import Stop, serve_here
from slotkeeper.settings import Settings

RENEW_SECONDS = 2.0
"""How often the embedded PostgreSQL is looked after."""


def serve(settings: Settings, *, prepare: Callable[[Reached, str], str] | None = None) -> None:
    """Run a server until the process is told to stop, and print a line when it is ready.

    What can be refused is refused before anything is started: certificate and port first.
    ``prepare`` gets the migrated database and the server's address, and returns what to
    print before the line.
    """
    stop = Stop()
    stop.listen()
    tls = tls_context(settings)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(settings.host, settings.port))
        database = stack.enter_context(database_of(settings))
        bring_up_to_date(database.conninfo)
        address = address_of(listener, settings)
        said = prepare(database, settings.public_url or address) if prepare else ""
        over = threading.Event()
        stack.callback(over.set)

        def announce() -> None:
            if await_health(listener, settings, is_over=over.is_set):
                typer.echo(f"{said}Slotkeeper is ready at {address} ({database.description})")

        def look_after() -> None:
            while not over.wait(RENEW_SECONDS):
                database.renew()

        for task in (announce, look_after):
            threading.Thread(target=task, daemon=True).start()
        serve_here(settings, database.conninfo, listener, tls=tls, stop=stop)
