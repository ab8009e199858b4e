"""The grammar of moments: ``tomorrow 10:00``, ``3 days 2 weeks``, ``next monday``, RFC 3339.

The API documentation shows human phrases counted from now. The original server was written in
PHP, so words mean here what they mean there, with one difference: a time of day counts wherever
it stands (``11:00 tomorrow`` is eleven o'clock).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from slotkeeper.domain.durations import COUNT_WORDS, any_of, parse_duration
from slotkeeper.domain.php_dates import parse_php
from slotkeeper.domain.timestamps import (
    EPOCH,
    TEXT_LENGTH_MAX,
    YEAR_MAX,
    YEAR_MIN,
    NotUnderstood,
    find_timestamp,
    hour_of_half_day,
    instant_at,
    read_wall,
    shifted,
)

__all__ = ["NotUnderstood", "is_relative", "parse_duration", "parse_instant"]


@dataclass(frozen=True, slots=True)
class _Shift:
    """How far to move: months, days and weekdays on the wall clock, seconds exactly."""

    months: int = 0
    days: int = 0
    weekdays: int = 0
    seconds: int = 0

    def __add__(self, other: "_Shift") -> "_Shift":
        return _Shift(
            self.months + other.months,
            self.days + other.days,
            self.weekdays + other.weekdays,
            self.seconds + other.seconds,
        )

    def __mul__(self, count: int) -> "_Shift":
        return _Shift(
            self.months * count, self.days * count, self.weekdays * count, self.seconds * count
        )


@dataclass(frozen=True, slots=True)
class _Phrase:
    """What the terms read so far ask for, before anyone says when now is."""

    shift: _Shift = _Shift()
    clock: time | None = None
    starts_day: bool = False  # without a clock, the time of day is midnight rather than now's
    weekday: int | None = None  # Monday = 0
    direction: int = 0  # next 1, this or plain 0, last -1
    in_week: bool = False  # the weekday is sought in the week of the day, not from the day on


_UNITS: Final = {
    "sec": _Shift(seconds=1),
    "second": _Shift(seconds=1),
    "min": _Shift(seconds=60),
    "minute": _Shift(seconds=60),
    "hour": _Shift(seconds=3600),
    "day": _Shift(days=1),
    "week": _Shift(days=7),
    "weekday": _Shift(weekdays=1),
    "fortnight": _Shift(days=14),
    "month": _Shift(months=1),
    "year": _Shift(months=12),
}

_DAY_WORDS: Final = {"yesterday": -1, "today": 0, "midnight": 0, "tomorrow": 1}

_DIRECTIONS: Final = {"last": -1, "previous": -1, "this": 0, "next": 1}

_WEEKDAYS: Final = {
    "monday": 0, "mon": 0, "tuesday": 1, "tues": 1, "tue": 1, "wednesday": 2, "wed": 2,
    "thursday": 3, "thurs": 3, "thur": 3, "thu": 3, "friday": 4, "fri": 4, "saturday": 5,
    "sat": 5, "sunday": 6, "sun": 6,
}  # fmt: skip

# One term of a phrase. An alternative ends before it could run into the next, and no repetition
# holds another, so reading is linear. The outermost group of an alternative names its kind.
_TERM: Final = re.compile(
    rf"""
      (?P<gap>       [\s,]+ | {any_of("and")} )
    | (?P<amount>    (?P<count> [+-]? [ ]* [0-9]{{1,7}} | {any_of(*COUNT_WORDS)} ) [ ]*
                     (?P<unit> {"|".join(_UNITS)} ) s? (?![a-z]) )
    | (?P<clock>     (?: [0-9]{{1,2}} (?: : [0-9]{{2}} ){{1,2}} (?: [ ]? [ap]m )?
                       | [0-9]{{1,2}} [ ]? [ap]m ) (?![0-9:.a-z]) )
    | (?P<step>      (?P<step_direction> {any_of(*_DIRECTIONS)} ) [ ]+
                     (?P<step_unit> {"|".join(_UNITS)} ) (?![a-z]) )
    | (?P<weekday>   (?: (?P<weekday_direction> {any_of(*_DIRECTIONS)} ) [ ]+ )?
                     (?P<weekday_name> {any_of(*_WEEKDAYS)} ) )
    | (?P<day_word>  {any_of(*_DAY_WORDS)} )
    | (?P<noon>      {any_of("noon")} )
    | (?P<now>       {any_of("now")} )
    | (?P<ago>       {any_of("ago")} )
    """,
    re.VERBOSE | re.ASCII,
)


def parse_instant(
    text: str, *, now: datetime, zone: ZoneInfo, input_format: str | None = None
) -> datetime:
    """Return the UTC instant that ``text`` names, counted from ``now`` where it is a phrase.

    What carries no offset is read on the wall clock of ``zone``. With ``input_format``, in the
    date letters of PHP, a text of that form is read so first; everything else still works. Days,
    weeks, months and weekdays move on the wall clock, and a month that is too short overflows
    into the next (31 January + 1 month is 3 March); hours and less are exact. A wall time that
    occurs twice means the first, one that never occurs moves forward by the length of the gap.

    Raises ``NotUnderstood`` for any other text, for more than ``TEXT_LENGTH_MAX`` characters and
    for moments outside the years 1900 to 2200.

    >>> from datetime import UTC
    >>> now = datetime(2030, 5, 6, 12, 30, tzinfo=UTC)
    >>> parse_instant("tomorrow 10:00", now=now, zone=ZoneInfo("Europe/Paris")).isoformat()
    '2030-05-07T08:00:00+00:00'
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise NotUnderstood(text)
    if input_format is not None:
        try:
            return parse_php(text, input_format, zone=zone)
        except NotUnderstood:
            pass  # relative words and RFC 3339 are understood beside any format
    try:
        found = find_timestamp(text.strip(), zone=zone)
        return found if found is not None else _moment(_read(text), now=now, zone=zone)
    except NotUnderstood:
        # What was written tells more than the step at which the calendar ended.
        raise NotUnderstood(text) from None


def is_relative(text: str) -> bool:
    """Tell whether ``text`` is a phrase counted from now, such as ``now`` or ``3 days``."""
    try:
        _read(text)
    except NotUnderstood:
        return False
    return True


def _read(text: str) -> _Phrase:
    """Return what ``text`` asks for, term by term; it takes at least one."""
    words = text.strip().lower()
    if len(text) > TEXT_LENGTH_MAX or not words:
        raise NotUnderstood(text)
    phrase, position, terms = _Phrase(), 0, 0
    while position < len(words):
        term = _TERM.match(words, position)
        if term is None or term.lastgroup is None:
            raise NotUnderstood(text)
        position = term.end()
        if term.lastgroup != "gap":
            terms += 1
            try:
                phrase = _READERS[term.lastgroup](phrase, term)
            except ValueError:
                raise NotUnderstood(text) from None
    if not terms:
        raise NotUnderstood(text)
    return phrase


def _amount(phrase: _Phrase, term: re.Match[str]) -> _Phrase:
    count = COUNT_WORDS.get(term["count"]) or int(term["count"].replace(" ", ""))
    return replace(phrase, shift=phrase.shift + _UNITS[term["unit"]] * count)


def _step(phrase: _Phrase, term: re.Match[str]) -> _Phrase:
    direction = _DIRECTIONS[term["step_direction"]]
    return replace(
        phrase,
        shift=phrase.shift + _UNITS[term["step_unit"]] * direction,
        in_week=phrase.in_week or term["step_unit"] == "week",
    )


def _clock(phrase: _Phrase, term: re.Match[str]) -> _Phrase:
    if phrase.clock is not None:
        raise ValueError("two times of day")
    text = term["clock"]
    numbers = [int(part) for part in text.rstrip(" apm").split(":")]
    if text.endswith("m"):
        numbers[0] = hour_of_half_day(numbers[0], afternoon=text.endswith("pm"))
    day, clock, extra = read_wall(EPOCH.year, EPOCH.month, EPOCH.day, *numbers)
    later = _Shift(days=(day - EPOCH.date()).days, seconds=extra)
    return replace(phrase, clock=clock, shift=phrase.shift + later)


def _noon(phrase: _Phrase, _: re.Match[str]) -> _Phrase:
    if phrase.clock is not None:
        raise ValueError("two times of day")
    return replace(phrase, clock=time(12))


def _weekday(phrase: _Phrase, term: re.Match[str]) -> _Phrase:
    if phrase.weekday is not None:
        raise ValueError("two weekdays")
    return replace(
        phrase,
        weekday=_WEEKDAYS[term["weekday_name"]],
        direction=_DIRECTIONS[term["weekday_direction"] or "this"],
        starts_day=True,
    )


def _day_word(phrase: _Phrase, term: re.Match[str]) -> _Phrase:
    shift = phrase.shift + _Shift(days=_DAY_WORDS[term["day_word"]])
    return replace(phrase, shift=shift, starts_day=True)


_READERS: Final[dict[str, Callable[[_Phrase, re.Match[str]], _Phrase]]] = {
    "amount": _amount,
    "clock": _clock,
    "step": _step,
    "weekday": _weekday,
    "day_word": _day_word,
    "noon": _noon,
    "now": lambda phrase, _: phrase,
    "ago": lambda phrase, _: replace(phrase, shift=phrase.shift * -1),  # turns all before it
}


def _moment(phrase: _Phrase, *, now: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant that ``phrase`` means at ``now`` to a clock in ``zone``."""
    local = now.astimezone(zone)
    today, wall = local.date(), local.time()
    try:
        day = _day(phrase, today)
    except (OverflowError, ValueError) as error:
        raise NotUnderstood(str(error)) from error
    clock = phrase.clock or (time() if phrase.starts_day else wall)
    # In a repeated hour the reading alone would lead back to its first occurrence.
    start = now if (day, clock) == (today, wall) else instant_at(day, clock, zone)
    return shifted(start, seconds=phrase.shift.seconds)


def _day(phrase: _Phrase, today: date) -> date:
    """Return the day ``phrase`` means: the named weekday, then the shift, then weekdays."""
    day = today + timedelta(days=_days_to_weekday(phrase, today.weekday()))
    months = day.year * 12 + day.month - 1 + phrase.shift.months
    if not YEAR_MIN <= months // 12 <= YEAR_MAX:
        raise ValueError("outside the calendar we keep")
    first = date(months // 12, months % 12 + 1, 1)
    return _plus_weekdays(
        first + timedelta(days=day.day - 1 + phrase.shift.days), phrase.shift.weekdays
    )


def _days_to_weekday(phrase: _Phrase, today: int) -> int:
    """Return the days from a day whose weekday is ``today`` to the weekday of ``phrase``."""
    if phrase.weekday is None:
        return 0
    if phrase.in_week:
        return phrase.weekday - today
    if phrase.direction < 0:
        return -((today - phrase.weekday) % 7 or 7)
    ahead = (phrase.weekday - today) % 7
    return ahead or 7 * phrase.direction


def _plus_weekdays(day: date, count: int) -> date:
    """Return the day ``count`` working days, Monday to Friday, from ``day``."""
    if count == 0:
        return day
    monday = day - timedelta(days=day.weekday())
    # On a weekend, going on starts from Friday and going back from the Monday to come.
    position = min(day.weekday(), 4 if count > 0 else 5) + count
    return monday + timedelta(days=position // 5 * 7 + position % 5)
