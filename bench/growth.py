"""How a search grows with people, days and the past, with a picture of it for the docs."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import repeat
from pathlib import Path
from uuid import UUID

from bench import fill, picture, table
from bench.client import drive, post
from bench.measure import Spread, async_rounds_of, ratio, rounds_of
from bench.place import FIRST_DAY, Place, place
from bench.scene import Scene
from slotkeeper.api.availability import encoded
from slotkeeper.api.times import Times
from slotkeeper.domain.slots import Slot, find_slots
from slotkeeper.services import availability
from slotkeeper.services.availability import Answer, Gathered, Query

PAST_EVENTS = 1_000_000
PAST_PEOPLE_MAX = 100
"""Whose past it is: so few that the smallest questions meet ten thousand past events each."""

PICTURE = Path(__file__).parent.parent / "docs" / "images" / "growth.svg"

_ROUNDS_MAX = 9
_BUSY_READ_MAX = 2_000_000


@dataclass(frozen=True, slots=True)
class Costs:
    """Milliseconds of one question: its parts without HTTP, and the whole answer with it."""

    slots: int
    read: Spread
    compute: Spread
    write: Spread
    whole: Spread


async def run(*, quick: bool) -> None:
    """Ask for more and more, then all of it once more with a long past."""
    people, days = ((1, 10), (14, 30)) if quick else ((1, 10, 100, 1000), (14, 90, 180))
    past = PAST_EVENTS // 100 if quick else PAST_EVENTS
    scenes = [Scene(some, each, FIRST_DAY) for some in people for each in days]
    with tempfile.TemporaryDirectory() as folder:
        async with place(Path(folder, "data")) as here:
            async with here.database.transaction() as tx:
                most = Scene(max(people), max(days), FIRST_DAY)
                everybody = await fill.add_people(tx, here.app_id, most)
                projects = {
                    some: await fill.add_project(tx, here.app_id, everybody[:some])
                    for some in people
                }
            await fill.settle(here.database_url)
            before = [await _costs(here, scene, projects[scene.people]) for scene in scenes]
            async with here.database.transaction() as tx:
                whose = everybody[:PAST_PEOPLE_MAX]
                await fill.add_past(tx, here.app_id, whose, count=past, before=FIRST_DAY)
            await fill.settle(here.database_url)
            after = [await _costs(here, scene, projects[scene.people]) for scene in scenes]
    _show(scenes, before, after, past=past)
    if not quick:
        PICTURE.write_text(_drawn(scenes, before, after))
        print(f"  drawn in {PICTURE}")


async def _costs(here: Place, scene: Scene, project_id: UUID) -> Costs:
    settings = {
        "from": scene.first_day.isoformat(),
        "to": (scene.first_day + timedelta(days=scene.days)).isoformat(),
        "output_timezone": scene.zone.name,
        "length": "1 hour",  # with half hours the largest search would look at too many slots
    }
    busy = scene.people * scene.days * scene.busy_a_day
    rounds = max(3, min(_ROUNDS_MAX, _BUSY_READ_MAX // busy))
    request = post(
        "/v2/availability", {"project_id": str(project_id), **settings}, key=here.api_key
    )
    await drive(here.server.port, repeat(request, 2), connections=1)
    load = await drive(here.server.port, repeat(request, rounds), connections=1)
    assert load.statuses == {200: rounds}, load.bodies
    async with here.database.transaction() as tx:
        times = Times(now=tx.now, asked_zone=None, output_format=None, input_format=None)
        question = await availability.understand(
            tx, here.app_id, Query(project_id=project_id, settings=settings)
        )
        policy = question.policy

        async def read() -> Gathered:
            return await availability.gather(tx, here.app_id, question)

        def compute() -> list[Slot[UUID]]:
            return find_slots(policy.search, found.candidates, policy.mode)

        def write() -> bytes:
            return encoded(Answer(slots=slots, resources=found.resources, zone=scene.zone), times)

        found = await read()
        slots = compute()
        assert write() == load.bodies[0], "what is measured in parts is not what is served"
        return Costs(
            slots=len(slots),
            read=await async_rounds_of(read, rounds=rounds),
            compute=rounds_of(compute, rounds=rounds),
            write=rounds_of(write, rounds=rounds),
            whole=Spread(tuple(load.milliseconds)),
        )


def _show(
    scenes: Sequence[Scene], before: Sequence[Costs], after: Sequence[Costs], *, past: int
) -> None:
    rows = [
        (
            f"{scene.people} x {scene.days}",
            scene.people * scene.days * scene.busy_a_day,
            cost.slots,
            *(each.text() for each in (cost.read, cost.compute, cost.write, cost.whole)),
            f"{cost.whole.median / scene.people / scene.days * 1000:.1f}",
            later.whole.text(),
            ratio(later.whole.least, cost.whole.least, digits=2),
        )
        for scene, cost, later in zip(scenes, before, after, strict=True)
    ]
    table.show(
        "Growth of one search: milliseconds, median of rounds (least-most)",
        (
            *("people x days", "busy times", "slots", "read", "compute", "write", "whole answer"),
            *("us a person and day", "with a past", "ratio"),
        ),
        rows,
        "A search for hours. whole answer: over HTTP with one connection; its parts without.",
        f"with a past: the same question again, {past} past events stored beside, of the first",
        f"{PAST_PEOPLE_MAX} people at most. Its ratio compares the least figures, to which the",
        "rest of the machine added least.",
    )


def _drawn(scenes: Sequence[Scene], before: Sequence[Costs], after: Sequence[Costs]) -> str:
    sizes = [scene.people * scene.days for scene in scenes]
    curves = {
        "whole answer over HTTP": [cost.whole.median for cost in before],
        "the same with a million past events": [cost.whole.median for cost in after],
        "read": [cost.read.median for cost in before],
        "compute": [cost.compute.median for cost in before],
        "write": [cost.write.median for cost in before],
    }
    return picture.drawn(
        "Milliseconds of one search",
        "people x days",
        {name: list(zip(sizes, figures, strict=True)) for name, figures in curves.items()},
    )
