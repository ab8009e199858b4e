"""The rules that open or close time: read from JSON, and what a list of them allows.

A list of constraints is one level: a resource has one, a project has one, a request brings
one. Time is allowed where all levels allow it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from slotkeeper.domain.constraint_fields import Effect, Fields
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval, Timeline, clip, intersect_all, merge, subtract
from slotkeeper.domain.moments import words_at
from slotkeeper.domain.rules import (
    EVERY_DAY,
    WEEKDAYS,
    WEEKEND,
    Dates,
    Holidays,
    Period,
    Rule,
    Weekly,
)
from slotkeeper.domain.zones import DAY, Zone

CONSTRAINTS_MAX = 1000
"""The most entries in one level."""

HOLIDAYS_MAX = 20
"""The most ``block_holidays`` in one level: each takes milliseconds when first met."""

_HOLIDAYS = "block_holidays"


@dataclass(frozen=True, slots=True)
class Constraints:
    """One level of constraints, sorted by what they do.

    The API documentation shows these readings by its examples. ``days`` add up (two hours on
    Monday and a period in May allow both), and so do ``hours``; where there are both, time
    must be in both; where there is neither, all time is allowed. ``blocks`` win over all.
    """

    days: tuple[Rule, ...] = ()
    hours: tuple[Rule, ...] = ()
    blocks: tuple[Rule, ...] = ()

    def allowed(self, window: Interval, zone: Zone) -> Timeline:
        """Return the time in ``window`` that this level leaves open.

        ``zone`` is the resource's, and counts for every rule that names none itself.
        """
        opening = [_time_of(rules, window, zone) for rules in (self.days, self.hours) if rules]
        open_time = clip(intersect_all(opening), window) if opening else merge([window])
        if self.blocks:
            open_time = subtract(open_time, _time_of(self.blocks, window, zone))
        return open_time

    def pieces_at_most(self, window: Interval) -> int:
        """Return how many pieces of time all rules lay into ``window``, at the very most."""
        days = -(-(window[1] - window[0]) // DAY) + 1
        rules = (*self.days, *self.hours, *self.blocks)
        return sum(rule.pieces_at_most(days) for rule in rules)


def allowed(levels: Sequence[Constraints], window: Interval, zone: Zone) -> Timeline:
    """Return the time in ``window`` that all ``levels`` leave open; without any, all of it."""
    if not levels:
        return merge([window])
    return intersect_all([level.allowed(window, zone) for level in levels])


def parse_constraints(
    entries: object,
    *,
    path: str = "constraints",
    default_zone: Zone | None = None,
    now: datetime | None = None,
    input_format: str | None = None,
) -> Constraints:
    """Return the level that a JSON list of one-key objects describes.

    ``None`` and ``{}`` are the empty list. ``path`` begins the name of every field that is
    refused; all refusals come at once, in one ``InvalidInput``. ``default_zone`` is the zone
    of entries that name none; without it they follow the resource. With ``now``, an instant in
    UTC, periods may begin and end with words counted from it, such as ``tomorrow``, on the clock
    of the entry's zone or the resource's; ``input_format`` in PHP's letters is understood too.

    >>> parse_constraints([{"allow_hours": {"start": 9, "end": "17:30"}}]).hours[0].end
    1050
    """
    understand = None if now is None else words_at(now, input_format)
    errors: dict[str, list[str]] = {}
    rules: dict[str, list[Rule]] = {"days": [], "hours": [], "blocks": []}
    for index, entry in enumerate(_entries(entries, path)):
        name, values = _type_and_values(entry, f"{path}.{index}", errors)
        if name is None:
            continue
        effect, subject = _TYPES[name]
        fields = Fields(
            values,
            path=f"{path}.{index}.{name}",
            effect=effect,
            errors=errors,
            default_zone=default_zone,
            parse_instant=understand,
        )
        rule = _READERS[subject](fields)
        if rule is not None:
            allowing = "hours" if subject == "hours" else "days"
            rules["blocks" if effect is Effect.BLOCK else allowing].append(rule)
    if errors:
        raise InvalidInput(errors)
    return Constraints(**{kind: tuple(found) for kind, found in rules.items()})


def _entries(entries: object, path: str) -> list[object]:
    if entries is None or entries == {}:
        return []
    if not isinstance(entries, list):
        raise InvalidInput.field(path, f"The {path} must be an array.")
    if len(entries) > CONSTRAINTS_MAX:
        raise InvalidInput.field(
            path, f"The {path} may not have more than {CONSTRAINTS_MAX} items."
        )
    if sum(isinstance(entry, dict) and _HOLIDAYS in entry for entry in entries) > HOLIDAYS_MAX:
        raise InvalidInput.field(
            path, f"The {path} may not have more than {HOLIDAYS_MAX} of {_HOLIDAYS}."
        )
    return entries


def _type_and_values(
    entry: object, path: str, errors: dict[str, list[str]]
) -> tuple[str | None, Mapping[str, object]]:
    """Take an entry apart into its type, ``None`` if it is refused, and its parameters.

    PHP writes an object without members as ``[]``.
    """
    if not isinstance(entry, dict) or len(entry) != 1:
        errors[path] = [f"The {path} must be an object with one key, its type."]
        return None, {}
    [(name, values)] = entry.items()
    if name not in _TYPES:
        errors[f"{path}.{name}"] = [f"The {path}.{name} is not a known type of constraint."]
        return None, {}
    if values is None or values == []:
        return name, {}
    if not isinstance(values, dict):
        errors[f"{path}.{name}"] = [f"The {path}.{name} must be an object."]
        return None, {}
    return name, values


def _day(fields: Fields) -> Rule | None:
    day, zone = fields.weekday(), fields.zone()
    return None if day is None else Weekly(frozenset({day}), zone=zone)


def _day_and_time(fields: Fields) -> Rule | None:
    day, hours, zone = fields.weekday(), fields.hours(), fields.zone()
    return None if day is None or hours is None else Weekly(frozenset({day}), *hours, zone)


def _hours(fields: Fields) -> Rule | None:
    hours, zone = fields.hours(), fields.zone()
    return None if hours is None else Weekly(EVERY_DAY, *hours, zone)


def _period(fields: Fields) -> Rule | None:
    period, zone = fields.period(), fields.zone()
    return None if period is None else Period(*period, zone)


def _days(fields: Fields) -> Rule | None:
    days, hours, zone = fields.weekdays(), fields.hours_if_given(), fields.zone()
    return None if days is None or hours is None else Weekly(days, *hours, zone)


def _dates(fields: Fields) -> Rule | None:
    dates, hours, zone = fields.dates(), fields.hours_if_given(), fields.zone()
    return None if dates is None or hours is None else Dates(dates, *hours, zone)


def _holidays(fields: Fields) -> Rule | None:
    calendar, zone = fields.holidays(), fields.zone()
    return None if calendar is None else Holidays(calendar, zone)


def _weekdays(fields: Fields) -> Rule | None:
    return Weekly(WEEKDAYS, zone=fields.zone())


def _weekend(fields: Fields) -> Rule | None:
    return Weekly(WEEKEND, zone=fields.zone())


def _time_of(rules: Iterable[Rule], window: Interval, zone: Zone) -> Timeline:
    return merge(piece for rule in rules for piece in rule.intervals(window, zone))


_READERS: Mapping[str, Callable[[Fields], Rule | None]] = {
    "day": _day,
    "day_and_time": _day_and_time,
    "hours": _hours,
    "period": _period,
    "weekdays": _weekdays,
    "weekday": _weekdays,  # The singular is in nobody's documentation and in people's heads.
    "weekends": _weekend,
    "weekend": _weekend,
    # Ours: the API that clients were written for does not know these.
    "days": _days,
    "dates": _dates,
    "holidays": _holidays,
}
_TYPES = {
    name: (effect, subject)
    for effect in Effect
    for subject in _READERS
    if (name := f"{effect}_{subject}") != "allow_holidays"
}

CONSTRAINT_TYPES = tuple(_TYPES)
"""The names of all types, those of the singular included."""
