"""The shapes of a constraint as time on a calendar: weekly, single dates, holidays, a period.

Each turns into intervals day by day on the clock of a zone, so that nine o'clock stays nine
o'clock when the clocks change.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from slotkeeper.domain.holidays import HolidayCalendar
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.phrases import parse_instant
from slotkeeper.domain.zones import DAY, Zone, minute_ceil, minute_floor, weekday

EVERY_DAY = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKEND = frozenset({5, 6})

_DAYS_BEFORE, _DAYS_AFTER = 2, 2
_AROUND = _DAYS_BEFORE + _DAYS_AFTER


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
        days = _days_of(window, zone)
        if self.weekdays != EVERY_DAY:
            return zone.spans(
                (day for day in days if weekday(day) in self.weekdays), self.start, self.end
            )
        return zone.spans(days, self.start, self.end)

    def pieces_at_most(self, days: int) -> int:
        """Return how many pieces reach into ``days`` whole days, at the very most."""
        return -(-(days + _AROUND) // 7) * len(self.weekdays)


@dataclass(frozen=True, slots=True)
class Dates:
    """The hours from ``start`` to ``end`` on single ``days``, which are sorted.

    The hours are those of ``Weekly``: past 1440 they lie on the next day.
    """

    days: tuple[int, ...]
    start: int = 0
    end: int = DAY
    zone: Zone | None = None

    def __post_init__(self) -> None:
        assert 0 <= self.start < DAY, self
        assert self.start < self.end <= self.start + DAY, self

    def intervals(self, window: Interval, zone: Zone) -> list[Interval]:
        """Return at least the pieces that reach into ``window``, sorted by start."""
        zone = self.zone or zone
        near = _days_of(window, zone)
        first, beyond = bisect_left(self.days, near.start), bisect_left(self.days, near.stop)
        return zone.spans(self.days[first:beyond], self.start, self.end)

    def pieces_at_most(self, days: int) -> int:
        """Return how many pieces reach into ``days`` whole days, at the very most."""
        return min(days + _AROUND, len(self.days))


@dataclass(frozen=True, slots=True)
class Holidays:
    """The holidays of a calendar, each from midnight to midnight."""

    calendar: HolidayCalendar
    zone: Zone | None = None

    def intervals(self, window: Interval, zone: Zone) -> list[Interval]:
        """Return at least the holidays that reach into ``window``, in order."""
        zone = self.zone or zone
        near = _days_of(window, zone)
        return zone.spans(self.calendar.days(near.start, near.stop), 0, DAY)

    def pieces_at_most(self, days: int) -> int:
        """Return how many pieces reach into ``days`` whole days, at the very most."""
        return days + _AROUND


@dataclass(frozen=True, slots=True)
class Reading:
    """What calendar and clock show: a day and the minutes since its midnight."""

    day: int
    wall_minutes: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """A moment in words, such as "tomorrow", counted from ``now`` on the clock of a zone.

    ``now`` is an instant in UTC; ``up`` rounds seconds up to the full minute, else down.
    ``input_format``, in PHP's letters, is one more way to write a moment.
    """

    words: str
    now: datetime
    up: bool = False
    input_format: str | None = None

    def minute(self, zone: Zone) -> int:
        """Return the instant; raise ``NotUnderstood`` for words that name none."""
        moment = parse_instant(
            self.words, now=self.now, zone=zone.info, input_format=self.input_format
        )
        return minute_ceil(moment) if self.up else minute_floor(moment)


Moment: TypeAlias = int | Reading | Spoken


@dataclass(frozen=True, slots=True)
class Period:
    """One stretch of time between two moments.

    A moment is an instant, or a reading or words to be looked up in ``zone`` or, without one,
    in the zone of the resource. In some zone they may leave no time between them.
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

    def pieces_at_most(self, days: int) -> int:
        """Return 1: however many ``days`` there are, it is one piece."""
        return 1


Rule: TypeAlias = Weekly | Dates | Holidays | Period


def _days_of(window: Interval, zone: Zone) -> range:
    """Return the days whose hours may reach into ``window``.

    A night begins on the day before, and where the zone skipped that one (Samoa), two days
    before. Where clocks go back over midnight (St John's), the wall may still show a day whose
    successor has begun.
    """
    return range(zone.day_of(window[0]) - _DAYS_BEFORE, zone.day_of(window[1]) + _DAYS_AFTER)


def _instant(moment: Moment, zone: Zone, *, end: bool) -> int:
    if isinstance(moment, int):
        return moment
    if isinstance(moment, Spoken):
        return moment.minute(zone)
    return zone.minute_of(moment.day, moment.wall_minutes, end=end)
