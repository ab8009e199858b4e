"""What requests about bookings hold."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID, uuid4

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from slotkeeper.api.schemas.fields import (
    Body,
    Document,
    Email,
    Id,
    ReminderList,
    Text,
    Timestamp,
    ZoneName,
    with_reminders,
)
from slotkeeper.api.schemas.webhook_overrides import WebhookOverrides
from slotkeeper.api.times import Times
from slotkeeper.domain import webhook_overrides
from slotkeeper.domain.booking import Customer
from slotkeeper.domain.mails import TIME_FORMAT, TIME_FORMAT_CHARACTERS_MAX
from slotkeeper.domain.order import STEPS, Order
from slotkeeper.domain.reminder import parse_reminders
from slotkeeper.services.bulk import Deed

_MAIL_SWITCHES = ("notify_customer_by_email", "notify_owner_by_email")
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


def _has_time_from_elsewhere(given: dict[str, Any]) -> bool:
    """Tell whether a class or a reservation says when a booking is, so that it need not."""
    related = given.get("related")
    in_class = isinstance(related, dict) and related.get("owner_booking_id") is not None
    return in_class or given.get("reservation_id") is not None


def _without_time(schema: dict[str, Any]) -> None:
    """Say in the document that start and end may be left out, as they may for seats."""
    schema["required"] = [each for each in schema["required"] if each not in ("start", "end")]
    if not schema["required"]:
        del schema["required"]


class Related(Body):
    """What a booking belongs to."""

    owner_booking_id: Id | None = Field(default=None, description="The class that has the seat")


class Switch(Body):
    """Whether a step of a booking is taken."""

    model_config = ConfigDict(extra="allow")

    enabled: bool = True


class PaymentTimeout(Body):
    """How long a customer has to pay."""

    time: int = Field(examples=[25])
    unit: Text = Field(default="min", examples=["min"])


class _Switching(Body):
    """What can be said of the mails that a step leads to.

    The oldest form of these switches has them in an object named ``actions``.
    """

    notify_customer_by_email: Switch | None = None
    notify_owner_by_email: Switch | None = None

    @model_validator(mode="before")
    @classmethod
    def _out_of_actions(cls, given: Any) -> Any:
        if not isinstance(given, dict) or not isinstance(given.get("actions"), dict):
            return given
        nested = given["actions"]
        return {key: nested[key] for key in _MAIL_SWITCHES if key in nested} | given

    @property
    def switches(self) -> dict[str, Any]:
        """Return what is said, by the name of the step."""
        said = {name: getattr(self, name) for name in _MAIL_SWITCHES}
        return {name: each.model_dump() for name, each in said.items() if each is not None}


class _Ordered(Body):
    """What a booking and a reservation have in common.

    Times, title and place may also stand in an ``event`` object, as older clients send them;
    what stands outside counts first. Start and end are needed, unless a class or a
    reservation gives them.
    """

    model_config = ConfigDict(json_schema_extra=_without_time)

    resource_id: Id | None = Field(
        default=None, description="Whose time; without it one of the project's resources is chosen"
    )
    resources: list[Id] | None = Field(
        default=None,
        max_length=50,
        description="Several resources, booked together or not at all; the first is `resource_id`",
    )
    project_id: Id | None = None
    graph: Text | None = Field(default=None, examples=["instant"])
    start: Timestamp | None
    end: Timestamp | None
    what: Text | None = Field(default=None, examples=["Consultation"])
    where: Text | None = Field(default=None, examples=["Courthouse Square"])
    description: Text | None = None
    calendar_id: Id | None = None
    customer: CustomerFields | None = None
    participants: list[Text] | None = Field(default=None, max_length=200)
    settings: Document | None = Field(default=None, examples=[{"allow_double_bookings": False}])
    meta: Document | None = None
    related: Related | None = None

    @model_validator(mode="before")
    @classmethod
    def _flattened(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            return given
        event = given.get("event")
        nested = event if isinstance(event, dict) else {}
        said = {key: value for key, value in given.items() if value is not None}
        flat = {key: value for key, value in nested.items() if key in _FLAT} | said
        return {"start": None, "end": None, **flat} if _has_time_from_elsewhere(said) else flat

    def order(self, times: Times) -> Order:
        """Return what is ordered; refuse times that cannot be read."""
        several = [each for each in [self.resource_id, *(self.resources or ())] if each]
        return Order(
            start=times.read("start", self.start) if self.start is not None else None,
            end=times.read("end", self.end) if self.end is not None else None,
            resource_id=several[0] if several else None,
            further_resource_ids=several[1:],
            project_id=self.project_id,
            owner_booking_id=self.related.owner_booking_id if self.related else None,
            graph=self.graph or None,
            what=self.what,
            where=self.where,
            description=self.description,
            calendar_id=self.calendar_id,
            customer=self.customer.customer() if self.customer else None,
            participants=self.participants,
            settings=self.settings or {},
            meta=self.meta or {},
        )


class CreateBooking(_Ordered, _Switching):
    """A new booking. What it leaves open comes from its reservation, class or project.

    Its mails write times as the request wants its own.
    """

    action: Text | None = Field(default=None, description="First action; the graph has its own")
    reservation_id: Id | None = Field(default=None, description="The reservation it takes over")
    timeout: PaymentTimeout | None = None
    auto_complete_one_hour_after_booking_ends: Switch | None = None
    trigger_webhook: Switch | None = None
    reminders: ReminderList | None = Field(
        default=None,
        description="Mails and webhooks before or after the start, instead of those "
        "of the project; an older name is `event_notifications`",
    )
    webhooks: WebhookOverrides | None = None

    @model_validator(mode="before")
    @classmethod
    def _with_older_names(cls, given: Any) -> Any:
        return with_reminders(given)

    def order(self, times: Times) -> Order:
        """Return what is ordered; refuse times that cannot be read."""
        said = {name: getattr(self, name) for name in STEPS}
        steps: dict[str, object] = {
            name: each.model_dump() for name, each in said.items() if each is not None
        }
        if times.output_format:
            steps[TIME_FORMAT] = times.output_format[:TIME_FORMAT_CHARACTERS_MAX]
        return replace(
            super().order(times),
            action=self.action or None,
            reservation_id=self.reservation_id,
            reminders=self._checked_reminders(),
            steps=steps | self._checked_webhooks(),
        )

    def _checked_webhooks(self) -> dict[str, Any]:
        entries = [each.said() for each in self.webhooks or ()]
        webhook_overrides.check(entries)
        return {webhook_overrides.WEBHOOKS: entries} if entries else {}

    def _checked_reminders(self) -> list[dict[str, Any]] | None:
        if self.reminders is not None:
            parse_reminders(self.reminders)
        return self.reminders


class Reserve(_Ordered):
    """Time or a seat to hold for a while. ``graph`` is that of the booking to come."""

    reservation_time: int | Text | None = Field(
        default=None, description="Seconds; as the project says, else 30", examples=[60]
    )


class ExtendReservation(Body):
    """How much longer to hold a reservation, counted from now."""

    reservation_id: Id
    reservation_time: int | Text | None = Field(
        default=None, description="Seconds; as the project says, else 30", examples=[60]
    )


class ActOnBooking(_Switching):
    """What goes with an action: an object named after it, such as ``{"cancel": {"message"}}``."""

    model_config = ConfigDict(extra="allow")

    meta: Document | None = None
    apply_to_bulked_bookings: bool = Field(
        default=True,
        description="Whether the bookings that were related to it in a bulk go along",
    )

    def deed_on(self, booking_id: UUID, action: str) -> Deed:
        """Return what is to be done to a booking, with what goes with it."""
        return Deed(
            booking_id=booking_id,
            action=action,
            message=self.message(action),
            payment_id=self.payment_id,
            meta=self.meta or {},
            said=self.switches,
            with_related=self.apply_to_bulked_bookings,
        )

    def message(self, action: str) -> str | None:
        """Return the note that goes with the action, if there is one."""
        return self._said(action, "message")

    @property
    def payment_id(self) -> str | None:
        """Return the reference of a payment, if there is one."""
        return self._said("pay", "payment_id")

    def _said(self, action: str, key: str) -> str | None:
        said = (self.model_extra or {}).get(action)
        text = said.get(key) if isinstance(said, dict) else None
        if isinstance(text, int) and not isinstance(text, bool):
            text = str(text)
        return text if isinstance(text, str) and text else None


class UpdateBooking(Body):
    """Metadata to merge into that of a booking; null removes a key."""

    model_config = ConfigDict(extra="allow")

    meta: Document | None = None

    def changes(self) -> dict[str, Any]:
        """Return the keys to merge: those under ``meta``, else the bare ones."""
        return self.meta if self.meta is not None else dict(self.model_extra or {})


class RescheduleBooking(_Switching):
    """A new time for a booking, perhaps with another resource."""

    start: Timestamp
    end: Timestamp
    resource_id: Id | None = Field(default=None, description="The same resource unless given")
    message: Text | None = Field(default=None, description="A note to the owner")
