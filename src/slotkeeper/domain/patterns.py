"""Patterns of days: every second Tuesday, the last weekday of a month, week 20 of a year.

Days are worked out a block at a time, from the period that the block begins in: a pattern
that has run for years costs no more than a new one, and one that means no day at all (30
February) no more than any other. The rrule of dateutil goes through all years there are in
that case, a minute for one such rule; anyone may send one.
"""

from __future__ import annotations

from calendar import isleap, monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from slotkeeper.domain.zones import weekday

BLOCK_DAYS = 128
"""How many days are worked out, and remembered, at a time."""

Weekday = tuple[int, int | None]
"""A day of the week, Monday = 0, and which one of its month or year; None is each of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """Which days a rule chooses, endlessly; ``chosen`` holds the values of its BY parts."""

    frequency: str
    interval: int
    week_start: int
    chosen: tuple[tuple[str, frozenset[Any]], ...]


# Nothing in this cache can be stale: its values follow from its keys alone. Blocks are short,
# so it stays below some twenty megabytes.
@lru_cache(maxsize=4096)
def days_in_block(pattern: Pattern, start: int, block: int) -> tuple[int, ...]:
    """Return the days of one block after ``start``, the day of the first occurrence."""
    first = max(block * BLOCK_DAYS, start + 1)
    last = (block + 1) * BLOCK_DAYS - 1
    asked = _asked(pattern, date.fromordinal(start))
    places = asked.pop("BYSETPOS", None)
    found: list[int] = []
    for period in _periods(pattern, start, first, last):
        days = [day for day in period if _is_meant(date.fromordinal(day), asked, pattern)]
        if places is not None:
            days = [
                day
                for place, day in enumerate(days)
                if place + 1 in places or place - len(days) in places
            ]
        found += days
    return tuple(day for day in found if first <= day <= last)


def _periods(pattern: Pattern, start: int, first: int, last: int) -> Iterator[range]:
    """Yield the days of each period that the rule is about, from the one around ``first`` on.

    A period is a day, week, month or year as the frequency says, whole, because BYSETPOS
    counts from its beginning. They are counted from the one of ``start``: with an interval of
    two, it is every other one.
    """
    interval = pattern.interval
    match pattern.frequency:
        case "DAILY":
            near = first - (first - start) % interval
            yield from (range(day, day + 1) for day in range(near, last + 1, interval))
        case "WEEKLY":
            begins = start - (weekday(start) - pattern.week_start) % 7
            near = first - (first - begins) % (7 * interval)
            yield from (range(day, day + 7) for day in range(near, last + 1, 7 * interval))
        case "MONTHLY":
            month = _months(first) - (_months(first) - _months(start)) % interval
            while (begins := _month_start(month)) <= last:
                yield range(begins, _month_start(month + 1))
                month += interval
        case _:
            year = _months(first) // 12
            year -= (year - _months(start) // 12) % interval
            while (begins := _month_start(12 * year)) <= last:
                yield range(begins, _month_start(12 * (year + 1)))
                year += interval


def _months(day: int) -> int:
    """Return how many months begin before the one of ``day``, from the year 0 on."""
    on = date.fromordinal(day)
    return on.year * 12 + on.month - 1


def _month_start(months: int) -> int:
    return date(months // 12, months % 12 + 1, 1).toordinal()


def _asked(pattern: Pattern, start: date) -> dict[str, frozenset[Any]]:
    """Return the BY parts; what the rule leaves open is as on the day of the start."""
    asked = dict(pattern.chosen)
    if asked.keys() & {"BYDAY", "BYYEARDAY", "BYMONTHDAY"}:
        return asked
    if pattern.frequency == "WEEKLY" or "BYWEEKNO" in asked:
        asked["BYDAY"] = frozenset({(start.weekday(), None)})
    elif pattern.frequency != "DAILY":
        asked["BYMONTHDAY"] = frozenset({start.day})
        if pattern.frequency == "YEARLY":
            asked.setdefault("BYMONTH", frozenset({start.month}))
    return asked


def _is_meant(day: date, asked: Mapping[str, frozenset[Any]], pattern: Pattern) -> bool:
    """Tell whether every BY part has one of the names of the day among its values."""
    for part, wanted in asked.items():
        match part:
            case "BYMONTH":
                names: tuple[Any, ...] = (day.month,)
            case "BYMONTHDAY":
                names = _from_either_end(*_in_month(day))
            case "BYYEARDAY":
                names = _from_either_end(*_in_year(day))
            case "BYWEEKNO":
                names = _from_either_end(*_week(day, pattern.week_start))
            case _:
                in_month = pattern.frequency == "MONTHLY" or "BYMONTH" in asked
                names = _weekday_names(day, *(_in_month(day) if in_month else _in_year(day)))
        if wanted.isdisjoint(names):
            return False
    return True


def _in_month(day: date) -> tuple[int, int]:
    """Return which day of its month it is, and how many the month has."""
    return day.day, monthrange(day.year, day.month)[1]


def _in_year(day: date) -> tuple[int, int]:
    """Return which day of its year it is, and how many the year has."""
    return day.toordinal() - _month_start(12 * day.year) + 1, 365 + isleap(day.year)


def _week(day: date, week_start: int) -> tuple[int, int]:
    """Return which week of its year the day is in, and how many weeks that year has.

    A week belongs to the year that has most of its days, so to that of its fourth.
    """
    fourth = day.toordinal() - (day.weekday() - week_start) % 7 + 3
    year = date.fromordinal(fourth).year
    first, end = _month_start(12 * year), _month_start(12 * (year + 1))
    return (fourth - first) // 7 + 1, (fourth - first) // 7 + (end - 1 - fourth) // 7 + 1


def _from_either_end(number: int, count: int) -> tuple[int, int]:
    return number, number - count - 1


def _weekday_names(day: date, number: int, count: int) -> tuple[Weekday, ...]:
    """Return what BYDAY may call a day: MO, and 2MO or -1MO of its month or year."""
    on = day.weekday()
    return (on, None), (on, (number + 6) // 7), (on, -((count - number) // 7) - 1)
