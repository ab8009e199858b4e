"""A real server for tests: `slotkeeper serve` in a process of its own, on a port of its own."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

SLOTKEEPER = Path(sys.executable).with_name("slotkeeper")

START_MAX = 60.0
"""Seconds that a server may take until it is ready, on a busy machine."""


@dataclass(frozen=True)
class App:
    """An app of a running server, as `slotkeeper app create --json` tells of it."""

    id: str
    slug: str
    api_key: str
    widget_key: str
    webhook_secret: str


@dataclass(frozen=True)
class Server:
    """Where a running server answers, and where its data lies."""

    url: str
    data_dir: Path
    database_url: str | None = None

    def new_app(self, name: str, *, test_mode: bool = False) -> App:
        """Make an app beside the running server, as an operator does."""
        mode = ["--test"] if test_mode else []
        command = ["app", "create", name, "--owner", "owner@example.com", *mode, "--json"]
        place = ["--data-dir", str(self.data_dir)]
        if self.database_url is not None:
            place += ["--database-url", self.database_url]
        done = subprocess.run(
            [SLOTKEEPER, *command, *place],
            env=environment(),
            capture_output=True,
            text=True,
            timeout=START_MAX,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return App(**json.loads(done.stdout))


@contextmanager
def serving(data_dir: Path, *options: str, **given: str) -> Iterator[Server]:
    """Yield a server that is ready, started with further ``options``; stop it afterwards.

    ``given`` are settings by their names in the environment.
    """
    process = _started(data_dir, *options, **given)
    try:
        yield Server(url=_ready_at(process), data_dir=data_dir)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
    assert process.returncode in (0, -signal.SIGTERM), process.returncode


@contextmanager
def doomed(data_dir: Path, *options: str) -> "Iterator[tuple[Server, subprocess.Popen[str]]]":
    """Yield a server and its process, which the test may stop or kill; kill it afterwards."""
    server, process = start_server(data_dir, *options)
    try:
        yield server, process
    finally:
        process.kill()
        process.communicate()


def start_server(
    data_dir: Path, *options: str, **given: str
) -> "tuple[Server, subprocess.Popen[str]]":
    """Start a server, and return it and its process when it is ready; the caller ends it.

    ``given`` are settings by their names in the environment.
    """
    process = _started(data_dir, *options, **given)
    return Server(url=_ready_at(process), data_dir=data_dir), process


def _started(data_dir: Path, *options: str, **given: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [SLOTKEEPER, "serve", "--port", "0", "--data-dir", str(data_dir), *options],
        env={**environment(), **given},
        stdout=subprocess.PIPE,
        text=True,
    )


def _ready_at(process: "subprocess.Popen[str]") -> str:
    """Return the address in the line that the server prints once it answers."""
    assert process.stdout
    watchdog = threading.Timer(START_MAX, process.kill)
    watchdog.start()
    try:
        for line in process.stdout:
            if found := re.search(r"https?://[^\s/]+", line):
                return found[0]
    finally:
        watchdog.cancel()
        watchdog.join()
    raise AssertionError("the server ended before it was ready")


def environment() -> dict[str, str]:
    """Return this environment without settings of Slotkeeper that might be in it."""
    others = {key: text for key, text in os.environ.items() if not key.startswith("SLOTKEEPER_")}
    return {**others, "SLOTKEEPER_LOG_LEVEL": "warning"}
