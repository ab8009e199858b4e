"""Use the embedded PostgreSQL of a data folder, together with any number of other processes."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path
from types import TracebackType

from slotkeeper.postgres import locks
from slotkeeper.postgres.cluster import make_cluster
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.postgres.place import find_place, start_lock, users_lock
from slotkeeper.postgres.server import await_server

# Long enough for a crashed server to replay the most that its settings let its log hold.
START_SECONDS_MAX = 120.0
STOP_SECONDS_MAX = 20.0


class Lease:
    """A running server that stays for as long as the lease does; made by :func:`lease`."""

    def __init__(self, data_dir: Path, *, durable: bool) -> None:
        self._data_dir = data_dir
        self._durable = durable
        self._users: int | None = None
        self._url = ""

    @property
    def url(self) -> str:
        """The address of the database ``slotkeeper``, with the password: never log it."""
        return self._url

    def __enter__(self) -> Lease:
        try:
            self._data_dir = make_data_dir(self._data_dir)
            self._users = self._join()
            self._url = self._brought_up()
        except OSError as error:
            self._release()
            raise PostgresUnavailable(
                f"cannot use the data folder {self._data_dir}: {error}"
            ) from error
        except BaseException:
            self._release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave; the last to leave returns when the server has stopped."""
        # Only a keeper stops the server; where none can be started, there is nothing to stop.
        with contextlib.suppress(PostgresUnavailable, OSError):
            deadline = time.monotonic() + STOP_SECONDS_MAX
            self.renew()
            self._release()
            while not self._is_over() and time.monotonic() < deadline:
                time.sleep(locks.POLL_SECONDS)
        self._release()

    def renew(self) -> None:
        """Start a new keeper if the server has lost its own; cheap, meant to be called at times.

        Without a keeper the server goes on, but would not come back from a crash, nor stop.
        """
        place = find_place(self._data_dir)
        if place is not None and not locks.is_held(place.keeper_lock):
            self._brought_up()

    def _join(self) -> int:
        # While the last user's server stops, nobody can join; the next moment it is started anew.
        lock = locks.wait_for(
            users_lock(self._data_dir), shared=True, timeout_seconds=STOP_SECONDS_MAX
        )
        if lock is None:
            raise PostgresUnavailable(f"PostgreSQL in {self._data_dir} does not come to its end")
        return lock

    def _brought_up(self) -> str:
        deadline = time.monotonic() + START_SECONDS_MAX
        lock = locks.wait_for(start_lock(self._data_dir), timeout_seconds=START_SECONDS_MAX)
        if lock is None:
            raise PostgresUnavailable(f"another process is starting {self._data_dir}, for too long")
        try:
            place = find_place(self._data_dir)
            if place is None:
                place = make_cluster(self._data_dir, durable=self._durable, start_lock=lock)
            return await_server(place, deadline=deadline, durable=self._durable)
        finally:
            os.close(lock)

    def _release(self) -> None:
        if self._users is not None:
            os.close(self._users)  # not unlocked: a forked child that closes keeps ours
            self._users = None

    def _is_over(self) -> bool:
        place = find_place(self._data_dir)
        if place is None or _has_other_users(place.users_lock):
            return True
        if locks.is_held(place.keeper_lock):
            return False
        if not locks.is_held(place.running_lock):
            return True
        self._users = self._join()  # the keeper died before it could stop the server
        self.renew()
        self._release()
        return False


def lease(data_dir: Path | str, *, durable: bool = True) -> Lease:
    """Return a context in which the PostgreSQL of ``data_dir`` runs, made and started if need be.

    ``with lease(folder) as server`` gives ``server.url``, an address for libpq and psycopg. Its
    role may do anything in this PostgreSQL, so also make further databases. Any number of
    processes and threads may hold leases on one folder; the server stops with the last of them,
    also when that is killed. A forked child without a lease of its own shares its parent's.

    Without ``durable``, for tests, the server is quicker, lets more connections in, and a power
    cut breaks the data; the one who starts the server decides. Entering blocks (a new folder
    about a second) and raises ``PostgresUnavailable``.
    """
    return Lease(Path(data_dir), durable=durable)


def make_data_dir(data_dir: Path) -> Path:
    """Return ``data_dir`` without links, made if missing: private, but passable for root's account.

    What is secret in it has to be private itself.
    """
    mode = 0o711 if os.geteuid() == 0 else 0o700
    data_dir.mkdir(mode=mode, parents=True, exist_ok=True)
    return data_dir.resolve()


def _has_other_users(path: str) -> bool:
    lock = locks.take(path)
    if lock is not None:  # nobody: the keeper has yet to see it
        os.close(lock)
        return False
    lock = locks.take(path, shared=True)
    if lock is None:  # the keeper is stopping the server
        return False
    os.close(lock)
    return True
