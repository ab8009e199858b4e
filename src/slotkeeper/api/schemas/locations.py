"""What requests about locations and their services hold, and what their answers show."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import (
    Body,
    ConstraintList,
    Document,
    Id,
    ReminderList,
    Text,
    Title,
    as_list,
    as_object,
    with_reminders,
)
from slotkeeper.api.schemas.projects import ResourceIds
from slotkeeper.domain.location import LATITUDE_MAX, LONGITUDE_MAX

IDS_MAX = 1000
"""The most locations, services or projects that one request may name."""

Ids = Annotated[list[Id], BeforeValidator(as_list), Field(max_length=IDS_MAX)]
Latitude = Annotated[
    float,
    Field(ge=-LATITUDE_MAX, le=LATITUDE_MAX, allow_inf_nan=False, examples=[34.1367]),
]
Longitude = Annotated[
    float,
    Field(ge=-LONGITUDE_MAX, le=LONGITUDE_MAX, allow_inf_nan=False, examples=[-118.3554]),
]

_META_EXAMPLE = {
    "t_store_name": "Hill Valley",
    "t_store_address": "1 Courthouse Square",
    "t_store_city": "Hill Valley",
    "t_store_postal_code": "95420",
    "t_store_phone": "555-4385",
}


class LocationFields(Body):
    """The fields of a location that a caller may set."""

    name: Title | None = None
    description: Text | None = None
    latitude: Latitude | None = Field(default=None, description="Degrees, north is positive")
    longitude: Longitude | None = Field(default=None, description="Degrees, east is positive")
    use_custom_hours: bool | None = Field(
        default=None,
        description="Whether the rules of the location count, in place of those of a service",
    )
    availability_constraints: ConstraintList | None = None
    meta: Document | None = Field(default=None, examples=[_META_EXAMPLE])
    resources: ResourceIds | None = Field(
        default=None, description="Who works there, first in priority first"
    )
    services: Ids | None = Field(default=None, description="What is offered there, no more")
    projects: Ids | None = Field(default=None, description="Projects that are there, no more")


LOCATION_CLEARABLE = frozenset({"description", "latitude", "longitude"})
"""Fields of a location that null empties; elsewhere null means "not given"."""


class CreateLocation(LocationFields):
    """A new location."""

    name: Title


class UpdateLocation(LocationFields):
    """What changes of a location; what is left out stays."""


class ServiceFields(Body):
    """The fields of a service that a caller may set; most are those of its hidden projects."""

    name: Title | None = None
    description: Text | None = None
    image_url: Text | None = Field(default=None, max_length=2000)
    availability: Document | None = Field(
        default=None, examples=[{"length": "30 minutes", "buffer": "15 minutes", "to": "4 weeks"}]
    )
    availability_constraints: ConstraintList | None = None
    booking: Document | None = Field(default=None, examples=[{"graph": "confirm_decline"}])
    customer_fields: Annotated[dict[str, Document] | None, BeforeValidator(as_object)] = Field(
        default=None, description="The form, in order: key, and what to ask"
    )
    ui: Document | None = None
    reminders: ReminderList | None = None
    meta: Document | None = None
    locations: Ids | None = Field(default=None, description="Where it is offered, nowhere else")

    @model_validator(mode="before")
    @classmethod
    def _with_older_names(cls, given: Any) -> Any:
        return with_reminders(given)


SERVICE_CLEARABLE = frozenset({"description", "image_url"})
"""Fields of a service that null empties; elsewhere null means "not given"."""


class CreateService(ServiceFields):
    """A new service."""

    name: Title


class UpdateService(ServiceFields):
    """What changes of a service and of all its hidden projects; what is left out stays."""


class _Location(Answer):
    id: Id
    name: str
    description: str | None
    latitude: float | None
    longitude: float | None
    distance: float | None = Field(
        default=None, description="Kilometres, where the list was asked for by distance"
    )
    use_custom_hours: bool
    meta: dict[str, Any]
    availability_constraints: list[Any] | None = Field(
        default=None, description="With `include=availability_constraints`"
    )
    created_at: Stamp
    updated_at: Stamp


class _Service(Answer):
    id: Id
    name: str
    description: str | None
    image_url: str | None
    availability: dict[str, Any]
    availability_constraints: list[Any]
    booking: dict[str, Any]
    customer_fields: dict[str, Any]
    ui: dict[str, Any]
    reminders: list[Any]
    meta: dict[str, Any]
    created_at: Stamp
    updated_at: Stamp


class LocationOfService(_Location):
    """A location, as a service shows where it is offered."""


class ServiceAtLocation(_Service):
    """A service, as a location shows what it offers."""


class ShownLocation(_Location):
    """A location."""

    services: list[ServiceAtLocation] | None = Field(
        default=None, description="With `include=services`"
    )
    resources: list[Id] | None = Field(default=None, description="With `include=resources`")
    projects: list[Id] | None = Field(
        default=None, description="With `include=projects`; not those of services"
    )


class ShownService(_Service):
    """A service."""

    locations: list[LocationOfService] | None = Field(
        default=None, description="With `include=locations`"
    )
