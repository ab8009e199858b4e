"""A real worker for tests: `slotkeeper worker` in a process of its own."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.server import SLOTKEEPER, environment

STOP_MAX = 20.0
"""Seconds that a worker may take to stop, on a busy machine."""


@dataclass(frozen=True)
class Working:
    """A worker that is at work, and the file of its log lines."""

    process: "subprocess.Popen[str]"
    log: Path

    def stop(self) -> None:
        """Tell it to stop, and see that it does so in good order."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(STOP_MAX) == 0, self.log.read_text()

    def kill(self) -> None:
        """Kill it, which gives it no chance to finish anything."""
        self.process.kill()
        self.process.communicate(timeout=STOP_MAX)

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Return the log lines of one kind, oldest first."""
        found = [json.loads(line) for line in self.log.read_text().splitlines()]
        return [line for line in found if line["event"] == event]


@contextmanager
def working(data_dir: Path, *options: str, log: Path, **given: str) -> Iterator[Working]:
    """Yield a worker that is at work; stop it afterwards unless the test has ended it.

    ``given`` are settings by their names in the environment.
    """
    worker = start_worker(data_dir, *options, log=log, **given)
    try:
        yield worker
        if worker.process.poll() is None:
            worker.stop()
    finally:
        worker.process.kill()
        worker.process.communicate()


def start_worker(data_dir: Path, *options: str, log: Path, **given: str) -> Working:
    """Start a worker, and return it when it is at work.

    ``given`` are settings by their names in the environment.
    """
    settings = {"SLOTKEEPER_LOG_LEVEL": "info", "SLOTKEEPER_LOG_FORMAT": "json"}
    with log.open("a") as file:
        process = subprocess.Popen(
            [SLOTKEEPER, "worker", "--data-dir", str(data_dir), *options],
            env={**environment(), **settings, **given},
            stdout=subprocess.PIPE,
            stderr=file,
            text=True,
        )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Slotkeeper's worker is at work ("), (line, log.read_text())
    return Working(process, log)
