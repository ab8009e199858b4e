"""The engine without HTTP: reading, computing and writing apart, beside slotify-scheduling."""

import tempfile
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from bench import fill, peer, table
from bench.measure import Spread, answered, async_rounds_of, ratio, rounds_of
from bench.scene import HOURS, LENGTH, Scene, sizes
from slotkeeper.api.availability import encoded
from slotkeeper.api.times import Times
from slotkeeper.domain.app import App
from slotkeeper.domain.availability import Candidate, Id, Search
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.slots import Mode, Slot, find_slots
from slotkeeper.domain.zones import minute_floor, to_datetime
from slotkeeper.postgres.lease import lease
from slotkeeper.services import availability
from slotkeeper.services.availability import Answer, Gathered, Query
from slotkeeper.storage import apps
from slotkeeper.storage.migrations import migrate
from slotkeeper.storage.transaction import Database, Transaction

FIRST_DAY = date(2030, 5, 6)

# Asked day by day, slotify's work grows with the days of all people, and by person with days
# times days; where that takes many seconds one round does, and beyond that none.
_PEER_DAYS_MAX = 1_000
_PEER_SQUARES_MAX = 10_000


async def run(*, quick: bool) -> None:
    """Measure every size and print two tables."""
    rounds = 3 if quick else 9
    pairs = sizes(quick=quick)
    whole = Scene(max(people for people, _ in pairs), max(days for _, days in pairs), FIRST_DAY)
    with tempfile.TemporaryDirectory() as folder, lease(folder, durable=False) as server:
        migrate(server.url)
        database = Database(server.url, clock=lambda: _now(whole))
        await database.open()
        try:
            app_id, people = await _filled(database, whole)
            await fill.settle(server.url)
            async with database.transaction() as tx:
                ours = [await _measured(tx, app_id, people, size, rounds) for size in pairs]
        finally:
            await database.close()
    table.show(
        "Engine: milliseconds of one search, median (least-most)",
        ("people x days", "slots", "read", "compute", "write", "together"),
        ours,
        "read: people, rules and busy time out of PostgreSQL; compute: all of it to slots;",
        "write: slots to JSON. Each slot names the first person who is free.",
    )
    table.show(
        "The same question put to slotify-scheduling 0.5.1: milliseconds to compute",
        ("people x days", "slots", "slotkeeper", "slotify", "ratio", "slotify, by day", "ratio"),
        [_beside_peer(size, rounds) for size in pairs],
        "The slots of each person, in both the same ones (checked). slotify has no person of its",
        "own: it gets one engine each, or one for each person and day; building those counts.",
    )


async def _filled(database: Database, scene: Scene) -> tuple[UUID, list[UUID]]:
    async with database.transaction() as tx:
        app = App(
            id=uuid4(),
            slug="bench",
            name="Bench",
            owner_email="bench@example.com",
            test_mode=False,
            settings={},
            creator_app_id=None,
            creator_resource_id=None,
            created_at=tx.now,
            updated_at=tx.now,
        )
        await apps.insert(tx, app, sealed_webhook_secret=b"")
        people = await fill.add_people(tx, app.id, scene)
    return app.id, people


async def _measured(
    tx: Transaction, app_id: UUID, everybody: Sequence[UUID], size: tuple[int, int], rounds: int
) -> list[str]:
    scene = Scene(*size, FIRST_DAY)
    question = await availability.understand(tx, app_id, _query(scene, everybody))
    policy = question.policy

    async def read() -> Gathered:
        return await availability.gather(tx, app_id, question)

    def compute() -> list[Slot[UUID]]:
        return find_slots(policy.search, found.candidates, policy.mode)

    def write() -> bytes:
        return encoded(Answer(slots=slots, resources=found.resources, zone=scene.zone), times)

    found = await read()
    slots = compute()
    assert scene.people > 1 or len(slots) == scene.slots_of_one, (size, len(slots))
    times = Times(now=tx.now, asked_zone=None, output_format=None, input_format=None)
    costs = [
        await async_rounds_of(read, rounds=rounds),
        rounds_of(compute, rounds=rounds),
        rounds_of(write, rounds=rounds),
    ]
    together = sum(cost.median for cost in costs)
    return [_name(size), str(len(slots)), *(cost.text(2) for cost in costs), f"{together:.2f}"]


def _beside_peer(size: tuple[int, int], rounds: int) -> list[str]:
    scene = Scene(*size, FIRST_DAY)
    now = _now(scene)
    busy = [[each for day in days for each in day] for days in scene.busy]
    everybody = list(range(scene.people))
    theirs = peer.prepared(scene)

    def ours() -> list[Slot[int]]:
        return find_slots(_search(scene), _candidates(scene, everybody, busy), Mode.EXCLUSIVE)

    cost = rounds_of(ours, rounds=rounds)
    found = ours()
    expected = [_of_person(found, person) for person in everybody]
    work = scene.people * scene.days
    answer, daily = answered(
        lambda: peer.by_day(scene, theirs, now), rounds=1 if work > _PEER_DAYS_MAX else 3
    )
    assert answer == expected, "the engines disagree"
    whole: Spread | None = None
    if work * scene.days <= _PEER_SQUARES_MAX:
        answer, whole = answered(lambda: peer.by_person(scene, theirs, now), rounds=2)
        assert answer == expected, "the engines disagree"
    return [
        _name(size),
        str(sum(map(len, expected))),
        cost.text(2),
        whole.text(0) if whole else "too long",
        ratio(whole.median, cost.median) if whole else "-",
        daily.text(0),
        ratio(daily.median, cost.median),
    ]


def _query(scene: Scene, everybody: Sequence[UUID]) -> Query:
    settings = {
        "mode": Mode.ROUNDROBIN_PRIORITIZED,
        "length": f"{LENGTH} minutes",
        "from": scene.first_day.isoformat(),
        "to": (scene.first_day + timedelta(days=scene.days)).isoformat(),
    }
    people = everybody[: scene.people]
    return Query(resource_ids=people, settings=settings, fallback_zone=scene.zone)


def _search(scene: Scene) -> Search:
    return Search(window=scene.window, length=LENGTH, earliest=scene.window[0])


def _candidates(
    scene: Scene, people: Sequence[Id], busy: Sequence[Sequence[Interval]]
) -> list[Candidate[Id]]:
    levels = (parse_constraints(HOURS),)
    return [
        Candidate(person, scene.zone, levels, taken)
        for person, taken in zip(people, busy, strict=True)
    ]


def _of_person(slots: Sequence[Slot[int]], person: int) -> list[Interval]:
    return [(slot.start, slot.end) for slot in slots if person in slot.resource_ids]


def _now(scene: Scene) -> datetime:
    moment = to_datetime(scene.window[0])
    assert minute_floor(moment) == scene.window[0]
    return moment


def _name(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"
