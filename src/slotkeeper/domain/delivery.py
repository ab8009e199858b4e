"""What leaves the house: what is announced, to whom, and when it is tried again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from slotkeeper.domain.booking import Booking

WAITS = (
    timedelta(seconds=10),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=10),
)
"""How long to wait after each attempt that failed; more than a day in all."""

JITTER = 0.1
"""By which part of itself a wait is made shorter or longer, so that not all come back at once."""

LEASE = timedelta(seconds=20)
"""How long an attempt may take before it counts as lost and another worker makes the next."""


class Kind(StrEnum):
    """What an announcement tells of."""

    STATE = "state"
    REMINDER = "reminder"
    TEST = "test"
    NOTICE = "notice"


class Channel(StrEnum):
    """On which way somebody is told."""

    WEBHOOK = "webhook"
    MAIL = "mail"


class Status(StrEnum):
    """Where a delivery stands: ``dropped`` had nothing to say any more when its turn came."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What is to be announced. ``facts`` holds what a reminder, test or notice adds.

    ``graph`` and ``state`` choose the webhooks that hear of it; without them none does.
    """

    kind: Kind
    booking_id: UUID | None = None
    graph: str | None = None
    state: str | None = None
    action: str | None = None
    from_state: str | None = None
    message: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearers:
    """Who is told beside the webhooks of the app, and which of these is not.

    ``silenced`` are places in the order of the app's webhooks, from 0. ``calls`` are webhooks
    that stand nowhere else: ``url``, ``method`` and ``expected_response_code``. ``letters`` are
    mails: the slug of a template, and the audience that gets it.
    """

    silenced: Sequence[int] = ()
    calls: Sequence[Mapping[str, object]] = ()
    letters: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """Something that happened, and the booking as it was at that moment.

    ``facts`` holds what a reminder, test or notice adds, as JSON values. ``action`` and
    ``from_state`` are those of the step of a booking, None otherwise.
    """

    number: int
    kind: Kind
    booking: Booking | None
    action: str | None = None
    from_state: str | None = None
    message: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    happened_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One telling of an announcement to one target, which deliveries to it have in common.

    ``call`` stands where no webhook does: url, method and expected_response_code of a reminder
    or of a booking's own webhook. ``letter`` and ``audience`` are those of a mail: the slug of
    its template, and who gets it. ``attempts`` counts the one that is about to be made, and
    ``attempts_before`` those that had been made when somebody asked for it again.
    """

    app_id: UUID
    id: UUID
    channel: Channel
    target: UUID
    booking_id: UUID | None
    webhook_id: UUID | None
    call: Mapping[str, object] | None
    letter: str | None
    audience: str | None
    attempts: int
    attempts_before: int = 0
    created_at: datetime
    announcement: Announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one attempt. ``status`` is the HTTP status, None for mails and failures.

    ``is_final`` tells that trying again would be in vain.
    """

    status: int | None = None
    error: str | None = None
    excerpt: str = ""
    milliseconds: int = 0
    is_final: bool = False

    @property
    def is_success(self) -> bool:
        """Tell whether the target has taken what was sent."""
        return self.error is None


def next_attempt(attempts: int, *, at: datetime, chance: float) -> datetime | None:
    """Return when to try again after so many attempts, None after the last.

    ``chance`` in [0, 1) spreads those that failed together.

    >>> from datetime import UTC
    >>> noon = datetime(2030, 5, 6, 12, tzinfo=UTC)
    >>> str(next_attempt(1, at=noon, chance=0.5))
    '2030-05-06 12:00:10+00:00'
    >>> next_attempt(9, at=noon, chance=0.5) is None
    True
    """
    if attempts > len(WAITS):
        return None
    return at + WAITS[attempts - 1] * (1 + JITTER * (2 * chance - 1))
