"""Moments read by a format in PHP's letters, the way round that clients send them."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.timestamps import (
    EPOCH,
    TEXT_LENGTH_MAX,
    NotUnderstood,
    hour_of_half_day,
    instant_at,
    instant_of_unix,
    read_offset,
    read_wall,
    shifted,
)
from slotkeeper.domain.zones import find_zone

# The tables are our own: those of `calendar` follow the locale of the process.
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
# Letters that stand for a whole format.
LONGHAND: Final = {"c": r"Y-m-d\TH:i:sP", "r": r"D, d M Y H:i:s O"}

# What a letter reads: the text, the field it fills, and the number that the text means.
_Reading = tuple[re.Pattern[str], str, Callable[[str], int]]


def _number(field: str, digits: str) -> _Reading:
    return re.compile(f"[0-9]{{{digits}}}"), field, int


def _name(field: str, names: tuple[str, ...], *, first: int) -> _Reading:
    """Return the reading of a name, whole or its first three letters; they count from first."""
    pattern = re.compile("|".join(f"{name}|{name[:3]}" for name in names), re.IGNORECASE | re.ASCII)
    starts = [name[:3].lower() for name in names]
    return pattern, field, lambda text: starts.index(text[:3].lower()) + first


def _fraction(digits: str) -> _Reading:
    return re.compile(f"[0-9]{{{digits}}}"), "micro", lambda text: int(text.ljust(6, "0"))


def _short_year(text: str) -> int:
    return int(text) + (2000 if int(text) < 70 else 1900)


_HALF_DAY: Final = re.compile(r"[ap](?:m|\.m\.)", re.IGNORECASE | re.ASCII)

_INPUT: Final[dict[str, _Reading]] = {
    "d": _number("day", "1,2"),
    "j": _number("day", "1,2"),
    "S": (re.compile("st|nd|rd|th", re.IGNORECASE | re.ASCII), "ordinal", len),
    "D": _name("weekday", WEEKDAYS, first=0),
    "l": _name("weekday", WEEKDAYS, first=0),
    "m": _number("month", "1,2"),
    "n": _number("month", "1,2"),
    "M": _name("month", MONTHS, first=1),
    "F": _name("month", MONTHS, first=1),
    "Y": _number("year", "4"),
    "y": (re.compile("[0-9]{2}"), "year", _short_year),
    "a": (_HALF_DAY, "afternoon", lambda text: text.lower().startswith("p")),
    "A": (_HALF_DAY, "afternoon", lambda text: text.lower().startswith("p")),
    "g": _number("hour12", "1,2"),
    "h": _number("hour12", "1,2"),
    "G": _number("hour", "1,2"),
    "H": _number("hour", "1,2"),
    "i": _number("minute", "2"),
    "s": _number("second", "2"),
    "u": _fraction("1,6"),
    "v": _fraction("1,3"),
    "U": (re.compile("-?[0-9]{1,12}"), "unix", int),
}

_ZONE_LETTERS: Final = frozenset("eOPpT")
_ZONE: Final = re.compile(r"[ ]*(?:[+-]?[0-9]{2}(?::?[0-9]{2})?|[A-Za-z][A-Za-z0-9_/+-]*)")

# Short names, in hours from UTC, that are no zones of the tz database and mean one thing to most.
_SHORT_ZONES: Final = {
    "edt": -4, "cst": -6, "cdt": -5, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8,
    "bst": 1, "west": 1, "cest": 2, "eest": 3,
}  # fmt: skip

# Signs of a format that are not letters and stand for more than themselves. `!` and `|` reset
# what is not mentioned, which is what happens without them.
_SIGNS: Final = {
    " ": re.compile("[ \\t]+"),
    "?": re.compile(".", re.DOTALL),
    "#": re.compile("[;:/.,()-]"),
    "!": re.compile(""),
    "|": re.compile(""),
}


def parse_php(text: str, fmt: str, *, zone: ZoneInfo) -> datetime:
    """Return the UTC instant that ``text`` writes by the PHP letters of ``fmt``.

    The letters are those of PHP's ``DateTime::createFromFormat``, with ``c`` and ``r`` besides.
    What the format does not mention is that of 1970-01-01 00:00 in ``zone``. A wall time that
    occurs twice means the first, one that never occurs moves forward by the length of the gap.
    Where PHP would guess, this refuses: a day beyond the month's end, a weekday that is not that
    day's, one field given two values. An offset outweighs the name of a zone beside it.

    Raises ``NotUnderstood`` when text and format do not fit, when the format has a letter that
    only writes, when either is longer than ``TEXT_LENGTH_MAX`` and outside the years we keep.

    >>> parse_php("2015-04-24 09:30am", "Y-m-d h:ia", zone=ZoneInfo("Asia/Tokyo")).isoformat()
    '2015-04-24T00:30:00+00:00'
    """
    if len(text) > TEXT_LENGTH_MAX or len(fmt) > TEXT_LENGTH_MAX:
        raise NotUnderstood(text)
    try:
        fields, zones = _scan(text, fmt)
        if "unix" in fields:
            return instant_of_unix(fields["unix"])
        return _assembled(fields, zones.get("offset") or zones.get("name") or zone)
    except (ValueError, OverflowError, UnknownZone):
        raise NotUnderstood(text) from None


def _scan(text: str, fmt: str) -> tuple[dict[str, int], dict[str, tzinfo]]:
    """Return the fields and the zones that ``text`` holds where ``fmt`` has its letters.

    Like PHP it goes from left to right, takes as much as a letter can, and never turns back, so
    the time it takes is linear.
    """
    fields: dict[str, int] = {}
    zones: dict[str, tzinfo] = {}
    position = 0
    for pattern, letter in _pieces(fmt):
        if (found := pattern.match(text, position)) is None:
            raise ValueError(f"nothing for {letter or pattern.pattern!r}")
        position = found.end()
        if letter in _ZONE_LETTERS:
            _note_zone(zones, found[0].strip())
        elif letter:
            _, field, meaning = _INPUT[letter]
            if fields.setdefault(field, meaning(found[0])) != meaning(found[0]):
                raise ValueError(f"{field} twice")
    if position != len(text):
        raise ValueError("more text than format")
    return fields, zones


def _pieces(fmt: str) -> Iterator[tuple[re.Pattern[str], str]]:
    """Yield for each sign of ``fmt`` what it matches, and the sign if it is a letter to read."""
    signs = iter(fmt)
    for sign in signs:
        if sign in LONGHAND:
            yield from _pieces(LONGHAND[sign])
        elif sign in _ZONE_LETTERS:
            yield _ZONE, sign
        elif sign in _INPUT:
            yield _INPUT[sign][0], sign
        elif sign == "\\":
            yield re.compile(re.escape(next(signs, sign))), ""
        elif sign.isascii() and sign.isalpha():
            raise ValueError(f"{sign} is not read")
        else:
            yield _SIGNS.get(sign) or re.compile(re.escape(sign)), ""


def _note_zone(zones: dict[str, tzinfo], text: str) -> None:
    """Keep the zone that ``text`` names or whose offset it is; refuse a second of its kind."""
    kind, zone = _zone_of(text)
    if zones.setdefault(kind, zone) != zone:
        raise ValueError("two zones")


def _zone_of(text: str) -> tuple[str, tzinfo]:
    """Return ``"offset"`` or ``"name"``, and the zone; an offset says more than a name does."""
    if text[0] in "+-0123456789" or text.lower() in ("z", "utc", "gmt"):
        return "offset", read_offset(text)
    if text.lower() in _SHORT_ZONES:
        return "offset", timezone(timedelta(hours=_SHORT_ZONES[text.lower()]))
    return "name", find_zone(text).info


def _assembled(fields: Mapping[str, int], zone: tzinfo) -> datetime:
    """Return the UTC instant that ``fields`` give on a clock in ``zone``."""
    day, clock, extra = read_wall(
        fields.get("year", EPOCH.year),
        fields.get("month", 1),
        fields.get("day", 1),
        _hour(fields),
        fields.get("minute", 0),
        fields.get("second", 0),
        fields.get("micro", 0),
    )
    if fields.get("weekday", day.weekday()) != day.weekday():
        raise ValueError("another weekday")
    return shifted(instant_at(day, clock, zone), seconds=extra)


def _hour(fields: Mapping[str, int]) -> int:
    """Return the hour of the day, from a clock of 24 or 12 hours, with or without am and pm."""
    hour = fields.get("hour", fields.get("hour12", 0))
    if fields.get("hour12", hour) % 12 != hour % 12 or not fields.get("hour12", 1) <= 12:
        raise ValueError("two hours, or one that no clock of 12 hours shows")
    if "afternoon" not in fields:
        return hour
    afternoon = bool(fields["afternoon"])
    if "hour" in fields and (hour == 0 or hour > 12):  # such as 13:30pm, which says it twice
        if afternoon != (hour > 12):
            raise ValueError("the half of the day is another")
        return hour
    return hour_of_half_day(hour, afternoon=afternoon)
