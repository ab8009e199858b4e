"""Webhooks per second with one and two workers, and what telling others adds to a booking."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from bench import backlog, fill, table
from bench.bookings import Slot, booked, slots_of
from bench.client import Load, drive, post
from bench.measure import Spread, percentile, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import Scene
from bench.server import worker
from slotkeeper.domain.delivery import Hearers
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.http import HttpCall, HttpSender

PEOPLE = 100
WORKERS = (1, 2)
_QUIET = {
    "notify_customer_by_email": {"enabled": False},
    "notify_owner_by_email": {"enabled": False},
    "webhooks": [{"enabled": False}],
}
"""What a booking says of which nobody is to be told."""


@dataclass
class Target:
    """A web server that takes everything, and remembers when the last came."""

    port: int = 0
    count: int = 0
    last: float = 0.0
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.Response:
        """Take one request."""
        self.body = await request.read()
        self.headers = dict(request.headers)
        self.count += 1
        self.last = time.perf_counter()
        async with self.came:
            self.came.notify_all()
        return web.Response(text="ok")

    async def until(self, count: int) -> None:
        """Wait until so many requests came."""
        async with self.came:
            await self.came.wait_for(lambda: self.count >= count)


async def run(*, quick: bool) -> None:
    """Send what waits with one and two workers; book with and without somebody to tell."""
    number, rounds = (500, 1) if quick else (3000, 3)
    with tempfile.TemporaryDirectory() as folder:
        async with _listening() as target, place(Path(folder, "data"), "--no-worker") as here:
            async with here.database.transaction() as tx:
                people = await fill.add_people(tx, here.app_id, Scene(PEOPLE, 0, FIRST_DAY))
                await tx.run("UPDATE resources SET email = id || '@example.com'")
            await _add_webhook(here, target)
            slots = slots_of(people)
            await booked(here, slots, 1, clients=1)
            await _sent(here, target, 1, workers=1)  # what waits since then, and a body to repeat
            sent: dict[int, list[float]] = {each: [] for each in WORKERS}
            alone: list[float] = []
            told: list[Load] = []
            quiet: list[Load] = []
            for _ in range(rounds):
                alone.append(await _alone(target, number))
                for each in WORKERS:
                    sent[each].append(await _sent(here, target, number, workers=each))
                for _ in range(5):
                    quiet.append(await booked(here, slots, number // 25, clients=1, **_QUIET))
                    told.append(await booked(here, slots, number // 25, clients=1))
            delays = await _delays(here, target, slots, 20 if quick else 100)
    _show(sent, Spread(tuple(alone)), quiet, told, delays)


@asynccontextmanager
async def _listening() -> AsyncIterator[Target]:
    target, app = Target(), web.Application()
    app.router.add_post("/{path:.*}", target.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    # Two workers open hundreds of connections at once, and who is turned away waits for seconds.
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    target.port = runner.addresses[0][1]
    try:
        yield target
    finally:
        await runner.cleanup()


async def _add_webhook(here: Place, target: Target) -> None:
    url = f"http://127.0.0.1:{target.port}/hook"
    body = {"url": url, "graph": "instant", "state": "confirmed", "method": "post"}
    request = post("/v2/webhooks", body, key=here.api_key)
    made = await drive(here.server.port, iter([request]), connections=1)
    assert made.statuses == {201: 1}, made.bodies


async def _sent(here: Place, target: Target, number: int, *, workers: int) -> float:
    """Return how many webhooks a second leave, from when workers start with all of them due.

    Counted from the first to the last: the start of the processes is not the question.
    """
    await backlog.announce(here, number, Hearers())
    target.count = 0
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker(here.folder, SLOTKEEPER_OUTGOING_HOSTS="127.0.0.1"))
        await target.until(1)
        began, before = time.perf_counter(), target.count
        await target.until(number)
        return (number - before) / max(target.last - began, 1e-9)


async def _delays(here: Place, target: Target, slots: Iterator[Slot], number: int) -> list[float]:
    """Return how many ms after its answer the webhook of a booking is heard, one at a time."""
    found = []
    await backlog.forget(here)  # what was announced while nobody sent
    with worker(here.folder, SLOTKEEPER_OUTGOING_HOSTS="127.0.0.1"):
        await booked(here, slots, 1, clients=1)
        await asyncio.sleep(2)  # what the worker loads when it first sends something
        for _ in range(number):
            before = target.count
            await booked(here, slots, 1, clients=1)
            answered = time.perf_counter()
            await target.until(before + 1)
            found.append((target.last - answered) * 1000)
    return found


async def _alone(target: Target, number: int) -> float:
    """Return how many of the same requests a second the bare HTTP client sends, 50 at a time."""
    call = HttpCall(
        url=f"http://127.0.0.1:{target.port}/hook", headers=target.headers, body=target.body
    )
    waiting = iter(range(number))
    async with HttpSender(AllowedHosts.parse("127.0.0.1")) as sender:

        async def work() -> None:
            for _ in waiting:
                result = await sender.send(call)
                assert result.status == 200, result

        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(50)))
        return number / (time.perf_counter() - began)


def _show(
    sent: dict[int, list[float]],
    alone: Spread,
    quiet: Sequence[Load],
    told: Sequence[Load],
    delays: Sequence[float],
) -> None:
    rows = [
        (
            count,
            Spread(tuple(each)).text(0),
            alone.text(0),
            ratio(alone.median, Spread(tuple(each)).median),
        )
        for count, each in sent.items()
    ]
    table.show(
        "Webhooks leaving, all due at once, median of rounds (least-most)",
        ("workers", "deliveries/s", "client alone/s", "ratio"),
        rows,
        "The target, the database and the workers share the machine. Alone: the same requests",
        "from memory, without database, by the same HTTP client. Bar: 500/s.",
    )
    plain, with_telling = (Spread(tuple(load.p50 for load in loads)) for loads in (quiet, told))
    table.show(
        "A booking over HTTP, one client, p50 in ms",
        ("telling nobody", "one webhook, two mails", "added"),
        [(plain.text(2), with_telling.text(2), f"{(with_telling.median / plain.median - 1):.0%}")],
        "Alternating in the same run, no worker beside it. Bar: 15 % added.",
    )
    table.show(
        "From the answer to a booking until its webhook is heard, one worker, ms",
        ("p50", "p95", "most"),
        [tuple(f"{each:.0f}" for each in (*_shares(delays), max(delays)))],
        "A worker that has nothing to do looks three times a second. Bar: 1 000.",
    )


def _shares(figures: Sequence[float]) -> tuple[float, float]:
    return percentile(figures, 0.5), percentile(figures, 0.95)
