"""Run a worker in a process of its own, until it is told to stop."""

import asyncio
import gc
from collections.abc import Sequence

import typer

from slotkeeper.bootstrap import make_jobs, make_parts
from slotkeeper.cli.forking import STOP_SIGNALS
from slotkeeper.cli.installation import Reached, bring_up_to_date_apart, database_of
from slotkeeper.cli.renewing import looked_after
from slotkeeper.cli.serving import Stop, configure_logs
from slotkeeper.jobs.loop import Loop, work
from slotkeeper.settings import Settings


def run(settings: Settings) -> None:
    """Move bookings on and send what was announced, until the process is told to stop.

    A line is printed when it is at work. The database is started and migrated if need be.
    """
    Stop().listen()
    configure_logs(settings)
    with database_of(settings) as database:
        bring_up_to_date_apart(database.conninfo)
        with looked_after(database):
            asyncio.run(_work(settings, database))


async def _work(settings: Settings, reached: Reached) -> None:
    parts = make_parts(settings, reached.conninfo)
    await parts.database.open()
    try:
        jobs = make_jobs(parts)
        for number in STOP_SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, _stop, jobs)
        gc.freeze()
        typer.echo(f"Slotkeeper's worker is at work ({reached.description})")
        await work(jobs)
    finally:
        await parts.database.close()


def _stop(jobs: Sequence[Loop]) -> None:
    for job in jobs:
        job.stop()
