"""Moments written out in full: RFC 3339 and its looser relatives, and unix seconds."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Final

TEXT_LENGTH_MAX: Final = 100
"""The longest text, in characters, that is read as a moment or a duration."""

YEAR_MIN: Final = 1900
YEAR_MAX: Final = 2200
"""Moments outside these years, both included, are refused: they are slips, not plans."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NotUnderstood(ValueError):
    """The text names no moment or duration, or one far outside the calendar we keep."""

    def __init__(self, text: str) -> None:
        """Keep the beginning of ``text`` for the message."""
        self.text = text[:TEXT_LENGTH_MAX]
        super().__init__(f"not a time that can be read: {self.text!r}")


def instant_at(day: date, clock: time, zone: tzinfo) -> datetime:
    """Return the UTC instant at which a clock in ``zone`` shows ``clock`` on ``day``.

    A wall time that occurs twice means its first occurrence; one that never occurs moves
    forward by the length of the gap. Raises ``NotUnderstood`` outside the years we keep.

    >>> from zoneinfo import ZoneInfo
    >>> instant_at(date(2030, 3, 31), time(2, 30), ZoneInfo("Europe/Paris")).isoformat()
    '2030-03-31T01:30:00+00:00'
    """
    if not YEAR_MIN - 1 <= day.year <= YEAR_MAX + 1:  # converting at the ends of time overflows
        raise NotUnderstood(f"{day} {clock}")
    return _kept(datetime.combine(day, clock, tzinfo=zone).astimezone(UTC))


def instant_of_unix(seconds: int) -> datetime:
    """Return the instant ``seconds`` after the epoch, or raise ``NotUnderstood``."""
    try:
        return _kept(EPOCH + timedelta(seconds=seconds))
    except OverflowError:
        raise NotUnderstood(str(seconds)) from None


def shifted(instant: datetime, *, seconds: int) -> datetime:
    """Return ``instant`` moved by exactly ``seconds``, or raise ``NotUnderstood``."""
    try:
        return _kept(instant + timedelta(seconds=seconds))
    except OverflowError:
        raise NotUnderstood(f"{instant} {seconds:+} seconds") from None


def read_wall(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0, micro: int = 0
) -> tuple[date, time, int]:
    """Return the day and the clock that the numbers name, and seconds still to add to them.

    24:00 is the next midnight (ISO 8601), and a leap second is the start of the next minute.
    Raises ``ValueError`` for a day or a clock that does not exist.
    """
    on = date(year, month, day)
    if hour == 24 and minute == second == micro == 0:
        return on + timedelta(days=1), time(), 0
    if second == 60:
        return on, time(hour, minute, 59, micro), 1
    return on, time(hour, minute, second, micro), 0


def hour_of_half_day(hour: int, *, afternoon: bool) -> int:
    """Return the hour 0 to 23 of a clock that shows 1 to 12; else raise ``ValueError``.

    >>> hour_of_half_day(12, afternoon=False), hour_of_half_day(12, afternoon=True)
    (0, 12)
    """
    if not 1 <= hour <= 12:
        raise ValueError(hour)
    return hour % 12 + 12 * afternoon


def read_offset(text: str) -> timezone:
    """Return the offset from UTC written as ``+02:00``, ``-0330``, ``+02``, ``Z`` or ``UTC``.

    A missing sign means plus: a ``+`` in a query string that nobody escaped arrives as a
    space, and callers strip it. Raises ``ValueError`` for an offset of a day or more.
    """
    if text.lower() in ("z", "utc", "gmt"):
        return UTC
    digits = text.lstrip("+- ").replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    if int(digits[2:] or 0) > 59:
        raise ValueError(text)
    offset = -size if text.startswith("-") else size
    return timezone(offset) if offset else UTC


def find_timestamp(text: str, *, zone: tzinfo) -> datetime | None:
    """Return the UTC instant that ``text`` writes out in full, or ``None`` for other writing.

    Understood are RFC 3339 with ``T`` or a space, with or without seconds, a fraction and an
    offset; a bare date, which means its midnight; and unix seconds, as ``@123`` or as a number
    of nine digits or more. What has no offset is read in ``zone``. Raises ``NotUnderstood`` when
    the form is right and the moment does not exist, such as ``2030-02-30``.
    """
    if unix := _UNIX.fullmatch(text):
        return instant_of_unix(int(unix[1] or unix[2]))
    if (match := _STAMP.fullmatch(text)) is None:
        return None
    micro = (match["fraction"] or "")[:6].ljust(6, "0")
    numbers = [int(part or 0) for part in (*match.group("y", "m", "d", "h", "i", "s"), micro)]
    offset = match["offset"]
    try:
        day, clock, extra = read_wall(*numbers)
        return shifted(
            instant_at(day, clock, read_offset(offset) if offset else zone), seconds=extra
        )
    except (ValueError, OverflowError):
        raise NotUnderstood(text) from None


def _kept(instant: datetime) -> datetime:
    """Return ``instant`` if it lies in the years we keep."""
    if not YEAR_MIN <= instant.year <= YEAR_MAX:
        raise NotUnderstood(str(instant))
    return instant


# "0" is read because a client was seen to ask for all events since 0; other short numbers
# are more likely to be a slip than a moment in the seventies.
_UNIX: Final = re.compile(r"@(-?[0-9]{1,12})|(0|[0-9]{9,12})")

# The offset may have lost its plus to a query string, and then begins with spaces alone.
_STAMP: Final = re.compile(
    r"""
    (?P<y>[0-9]{4}) - (?P<m>[0-9]{2}) - (?P<d>[0-9]{2})
    (?: (?: T | [ ]+ ) (?P<h>[0-9]{1,2}) : (?P<i>[0-9]{2})
        (?: : (?P<s>[0-9]{2}) (?: [.,] (?P<fraction>[0-9]{1,9}) )? )?
        (?: [ ]* (?P<offset> Z | UTC | GMT
                | [+-] [0-9]{2} (?: :? [0-9]{2} )?
                | (?<=[ ]) [0-9]{2} :? [0-9]{2} ) )?
    )?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
