"""Calendars and the events in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A list of events that belongs to one resource."""

    id: UUID
    resource_id: UUID
    name: str
    description: str | None
    foregroundcolor: str | None
    backgroundcolor: str | None
    is_primary: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry in a calendar over the interval [start_at, end_at).

    ``booking_id`` names the booking that made it, if one did. It takes the time of its resource
    if it is ``busy`` and not declined. An all-day event covers the
    local days of its resource from the day of ``start_at`` to the day of ``end_at``.

    An event that repeats has an ``rrule`` or an ``rdate``; its start and end are those of the
    first occurrence, and ``timezone`` names the clock that the others follow. An event with a
    ``series_id`` replaces the occurrence of that series that would begin at
    ``recurrence_id``; in a list of occurrences the two say which one of which series it is.
    """

    id: UUID
    calendar_id: UUID
    resource_id: UUID
    booking_id: UUID | None
    what: str
    location: str
    description: str
    rsvp: str
    all_day: bool
    busy: bool
    start_at: datetime
    end_at: datetime
    participants: Sequence[str]
    rrule: str | None
    rdate: Sequence[datetime]
    exdate: Sequence[datetime]
    timezone: str | None
    series_id: UUID | None
    recurrence_id: datetime | None
    created_at: datetime
    updated_at: datetime

    @property
    def repeats(self) -> bool:
        """Tell whether it takes place more than once."""
        return self.rrule is not None or bool(self.rdate)


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatingEvent:
    """What says when an event takes place that does so more than once.

    ``zone_name`` is its own zone or that of its resource; ``without`` are the starts that its
    rule gives and that do not count, because they were taken out or replaced.
    """

    id: UUID
    calendar_id: UUID
    resource_id: UUID
    all_day: bool
    start_at: datetime
    end_at: datetime
    zone_name: str
    rrule: str | None
    rdate: Sequence[datetime]
    without: Sequence[datetime]
