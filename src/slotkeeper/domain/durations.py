"""The grammar of lengths of time: ``15 minutes``, ``1 hour 30 minutes``, ``1.5 hours``."""

import re
from fractions import Fraction
from typing import Final

from slotkeeper.domain.timestamps import TEXT_LENGTH_MAX, NotUnderstood

DURATION_MINUTES_MAX: Final = 366 * 24 * 60
"""The longest duration understood, a leap year: no slot, buffer or step is longer."""

COUNT_WORDS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip

_UNIT_SECONDS: Final = {
    "sec": 1,
    "second": 1,
    "min": 60,
    "minute": 60,
    "hour": 3600,
    "day": 24 * 3600,
    "week": 7 * 24 * 3600,
    "fortnight": 14 * 24 * 3600,
}


def any_of(*words: str) -> str:
    """Return a regular expression for one of ``words``, lower case, as a whole word."""
    return f"(?:{'|'.join(words)})(?![a-z])"


_TERM: Final = re.compile(
    rf"""
      (?P<gap> [\s,]+ | {any_of("and")} )
    | (?P<amount> (?P<count> \+? [ ]* [0-9]{{1,9}} (?: \. [0-9]{{1,6}} )?
                           | {any_of(*COUNT_WORDS)} )
                  [ ]* (?: (?P<unit> {"|".join(_UNIT_SECONDS)} ) s? (?![a-z]) ) )
    """,
    re.VERBOSE | re.ASCII,
)


def parse_duration(text: str | int) -> int:
    """Return the whole minutes that ``text`` names, from 0 to ``DURATION_MINUTES_MAX``.

    Terms add up, the plural is free (``1 hours``), numbers may be decimal or, up to twelve, a
    word. A day is 24 hours and a week seven days; months and years have no fixed length and are
    refused. So is a number without a unit, except 0, because nothing says what it counts.
    Raises ``NotUnderstood`` for these, for negative lengths, and for part of a minute.

    >>> parse_duration("1 hour 30 minutes"), parse_duration("1.5 hours"), parse_duration("1 day")
    (90, 90, 1440)
    """
    if isinstance(text, int):
        if isinstance(text, bool) or text != 0:
            raise NotUnderstood(str(text))
        return 0
    if len(text) > TEXT_LENGTH_MAX:
        raise NotUnderstood(text)
    phrase = text.strip().lower()
    if phrase == "0":
        return 0
    minutes = _seconds(phrase, text=text) / 60
    if minutes.denominator != 1 or minutes > DURATION_MINUTES_MAX:
        raise NotUnderstood(text)
    return minutes.numerator


def parse_seconds(text: str) -> int:
    """Return the whole seconds that ``text`` names; raises ``NotUnderstood`` for part of one.

    >>> parse_seconds("25 min"), parse_seconds("90 secs")
    (1500, 90)
    """
    if len(text) > TEXT_LENGTH_MAX:
        raise NotUnderstood(text)
    seconds = _seconds(text.strip().lower(), text=text)
    if seconds.denominator != 1:
        raise NotUnderstood(text)
    return seconds.numerator


def _seconds(phrase: str, *, text: str) -> Fraction:
    """Return the sum of the terms of ``phrase``; it takes at least one."""
    total: Fraction | None = None
    position = 0
    while position < len(phrase):
        if (term := _TERM.match(phrase, position)) is None:
            raise NotUnderstood(text)
        position = term.end()
        if term.lastgroup == "amount":
            total = (total or Fraction()) + _count(term["count"]) * _UNIT_SECONDS[term["unit"]]
    if total is None:
        raise NotUnderstood(text)
    return total


def _count(text: str) -> Fraction:
    """Return the number that ``text``, digits or a word, stands for."""
    return Fraction(COUNT_WORDS.get(text) or text.lstrip("+ "))
