"""Any part of an installation is killed at any moment: what was answered is true all the same."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.postgres.lease import lease
from tests.postgres.processes import has_stopped
from tests.races.arena import Arena, Client, a_class, slot
from tests.races.books import Books
from tests.races.customers import OF_TIME, Customer, Memory, Shop
from tests.races.mortal import Mortal, Victim

pytestmark = pytest.mark.slow

KILLS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5
CUSTOMERS = 8
SEATS = 6

ALIVE_ANSWERS = 40
"""How many answers show that the installation is at work again."""

ALIVE_SECONDS_MAX = 60.0

DUE = "SELECT id, state, alarm_at FROM bookings WHERE alarm_at <= %s"


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    mortal = Mortal(tmp_path)
    yield mortal
    mortal.bury()


async def opened_shop(mortal: Mortal, key: str) -> Shop:
    """Make what there is to book."""
    client = Client(mortal.server.url, key)

    async def made(request: tuple[str, str, object]) -> dict[str, str]:
        answer = await client.send(request)
        assert answer.status == 201, answer
        found: dict[str, str] = answer.body["data"]
        return found

    def person(name: str) -> tuple[str, str, object]:
        return "POST", "/resources", {"name": name, "timezone": "UTC"}

    people = [(await made(person(f"Doc {n}")))["id"] for n in range(4)]
    classes = [await made(a_class(each, SEATS, slot(9, day=30))) for each in people[:2]]
    shared = (await made(person("Marty")))["id"]
    await client.close()
    return Shop(people=people, classes=classes, shared=shared)


async def until_alive(memory: Memory) -> None:
    """Wait until the customers get answers."""
    before, begun = memory.answers.total(), time.monotonic()
    while memory.answers.total() < before + ALIVE_ANSWERS:
        await asyncio.sleep(0.01)
        assert time.monotonic() - begun < ALIVE_SECONDS_MAX, "nobody is answered any more"


async def test_whatever_is_killed_every_answer_stays_true(mortal: Mortal) -> None:
    chance = random.Random()
    app = mortal.new_app("Hill Valley")
    shop, memory, over = await opened_shop(mortal, app.api_key), Memory(), asyncio.Event()
    victims = list(Victim) * (KILLS // len(Victim))
    chance.shuffle(victims)
    silences: dict[Victim, float] = {}
    customers = [
        Customer(n, server=lambda: mortal.server.url, key=app.api_key, shop=shop, memory=memory)
        for n in range(CUSTOMERS)
    ]
    async with asyncio.TaskGroup() as load:
        for each in customers:
            load.create_task(each.live(over))
        for victim in victims:
            await until_alive(memory)
            await asyncio.sleep(chance.uniform(0.0, 1.0))
            memory.silence = 0.0
            await mortal.kill(victim, chance)
            await until_alive(memory)
            silences[victim] = max(memory.silence, silences.get(victim, 0.0))
        over.set()

    with lease(mortal.folder) as database:
        arena = Arena(UUID(app.id), [], database.url, mortal.folder)
        await until_nothing_is_due(arena)
        mortal.stop()
        tell(memory, silences, Books.opened(database.url))
        check(arena, memory, shop)
    assert has_stopped(mortal.folder), "nothing is left running"
    assert memory.interrupted, "nobody noticed anything: the test shows nothing"


async def until_nothing_is_due(arena: Arena) -> None:
    """Wait for the worker: what was promised last runs out within seconds."""
    for _ in range(600):
        await asyncio.sleep(0.1)
        waiting = arena.rows(
            "SELECT id FROM bookings WHERE alarm_at <= %s + interval '10 seconds'", system_clock()
        )
        if not waiting:
            return
    raise AssertionError(arena.rows(DUE, system_clock()))


def check(arena: Arena, memory: Memory, shop: Shop) -> None:
    """Hold the books to one another, and to what the customers were told."""
    arena.check()
    books = Books.opened(arena.database_url)
    classes = {UUID(each["id"]) for each in shop.classes}
    assert books.bookings.keys() == memory.steps.keys() | classes
    for booking_id, told in memory.steps.items():
        steps = [line["action"] for line in books.log[booking_id]]
        assert [step for step in steps if step not in OF_TIME] == told, booking_id
    assert arena.rows("SELECT status FROM idempotency_keys WHERE status IS NULL") == []
    by_time = Counter(line["action"] for lines in books.log.values() for line in lines)
    assert by_time.keys() >= OF_TIME, "time has done nothing: the test shows too little"


def tell(memory: Memory, silences: dict[Victim, float], books: Books) -> None:
    """Print what happened, for those who run it with -s."""
    states = Counter(f"{row['graph']}/{row['state']}" for row in books.bookings.values())
    print(
        f"\n{len(memory.steps)} bookings, answers {dict(memory.answers)}, "
        f"{memory.interrupted} without an answer, {memory.replayed} answers given again"
    )
    print("longest silence after", {str(each): round(silences[each], 1) for each in silences})
    print(dict(sorted(states.items())))
