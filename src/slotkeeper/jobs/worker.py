"""The worker: does to bookings what time does to them, as their moments come."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from slotkeeper.services import alarms
from slotkeeper.storage.transaction import UNREACHABLE, Database, Transaction

BATCH = 25
"""How many bookings are moved on in one transaction.

Whoever wants to change one of them waits until all are through, which takes a tenth of a second.
"""

PAUSE_SECONDS_MAX = 1.0
"""How long nobody looks at most. A booking made meanwhile may be due sooner than the rest."""

SPREAD_SECONDS = 0.05
"""Within what time several workers look that wait for the same moment."""

PATIENCE_SECONDS_MAX = 5.0
"""How long to wait at most before the database is tried again, and for a connection to it."""

FINISH_SECONDS_MAX = 3.0
"""How long a transaction under way may take to end once the worker was told to stop."""

log = structlog.get_logger(__name__)


class Worker:
    """Moves bookings on until it is told to stop; any number of them share one database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._stop = asyncio.Event()
        self._random = random.Random()  # spreads workers, keeps no secret
        self._failures = 0

    def stop(self) -> None:
        """Tell the worker to end once the transaction that is under way has."""
        self._stop.set()

    async def run(self) -> None:
        """Work until told to stop.

        What cannot be done now is tried again later, whatever the reason: a worker that ends by
        itself would be missed by nobody until the next day. A transaction that does not end is
        given up; nothing of it happened, and another worker does it.
        """
        work = asyncio.create_task(self._work())
        try:
            await self._stop.wait()
            await asyncio.wait({work}, timeout=FINISH_SECONDS_MAX)
        finally:
            work.cancel()
            await asyncio.wait({work})

    async def _work(self) -> None:
        while not self._stop.is_set():
            try:
                pause = await self._catch_up()
            except Exception as error:
                pause = self._interrupted(error)
            await self._rest(pause)

    async def _catch_up(self) -> float:
        """Move on everything that is due, and return in how many seconds to look again."""
        while not self._stop.is_set():
            started = time.perf_counter()
            async with self._transaction() as tx:
                count = await alarms.ring_due(tx, most=BATCH)
                soonest = await alarms.time_to_next(tx)
            if self._failures:
                log.info("worker_goes_on")
                self._failures = 0
            if count:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                log.info("alarms_rung", bookings=count, milliseconds=milliseconds)
            if count < BATCH:
                return self._pause(soonest)
        return 0.0

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        """Open a transaction; raises TimeoutError where no connection can be had for a while."""
        async with asyncio.timeout(PATIENCE_SECONDS_MAX) as patience:
            async with self._database.transaction() as tx:
                patience.reschedule(None)
                yield tx

    def _pause(self, soonest: timedelta | None) -> float:
        pause = PAUSE_SECONDS_MAX * self._random.uniform(0.7, 1.0)
        if soonest is None:
            return pause
        return min(pause, soonest.total_seconds() + self._random.uniform(0.0, SPREAD_SECONDS))

    def _interrupted(self, error: Exception) -> float:
        """Say what went wrong, and return how many seconds to leave things alone."""
        pause = min(0.2 * 2.0**self._failures, PATIENCE_SECONDS_MAX)
        self._failures = min(self._failures + 1, 10)
        if not isinstance(error, (*UNREACHABLE, TimeoutError)):
            log.error("worker_interrupted", exc_info=error)
        elif self._failures == 1:  # once for each time that the database is away
            reason = " ".join(str(error).split()) or "no connection in time"
            log.warning("worker_waits_for_database", reason=reason)
        return pause * self._random.uniform(0.7, 1.0)

    async def _rest(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stop.wait(), seconds)


@asynccontextmanager
async def at_work(worker: Worker) -> AsyncIterator[None]:
    """Let a worker work beside what the block does."""
    task = asyncio.create_task(worker.run())
    try:
        yield
    finally:
        worker.stop()
        await task
