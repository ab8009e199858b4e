"""Waiting lists: who waits for a seat or a slot that is taken, and what becomes of that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.durations import parse_seconds
from slotkeeper.domain.errors import InvalidInput, TransitionRefused
from slotkeeper.domain.holds import HOLD_MAX
from slotkeeper.domain.order import Order
from slotkeeper.domain.timestamps import NotUnderstood

OFFER_TIME = timedelta(minutes=15)
"""How long an offer lasts unless the entry or its project says otherwise."""

ENTRIES_MAX = 1_000
"""The most who can wait for one class or one resource at once."""

_OFFER_OF = "waitlist_entry_id"


class State(StrEnum):
    """Where somebody who waits stands."""

    WAITING = "waiting"
    OFFERED = "offered"
    TAKEN = "taken"
    MISSED = "missed"
    LEFT = "left"
    LAPSED = "lapsed"


class Action(StrEnum):
    """What moves an entry on. Only leaving can be asked for; the server does all else."""

    JOIN = "join"
    OFFER = "offer"
    TAKE = "take"
    MISS = "miss"
    LEAVE = "leave"
    LAPSE = "lapse"


TRANSITIONS: Mapping[tuple[State, Action], State] = {
    (State.WAITING, Action.OFFER): State.OFFERED,
    (State.WAITING, Action.LEAVE): State.LEFT,
    (State.WAITING, Action.LAPSE): State.LAPSED,
    (State.OFFERED, Action.TAKE): State.TAKEN,
    (State.OFFERED, Action.MISS): State.MISSED,
    (State.OFFERED, Action.LEAVE): State.LEFT,
    (State.OFFERED, Action.LAPSE): State.LAPSED,
}
"""What leads where. An offer that nobody takes ends the entry: who still wants to, joins anew."""

OPEN = frozenset(state for state, _ in TRANSITIONS)
"""The states of those who still want something."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Somebody's place in a line: for a seat of a class, or for [start_at, end_at).

    ``owner_booking_id`` names the class; else ``resource_id`` whose time is wanted, else any
    resource of ``project_id`` will do. ``number`` is the order of joining. ``hold_seconds`` is
    how long an offer lasts; the offer itself is the reservation ``reservation_id``, which runs
    out at ``offered_until``. ``booking_id`` is what was made of it.
    """

    id: UUID
    number: int
    state: State
    owner_booking_id: UUID | None
    resource_id: UUID | None
    project_id: UUID | None
    start_at: datetime
    end_at: datetime
    graph: str | None
    what: str | None
    location: str | None
    description: str | None
    customer: Customer
    meta: Mapping[str, object]
    hold_seconds: int
    reservation_id: UUID | None = None
    offered_until: datetime | None = None
    booking_id: UUID | None = None
    created_at: datetime
    updated_at: datetime

    @property
    def thing_id(self) -> UUID:
        """Return what the line is for: the class, else the resource, else the project."""
        thing = self.owner_booking_id or self.resource_id or self.project_id
        assert thing is not None, self
        return thing

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still wants something."""
        return self.state in OPEN

    def seen(self, now: datetime) -> "Entry":
        """Return the entry as it is at ``now``, also when nobody has noted that time passed."""
        if self.state is State.WAITING and self.start_at <= now:
            return replace(self, state=State.LAPSED)
        if self.state is State.OFFERED and self.offered_until and self.offered_until <= now:
            return replace(self, state=State.MISSED)
        return self

    def after(self, action: Action, *, at: datetime) -> "Entry":
        """Return the entry as ``action`` leaves it, or refuse an action that cannot be."""
        state = TRANSITIONS.get((self.state, action))
        if state is None:
            raise TransitionRefused(
                f"Cannot apply action '{action}' to current state '{self.state}'"
            )
        return replace(self, state=state, updated_at=at)

    def offer_time(self, now: datetime) -> timedelta:
        """Return how long an offer made at ``now`` lasts: never beyond the start."""
        return min(timedelta(seconds=self.hold_seconds), self.start_at - now)

    def order(self, *, customer_id: UUID) -> Order:
        """Return the order of what is waited for; its steps tell whose offer it is."""
        return Order(
            start=self.start_at,
            end=self.end_at,
            resource_id=self.resource_id,
            project_id=self.project_id,
            owner_booking_id=self.owner_booking_id,
            graph=self.graph,
            what=self.what,
            where=self.location,
            description=self.description,
            customer=replace(self.customer, id=customer_id),
            meta=self.meta,
            steps={_OFFER_OF: str(self.id)},
        )


def offered_entry(reservation: Booking) -> UUID | None:
    """Return whose offer a reservation is, None for any other booking."""
    said = reservation.steps.get(_OFFER_OF)
    return UUID(said) if isinstance(said, str) else None


def offer_time(said: int | str | None, stored: object) -> timedelta:
    """Return how long offers last: as asked for, else as the project says, else 15 minutes.

    Numbers are seconds; either may also be a duration in words. Raises InvalidInput.
    """
    given = said if said not in (None, "") else stored
    if given is None or given == "":
        return OFFER_TIME
    text = str(given).strip()
    try:
        seconds = int(text[:12]) if text.isascii() and text.isdigit() else parse_seconds(text)
    except NotUnderstood:
        message = "The hold time must be a number of seconds or a duration."
        raise InvalidInput.field("hold_time", message) from None
    if not 1 <= seconds <= HOLD_MAX.total_seconds():
        message = f"The hold time must be between 1 second and {HOLD_MAX.days} days."
        raise InvalidInput.field("hold_time", message)
    return timedelta(seconds=seconds)
