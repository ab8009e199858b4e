"""What a webhook says about a booking: plain values in, plain JSON values out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.group import group_of
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.notifications.byte_form import php_json

Shown = dict[str, Any]
Written = Callable[[datetime], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A booking as it was when something happened to it, and what it relates to, as that is now.

    ``event_id`` is that of its event in the calendar, None where it has none (any more).
    ``seats_taken`` is set for classes alone. ``links`` are addresses for the customer by action.
    """

    booking: Booking
    event_id: UUID | None = None
    calendar: Calendar | None = None
    resource: Resource | None = None
    project: Project | None = None
    owner: Booking | None = None
    seats_taken: int | None = None
    links: Mapping[str, str] = field(default_factory=dict)


def told(about: Told) -> Shown:
    """Return what a webhook is sent when a booking enters a state.

    Instants are in UTC, without a colon in the offset; the metadata of the customer is JSON
    within a string; and what is not known of a customer is an empty string.
    """
    booking = about.booking
    return {
        **_native(booking),
        "description": booking.description,
        "customers": [_customer(booking.customer)] if booking.customer else [],
        "event": _event(about),
        "calendar": _calendar(about.calendar) if about.calendar else None,
        "attributes": _attributes(about, _stamp),
        "user": _resource(about.resource) if about.resource else None,
        "project": _project(about.project) if about.project else None,
        "meta": booking.meta,
        "available_actions": [str(action) for action in booking.actions],
        "customer_action_links": about.links,
        "owner_booking": _owner(about.owner) if about.owner else None,
    }


def reminded(about: Told) -> Shown:
    """Return what a webhook is sent as a reminder: what ``GET /bookings/:id`` answers."""
    booking = about.booking
    native = _native(booking)
    actions = [str(action) for action in booking.actions]
    shown: Shown = {
        **{name: native[name] for name in ("id", "graph", "state", "completed")},
        "possible_actions": actions,
        "available_actions": actions,
        "attributes": _attributes(about, _iso),
        "calendar": _calendar(about.calendar) if about.calendar else None,
        "customers": [_plain_customer(booking.customer)] if booking.customer else [],
    }
    if booking.series_id is not None:
        shown["series_id"] = str(booking.series_id)
    if booking.until is not None:
        shown["held_until"] = _stamp(booking.until)
    shown |= {name: native[name] for name in ("created_at", "updated_at")}
    return {"data": shown}


def _native(booking: Booking) -> Shown:
    return {
        "id": str(booking.id),
        "state": str(booking.state),
        "graph": booking.graph.name,
        "completed": booking.is_final,
        "created_at": _stamp(booking.created_at),
        "updated_at": _stamp(booking.updated_at),
    }


def _event(about: Told) -> Shown:
    booking = about.booking
    return {
        "id": _id(about.event_id),
        "calendar_id": _id(booking.calendar_id),
        "what": booking.what,
        "where": booking.location,
        "description": booking.description,
        "rsvp": "accepted",
        "allDay": False,
        "start": _stamp(booking.start_at),
        "end": _stamp(booking.end_at),
        "participants": list(booking.participants),
        "created_at": _stamp(booking.created_at),
        "updated_at": _stamp(booking.updated_at),
    }


def _attributes(about: Told, written: Written) -> Shown:
    booking = about.booking
    info = {
        "start": written(booking.start_at),
        "end": written(booking.end_at),
        "what": booking.what,
        "where": booking.location,
        "description": booking.description,
        "calendar_id": _id(booking.calendar_id),
        "participants": list(booking.participants),
    }
    shown: Shown = {"event_info": info, "event": info}
    if booking.customer is not None:
        shown["customer"] = {**booking.customer.custom, **_plain_customer(booking.customer)}
    if about.seats_taken is not None:
        seats = group_of(booking.settings).seats
        shown["group_booking"] = {"max_seats": seats, "current_seats": about.seats_taken}
    if booking.payment_id is not None:
        shown["payment"] = {"payment_id": booking.payment_id}
    return shown


def _customer(customer: Customer) -> Shown:
    return {**_plain_customer(customer), "meta": php_json(customer.custom)}


def _plain_customer(customer: Customer) -> Shown:
    return {
        "id": str(customer.id),
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "voip": customer.voip,
        "timezone": customer.timezone,
        "meta": customer.custom,
    }


def _calendar(calendar: Calendar) -> Shown:
    return {
        "id": str(calendar.id),
        "resource_id": str(calendar.resource_id),
        "name": calendar.name,
        "display_name": calendar.name,
        "description": calendar.description,
        "foregroundcolor": calendar.foregroundcolor,
        "backgroundcolor": calendar.backgroundcolor,
        "provider": "timekit",
        "provider_id": None,
        "provider_access": "owner",
        "provider_primary": False,
        "provider_sync": False,
        "primary": calendar.is_primary,
        "created_at": _stamp(calendar.created_at),
        "updated_at": _stamp(calendar.updated_at),
    }


def _resource(resource: Resource) -> Shown:
    return {
        "id": str(resource.id),
        "name": resource.name,
        "first_name": resource.first_name,
        "last_name": resource.last_name,
        "email": resource.email,
        "timezone": resource.timezone,
        "image": resource.image,
        "meta": resource.meta,
        "created_at": _stamp(resource.created_at),
        "updated_at": _stamp(resource.updated_at),
    }


def _project(project: Project) -> Shown:
    return {
        "id": str(project.id),
        "name": project.name,
        "slug": project.slug,
        "meta": project.meta,
        "created_at": _stamp(project.created_at),
        "updated_at": _stamp(project.updated_at),
    }


def _owner(owner: Booking) -> Shown:
    return {
        **_native(owner),
        "what": owner.what,
        "start": _stamp(owner.start_at),
        "end": _stamp(owner.end_at),
        "meta": owner.meta,
    }


def _id(found: UUID | None) -> str | None:
    return None if found is None else str(found)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")
