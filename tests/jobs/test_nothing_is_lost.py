"""Workers are killed and targets misbehave: everything arrives all the same, and in order."""

import asyncio
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator, Sequence
from email import message_from_bytes
from pathlib import Path
from typing import Any, LiteralString

import psycopg
import pytest

from slotkeeper.postgres.lease import lease
from tests.notifications.mail_servers import MailServer, mail_server
from tests.races.arena import Client, action, order, slot
from tests.support.receivers import Heard, Target, target
from tests.support.server import Server, serving
from tests.support.worker import Working, start_worker

# Whoever is killed or vanishes leaves connections behind that nobody closes any more.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

KILLS = 100 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5
MOODS = ["200"] * 6 + ["500", "hang", "cut", "503"]

LIVES = 12
"""How many bookings are made before each kill; every other one is cancelled."""

PATIENCE_SECONDS = 120.0 if KILLS < 50 else 600.0
"""How long to wait at the end, when nobody is killed any more and all is tried again.

Among many, some have bad luck three times in a row, and are tried again five minutes later.
"""

WAITING = "SELECT count(*), max(attempts), max(due_at) FROM deliveries WHERE status = 'waiting'"

# What was sent, or may have been, by a worker that was killed before it could note it.
LOST_ATTEMPTS = """
SELECT id::text FROM deliveries WHERE attempts > (
    SELECT count(*) FROM delivery_attempts WHERE delivery_id = deliveries.id)
"""

Step = tuple[str, str]
"""The id of a booking, and the state that it came to."""


class Workers:
    """Two workers, of which one may be killed at any moment, and is started again."""

    def __init__(self, folder: Path, *, log: Path, mail: MailServer) -> None:
        self._folder, self._log = folder, log
        self._settings = {
            "SLOTKEEPER_OUTGOING_HOSTS": "127.0.0.1",
            "SLOTKEEPER_SMTP_URL": f"smtp://127.0.0.1:{mail.port}",
            "SLOTKEEPER_PUBLIC_URL": "https://book.example",
        }
        self._working: list[Working] = []

    async def start(self) -> None:
        self._working = [await asyncio.to_thread(self._start) for _ in range(2)]

    async def kill_one(self, chance: random.Random) -> None:
        """Kill one without warning, and start another."""
        place = chance.randrange(len(self._working))
        self._working[place].kill()
        self._working[place] = await asyncio.to_thread(self._start)

    async def stop(self) -> None:
        for worker in self._working:
            await asyncio.to_thread(worker.stop)
            worker.process.communicate()

    def _start(self) -> Working:
        return start_worker(self._folder, log=self._log, **self._settings)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "data", "--no-worker") as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Client]:
    client = Client(server.url, server.new_app("Hill Valley").api_key)
    yield client
    await client.close()


async def test_with_workers_killed_and_targets_that_misbehave_all_arrives_in_order(
    server: Server, client: Client, tmp_path: Path
) -> None:
    chance = random.Random()
    expected: list[Step] = []
    async with target(*MOODS) as hears, mail_server() as post:
        await listen(client, hears)
        workers = Workers(server.data_dir, log=tmp_path / "worker.log", mail=post)
        await workers.start()
        for number in range(KILLS):
            expected += await lives(client, number)
            await asyncio.sleep(chance.uniform(0.0, 0.5))
            await workers.kill_one(chance)
            if chance.random() < 0.3:
                await hears.vanish()
                post.vanish()
                await asyncio.sleep(0.3)
                await hears.open()
        mails = sum(2 if state == "confirmed" else 1 for _, state in expected)
        try:
            await until_all_is_told(hears, set(expected), post, mails)
        except TimeoutError as error:
            error.add_note(f"waiting, most attempts, last due: {asked(server, WAITING)}")
            raise
        await workers.stop()
    assert first_told(hears.taken) == told_in_turn(expected)
    check_what_came_twice(server, hears, post)


async def listen(client: Client, hears: Target) -> None:
    for state in ("confirmed", "cancelled_by_customer"):
        body = {"url": f"{hears.url}/hook", "graph": "instant", "state": state, "method": "post"}
        await made(client, ("POST", "/webhooks", body))


async def lives(client: Client, number: int) -> list[Step]:
    """Book, and cancel some of what was booked; return what must be heard, in order."""
    body = {"name": "Doc", "timezone": "UTC", "email": f"doc{number}@example.com"}
    person = await made(client, ("POST", "/resources", body))
    heard: list[Step] = []
    for hour in range(LIVES):
        booking = await made(client, order(person["id"], slot(hour)))
        heard.append((booking["id"], "confirmed"))
        if hour % 2:
            await made(client, action(booking, "cancel_by_customer"))
            heard.append((booking["id"], "cancelled_by_customer"))
    return heard


async def made(client: Client, request: tuple[str, str, Any]) -> Any:
    answer = await client.send(request)
    assert answer.status in (200, 201), answer
    return answer.body.get("data")


async def until_all_is_told(
    hears: Target, expected: set[Step], post: MailServer, mails: int
) -> None:
    """Wait until all was heard, failed attempts and lost leases included."""
    missing, begun = expected, time.monotonic()
    while (missing := missing - set(map(told, hears.taken))) or len(letters(post)) < mails:
        waited = time.monotonic() - begun
        state = f"{len(missing)} are missing, and of {mails} mails {len(letters(post))} came"
        if waited > PATIENCE_SECONDS:
            raise TimeoutError(state)
        await asyncio.sleep(0.1)


def letters(post: MailServer) -> Counter[str]:
    """Return how often each mail came, by the id of its delivery."""
    contents = (each.content for each in post.mails)
    headers = [message_from_bytes(each)["message-id"] for each in contents if type(each) is bytes]
    return Counter(header.strip("<>").partition("@")[0] for header in headers)


def told(heard: Heard) -> Step:
    return heard.json["id"], heard.json["state"]


def first_told(taken: Sequence[Heard]) -> dict[str, list[str]]:
    """Return the states of each booking in the order in which each was first heard of."""
    return told_in_turn(dict.fromkeys(map(told, taken)))


def told_in_turn(steps: "Sequence[Step] | dict[Step, None]") -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for booking_id, state in steps:
        found[booking_id].append(state)
    return found


def asked(server: Server, query: LiteralString) -> list[tuple[Any, ...]]:
    """Return what the database of a server says."""
    with lease(server.data_dir) as database, psycopg.connect(database.url) as connection:
        return connection.execute(query).fetchall()


def check_what_came_twice(server: Server, hears: Target, post: MailServer) -> None:
    """Only what a killed worker had in its hands may come twice; say how much did."""
    lost = {row[0] for row in asked(server, LOST_ATTEMPTS)}
    calls = Counter(each.id for each in hears.taken)
    twice = {id_ for counts in (calls, letters(post)) for id_, n in counts.items() if n > 1}
    assert twice <= lost
    print(
        f"\n{len(calls)} webhooks and {len(letters(post))} mails told, {KILLS} workers killed with "
        f"{len(lost)} attempts in their hands, {len(twice)} told twice"
    )
