"""The filters of the older find-time routes: which time they leave open, which slots they keep.

A request brings ``{"or": [...], "and": [...], "after": [...]}``. Time is open where any of
``or`` opens it and every one of ``and`` does; an empty list asks for nothing. ``after``
chooses among the slots that were found.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from slotkeeper.domain.constraint_fields import Effect, Fields, ParseInstant
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval, Timeline, clip, intersect, merge
from slotkeeper.domain.phrases import NotUnderstood, parse_instant
from slotkeeper.domain.rules import EVERY_DAY, WEEKDAYS, WEEKEND, Moment, Period, Rule, Weekly
from slotkeeper.domain.zones import Zone, minute_ceil

FILTERS_MAX = 50
"""The most filters in one of the three lists."""

NUMBER_MAX = 1_000_000
"""The most slots that a filter can be told to keep; no answer has as many."""

Shuffle = Callable[[list[int]], None]
Choice = Callable[[int, Shuffle], Sequence[int]]
"""Turns the number of slots there are into the places of those that are kept."""

_Parsed = TypeVar("_Parsed")
_Item = TypeVar("_Item")
_Errors = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters that were understood: ``any`` of them, ``every`` one, and choices in turn."""

    any: tuple[Rule, ...] = ()
    every: tuple[Rule, ...] = ()
    after: tuple[Choice, ...] = ()

    def open_time(self, window: Interval, zone: Zone) -> Timeline:
        """Return the time in ``window`` that the filters leave open.

        ``zone`` counts for every filter that names none.
        """
        left = merge([window])
        if self.any:
            pieces = (piece for rule in self.any for piece in rule.intervals(window, zone))
            left = clip(merge(pieces), window)
        for rule in self.every:
            left = intersect(left, merge(rule.intervals(window, zone)))
        return left

    def chosen(self, slots: Sequence[_Item], shuffle: Shuffle) -> list[_Item]:
        """Return the slots that the choices keep, in the order they come in.

        ``shuffle`` puts a list into random order, in place; only ``take_random`` calls it.
        """
        kept = list(slots)
        for choose in self.after:
            kept = [kept[place] for place in sorted(choose(len(kept), shuffle))]
        return kept


def parse_filters(
    given: object, *, path: str = "filters", understand: ParseInstant | None = None
) -> Filters:
    """Return the filters that a JSON object describes.

    ``None`` and ``[]`` are the empty object, and members of other names mean nothing.
    ``path`` begins the name of every field that is refused, in one ``InvalidInput`` for all;
    an empty path adds nothing. ``understand`` is asked about the ends of
    ``between_timestamps`` that are not timestamps.

    >>> parse_filters({"or": [{"specific-days": {"day": "Monday"}}]}).any[0].weekdays
    frozenset({0})
    """
    if given is None or given == []:
        return Filters()
    if not isinstance(given, dict):
        raise InvalidInput.field(path, f"The {path} must be an object.")
    errors: _Errors = {}

    def rule(name: str, values: Mapping[str, object], place: str) -> Rule | None:
        fields = Fields(
            values,
            path=place,
            effect=Effect.ALLOW,
            errors=errors,
            default_zone=None,
            parse_instant=understand,
        )
        return _OPENING[name](fields)

    def choice(name: str, values: Mapping[str, object], place: str) -> Choice | None:
        count = _number(values.get("number"), f"{place}.number", errors)
        return None if count is None else _CHOOSING[name](count)

    prefix = f"{path}." if path else ""
    found = Filters(
        any=_all(given.get("or"), f"{prefix}or", _OPENING, rule, errors),
        every=_all(given.get("and"), f"{prefix}and", _OPENING, rule, errors),
        after=_all(given.get("after"), f"{prefix}after", _CHOOSING, choice, errors),
    )
    if errors:
        raise InvalidInput(errors)
    return found


def phrases(*, now: datetime, zone: Zone, input_format: str | None = None) -> ParseInstant:
    """Return what reads the words for a moment, such as ``tomorrow``, counted from ``now``."""

    def instant(text: str) -> Moment | None:
        try:
            found = parse_instant(text, now=now, zone=zone.info, input_format=input_format)
        except NotUnderstood:
            return None
        return minute_ceil(found)

    return instant


def _all(
    entries: object,
    path: str,
    known: Mapping[str, object],
    parse: Callable[[str, Mapping[str, object], str], _Parsed | None],
    errors: _Errors,
) -> tuple[_Parsed, ...]:
    """Return what ``parse`` makes of each entry of one list; note in ``errors`` why not."""
    if entries is None or entries == {}:
        return ()
    if not isinstance(entries, list):
        errors[path] = [f"The {path} must be an array."]
        return ()
    if len(entries) > FILTERS_MAX:
        errors[path] = [f"The {path} may not have more than {FILTERS_MAX} items."]
        return ()
    found = []
    for index, entry in enumerate(entries):
        taken = _name_and_values(entry, f"{path}.{index}", known, errors)
        parsed = parse(*taken) if taken else None
        if parsed is not None:
            found.append(parsed)
    return tuple(found)


def _name_and_values(
    entry: object, path: str, known: Mapping[str, object], errors: _Errors
) -> tuple[str, Mapping[str, object], str] | None:
    """Take an entry apart into its name as we spell it, its parameters and its path."""
    if not isinstance(entry, dict) or len(entry) != 1:
        errors[path] = [f"The {path} must be an object with one key, its name."]
        return None
    [(said, values)] = entry.items()
    name, place = _singular(said), f"{path}.{said}"
    if name not in known:
        errors[place] = [f"The {place} is not a known filter."]
        return None
    if values is None or values == []:
        values = {}
    if not isinstance(values, dict):
        errors[place] = [f"The {place} must be an object."]
        return None
    return name, values, place


def _singular(name: str) -> str:
    """Return a name with underscores and without plurals: clients and articles write both.

    >>> _singular("exclude-weekends"), _singular("business_hours")
    ('exclude_weekend', 'business_hour')
    """
    return re.sub(r"[-_ ]+", "_", name.strip().lower()).removesuffix("s")


def _number(value: object, path: str, errors: _Errors) -> int | None:
    """Read how many slots to keep, a number or its digits."""
    text = str(value).strip() if type(value) in {int, str} else ""
    count = int(text) if re.fullmatch(r"\d{1,7}", text, re.ASCII) else 0
    if not 1 <= count <= NUMBER_MAX:
        errors[path] = [f"The {path} must be a number from 1 to {NUMBER_MAX}."]
        return None
    return count


def _hours(start: int, end: int) -> Callable[[Fields], Rule | None]:
    return lambda fields: Weekly(EVERY_DAY, start * 60, end * 60, fields.zone())


def _days(days: frozenset[int]) -> Callable[[Fields], Rule | None]:
    return lambda fields: Weekly(days, zone=fields.zone())


def _specific_day(fields: Fields) -> Rule | None:
    day, zone = fields.weekday(), fields.zone()
    return None if day is None else Weekly(frozenset({day}), zone=zone)


def _specific_time(fields: Fields) -> Rule | None:
    hours, zone = fields.hours(), fields.zone()
    return None if hours is None else Weekly(EVERY_DAY, *hours, zone)


def _specific_day_and_time(fields: Fields) -> Rule | None:
    day, hours, zone = fields.weekday(), fields.hours(), fields.zone()
    return None if day is None or hours is None else Weekly(frozenset({day}), *hours, zone)


def _between_timestamps(fields: Fields) -> Rule | None:
    period, zone = fields.period(), fields.zone()
    return None if period is None else Period(*period, zone)


def _random(count: int) -> Choice:
    def choose(there: int, shuffle: Shuffle) -> Sequence[int]:
        places = list(range(there))
        shuffle(places)
        return places[:count]

    return choose


_OPENING: Mapping[str, Callable[[Fields], Rule | None]] = {
    "business_hour": _hours(9, 18),
    "working_hour": _hours(9, 18),
    "daytime": _hours(8, 22),
    "exclude_weekend": _days(WEEKDAYS),
    "only_weekend": _days(WEEKEND),
    "specific_day": _specific_day,
    "specific_time": _specific_time,
    "specific_day_and_time": _specific_day_and_time,
    "between_timestamp": _between_timestamps,
}
_CHOOSING: Mapping[str, Callable[[int], Choice]] = {
    "take_first": lambda count: lambda there, _: range(min(count, there)),
    "take_last": lambda count: lambda there, _: range(max(0, there - count), there),
    "take_random": _random,
}
