"""Series of bookings: at which times they are, and what may be booked as one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import islice
from uuid import UUID

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import CONFIRM_DECLINE, GROUP_OWNER, INSTANT
from slotkeeper.domain.order import check_interval
from slotkeeper.domain.recurrence import Series, ends_by, occurrences
from slotkeeper.domain.rrule import LAST_DAY, parse_rule
from slotkeeper.domain.zones import Zone, minute_ceil, minute_floor, to_datetime

OCCURRENCES_MAX = 100
"""The most bookings of a series."""

SPAN_MAX = timedelta(days=731)
"""How long after the first booking of a series the last one may start: two years."""

REPEATABLE = (INSTANT.name, CONFIRM_DECLINE.name, GROUP_OWNER.name)
"""The names of the graphs in which a series can be made.

A seat has the time of its class, and nobody pays for a hundred visits within five minutes.
"""

_YEARS = range(1900, 2190)

Times = tuple[datetime, datetime]
"""Start and end of one booking."""


class Mode(StrEnum):
    """Whether a time that is taken spoils the series, or is left out of it."""

    ALL_OR_NOTHING = "all_or_nothing"
    AS_MANY_AS_FREE = "as_many_as_free"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingSeries:
    """A series as it was asked for.

    ``start_at`` and ``end_at`` are those of its first time; the clock of ``timezone`` shows the
    same time of day at all others.
    """

    id: UUID
    rrule: str
    timezone: str
    mode: Mode
    start_at: datetime
    end_at: datetime
    created_at: datetime


def times_of(start: datetime, end: datetime, *, rrule: str, zone: Zone) -> list[Times]:
    """Return the times of a series, the first one first, each as long as that.

    They are at the same time of day on the clock of ``zone``. Raises InvalidInput for a rule
    that does not end, or makes more of them than a series may have, or goes on for too long.

    >>> from slotkeeper.domain.zones import find_zone
    >>> start, paris = datetime(2030, 3, 28, 8, tzinfo=UTC), find_zone("Europe/Paris")
    >>> end = start + timedelta(hours=1)
    >>> found = times_of(start, end, rrule="FREQ=WEEKLY;COUNT=2", zone=paris)
    >>> [f"{each:%d %B %H:%M}" for each, _ in found]
    ['28 March 08:00', '04 April 07:00']
    """
    assert start.tzinfo is UTC, start
    check_interval(start, end)
    if start.year not in _YEARS:
        message = f"A series must start between {_YEARS.start} and {_YEARS.stop}."
        raise InvalidInput.field("start", message)
    rule = parse_rule(rrule)
    if rule.count is None and rule.until is None:
        raise InvalidInput.field("rrule", "The rrule must end: give it a COUNT or an UNTIL.")
    if rule.count is not None and rule.count > OCCURRENCES_MAX:
        raise _too_many()
    first, last = minute_floor(start), minute_ceil(end)
    series = Series(start=first, end=last, all_day=False, zone=zone, rule=rule)
    latest = minute_floor(start + SPAN_MAX)
    if not _ends_by(series, latest):
        message = f"A series may not go on for more than {SPAN_MAX.days} days."
        raise InvalidInput.field("rrule", message)
    found = list(islice(occurrences(series, (first, latest + 1)), OCCURRENCES_MAX + 1))
    if len(found) > OCCURRENCES_MAX:
        raise _too_many()
    begins = (start + (to_datetime(each) - to_datetime(first)) for each, _ in found)
    return [(each, each + (end - start)) for each in begins]


def _ends_by(series: Series, latest: int) -> bool:
    """Tell whether a series that ends at all does so with a start at ``latest`` or before."""
    rule, zone = series.rule, series.zone
    assert rule is not None, "a series repeats"
    if rule.until is not None:
        over = ends_by(series)
        assert over is not None, "it has an UNTIL"
        return over - (series.end - series.start) <= latest
    days = rule.days(zone.day_of(series.start), zone.day_of(latest) + 1, LAST_DAY)
    return next(days, None) is None


def _too_many() -> InvalidInput:
    return InvalidInput.field("rrule", f"A series may not have more than {OCCURRENCES_MAX} times.")
