"""Whole answers over HTTP, beside a bare server that sends the same bytes ready-made."""

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import repeat
from pathlib import Path
from statistics import median
from uuid import UUID

import orjson

from bench import fill, table
from bench.client import Load, drive, post
from bench.measure import Spread, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import Scene, sizes
from bench.server import ready_made
from slotkeeper.domain.slots import Mode

MANY = 8
_SECONDS_EACH = 0.5
_REQUESTS_MAX = 400


@dataclass(frozen=True, slots=True)
class Question:
    """A search, and what each server did with it in each round."""

    name: str
    path: str
    request: bytes
    slots: int | None = None
    loads: dict[tuple[str, int], list[Load]] = field(default_factory=dict)

    def spread(self, server: str, connections: int, figure: Callable[[Load], float]) -> Spread:
        """Return a figure of every round."""
        return Spread(tuple(map(figure, self.loads[server, connections])))


async def run(*, quick: bool) -> None:
    """Measure every size and print two tables."""
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            questions = await _questions(here, quick=quick)
            answers = [await _answer(here, question) for question in questions]
            paths = [question.path for question in questions]
            with ready_made(Path(folder, "bodies"), dict(zip(paths, answers, strict=True))) as bare:
                for _ in range(1 if quick else 3):
                    for question in questions:
                        await _measure(question, here.server.port, bare.port)
    _show(questions, answers)


async def _questions(here: Place, *, quick: bool) -> list[Question]:
    """Fill the database and return the searches, the smallest first."""
    pairs = sizes(quick=quick)
    most = max(people for people, _ in pairs), max(days for _, days in pairs)
    async with here.database.transaction() as tx:
        light = Scene(1, 30, FIRST_DAY, busy_a_day=2)
        someone = await fill.add_people(tx, here.app_id, light)
        everybody = await fill.add_people(tx, here.app_id, Scene(*most, FIRST_DAY))
        projects = {
            count: await fill.add_project(tx, here.app_id, everybody[:count]) for count, _ in pairs
        }
        alone = await fill.add_project(tx, here.app_id, someone)
        each = await fill.add_project(tx, here.app_id, everybody, mode=Mode.EXCLUSIVE)
    await fill.settle(here.database_url)
    asked = [_question(here, "1 x 30, 2 busy a day", alone, light)]
    for people, days in pairs:
        scene = Scene(people, days, FIRST_DAY)
        asked.append(_question(here, f"{people} x {days}", projects[people], scene))
    scene = Scene(*most, FIRST_DAY)
    return [*asked, _question(here, f"{most[0]} x {most[1]}, exclusive", each, scene)]


def _question(here: Place, name: str, project_id: UUID, scene: Scene) -> Question:
    body = {
        "project_id": str(project_id),
        "from": scene.first_day.isoformat(),
        "to": (scene.first_day + timedelta(days=scene.days)).isoformat(),
        "output_timezone": scene.zone.name,
    }
    request = post("/v2/availability", body, key=here.api_key)
    slots = scene.slots_of_one if scene.people == 1 else None
    return Question(name, name.replace(" ", "").replace(",", "-"), request, slots)


async def _answer(here: Place, question: Question) -> bytes:
    """Return the answer of the real server, looked at."""
    load = await drive(here.server.port, iter([question.request]), connections=1)
    (body,) = load.bodies
    assert load.statuses == {200: 1}, body
    slots = len(orjson.loads(body)["data"])
    assert slots == question.slots or (question.slots is None and slots), (question.name, slots)
    return body


async def _measure(question: Question, port: int, bare_port: int) -> None:
    bare_request = post(f"/{question.path}", {})
    for connections in (1, MANY):
        for server, to, request in (
            ("slotkeeper", port, question.request),
            ("bare", bare_port, bare_request),
        ):
            await drive(to, repeat(request, 2 * connections), connections=connections)
            probe = await drive(to, repeat(request, 3 * connections), connections=connections)
            enough = int(_SECONDS_EACH * probe.per_second)
            count = max(2 * connections, min(enough, _REQUESTS_MAX))
            load = await drive(to, repeat(request, count), connections=connections)
            assert load.statuses.keys() == {200}, load.statuses
            question.loads.setdefault((server, connections), []).append(load)


def _show(questions: Sequence[Question], answers: Sequence[bytes]) -> None:
    alone, many = [], []
    for question, answer in zip(questions, answers, strict=True):
        slots, size = len(orjson.loads(answer)["data"]), f"{len(answer) / 1000:.0f}"
        ours = question.spread("slotkeeper", 1, lambda load: load.p50)
        late = question.spread("slotkeeper", 1, lambda load: load.p95)
        bare = question.spread("bare", 1, lambda load: load.p50)
        alone.append(
            (
                question.name,
                slots,
                size,
                ours.text(),
                late.text(),
                bare.text(2),
                ratio(ours.median, bare.median),
            )
        )
        rates = [
            question.spread(server, connections, lambda load: load.per_second)
            for server in ("slotkeeper", "bare")
            for connections in (1, MANY)
        ]
        _, eight, _, bare_eight = rates
        many.append(
            (
                question.name,
                *(rate.text(0) for rate in rates),
                ratio(bare_eight.median, eight.median),
            )
        )
    cost = median(
        load.client_seconds / len(load.milliseconds) * 1000
        for load in questions[0].loads["bare", 1]
    )
    table.show(
        "Availability over HTTP, one connection: milliseconds, median of rounds (least-most)",
        ("people x days", "slots", "kB", "p50", "p95", "ready-made p50", "ratio"),
        alone,
        "ready-made: a bare uvicorn and Starlette that send the same bytes out of memory.",
        "8 busy times a day unless said; each slot names the first who is free, or with",
        f"exclusive all who are. The client takes {cost:.2f} ms of processor a request.",
    )
    table.show(
        f"Availability over HTTP: requests per second with 1 and {MANY} connections",
        ("people x days", "1", f"{MANY}", "ready-made 1", f"ready-made {MANY}", "ratio"),
        many,
    )
