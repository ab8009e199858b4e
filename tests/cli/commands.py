"""Runs the real command `slotkeeper` in processes of its own, with nothing around it."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped] # it brings no types

SLOTKEEPER = Path(sys.executable).with_name("slotkeeper")
PATIENCE_SECONDS = 60.0

Process = subprocess.Popen[str]


def environment(**settings: str) -> dict[str, str]:
    """Return an environment with an empty HOME and only the given settings.

    PYTHONPATH is kept: it says which copy of the program is tested.
    """
    named = {f"SLOTKEEPER_{name}": value for name, value in settings.items()}
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
    return {**kept, "HOME": "", "LANG": "C.UTF-8", **named}


def slotkeeper(
    *arguments: object, folder: Path | None = None, **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [SLOTKEEPER, *map(str, arguments)],
        env=environment(**settings),
        cwd=folder or "/",
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def started(*arguments: object, **settings: str) -> Process:
    """Start a server on a free port, and do not wait for it."""
    return subprocess.Popen(
        [SLOTKEEPER, "serve", "--port", "0", *map(str, arguments)],
        env=environment(LOG_LEVEL="warning", **settings),
        cwd="/",
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@dataclass(frozen=True)
class Running:
    """A server that is ready: its process, the line it printed, and where it answers."""

    process: Process
    line: str
    url: str
    host: str
    port: int

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str]]:
        """Ask over plain HTTP, on a connection of its own; return status and headers."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=10)
        try:
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def children(self) -> list[psutil.Process]:
        """Return its server processes that live."""
        found = []
        for each in psutil.Process(self.process.pid).children():
            with suppress(psutil.NoSuchProcess):  # also one that has ended a moment ago
                if "serve" in each.cmdline():
                    found.append(each)
        return found

    def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """Tell it to stop, check that it ends cleanly, and return the seconds it took."""
        begun = time.monotonic()
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE_SECONDS)
        assert code == 0, self.process.stderr.read() if self.process.stderr else code
        return time.monotonic() - begun


@contextmanager
def serving(*arguments: object, **settings: str) -> Iterator[Running]:
    """Give a server that is ready; kill it afterwards if the test has not stopped it."""
    process = started(*arguments, **settings)
    try:
        yield ready(process)
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_SECONDS)
        process.kill()
        process.communicate()


def ready(process: Process) -> Running:
    """Wait for the line that says that a server is ready."""
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    found = re.match(r"Slotkeeper is ready at (https?://([^:/]+):(\d+)) \(.+\)\n", line)
    assert found, (line, process.stderr.read())
    return Running(process, line, found[1], found[2], int(found[3]))


def eventually(is_so: Callable[[], bool], *, seconds: float = 20.0) -> bool:
    """Tell whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_so():
            return True
        time.sleep(0.05)
    return False
