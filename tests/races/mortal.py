"""An installation of which any part may be killed, and is brought back as operators do it."""

import asyncio
import random
import signal
import subprocess
from contextlib import suppress
from enum import StrEnum
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it brings no types

from slotkeeper.postgres.status import status
from tests.postgres.processes import keeper_of, keepers_of, kill, postmaster_of, until
from tests.support.server import App, Server, start_server
from tests.support.worker import Working, start_worker

STOP_MAX = 30.0
"""Seconds that the whole may take to stop, on a busy machine."""


BACK_MAX = 30.0
"""Seconds that the database may take to come back."""


class Victim(StrEnum):
    """What is killed."""

    SERVER_PROCESS = "one of the server's processes"
    WORKER = "the worker"
    DATABASE = "the database"
    DATABASE_AND_KEEPER = "the database and what would start it again"
    EVERYTHING = "everything at once"


class Mortal:
    """A server of two processes, a worker beside it, and the database of their data folder.

    What the installation brings back by itself is left to it; a server and a worker that are
    gone are started again, as a service manager does.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "data"
        self._log = folder / "worker.log"
        self._start_server()
        self._start_worker()

    @property
    def server(self) -> Server:
        """Return where the server answers now; that is another place after each start."""
        return self._server

    def new_app(self, name: str) -> App:
        return self._server.new_app(name)

    async def kill(self, victim: Victim, chance: random.Random) -> None:
        """Kill something at once, and start what nobody else does."""
        match victim:
            case Victim.SERVER_PROCESS:
                kill(chance.choice(self._server_processes()))
            case Victim.WORKER:
                self._worker.kill()
                await asyncio.to_thread(self._start_worker)
            case Victim.DATABASE:
                kill(self._postmaster())
            case Victim.DATABASE_AND_KEEPER:
                kill(self._keeper(), self._postmaster())
            case Victim.EVERYTHING:
                keeper, postmaster = self._keeper(), self._postmaster()
                servers = [self._process.pid, *self._server_processes()]
                kill(keeper, *servers, self._worker.process.pid, postmaster)
                self._collect()
                await asyncio.gather(
                    asyncio.to_thread(self._start_server), asyncio.to_thread(self._start_worker)
                )

    def stop(self) -> None:
        """Stop everything in good order, and see that it does."""
        self._process.send_signal(signal.SIGTERM)
        self._worker.stop()
        assert self._process.wait(STOP_MAX) == 0
        self._collect()

    def bury(self) -> None:
        """Leave no process behind, whatever has happened."""
        self._process.kill()
        self._worker.process.kill()
        self._collect()

    def _start_server(self) -> None:
        self._server, self._process = start_server(self.folder, "--processes", "2")

    def _start_worker(self) -> None:
        self._worker: Working = start_worker(self.folder, log=self._log)

    def _server_processes(self) -> list[int]:
        found = []
        for each in psutil.Process(self._process.pid).children():
            with suppress(psutil.NoSuchProcess):  # it has ended a moment ago
                found += [each.pid] if "serve" in each.cmdline() else []
        return found

    def _postmaster(self) -> int:
        """Return the database's process; it may still be on its way back from the last time."""
        assert until(lambda: status(self.folder).pid is not None, BACK_MAX)
        return postmaster_of(self.folder)

    def _keeper(self) -> int:
        assert until(lambda: len(keepers_of(self.folder)) == 1, BACK_MAX)
        return keeper_of(self.folder)

    def _collect(self) -> None:
        ended: list[subprocess.Popen[str]] = [self._process, self._worker.process]
        for each in ended:
            each.wait()
            if each.stdout is not None:
                each.stdout.close()
