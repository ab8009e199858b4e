"""Make a cluster: whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path

from slotkeeper.postgres.account import Account, get_account, run_as
from slotkeeper.postgres.binaries import Binaries, get_binaries
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.place import (
    CLUSTER,
    Place,
    make_home,
    password_file,
    reachable_binaries,
)

ROLE = "slotkeeper"
UNFINISHED = "postgres.new-"

# Written once, at the end of postgresql.conf, where an operator may change them.
SETTINGS = """
# Slotkeeper's choice for a small server; change it at will.
max_connections = 100
shared_buffers = 48MB
max_wal_size = 512MB
min_wal_size = 32MB
max_worker_processes = 4
max_parallel_workers = 2
max_parallel_workers_per_gather = 1
autovacuum_max_workers = 2
max_wal_senders = 2
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
# Neither failed statements nor the values in them: logs hold no customer's data.
log_min_messages = log
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_checkpoints = off
log_line_prefix = '%m [%p] '
"""


def make_cluster(data_dir: Path, *, durable: bool, start_lock: int) -> Place:
    """Make the cluster of ``data_dir``, which has none, and return its place.

    It appears under its name when it is complete, so a crash on the way leaves nothing to mistake
    for one. ``start_lock`` is the caller's open lock: initdb shares it, so that the next process
    waits for an initdb that outlives its starter. Without ``durable`` nothing is synced to disk.
    """
    account = get_account()
    binaries = reachable_binaries(get_binaries(), account)
    home = make_home(data_dir, account, durable=durable)
    for leftover in home.glob(f"{UNFINISHED}*"):
        shutil.rmtree(leftover)
    work = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=home))
    try:
        password = _write_private(work / "password", get_password(data_dir))
        for path in (work, password):
            os.chown(path, account.uid, account.gid)
        _initdb(binaries, account, work, durable=durable, start_lock=start_lock)
        os.rename(work / CLUSTER, home / CLUSTER)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    if home != data_dir:
        os.symlink(home / CLUSTER, data_dir / CLUSTER)
    _sync(home)
    _sync(data_dir)
    return Place(data_dir, (home / CLUSTER).resolve(), account)


def get_password(data_dir: Path) -> str:
    """Return the password of the role, made at random the first time."""
    path = password_file(data_dir)
    if not path.exists():
        new = _write_private(path.with_suffix(".new"), secrets.token_urlsafe(32))
        os.replace(new, path)
    return path.read_text().strip()


def _initdb(
    binaries: Binaries, account: Account, work: Path, *, durable: bool, start_lock: int
) -> None:
    command = [
        binaries.initdb,
        f"--pgdata={work / CLUSTER}",
        f"--username={ROLE}",
        f"--pwfile={work / 'password'}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--data-checksums",
        "--no-instructions",
        *(() if durable else ("--no-sync",)),
    ]
    complaints = []
    for locale in _locales(binaries.major):
        done = run_as(account, [*command, *locale], keep_open=[start_lock])
        if done.returncode == 0:
            break
        complaints.append(done.stdout.strip())
    else:
        raise PostgresUnavailable(f"initdb could not make {work / CLUSTER}: {complaints[-1]}")
    with open(work / CLUSTER / "postgresql.conf", "a", encoding="utf-8") as conf:
        conf.write(SETTINGS)
        if binaries.major >= 18:
            conf.write(
                "io_method = sync\n"
            )  # saves three processes that a small server never needs


def _locales(major: int) -> tuple[tuple[str, ...], ...]:
    if major >= 17:  # sorts by code point and knows the case of every letter, on any system
        return (("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),)
    return (("--locale=C.UTF-8",), ("--no-locale",))


def _write_private(path: Path, text: str) -> Path:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return path


def _sync(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
