"""Classes: how many seats they have, and until when a seat can be booked or given back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from slotkeeper.domain.durations import parse_duration
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.timestamps import NotUnderstood

SEATS_MAX = 10_000
"""The most seats that a class can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """What the settings of a ``group_owner`` booking say about its seats.

    Each of the three is counted back from the start: a seat cannot be given back by its
    customer later than ``min_cancel`` before it, nor booked later than ``min_booking`` or
    earlier than ``max_booking`` before it. None sets no limit.
    """

    seats: int
    min_cancel: timedelta | None
    min_booking: timedelta | None
    max_booking: timedelta | None

    def can_be_booked(self, start: datetime, *, at: datetime) -> bool:
        """Tell whether a seat of the class that starts at ``start`` can be booked at ``at``."""
        latest = start - (self.min_booking or timedelta())
        return at < latest and (self.max_booking is None or at >= start - self.max_booking)

    def can_be_cancelled(self, start: datetime, *, at: datetime) -> bool:
        """Tell whether a customer can give a seat back at ``at``."""
        return self.min_cancel is None or at <= start - self.min_cancel


def group_of(settings: Mapping[str, object]) -> Group:
    """Return what the settings of a class say; raises InvalidInput with every bad field."""
    errors: dict[str, list[str]] = {}
    spans: dict[str, timedelta | None] = {}
    for name in ("min_cancel_time", "min_booking_time", "max_booking_time"):
        try:
            spans[name] = _span(settings.get(name))
        except NotUnderstood:
            text = name.replace("_", " ")
            errors[f"settings.{name}"] = [f"The settings.{text} must be a duration."]
    seats = _whole(settings.get("max_seats"))
    if settings.get("max_seats") is None:
        errors["settings.max_seats"] = ["The settings.max seats field is required."]
    elif seats is None or not 1 <= seats <= SEATS_MAX:
        message = f"The settings.max seats must be between 1 and {SEATS_MAX}."
        errors["settings.max_seats"] = [message]
    if errors or seats is None:
        raise InvalidInput(errors)
    return Group(
        seats=seats,
        min_cancel=spans["min_cancel_time"],
        min_booking=spans["min_booking_time"],
        max_booking=spans["max_booking_time"],
    )


def _span(value: object) -> timedelta | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str | int):
        raise NotUnderstood(str(value))
    return timedelta(minutes=parse_duration(value))


def _whole(value: object) -> int | None:
    """Return the whole number that a JSON value is, also one in quotes."""
    if isinstance(value, str) and value.strip().isascii() and value.strip().isdigit():
        value = int(value.strip()[:9])
    return value if isinstance(value, int) and not isinstance(value, bool) else None
