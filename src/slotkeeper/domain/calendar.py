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

    ``booking_id`` names the booking that made it, if one did. An all-day event covers the
    local days of its resource from the day of ``start_at`` to the day of ``end_at``.
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
    start_at: datetime
    end_at: datetime
    participants: Sequence[str]
    created_at: datetime
    updated_at: datetime
