"""Reach the database of an installation: the embedded one of its data folder, or another."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from slotkeeper.cli.failures import Failure, explained
from slotkeeper.cli.forking import run_forked
from slotkeeper.postgres.binaries import OLDEST_MAJOR
from slotkeeper.postgres.lease import lease
from slotkeeper.postgres.server import EXTENSIONS
from slotkeeper.settings import Settings
from slotkeeper.storage.migrations import current, head, migrate

CONNECT_SECONDS_MAX = 10
URL_EXAMPLE = "postgresql://user:password@host/name"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """A database that runs: its address (it holds the password), and what people call it.

    ``renew`` is cheap and brings an embedded PostgreSQL back that was killed; for any other
    it does nothing.
    """

    conninfo: str
    description: str
    renew: Callable[[], None]


@contextmanager
def database_of(settings: Settings) -> Iterator[Reached]:
    """Give the database of an installation; an embedded one runs as long as the block does."""
    if settings.database_url is not None:
        check_server(settings.database_url)
        yield Reached(
            conninfo=settings.database_url,
            description="PostgreSQL at SLOTKEEPER_DATABASE_URL",
            renew=lambda: None,
        )
        return
    with lease(settings.data_dir) as server:
        yield Reached(
            conninfo=server.url,
            description=f"embedded PostgreSQL in {settings.data_dir.resolve()}",
            renew=server.renew,
        )


def check_server(conninfo: str) -> int:
    """Return the major version of the PostgreSQL at ``conninfo``, or say why it will not do."""
    try:
        with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            major = connection.info.server_version // 10_000
            available = connection.execute(
                "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [[*EXTENSIONS]]
            ).fetchall()
    except psycopg.ProgrammingError as error:
        # The error repeats what it could not read, the password included.
        raise Failure(
            f"the database URL cannot be read; it should look like {URL_EXAMPLE}"
        ) from error
    except psycopg.OperationalError as error:
        raise Failure(f"the database cannot be reached: {error}") from error
    if major < OLDEST_MAJOR:
        raise Failure(f"PostgreSQL {OLDEST_MAJOR} or later is needed, but this one is {major}")
    if missing := set(EXTENSIONS) - {str(name) for (name,) in available}:
        raise Failure(
            f"this PostgreSQL lacks the extension {min(missing)}; install its contrib package"
        )
    return major


def is_up_to_date(conninfo: str) -> bool:
    """Tell whether there is nothing to migrate; refuse a database that newer code has made."""
    with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS_MAX) as connection:
        revision = current(connection)
    if revision is not None:
        refuse_newer(revision)
    return revision == head()


def bring_up_to_date(conninfo: str) -> tuple[str | None, str]:
    """Migrate the database and return (before, after); refuse one that newer code has made."""
    is_up_to_date(conninfo)
    try:
        return migrate(conninfo)
    except Exception as error:
        # Alembic brings psycopg's errors wrapped by SQLAlchemy, which is slow to import.
        cause = getattr(error, "orig", None)
        if isinstance(cause, psycopg.errors.InsufficientPrivilege):
            raise Failure(
                f"the role of the database URL may not make tables or extensions: {cause}"
            ) from error
        raise


def bring_up_to_date_apart(conninfo: str) -> None:
    """Bring the database up to date in a child, whose memory is given back with its end."""
    if is_up_to_date(conninfo):
        return

    def work() -> None:
        with explained():
            bring_up_to_date(conninfo)

    code = run_forked(work)
    if code < 0:
        raise Failure(f"the migration of the database was ended by signal {-code}")
    if code:
        raise SystemExit(code)  # the child has said why


def refuse_newer(revision: str) -> None:
    """Refuse a database at a revision that this version of the code does not know yet."""
    if revision > head():
        raise Failure(
            f"the database is at revision {revision}, but this version of Slotkeeper knows only"
            f" up to {head()}; use the newer version that migrated it"
        )
