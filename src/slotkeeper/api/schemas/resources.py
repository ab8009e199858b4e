"""What requests about resources and calendars hold, and what their answers show."""

from typing import Any

from pydantic import Field, model_validator

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import (
    Body,
    ConstraintList,
    Document,
    Email,
    Id,
    Text,
    Title,
    ZoneName,
)
from slotkeeper.domain.resource import full_name


class ResourceFields(Body):
    """The fields of a resource that a caller may set."""

    name: Title | None = None
    first_name: Text | None = Field(default=None, max_length=255)
    last_name: Text | None = Field(default=None, max_length=255)
    timezone: ZoneName | None = None
    image: Text | None = Field(default=None, max_length=2000)
    meta: Document | None = None
    availability_constraints: ConstraintList | None = None
    enabled_email_notification: bool | None = None
    conference_enabled: bool | None = None
    conference_type: Text | None = Field(default=None, max_length=255)


CLEARABLE = frozenset({"image", "conference_type", "last_name"})
"""Fields of a resource that null empties; elsewhere null means "not given"."""


class CreateResource(ResourceFields):
    """A new resource: a zone, and a name; older clients send the parts of a name instead."""

    name: Title
    timezone: ZoneName
    email: Email | None = Field(default=None, description="Unique within the app; never changes")

    @model_validator(mode="before")
    @classmethod
    def _named_by_parts(cls, given: Any) -> Any:
        if not isinstance(given, dict) or given.get("name") or not given.get("first_name"):
            return given
        parts = given["first_name"], given.get("last_name")
        return {**given, "name": full_name(*(str(part or "") for part in parts))}


class UpdateResource(ResourceFields):
    """What changes of a resource; what is left out stays."""


class ShownCalendar(Answer):
    """A calendar."""

    id: Id
    name: str
    display_name: str
    description: str | None
    foregroundcolor: str | None
    backgroundcolor: str | None
    provider: str
    provider_id: str | None
    provider_access: str
    provider_primary: bool
    provider_sync: bool
    primary: bool
    resource_id: Id
    created_at: Stamp
    updated_at: Stamp


class ShownResource(Answer):
    """A resource."""

    id: Id
    name: str
    first_name: str
    last_name: str | None
    email: str | None
    email_verified: str | None
    timezone: str
    image: str | None
    meta: dict[str, Any]
    enabled_email_notification: bool
    conference_enabled: bool
    conference_type: str | None
    explicit_consent: str | None
    calendars: list[ShownCalendar]
    availability_constraints: list[Any] | None = Field(
        default=None, description="With `include=availability_constraints`"
    )
    created_at: Stamp
    updated_at: Stamp
