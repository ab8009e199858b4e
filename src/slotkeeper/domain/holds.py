"""How long something is held for somebody who has not decided or paid yet."""

from collections.abc import Mapping
from datetime import timedelta

from slotkeeper.domain.durations import parse_seconds
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.timestamps import NotUnderstood

PAYMENT_TIMEOUT = timedelta(minutes=5)
"""How long a customer has to pay; the API documentation sets it."""

RESERVATION_TIME = timedelta(seconds=30)
"""How long a reservation lasts; the API documentation sets it."""

HOLD_MAX = timedelta(days=7)
"""The longest hold."""


def payment_timeout(said: object) -> timedelta:
    """Return the time to pay that ``{"time": 25, "unit": "min"}`` gives, or the usual one.

    Raises InvalidInput for anything else.
    """
    if said is None:
        return PAYMENT_TIMEOUT
    if not isinstance(said, Mapping) or said.get("time") is None:
        raise InvalidInput.field("timeout", "The timeout must hold a time and a unit.")
    try:
        seconds = parse_seconds(f"{said['time']} {said.get('unit') or 'min'}")
    except NotUnderstood:
        message = "The timeout must be a number of seconds, minutes, hours or days."
        raise InvalidInput.field("timeout", message) from None
    return _checked(seconds, "timeout")


def reservation_time(said: int | str | None, stored: str | None) -> timedelta:
    """Return how long a reservation lasts: as asked for, else as the project says, else 30 s.

    Numbers are seconds; ``stored`` may also be a duration in words.
    """
    if said is None or said == "":
        said = stored or None
    if said is None:
        return RESERVATION_TIME
    text = str(said).strip()
    try:
        seconds = int(text[:12]) if text.isascii() and text.isdigit() else parse_seconds(text)
    except NotUnderstood:
        message = "The reservation time must be a number of seconds."
        raise InvalidInput.field("reservation_time", message) from None
    return _checked(seconds, "reservation_time")


def _checked(seconds: int, field: str) -> timedelta:
    longest = int(HOLD_MAX.total_seconds())
    if not 1 <= seconds <= longest:
        name = field.replace("_", " ")
        raise InvalidInput.field(
            field, f"The {name} must be between 1 second and {HOLD_MAX.days} days."
        )
    return timedelta(seconds=seconds)
