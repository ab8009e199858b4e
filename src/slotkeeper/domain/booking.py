"""Bookings, and the graphs of states and actions in which they live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from slotkeeper.domain.errors import TransitionRefused


class State(StrEnum):
    """Where a booking stands. Every booking starts out ``initialized``, before its first action."""

    INITIALIZED = "initialized"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"
    CANCELLED_BY_CUSTOMER = "cancelled_by_customer"
    RESCHEDULED_BY_CUSTOMER = "rescheduled_by_customer"
    COMPLETED = "completed"


class Action(StrEnum):
    """What moves a booking from one state to the next."""

    CONFIRM = "confirm"
    CANCEL = "cancel"
    CANCEL_BY_CUSTOMER = "cancel_by_customer"
    RESCHEDULE_BY_CUSTOMER = "reschedule_by_customer"
    COMPLETE = "complete"


Transitions = Mapping[tuple[State, Action], State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A named table of states and actions.

    ``initial`` is the action that creation runs. ``holds_time`` are the states in which a
    booking takes the time of its resource. ``needs_customer`` tells whether somebody must
    be named for whom it is.
    """

    name: str
    initial: Action
    transitions: Transitions
    holds_time: frozenset[State]
    needs_customer: bool

    def step(self, state: State, action: str) -> State:
        """Return the state that ``action`` leads to, or refuse in the words clients know."""
        for (start, known), end in self.transitions.items():
            if start is state and known == action:
                return end
        raise TransitionRefused(f"Cannot apply action '{action[:60]}' to current state '{state}'")

    def actions(self, state: State) -> list[Action]:
        """Return what can be done from ``state``, in the order of the table."""
        return [action for start, action in self.transitions if start is state]

    def is_final(self, state: State) -> bool:
        """Tell whether nothing can be done any more."""
        return not self.actions(state)


INSTANT = Graph(
    name="instant",
    initial=Action.CONFIRM,
    transitions={
        (State.INITIALIZED, Action.CONFIRM): State.CONFIRMED,
        (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
        (State.CONFIRMED, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.CONFIRMED, Action.RESCHEDULE_BY_CUSTOMER): State.RESCHEDULED_BY_CUSTOMER,
        (State.CONFIRMED, Action.COMPLETE): State.COMPLETED,
    },
    holds_time=frozenset({State.CONFIRMED, State.COMPLETED}),
    needs_customer=True,
)

GRAPHS: Mapping[str, Graph] = {graph.name: graph for graph in (INSTANT,)}
"""Every graph that a booking can be made in, by name."""


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
        return self.state in self.graph.holds_time

    @property
    def actions(self) -> list[Action]:
        """Return what can be done with the booking now."""
        return self.graph.actions(self.state)

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
