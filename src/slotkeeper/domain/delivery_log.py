"""What came of deliveries, for those who want to know."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.delivery import Channel, Kind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt at a delivery. ``number`` counts from 1; ``error`` is None for a success.

    ``status`` is that of the answer, None without one; ``excerpt`` is how the answer began.
    """

    number: int
    started_at: datetime
    milliseconds: int
    status: int | None
    error: str | None
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One delivery as its log has it.

    ``state`` is what the booking entered, None for a test. ``next_attempt_at`` is None where
    none is to come before somebody resumes the target, or none at all.
    """

    id: UUID
    kind: Kind
    status: Status
    booking_id: UUID | None
    state: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingDelivery:
    """One delivery about a booking, by webhook or mail, as the log of the booking has it.

    ``state`` is where the booking stood, ``action`` the step that led there, None for a
    reminder. A mail has ``letter``, the slug of its template, and ``audience``, whom it is for;
    a webhook ``url`` and ``method``, and ``webhook_id`` where it is one of the app.
    """

    id: UUID
    channel: Channel
    kind: Kind
    status: Status
    state: str | None
    action: str | None
    letter: str | None
    audience: str | None
    webhook_id: UUID | None
    url: str | None
    method: str | None
    next_attempt_at: datetime | None
    created_at: datetime
    finished_at: datetime | None
