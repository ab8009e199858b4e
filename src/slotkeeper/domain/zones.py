"""Wall-clock time to instants and back: the only door between the two.

An instant is a number of minutes since 1970-01-01T00:00Z. A wall-clock reading is a day,
as its ordinal (``date.toordinal``), and the minutes that the clock shows since midnight.

Everything here follows from one function of an instant, ``Zone.offset_at``. Offsets are
whole minutes: the few of the past that had seconds (Monrovia until 1972) are rounded to the
nearest. Before March 1900 and after 2200 a zone keeps the offset it has there, so that no date,
however far, fails.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo, available_timezones

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.interval import Interval

DAY = 1440
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DAY = date(1970, 1, 1).toordinal()
EARLIEST_MINUTE = (date(1, 1, 3).toordinal() - EPOCH_DAY) * DAY
LATEST_MINUTE = (date(9999, 12, 29).toordinal() - EPOCH_DAY) * DAY

_MINUTE = timedelta(minutes=1)
_FIRST_KNOWN_DAY = date(1900, 3, 1).toordinal()
_LAST_KNOWN_DAY = date(2200, 1, 1).toordinal()
# Six months are asked about at most, so a zone rarely needs more; 600 zones of this many
# days stay below 50 MB.
_REMEMBERED_DAYS_MAX = 800
_CLOCK = [f"{hour:02}:{minute:02}:00" for hour in range(24) for minute in range(60)]
# Names that a tz database on disk may list, and that say where the machine is or nothing.
_NOT_PLACES = frozenset({"localtime", "posixrules", "Factory"})


class Zone:
    """The clock of one place: ``name`` as the tz database spells it, ``info`` its rules."""

    __slots__ = ("_steady", "info", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self.info = ZoneInfo(name)
        self._steady: dict[int, int | None] = {}

    def __repr__(self) -> str:
        return f"Zone({self.name!r})"

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return find_zone, (self.name,)

    def offset_at(self, minute: int) -> int:
        """Return how many minutes the clock is ahead of UTC at that instant.

        >>> find_zone("Asia/Kathmandu").offset_at(0)
        330
        """
        steady = self._steady_offset(minute // DAY + EPOCH_DAY)
        return self._exact_offset(minute) if steady is None else steady

    def day_of(self, minute: int) -> int:
        """Return the day that the calendar on the wall shows at that instant."""
        return (minute + self.offset_at(minute)) // DAY + EPOCH_DAY

    def day_start(self, day: int) -> int:
        """Return the first instant of ``day``, its first midnight.

        Where the clocks jump over midnight, it is the first instant after the jump. A day
        that the zone skipped (Samoa, 2011-12-30) starts where the next one does.
        """
        midnight = (day - EPOCH_DAY) * DAY
        steady = self._steady_offset(day)
        if steady is not None:
            return midnight - steady
        before, after = self._offsets_of_reading(day, 0)
        if before >= after:
            return midnight - before
        # Midnight lies in a gap; the jump is the first instant with the later offset.
        gap = range(midnight - after, midnight - before)
        return gap.start + bisect_left(
            gap, True, key=lambda minute: self._exact_offset(minute) == after
        )

    def minute_of(self, day: int, wall_minutes: int, *, end: bool) -> int:
        """Return the instant at which the clock shows ``wall_minutes`` after midnight.

        A reading that never occurs moves forward by the length of the gap. One that occurs
        twice means the first time, or with ``end`` the last: so what runs from one reading to
        another has both halves of a repeated hour. 0 is the start of the day, 1440 that of
        the next day.

        >>> paris, day = find_zone("Europe/Paris"), date(2030, 3, 31).toordinal()
        >>> to_datetime(paris.minute_of(day, 150, end=False)).isoformat()
        '2030-03-31T01:30:00+00:00'
        """
        steady = self._steady_offset(day)
        if steady is not None and wall_minutes < DAY:
            return (day - EPOCH_DAY) * DAY + wall_minutes - steady
        if wall_minutes % DAY == 0:
            return self.day_start(day + wall_minutes // DAY)
        before, after = self._offsets_of_reading(day, wall_minutes)
        reading = (day - EPOCH_DAY) * DAY + wall_minutes
        return reading - min(before, after) if end else reading - before

    def spans(self, days: Iterable[int], start: int, end: int) -> list[Interval]:
        """Return the time between two readings on each of ``days``, in their order.

        ``end`` may pass 1440 and then belongs to the next day. A day that the zone skipped
        has no time; a span that a gap swallowed is left out.
        """
        spans = []
        known = self._steady.get
        for day in days:
            steady = known(day)
            if steady is None:
                steady = self._steady_offset(day)
            if steady is not None and end <= DAY:
                midnight = (day - EPOCH_DAY) * DAY - steady
                spans.append((midnight + start, midnight + end))
            elif self.day_start(day) < self.day_start(day + 1):
                begins = self.minute_of(day, start, end=False)
                late = end > DAY
                ends = self.minute_of(day + late, end - late * DAY, end=True)
                if begins < ends:
                    spans.append((begins, ends))
        return spans

    def iso(self, minute: int) -> str:
        """Return the instant as the clock shows it, with its offset and never a ``Z``.

        >>> find_zone("Europe/Paris").iso(0)
        '1970-01-01T01:00:00+01:00'
        """
        minute = min(max(minute, EARLIEST_MINUTE), LATEST_MINUTE)
        offset = self.offset_at(minute)
        day, reading = divmod(minute + offset, DAY)
        return _date_text(day + EPOCH_DAY) + _CLOCK[reading] + _offset_text(offset)

    def _steady_offset(self, day: int) -> int | None:
        """Return the offset if it is one all day, in UTC and in the zone, else ``None``.

        The three days around it are looked at through their ends: in the whole tz database
        no zone changes its clocks and changes them back within less than 3.98 days.
        """
        try:
            return self._steady[day]
        except KeyError:
            first = (day - EPOCH_DAY - 1) * DAY
            offset = self._exact_offset(first)
            steady = offset if offset == self._exact_offset(first + 3 * DAY) else None
            if len(self._steady) >= _REMEMBERED_DAYS_MAX:
                self._steady.clear()
            self._steady[day] = steady
            return steady

    def _exact_offset(self, minute: int) -> int:
        """Return the offset at an instant from the tz database."""
        known = min(
            max(minute, (_FIRST_KNOWN_DAY - EPOCH_DAY) * DAY), (_LAST_KNOWN_DAY - EPOCH_DAY) * DAY
        )
        return _whole_minutes((EPOCH + known * _MINUTE).astimezone(self.info).utcoffset())

    def _offsets_of_reading(self, day: int, wall_minutes: int) -> tuple[int, int]:
        """Return the offsets before and after the change of clocks that a reading is in.

        They differ only in a gap (the second is larger) and in a repeated hour (the second is
        smaller).
        """
        known = min(max(day, _FIRST_KNOWN_DAY), _LAST_KNOWN_DAY)
        reading = datetime.fromordinal(known) + wall_minutes * _MINUTE
        first, second = (reading.replace(tzinfo=self.info, fold=fold) for fold in (0, 1))
        return _whole_minutes(first.utcoffset()), _whole_minutes(second.utcoffset())


def find_zone(name: str) -> Zone:
    """Return the zone of that name, in any letter case; old names are zones too.

    >>> find_zone("america/los_angeles").name
    'America/Los_Angeles'
    """
    key = _spellings().get(name.casefold())
    if key is None:
        raise UnknownZone(f"{name} is not a valid zone")
    return _zone(key)


def weekday(day: int) -> int:
    """Return the day of the week, Monday = 0."""
    return (day + 6) % 7


def minute_floor(moment: datetime) -> int:
    """Return the last whole minute that is not after ``moment``."""
    assert moment.tzinfo is not None, moment
    return (moment - EPOCH) // _MINUTE


def minute_ceil(moment: datetime) -> int:
    """Return the first whole minute that is not before ``moment``."""
    assert moment.tzinfo is not None, moment
    return -((EPOCH - moment) // _MINUTE)


def to_datetime(minute: int) -> datetime:
    """Return the instant in UTC; beyond the years 1 to 9999, the nearest there is.

    >>> to_datetime(61).isoformat()
    '1970-01-01T01:01:00+00:00'
    """
    return EPOCH + min(max(minute, EARLIEST_MINUTE), LATEST_MINUTE) * _MINUTE


@cache
def _spellings() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones() - _NOT_PLACES}


@cache
def _zone(key: str) -> Zone:
    return Zone(key)


@lru_cache(maxsize=2048)
def _date_text(day: int) -> str:
    return date.fromordinal(day).isoformat() + "T"


@cache
def _offset_text(offset: int) -> str:
    hours, minutes = divmod(abs(offset), 60)
    return f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}"


def _whole_minutes(offset: timedelta | None) -> int:
    assert offset is not None, "every zone of the tz database has an offset"
    return round(offset / _MINUTE)
