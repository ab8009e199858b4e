"""Who gets what leaves the house, in tests: a real HTTP server, which may misbehave."""

import asyncio
import json
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Heard:
    """A request as it came, and how it was answered."""

    path: str
    headers: dict[str, str]
    body: bytes
    at: float
    status: int

    @property
    def id(self) -> str:
        """The id of the delivery."""
        return self.headers["webhook-id"]

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Target:
    """A web server that hears webhooks.

    ``moods`` are what it does to the first attempt of a delivery, drawn at random: a status,
    ``hang`` (nothing comes back for longer than anybody waits), or ``cut`` (the line goes dead).
    What comes again is taken.
    """

    port: int = 0
    moods: list[str] = field(default_factory=lambda: ["200"])
    heard: list[Heard] = field(default_factory=list)
    chance: random.Random = field(default_factory=random.Random)
    _came: asyncio.Condition = field(default_factory=asyncio.Condition)
    _met: Counter[str] = field(default_factory=Counter)
    _runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def taken(self) -> list[Heard]:
        """What was answered with success, in the order in which it came."""
        return [each for each in self.heard if each.status == 200]

    async def open(self) -> None:
        """Listen, on the same port as before."""
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._hear)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def vanish(self) -> None:
        """Stop listening; who comes now is refused."""
        assert self._runner is not None
        await self._runner.cleanup()

    async def until(self, count: int, *, seconds: float = 30.0) -> None:
        """Wait until so many requests were taken."""
        try:
            async with asyncio.timeout(seconds), self._came:
                await self._came.wait_for(lambda: len(self.taken) >= count)
        except TimeoutError:
            raise AssertionError(f"{len(self.taken)} of {count} taken: {self.heard}") from None

    async def _hear(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): text for name, text in request.headers.items()}
        key = headers.get("webhook-id", "")
        self._met[key] += 1
        mood = "200" if self._met[key] > 1 else self.chance.choice(self.moods)
        status = int(mood) if mood.isdecimal() else 0
        now = asyncio.get_running_loop().time()
        self.heard.append(Heard(request.path_qs, headers, body, now, status))
        async with self._came:
            self._came.notify_all()
        if mood == "hang":
            await asyncio.sleep(60)
        if mood == "cut":
            assert request.transport is not None
            request.transport.abort()
        return web.Response(status=status or 500, text="heard")


@asynccontextmanager
async def target(*moods: str) -> AsyncIterator[Target]:
    """Yield a web server that listens."""
    found = Target(moods=list(moods or ("200",)))
    await found.open()
    try:
        yield found
    finally:
        await found.vanish()
