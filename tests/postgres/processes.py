"""Processes that hold a lease, and the processes of a server: found, killed, counted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import LiteralString

import psycopg

from slotkeeper.postgres.account import Account, run_as
from slotkeeper.postgres.status import status

# Holds a lease until its input ends, and says where the database is.
HOLD = """
import signal, sys
from slotkeeper.postgres.lease import lease
signal.signal(signal.SIGINT, signal.SIG_IGN)
with lease(sys.argv[1], durable="durable" in sys.argv) as server:
    print(server.url, flush=True)
    sys.stdin.read()
"""


class Holder:
    """A process in its own group that takes a lease on ``data_dir``."""

    def __init__(self, data_dir: Path, *words: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", HOLD, str(data_dir), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.pid = self._process.pid

    def url(self) -> str:
        assert self._process.stdout
        return self._process.stdout.readline().strip()

    def leave(self) -> None:
        """End the lease in good order and wait for it."""
        self._process.communicate(timeout=30)
        assert self._process.returncode == 0

    def kill(self) -> None:
        """Kill it, which gives it no chance to leave."""
        self._process.kill()
        self._process.communicate(timeout=30)


def ask(url: str, question: LiteralString) -> object:
    """Return the first value of the answer, or ``None`` when there is no row."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
    return row[0] if row else None


def ask_patiently(url: str, question: LiteralString) -> object:
    """Return what :func:`ask` does, trying again for ten seconds while nobody listens."""
    answers: list[object] = []

    def answered() -> bool:
        try:
            answers.append(ask(url, question))
        except psycopg.OperationalError:
            return False
        return True

    assert until(answered)
    return answers[0]


def postmaster_of(data_dir: Path) -> int:
    pid = status(data_dir).pid
    assert pid is not None
    return pid


def keeper_of(data_dir: Path) -> int:
    (pid,) = keepers_of(data_dir)
    return pid


def keepers_of(data_dir: Path) -> list[int]:
    """Return the keeper, while there is one; for a moment there may be two."""
    return _processes_named(b"slotkeeper.postgres.keeper", f"{data_dir}/postgres.keeper.lock")


def processes_of(data_dir: Path) -> list[int]:
    """Return the keeper, the postmaster and its children, as far as they are alive."""
    cluster = str((data_dir / "postgres").resolve())
    return [*keepers_of(data_dir), *(pid for pid in _pids() if _folder_of(pid) == cluster)]


def has_stopped(data_dir: Path) -> bool:
    """Tell whether the server is gone now, and its keeper within a moment."""
    return status(data_dir).pid is None and until(lambda: not processes_of(data_dir), 2)


def kill(*pids: int) -> None:
    """Kill ``pids`` and wait until they are dead; those that have just ended are, too."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert until(lambda: not any(map(is_alive, pids)))


def is_alive(pid: int) -> bool:
    """Tell whether ``pid`` runs; the dead that nobody has collected do not."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes() != b""
    except OSError:
        return False


def until(question: Callable[[], bool], seconds: float = 10) -> bool:
    """Wait until ``question`` is answered with yes, or the time is up; return its last answer."""
    deadline = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.03)
    return answer


def proportional_kilobytes(pids: Sequence[int]) -> int:
    """Return the memory of ``pids``, what they share counted once."""
    total = 0
    for pid in pids:
        owner = Path(f"/proc/{pid}").stat()
        # Not even root may look at another's memory in a container without CAP_SYS_PTRACE.
        account = Account("owner", owner.st_uid, owner.st_gid, is_lent=os.geteuid() == 0)
        for line in run_as(account, ["cat", f"/proc/{pid}/smaps_rollup"]).stdout.splitlines():
            total += int(line.split()[1]) if line.startswith("Pss:") else 0
    assert total
    return total


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _processes_named(program: bytes, argument: str) -> list[int]:
    found = []
    for pid in _pids():
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if program in words and argument.encode() in words.split(b"\0"):
            found.append(pid)
    return found


def _folder_of(pid: int) -> str:
    try:
        return os.readlink(f"/proc/{pid}/cwd")
    except OSError:
        return ""
