"""How many requests are too many: buckets that refill evenly."""

import re
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

SECONDS_OF = {"sec": 1, "min": 60, "hour": 3600, "day": 86_400}
"""The periods that a rate may name."""

COUNT_MAX = 1_000_000
"""The most requests that a rate may allow in its period."""

_RATE = re.compile(r"\s*([1-9][0-9]{0,6})\s*/\s*(sec|min|hour|day)\s*", re.ASCII)
_CALLERS_KEPT = 10_000
_CALLERS_MAX = 100_000
_MICRO = 1_000_000

Who = TypeVar("Who", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests in so many seconds."""

    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a request: how many more may come now, or how long to wait.

    ``wait`` is 0 for a request that was let through, else in seconds, at least 1.
    """

    left: int
    wait: int


def parse_rate(text: str) -> Rate:
    """Return the rate that ``text`` names; raises ValueError for any other text.

    >>> parse_rate("600/min")
    Rate(count=600, seconds=60)
    """
    found = _RATE.fullmatch(text)
    if found is None or int(found[1]) > COUNT_MAX:
        raise ValueError("should be a number and a period, such as 600/min (sec, min, hour, day)")
    return Rate(int(found[1]), SECONDS_OF[found[2]])


class Buckets(Generic[Who]):
    """Lets each caller do ``rate.count`` things at once, and one more as often as one refills.

    All that is kept of a caller is the instant at which its bucket will be full again, in units
    so small that they never need rounding: ``count`` of them to the microsecond. Of more than
    ``_CALLERS_MAX`` the half whose buckets are fullest is forgotten.
    """

    def __init__(self, rate: Rate) -> None:
        self._scale = rate.count
        self._one = rate.seconds * _MICRO
        self._all = self._one * rate.count
        self._full_at: dict[Who, int] = {}
        self._sweep_at = _CALLERS_KEPT

    def __len__(self) -> int:
        """Return of how many callers something is remembered."""
        return len(self._full_at)

    def look(self, caller: Who, now: int) -> Taken:
        """Tell what would become of a request at ``now``, in microseconds since the epoch."""
        missing = self._missing(caller, now)
        beyond = missing + self._one - self._all
        if beyond > 0:
            return Taken(0, -(-beyond // (self._scale * _MICRO)))
        return Taken(-beyond // self._one, 0)

    def take(self, caller: Who, now: int) -> None:
        """Let a request through."""
        if len(self._full_at) >= self._sweep_at:
            self._sweep(now)
        self._full_at[caller] = now * self._scale + self._missing(caller, now) + self._one

    def give_back(self, caller: Who, now: int) -> None:
        """Undo what ``take`` did for a request."""
        if caller in self._full_at:
            self._full_at[caller] = now * self._scale + self._missing(caller, now) - self._one

    def _sweep(self, now: int) -> None:
        """Forget whose bucket is full again; rarely, for it looks at everybody."""
        moment = now * self._scale
        left = {who: full for who, full in self._full_at.items() if full > moment}
        if len(left) > _CALLERS_MAX // 2:
            emptiest = sorted(left, key=left.__getitem__, reverse=True)[: _CALLERS_MAX // 2]
            left = {who: left[who] for who in emptiest}
        self._full_at = left
        self._sweep_at = max(_CALLERS_KEPT, 2 * len(left))

    def _missing(self, caller: Who, now: int) -> int:
        """Return how much is gone from a bucket; a clock that was put back empties none twice."""
        missing = self._full_at.get(caller, 0) - now * self._scale
        return min(max(missing, 0), self._all)
