"""Bookings: who booked what, when, and what has happened to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from slotkeeper.domain.graphs import RESCHEDULABLE, Action, Graph, Hold, State


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
    deleted; the booking stays readable.
    """

    id: UUID
    graph: Graph
    state: State
    resource_id: UUID | None
    project_id: UUID | None
    calendar_id: UUID | None
    start_at: datetime
    end_at: datetime
    what: str
    location: str
    description: str
    participants: Sequence[str]
    customer: Customer | None
    settings: Mapping[str, object]
    meta: Mapping[str, object]
    rescheduled_from: UUID | None
    created_at: datetime
    updated_at: datetime

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can be done with the booking any more."""
        return self.graph.is_final(self.state)

    @property
    def holds_time(self) -> bool:
        """Tell whether the booking takes the time of its resource in its present state."""
        return not self.graph.needs_seat and self.graph.hold(self.state) is not Hold.NOTHING

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

    def after(self, action: str, *, at: datetime) -> "Booking":
        """Return the booking as ``action`` leaves it, or refuse an action that cannot be."""
        return replace(self, state=self.graph.step(self.state, action), updated_at=at)
