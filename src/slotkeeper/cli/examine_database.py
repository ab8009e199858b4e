"""What a start needs of the database: each function says what is there, or raises Failure."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeAlias

import psycopg

from slotkeeper.bootstrap import SECRET_KEY_FILE
from slotkeeper.cli.failures import Failure
from slotkeeper.cli.inside import in_transaction_of
from slotkeeper.cli.installation import CONNECT_SECONDS_MAX, database_of, refuse_newer
from slotkeeper.edge.parts import Parts
from slotkeeper.services import alarms, deliveries, keys
from slotkeeper.services.alarms import Overdue
from slotkeeper.services.deliveries import Backlog
from slotkeeper.settings import Settings
from slotkeeper.storage.migrations import current, head
from slotkeeper.storage.transaction import Transaction

OVERDUE_AFTER = timedelta(minutes=1)
"""How long a booking or a delivery may be due before nobody seems to look after it."""

Connection: TypeAlias = psycopg.Connection[tuple[object, ...]]


@contextmanager
def opened(settings: Settings) -> Iterator[tuple[str, Connection]]:
    """Give the address of the database and a connection; an embedded one is started for it."""
    with (
        database_of(settings) as database,
        psycopg.connect(database.conninfo, connect_timeout=CONNECT_SECONDS_MAX) as connection,
    ):
        yield database.conninfo, connection


def schema(connection: Connection) -> str:
    """Tell whether the tables are those that this version expects."""
    revision = current(connection)
    if revision is None:
        raise Failure("the database is empty; run slotkeeper migrate, or start the server")
    refuse_newer(revision)
    if revision != head():
        raise Failure(
            f"the database is at revision {revision}, behind {head()};"
            " run slotkeeper migrate, or start the server"
        )
    return f"revision {revision}, as expected"


def connections(settings: Settings, connection: Connection) -> str:
    """Tell whether the database takes as many connections as the server may open."""
    info = connection.execute(
        "SELECT current_setting('max_connections')::int"
        " - current_setting('superuser_reserved_connections')::int"
    ).fetchone()
    assert info is not None
    allowed, wanted = int(str(info[0])), settings.processes * settings.connections_max
    if wanted > allowed:
        raise Failure(
            f"{settings.processes} processes of {settings.connections_max} connections want"
            f" {wanted}, but the database allows {allowed}; lower SLOTKEEPER_CONNECTIONS_MAX"
        )
    return f"{wanted} of {allowed} may be used"


def secret_key(settings: Settings, conninfo: str) -> str:
    """Tell whether the secret key opens what was sealed with it."""
    file = settings.data_dir / SECRET_KEY_FILE
    place = "SLOTKEEPER_SECRET_KEY" if settings.secret_key else str(file)
    is_missing = not settings.secret_key and not file.exists()
    if is_missing:  # a new one, made up here, would hide that the real one is lost
        settings = _keyless(settings)
    if not _opens(settings, conninfo):
        raise Failure(
            "the stored keys of apps cannot be opened; put the secret key that sealed them back"
            f" into {place}, or make new keys with slotkeeper keys create"
        )
    return "none yet; the first start makes it" if is_missing else f"{place} opens what is stored"


def worker(settings: Settings, conninfo: str) -> str:
    """Tell whether somebody does what time does to bookings."""
    found = _overdue(settings, conninfo)
    if found is None:
        return "no booking waits for one"
    minutes = int(found.late.total_seconds() // 60)
    raise Failure(
        f"bookings wait for a worker: {found.count}, the first for {minutes} minutes; run"
        " slotkeeper worker, or a server without --no-worker, and look into its log where one runs"
    )


def resting_worker(settings: Settings, conninfo: str) -> str:
    """Tell what a worker has to catch up where nothing runs at all, which is no fault."""
    found = _overdue(settings, conninfo)
    count = 0 if found is None else found.count
    return f"nothing runs now; bookings for the next start to catch up on: {count}"


def outbox(settings: Settings, conninfo: str) -> str:
    """Tell whether webhooks and mails leave the house."""
    found = _backlog(settings, conninfo)
    if found.count:
        minutes = int(found.late.total_seconds() // 60)
        raise Failure(
            f"webhooks and mails wait to be sent: {found.count}, the first for {minutes} minutes;"
            " run slotkeeper worker, or a server without --no-worker, and look into its log where"
            " one runs"
        )
    if found.paused:
        return f"nothing waits to be sent; webhook targets that are paused: {found.paused}"
    return "nothing waits to be sent"


def resting_outbox(settings: Settings, conninfo: str) -> str:
    """Tell what is to be sent where nothing runs at all, which is no fault."""
    found = _backlog(settings, conninfo)
    return f"nothing runs now; webhooks and mails for the next start to send: {found.count}"


def _overdue(settings: Settings, conninfo: str) -> Overdue | None:
    async def work(tx: Transaction, _: Parts) -> Overdue | None:
        return await alarms.overdue(tx, by=OVERDUE_AFTER)

    return in_transaction_of(_keyless(settings), conninfo, work)


def _backlog(settings: Settings, conninfo: str) -> Backlog:
    async def work(tx: Transaction, _: Parts) -> Backlog:
        return await deliveries.backlog(tx, by=OVERDUE_AFTER)

    return in_transaction_of(_keyless(settings), conninfo, work)


def _keyless(settings: Settings) -> Settings:
    """Return settings for what needs no secret key: a missing one must not be made up here."""
    return settings.model_copy(update={"secret_key": "none"})


def _opens(settings: Settings, conninfo: str) -> bool:
    async def work(tx: Transaction, parts: Parts) -> bool:
        return await keys.can_open_stored_keys(tx, parts.vault)

    return in_transaction_of(settings, conninfo, work)
