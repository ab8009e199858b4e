"""The worker: does to bookings what time does to them, as their moments come."""

import time
from datetime import timedelta

import structlog

from slotkeeper.jobs.loop import Loop
from slotkeeper.services import alarms

BATCH = 25
"""How many bookings are moved on in one transaction.

Whoever wants to change one of them waits until all are through, which takes a tenth of a second.
"""

PAUSE_SECONDS_MAX = 1.0
"""How long nobody looks at most. A booking made meanwhile may be due sooner than the rest."""

SPREAD_SECONDS = 0.05
"""Within what time several workers look that wait for the same moment."""

log = structlog.get_logger(__name__)


class Worker(Loop):
    """Moves bookings on until it is told to stop; any number of them share one database."""

    name = "worker"

    async def _round(self) -> float:
        """Move on everything that is due, and return in how many seconds to look again."""
        while not self._is_stopped:
            started = time.perf_counter()
            async with self._transaction() as tx:
                count = await alarms.ring_due(tx, most=BATCH)
                soonest = await alarms.time_to_next(tx)
            if count:
                milliseconds = round((time.perf_counter() - started) * 1000, 1)
                log.info("alarms_rung", bookings=count, milliseconds=milliseconds)
            if count < BATCH:
                return self._pause(soonest)
        return 0.0

    def _pause(self, soonest: timedelta | None) -> float:
        pause = PAUSE_SECONDS_MAX * self._random.uniform(0.7, 1.0)
        if soonest is None:
            return pause
        return min(pause, soonest.total_seconds() + self._random.uniform(0.0, SPREAD_SECONDS))
