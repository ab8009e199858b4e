"""The keeper: a small process that stays by PostgreSQL for as long as anyone uses it.

It starts the postmaster (or adopts the one it finds), starts it again when it dies, and stops it
when the last user has gone, however that one went. It is started by the first user, belongs to no
terminal, and imports nothing but the two modules beside it.
"""

from __future__ import annotations

import os
import signal
import sys
import time

from slotkeeper.postgres import locks
from slotkeeper.postgres.postmaster import Postmaster, PostmasterFailed

LOOK_SECONDS = 0.2
# A moment is enough: others only try this lock to see whether it is held.
LOCK_SECONDS = 1.0
# A postmaster that dies again and again is started again ever later.
RESTART_SECONDS_MAX = 5.0
LOG_MAX_BYTES = 10_000_000
LOOKS_BETWEEN_LOG_CHECKS = 300

READY, HELD, FAILED = b"ready", b"held", b"failed: "


class Keeper:
    """Keeps one cluster: ``users`` is its users' lock, open; ``command`` starts its postmaster."""

    def __init__(
        self, postmaster: Postmaster, users: int, command: list[str], uid: int, gid: int, log: str
    ) -> None:
        self.postmaster = postmaster
        self.users = users
        self.command = command
        self.uid = uid
        self.gid = gid
        self.log = log

    def bring_up(self) -> int:
        """Return the process id of a postmaster that takes connections; there is no time limit.

        After a crash it first replays its log, which takes as long as it takes. Raises
        ``PostmasterFailed`` when it ends instead.
        """
        self.postmaster.settle()
        pid = self.postmaster.find_pid()
        if pid is not None and self._becomes_ready(pid):
            return pid
        pid = self.postmaster.start(self.command, uid=self.uid, gid=self.gid, log=self.log)
        if not self._becomes_ready(pid):
            raise PostmasterFailed("PostgreSQL ended as soon as it was started")
        return pid

    def keep(self, first_pid: int) -> None:
        """Keep the postmaster, ``first_pid`` to begin with, until nobody uses it; then stop it.

        The users' lock is then held exclusively, which keeps new users out until it is closed.
        """
        pid: int | None = first_pid
        looks = 0
        pause = LOOK_SECONDS
        while not locks.take_opened(self.users):
            if pid is None or self.postmaster.has_ended(pid):
                pid = self._try_again()
                pause = LOOK_SECONDS if pid else min(2 * pause, RESTART_SECONDS_MAX)
            looks += 1
            if looks % LOOKS_BETWEEN_LOG_CHECKS == 0:
                limit_size(self.log)
            time.sleep(pause)
        if pid is not None:
            self.postmaster.stop(pid)

    def _try_again(self) -> int | None:
        say("PostgreSQL has died; starting it again")
        try:
            return self.bring_up()
        except (PostmasterFailed, OSError) as error:
            say(str(error))
            return None

    def _becomes_ready(self, pid: int) -> bool:
        while not (self.postmaster.is_ready() and self.postmaster.find_pid() == pid):
            if self.postmaster.has_ended(pid):
                return False
            time.sleep(locks.POLL_SECONDS)
        return True


def limit_size(log: str) -> None:
    """Move what ``log`` holds to ``log``.1 when it has grown past its limit.

    It is copied and cut, not renamed, because PostgreSQL goes on appending to the file it has.
    """
    try:
        if os.path.getsize(log) <= LOG_MAX_BYTES:
            return
        with open(log, "rb") as full, open(f"{log}.1", "wb") as older:
            while piece := full.read(65_536):
                older.write(piece)
        os.truncate(log, 0)
    except OSError as error:
        say(f"cannot cut the log: {error}")


def say(text: str) -> None:
    """Write a line to the log, which is our standard error."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    os.write(2, f"{stamp} [{os.getpid()}] KEEPER:  {text}\n".encode())


def main() -> None:
    """Become the keeper of the cluster that the command line names, see ``lease``.

    Writes one word on the descriptor ``report``: that the server takes connections, that another
    keeper is there already, or that it failed, with the reason.
    """
    folder, running, users, keeper, log, uid, gid, report, *command = sys.argv[1:]
    told = int(report)
    os.set_inheritable(told, False)
    if os.fork():
        os._exit(0)  # the starter has its child back and owes the keeper nothing
    # Whoever ends a group of processes means the users; we follow when they have gone.
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    kept = locks.wait_for(keeper, timeout_seconds=LOCK_SECONDS)
    if kept is None:
        os.write(told, HELD)
        return
    opened = locks.open_file(users)
    postmaster = Postmaster(folder, running)
    work = Keeper(postmaster, opened, command, uid=int(uid), gid=int(gid), log=log)
    try:
        pid = work.bring_up()
    except (PostmasterFailed, OSError) as error:
        say(str(error))
        os.write(told, FAILED + str(error).encode())
        return
    os.write(told, READY)
    os.close(told)
    work.keep(pid)
    os.close(kept)  # before the users' lock, so that a new user finds no keeper and starts one
    os.close(opened)
