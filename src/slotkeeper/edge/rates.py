"""The limit on requests of an app, where the operator has set one."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from slotkeeper.domain.rates import Buckets, Rate, Taken, parse_rate
from slotkeeper.settings import Settings

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class RateLimiter:
    """Counts the requests of each app in this process.

    Apps in test mode must keep to the rates of all apps and to their own.
    """

    def __init__(self, *, every: Rate | None, test: Rate | None) -> None:
        self._every = [Buckets(every)] if every else []
        self._test = [*self._every, Buckets(test)] if test else self._every

    def take(self, app_id: UUID, *, test_mode: bool, now: datetime) -> Taken | None:
        """Let a request through or not; None where nothing limits the app.

        What is not let through uses nothing up.
        """
        buckets = self._test if test_mode else self._every
        if not buckets:
            return None
        micro = (now - _EPOCH) // timedelta(microseconds=1)
        seen = [each.look(app_id, micro) for each in buckets]
        wait = max(each.wait for each in seen)
        if not wait:
            for each in buckets:
                each.take(app_id, micro)
        return Taken(min(each.left for each in seen), wait)


def rate_limiter(settings: Settings) -> RateLimiter | None:
    """Return what the settings ask for, None where they set no limit."""
    every, test = settings.rate_limit, settings.rate_limit_test
    if not (every or test):
        return None
    return RateLimiter(
        every=parse_rate(every) if every else None, test=parse_rate(test) if test else None
    )
