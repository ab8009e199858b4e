"""Moments in the parameters of a constraint: dates, timestamps, and words counted from now."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TypeAlias

from slotkeeper.domain.phrases import NotUnderstood, is_relative, parse_instant
from slotkeeper.domain.rules import Moment, Reading, Spoken
from slotkeeper.domain.zones import DAY, EPOCH_DAY, find_zone

# Turns other words for a moment, such as "tomorrow", into one; None if it knows none.
ParseInstant: TypeAlias = Callable[[str], Moment | None]

_TEXT_LENGTH_MAX = 64
# Words that are stored are read again later. The calendar that we keep ends in 2200, so what is
# this near today can be read for as long as anybody stores it.
_WORDS_REACH = timedelta(days=36525)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_TIMESTAMP = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)"
    r"(?:[T ](?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)(?P<rest>:[0-5]\d(?:\.\d+)?)?"
    r"(?: ?(?P<offset>Z|[+-]\d\d(?::?[0-5]\d)?))?)?",
    re.ASCII | re.IGNORECASE,
)


def words_at(now: datetime, input_format: str | None = None) -> ParseInstant:
    """Return what takes words such as ``tomorrow`` for a moment counted from ``now``.

    They are those of ``phrases.parse_instant``, or a date in ``input_format``; whose tomorrow it
    is stays open until the rule meets a zone. What is farther away than a hundred years is not
    taken.
    """

    def take(text: str) -> Moment | None:
        if input_format is None and not is_relative(text):
            return None
        try:
            moment = parse_instant(
                text, now=now, zone=find_zone("UTC").info, input_format=input_format
            )
        except NotUnderstood:
            return None
        if abs(moment - now) > _WORDS_REACH:
            return None
        return Spoken(text, now, input_format=input_format)

    return take


def find_date(value: object) -> int | None:
    """Return the ordinal of the day that a text such as 2030-12-24 names."""
    text = value.strip() if isinstance(value, str) else ""
    found = find_moment(text, up=False) if _DATE.fullmatch(text) else None
    return found.day if isinstance(found, Reading) else None


def find_moment(text: str, *, up: bool) -> Moment | None:
    """Return the date, or date and time with or without an offset, that ``text`` holds.

    Seconds are rounded ``up`` to the full minute, else down.

    >>> find_moment("1970-01-02T00:00:30Z", up=True)
    1441
    """
    found = _TIMESTAMP.fullmatch(text) if len(text) <= _TEXT_LENGTH_MAX else None
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


def is_backwards(start: Moment, end: Moment) -> bool:
    """Tell whether a period has no time in any zone; of words nobody can tell beforehand."""
    if isinstance(start, Reading) and isinstance(end, Reading):
        return (start.day * DAY + start.wall_minutes) >= (end.day * DAY + end.wall_minutes)
    return isinstance(start, int) and isinstance(end, int) and start >= end
