"""Events that repeat: when they take place.

A series happens first at its start and again as its rule says, at the same time of day on
the clock of its zone, whatever that clock does between. Instants are minutes since the
epoch, intervals half-open.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.rrule import LAST_DAY, Rule, Until, parse_rule
from slotkeeper.domain.zones import DAY, EPOCH_DAY, Zone, to_datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """An event that repeats.

    ``start`` and ``end`` are those of the first occurrence; all others last as long, or, when
    it is all-day, as many days. ``more`` are starts beside those of the rule (RDATE), and
    ``without`` are starts that do not count (EXDATE, and occurrences that were replaced).
    """

    start: int
    end: int
    all_day: bool
    zone: Zone
    rule: Rule | None
    more: tuple[int, ...] = ()
    without: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        assert self.start < self.end, self


def occurrences(series: Series, window: Interval) -> Iterator[Interval]:
    """Yield the occurrences that overlap ``window``, whole, by start, each start once.

    Cost follows the days of the window and the length of one occurrence, not the years since
    the series began. Nothing is worked out before it is asked for.
    """
    begin, end = window
    seen: int | None = None
    for start in heapq.merge(_starts(series, window), sorted(series.more)):
        if start >= end:
            return
        if start == seen or start in series.without:
            continue
        seen = start
        ends = _end(series, start)
        if ends > begin:
            yield start, ends


def rule_for_others(text: str, *, zone: Zone, all_day: bool) -> str:
    """Return an RRULE as calendar programs read it: how it ends is told as RFC 5545 wants it.

    UNTIL is in UTC where times are told in a zone, and a day where days are told (3.3.10); we
    understand it in other forms too.

    >>> from slotkeeper.domain.zones import find_zone
    >>> paris = find_zone("Europe/Paris")
    >>> rule_for_others("FREQ=DAILY;UNTIL=20300507", zone=paris, all_day=False)
    'FREQ=DAILY;UNTIL=20300507T215900Z'
    """
    until = parse_rule(text).until
    if until is None:
        return text
    last = _last_start(until, zone)
    form = "%Y%m%d" if all_day else "%Y%m%dT%H%M%SZ"
    moment = to_datetime(last + zone.offset_at(last) if all_day else last)
    parts = (each.partition("=")[0] for each in text.split(";"))
    return ";".join(
        f"UNTIL={moment.strftime(form)}" if name == "UNTIL" else part
        for name, part in zip(parts, text.split(";"), strict=True)
    )


def has_start(series: Series, start: int) -> bool:
    """Tell whether an occurrence begins at that very minute."""
    return any(found == start for found, _ in occurrences(series, (start, start + 1)))


def ends_by(series: Series) -> int | None:
    """Return an instant at which all occurrences are over, or None for an endless series.

    Where the rule has an UNTIL, the last occurrence may end earlier.
    """
    last = [series.start, *series.more]
    rule = series.rule
    if rule is not None and rule.until is not None:
        last.append(_last_start(rule.until, series.zone))
    elif rule is not None:
        if rule.count is None:
            return None
        first_day = series.zone.day_of(series.start)
        *_, last_day = rule.days(first_day, first_day, LAST_DAY)
        # Whatever the time of day, and with a clock that goes back, it begins before this.
        last.append(series.zone.day_start(last_day + 2))
    return max(_end(series, start) for start in last)


def _starts(series: Series, window: Interval) -> Iterator[int]:
    """Yield the starts by rule that may overlap the window, and some around it."""
    if series.rule is None:
        yield series.start
        return
    zone = series.zone
    day, wall = divmod(series.start + zone.offset_at(series.start), DAY)
    first_day = day + EPOCH_DAY
    until = series.rule.until
    last_start = _last_start(until, zone) if until is not None else None
    lasts = (series.end - series.start) // DAY + 2
    for each in series.rule.days(
        first_day, zone.day_of(window[0]) - lasts, zone.day_of(window[1]) + 1
    ):
        if each == first_day:
            # The clock may show this reading twice; what was given is what is meant.
            yield series.start
            continue
        if zone.day_start(each) == zone.day_start(each + 1):
            continue  # The zone skipped this day: Samoa had no 30 December 2011.
        start = zone.minute_of(each, wall, end=False)
        if last_start is not None and start > last_start:
            return
        yield start


def _end(series: Series, start: int) -> int:
    """Return when the occurrence that begins at ``start`` is over.

    RFC 5545, 3.8.5.3, gives each occurrence the exact length of the first; whole days follow
    the calendar.
    """
    if not series.all_day:
        return start + series.end - series.start
    zone = series.zone
    days = zone.day_of(series.end - 1) - zone.day_of(series.start) + 1
    return zone.day_start(zone.day_of(start) + days)


def _last_start(until: Until, zone: Zone) -> int:
    """Return the last minute at which an occurrence may begin."""
    if until.minutes is None:
        return zone.day_start(until.day + 1) - 1
    if until.is_utc:
        return (until.day - EPOCH_DAY) * DAY + until.minutes
    return zone.minute_of(until.day, until.minutes, end=True)
