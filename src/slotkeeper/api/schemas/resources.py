"""What requests about resources and calendars hold, and what their answers show."""

from typing import Annotated, Any

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
from slotkeeper.domain.passwords import LENGTH_MAX
from slotkeeper.domain.resource import full_name

Password = Annotated[
    Text,
    Field(min_length=1, max_length=LENGTH_MAX, description="Kept as a hash and never shown"),
]


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
    password: Password | None = None


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


class SignUp(Body):
    """A new user: an address, a zone, and a name or its parts."""

    email: Email
    timezone: ZoneName
    first_name: Title
    last_name: Text | None = Field(default=None, max_length=255)
    name: Title | None = None
    image: Text | None = Field(default=None, max_length=2000)
    password: Password | None = None


class AskReset(Body):
    """Who forgot a password."""

    email: Email


class Invite(Body):
    """Who is invited; names and zone count for somebody who is not in the app yet."""

    email: Email
    name: Title | None = None
    first_name: Text | None = Field(default=None, max_length=255)
    last_name: Text | None = Field(default=None, max_length=255)
    timezone: ZoneName | None = None


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
    events: list[Any] | None = Field(
        default=None,
        description="With `include=calendars.events` where a resource is shown, with "
        "`include=events` where a calendar is",
    )
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
    api_token: str | None = Field(
        default=None,
        description="The server-token of the resource: when it is made, and with "
        "`include=api_token`",
    )
    credentials: list[Any] | None = Field(
        default=None, description="With `include=credentials`: every token of the resource"
    )
    accounts: list[Any] | None = Field(
        default=None, description="With `include=accounts`: connected calendars"
    )
    deleted_at: Stamp | None = Field(
        default=None, description="Only where a booking shows a resource that was deleted"
    )
    created_at: Stamp
    updated_at: Stamp


class ShownUser(ShownResource):
    """A resource as user routes show it."""

    activated: bool
    last_sync: str | None


class ShownInvited(ShownResource):
    """A resource that was invited."""

    invitation_url: str = Field(
        description="Where the invited person chooses a password, once and within seven days; "
        "for them alone"
    )


class ShownZone(Answer):
    """Where somebody is in time."""

    timezone: str
    utc_offset: float = Field(description="Hours ahead of UTC now", examples=[-8])


class ShownProperty(Answer):
    """A text that an application keeps with a person."""

    key: str
    value: str
    created_at: str = Field(examples=["2030-05-06 08:00:00"])
    updated_at: str = Field(examples=["2030-05-06 08:00:00"])
