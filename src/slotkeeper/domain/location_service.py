"""Services: what is offered alike at many locations, and the hidden project of each pair."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.location import Location

OWN_HOURS = "project"
"""The ``use_hours_from`` of a hidden project whose hours follow neither service nor location."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocationService:
    """Settings that all the hidden projects of a service share, exactly as they were sent."""

    id: UUID
    name: str
    description: str | None
    image_url: str | None
    availability: Mapping[str, object]
    availability_constraints: Sequence[Mapping[str, object]]
    booking: Mapping[str, object]
    customer_fields: Mapping[str, object]
    ui: Mapping[str, object]
    reminders: Sequence[Mapping[str, object]]
    meta: Mapping[str, object]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A service at a location, and the hidden project that is booked for it."""

    location_id: UUID
    service_id: UUID
    project_id: UUID
    use_hours_from: str | None


def settings_at(service: LocationService, location: Location) -> dict[str, object]:
    """Return the columns of the hidden project of ``service`` at ``location``.

    Hours come from the location where it has its own, else from the service. A booking is
    ``instant``, is called like the service and takes place at the location, unless the
    ``booking`` of the service says otherwise.
    """
    hours = location if location.use_custom_hours else service
    said = {key: value for key, value in service.booking.items() if value is not None}
    return {
        "name": f"{service.name}, {location.name}",
        "availability": service.availability,
        "availability_constraints": hours.availability_constraints,
        "booking": {"graph": "instant", "what": service.name, "where": location.name, **said},
        "customer_fields": service.customer_fields,
        "ui": service.ui,
        "reminders": service.reminders,
        "latitude": None if location.latitude is None else str(location.latitude),
        "longitude": None if location.longitude is None else str(location.longitude),
        "use_hours_from": "location" if location.use_custom_hours else "service",
    }


def changes_of(
    offer: Offer, *, before: Mapping[str, object], after: Mapping[str, object]
) -> dict[str, object]:
    """Return what a hidden project takes over when its settings go from one to the other.

    What stays the same there is left alone, because the project may have been changed by
    itself; so are the hours of a project that says it has its own.
    """
    changed = {column: value for column, value in after.items() if value != before[column]}
    if offer.use_hours_from == OWN_HOURS:
        changed.pop("availability_constraints", None)
        changed.pop("use_hours_from", None)
    return changed
