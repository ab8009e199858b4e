"""How long a server takes to start, and how much memory it keeps."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # it carries no types

from bench import table
from bench.client import drive, post
from bench.fill import add_people, add_project
from bench.measure import Spread
from bench.place import FIRST_DAY, place
from bench.scene import Scene
from bench.server import slotkeeper
from slotkeeper.postgres.place import CLUSTER

_MEGA = 1_000_000


async def run(*, quick: bool) -> None:
    """Start servers on new and on existing data folders, and weigh one."""
    rounds = 1 if quick else 3
    with tempfile.TemporaryDirectory() as folder:
        new: list[float] = []
        old: list[float] = []
        for number in range(rounds):
            data = Path(folder, f"data{number}")
            for starts in (new, old):
                with slotkeeper(data) as server:
                    starts.append(server.started_in)
        server_size, postgres_size, processes = await _weighed(Path(folder, "data"))
    seconds = [Spread(tuple(each)) for each in (new, old)]
    table.show(
        "Start, from the command to the line that says ready",
        ("data folder", "seconds", "bar"),
        [("new", seconds[0].text(2), "5"), ("existing", seconds[1].text(2), "2")],
        "New: initdb, first start of PostgreSQL and all migrations included.",
    )
    table.show(
        "Memory after 20 searches, idle",
        ("", "MB", "bar"),
        [
            ("server process", f"{server_size / _MEGA:.0f}", "100"),
            (f"PostgreSQL, {processes} processes", f"{postgres_size / _MEGA:.0f}", "60"),
        ],
        "The share of each process in what it uses (PSS) where the system tells, else RSS.",
    )


async def _weighed(folder: Path) -> tuple[int, int, int]:
    """Return the bytes of server and PostgreSQL, and how many processes the latter is."""
    scene = Scene(1, 30, FIRST_DAY, busy_a_day=2)
    async with place(folder) as here:
        async with here.database.transaction() as tx:
            project = await add_project(tx, here.app_id, await add_people(tx, here.app_id, scene))
        search = post("/v2/availability", {"project_id": str(project)}, key=here.api_key)
        await drive(here.server.port, iter([search] * 20), connections=1)
        await here.database.close()  # the connection of this program is not the server's
        postgres = _postgres_of(folder)
        return _size([psutil.Process(here.server.process_id)]), _size(postgres), len(postgres)


def _postgres_of(folder: Path) -> list[psutil.Process]:
    """Return all processes of the PostgreSQL that runs in a data folder."""
    identity = int((folder / CLUSTER / "postmaster.pid").read_text().split()[0])
    postmaster = psutil.Process(identity)
    return [postmaster, *postmaster.children(recursive=True)]


def _size(processes: Sequence[psutil.Process]) -> int:
    return sum(_size_of(process) for process in processes)


def _size_of(process: psutil.Process) -> int:
    try:
        full = process.memory_full_info()
    except psutil.AccessDenied:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:  # PostgreSQL ends helpers when it likes
        return 0
    return int(getattr(full, "pss", full.rss))
