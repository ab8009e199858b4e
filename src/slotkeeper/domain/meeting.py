"""A booking as calendar programs know it: what an invitation to it says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from slotkeeper.domain.zones import Zone


class MeetingStatus(StrEnum):
    """Whether a meeting takes place; the values are those of RFC 5545, 3.8.1.11."""

    TENTATIVE = "TENTATIVE"
    CONFIRMED = "CONFIRMED"
    CANCELLED = "CANCELLED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Who comes to a meeting or holds it. ``email`` may be empty where it is not known."""

    name: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """A meeting over the interval [start_at, end_at), as one message about it says.

    ``uid`` names it in every calendar and never changes; of two messages, the one with the
    higher ``sequence`` counts. ``zone`` is the clock by which readers see it. ``stamped_at`` is
    when the message was made. ``url`` leads to a page about it, None where there is none.
    """

    uid: str
    sequence: int
    stamped_at: datetime
    start_at: datetime
    end_at: datetime
    zone: Zone
    what: str
    where: str
    description: str
    status: MeetingStatus
    organizer: Attendee
    attendees: Sequence[Attendee] = ()
    url: str | None = None
