"""The two shapes of a constraint, a weekly one and a single period, as time on a calendar.

Each turns into intervals day by day on the clock of a zone, so that nine o'clock stays nine
o'clock when the clocks change.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import DAY, Zone, weekday

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})


@dataclass(frozen=True, slots=True)
class Weekly:
    """The hours from ``start`` to ``end`` on some days of the week, without end.

    Both are clock readings in minutes since midnight. An ``end`` past 1440 lies on the next
    day, and that piece still belongs to the day on which it starts. ``zone`` replaces that of
    the resource.
    """

    weekdays: frozenset[int] = EVERY_DAY
    start: int = 0
    end: int = DAY
    zone: Zone | None = None

    def __post_init__(self) -> None:
        assert 0 <= self.start < DAY, self
        assert self.start < self.end <= self.start + DAY, self

    def intervals(self, window: Interval, zone: Zone) -> list[Interval]:
        """Return at least the pieces that reach into ``window``, sorted by start."""
        zone = self.zone or zone
        # A night begins on the day before, and where the zone skipped that one (Samoa), two
        # days before. Where clocks go back over midnight (St John's), the wall may still show
        # a day whose successor has begun.
        days = range(zone.day_of(window[0]) - 2, zone.day_of(window[1]) + 2)
        if self.weekdays != EVERY_DAY:
            return zone.spans(
                (day for day in days if weekday(day) in self.weekdays), self.start, self.end
            )
        return zone.spans(days, self.start, self.end)


@dataclass(frozen=True, slots=True)
class Reading:
    """What calendar and clock show: a day and the minutes since its midnight."""

    day: int
    wall_minutes: int


Moment: TypeAlias = int | Reading


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time between two moments.

    A moment is an instant, or a reading to be looked up in ``zone`` or, without one, in the
    zone of the resource. In some zone the readings may leave no time between them.
    """

    start: Moment
    end: Moment
    zone: Zone | None = None

    def intervals(self, window: Interval, zone: Zone) -> list[Interval]:
        """Return the period if it reaches into ``window``."""
        zone = self.zone or zone
        start = _instant(self.start, zone, end=False)
        end = _instant(self.end, zone, end=True)
        return [(start, end)] if start < window[1] and window[0] < end and start < end else []


Rule: TypeAlias = Weekly | Period


def _instant(moment: Moment, zone: Zone, *, end: bool) -> int:
    if isinstance(moment, int):
        return moment
    return zone.minute_of(moment.day, moment.wall_minutes, end=end)
