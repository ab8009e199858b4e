"""Things as the API shows them: plain values, ready to be encoded."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from slotkeeper.api.times import Times, stamp
from slotkeeper.domain.calendar import Calendar, Event
from slotkeeper.domain.project import Project, complete_ui
from slotkeeper.domain.resource import Resource

Shown = dict[str, Any]


def calendar(shown: Calendar) -> Shown:
    """Return a calendar; those of connected accounts would name another provider."""
    return {
        "id": shown.id,
        "resource_id": shown.resource_id,
        "name": shown.name,
        "display_name": shown.name,
        "description": shown.description,
        "foregroundcolor": shown.foregroundcolor,
        "backgroundcolor": shown.backgroundcolor,
        "provider": "timekit",
        "provider_id": None,
        "provider_access": "owner",
        "provider_primary": False,
        "provider_sync": False,
        "primary": shown.is_primary,
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }


def event(shown: Event, times: Times) -> Shown:
    """Return an event; ``allDay`` is the only camelCase key of the API.

    What says when it repeats is there only when it says something.
    """
    repeating = {
        "rrule": shown.rrule,
        "rdate": [times.show(each) for each in shown.rdate],
        "exdate": [times.show(each) for each in shown.exdate],
        "timezone": shown.timezone,
        "series_id": shown.series_id,
        "recurrence_id": times.show(shown.recurrence_id) if shown.recurrence_id else None,
    }
    return {
        "id": shown.id,
        "calendar_id": shown.calendar_id,
        "what": shown.what,
        "where": shown.location,
        "description": shown.description,
        "rsvp": shown.rsvp,
        "allDay": shown.all_day,
        "busy": shown.busy,
        "start": times.show(shown.start_at),
        "end": times.show(shown.end_at),
        "participants": list(shown.participants),
        **{key: value for key, value in repeating.items() if value},
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }


def resource(
    shown: Resource, *, calendars: Sequence[Calendar], includes: frozenset[str] = frozenset()
) -> Shown:
    """Return a resource with its calendars; constraints only when they are asked for.

    A former one, which only its bookings show, says since when.
    """
    constraints: Mapping[str, object] = (
        {"availability_constraints": shown.availability_constraints}
        if "availability_constraints" in includes
        else {}
    )
    return {
        "id": shown.id,
        "name": shown.name,
        "first_name": shown.first_name,
        "last_name": shown.last_name,
        "email": shown.email,
        "email_verified": stamp(shown.email_verified_at) if shown.email_verified_at else None,
        "timezone": shown.timezone,
        "image": shown.image,
        "meta": shown.meta,
        "enabled_email_notification": shown.enabled_email_notification,
        "conference_enabled": shown.conference_enabled,
        "conference_type": shown.conference_type,
        "explicit_consent": None,
        "calendars": [calendar(each) for each in calendars],
        **constraints,
        **({"deleted_at": stamp(shown.deleted_at)} if shown.deleted_at else {}),
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }


def project(shown: Project, *, resource_ids: Sequence[UUID] | None = None) -> Shown:
    """Return a project; the ids of its resources only when they are asked for."""
    attached = {} if resource_ids is None else {"resources": list(resource_ids)}
    return {
        "id": shown.id,
        "name": shown.name,
        "slug": shown.slug,
        "availability": shown.availability,
        "availability_constraints": shown.availability_constraints,
        "booking": shown.booking,
        "customer_fields": shown.customer_fields,
        "ui": complete_ui(shown.ui),
        "reminders": shown.reminders,
        "meta": shown.meta,
        "allow_conference": shown.allow_conference,
        "allow_double_bookings": shown.allow_double_bookings,
        "enabled_email_notification": shown.enabled_email_notification,
        "reservation_time": shown.reservation_time,
        "latitude": shown.latitude,
        "longitude": shown.longitude,
        "distance": None,
        "use_hours_from": shown.use_hours_from,
        **attached,
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }


def public_project(shown: Project) -> Shown:
    """Return what the public widget key may see of a project in a list: no private metadata."""
    return {**project(shown), "meta": {}, "reminders": []}


def project_resource(shown: Resource) -> Shown:
    """Return a resource as the list of a project shows it."""
    return {
        "id": shown.id,
        "name": shown.name,
        "email": shown.email,
        "timezone": shown.timezone,
    }


def widget_config(shown: Project, *, app_key: str) -> Shown:
    """Return the configuration of the official widget.

    The widget sends ``booking`` and ``availability`` back as they are, over what it made
    itself, so unset keys must be left out; an object must be one even when it is empty.
    """
    return {
        "id": shown.id,
        "slug": shown.slug,
        "name": shown.name,
        "app_key": app_key,
        "ui": complete_ui(shown.ui),
        "availability": _set(shown.availability),
        "availability_constraints": shown.availability_constraints,
        "booking": {"graph": "instant", **_set(shown.booking)},
        "customer_fields": shown.customer_fields,
    }


def _set(values: Mapping[str, object]) -> Shown:
    return {key: value for key, value in values.items() if value is not None}
