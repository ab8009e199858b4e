"""A client that costs little: requests as finished bytes over kept connections."""

import asyncio
import base64
import json
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from bench.measure import percentile

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_END_OF_HEAD = b"\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a number of requests."""

    milliseconds: list[float]
    seconds: float
    client_seconds: float
    statuses: Counter[int]
    bodies: list[bytes]

    @property
    def p50(self) -> float:
        return percentile(self.milliseconds, 0.5)

    @property
    def p95(self) -> float:
        return percentile(self.milliseconds, 0.95)

    @property
    def per_second(self) -> float:
        return len(self.milliseconds) / self.seconds


class Connection(asyncio.Protocol):
    """One connection that stays open; sends a request and waits for all of its answer."""

    def __init__(self) -> None:
        self._received = bytearray()
        self._wanted = 0
        self._body_at = 0
        self._answer: asyncio.Future[tuple[int, bytes]]
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        if not self._wanted:
            end = self._received.find(_END_OF_HEAD)
            if end < 0:
                return
            length = _LENGTH.search(self._received, 0, end)
            assert length is not None, bytes(self._received[:end])
            self._body_at = end + len(_END_OF_HEAD)
            self._wanted = self._body_at + int(length[1])
        if len(self._received) == self._wanted:
            status = int(self._received[9:12])
            self._answer.set_result((status, bytes(self._received[self._body_at :])))

    def connection_lost(self, error: Exception | None) -> None:
        if not self._answer.done():
            self._answer.set_exception(error or ConnectionResetError("closed by the server"))

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Send a request; return status and body of the answer."""
        self._received.clear()
        self._wanted = 0
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()


def get(path: str, *, key: str) -> bytes:
    """Return a whole request for something, as bytes."""
    login = base64.b64encode(f":{key}".encode()).decode()
    return (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {login}\r\n\r\n".encode()
    )


def post(path: str, body: object, *, key: str = "") -> bytes:
    """Return a whole request as bytes."""
    text = json.dumps(body).encode()
    login = base64.b64encode(f":{key}".encode()).decode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Basic {login}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    )
    return head.encode() + text


async def connect(port: int, count: int) -> list[Connection]:
    """Open ``count`` connections to a server on this machine."""
    loop = asyncio.get_running_loop()
    made = [await loop.create_connection(Connection, "127.0.0.1", port) for _ in range(count)]
    return [connection for _, connection in made]


async def drive(port: int, requests: Iterator[bytes], *, connections: int) -> Load:
    """Send all requests over ``connections``, each its next as soon as it has its answer."""
    load = Load([], 0.0, 0.0, Counter(), [])

    async def work(connection: Connection) -> None:
        for request in requests:
            began = time.perf_counter()
            status, body = await connection.ask(request)
            load.milliseconds.append((time.perf_counter() - began) * 1000)
            load.statuses[status] += 1
            load.bodies[:] = [body]

    opened = await connect(port, connections)
    started, cpu = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(work, opened))
    seconds, client_seconds = time.perf_counter() - started, time.process_time() - cpu
    for connection in opened:
        connection.close()
    return Load(load.milliseconds, seconds, client_seconds, load.statuses, load.bodies)
