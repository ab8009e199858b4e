"""PHP's letters for dates, in which the timestamp headers of the API are written.

The API documentation says that ``InputTimestampFormat`` and ``OutputTimestampFormat`` hold a
format of PHP's ``date()``, such as ``Y-m-d h:ia``. Names are English whatever the locale.
"""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from slotkeeper.domain.php_input import LONGHAND, MONTHS, WEEKDAYS, parse_php
from slotkeeper.domain.timestamps import EPOCH

__all__ = ["format_php", "parse_php"]

_ORDINALS: Final = {1: "st", 21: "st", 31: "st", 2: "nd", 22: "nd", 3: "rd", 23: "rd"}

_PIECE: Final = re.compile(r"\\(?P<literal>.)|(?P<letter>[A-Za-z])", re.DOTALL)


def format_php(moment: datetime, fmt: str) -> str:
    """Return ``moment``, which is aware, written in its own zone by the PHP letters of ``fmt``.

    A letter that PHP's ``date()`` does not know, and any sign, stands for itself, as does the
    character after a backslash. No format is refused.

    >>> format_php(datetime(2015, 4, 24, 9, 30, tzinfo=UTC), "Y-m-d h:ia")
    '2015-04-24 09:30am'
    """
    assert moment.tzinfo is not None, moment

    def written(piece: re.Match[str]) -> str:
        letter = piece["letter"]
        if letter is None:
            return piece["literal"]
        if letter in LONGHAND:
            return format_php(moment, LONGHAND[letter])
        return _LETTERS[letter](moment) if letter in _LETTERS else letter

    return _PIECE.sub(written, fmt)


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()


def _offset_text(moment: datetime, colon: str) -> str:
    """Return the offset as +HH, ``colon``, MM; the seconds of old local times are dropped."""
    minutes = abs(_offset(moment)) // timedelta(minutes=1)
    sign = "-" if _offset(moment) < timedelta() else "+"
    return f"{sign}{minutes // 60:02}{colon}{minutes % 60:02}"


def _zone_name(moment: datetime) -> str:
    if isinstance(moment.tzinfo, ZoneInfo):
        return moment.tzinfo.key
    return "UTC" if moment.tzinfo is UTC else _offset_text(moment, ":")


def _zone_short(moment: datetime) -> str:
    if isinstance(moment.tzinfo, ZoneInfo) or moment.tzinfo is UTC:
        return moment.tzname() or ""
    return "GMT" + _offset_text(moment, "")


def _swatch_beat(moment: datetime) -> int:
    """Return the thousandth of the day in Biel, which is UTC+1 the year round."""
    in_biel = (moment.astimezone(UTC) + timedelta(hours=1)).time()
    return (in_biel.hour * 3600 + in_biel.minute * 60 + in_biel.second) * 10 // 864


_LETTERS: Final[dict[str, Callable[[datetime], str]]] = {
    # day
    "d": lambda m: f"{m.day:02}",
    "j": lambda m: f"{m.day}",
    "D": lambda m: WEEKDAYS[m.weekday()][:3],
    "l": lambda m: WEEKDAYS[m.weekday()],
    "N": lambda m: f"{m.isoweekday()}",
    "S": lambda m: _ORDINALS.get(m.day, "th"),
    "w": lambda m: f"{m.isoweekday() % 7}",
    "z": lambda m: f"{m.timetuple().tm_yday - 1}",
    # week, month, year
    "W": lambda m: f"{m.isocalendar().week:02}",
    "F": lambda m: MONTHS[m.month - 1],
    "M": lambda m: MONTHS[m.month - 1][:3],
    "m": lambda m: f"{m.month:02}",
    "n": lambda m: f"{m.month}",
    "t": lambda m: f"{calendar.monthrange(m.year, m.month)[1]}",
    "L": lambda m: f"{calendar.isleap(m.year):d}",
    "o": lambda m: f"{m.isocalendar().year}",
    "Y": lambda m: f"{m.year:04}",
    "y": lambda m: f"{m.year % 100:02}",
    # time of day
    "a": lambda m: "am" if m.hour < 12 else "pm",
    "A": lambda m: "AM" if m.hour < 12 else "PM",
    "B": lambda m: f"{_swatch_beat(m):03}",
    "g": lambda m: f"{m.hour % 12 or 12}",
    "h": lambda m: f"{m.hour % 12 or 12:02}",
    "G": lambda m: f"{m.hour}",
    "H": lambda m: f"{m.hour:02}",
    "i": lambda m: f"{m.minute:02}",
    "s": lambda m: f"{m.second:02}",
    "u": lambda m: f"{m.microsecond:06}",
    "v": lambda m: f"{m.microsecond // 1000:03}",
    # zone
    "e": _zone_name,
    "I": lambda m: f"{bool(m.dst()):d}",
    "O": lambda m: _offset_text(m, ""),
    "P": lambda m: _offset_text(m, ":"),
    "p": lambda m: "Z" if m.tzname() == "UTC" else _offset_text(m, ":"),
    "T": _zone_short,
    "Z": lambda m: f"{_offset(m) // timedelta(seconds=1)}",
    "U": lambda m: f"{(m - EPOCH) // timedelta(seconds=1)}",
}
