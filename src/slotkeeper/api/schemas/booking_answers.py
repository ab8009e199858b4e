"""What answers about bookings show."""

from typing import Any

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer, Stamp, Time
from slotkeeper.api.schemas.fields import Id
from slotkeeper.api.schemas.projects import ShownProject
from slotkeeper.api.schemas.resources import ShownCalendar, ShownResource


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
    busy: bool = Field(description="Whether it takes the time of its resource, unless declined")
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


class Seats(Answer):
    """The seats of a class."""

    max_seats: int
    current_seats: int


class Payment(Answer):
    """The reference under which somebody else took the money."""

    payment_id: str


class Attributes(Answer):
    """What the booking was made of; ``event_info`` and ``event`` hold the same."""

    event_info: EventInfo
    event: EventInfo
    customer: dict[str, Any] | None = None
    group_booking: Seats | None = Field(default=None, description="Of a class")
    payment: Payment | None = Field(default=None, description="Of what was paid")


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
    resources: list[ShownResource] | None = Field(
        default=None, description="With `include=resources`: all of them, the first one first"
    )
    owner_booking: dict[str, Any] | None = Field(
        default=None, description="With `include=owner_booking`: the class of a seat"
    )
    bulked_bookings: list[dict[str, Any]] | None = Field(
        default=None,
        description="With `include=bulked_bookings`: the others of its bulk, earliest first",
    )
    series_id: Id | None = Field(default=None, description="Of what was made in a series")
    held_until: Stamp | None = Field(
        default=None, description="When what is held now runs out, unless paid or booked"
    )
    project: ShownProject | None = Field(default=None, description="With `include=project`")
    meta: dict[str, Any] | None = Field(default=None, description="With `include=meta`")
    settings: dict[str, Any] | None = Field(default=None, description="With `include=settings`")
    reminders: list[Any] | None = Field(default=None, description="With `include=reminders`")
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


class ShownClass(ShownBooking):
    """A class; its ``attributes.group_booking`` tells how many seats there are and are taken."""

    bookings: list[ShownBooking] | None = Field(
        default=None, description="The seats that have not ended; of one class, with the app key"
    )
