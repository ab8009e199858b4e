"""Reminders: messages that are due before or after a booking begins.

The older name of a list of them is ``event_notifications``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.mails import Audience

REMINDERS_MAX: Final = 50
"""How many reminders an app, a project or a booking can have."""

SPAN_MAX: Final = timedelta(days=366)
"""How far from the start of a booking a reminder can be."""

SUBJECT_CHARACTERS_MAX: Final = 255
URL_CHARACTERS_MAX: Final = 2000

LATE_BEFORE: Final = timedelta(minutes=5)
"""How late a reminder may come that was to come before the start, once the booking has begun.

Until it begins it is worth something, however late it is.
"""

LATE_AFTER: Final = timedelta(hours=24)
"""How late a reminder may come that is due after the start."""

_UNITS: Final[Mapping[str, int]] = {
    **dict.fromkeys(("sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("hour", "hours"), 3600),
    **dict.fromkeys(("day", "days"), 24 * 3600),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A reminder by mail; without a subject the template has one."""

    recipient: Audience
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A reminder by webhook. Without a code, every status from 200 to 299 is a success."""

    url: str
    method: str
    expected_response_code: int | None

    def described(self) -> Mapping[str, object]:
        """Return what the outbox keeps of it, as JSON values."""
        return {
            "url": self.url,
            "method": self.method,
            "expected_response_code": self.expected_response_code,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """A message, and how long before or after the start of a booking it is due."""

    message: Mail | Call
    is_before: bool
    span: timedelta

    def due_at(self, start: datetime) -> datetime:
        """Return when it is due for a booking that begins at ``start``."""
        return start - self.span if self.is_before else start + self.span

    def is_stale(self, start: datetime, *, now: datetime) -> bool:
        """Tell whether it is too late to send it: it would mislead, or nobody waits for it."""
        late = now - self.due_at(start)
        if self.is_before:
            return now >= start and late > LATE_BEFORE
        return late > LATE_AFTER


def parse_reminders(given: object) -> list[Reminder]:
    """Return the reminders that a request holds, as it holds them.

    Numbers may be texts, as documentation and clients write both. Raises InvalidInput with
    all that is wrong under the one key ``reminders``.

    >>> [found] = parse_reminders([
    ...     {"type": "email", "settings": {"recipient": "owner", "subject": "Soon"},
    ...      "when": {"type": "before", "unit": "mins", "time": "15"}}])
    >>> found.is_before, str(found.span), found.message.subject
    (True, '0:15:00', 'Soon')
    """
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise InvalidInput.field("reminders", "The reminders must be an array.")
    if len(given) > REMINDERS_MAX:
        message = f"There may not be more than {REMINDERS_MAX} reminders."
        raise InvalidInput.field("reminders", message)
    found: list[Reminder] = []
    errors: list[str] = []
    for number, each in enumerate(given):
        try:
            found.append(_reminder(each))
        except _Wrong as wrong:
            errors.append(f"The reminders.{number}{wrong}")
    if errors:
        raise InvalidInput({"reminders": errors})
    return found


def find_reminder(stored: object) -> Reminder | None:
    """Return a reminder that was stored, None for one that nobody can understand.

    Projects made before reminders were checked may hold anything; it spoils no booking.
    """
    try:
        return _reminder(stored)
    except _Wrong:
        return None


def due_moments(
    stored: Sequence[object], *, start: datetime, now: datetime
) -> list[tuple[int, datetime]]:
    """Return the place in the list and the moment of each reminder that is still to come.

    What would have been due before ``now`` is left out: it is not sent late.

    >>> from datetime import UTC
    >>> nine = datetime(2030, 5, 7, 9, tzinfo=UTC)
    >>> def reminder(kind: str, hours: int) -> dict[str, object]:
    ...     when = {"type": kind, "unit": "hours", "time": hours}
    ...     return {"type": "email", "settings": {"recipient": "owner"}, "when": when}
    >>> stored = [reminder("before", 24), reminder("before", 1), reminder("after", 1)]
    >>> [(number, due.hour) for number, due in
    ...     due_moments(stored, start=nine, now=nine - timedelta(hours=2))]
    [(1, 8), (2, 10)]
    """
    read = ((number, find_reminder(each)) for number, each in enumerate(stored))
    moments = [(number, each.due_at(start)) for number, each in read if each is not None]
    return [(number, due_at) for number, due_at in moments if due_at >= now]


class _Wrong(Exception):
    """What is wrong with one reminder, behind its number in a sentence."""


def _reminder(given: object) -> Reminder:
    if not isinstance(given, Mapping):
        raise _Wrong(" must be an object.")
    settings = _object(given, "settings")
    match given.get("type"):
        case "email":
            message: Mail | Call = _mail(settings)
        case "webhook":
            message = _call(settings)
        case _:
            raise _Wrong(".type must be email or webhook.")
    when = _object(given, "when")
    if when.get("type") not in ("before", "after"):
        raise _Wrong(".when.type must be before or after.")
    return Reminder(message=message, is_before=when["type"] == "before", span=_span(when))


def _mail(settings: Mapping[str, object]) -> Mail:
    recipient, subject = settings.get("recipient"), settings.get("subject")
    if recipient not in tuple(Audience):
        raise _Wrong(".settings.recipient must be owner or customer.")
    if subject is None:
        subject = ""
    if not isinstance(subject, str) or len(subject) > SUBJECT_CHARACTERS_MAX:
        raise _Wrong(
            f".settings.subject must be a text of at most {SUBJECT_CHARACTERS_MAX} characters."
        )
    # A line break in a subject would begin another header of the mail.
    return Mail(recipient=Audience(str(recipient)), subject=" ".join(subject.split()))


def _call(settings: Mapping[str, object]) -> Call:
    url = settings.get("url")
    if not isinstance(url, str) or not _is_web_address(url):
        raise _Wrong(".settings.url must be an absolute address that begins with http or https.")
    method = settings.get("method") or "post"
    method = method.lower() if isinstance(method, str) else ""
    if method not in ("post", "get"):
        raise _Wrong(".settings.method must be post or get.")
    code = settings.get("expected_response_code")
    expected = None if code is None or code == "" else _number(code)
    if expected is not None and not 100 <= expected <= 599:
        raise _Wrong(".settings.expected_response_code must be a status from 100 to 599.")
    return Call(url=url, method=method, expected_response_code=expected)


def _span(when: Mapping[str, object]) -> timedelta:
    unit = when.get("unit")
    seconds = _UNITS.get(unit.lower()) if isinstance(unit, str) else None
    if seconds is None:
        raise _Wrong(".when.unit must be secs, mins, hours or days.")
    amount = _number(when.get("time"))
    if not 0 <= amount * seconds <= SPAN_MAX.total_seconds():
        raise _Wrong(f".when.time must be a whole number, of at most {SPAN_MAX.days} days.")
    return timedelta(seconds=amount * seconds)


def _object(given: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = given.get(key)
    if not isinstance(found, Mapping):
        raise _Wrong(f".{key} must be an object.")
    return found


def _number(value: object) -> int:
    """Return a whole number, also one that is written as a text; -1 for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 12:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else -1


def _is_web_address(text: str) -> bool:
    if len(text) > URL_CHARACTERS_MAX or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises where it is no number
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
