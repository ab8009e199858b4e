"""How the embedded PostgreSQL of a data folder does, for people to read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from slotkeeper.postgres import locks
from slotkeeper.postgres.account import get_account
from slotkeeper.postgres.binaries import Binaries, get_binaries
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.place import find_place
from slotkeeper.postgres.postmaster import Postmaster


@dataclass(frozen=True, slots=True)
class Status:
    """What was found; what is missing is ``None``, and ``problem`` says why it cannot be used.

    ``cluster`` is where the data lies and ``major`` the version that made it; ``pid`` is the
    running postmaster; ``is_kept`` tells whether a keeper watches it.
    """

    binaries: Binaries | None = None
    account: str | None = None
    cluster: Path | None = None
    major: int | None = None
    pid: int | None = None
    is_kept: bool = False
    problem: str | None = None


def status(data_dir: Path | str) -> Status:
    """Return how the PostgreSQL of ``data_dir`` does; starts, makes and changes nothing."""
    try:
        place = find_place(Path(data_dir).resolve())
        if place is None:
            return Status(binaries=get_binaries(), account=get_account().name)
        found = Status(
            account=place.account.name,
            cluster=place.cluster,
            major=place.major,
            pid=Postmaster(str(place.cluster), place.running_lock).find_pid(),
            is_kept=locks.is_held(place.keeper_lock),
        )
    except (PostgresUnavailable, OSError, ValueError) as error:
        return Status(problem=str(error))
    return _with_binaries(found)


def _with_binaries(found: Status) -> Status:
    binaries, problem = None, None
    try:
        binaries = get_binaries(major=found.major)
    except PostgresUnavailable as error:
        problem = str(error)
    return Status(
        binaries, found.account, found.cluster, found.major, found.pid, found.is_kept, problem
    )
