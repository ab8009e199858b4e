"""What bookings do to time and seats, thought of plainly: lists that are read from end to end.

The walk holds the services and the database to it.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from slotkeeper.domain.graphs import (
    GROUP_OWNER,
    INTERNAL,
    RESERVATION,
    Action,
    Alarm,
    Graph,
    Hold,
    State,
)

Lunch = tuple[UUID, datetime, datetime]

BEFORE, AFTER = timedelta(minutes=20), timedelta(minutes=50)
"""Every booking is reminded of so long before its start, and so long after it."""


@dataclass(eq=False)
class Known:
    """A booking as the model knows it. ``owner`` is the class of a seat."""

    graph: Graph
    resources: tuple[UUID, ...]
    start: datetime
    end: datetime
    shares: bool = False
    seats: int = 0
    owner: "Known | None" = None
    held_until: datetime | None = None
    state: State = State.INITIALIZED
    log: list[str] = field(default_factory=list)
    was_seat: bool = False
    planned: list[datetime] = field(default_factory=list)
    told: int = 0

    @property
    def is_seat(self) -> bool:
        return self.owner is not None or self.was_seat

    @property
    def hold(self) -> Hold:
        return self.graph.hold(self.state)

    @property
    def until(self) -> datetime | None:
        return self.held_until if self.hold is Hold.UNTIL_A_MOMENT else None

    @property
    def is_final(self) -> bool:
        return all(start is not self.state for start, _ in self.graph.transitions)

    @property
    def due_at(self) -> datetime | None:
        """Return when time takes a step, None where it takes none."""
        for (state, _), alarm in self.graph.alarms.items():
            if state is self.state:
                return self.end + timedelta(hours=1) if alarm is Alarm.AUTO_COMPLETE else self.until
        return None

    def ran_out(self, now: datetime) -> bool:
        return self.until is not None and self.until <= now

    def is_held(self, now: datetime) -> bool:
        """Tell whether the booking keeps others from its time or its seat."""
        return self.hold is not Hold.NOTHING and not self.ran_out(now)

    def next(self, action: str, now: datetime) -> State | None:
        """Return where an action leads that somebody asks for, None where it is refused.

        A hold that ran out has ended, noted or not: nothing can be done with it.
        """
        if action in INTERNAL or self.ran_out(now):
            return None
        for (state, known), end in self.graph.transitions.items():
            if state is self.state and known == action:
                return end
        return None

    @property
    def takes_place(self) -> bool:
        of_class = self.graph is GROUP_OWNER and self.state is State.TENTATIVE
        return of_class or self.state in (State.CONFIRMED, State.PAID)

    def go(self, action: Action, now: datetime) -> None:
        took_place = self.takes_place
        self.state = self.graph.transitions[self.state, action]
        self.log.append(action)
        if self.takes_place and not took_place:
            moments = (self.start - BEFORE, self.start + AFTER)
            self.planned = [each for each in moments if each >= now]
        elif not self.takes_place and self.state is not State.COMPLETED:
            self.planned = []

    def remind(self, now: datetime) -> None:
        """Tell what is due, unless it is of no use any more."""
        for due in [each for each in self.planned if each <= now]:
            self.planned.remove(due)
            if due < self.start:
                misleads = now >= self.start and now - due > timedelta(minutes=5)
                self.told += self.takes_place and not misleads
            else:
                self.told += now - due <= timedelta(days=1)


@dataclass
class Model:
    """All bookings and lunches of an app."""

    now: datetime
    bookings: dict[UUID, Known] = field(default_factory=dict)
    lunches: dict[UUID, Lunch] = field(default_factory=dict)

    def is_free(self, wanted: Known, instead_of: Known | None = None) -> bool:
        """Tell whether a booking can have its time: nothing of others is in its way."""
        if wanted.shares:
            return True
        taken = [
            (resource_id, each.start, each.end)
            for each in self.bookings.values()
            if each.is_held(self.now) and not each.is_seat and each is not instead_of
            for resource_id in each.resources
        ]
        return not any(
            resource_id in wanted.resources and start < wanted.end and wanted.start < end
            for resource_id, start, end in [*taken, *self.lunches.values()]
        )

    def has_seat(self, owner: Known, instead_of: Known | None = None) -> bool:
        """Tell whether a seat of a class can be had now."""
        held = [each for each in self.seats_of(owner) if each.is_held(self.now)]
        taken = len([each for each in held if each is not instead_of])
        return owner.state is State.TENTATIVE and self.now < owner.start and taken < owner.seats

    def seats_of(self, owner: Known) -> Iterable[Known]:
        return [each for each in self.bookings.values() if each.owner is owner]

    def act(self, known: Known, action: Action) -> None:
        """Let a booking take a step; the seats of a class follow it where they can."""
        known.go(action, self.now)
        if known.graph is not GROUP_OWNER or not known.is_final:
            return
        for seat in self.seats_of(known):
            follows = Action.CANCEL_BY_OWNER if action is Action.CANCEL else Action.COMPLETE
            follows = Action.CANCEL if seat.graph is RESERVATION else follows
            if (seat.state, follows) in seat.graph.transitions:
                seat.go(follows, self.now)

    def ring(self) -> None:
        """Do what time does, to everything whose moment has come."""
        for known in [*self.bookings.values()]:
            if known.due_at is not None and known.due_at <= self.now:
                [action] = [a for state, a in known.graph.alarms if state is known.state]
                self.act(known, action)
        for known in self.bookings.values():
            known.remind(self.now)

    def delete(self, booking_id: UUID) -> None:
        gone = self.bookings.pop(booking_id)
        for seat in self.seats_of(gone):
            seat.owner, seat.was_seat = None, True
