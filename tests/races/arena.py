"""Where races are run: real servers on one database, a crowd of clients, and a referee."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit
from uuid import UUID

import orjson
import psycopg
from psycopg.rows import dict_row

from slotkeeper.bootstrap import system_clock
from tests.races.books import Books
from tests.support.client import basic

CROWD = 100
"""How many clients want the same thing at once."""

IDLE_SECONDS_MAX = 3.0
"""How long a connection may be silent; the servers hang up after five."""

Request = tuple[str, str, Any]
"""Method, path under ``/v2``, and body."""


def slot(hour: int, *, day: int = 7) -> dict[str, str]:
    """Return the hour that starts at ``hour`` on a day of May 2030, as a request names it."""
    return {
        "start": f"2030-05-{day:02}T{hour:02}:00:00+00:00",
        "end": f"2030-05-{day:02}T{hour + 1:02}:00:00+00:00",
    }


def order(resource_id: str | None, times: dict[str, str], **given: Any) -> Request:
    """Return the request for a booking."""
    body = {
        "graph": "instant",
        "what": "Consultation",
        "where": "Here",
        "customer": {"name": "Marty McFly", "email": "marty@example.com"},
        **times,
        **given,
    }
    return (
        "POST",
        "/bookings",
        body if resource_id is None else {"resource_id": resource_id, **body},
    )


def a_class(resource_id: str, seats: int, times: dict[str, str]) -> Request:
    """Return the request for a class of so many seats."""
    return order(resource_id, times, graph="group_owner", settings={"max_seats": seats})


def seat(owner: Any, **given: Any) -> Request:
    """Return the request for a seat in a class; it has the time of the class."""
    values = {"graph": "group_customer", "related": {"owner_booking_id": owner["id"]}, **given}
    return order(None, {}, **values)


def reserve(resource_id: str, times: dict[str, str], *, seconds: int, **given: Any) -> Request:
    """Return the request that reserves a time for some seconds."""
    body = {"resource_id": resource_id, "what": "Consultation", "reservation_time": seconds}
    return "POST", "/bookings/reserve", {**body, **times, **given}


def move(booking: Any, times: dict[str, str], **given: Any) -> Request:
    """Return the request that reschedules a booking."""
    return "POST", f"/bookings/{booking['id']}/reschedule", {**times, **given}


def action(booking: Any, name: str) -> Request:
    """Return the request for an action on a booking."""
    return "PUT", f"/bookings/{booking['id']}/{name}", {}


@dataclass(frozen=True)
class Answered:
    """What a server said."""

    status: int
    body: Any
    replayed: bool = False


class Client:
    """One connection that stays open.

    Written on bare sockets: a hundred clients of a full library share the two processors with
    the servers, and spread out what should come at once.
    """

    def __init__(self, server: str, key: str) -> None:
        self._address = urlsplit(server)
        self._key = key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self._used_at = 0.0

    def at(self, server: str) -> "Client":
        """Return a client with the same key at another server."""
        return Client(server, self._key)

    async def send(self, request: Request, *, under: str | None = None) -> Answered:
        """Send one request, under an Idempotency-Key where one is given."""
        method, path, body = request
        content = b"" if body is None else orjson.dumps(body)
        head = (
            f"{method} /v2{path} HTTP/1.1\r\nHost: {self._address.netloc}\r\n"
            f"Authorization: {basic(self._key)}\r\nContent-Type: application/json\r\n"
            + (f"Idempotency-Key: {under}\r\n" if under is not None else "")
            + f"Content-Length: {len(content)}\r\n\r\n"
        )
        reader, writer = await self._open()
        writer.write(head.encode() + content)
        answer = (await reader.readuntil(b"\r\n\r\n")).decode().lower().split("\r\n")
        length = next((line[15:] for line in answer if line.startswith("content-length:")), "0")
        sent = await reader.readexactly(int(length))
        self._used_at = asyncio.get_running_loop().time()
        return Answered(
            status=int(answer[0].split()[1]),
            body=orjson.loads(sent) if sent else None,
            replayed="idempotent-replayed: true" in answer,
        )

    async def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        # A server may hang up at the very moment at which a request is on its way to it.
        if asyncio.get_running_loop().time() - self._used_at > IDLE_SECONDS_MAX:
            await self.close()
        if self._streams is None:
            assert self._address.hostname is not None
            self._streams = await asyncio.open_connection(
                self._address.hostname, self._address.port
            )
        return self._streams


@dataclass(frozen=True)
class Arena:
    """One app behind several servers on one database, and the crowd of its clients."""

    app_id: UUID
    clients: Sequence[Client]
    database_url: str
    data_dir: Path

    async def send(self, request: Request) -> Answered:
        return await self.clients[0].send(request)

    async def made(self, request: Request) -> Any:
        """Send a request that nobody contests, and return what it made."""
        answer = await self.send(request)
        assert answer.status == 201, answer
        return answer.body["data"]

    async def resource(self, **given: Any) -> str:
        made = await self.made(("POST", "/resources", {"name": "Doc", "timezone": "UTC", **given}))
        return str(made["id"])

    async def race(
        self, requests: Sequence[Request], *, under: str | None = None
    ) -> list[Answered]:
        """Send all requests at once, spread over the servers; return the answers in order."""
        sent = (
            client.send(request, under=under)
            for client, request in zip(self.clients[: len(requests)], requests, strict=True)
        )
        return list(await asyncio.gather(*sent))

    async def race_around(
        self, moment: datetime, requests: Sequence[Request], *, seconds: float = 0.2
    ) -> list[Answered]:
        """Send the requests one by one, evenly over some seconds around ``moment``."""

        async def after(pause: float, client: Client, request: Request) -> Answered:
            await asyncio.sleep(pause)
            return await client.send(request)

        first = (moment - system_clock()).total_seconds() - seconds / 2
        step = seconds / len(requests)
        sent = (
            after(first + step * number, client, request)
            for number, (client, request) in enumerate(
                zip(self.clients[: len(requests)], requests, strict=True)
            )
        )
        return list(await asyncio.gather(*sent))

    async def warm_up(self) -> None:
        """Open every connection, so that a race does not begin with handshakes."""
        await self.race([("GET", "/resources", None)] * len(self.clients))

    def rows(self, query: LiteralString, *parameters: object) -> list[dict[str, Any]]:
        with psycopg.connect(self.database_url, row_factory=dict_row) as connection:
            return connection.execute(query, parameters).fetchall()

    def held_until(self, booking: Any) -> datetime:
        """Return the instant at which a hold runs out; answers round it to the second."""
        [found] = self.rows("SELECT held_until FROM bookings WHERE id = %s", booking["id"])
        moment: datetime = found["held_until"]
        return moment

    def deadlocks(self) -> int:
        """Return how many deadlocks the database has broken so far."""
        self.rows("SELECT pg_stat_force_next_flush()")
        [found] = self.rows(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(found["deadlocks"])

    def overlaps(self) -> list[dict[str, Any]]:
        """Return every pair of claims that hold the same time though neither may share it."""
        return self.rows(
            "SELECT one.booking_id AS one, other.booking_id AS other "
            "FROM claims AS one JOIN claims AS other USING (app_id, resource_id) "
            "WHERE one.booking_id < other.booking_id AND one.during && other.during "
            "AND one.exclusive AND other.exclusive"
        )

    def check(self) -> None:
        """See that the tables tell one story: bookings, claims, seats, events and log."""
        assert self.overlaps() == []
        Books.opened(self.database_url).check()


def statuses(answers: Sequence[Answered]) -> Counter[int]:
    """Return how often each status came."""
    return Counter(answer.status for answer in answers)
