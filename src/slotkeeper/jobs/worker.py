"""The worker: does to bookings what time does to them, and reminds of them, as moments come."""

import time
from datetime import timedelta

import structlog

from slotkeeper.jobs.loop import Loop
from slotkeeper.services import alarms, reminders

BATCH = 25
"""How many bookings are moved on, or reminders rung, in one transaction.

Whoever wants to change one of them waits until all are through, which takes a tenth of a second.
"""

PAUSE_SECONDS_MAX = 1.0
"""How long nobody looks at most. A booking made meanwhile may be due sooner than the rest."""

SPREAD_SECONDS = 0.05
"""Within what time several workers look that wait for the same moment."""

log = structlog.get_logger(__name__)


class Worker(Loop):
    """Moves bookings on and reminds of them until told to stop; any number share one database."""

    name = "worker"

    async def _round(self) -> float:
        """Do everything that is due, and return in how many seconds to look again.

        Moving on and reminding are transactions of their own: whoever takes a booking off waits
        for the reminders that ring, and must not wait for bookings too.
        """
        while not self._is_stopped:
            moved, next_alarm = await self._move_on()
            rung, next_reminder = await self._remind()
            if max(moved, rung) < BATCH:
                soonest = [each for each in (next_alarm, next_reminder) if each is not None]
                return self._pause(min(soonest, default=None))
        return 0.0

    async def _move_on(self) -> tuple[int, timedelta | None]:
        """Move on a batch of bookings; return how many, and how long until the next is due."""
        started = time.perf_counter()
        async with self._transaction() as tx:
            count = await alarms.ring_due(tx, most=BATCH)
            soonest = await alarms.time_to_next(tx)
        if count:
            log.info("alarms_rung", bookings=count, milliseconds=_since(started))
        return count, soonest

    async def _remind(self) -> tuple[int, timedelta | None]:
        """Ring a batch of reminders; return how many, and how long until the next is due."""
        started = time.perf_counter()
        async with self._transaction() as tx:
            count = await reminders.ring_due(tx, most=BATCH)
            soonest = await reminders.time_to_next(tx)
        if count:
            log.info("reminders_rung", reminders=count, milliseconds=_since(started))
        return count, soonest

    def _pause(self, soonest: timedelta | None) -> float:
        pause = PAUSE_SECONDS_MAX * self._random.uniform(0.7, 1.0)
        if soonest is None:
            return pause
        return min(pause, soonest.total_seconds() + self._random.uniform(0.0, SPREAD_SECONDS))


def _since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 1)
