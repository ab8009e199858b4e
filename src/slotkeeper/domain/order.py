"""What is asked for when somebody books, and what a project adds to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from slotkeeper.domain.booking import AUTO_COMPLETE, Booking, Customer
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import BOOKABLE, GRAPHS, GROUP_OWNER, Graph
from slotkeeper.domain.group import group_of
from slotkeeper.domain.project import Project

Value = TypeVar("Value")

INTENDED_GRAPH = "intended_graph"
"""Where a reservation keeps the graph of the booking that is to be made of it."""

LENGTH_MAX = timedelta(days=366)
"""The longest booking."""


STEPS = (
    AUTO_COMPLETE,
    "timeout",
    "notify_customer_by_email",
    "notify_owner_by_email",
    "trigger_webhook",
)
"""What can be said of single steps of a booking, each in an object of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A booking as it was asked for; None means "as the project says".

    The time may be left open where something else gives it: the class named by
    ``owner_booking_id``, or the reservation.
    """

    start: datetime | None = None
    end: datetime | None = None
    resource_id: UUID | None = None
    further_resource_ids: Sequence[UUID] = ()
    project_id: UUID | None = None
    reservation_id: UUID | None = None
    owner_booking_id: UUID | None = None
    bulk_id: UUID | None = None
    series_id: UUID | None = None
    graph: str | None = None
    action: str | None = None
    what: str | None = None
    where: str | None = None
    description: str | None = None
    calendar_id: UUID | None = None
    customer: Customer | None = None
    participants: Sequence[str] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    steps: Mapping[str, object] = field(default_factory=dict)
    meta: Mapping[str, object] = field(default_factory=dict)
    reminders: Sequence[Mapping[str, object]] | None = None

    def completed(self, project: Project) -> "Order":
        """Return the order with what it leaves open taken from the project.

        What the order says counts first, also key by key within settings and metadata. The
        name of the project stands in for a title. Seats are reminded of by their class, which has
        the project's reminders, and not twice.
        """
        stored = project.booking
        graph = GRAPHS.get(self.graph or _text(stored, "graph") or "")
        is_seat = graph is not None and graph.needs_seat
        allowed = {"allow_double_bookings": True} if project.allow_double_bookings else {}
        steps = {name: stored[name] for name in STEPS if isinstance(stored.get(name), dict)}
        return replace(
            self,
            graph=self.graph or _text(stored, "graph"),
            action=self.action or _text(stored, "action"),
            what=_first(self.what, _text(stored, "what"), project.name),
            where=_first(self.where, _text(stored, "where")),
            description=_first(self.description, _text(stored, "description")),
            participants=_first(self.participants, _texts(stored, "participants")),
            settings={**allowed, **_object(stored, "settings"), **self.settings},
            steps={**steps, **self.steps},
            meta={**_object(stored, "meta"), **self.meta},
            reminders=_first(self.reminders, None if is_seat else project.reminders or None),
        )

    def taking_over(self, reservation: Booking) -> "Order":
        """Return the order with what it leaves open taken from a reservation."""
        intended = reservation.steps.get(INTENDED_GRAPH)
        return replace(
            self,
            start=self.start or reservation.start_at,
            end=self.end or reservation.end_at,
            resource_id=self.resource_id or reservation.resource_id,
            further_resource_ids=self.further_resource_ids
            if self.resource_id or self.further_resource_ids
            else reservation.further_resource_ids,
            project_id=self.project_id or reservation.project_id,
            owner_booking_id=self.owner_booking_id or reservation.owner_booking_id,
            graph=self.graph or (intended if isinstance(intended, str) else None),
            what=_first(self.what, reservation.what or None),
            where=_first(self.where, reservation.location or None),
            description=_first(self.description, reservation.description or None),
            calendar_id=self.calendar_id or reservation.calendar_id,
            customer=self.customer or reservation.customer,
            participants=_first(self.participants, reservation.participants),
            settings={**reservation.settings, **self.settings},
            meta={**reservation.meta, **self.meta},
        )

    def in_class(self, owner: Booking) -> "Order":
        """Return the order for a seat: time, place and title are those of the class.

        What the order says of them is passed over, because clients send them along.
        """
        return replace(
            self,
            start=owner.start_at,
            end=owner.end_at,
            resource_id=owner.resource_id,
            further_resource_ids=owner.further_resource_ids,
            project_id=self.project_id or owner.project_id,
            what=owner.what,
            where=owner.location,
            description=owner.description,
            calendar_id=owner.calendar_id,
        )

    def checked(self) -> Graph:
        """Return the graph of the order; refuse one that lacks what the graph needs.

        Every missing field is named at once.
        """
        errors: dict[str, list[str]] = {}
        graph = GRAPHS[self.graph] if self.graph in BOOKABLE else None
        if self.graph is None:
            errors["graph"] = ["The graph field is required."]
        elif graph is None:
            errors["graph"] = ["graph is invalid"]
        elif graph.needs_customer and self.customer is None:
            errors["customer"] = ["The customer field is required."]
        if graph is GROUP_OWNER:
            group_of(self.settings)
        if graph is not None and graph.needs_seat:
            if self.owner_booking_id is None:
                name = "related.owner_booking_id"
                errors[name] = ["The related.owner booking id field is required."]
        else:
            errors |= self._open_questions()
        if errors or graph is None:
            raise InvalidInput(errors)
        return graph

    def checked_reservation(self) -> None:
        """Refuse a reservation that lacks something; a later graph must be one of the known."""
        errors = {} if self.owner_booking_id else self._open_questions()
        if self.graph is not None and self.graph not in BOOKABLE:
            errors["graph"] = ["graph is invalid"]
        if errors:
            raise InvalidInput(errors)

    def _open_questions(self) -> dict[str, list[str]]:
        """Return an error for each field without which nobody knows what is to be booked."""
        errors: dict[str, list[str]] = {}
        if self.resource_id is None and self.project_id is None:
            errors["resource_id"] = ["The resource id field is required."]
        if self.what is None:
            errors["what"] = ["The what field is required."]
        if self.start is None:
            errors["start"] = ["The start field is required."]
        if self.end is None:
            errors["end"] = ["The end field is required."]
        return errors


def check_interval(start: datetime, end: datetime) -> None:
    """Refuse a booking that ends before it starts, or that is longer than a year."""
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    if end - start > LENGTH_MAX:
        raise InvalidInput({"end": [f"A booking may not be longer than {LENGTH_MAX.days} days."]})


def _first(*values: Value | None) -> Value | None:
    return next((value for value in values if value is not None), None)


def _text(stored: Mapping[str, object], key: str) -> str | None:
    value = stored.get(key)
    return value if isinstance(value, str) else None


def _texts(stored: Mapping[str, object], key: str) -> Sequence[str] | None:
    value = stored.get(key)
    return [str(each) for each in value] if isinstance(value, list) else None


def _object(stored: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = stored.get(key)
    return value if isinstance(value, dict) else {}
