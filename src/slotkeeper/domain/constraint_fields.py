"""The parameters of one constraint, read from JSON into days, hours, moments and zones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import TypeVar

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.holidays import (
    PUBLIC,
    HolidayCalendar,
    categories_of,
    find_categories,
    find_country,
    find_subdivision,
)
from slotkeeper.domain.moments import ParseInstant, find_date, find_moment, is_backwards
from slotkeeper.domain.rules import Moment, Spoken
from slotkeeper.domain.zones import DAY, Zone, find_zone

__all__ = ["DATES_MAX", "WEEKDAY_NAMES", "Effect", "Fields", "ParseInstant"]

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
DATES_MAX = 366
"""The most dates in one constraint: every day of a leap year."""

_DAYS_MAX = len(WEEKDAY_NAMES)
_CATEGORIES_MAX = 20  # No country has more than ten kinds of holidays.
_SHOWN_MAX = 60
_HOURS = re.compile(r"([01]?\d|2[0-3]|24)(?::([0-5]\d)(?::00)?)?", re.ASCII)
_Item = TypeVar("_Item")


class Effect(StrEnum):
    """What a constraint does with its time."""

    ALLOW = "allow"
    BLOCK = "block"


class Fields:
    """The parameters of one constraint.

    Each method reads one of them and answers ``None`` after noting in ``errors`` why not.
    Unknown parameters are nobody's business: clients send more than they need to.
    """

    def __init__(
        self,
        values: Mapping[str, object],
        *,
        path: str,
        effect: Effect,
        errors: dict[str, list[str]],
        default_zone: Zone | None,
        parse_instant: ParseInstant | None,
    ) -> None:
        self.effect = effect
        self._values = values
        self._path = path
        self._errors = errors
        self._default_zone = default_zone
        self._parse_instant = parse_instant

    def weekday(self) -> int | None:
        """Read ``day``, the English name of a weekday in any letter case."""
        value = self._required("day")
        if value is None:
            return None
        day = _weekday(value)
        if day is None:
            self._refuse("day", "must be the name of a weekday such as Monday.")
        return day

    def weekdays(self) -> frozenset[int] | None:
        """Read ``days``, a list of names of weekdays, in any order and letter case."""
        found = self._items("days", _DAYS_MAX, _weekday, "the name of a weekday such as Monday")
        return None if found is None else frozenset(found)

    def dates(self) -> tuple[int, ...] | None:
        """Read ``dates``, a list of days such as 2030-12-24, as sorted ordinals."""
        found = self._items("dates", DATES_MAX, find_date, "a date such as 2030-12-24")
        return None if found is None else tuple(sorted(set(found)))

    def holidays(self) -> HolidayCalendar | None:
        """Read ``country``, and ``subdivision`` and ``categories`` where they are given."""
        text = self._required("country")
        if text is None:
            return None
        country = find_country(text) if isinstance(text, str) else None
        if country is None:
            wish = "must be a country by its two letters, such as DK"
            self._refuse("country", f"{wish}, not {_shown(text)}.")
            return None
        subdivision, categories = self._subdivision(country), self._categories(country)
        if categories is None:
            return None
        return HolidayCalendar(country, subdivision, categories)

    def hours(self) -> tuple[int, int] | None:
        """Read ``start`` and ``end`` as minutes since midnight, the end after the start.

        An end that is not after the start lies on the next day. The same hour twice allows
        the whole day, and blocks nothing that anybody could mean: it is refused.
        """
        start, end = self._hour("start"), self._hour("end")
        if start == DAY:
            self._refuse("start", "must be before 24:00.")
            return None
        if start is None or end is None:
            return None
        if start == end:
            if self.effect is Effect.BLOCK:
                self._refuse("end", "must be different from start.")
                return None
            return 0, DAY
        return start, end if end > start else end + DAY

    def hours_if_given(self) -> tuple[int, int] | None:
        """Read ``start`` and ``end`` as ``hours`` does; without both, it is the whole day."""
        if self._is_empty("start") and self._is_empty("end"):
            return 0, DAY
        return self.hours()

    def period(self) -> tuple[Moment, Moment] | None:
        """Read ``start`` and ``end`` as moments.

        Seconds are rounded so that no time is offered which the period closes: an allowed
        one shrinks to whole minutes, a blocked one grows.
        """
        shrink = self.effect is Effect.ALLOW
        start = self._moment("start", up=shrink)
        end = self._moment("end", up=not shrink)
        if start is None or end is None:
            return None
        if is_backwards(start, end):
            self._refuse("end", "must be a date after start.")
            return None
        return start, end

    def zone(self) -> Zone | None:
        """Read ``timezone``; where there is none, the default holds."""
        value = self._values.get("timezone")
        if value is None or value == "":
            return self._default_zone
        try:
            return find_zone(value if isinstance(value, str) else "")
        except UnknownZone:
            self._refuse("timezone", "must be a valid zone.")
            return None

    def _hour(self, name: str) -> int | None:
        value = self._required(name)
        if value is None:
            return None
        # True is an int in Python, not an hour.
        text = str(value).strip() if type(value) in {int, str} else ""
        found = _HOURS.fullmatch(text)
        minutes = int(found[1]) * 60 + int(found[2] or 0) if found else DAY + 1
        if minutes > DAY:
            self._refuse(name, "must be an hour such as 9 or 09:30.")
            return None
        return minutes

    def _moment(self, name: str, *, up: bool) -> Moment | None:
        value = self._required(name)
        if value is None:
            return None
        text = value.strip() if isinstance(value, str) else ""
        moment = find_moment(text, up=up)
        if moment is None and text and self._parse_instant is not None:
            moment = self._parse_instant(text)
        if moment is None:
            wish = "must be a timestamp, a date such as 2030-05-06 or words such as tomorrow"
            self._refuse(name, f"{wish}, not {_shown(value)}.")
            return None
        return replace(moment, up=up) if isinstance(moment, Spoken) else moment

    def _subdivision(self, country: str) -> str | None:
        if self._is_empty("subdivision"):
            return None
        text = self._values["subdivision"]
        found = find_subdivision(country, text) if isinstance(text, str) else None
        if found is None:
            self._refuse("subdivision", f"must be a part of {country}, not {_shown(text)}.")
        return found

    def _categories(self, country: str) -> tuple[str, ...] | None:
        if self._is_empty("categories") or self._values["categories"] == []:
            return (PUBLIC,)
        known = ", ".join(categories_of(country))
        names = self._items("categories", _CATEGORIES_MAX, _text, f"one of {known}")
        found = None if names is None else find_categories(country, names)
        if names is not None and found is None:
            self._refuse("categories", f"must each be one of {known}.")
        return found

    def _items(
        self, name: str, most: int, read: Callable[[object], _Item | None], wish: str
    ) -> list[_Item] | None:
        """Read a list of 1 to ``most`` things; each that is none is refused by its place."""
        values = self._required(name)
        if values is None:
            return None
        if values == []:
            self._refuse(name, "field is required.")
            return None
        if not isinstance(values, list):
            self._refuse(name, "must be an array.")
            return None
        if len(values) > most:
            self._refuse(name, f"may not have more than {most} items.")
            return None
        items = [read(value) for value in values]
        found = [item for item in items if item is not None]
        for place, value in enumerate(values):
            if items[place] is None:
                self._refuse(f"{name}.{place}", f"must be {wish}, not {_shown(value)}.")
        return found if len(found) == len(values) else None

    def _required(self, name: str) -> object | None:
        if self._is_empty(name):
            self._errors[f"{self._path}.{name}"] = [f"The {self._path}.{name} field is required."]
            return None
        return self._values[name]

    def _is_empty(self, name: str) -> bool:
        return self._values.get(name) in (None, "")

    def _refuse(self, name: str, message: str) -> None:
        self._errors.setdefault(f"{self._path}.{name}", []).append(
            f"The {self._path}.{name} {message}"
        )


def _weekday(value: object) -> int | None:
    name = value.strip().casefold() if isinstance(value, str) else ""
    return WEEKDAY_NAMES.index(name) if name in WEEKDAY_NAMES else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _shown(value: object) -> str:
    """Return the beginning of what somebody sent, for a message."""
    text = value if isinstance(value, str) else str(value)
    return repr(text if len(text) <= _SHOWN_MAX else f"{text[:_SHOWN_MAX]}...")
