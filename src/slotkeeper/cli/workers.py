"""Several server processes on one socket, watched over by their parent."""

import contextlib
import gc
import os
import signal
import time
from collections.abc import Callable

import structlog

from slotkeeper.cli.forking import forked
from slotkeeper.cli.serving import STOP_SECONDS_MAX

log = structlog.get_logger(__name__)

RESTART_SECONDS = 1.0
"""How long a process that ended is left before another takes its place."""

KILL_SECONDS = STOP_SECONDS_MAX + 2.0
"""How long processes may take to stop before they are killed."""

Start = Callable[[int], None]


class Workers:
    """Forked processes that each run ``start`` until they are told to stop.

    ``start`` gets the reading end of a pipe, which closes when the parent is gone, however
    it went. Fork before any thread is started.
    """

    def __init__(self, count: int, start: Start) -> None:
        self._count = count
        self._start = start
        self._pids: set[int] = set()
        self._heard, self._open_while_alive = os.pipe()

    def start(self) -> None:
        """Start every process."""
        gc.freeze()  # what is there now is shared by all; a collection would copy its pages
        for _ in range(self._count):
            self._pids.add(self._forked())

    def lost(self) -> list[int]:
        """Return the exit codes of the processes that have ended, and forget these."""
        codes = []
        for pid in list(self._pids):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._pids.discard(pid)
                codes.append(os.waitstatus_to_exitcode(status))
        return codes

    def replace(self, code: int) -> None:
        """Start a process in the place of one that ended with ``code``, after a moment."""
        log.warning("server_process_ended", code=code)
        time.sleep(RESTART_SECONDS)
        self._pids.add(self._forked())

    def stop(self) -> None:
        """Tell every process to stop, and return when all have, by force if need be."""
        os.close(self._open_while_alive)
        self._signal(signal.SIGTERM)
        deadline = time.monotonic() + KILL_SECONDS
        while self._pids and time.monotonic() < deadline:
            self.lost()
            time.sleep(0.02)
        self._signal(signal.SIGKILL)
        for pid in self._pids:
            os.waitpid(pid, 0)
        os.close(self._heard)

    def _signal(self, number: signal.Signals) -> None:
        for pid in self._pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _forked(self) -> int:
        def work() -> None:
            os.close(self._open_while_alive)
            self._start(self._heard)

        return forked(work)
