"""Limits on the requests of an app, where the operator has set one, and on guesses by anybody."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from slotkeeper.domain.rates import Buckets, Rate, Taken, parse_rate
from slotkeeper.settings import OFF, Settings

WAITING_MAX = 100
"""How many may wait for a password to be compared in one process: a few seconds' worth."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RateLimiter:
    """Counts the requests of each app in this process.

    Apps in test mode must keep to the rates of all apps and to their own.
    """

    def __init__(self, *, every: Rate | None, test: Rate | None) -> None:
        self._every = [Buckets[UUID](every)] if every else []
        self._test = [*self._every, Buckets[UUID](test)] if test else self._every

    def take(self, app_id: UUID, *, test_mode: bool, now: datetime) -> Taken | None:
        """Let a request through or not; None where nothing limits the app.

        What is not let through uses nothing up.
        """
        buckets = self._test if test_mode else self._every
        if not buckets:
            return None
        micro = _micro(now)
        seen = [each.look(app_id, micro) for each in buckets]
        wait = max(each.wait for each in seen)
        if not wait:
            for each in buckets:
                each.take(app_id, micro)
        return Taken(min(each.left for each in seen), wait)


class TooManyWait(Exception):
    """As many wait for their turn already as may."""


class GuessLimiter:
    """Counts in this process what is tried without a key, and how much of it is under way.

    A try counts for the person who is tried and for the network that it comes from.
    """

    def __init__(self, *, person: Rate | None, host: Rate | None, at_once: int) -> None:
        self._persons = Buckets[bytes](person) if person else None
        self._hosts = Buckets[bytes](host) if host else None
        self._turns = asyncio.Semaphore(at_once)
        self._waiting = 0

    def take(self, *, person: tuple[Hashable, ...], host: str | None, now: datetime) -> int:
        """Let a try through and return 0, or return how many seconds to wait, at least 1.

        Without a host it counts for the person alone. What is not let through uses nothing up.
        """
        micro = _micro(now)
        counted = self._counted(person, host)
        wait = max((buckets.look(who, micro).wait for buckets, who in counted), default=0)
        if not wait:
            for buckets, who in counted:
                buckets.take(who, micro)
        return wait

    def give_back(self, *, person: tuple[Hashable, ...], host: str | None, now: datetime) -> None:
        """Undo a try that was let through: who knew the password was not guessing."""
        for buckets, who in self._counted(person, host):
            buckets.give_back(who, _micro(now))

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait until few enough are under way; raises TooManyWait when too many wait already."""
        if self._waiting >= WAITING_MAX:
            raise TooManyWait
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    def _counted(
        self, person: tuple[Hashable, ...], host: str | None
    ) -> list[tuple[Buckets[bytes], bytes]]:
        counted = []
        if self._persons is not None:
            counted.append((self._persons, _short(repr(person))))
        if self._hosts is not None and host is not None:
            counted.append((self._hosts, _short(_network(host))))
        return counted


def _short(text: str) -> bytes:
    """Return what stands for a text in memory, however long it is and whatever it says."""
    return blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()


def _network(host: str) -> str:
    """Return what is counted as one place; with IPv6 that is what one customer is given, a /64."""
    try:
        address = ip_address(host)
    except ValueError:  # a server on a socket file, or behind a proxy that says nothing
        return host
    if not isinstance(address, IPv6Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(int(address) >> 64)


def _micro(now: datetime) -> int:
    return (now - _EPOCH) // timedelta(microseconds=1)


def guess_limiter(settings: Settings) -> GuessLimiter:
    """Return what the settings ask for."""
    person, host = settings.guess_limit, settings.guess_limit_client
    return GuessLimiter(
        person=None if person == OFF else parse_rate(person),
        host=None if host == OFF else parse_rate(host),
        at_once=max(1, settings.connections_max // 4),
    )


def rate_limiter(settings: Settings) -> RateLimiter | None:
    """Return what the settings ask for, None where they set no limit."""
    every, test = settings.rate_limit, settings.rate_limit_test
    if not (every or test):
        return None
    return RateLimiter(
        every=parse_rate(every) if every else None, test=parse_rate(test) if test else None
    )
