"""Look after the embedded PostgreSQL while something else is done with it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from slotkeeper.cli.installation import Reached
from slotkeeper.postgres.errors import PostgresUnavailable

RENEW_SECONDS = 2.0
"""How often the embedded PostgreSQL is looked after."""

log = structlog.get_logger(__name__)


def renew(database: Reached) -> None:
    """Bring the database back if it was killed; what fails is tried again next time."""
    try:
        database.renew()
    except (PostgresUnavailable, OSError) as error:
        log.error("database_not_renewed", reason=str(error))


@contextmanager
def looked_after(database: Reached) -> Iterator[None]:
    """Renew the database time and again, in a thread, until the block ends."""
    over = threading.Event()

    def look_after() -> None:
        while not over.wait(RENEW_SECONDS):
            renew(database)

    thread = threading.Thread(target=look_after, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(RENEW_SECONDS)  # a renewal under way must not outlive the lease
