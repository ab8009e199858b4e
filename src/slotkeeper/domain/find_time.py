"""What the older find-time routes are asked, and the slots that answer them.

Everybody named must be free at once. The keys and their meanings are those of the API
documentation of findtime, which knows no opening hours of resources: only filters and busy
time count.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import TypeVar

from slotkeeper.domain.availability import Search
from slotkeeper.domain.durations import parse_duration
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval, Timeline, pad, subtract
from slotkeeper.domain.phrases import NotUnderstood, is_relative, parse_instant
from slotkeeper.domain.slot_policy import HORIZON, PAST_MINUTES_MAX, is_true
from slotkeeper.domain.slots import cut
from slotkeeper.domain.zones import Zone, minute_ceil

GRID_MINUTES = 15
"""Where slots may start when all solutions are asked for, and where a phrase starts."""

DEFAULTS: Mapping[str, object] = {
    "start": "now",
    "future": "4 weeks",
    "length": "1 hour",
    "buffer": 0,
    "sort": "asc",
}

_Value = TypeVar("_Value")


class Order(StrEnum):
    """In which order the slots come."""

    ASC = "asc"
    DESC = "desc"


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTime:
    """A search for time, understood: minutes since the epoch and whole minutes.

    ``all_solutions`` wants a slot at every quarter of an hour instead of one after the other;
    ``no_day_span`` wants none that reaches into another day.
    """

    search: Search
    order: Order
    ignore_all_day_events: bool
    all_solutions: bool
    no_day_span: bool


def find_time(
    settings: Mapping[str, object],
    *,
    now: datetime,
    zone: Zone,
    input_format: str | None = None,
) -> FindTime:
    """Understand the ``settings`` of a request, or refuse them with every field that is wrong.

    Null means "not given". ``start`` and ``future`` are both counted from ``now``, on the
    clock of ``zone``; a start that is a phrase is rounded up to the quarter of an hour.
    Nothing is found that starts before ``now``.
    """
    given = {**DEFAULTS, **{key: value for key, value in settings.items() if value is not None}}
    errors: dict[str, list[str]] = {}

    def instant(field: str) -> datetime:
        text = str(given[field])
        return parse_instant(text, now=now, zone=zone.info, input_format=input_format)

    length = _read(errors, "length", 1, lambda: _minutes(given["length"], least=1))
    buffer = _read(errors, "buffer", 0, lambda: _minutes(given["buffer"] or 0, least=0))
    order = _read(errors, "sort", Order.ASC, lambda: Order(str(given["sort"]).lower()))
    start = _read(errors, "start", now, lambda: instant("start"))
    end = _read(errors, "future", now, lambda: instant("future"))
    if not errors and end < start:
        errors["future"] = ["The future must be a date after start."]
    elif not errors and end > parse_instant(HORIZON, now=now, zone=zone.info):
        errors["future"] = [f"The future may not be more than {HORIZON} from now."]
    if errors:
        raise InvalidInput(errors)

    first = max(minute_ceil(start), minute_ceil(now) - PAST_MINUTES_MAX)
    if is_relative(str(given["start"])):
        first = _on_grid(first, zone)
    search = Search(
        window=(first, max(minute_ceil(end), first)),
        length=length,
        step=GRID_MINUTES if is_true(given.get("all_solutions")) else None,
        buffer_before=buffer,
        buffer_after=buffer,
        earliest=minute_ceil(now),
    )
    return FindTime(
        search=search,
        order=order,
        ignore_all_day_events=is_true(given.get("ignore_all_day_events")),
        all_solutions=is_true(given.get("all_solutions")),
        no_day_span=is_true(given.get("no_day_span")),
    )


def times(
    wanted: FindTime, open_time: Sequence[Interval], busy: Iterable[Interval], zone: Zone
) -> list[Interval]:
    """Return every slot within ``open_time`` that touches nobody's ``busy`` time.

    ``busy`` is that of everybody together, in any order. ``zone`` says where days begin and
    quarters of an hour lie.
    """
    search = wanted.search
    kept_free = pad(busy, before=search.buffer_after, after=search.buffer_before)
    free = subtract(open_time, kept_free)
    if wanted.no_day_span:
        free = [piece for interval in free for piece in _by_day(interval, zone)]
    if wanted.all_solutions:
        free = [(_on_grid(start, zone), end) for start, end in free]
    found = sorted(cut(free, search))
    return found[::-1] if wanted.order is Order.DESC else found


def _by_day(interval: Interval, zone: Zone) -> Timeline:
    """Return the pieces of an interval on each day of ``zone``."""
    start, end = interval
    days = range(zone.day_of(start), zone.day_of(end - 1) + 2)
    # Where a zone skipped a day or repeats the hour around midnight, borders may coincide or
    # lie outside.
    inside = {border for day in days if start < (border := zone.day_start(day)) < end}
    borders = [start, *sorted(inside), end]
    return list(pairwise(borders))


def _on_grid(minute: int, zone: Zone) -> int:
    """Return the first minute from ``minute`` on at which the clock shows a quarter."""
    return minute + -(minute + zone.offset_at(minute)) % GRID_MINUTES


_MESSAGES: Mapping[str, str] = {
    # As the original says it, spelling included: its widget shows and compares it.
    "start": "start in not a valid timestamp or relative time",
    "future": "future in not a valid timestamp or relative time",
    "sort": "The selected sort is invalid.",
}


def _read(
    errors: dict[str, list[str]], field: str, instead: _Value, read: Callable[[], _Value]
) -> _Value:
    """Return what ``read`` makes of a field; note an error and go on where it cannot."""
    try:
        return read()
    except ValueError as error:  # NotUnderstood is one
        told = getattr(error, "text", error)
        message = _MESSAGES.get(field, f"The {field} must be a duration such as 1 hour: {told}")
        errors[field] = [message]
        return instead


def _minutes(value: object, *, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise NotUnderstood(str(value)[:60])
    minutes = parse_duration(value)
    if minutes < least:
        raise NotUnderstood(str(value))
    return minutes
