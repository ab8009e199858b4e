"""Bookings: who booked what, when, and what has happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from slotkeeper.domain.graphs import RESCHEDULABLE, Action, Alarm, Graph, Hold, State

AUTO_COMPLETE = "auto_complete_one_hour_after_booking_ends"
"""The step that completes a booking by itself; the API documentation names it so."""

AUTO_COMPLETE_AFTER = timedelta(hours=1)
"""How long after its end a booking completes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Who booked. ``custom`` holds every other field of the form, as it was sent."""

    id: UUID
    name: str
    email: str
    phone: str = ""
    voip: str = ""
    timezone: str = ""
    custom: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One line of a booking's log: who did what, when, and what came of it."""

    action: str
    from_state: str
    to_state: str
    actor: str
    message: str | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A customer's claim on the interval [start_at, end_at) of a resource.

    ``resource_id``, ``project_id`` and ``calendar_id`` become None when what they name is
    deleted; the booking stays readable. ``further_resource_ids`` are those that are booked
    together with the first. ``owner_booking_id`` names the class in which the booking has a
    seat, ``bulk_id`` what binds those that were made in one call, and ``series_id`` those that
    were made by one rule. ``steps`` holds what was said of single steps, such as
    ``{"notify_customer_by_email": {"enabled": false}}``.
    ``reminders`` are as they were sent, the booking's own or those of its project or app.
    ``held_until`` is the instant at which a hold runs out. ``said`` is what the request for the
    step that is being taken says of steps, for this once: it is not stored.
    """

    id: UUID
    graph: Graph
    state: State
    resource_id: UUID | None
    further_resource_ids: Sequence[UUID] = ()
    project_id: UUID | None
    calendar_id: UUID | None
    owner_booking_id: UUID | None = None
    bulk_id: UUID | None = None
    series_id: UUID | None = None
    start_at: datetime
    end_at: datetime
    what: str
    location: str
    description: str
    participants: Sequence[str]
    customer: Customer | None
    settings: Mapping[str, object]
    steps: Mapping[str, object] = field(default_factory=dict)
    said: Mapping[str, object] = field(default_factory=dict)
    meta: Mapping[str, object]
    reminders: Sequence[Mapping[str, object]] | None = None
    payment_id: str | None = None
    rescheduled_from: UUID | None
    held_until: datetime | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can be done with the booking any more."""
        return self.graph.is_final(self.state)

    @property
    def takes_place(self) -> bool:
        """Tell whether the booking is certain and still ahead or under way, not over or off."""
        return self.holding is Hold.TAKEN and not self.is_final

    @property
    def has_seat(self) -> bool:
        """Tell whether what the booking may hold is a seat in a class, not time."""
        return self.graph.needs_seat or self.owner_booking_id is not None

    @property
    def holding(self) -> Hold:
        """Return what the booking does now to the time of its resources, or to a seat."""
        return self.graph.hold(self.state)

    @property
    def holds_time(self) -> bool:
        """Tell whether the booking takes the time of its resources in its present state."""
        return not self.has_seat and self.holding is not Hold.NOTHING

    @property
    def holds_seat(self) -> bool:
        """Tell whether the booking takes a seat in its present state."""
        return self.has_seat and self.holding is not Hold.NOTHING

    @property
    def until(self) -> datetime | None:
        """Return the instant at which what is held now runs out, None where it does not."""
        return self.held_until if self.holding is Hold.UNTIL_A_MOMENT else None

    @property
    def resource_ids(self) -> list[UUID]:
        """Return every resource of the booking, the first one first."""
        first = [self.resource_id] if self.resource_id is not None else []
        return [*first, *self.further_resource_ids]

    @property
    def alarm_at(self) -> datetime | None:
        """Return when time moves the booking on by itself; None where it never does."""
        found = self.graph.alarm(self.state)
        if found is None:
            return None
        if found[1] is not Alarm.AUTO_COMPLETE:
            return self.held_until
        said = self.steps.get(AUTO_COMPLETE)
        if isinstance(said, Mapping) and said.get("enabled") is False:
            return None
        return self.end_at + AUTO_COMPLETE_AFTER

    @property
    def actions(self) -> list[Action]:
        """Return what can be done with the booking now."""
        return self.graph.actions(self.state)

    @property
    def can_be_rescheduled(self) -> bool:
        """Tell whether the booking can be moved to another time now."""
        return self.graph.name in RESCHEDULABLE and Action.RESCHEDULE_BY_CUSTOMER in self.actions

    @property
    def allows_double_booking(self) -> bool:
        """Tell whether it was made to overlap others on purpose."""
        return self.settings.get("allow_double_bookings") is True

    @property
    def length(self) -> timedelta:
        """Return how long the booking is."""
        return self.end_at - self.start_at

    def has_run_out(self, now: datetime) -> bool:
        """Tell whether a hold of the booking has run out, moved on already or not."""
        return self.until is not None and self.until <= now

    def after(self, action: str, *, at: datetime, by_itself: bool = False) -> "Booking":
        """Return the booking as ``action`` leaves it, or refuse an action that cannot be.

        ``by_itself`` is for steps that the server takes without being asked.
        """
        state = self.graph.step(self.state, action, by_itself=by_itself)
        return replace(self, state=state, updated_at=at)
