"""Server processes to measure: the real one, and one that sends ready-made bytes."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("slotkeeper"))
STOP_SECONDS_MAX = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers, and how many seconds it took to say so."""

    port: int
    process_id: int
    started_in: float


@contextmanager
def slotkeeper(folder: Path, *options: str) -> Iterator[Running]:
    """Run ``slotkeeper serve`` as an operator would, with its embedded database in ``folder``."""
    command = [COMMAND, "serve", "--port", "0", "--data-dir", str(folder), *options]
    with _running(command, log=folder.with_suffix(".log")) as server:
        yield server


@contextmanager
def worker(folder: Path, **given: str) -> Iterator[None]:
    """Run ``slotkeeper worker`` beside a server; ``given`` are settings in the environment."""
    process = subprocess.Popen(
        [COMMAND, "worker", "--data-dir", str(folder)],
        env={**os.environ, "SLOTKEEPER_LOG_LEVEL": "warning", **given},
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline(), "the worker ended as it started"
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=STOP_SECONDS_MAX)


@contextmanager
def ready_made(folder: Path, answers: Mapping[str, bytes]) -> Iterator[Running]:
    """Run a bare uvicorn and Starlette that send ``answers`` out of memory, by path."""
    folder.mkdir()
    for name, answer in answers.items():
        (folder / name).write_bytes(answer)
    command = [sys.executable, "-m", "bench.ready_made", str(folder)]
    with _running(command, log=folder.with_suffix(".log")) as server:
        yield server


def create_app(folder: Path) -> Mapping[str, str]:
    """Make an app on the command line; return its id and keys."""
    command = [COMMAND, "app", "create", "Bench", "--owner", "bench@example.com", "--json"]
    done = subprocess.run(
        [*command, "--data-dir", str(folder)], check=True, capture_output=True, text=True
    )
    made: Mapping[str, str] = json.loads(done.stdout)
    return made


@contextmanager
def _running(command: list[str], *, log: Path) -> Iterator[Running]:
    started = time.perf_counter()
    with (
        log.open("w") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True) as process,
    ):
        try:
            port = _port_of(process, log)
            yield Running(port, process.pid, time.perf_counter() - started)
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_SECONDS_MAX)
            except subprocess.TimeoutExpired:
                process.kill()
                raise


def _port_of(process: "subprocess.Popen[str]", log: Path) -> int:
    """Wait for the line that says where the server is ready."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"http://[^\s:]+:(\d+)", line):
            return int(found[1])
    raise RuntimeError(f"the server did not start: {log.read_text()[-2000:]}")
