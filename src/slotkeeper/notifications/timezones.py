"""Clocks of places as calendar files describe them (VTIMEZONE, RFC 5545, 3.6.5).

Programs believe this description, whatever they know of the zone themselves, so it is made of
the same tz database as every answer about time.
"""

from __future__ import annotations

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from slotkeeper.domain.zones import DAY, EPOCH, EPOCH_DAY, Zone, to_datetime

YEARS_AHEAD = 12
"""For how long a description is right that must last, where the zone follows no yearly rule."""

_STEP = 3 * DAY
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class _Change:
    """The clocks change at ``onset``: what they show then, and how far they are from UTC.

    ``wall`` is a reading of the clock as it was before, as the RFC counts it.
    """

    onset: int
    wall: datetime
    before: int
    after: int
    is_summer: bool
    name: str

    @property
    def kind(self) -> tuple[int, int, bool, str]:
        """Return what changes of the same sort have in common."""
        return self.before, self.after, self.is_summer, self.name


def timezone(zone: Zone, start_at: datetime, end_at: datetime | None) -> list[str]:
    """Return the lines that describe the clock of ``zone`` from one instant to another.

    Without ``end_at`` it is for what goes on: for ever where the clocks change by a yearly
    rule, else for ``YEARS_AHEAD`` years.
    """
    last_year = None if end_at is None else end_at.year
    return list(_described(zone, start_at.year, last_year))


# Looking for the changes of a zone takes some milliseconds; one description serves a year.
@lru_cache(maxsize=256)
def _described(zone: Zone, first_year: int, last_year: int | None) -> tuple[str, ...]:
    begin, far = _year_start(first_year - 1), _year_start(first_year + YEARS_AHEAD)
    changes = list(_changes(zone, begin, far))
    end = far if last_year is None else _year_start(last_year + 1) + DAY
    observances = _yearly(changes) or [
        *_observance(_standing(zone, begin)),
        *(line for each in changes if each.onset < end for line in _observance(each)),
    ]
    return ("BEGIN:VTIMEZONE", f"TZID:{zone.name}", *observances, "END:VTIMEZONE")


def _year_start(year: int) -> int:
    """Return when a year begins in UTC, within the years that a calendar has."""
    return (date(min(max(year, 1), 9999), 1, 1).toordinal() - EPOCH_DAY) * DAY


def _observance(change: _Change, rule: str | None = None) -> Iterator[str]:
    kind = "DAYLIGHT" if change.is_summer else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{change.wall:%Y%m%dT%H%M%S}"
    yield f"TZOFFSETFROM:{_offset(change.before)}"
    yield f"TZOFFSETTO:{_offset(change.after)}"
    if rule:
        yield f"RRULE:{rule}"
    yield f"TZNAME:{change.name}"
    yield f"END:{kind}"


def _yearly(changes: Sequence[_Change]) -> list[str]:
    """Return two observances that repeat each year, or nothing where that says not all.

    Programs that know zones by their rules only understand no other description.
    """
    kinds: defaultdict[tuple[int, int, bool, str], list[_Change]] = defaultdict(list)
    for each in changes:
        kinds[each.kind].append(each)
    if len(kinds) != 2 or any(len(each) < YEARS_AHEAD for each in kinds.values()):
        return []
    found: list[str] = []
    for same in kinds.values():
        years = [each.wall.year for each in same]
        rule = _rule([each.wall for each in same])
        if rule is None or years != list(range(years[0], years[0] + len(years))):
            return []
        found.extend(_observance(same[0], rule))
    return found


def _rule(walls: Sequence[datetime]) -> str | None:
    """Return the rule by which one reading a year is chosen, None where there is none."""
    first = walls[0]
    fixed = {(each.month, each.weekday(), each.time()) for each in walls}
    if len(fixed) != 1:
        return None
    weeks = {(each.day - 1) // 7 + 1 for each in walls}
    if all(each.day + 7 > monthrange(each.year, each.month)[1] for each in walls):
        weeks = {-1}
    if len(weeks) != 1:
        return None
    return f"FREQ=YEARLY;BYMONTH={first.month};BYDAY={weeks.pop()}{_WEEKDAYS[first.weekday()]}"


def _standing(zone: Zone, minute: int) -> _Change:
    """Return what the clock is at the beginning of a description, as a change from itself."""
    return _change(zone, minute, zone.offset_at(minute))


def _changes(zone: Zone, begin: int, end: int) -> Iterator[_Change]:
    """Yield the changes of clocks after ``begin`` and before ``end``, in order.

    No zone changes its clocks and changes them back within one step.
    """
    before = zone.offset_at(begin)
    for high in range(begin + _STEP, end + _STEP, _STEP):
        after = zone.offset_at(high)
        if after == before:
            continue
        yield _change(zone, _onset(zone, high - _STEP, high, before), before)
        before = after


def _onset(zone: Zone, low: int, high: int, before: int) -> int:
    """Return the first minute whose offset is not ``before``; it is so at low, not at high."""
    while high - low > 1:
        middle = (low + high) // 2
        if zone.offset_at(middle) == before:
            low = middle
        else:
            high = middle
    return high


def _change(zone: Zone, onset: int, before: int) -> _Change:
    local = to_datetime(onset).astimezone(zone.info)
    return _Change(
        onset=onset,
        wall=(EPOCH + timedelta(minutes=onset + before)).replace(tzinfo=None),
        before=before,
        after=zone.offset_at(onset),
        is_summer=bool(local.dst()),
        name=local.tzname() or zone.name,
    )


def _offset(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"
