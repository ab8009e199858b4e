"""What every job does that works until it is told to stop, whatever happens to the database."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import structlog

from slotkeeper.storage.transaction import UNREACHABLE, Database, Transaction

PATIENCE_SECONDS_MAX = 5.0
"""How long to wait at most before the database is tried again, and for a connection to it."""

FINISH_SECONDS_MAX = 3.0
"""How long a round under way may take to end once the job was told to stop."""

log = structlog.get_logger(__name__)


class Loop(ABC):
    """Does one round after the other until it is told to stop; any number share one database."""

    name: str

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = asyncio.Event()
        self._wake = asyncio.Event()
        self._random = random.Random()  # spreads jobs, keeps no secret
        self._failures = 0

    def stop(self) -> None:
        """Tell the job to end once the round that is under way has."""
        self._stop.set()
        self._wake.set()

    async def run(self) -> None:
        """Work until told to stop.

        What cannot be done now is tried again later, whatever the reason: a job that ends by
        itself would be missed by nobody until the next day. A round that does not end is given
        up; what was committed of it stays, and another worker does the rest.
        """
        work = asyncio.create_task(self._work())
        try:
            await self._stop.wait()
            await asyncio.wait({work}, timeout=FINISH_SECONDS_MAX)
        finally:
            work.cancel()
            await asyncio.wait({work})

    @abstractmethod
    async def _round(self) -> float:
        """Do what there is to do, and return in how many seconds to look again."""

    async def _leave(self) -> None:  # noqa: B027 - most jobs have nothing to do here
        """Bring to an end what is under way when the job was told to stop."""

    @property
    def _is_stopped(self) -> bool:
        return self._stop.is_set()

    async def _work(self) -> None:
        while not self._is_stopped:
            try:
                pause = await self._round()
            except Exception as error:
                pause = self._interrupted(error)
            await self._rest(pause)
        await self._leave()

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; raises TimeoutError where no connection can be had for a while."""
        async with asyncio.timeout(PATIENCE_SECONDS_MAX) as patience:
            async with self._database.transaction() as tx:
                patience.reschedule(None)
                yield tx
        if self._failures:
            log.info("job_goes_on", job=self.name)
            self._failures = 0

    def _interrupted(self, error: Exception) -> float:
        """Say what went wrong, and return how many seconds to leave things alone."""
        pause = min(0.2 * 2.0**self._failures, PATIENCE_SECONDS_MAX)
        self._failures = min(self._failures + 1, 10)
        if not isinstance(error, (*UNREACHABLE, TimeoutError)):
            log.error("job_interrupted", job=self.name, exc_info=error)
        elif self._failures == 1:  # once for each time that the database is away
            reason = " ".join(str(error).split()) or "no connection in time"
            log.warning("job_waits_for_database", job=self.name, reason=reason)
        return pause * self._random.uniform(0.7, 1.0)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)
        if not self._is_stopped:
            self._wake.clear()


@asynccontextmanager
async def at_work(*jobs: Loop) -> AsyncIterator[None]:
    """Let jobs work beside what the block does."""
    async with AsyncExitStack() as stack:
        for job in jobs:
            await stack.enter_async_context(_beside(job))
        yield


async def work(jobs: Iterable[Loop]) -> None:
    """Let jobs work until each of them was told to stop."""
    await asyncio.gather(*(job.run() for job in jobs))


@asynccontextmanager
async def _beside(job: Loop) -> AsyncIterator[None]:
    task = asyncio.create_task(job.run())
    try:
        yield
    finally:
        job.stop()
        await task
