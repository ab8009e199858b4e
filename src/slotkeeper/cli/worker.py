"""Run a worker in a process of its own, until it is told to stop."""

import asyncio
import gc

import typer

from slotkeeper.bootstrap import make_database
from slotkeeper.cli.forking import STOP_SIGNALS
from slotkeeper.cli.installation import Reached, bring_up_to_date_apart, database_of
from slotkeeper.cli.renewing import looked_after
from slotkeeper.cli.serving import Stop, configure_logs
from slotkeeper.jobs.worker import Worker
from slotkeeper.settings import Settings


def run(settings: Settings) -> None:
    """Move bookings on until the process is told to stop; print a line when at work.

    The database is started and migrated if need be.
    """
    Stop().listen()
    configure_logs(settings)
    with database_of(settings) as database:
        bring_up_to_date_apart(database.conninfo)
        with looked_after(database):
            asyncio.run(_work(settings, database))


async def _work(settings: Settings, reached: Reached) -> None:
    database = make_database(settings, reached.conninfo)
    await database.open()
    try:
        worker = Worker(database)
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, worker.stop)
        gc.freeze()
        typer.echo(f"Slotkeeper's worker is at work ({reached.description})")
        await worker.run()
    finally:
        await database.close()
