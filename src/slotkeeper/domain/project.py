"""Projects: one way of booking on offer, with its resources, rules, graph and page."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

CUSTOMER_FIELDS: Mapping[str, object] = {
    "name": {"title": "Name", "required": True, "split_name": False},
    "email": {"title": "E-mail", "format": "email", "required": True},
}
"""The form of a project that names no fields: what the official widget asks by default."""

_LOCALIZATION: Mapping[str, object] = {
    "submit_button": "Book it",
    "allocated_resource_prefix": "with",
    "success_message": "We have received your booking and sent a confirmation to %s",
}

_UI: Mapping[str, object] = {
    "display_name": "",
    "avatar": "",
    "availability_view": "agendaWeek",
    "time_date_format": "12h-mdy-sun",
    "show_credits": True,
    "show_timezone_helper": True,
}

_SPELLED_OUT = str.maketrans(
    {"æ": "ae", "œ": "oe", "ø": "o", "å": "a", "ð": "d", "đ": "d", "þ": "th", "ł": "l"}
)
"""Letters that have no accent to take away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A stored way of booking; the JSON parts are kept exactly as they were sent."""

    id: UUID
    slug: str
    name: str
    availability: Mapping[str, object]
    availability_constraints: Sequence[Mapping[str, object]]
    booking: Mapping[str, object]
    customer_fields: Mapping[str, object]
    ui: Mapping[str, object]
    reminders: Sequence[Mapping[str, object]]
    meta: Mapping[str, object]
    allow_conference: int
    allow_double_bookings: bool
    enabled_email_notification: bool
    reservation_time: str | None
    latitude: str | None
    longitude: str | None
    use_hours_from: str | None
    created_at: datetime
    updated_at: datetime


def complete_ui(ui: Mapping[str, object]) -> dict[str, object]:
    """Return ``ui`` with every text and switch that the official widget cannot do without.

    A missing ``success_message`` stops the widget at the first click; an empty or missing
    ``timezone`` must not be sent at all.
    """
    given = ui.get("localization")
    localization = {**_LOCALIZATION, **_without_nulls(given if isinstance(given, dict) else {})}
    return {**_UI, **_without_nulls(ui), "localization": localization}


def slug_of(name: str) -> str:
    """Return ``name`` in the letters that an address may have; empty when none are left.

    >>> slug_of("Doc's Café — 1.21 gigawatts!"), slug_of("Ærø Straße")
    ('docs-cafe-1-21-gigawatts', 'aero-strasse')
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPELLED_OUT))
    ascii_name = plain.encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_name.lower().replace("'", "")).strip("-")[:60]


def _without_nulls(values: Mapping[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None and value != ""}
