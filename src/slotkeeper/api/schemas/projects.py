"""What requests about projects hold, and what their answers show."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

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

_SLUG_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


def _slug(text: str) -> str:
    if not text or not set(text) <= _SLUG_LETTERS:
        raise PydanticCustomError(
            "slug", "may only contain lower-case letters, digits, dashes and underscores."
        )
    return text


def _id_of(value: object) -> object:
    """Take the id out of ``{"resource_id": ...}`` or ``{"id": ...}``."""
    if isinstance(value, dict):
        return value.get("resource_id", value.get("id"))
    return value


def _unwrapped(value: object) -> object:
    """Take the list out of ``{"resources": [...]}``."""
    return value.get("resources", value) if isinstance(value, dict) else value


Slug = Annotated[str, AfterValidator(_slug), Field(max_length=100, examples=["hill-valley"])]
ResourceId = Annotated[UUID, BeforeValidator(_id_of)]
ResourceIds = Annotated[
    list[ResourceId], Field(max_length=1000, description="First is first in priority")
]
PlaceIds = Annotated[list[UUID], BeforeValidator(as_list), Field(max_length=1000)]
ResourceList = Annotated[ResourceIds, BeforeValidator(_unwrapped)]

_AVAILABILITY_EXAMPLE = {
    "mode": "roundrobin_random",
    "length": "30 minutes",
    "from": "1 hour",
    "to": "4 weeks",
    "buffer": "15 minutes",
}
_CUSTOMER_FIELDS_EXAMPLE = {
    "name": {"title": "Name", "required": True},
    "email": {"title": "E-mail", "format": "email", "required": True},
}
_BOOKING_EXAMPLE = {"graph": "instant", "what": "Consultation", "where": "Courthouse Square"}


class ProjectFields(Body):
    """The fields of a project that a caller may set."""

    name: Title | None = None
    slug: Slug | None = None
    resources: ResourceIds | None = None
    availability: Document | None = Field(default=None, examples=[_AVAILABILITY_EXAMPLE])
    availability_constraints: ConstraintList | None = None
    booking: Document | None = Field(default=None, examples=[_BOOKING_EXAMPLE])
    customer_fields: Annotated[dict[str, Document] | None, BeforeValidator(as_object)] = Field(
        default=None,
        description="The form, in order: key, and what to ask",
        examples=[_CUSTOMER_FIELDS_EXAMPLE],
    )
    ui: Document | None = None
    reminders: ReminderList | None = None
    meta: Document | None = None
    allow_conference: int | None = Field(default=None, ge=0, le=1)
    allow_double_bookings: bool | None = None
    enabled_email_notification: bool | None = None
    reservation_time: Text | None = Field(default=None, max_length=50)
    latitude: Text | None = Field(default=None, max_length=50)
    longitude: Text | None = Field(default=None, max_length=50)
    use_hours_from: Text | None = Field(default=None, max_length=50)
    locations: PlaceIds | None = Field(default=None, description="Locations that it is in")
    services: PlaceIds | None = Field(default=None, description="Services that it is in")

    @model_validator(mode="before")
    @classmethod
    def _with_older_names(cls, given: Any) -> Any:
        return with_reminders(given)


CLEARABLE = frozenset({"reservation_time", "latitude", "longitude", "use_hours_from"})
"""Fields of a project that null empties; elsewhere null means "not given"."""


class CreateProject(ProjectFields):
    """A new project."""

    name: Title
    resources: ResourceIds
    availability: Document = Field(examples=[_AVAILABILITY_EXAMPLE])
    booking: Document = Field(examples=[_BOOKING_EXAMPLE])


class UpdateProject(ProjectFields):
    """What changes of a project; each part that is given replaces the stored one as a whole."""


class AddResource(Body):
    """A resource to attach to a project."""

    resource_id: ResourceId


class ShownProject(Answer):
    """A project."""

    id: Id
    name: str
    slug: str
    availability: dict[str, Any]
    availability_constraints: list[Any]
    booking: dict[str, Any]
    customer_fields: dict[str, Any]
    ui: dict[str, Any]
    reminders: list[Any]
    meta: dict[str, Any]
    allow_conference: int
    allow_double_bookings: bool
    enabled_email_notification: bool
    reservation_time: str | None
    latitude: str | None
    longitude: str | None
    distance: float | None
    use_hours_from: str | None
    resources: list[Id] | None = Field(default=None, description="With `include=resources`")
    locations: list[Id] | None = Field(default=None, description="With `include=locations`")
    services: list[Id] | None = Field(default=None, description="With `include=services`")
    created_at: Stamp
    updated_at: Stamp


class ShownProjectResource(Answer):
    """A resource of a project."""

    id: Id
    name: str
    email: str | None
    timezone: str


class WidgetConfig(Answer):
    """All that a booking page or the official widget needs to know of a project."""

    id: Id
    slug: str
    name: str
    app_key: str = Field(description="The widget key, for every later call")
    ui: dict[str, Any]
    availability: dict[str, Any]
    availability_constraints: list[Any]
    booking: dict[str, Any]
    customer_fields: dict[str, Any]
