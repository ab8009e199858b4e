"""What an event that repeats is stored as, and which of its occurrences is meant."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.recurrence import Series, ends_by
from slotkeeper.domain.rrule import LAST_DAY, parse_rule
from slotkeeper.domain.zones import DAY, EPOCH_DAY, Zone, minute_ceil, minute_floor, to_datetime

LENGTH_DAYS_MAX = 31
"""The longest that an event that repeats may last."""

DATES_MAX = 1000
"""The most dates that may be added to a series, and the most that may be taken out."""

_EARLIEST_YEAR = 1900

Columns = dict[str, Any]


def is_repeating(event: Mapping[str, Any]) -> bool:
    """Tell whether these columns of an event make it repeat."""
    return event.get("rrule") is not None or bool(event.get("rdate"))


def columns_of_single() -> Columns:
    """Return the columns that say that an event does not repeat."""
    return {"repeats": False, "last_at": None}


def columns_of_series(event: Mapping[str, Any], *, zone: Zone) -> Columns:
    """Return what is stored for an event that repeats on the clock of ``zone``.

    ``event`` holds its other columns, with the start and the end of the first occurrence.
    Everything is in whole minutes, outward; an all-day event names days, by their start, and
    has no zone of its own: its days are those of its resource.
    """
    more, without = _dates(event, "rdate", zone), _dates(event, "exdate", zone)
    text = event.get("rrule")
    start, end = minute_floor(event["start_at"]), minute_ceil(event["end_at"])
    _check(start, end)
    series = Series(
        start=start,
        end=end,
        all_day=bool(event.get("all_day")),
        zone=zone,
        rule=parse_rule(text) if text is not None else None,
        more=tuple(more),
    )
    last = ends_by(series)
    return {
        "start_at": to_datetime(start),
        "end_at": to_datetime(end),
        "repeats": True,
        "rrule": text,
        "rdate": [to_datetime(each) for each in more],
        "exdate": [to_datetime(each) for each in without],
        "timezone": None if series.all_day else zone.name,
        "last_at": to_datetime(last) if last is not None else None,
    }


def named_start(moment: datetime, *, all_day: bool, zone: Zone) -> int:
    """Return the minute at which the occurrence begins that ``moment`` names.

    Of an all-day event, any moment of the day will do.
    """
    minute = minute_floor(moment)
    return zone.day_start(zone.day_of(minute)) if all_day else minute


def _dates(event: Mapping[str, Any], field: str, zone: Zone) -> list[int]:
    given: Sequence[datetime] = event.get(field) or ()
    if len(given) > DATES_MAX:
        raise InvalidInput.field(field, f"The {field} may not have more than {DATES_MAX} items.")
    all_day = bool(event.get("all_day"))
    return _once(named_start(each, all_day=all_day, zone=zone) for each in given)


def _once(minutes: Iterable[int]) -> list[int]:
    return sorted(set(minutes))


def _check(start: int, end: int) -> None:
    day = start // DAY + EPOCH_DAY
    if not date(_EARLIEST_YEAR, 1, 1).toordinal() <= day < LAST_DAY:
        raise InvalidInput.field(
            "start", f"An event that repeats must start between {_EARLIEST_YEAR} and 2200."
        )
    if end - start > LENGTH_DAYS_MAX * DAY + 60:  # the days of a change of clocks may be longer
        raise InvalidInput.field(
            "end", f"An event that repeats may not last longer than {LENGTH_DAYS_MAX} days."
        )
