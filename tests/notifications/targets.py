"""Real targets of outgoing requests, well behaved and otherwise."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Behaviour = Callable[["Visit"], Awaitable[None]]


class Visit:
    """One connection that a target was opened, from its own side."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.request = b""

    async def read(self) -> bytes:
        """Return the next whole request as it came, or nothing when the line is closed."""
        try:
            head = await self._reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return b""
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        self.request = head + await self._reader.readexactly(length)
        return self.request

    async def say(self, text: bytes) -> None:
        self._writer.write(text)
        await self._writer.drain()

    async def answer(self, body: bytes, *, status: str = "200 OK", headers: str = "") -> None:
        head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n"
        await self.say(head.encode() + body)

    def cut(self) -> None:
        """Close the line at once, with a reset."""
        self._writer.transport.abort()


class Target:
    """A server on a port of its own, with what it was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._visits: set[asyncio.Task[None]] = set()
        self.port = 0
        self.requests: list[bytes] = []
        self.connections = 0

    async def _visited(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._visits.add(task)
        self.connections += 1
        visit = Visit(reader, writer)
        try:
            while request := await visit.read():
                self.requests.append(request)
                await self._behaviour(visit)
        except (ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._visits.discard(task)
            writer.transport.abort()

    async def stop(self) -> None:
        for visit in list(self._visits):
            visit.cancel()
        await asyncio.gather(*self._visits, return_exceptions=True)


@asynccontextmanager
async def target(
    behaviour: Behaviour | None = None,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Target]:
    """Run a target that answers each request by ``behaviour``, else with 200 and ``ok``."""
    found = Target(behaviour or fine)
    server = await asyncio.start_server(found._visited, host, 0, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        await found.stop()
        with suppress(ConnectionError):
            await server.wait_closed()


async def fine(visit: Visit) -> None:
    await visit.answer(b"ok")
