"""The server as a process: starting, being told to stop, being killed, coming back."""

import json
import os
import re
import shlex
import signal
import time
from pathlib import Path

import httpx
import psutil  # type: ignore[import-untyped] # it brings no types
import pytest

from slotkeeper.postgres.status import status
from tests.cli.commands import Running, eventually, serving, slotkeeper, started
from tests.support.client import basic

pytestmark = pytest.mark.slow

STOP_SECONDS_MAX = 10.0


@pytest.fixture
def old_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder on which a server has run before, shared by the tests of this module."""
    folder = tmp_path_factory.getbasetemp() / "serve"
    if not folder.exists():
        assert slotkeeper("migrate", "--data-dir", folder).returncode == 0
    return folder


def test_one_command_on_an_empty_folder_gives_a_server_and_takes_it_away(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    with serving("--data-dir", folder, "--no-worker") as server:
        assert server.line == (
            f"Slotkeeper is ready at {server.url} (embedded PostgreSQL in {folder})\n"
        )
        assert server.is_healthy()
        beside = slotkeeper(
            *("app", "create", "Beside", "--owner", "o@example.com", "--json"),
            *("--data-dir", folder),
        )
        key = json.loads(beside.stdout)["api_key"]
        status_code, headers = server.get("/v2/resources", Authorization=basic(key))
        assert status_code == 200
        assert "server" not in headers
        assert status(folder).pid is not None

        assert server.stop() < STOP_SECONDS_MAX
        assert status(folder).pid is None
        assert not server.is_healthy()
        assert server.process.stdout is not None
        assert server.process.stdout.read() == "", "one line is all it prints"


def test_ctrl_c_stops_it_just_as_well_while_a_client_stays_connected(old_folder: Path) -> None:
    with serving("--data-dir", old_folder) as server, httpx.Client() as client:
        assert client.get(f"{server.url}/healthz").status_code == 200
        assert server.stop(signal.SIGINT) < STOP_SECONDS_MAX
        assert status(old_folder).pid is None


@pytest.mark.parametrize("pause_seconds", [0.3, 0.8])
def test_it_can_be_stopped_while_it_starts(tmp_path: Path, pause_seconds: float) -> None:
    process = started("--data-dir", tmp_path / "data")
    time.sleep(pause_seconds)
    process.terminate()
    _, complaints = process.communicate(timeout=STOP_SECONDS_MAX)

    assert process.returncode in (0, -signal.SIGTERM), complaints
    assert "Traceback" not in complaints
    with serving("--data-dir", tmp_path / "data") as again:
        assert again.is_healthy()


def test_a_killed_database_comes_back_under_a_running_server(old_folder: Path) -> None:
    made = slotkeeper(
        *("app", "create", "Phoenix", "--owner", "o@x.org", "--json", "--data-dir", old_folder)
    )
    key = json.loads(made.stdout)["api_key"]
    with serving("--data-dir", old_folder) as server:
        before = status(old_folder).pid
        assert before is not None
        postmaster = psutil.Process(before)
        postmaster.parent().kill()  # its keeper, which would have started it anew at once
        postmaster.kill()

        def answers() -> bool:
            return server.get("/v2/resources", Authorization=basic(key))[0] == 200

        assert eventually(lambda: status(old_folder).pid not in (None, before))
        assert eventually(answers)
        assert server.stop() < STOP_SECONDS_MAX


def test_several_processes_share_the_work_and_the_port(old_folder: Path) -> None:
    with serving("--data-dir", old_folder, "--processes", 2) as server:
        first = server.children()
        assert len(first) == 2
        assert all(server.is_healthy() for _ in range(10))

        first[0].kill()
        assert server.is_healthy(), "the other one goes on"
        assert eventually(lambda: len(server.children()) == 2 and first[0] not in server.children())
        assert server.stop() < STOP_SECONDS_MAX
        assert not any(each.is_running() for each in first)
        assert status(old_folder).pid is None


def test_server_processes_do_not_outlive_their_parent(old_folder: Path) -> None:
    with serving("--data-dir", old_folder, "--processes", 2) as server:
        children = server.children()
        server.process.kill()

        assert eventually(lambda: not any(each.is_running() for each in children))
        assert eventually(lambda: status(old_folder).pid is None)


def test_a_taken_port_is_told_before_anything_is_started(tmp_path: Path, old_folder: Path) -> None:
    with serving("--data-dir", old_folder) as server:
        done = slotkeeper("serve", "--port", server.port, "--data-dir", tmp_path / "other")

    assert done.returncode == 1
    assert done.stderr == (
        f"slotkeeper: port {server.port} on 127.0.0.1 is taken; stop what uses it, or choose"
        " another --port\n"
    )
    assert not (tmp_path / "other").exists()


def test_a_lost_secret_key_is_told_and_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "lost"
    made = slotkeeper("app", "create", "A", "--owner", "o@example.com", "--data-dir", folder)
    assert made.returncode == 0, made.stderr
    (folder / "secret_key").unlink()

    refused = slotkeeper("serve", "--port", "0", "--data-dir", folder)

    assert refused.returncode == 1
    assert "the stored keys of apps cannot be opened" in refused.stderr
    assert not (folder / "secret_key").exists()


def test_the_demo_can_be_looked_at_and_its_line_books_as_printed(old_folder: Path) -> None:
    made = slotkeeper("demo", "--data-dir", old_folder)
    again = slotkeeper("demo", "--data-dir", old_folder)
    assert made.returncode == 0, made.stderr
    assert made.stdout == again.stdout, "the second time there is nothing to make"
    assert "http://127.0.0.1:8080/video-consultation" in made.stdout

    with serving("--data-dir", old_folder, "--demo") as server:
        text = _printed(server.process.stdout, until="curl ")
        pages = re.findall(rf"{server.url}/\S+", text)
        assert len(pages) == 8, text
        key = re.search(r"live_api_key_\w+", text)
        assert key, text
        with httpx.Client() as client:
            for page in pages[:-2]:
                assert client.get(page).status_code == 200, page
            # The mails of an app are not for everybody; the last is where the line books.
            assert client.get(pages[-2]).status_code == 401
            assert client.get(pages[-2], auth=("", key[0])).status_code == 200
            classes = client.get(f"{server.url}/back-exercises").text
            assert [classes.count(each) for each in ("Full", "1 seat left")] == [1, 1]
            command = shlex.split(text.splitlines()[-1])
            answer = _as_curl_does(client, command)
            assert answer.status_code == 201, answer.text
            assert _as_curl_does(client, command).status_code == 422, "the slot is taken now"
            auth = command[command.index("-u") + 1]
            listed = client.get(
                f"{server.url}/v2/bookings", headers={"Authorization": basic(auth[1:])}
            )
            assert len(listed.json()["data"]) > 10


def test_start_and_memory_stay_within_their_bars(tmp_path: Path) -> None:
    """Processor time stands for the seconds of a machine that does nothing else meanwhile."""
    with serving("--data-dir", tmp_path / "data") as server:
        assert processor_seconds(server) < 5
        assert psutil.Process(server.process.pid).memory_info().rss < 120_000_000
        server.stop()
    with serving("--data-dir", tmp_path / "data") as server:
        assert processor_seconds(server) < 2
        assert psutil.Process(server.process.pid).memory_info().rss < 120_000_000


def processor_seconds(server: Running) -> float:
    """Return the processor time of a server and of what it has waited for."""
    used = psutil.Process(server.process.pid).cpu_times()
    return float(used.user + used.system + used.children_user + used.children_system)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder of the system's")
def test_root_without_a_home_has_a_folder_of_its_own() -> None:
    done = slotkeeper("doctor", "--port", "0")

    assert "data folder: /var/lib/slotkeeper/default" in done.stdout


def _printed(stream: object, *, until: str) -> str:
    """Read what a server prints, up to the line that starts with ``until``."""
    lines: list[str] = []
    while not lines or not lines[-1].startswith(until):
        line = getattr(stream, "readline")()  # noqa: B009 - Popen's streams are optional
        assert line, "".join(lines)
        lines.append(line)
    return "".join(lines)


def _as_curl_does(client: httpx.Client, command: list[str]) -> httpx.Response:
    """Send the request that a line for curl stands for."""
    assert command[0] == "curl"
    options = dict(zip(command[1:-1:2], command[2:-1:2], strict=True))
    user, _, key = options.pop("-u").partition(":")
    name, _, value = options.pop("-H").partition(": ")
    body = options.pop("-d")
    assert not options
    headers = {"Authorization": basic(key, user), name: value}
    return client.post(command[-1], content=body, headers=headers)
