"""Bring a database up to the schema that this version of the code expects.

The folder ``versions`` holds one file a change, named ``NNNN_what.py``, with the statements
written as SQL. Alembic applies them; it is imported only when there is something to apply,
because importing it costs more than the rest of a start.
"""

import re
from pathlib import Path

import psycopg

VERSIONS = Path(__file__).parent / "versions"

# Two servers that start at once on one database must not migrate it twice.
_MIGRATION_LOCK = 0x510_7EE9


def head() -> str:
    """Return the newest revision that this code knows, such as ``0001``."""
    return max(m.group(1) for p in VERSIONS.glob("*.py") if (m := re.match(r"(\d{4})_", p.name)))


def current(connection: psycopg.Connection[tuple[object, ...]]) -> str | None:
    """Return the revision of the database, or None for one that was never migrated."""
    found = connection.execute("SELECT to_regclass('alembic_version')").fetchone()
    if found is None or found[0] is None:
        return None
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else None


def migrate(conninfo: str, *, to: str = "head") -> tuple[str | None, str]:
    """Bring the database at ``conninfo`` up to revision ``to``; return (before, after).

    Safe to call from several processes at once: they queue on an advisory lock, and
    those that come later find nothing left to do.
    """
    with psycopg.connect(conninfo, autocommit=True) as connection:
        before = current(connection)
        if before == (head() if to == "head" else to):
            return before, before
        connection.execute("SELECT pg_advisory_lock(%s)", (_MIGRATION_LOCK,))
        before = current(connection)
        _upgrade(conninfo, to)
        after = current(connection)
        assert after is not None
        return before, after


def _upgrade(conninfo: str, to: str) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, rarely needed
    from alembic.config import Config  # noqa: PLC0415 - as slow

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["conninfo"] = conninfo
    command.upgrade(config, to)
