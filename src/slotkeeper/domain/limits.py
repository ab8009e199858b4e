"""Limits: how many bookings may start in a day, a week, a month or a year.

Those of projects are our own; the API documentation of the original knows those of apps. A day
is one of the calendar of a zone, from its first midnight to that of the next; a week begins on
Monday.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import Zone, weekday


class Unit(StrEnum):
    """The stretch of the calendar in which bookings are counted; the names are the API's."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


OF_PROJECTS = (Unit.DAY, Unit.WEEK, Unit.MONTH)
"""The units that projects and searches know; apps know the year too."""

Caps = Mapping[Unit, int]
"""The most bookings that may start in one of each unit; a unit left out has no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What fills a period: all bookings of a resource, or those of a project over all."""

    resource: Caps = field(default_factory=dict)
    project: Caps = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppLimits:
    """What an app allows each of its resources, and each customer, in all of it."""

    resource: Caps = field(default_factory=dict)
    customer: Caps = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether there is any limit."""
        return bool(self.resource or self.customer)


class Full(NamedTuple):
    """The period [start, end) in which as many bookings start as may."""

    start: int
    end: int
    unit: Unit


def full_periods(caps: Caps, starts: Sequence[int], zone: Zone, window: Interval) -> list[Full]:
    """Return the periods reaching into ``window`` that are full, whole, in the order of ``caps``.

    ``starts`` are those of the bookings that count, in any order; they must be complete over
    ``counted_window``. A booking counts in the period in which it starts, however long it is.
    Costs n log n in the bookings, and a look at each period only where some may be full.
    """
    ordered = sorted(starts)
    return [
        Full(start, end, unit)
        for unit, most in caps.items()
        if len(ordered) >= most
        for start, end in periods(unit, zone, window)
        if bisect_left(ordered, end) - bisect_left(ordered, start) >= most
    ]


def strictest(one: Caps, other: Caps) -> Caps:
    """Return the caps that hold where both must.

    >>> strictest({Unit.DAY: 8}, {Unit.DAY: 5, Unit.WEEK: 9}) == {Unit.DAY: 5, Unit.WEEK: 9}
    True
    """
    return {
        unit: min(caps[unit] for caps in (one, other) if unit in caps)
        for unit in Unit
        if unit in one or unit in other
    }


def counted_window(caps: Caps, zone: Zone, window: Interval) -> Interval:
    """Return ``window``, widened to the whole periods that ``caps`` count in."""
    start, end = window
    for unit in caps:
        reached = periods(unit, zone, window)
        if reached:
            start, end = min(start, reached[0][0]), max(end, reached[-1][1])
    return start, end


def periods(unit: Unit, zone: Zone, window: Interval) -> list[Interval]:
    """Return the periods that reach into ``window``, whole and in order, none left out.

    >>> from slotkeeper.domain.zones import find_zone
    >>> periods(Unit.DAY, find_zone("UTC"), (1439, 1441))
    [(0, 1440), (1440, 2880)]
    """
    if window[0] >= window[1]:
        return []
    found: list[Interval] = []
    days = _first_days(unit, zone.day_of(window[0]))
    start = zone.day_start(next(days))
    while start < window[1]:
        end = zone.day_start(next(days))
        # A day that the zone skipped is empty. Where clocks went back over midnight, the
        # wall still shows a day whose successor has begun.
        if start < end and window[0] < end:
            found.append((start, end))
        start = end
    return found


def parse_limits(value: object, *, path: str = "limits") -> Limits:
    """Return the limits that a JSON object describes, or refuse all that is wrong in it.

    Null stands for "none" on every floor, and ``[]`` for ``{}``, as PHP writes it. Numbers
    may be text. A name that is not known is refused: a limit misspelled would not be held.

    >>> parse_limits({"resource": {"day": 8, "week": None}}).resource[Unit.DAY]
    8
    """
    errors: dict[str, list[str]] = {}
    given = _members(value, path, ("resource", "project"), errors)
    resource, project = (
        _caps(given.get(scope), f"{path}.{scope}", errors) for scope in ("resource", "project")
    )
    if errors:
        raise InvalidInput(errors)
    return Limits(resource=resource, project=project)


def _caps(value: object, path: str, errors: dict[str, list[str]]) -> Caps:
    caps: dict[Unit, int] = {}
    for name, most in _members(value, path, OF_PROJECTS, errors).items():
        number = _number(most)
        if number is None:
            errors[f"{path}.{name}"] = [f"The {path}.{name} must be a whole number from 1."]
        else:
            caps[Unit(name)] = number
    return caps


def _members(
    value: object, path: str, known: Sequence[str], errors: dict[str, list[str]]
) -> dict[str, object]:
    """Return the members of an object that are not null; refuse unknown names."""
    if value is None or value in ("", []):
        return {}
    if not isinstance(value, Mapping):
        errors[path] = [f"The {path} must be an object."]
        return {}
    given = {str(name): member for name, member in value.items() if member is not None}
    for name in given.keys() - set(known):
        names = ", ".join(known)
        errors[f"{path}.{name[:60]}"] = [f"The {path} may only hold {names}."]
        del given[name]
    return given


def _number(value: object) -> int | None:
    """Return a whole number of at least 1, also from its digits, or None."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < _DIGITS_MAX:
        value = int(value)
    return value if isinstance(value, int) and value is not True and value >= 1 else None


_DIGITS_MAX = 10


def _first_days(unit: Unit, day: int) -> Iterator[int]:
    """Yield the first day of the period that ``day`` is in, then those of all that follow."""
    first = _first_day(unit, day)
    while True:
        yield first
        first = _next_first(unit, first)


def _first_day(unit: Unit, day: int) -> int:
    match unit:
        case Unit.DAY:
            return day
        case Unit.WEEK:
            return day - weekday(day)
        case Unit.MONTH:
            return date.fromordinal(day).replace(day=1).toordinal()
        case Unit.YEAR:
            return date.fromordinal(day).replace(month=1, day=1).toordinal()


def _next_first(unit: Unit, first: int) -> int:
    match unit:
        case Unit.DAY:
            return first + 1
        case Unit.WEEK:
            return first + 7
        case Unit.MONTH:
            return _first_day(unit, first + 31)
        case Unit.YEAR:
            return _first_day(unit, first + 366)
