"""Run the server: database, migrations, socket, one process or several."""

import socket
import ssl
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass

import typer

from slotkeeper.cli import demo, examine_database
from slotkeeper.cli.failures import Failure
from slotkeeper.cli.installation import Reached, bring_up_to_date_apart, database_of
from slotkeeper.cli.listening import await_health, is_healthy, listen, tls_context
from slotkeeper.cli.renewing import RENEW_SECONDS, looked_after, renew
from slotkeeper.cli.serving import Stop, configure_logs, preload, serve_here
from slotkeeper.cli.workers import Workers
from slotkeeper.settings import Settings

LOOK_SECONDS = 0.1
"""How often the parent of several processes looks after them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a server stands on: a migrated database and a socket that listens."""

    settings: Settings
    database: Reached
    listener: socket.socket
    tls: ssl.SSLContext | None
    stop: Stop
    with_worker: bool
    ready_text: str

    def announce(self) -> None:
        """Say that the server is ready."""
        typer.echo(self.ready_text)

    def serve(self, parent: int | None = None) -> None:
        """Answer requests in this process until it is told to stop."""
        serve_here(
            self.settings,
            self.database.conninfo,
            self.listener,
            tls=self.tls,
            stop=self.stop,
            with_worker=self.with_worker,
            parent=parent,
        )


def serve(settings: Settings, *, with_demo: bool, with_worker: bool) -> None:
    """Run a server until the process is told to stop, and print a line when it is ready.

    What can be refused is refused before anything is started: certificate and port first.
    ``with_demo`` makes a demo app if there is none, and prints how to look at it;
    ``with_worker`` lets each process do what a worker does.
    """
    stop = Stop()
    stop.listen()
    configure_logs(settings)
    tls = tls_context(settings)
    with ExitStack() as stack:
        listener = stack.enter_context(listen(settings.host, settings.port))
        # Where any free port would do, it is known from here on; links in mails name it.
        settings = settings.model_copy(update={"port": listener.getsockname()[1]})
        database = stack.enter_context(database_of(settings))
        bring_up_to_date_apart(database.conninfo)
        # A new secret key in the place of a lost one would seal what the old one cannot open.
        examine_database.secret_key(settings, database.conninfo)
        text = f"Slotkeeper is ready at {settings.listens_at} ({database.description})"
        if with_demo:
            shown = demo.prepared(
                settings, database.conninfo, settings.public_url or settings.listens_at
            )
            text = f"{text}\n\n{shown}"
        ground = Ground(
            settings=settings,
            database=database,
            listener=listener,
            tls=tls,
            stop=stop,
            with_worker=with_worker,
            ready_text=text,
        )
        _serve_alone(ground) if settings.processes == 1 else _serve_by_many(ground)


def _serve_alone(ground: Ground) -> None:
    over = threading.Event()

    def announce() -> None:
        if await_health(ground.listener, ground.settings, is_over=over.is_set):
            ground.announce()

    announcer = threading.Thread(target=announce, daemon=True)
    announcer.start()
    try:
        with looked_after(ground.database):
            ground.serve()
    finally:
        over.set()
        announcer.join(RENEW_SECONDS)


def _serve_by_many(ground: Ground) -> None:
    """Watch over the server processes; this one answers nothing itself."""
    preload()
    workers = Workers(ground.settings.processes, ground.serve)
    is_ready, renewed = False, time.monotonic()
    try:
        workers.start()
        while True:
            for code in workers.lost():
                if not is_ready:
                    raise Failure(f"a server process ended as it started, with code {code}")
                workers.replace(code)
            if not is_ready and is_healthy(ground.listener, ground.settings):
                is_ready = True
                ground.announce()
            if time.monotonic() - renewed > RENEW_SECONDS:
                renew(ground.database)
                renewed = time.monotonic()
            time.sleep(LOOK_SECONDS)
    finally:
        workers.stop()
