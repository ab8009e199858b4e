"""Send HTTP requests to addresses that somebody else chose, and say what came back.

Whatever a target does, hang, drip, cut the line, answer without end, ends in a result: within
ten seconds, in little memory, and without another address having been asked than the one given.
"""

import asyncio
import ssl
import time
from asyncio import Semaphore
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import TracebackType
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from slotkeeper import __version__
from slotkeeper.notifications.guard import AllowedHosts, Guard, SocketFactory

# The client takes 25 MB and half a second to import, which a server that sends nothing is spared.
if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession
    from yarl import URL

SECONDS_MAX = 10.0
"""How long a request may take in all, waiting for others to the same host included."""

ANSWER_BYTES_MAX = 64 * 1024
"""How much of an answer is read; the rest is not waited for."""

EXCERPT_CHARACTERS_MAX = 1000
"""How much of an answer is kept."""

CALLS_MAX = 200
"""How many requests are under way at once."""

CALLS_PER_HOST_MAX = 50
"""How many of them to one host, so that one that hangs does not hold up all others."""

_REST_SECONDS_MAX = 4.0
"""How long a connection waits for another request: many servers hang up after five seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpCall:
    """A request to make; ``url`` is absolute, http or https."""

    url: str
    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpResult:
    """What became of a request.

    ``status`` is what was answered, a redirect's too, or None without an answer. ``error`` says
    in words for people what went wrong, and is None when an answer came, whatever its status.
    Both are there when an answer began and did not end. ``excerpt`` is the beginning of the
    answer's body, at most 1 000 characters, none of them NUL.
    """

    status: int | None
    error: str | None
    milliseconds: int
    excerpt: str


class HttpSender:
    """Sends requests, many at once, over connections that are kept for the next one.

    Use it as an asynchronous context manager, on one event loop. Hosts in ``allowed`` may be
    reached though they are not public. ``tls`` decides which certificates are trusted; without
    it, those that the system trusts.
    """

    def __init__(
        self,
        allowed: AllowedHosts | None = None,
        *,
        tls: ssl.SSLContext | None = None,
        seconds_max: float = SECONDS_MAX,
    ) -> None:
        self._allowed = allowed or AllowedHosts()
        self._tls = tls
        self._seconds_max = seconds_max
        self._calls = Semaphore(CALLS_MAX)
        self._calls_of: WeakValueDictionary[str, Semaphore] = WeakValueDictionary()
        self._opening = asyncio.Lock()
        self._sessions: _Sessions | None = None

    async def __aenter__(self) -> "HttpSender":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections; requests under way end with an error."""
        if self._sessions is not None:
            await self._sessions.guarded.close()
            await self._sessions.unguarded.close()

    async def send(self, call: HttpCall) -> HttpResult:
        """Make one request and return what came of it; raises nothing for what a target does.

        Redirects are not followed, cookies not kept, proxies in the environment not used.
        Nobody is asked to compress an answer, and one that is compressed all the same has no
        excerpt.
        """
        sessions = await self._open()
        from aiohttp import ClientError  # noqa: PLC0415 - see above

        from slotkeeper.notifications.http_errors import words_of  # noqa: PLC0415 - loads it too

        exchange, error = _Exchange(call), None
        try:
            async with asyncio.timeout(self._seconds_max):
                await self._make(exchange, sessions)
        except TimeoutError:
            error = exchange.time_out(self._seconds_max)
        except (ClientError, OSError, ValueError, RuntimeError) as failure:
            error = words_of(failure, exchange.host)
        return HttpResult(
            status=exchange.status,
            error=error,
            milliseconds=round((time.perf_counter() - exchange.began) * 1000),
            excerpt=exchange.excerpt,
        )

    async def _make(self, exchange: "_Exchange", sessions: "_Sessions") -> None:
        url = exchange.target()
        calls_of_host = self._calls_of.setdefault(exchange.host, Semaphore(CALLS_PER_HOST_MAX))
        async with calls_of_host, self._calls:
            is_named = self._allowed.has_name(exchange.host)
            await exchange.run(sessions.unguarded if is_named else sessions.guarded, url)

    async def _open(self) -> "_Sessions":
        async with self._opening:
            if self._sessions is None:
                # In a thread, so that the requests of a server do not stand still meanwhile.
                await asyncio.to_thread(import_module, "slotkeeper.notifications.http_errors")
                tls = self._tls
                if tls is None:
                    tls = await asyncio.to_thread(ssl.create_default_context)
                guarded = _session(tls, Guard(self._allowed).socket_for)
                self._sessions = _Sessions(guarded=guarded, unguarded=_session(tls, None))
        return self._sessions


@dataclass(frozen=True, slots=True)
class _Sessions:
    """Two sets of connections, so that what a name opened is not used under another name.

    ``unguarded`` is for hosts that are allowed by their names, wherever these lead.
    """

    guarded: "ClientSession"
    unguarded: "ClientSession"


class _Exchange:
    """One request as far as it has come."""

    def __init__(self, call: HttpCall) -> None:
        self.host = ""
        self.status: int | None = None
        self._call = call
        self.began = time.perf_counter()
        self._waited_until: float | None = None
        self._is_readable = True
        self._body = bytearray()

    def target(self) -> "URL":
        """Return where to send the request, as the client reads it; raises ValueError."""
        from yarl import URL  # noqa: PLC0415 - see above

        from slotkeeper.notifications.http_errors import (  # noqa: PLC0415 - loads the client too
            AddressRefused,
        )

        # Read once, and by what connects: where two readers see two hosts, one is not guarded.
        url = URL(self._call.url)
        if url.scheme not in ("http", "https") or not url.raw_host:
            raise AddressRefused("the address is not one of http or https")
        self.host = url.raw_host
        return url

    async def run(self, session: "ClientSession", url: "URL") -> None:
        """Send the request and read what is answered, into ``status`` and ``excerpt``."""
        self._waited_until = time.perf_counter()
        call = self._call
        async with session.request(
            call.method, url, data=call.body or None, headers=call.headers, allow_redirects=False
        ) as response:
            self.status = response.status
            await self._read(response)

    async def _read(self, response: "ClientResponse") -> None:
        self._is_readable = "Content-Encoding" not in response.headers
        async for chunk in response.content.iter_any():
            self._body += chunk
            if len(self._body) > ANSWER_BYTES_MAX:
                return  # leaving closes the connection

    @property
    def excerpt(self) -> str:
        """The beginning of the body as text; PostgreSQL's texts hold no NUL."""
        if not self._is_readable:
            return ""
        start = bytes(self._body[: 4 * EXCERPT_CHARACTERS_MAX])
        return start.decode("utf-8", "replace").replace("\x00", "")[:EXCERPT_CHARACTERS_MAX]

    def time_out(self, seconds: float) -> str:
        """Say in words that the time is over, and what it went by with."""
        if self._waited_until is None or self._waited_until - self.began > seconds / 2:
            return f"time-out after {seconds:g} s: too many other requests to {self.host}"
        if self.status is not None:
            return f"time-out after {seconds:g} s: the answer did not end"
        return f"time-out after {seconds:g} s"


def _session(tls: ssl.SSLContext, socket_for: SocketFactory | None) -> "ClientSession":
    """Return a client that connects with the sockets it is given, else with any."""
    from aiohttp import (  # noqa: PLC0415 - see above
        ClientSession,
        ClientTimeout,
        DummyCookieJar,
        TCPConnector,
    )

    connector = TCPConnector(
        ssl=tls,
        limit=0,  # the sender counts, and knows who waits
        keepalive_timeout=_REST_SECONDS_MAX,
        socket_factory=socket_for,
    )
    return ClientSession(
        connector=connector,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": f"Slotkeeper/{__version__}", "Accept-Encoding": "identity"},
        skip_auto_headers=("Content-Type",),
        timeout=ClientTimeout(total=None),
        auto_decompress=False,
        read_bufsize=ANSWER_BYTES_MAX,
        trust_env=False,
    )
