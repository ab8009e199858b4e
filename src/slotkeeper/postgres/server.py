"""Bring the server of a cluster up, by way of a keeper, and its database with it."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from slotkeeper.postgres import keeper, locks
from slotkeeper.postgres.account import CLEAN_ENVIRONMENT
from slotkeeper.postgres.binaries import get_binaries
from slotkeeper.postgres.cluster import ROLE, get_password
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.place import PORT, Place, reachable_binaries, socket_folder
from slotkeeper.postgres.postmaster import Postmaster

DATABASE = "slotkeeper"
# Without the first a booking could be made twice, the second finds people by a part of a name.
EXTENSIONS = ("btree_gist", "pg_trgm")
LOG_LINES_SHOWN = 5
TRIES_MAX = 3  # a keeper that is killed on its way may be started again; a broken one may not
# Python without site packages: the keeper needs none, and stays small.
LAUNCH = (
    "import sys; sys.path.insert(0, sys.argv.pop(1));"
    " from slotkeeper.postgres.keeper import main; main()"
)
SOURCE = Path(__file__).parents[2]
# What the rest relies on; the operator's choices are in postgresql.conf.
FIXED_SETTINGS = (
    f"port={PORT}",
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "logging_collector=off",
    "log_destination=stderr",
)
# For tests: quicker, and wide enough for the pools of all the servers that they start on it.
DISPOSABLE_SETTINGS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=400",
)


def await_server(place: Place, *, deadline: float, durable: bool) -> str:
    """Return the address of the database of ``place``, its server started and the database made.

    Call it with the start lock held. ``deadline`` is a reading of the monotonic clock. Refuses
    with the reason and the end of the log.
    """
    postmaster = Postmaster(str(place.cluster), place.running_lock)
    password = get_password(place.data_dir)
    tries = 0
    while time.monotonic() < deadline:
        if not locks.is_held(place.keeper_lock):
            tries += 1
            _start_keeper(place, deadline=deadline, durable=durable, is_last_try=tries == TRIES_MAX)
        folder = postmaster.find_socket_folder()
        if (
            folder is not None
            and postmaster.is_ready()
            and _has_database(_address(folder, password, "postgres"))
        ):
            return _address(folder, password, DATABASE)
        time.sleep(locks.POLL_SECONDS)
    raise PostgresUnavailable(
        f"PostgreSQL in {place.cluster} takes no connections in time; {_last_lines(place.log)}"
    )


def _start_keeper(place: Place, *, deadline: float, durable: bool, is_last_try: bool) -> None:
    binaries = reachable_binaries(get_binaries(major=place.major), place.account)
    heard, told = os.pipe()
    account = place.account
    settings = (
        *FIXED_SETTINGS,
        f"unix_socket_directories={socket_folder(place)}",
        *(() if durable else DISPOSABLE_SETTINGS),
    )
    arguments: list[str] = [
        *(str(place.cluster), place.running_lock, place.users_lock, place.keeper_lock),
        str(place.log),
        *((str(account.uid), str(account.gid)) if account.is_lent else ("-1", "-1")),
        str(told),
        *(str(binaries.postgres), "-D", str(place.cluster)),
    ]
    for setting in settings:
        arguments += ["-c", setting]
    try:
        answer = _told_by(arguments, heard, told, log=place.log, deadline=deadline)
    finally:
        os.close(heard)
    was_killed = answer == b"" and not is_last_try
    if answer not in (keeper.READY, keeper.HELD) and not was_killed:
        reason = answer.removeprefix(keeper.FAILED).decode() or "its keeper did not answer"
        raise PostgresUnavailable(
            f"PostgreSQL in {place.cluster} could not be started: {reason}."
            f" {_last_lines(place.log)}"
        )


def _told_by(arguments: list[str], heard: int, told: int, *, log: Path, deadline: float) -> bytes:
    try:
        with open(log, "ab") as out:
            subprocess.run(
                [sys.executable, "-I", "-S", "-c", LAUNCH, str(SOURCE), *arguments],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd="/",
                env=CLEAN_ENVIRONMENT,
                start_new_session=True,
                pass_fds=(told,),
            )
    finally:
        os.close(told)
    patience = max(0.0, deadline - time.monotonic())
    is_told, _, _ = select.select([heard], [], [], patience)
    return os.read(heard, 4096) if is_told else b""


def _has_database(address: str) -> bool:
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            _make_database(connection)
    except psycopg.OperationalError as error:
        if "password authentication failed" not in str(error):
            return False  # still starting, or starting again
        raise PostgresUnavailable(
            "PostgreSQL does not take the password in the file postgres.password of its data"
            " folder; put back the one that belongs to this database"
        ) from error
    return True


def _make_database(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    question = "SELECT 1 FROM pg_database WHERE datname = %s"
    if connection.execute(question, [DATABASE]).fetchone():
        return
    question = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
    for extension in EXTENSIONS:
        if not connection.execute(question, [extension]).fetchone():
            raise PostgresUnavailable(
                f"this PostgreSQL lacks the extension {extension}; install its contrib package"
            )
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))


def _address(folder: str, password: str, database: str) -> str:
    place = urlencode({"host": folder, "port": PORT}, quote_via=quote)
    return f"postgresql://{ROLE}:{quote(password, safe='')}@/{database}?{place}"


def _last_lines(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return f"The end of {log}:\n" + "\n".join(lines[-LOG_LINES_SHOWN:])
