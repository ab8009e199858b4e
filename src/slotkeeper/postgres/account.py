"""The system account that PostgreSQL runs under, and what that account can reach.

PostgreSQL refuses to run as root, so root lends it an unprivileged account.
"""

from __future__ import annotations

import os
import pwd
import stat
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from slotkeeper.postgres.errors import PostgresUnavailable

# In order of preference: our own where the operator made one, then the one that a distribution's
# PostgreSQL brings, then the one that every system has.
LENT_ACCOUNTS = ("slotkeeper", "postgres", "nobody")

# Nothing of the caller's environment: PGPORT, PGDATA and the like would steer PostgreSQL, and the
# caller's secrets are not its business.
CLEAN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True, slots=True)
class Account:
    """A system account by its name and numbers; ``is_lent`` when root runs PostgreSQL under it."""

    name: str
    uid: int
    gid: int
    is_lent: bool


def get_account() -> Account:
    """Return the account for a new cluster: the caller's own, or for root an unprivileged one."""
    if os.geteuid() != 0:
        return _own_account()
    for name in LENT_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, is_lent=True)
    raise PostgresUnavailable(
        "PostgreSQL does not run as root, and none of the accounts"
        f" {', '.join(LENT_ACCOUNTS)} exists; make one: useradd --system slotkeeper"
    )


def get_owner(cluster: Path) -> Account:
    """Return the account that owns ``cluster``; refuse when the caller cannot act for it."""
    folder = cluster.stat()
    if folder.st_uid == 0:
        raise PostgresUnavailable(
            f"{cluster} belongs to root, under which PostgreSQL does not run;"
            " give it back to the account that made it (chown -R)"
        )
    name = _name_of(folder.st_uid)
    if os.geteuid() not in (0, folder.st_uid):
        raise PostgresUnavailable(
            f"{cluster} belongs to {name}, but this process runs as {_name_of(os.geteuid())};"
            f" run it as {name}"
        )
    return Account(name, folder.st_uid, folder.st_gid, is_lent=os.geteuid() == 0)


def first_barrier(folder: Path, account: Account) -> Path | None:
    """Return the first folder on the way into ``folder`` that ``account`` cannot pass, if any.

    ``folder`` itself counts, and so does the way to which a link on it leads. Only mode bits are
    read, so an access list that opens more than they say is not seen, and one that closes more
    makes PostgreSQL say so itself.
    """
    for step in _way_to(folder):
        if not _may_pass(step.stat(), account):
            return step
    return None


def run_as(
    account: Account, command: Sequence[str | Path], *, keep_open: Sequence[int] = ()
) -> subprocess.CompletedProcess[str]:
    """Run ``command`` to its end under ``account`` and return its exit code and output.

    It starts in ``/`` with a clean environment and its own session, so that neither the caller's
    folder nor its Ctrl-C touches it; the files ``keep_open`` stay open in it. Raises ``OSError``
    when the command cannot be started.
    """
    return subprocess.run(
        [os.fspath(part) for part in command],
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        start_new_session=True,
        pass_fds=keep_open,
        user=account.uid if account.is_lent else None,
        group=account.gid if account.is_lent else None,
        extra_groups=() if account.is_lent else None,
    )


def _way_to(path: Path) -> Iterator[Path]:
    for step in (*reversed(path.parents), path):
        yield step
        if step.is_symlink():
            yield from _way_to(step.parent / step.readlink())


def _own_account() -> Account:
    return Account(_name_of(os.geteuid()), os.geteuid(), os.getegid(), is_lent=False)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:  # usual in containers, where a number is enough to run
        return f"user {uid}"


def _may_pass(folder: os.stat_result, account: Account) -> bool:
    if folder.st_uid == account.uid:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == account.gid:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)
