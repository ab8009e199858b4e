"""The cleaner: deletes what was told so long ago that nobody can look at it any more."""

from slotkeeper.jobs.loop import Loop
from slotkeeper.services import deliveries

BATCH = 1000
"""How much is deleted in one transaction."""

PAUSE_SECONDS_MAX = 600.0
"""How long to wait when little was left to delete."""

BREATH_SECONDS = 1.0
"""How long to wait while there is more: others want the database too."""


class Cleaner(Loop):
    """Deletes what is too old until it is told to stop; any number share one database."""

    name = "cleaner"

    async def _round(self) -> float:
        async with self._transaction() as tx:
            count = await deliveries.clean(tx, most=BATCH)
        if count == BATCH:
            return BREATH_SECONDS
        return PAUSE_SECONDS_MAX * self._random.uniform(0.7, 1.0)
