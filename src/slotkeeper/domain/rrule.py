"""Rules of repetition: on which days a thing happens, in the words of RFC 5545.

A rule is about days alone; a day is its ordinal (``date.toordinal``). At what time of day it
happens, and in which zone, is up to whoever repeats.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.patterns import BLOCK_DAYS, Pattern, Weekday, days_in_block

TEXT_MAX = 500
"""The longest rule, in characters."""

COUNT_MAX = 5000
"""The most occurrences that a rule may count; one that goes on for longer needs no count."""

INTERVAL_MAX = 1000
"""The most days, weeks, months or years from one occurrence to the next."""

LAST_DAY = date(2200, 1, 1).toordinal()
"""Nothing repeats beyond this day: clocks are not known any longer."""

_COUNTED_DAYS_MAX = 36_525
_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?", re.ASCII)
_WEEKDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Until:
    """The last moment at which a thing may still begin.

    ``minutes`` after midnight, None for the whole day; a UTC clock shows them, or else that
    of the place.
    """

    day: int
    minutes: int | None
    is_utc: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule that was understood: its pattern, and how it ends, if it does."""

    pattern: Pattern
    count: int | None
    until: Until | None

    def days(self, start: int, first: int, last: int) -> Iterator[int]:
        """Yield the days from ``first`` to ``last``, both included, in their order.

        ``start`` is the day of the first occurrence, which counts whether or not the rule
        means it. How the rule ends by UNTIL is up to whoever knows the time of day.
        """
        last = min(last, LAST_DAY)
        if self.count is not None:
            last = min(last, _last_counted(self.pattern, start, self.count))
        if first <= start <= last:
            yield start
        first = max(first, start + 1)
        for block in range(first // BLOCK_DAYS, last // BLOCK_DAYS + 1):
            for day in days_in_block(self.pattern, start, block):
                if first <= day <= last:
                    yield day


def parse_rule(text: str) -> Rule:
    """Return the rule that an RRULE means; refuse, by the name ``rrule``, what is none.

    Any letter case, with or without ``RRULE:`` before it. An occurrence has a day, so rules
    that repeat within a day (HOURLY, BYHOUR and the like) are refused.

    >>> start = date(2030, 5, 6).toordinal()
    >>> rule = parse_rule("FREQ=WEEKLY;BYDAY=MO,TH;COUNT=3")
    >>> [date.fromordinal(day).day for day in rule.days(start, start, start + 30)]
    [6, 9, 13]
    """
    parts = _parts(text)
    name = parts.get("FREQ", "")
    if name not in _FREQUENCIES:
        raise _refusal("FREQ must be DAILY, WEEKLY, MONTHLY or YEARLY")
    _check(name, parts)
    until = parts.get("UNTIL")
    return Rule(
        pattern=Pattern(
            frequency=name,
            interval=_number("INTERVAL", parts.get("INTERVAL", "1"), 1, INTERVAL_MAX),
            week_start=_week_start(parts.get("WKST", "MO")),
            chosen=tuple(
                (part, frozenset(read(part, each) for each in parts[part].split(",")))
                for part, read in _CHOOSING.items()
                if part in parts
            ),
        ),
        count=_number("COUNT", parts["COUNT"], 1, COUNT_MAX) if "COUNT" in parts else None,
        until=_until(until) if until is not None else None,
    )


def rule_text(text: str) -> str | None:
    """Return an RRULE as it is stored, or None for an empty one; refuse what is none.

    >>> rule_text("rrule:freq=daily;count=3")
    'FREQ=DAILY;COUNT=3'
    """
    if not text.strip():
        return None
    parse_rule(text)
    return ";".join(f"{name}={value}" for name, value in _parts(text).items())


def _parts(text: str) -> Mapping[str, str]:
    """Return the parts of a rule by name, each known and there once."""
    if len(text) > TEXT_MAX:
        raise _refusal(f"it may not be longer than {TEXT_MAX} characters")
    parts: dict[str, str] = {}
    for part in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value:
            raise _refusal(f"{part[:40] or 'an empty part'} has not the form NAME=VALUE")
        if name not in _KNOWN:
            raise _refusal(f"{name[:40]} is not known; known are {', '.join(_KNOWN)}")
        if name in parts:
            raise _refusal(f"{name} is there twice")
        parts[name] = value
    return parts


def _check(frequency: str, parts: Mapping[str, str]) -> None:
    """Refuse parts that do not go together; the words are those of RFC 5545, 3.3.10."""
    if "COUNT" in parts and "UNTIL" in parts:
        raise _refusal("COUNT and UNTIL cannot both be there")
    for part, fitting in _ONLY_WITH.items():
        if part in parts and frequency not in fitting:
            raise _refusal(f"{part} cannot be used with FREQ={frequency}")
    if "BYSETPOS" in parts and not (parts.keys() & _CHOOSING.keys()) - {"BYSETPOS"}:
        raise _refusal("BYSETPOS needs another BY part to choose from")
    has_number = any(each.isdigit() for each in parts.get("BYDAY", ""))
    if has_number and (frequency in {"DAILY", "WEEKLY"} or "BYWEEKNO" in parts):
        raise _refusal("numbers in BYDAY count within a month or a year")


def _number(part: str, text: str, least: int, most: int) -> int:
    if not re.fullmatch(r"[+-]?[0-9]{1,6}", text) or not least <= int(text) <= most:
        raise _refusal(f"{part} must be a whole number from {least} to {most}")
    return int(text)


def _either_end(most: int) -> Callable[[str, str], int]:
    """Return what reads a number that counts from the beginning or, below 0, from the end."""

    def read(part: str, text: str) -> int:
        number = _number(part, text, -most, most)
        if number == 0:
            raise _refusal(f"{part} counts from 1")
        return number

    return read


def _weekday(part: str, text: str) -> Weekday:
    found = _WEEKDAY.fullmatch(text)
    if found is None:
        raise _refusal(f"{part} must hold days such as MO, 2TU or -1FR")
    return _WEEKDAYS.index(found[2]), _either_end(53)(part, found[1]) if found[1] else None


def _week_start(text: str) -> int:
    if text not in _WEEKDAYS:
        raise _refusal("WKST must be a day such as MO")
    return _WEEKDAYS.index(text)


def _until(text: str) -> Until:
    found = _UNTIL.fullmatch(text)
    try:
        if found is None:
            raise ValueError(text)
        year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
        moment = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  a reading
    except ValueError:
        raise _refusal("UNTIL must look like 20300507 or 20300507T090000Z") from None
    minutes = moment.hour * 60 + moment.minute if found[4] else None
    return Until(moment.toordinal(), minutes, is_utc=bool(found[7]))


def _refusal(why: str) -> InvalidInput:
    return InvalidInput.field("rrule", f"The rrule is not understood: {why}.")


_CHOOSING: Mapping[str, Callable[[str, str], Any]] = MappingProxyType(
    {
        "BYMONTH": lambda part, text: _number(part, text, 1, 12),
        "BYWEEKNO": _either_end(53),
        "BYYEARDAY": _either_end(366),
        "BYMONTHDAY": _either_end(31),
        "BYDAY": _weekday,
        "BYSETPOS": _either_end(366),
    }
)
_KNOWN = ("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", *_CHOOSING)
_ONLY_WITH: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "BYWEEKNO": frozenset({"YEARLY"}),
        "BYYEARDAY": frozenset({"YEARLY"}),
        "BYMONTHDAY": frozenset({"DAILY", "MONTHLY", "YEARLY"}),
    }
)


@lru_cache(maxsize=512)
def _last_counted(pattern: Pattern, start: int, count: int) -> int:
    """Return the day of the last of ``count`` occurrences, or of the last there is.

    A pattern may mean no day ever (30 February), so the search ends after a hundred years.
    """
    end = min(start + _COUNTED_DAYS_MAX, LAST_DAY)
    last = start
    left = count - 1
    for day in Rule(pattern=pattern, count=None, until=None).days(start, start + 1, end):
        if not left:
            break
        last = day
        left -= 1
    return last
