"""The running PostgreSQL of one cluster: found, started, stopped, cleaned up after.

Imported by the keeper, which stays small: nothing but ``os`` and its kin.
"""

from __future__ import annotations

import os
import signal
import time

from slotkeeper.postgres import locks

TYPE_CHECKING = False
if TYPE_CHECKING:  # the real one lives in typing, which costs the keeper a megabyte
    from collections.abc import Callable

# A fast shutdown that takes longer is made an immediate one: the log brings everything back.
STOPS = ((signal.SIGINT, 8.0), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 2.0))
ORPHANS_LEAVE_SECONDS = 3.0
LINE_OF_SOCKET_FOLDER = 4
LINE_OF_STATUS = 7


class PostmasterFailed(Exception):
    """PostgreSQL did not start, or something of an earlier one is in its way."""


class Postmaster:
    """The postmaster of the cluster in ``folder``, whichever process started it."""

    def __init__(self, folder: str, running_lock: str) -> None:
        self.folder = folder
        self.running_lock = running_lock

    def find_pid(self) -> int | None:
        """Return the process id of the living postmaster; a stale or reused id is none."""
        try:
            pid = int(self._pid_file()[0])
        except (IndexError, ValueError):
            return None
        return pid if _is_postmaster_of(pid, self.folder) else None

    def is_ready(self) -> bool:
        """Tell whether it says that it takes connections."""
        lines = self._pid_file()
        return len(lines) > LINE_OF_STATUS and lines[LINE_OF_STATUS].strip() == "ready"

    def find_socket_folder(self) -> str | None:
        """Return the folder of the socket that it listens on, once it has one."""
        lines = self._pid_file()
        return lines[LINE_OF_SOCKET_FOLDER] if len(lines) > LINE_OF_STATUS else None

    def has_ended(self, pid: int) -> bool:
        """Tell whether the postmaster ``pid`` has ended, and collect it when it is our child."""
        try:
            return os.waitpid(pid, os.WNOHANG)[0] == pid
        except ChildProcessError:  # started by an earlier keeper
            return self.find_pid() != pid

    def settle(self) -> None:
        """Wait a while for what was begun before: a start to show itself, an end to be complete.

        The children of a postmaster that was killed leave by themselves, but a busy one may take
        long to see that it is alone.
        """
        _until(
            lambda: self.find_pid() is not None or not locks.is_held(self.running_lock),
            ORPHANS_LEAVE_SECONDS,
        )

    def start(self, command: list[str], *, uid: int, gid: int, log: str) -> int:
        """Start ``command`` as ``uid`` and ``gid`` and return its process id, ready or not.

        A ``uid`` of -1 keeps the caller's. Call :meth:`settle` before: what is left then of an
        earlier postmaster is killed.
        """
        lock = self._clear(uid=uid, gid=gid)
        try:
            pid = os.fork()
            if pid == 0:
                _become(command, uid=uid, gid=gid, log=log, keep_open=lock)
        finally:
            os.close(lock)  # the postmaster and its children have it now
        return pid

    def stop(self, pid: int) -> None:
        """Stop the postmaster ``pid``: let it finish, then insist. Returns when it has gone."""
        for number, seconds in STOPS:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                break
            if _until(lambda: self.has_ended(pid), seconds):
                break
        _until(lambda: not locks.is_held(self.running_lock), ORPHANS_LEAVE_SECONDS)

    def _pid_file(self) -> list[str]:
        try:
            with open(os.path.join(self.folder, "postmaster.pid"), encoding="utf-8") as file:
                return file.read().split("\n")
        except (FileNotFoundError, UnicodeDecodeError):
            return []

    def _clear(self, *, uid: int, gid: int) -> int:
        lock = locks.take(self.running_lock)
        if lock is None:
            _kill_orphans(self.folder, uid=uid, gid=gid)
            lock = locks.wait_for(self.running_lock, timeout_seconds=ORPHANS_LEAVE_SECONDS)
        if lock is None:
            raise PostmasterFailed(
                f"processes of an earlier PostgreSQL in {self.folder} hold on to it"
                " (in another container, perhaps); end them first"
            )
        # Its process id may have been given to another process of the same account since, and
        # PostgreSQL would then refuse to start. With the lock held, the file is stale for certain.
        socket_folder = self.find_socket_folder()
        stale = [os.path.join(self.folder, "postmaster.pid")]
        if socket_folder:
            stale += [os.path.join(socket_folder, ".s.PGSQL.5432.lock")]
        for path in stale:
            try:
                os.unlink(path)
            except FileNotFoundError:
                continue
        return lock


def _is_postmaster_of(pid: int, folder: str) -> bool:
    # The command line is readable by everyone; /proc/PID/cwd and exe are not, even for root,
    # in a container without CAP_SYS_PTRACE.
    words = _command_of(pid)
    if len(words) < 3 or not os.path.basename(words[0]).startswith("postgres"):
        return False
    return "-D" in words[:-1] and os.path.realpath(words[words.index("-D") + 1]) == folder


def _command_of(pid: int) -> list[str]:
    if os.path.isdir("/proc/self"):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                return os.fsdecode(file.read()).split("\0")
        except OSError:
            return []
    # macOS. A folder with a blank in its name is not recognized there.
    with os.popen(f"ps -ww -o command= -p {pid}") as answer:
        return answer.read().split()


def _kill_orphans(folder: str, *, uid: int, gid: int) -> None:
    # In a child under the account itself: it may look at its own processes, and can hurt no other.
    child = os.fork()
    if child == 0:
        try:
            _drop_to(uid, gid)
            for name in filter(str.isdigit, os.listdir("/proc")):
                if _is_postgres_in(name, folder):
                    os.kill(int(name), signal.SIGKILL)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def _is_postgres_in(pid: str, folder: str) -> bool:
    try:
        program = os.path.basename(os.readlink(f"/proc/{pid}/exe"))
        return program.startswith("postgres") and os.readlink(f"/proc/{pid}/cwd") == folder
    except OSError:
        return False


def _become(command: list[str], *, uid: int, gid: int, log: str, keep_open: int) -> None:
    try:
        os.setsid()
        out = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(out, 1)
        os.dup2(out, 2)
        os.set_inheritable(keep_open, True)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        _drop_to(uid, gid)
        os.umask(0o077)
        os.execv(command[0], command)
    except OSError as error:
        os.write(2, f"cannot start {command[0]}: {error}\n".encode())
    finally:
        os._exit(127)


def _drop_to(uid: int, gid: int) -> None:
    if uid != -1:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)


def _until(question: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not question():
        if time.monotonic() >= deadline:
            return False
        time.sleep(locks.POLL_SECONDS)
    return True
