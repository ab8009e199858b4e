"""Write a backup of the database to a file, and make a database from one."""

import os
import subprocess
import tempfile
from pathlib import Path

import psycopg
import typer
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from slotkeeper.cli.failures import Failure
from slotkeeper.cli.installation import (
    CONNECT_SECONDS_MAX,
    bring_up_to_date,
    check_server,
    database_of,
)
from slotkeeper.postgres.binaries import get_binaries
from slotkeeper.settings import Settings
from slotkeeper.storage.migrations import current


def backup(settings: Settings, file: Path) -> None:
    """Write the database to ``file``, whole or not at all, as it is at one moment.

    The server may go on meanwhile. Only its owner can read the file; it is never put over
    one that exists.
    """
    if file.exists():
        raise Failure(f"{file} exists already; name another file")
    with database_of(settings) as database:
        handle, draft = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.absolute().parent)
        os.close(handle)
        try:
            _run("pg_dump", database.conninfo, "--format=custom", "--no-owner", f"--file={draft}")
            os.link(draft, file)
        finally:
            os.unlink(draft)
    typer.echo(f"The database is in {file}, {file.stat().st_size} bytes. {_about_key(settings)}")


def restore(settings: Settings, file: Path) -> None:
    """Fill an empty database from ``file``, all of it or nothing, and bring it up to date."""
    file.open("rb").close()
    with database_of(settings) as database:
        with psycopg.connect(database.conninfo, connect_timeout=CONNECT_SECONDS_MAX) as connection:
            if current(connection) is not None:
                raise Failure(
                    "the database is not empty; restore into a new data folder or a new database"
                )
        _run(
            *("pg_restore", database.conninfo),
            *("--no-owner", "--single-transaction", "--exit-on-error", str(file)),
        )
        _, revision = bring_up_to_date(database.conninfo)
    typer.echo(f"The database is restored, at revision {revision}. {_about_key(settings)}")


def _about_key(settings: Settings) -> str:
    place = "SLOTKEEPER_SECRET_KEY" if settings.secret_key else settings.data_dir / "secret_key"
    return f"What is sealed in it opens only with the secret key, kept in {place}."


def _run(program: str, conninfo: str, *arguments: str) -> None:
    """Run a program of PostgreSQL on a database; its complaint becomes the failure's.

    The password goes by the environment, because everybody can read the arguments.
    """
    parts = conninfo_to_dict(conninfo)
    password = parts.pop("password", None)
    environment = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    done = subprocess.run(
        [_program(program, conninfo), f"--dbname={make_conninfo('', **parts)}", *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode:
        complaint = done.stderr.strip().splitlines()
        raise Failure(complaint[0] if complaint else f"{program} ended with {done.returncode}")


def _program(name: str, conninfo: str) -> Path:
    """Return where ``name`` is installed; it has to be as new as the server at least."""
    found = get_binaries()
    path = found.folder / name
    if not os.access(path, os.X_OK):
        raise Failure(f"{path} is missing; install PostgreSQL's client programs")
    if found.major < (server := check_server(conninfo)):
        raise Failure(
            f"{path} is of version {found.major}, older than the server's {server};"
            f" install PostgreSQL {server}"
        )
    return path
