"""The parameters of one constraint, read from JSON into days, hours, moments and zones."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.rules import Moment, Reading
from slotkeeper.domain.zones import DAY, EPOCH_DAY, Zone, find_zone

# Turns other words for a moment, such as "tomorrow", into one; None if it knows none.
ParseInstant: TypeAlias = Callable[[str], Moment | None]

WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TEXT_LENGTH_MAX = 64
_HOURS = re.compile(r"([01]?\d|2[0-3]|24)(?::([0-5]\d)(?::00)?)?", re.ASCII)
_TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?P<rest>:[0-5]\d(?:\.\d+)?)?"
    r"(?: ?(?P<offset>Z|[+-]\d\d(?::?[0-5]\d)?))?)?",
    re.ASCII | re.IGNORECASE,
)


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
        name = value.strip().casefold() if isinstance(value, str) else ""
        if name in WEEKDAY_NAMES:
            return WEEKDAY_NAMES.index(name)
        self._refuse("day", "must be the name of a weekday such as Monday.")
        return None

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
        comparable = isinstance(start, int) == isinstance(end, int)
        if comparable and _minutes(start) >= _minutes(end):
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
        moment = _timestamp(text, up=up) if len(text) <= _TEXT_LENGTH_MAX else None
        if moment is None and text and self._parse_instant is not None:
            moment = self._parse_instant(text)
        if moment is None:
            self._refuse(name, "must be a date such as 2030-05-06 or a timestamp.")
            return None
        return moment

    def _required(self, name: str) -> object | None:
        value = self._values.get(name)
        if value is None or value == "":
            self._errors[f"{self._path}.{name}"] = [f"The {self._path}.{name} field is required."]
            return None
        return value

    def _refuse(self, name: str, message: str) -> None:
        self._errors.setdefault(f"{self._path}.{name}", []).append(
            f"The {self._path}.{name} {message}"
        )


def _timestamp(text: str, *, up: bool) -> Moment | None:
    """Read a date, or date and time with or without an offset, to the minute."""
    found = _TIMESTAMP.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found["date"]).toordinal()
    except ValueError:
        return None
    wall_minutes = int(found["hour"] or 0) * 60 + int(found["minute"] or 0)
    if up and (found["rest"] or "").strip(":0."):
        wall_minutes += 1
    if found["offset"] is None:
        return Reading(day, wall_minutes)
    return (day - EPOCH_DAY) * DAY + wall_minutes - _offset_minutes(found["offset"])


def _offset_minutes(offset: str) -> int:
    if offset in {"Z", "z"}:
        return 0
    minutes = int(offset[1:3]) * 60 + int(offset[3:].lstrip(":") or 0)
    return -minutes if offset[0] == "-" else minutes


def _minutes(moment: Moment) -> int:
    if isinstance(moment, int):
        return moment
    return moment.day * DAY + moment.wall_minutes
