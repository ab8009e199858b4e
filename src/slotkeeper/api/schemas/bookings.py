"""What requests about bookings hold, and what their answers show."""

from typing import Annotated, Any
from uuid import uuid4

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from slotkeeper.api.schemas.answers import Answer, Stamp, Time
from slotkeeper.api.schemas.fields import Body, Document, Email, Id, Text, Timestamp, ZoneName
from slotkeeper.api.schemas.projects import ShownProject
from slotkeeper.api.schemas.resources import ShownCalendar, ShownResource
from slotkeeper.api.times import Times
from slotkeeper.domain.booking import Customer
from slotkeeper.domain.order import Order

_FLAT = ("start", "end", "what", "where", "description", "calendar_id", "participants")


def _nothing_for_empty(value: object) -> object:
    return None if value == "" else value


OptionalZone = Annotated[ZoneName | None, BeforeValidator(_nothing_for_empty)]


def _without(given: dict[str, Any], key: str) -> dict[str, Any]:
    return {each: value for each, value in given.items() if each != key}


class CustomerFields(Body):
    """Who books. Every further key is a field of the form and is kept as it was sent."""

    model_config = ConfigDict(extra="allow")

    name: Text = Field(examples=["Marty McFly"])
    email: Email
    phone: Text | None = None
    voip: Text | None = None
    timezone: OptionalZone = None

    @model_validator(mode="before")
    @classmethod
    def _named_by_parts(cls, given: Any) -> Any:
        """Make the name of its parts, for forms that ask for them apart."""
        if not isinstance(given, dict) or given.get("name"):
            return given
        parts = [str(given[part]) for part in ("first_name", "last_name") if given.get(part)]
        return {**given, "name": " ".join(parts)} if parts else _without(given, "name")

    def customer(self) -> Customer:
        """Return the customer that these fields describe."""
        return Customer(
            id=uuid4(),
            name=self.name,
            email=self.email,
            phone=self.phone or "",
            voip=self.voip or "",
            timezone=self.timezone or "",
            custom=dict(self.model_extra or {}),
        )


class CreateBooking(Body):
    """A new booking. What it leaves open comes from its project.

    Times, title and place may also stand in an ``event`` object, as older clients send them;
    what stands outside counts first.
    """

    resource_id: Id | None = Field(
        default=None, description="Whose time; without it one of the project's resources is chosen"
    )
    project_id: Id | None = None
    graph: Text | None = Field(default=None, examples=["instant"])
    action: Text | None = Field(default=None, description="First action; the graph has its own")
    start: Timestamp
    end: Timestamp
    what: Text | None = Field(default=None, examples=["Consultation"])
    where: Text | None = Field(default=None, examples=["Courthouse Square"])
    description: Text | None = None
    calendar_id: Id | None = None
    customer: CustomerFields | None = None
    participants: list[Text] | None = Field(default=None, max_length=200)
    settings: Document | None = Field(default=None, examples=[{"allow_double_bookings": False}])
    meta: Document | None = None

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(event := given.get("event"), dict):
            return given
        nested = {key: value for key, value in event.items() if key in _FLAT}
        return {**nested, **{key: value for key, value in given.items() if value is not None}}

    def order(self, times: Times) -> Order:
        """Return what is ordered; refuse times that cannot be read."""
        return Order(
            start=times.read("start", self.start),
            end=times.read("end", self.end),
            resource_id=self.resource_id,
            project_id=self.project_id,
            graph=self.graph or None,
            action=self.action or None,
            what=self.what,
            where=self.where,
            description=self.description,
            calendar_id=self.calendar_id,
            customer=self.customer.customer() if self.customer else None,
            participants=self.participants,
            settings=self.settings or {},
            meta=self.meta or {},
        )


class ActOnBooking(Body):
    """What goes with an action: an object named after it, such as ``{"cancel": {"message"}}``."""

    model_config = ConfigDict(extra="allow")

    meta: Document | None = None

    def message(self, action: str) -> str | None:
        """Return the note that goes with the action, if there is one."""
        said = (self.model_extra or {}).get(action)
        text = said.get("message") if isinstance(said, dict) else None
        return text if isinstance(text, str) and text else None


class UpdateBooking(Body):
    """Metadata to merge into that of a booking; null removes a key."""

    model_config = ConfigDict(extra="allow")

    meta: Document | None = None

    def changes(self) -> dict[str, Any]:
        """Return the keys to merge: those under ``meta``, else the bare ones."""
        return self.meta if self.meta is not None else dict(self.model_extra or {})


class RescheduleBooking(Body):
    """A new time for a booking, perhaps with another resource."""

    start: Timestamp
    end: Timestamp
    resource_id: Id | None = Field(default=None, description="The same resource unless given")
    message: Text | None = Field(default=None, description="A note to the owner")


class ShownCustomer(Answer):
    """Who booked; ``meta`` holds the further fields of the form."""

    id: Id
    name: str
    email: str
    phone: str
    voip: str
    timezone: str
    meta: dict[str, Any]


class ShownEvent(Answer):
    """An event in a calendar."""

    id: Id
    calendar_id: Id
    what: str
    where: str
    description: str
    rsvp: str
    all_day: bool = Field(alias="allDay")
    start: Time
    end: Time
    participants: list[str]
    created_at: Stamp
    updated_at: Stamp


class EventInfo(Answer):
    """What was booked."""

    start: Time
    end: Time
    what: str
    where: str
    description: str
    calendar_id: Id | None
    participants: list[str]


class Attributes(Answer):
    """What the booking was made of; ``event_info`` and ``event`` hold the same."""

    event_info: EventInfo
    event: EventInfo
    customer: dict[str, Any] | None = None


class ShownTransition(Answer):
    """One line of the log of a booking: who did what, and what came of it."""

    action: str
    from_state: str = Field(alias="from")
    state: str
    actor: str
    message: str | None
    created_at: Stamp


class ShownBooking(Answer):
    """A booking, with the related objects that were asked for."""

    id: Id
    graph: str
    state: str
    completed: bool
    possible_actions: list[str]
    available_actions: list[str]
    attributes: Attributes
    calendar: ShownCalendar | None
    customers: list[ShownCustomer]
    event: ShownEvent | None = Field(default=None, description="With `include=event`")
    user: ShownResource | None = Field(
        default=None, description="With `include=user`: the older name of the resource"
    )
    resource: ShownResource | None = Field(default=None, description="With `include=resource`")
    project: ShownProject | None = Field(default=None, description="With `include=project`")
    meta: dict[str, Any] | None = Field(default=None, description="With `include=meta`")
    settings: dict[str, Any] | None = Field(default=None, description="With `include=settings`")
    logs: list[ShownTransition] | None = Field(default=None, description="With `include=logs`")
    provider_event: dict[str, Any] | None = Field(
        default=None, description="With `include=provider_event`"
    )
    customer_action_links: dict[str, str] | None = Field(
        default=None,
        description="With `include=customer_action_links`: addresses by action, for the customer",
    )
    created_at: Stamp
    updated_at: Stamp
