"""The seven graphs in which bookings live: which action leads from which state to which.

The API documentation gives the tables. Its state ``error`` is missing here on purpose: an
action that fails is undone as a whole, and the booking stays where it was.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from slotkeeper.domain.errors import TransitionRefused


class State(StrEnum):
    """Where a booking stands. Every booking starts out ``initialized``, before its first action."""

    INITIALIZED = "initialized"
    TENTATIVE = "tentative"
    RESERVED = "reserved"
    CONFIRMED = "confirmed"
    PAID = "paid"
    DECLINED = "declined"
    UNPAID = "unpaid"
    EXPIRED = "expired"
    CONVERTED = "converted"
    CANCELLED = "cancelled"
    CANCELLED_BY_CUSTOMER = "cancelled_by_customer"
    CANCELLED_BY_OWNER = "cancelled_by_owner"
    RESCHEDULED_BY_CUSTOMER = "rescheduled_by_customer"
    COMPLETED = "completed"


class Action(StrEnum):
    """What moves a booking from one state to the next."""

    CREATE = "create"
    RESERVE = "reserve"
    CONFIRM = "confirm"
    DECLINE = "decline"
    PAY = "pay"
    TIMEOUT = "timeout"
    EXPIRE = "expire"
    CONVERT = "convert"
    CANCEL = "cancel"
    CANCEL_BY_CUSTOMER = "cancel_by_customer"
    CANCEL_BY_OWNER = "cancel_by_owner"
    RESCHEDULE_BY_CUSTOMER = "reschedule_by_customer"
    COMPLETE = "complete"


class Hold(StrEnum):
    """What a state does to the time of the resource, or to a seat of the group."""

    NOTHING = "nothing"
    UNTIL_A_MOMENT = "until_a_moment"
    TAKEN = "taken"


class Alarm(StrEnum):
    """What moves a booking on without anybody asking, when its moment has come.

    ``payment_timeout`` and ``reservation_expiry`` ring when what was held is no longer held,
    ``auto_complete`` one hour after the end of the booking.
    """

    PAYMENT_TIMEOUT = "payment_timeout"
    RESERVATION_EXPIRY = "reservation_expiry"
    AUTO_COMPLETE = "auto_complete"


INTERNAL = frozenset({Action.TIMEOUT, Action.EXPIRE, Action.CONVERT})
"""Actions that the server takes by itself; nobody can ask for them."""

Step = tuple[State, Action]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """A named table of states and actions.

    ``initial`` is the action that creation runs. ``holds`` says what a state holds; a state
    that is not in it holds nothing. ``alarms`` are the steps that time takes by itself.
    ``needs_customer`` tells whether somebody must be named for whom the booking is, and
    ``needs_seat`` that what it holds is a seat in a group, not the time of a resource.
    """

    name: str
    initial: Action
    transitions: Mapping[Step, State]
    holds: Mapping[State, Hold]
    alarms: Mapping[Step, Alarm]
    needs_customer: bool
    needs_seat: bool = False

    def step(self, state: State, action: str, *, by_itself: bool = False) -> State:
        """Return the state that ``action`` leads to, or refuse in the words clients know.

        An internal action is refused unless the server takes it ``by_itself``: a client that
        asks for a time-out gets none.
        """
        for (start, known), end in self.transitions.items():
            if start is state and known == action and (by_itself or known not in INTERNAL):
                return end
        raise TransitionRefused(f"Cannot apply action '{action[:60]}' to current state '{state}'")

    def actions(self, state: State) -> list[Action]:
        """Return what can be asked for in ``state``, in the order of the table."""
        return [
            action
            for start, action in self.transitions
            if start is state and action not in INTERNAL
        ]

    def is_final(self, state: State) -> bool:
        """Tell whether no step leads on from ``state``, asked for or not."""
        return all(start is not state for start, _ in self.transitions)

    def alarm(self, state: State) -> tuple[Action, Alarm] | None:
        """Return the step that time takes from ``state``, None where it takes none."""
        for (start, action), alarm in self.alarms.items():
            if start is state:
                return action, alarm
        return None

    def hold(self, state: State) -> Hold:
        """Return what ``state`` does to the time of the resource, or to a seat of the group."""
        return self.holds.get(state, Hold.NOTHING)

    @property
    def states(self) -> list[State]:
        """Return every state that a booking of the graph can be in, in the order of the table."""
        return list(dict.fromkeys([State.INITIALIZED, *self.transitions.values()]))


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
    holds={State.CONFIRMED: Hold.TAKEN, State.COMPLETED: Hold.TAKEN},
    alarms={(State.CONFIRMED, Action.COMPLETE): Alarm.AUTO_COMPLETE},
    needs_customer=True,
)
"""Booked at once."""

CONFIRM_DECLINE = Graph(
    name="confirm_decline",
    initial=Action.CREATE,
    transitions={
        (State.INITIALIZED, Action.CREATE): State.TENTATIVE,
        (State.TENTATIVE, Action.DECLINE): State.DECLINED,
        (State.TENTATIVE, Action.CONFIRM): State.CONFIRMED,
        (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
        (State.CONFIRMED, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.CONFIRMED, Action.RESCHEDULE_BY_CUSTOMER): State.RESCHEDULED_BY_CUSTOMER,
        (State.CONFIRMED, Action.COMPLETE): State.COMPLETED,
    },
    holds={State.CONFIRMED: Hold.TAKEN, State.COMPLETED: Hold.TAKEN},
    alarms={(State.CONFIRMED, Action.COMPLETE): Alarm.AUTO_COMPLETE},
    needs_customer=True,
)
"""A request, which the owner confirms or declines; it holds nothing until then."""

INSTANT_PAYMENT = Graph(
    name="instant_payment",
    initial=Action.CREATE,
    transitions={
        (State.INITIALIZED, Action.CREATE): State.TENTATIVE,
        (State.TENTATIVE, Action.PAY): State.PAID,
        (State.TENTATIVE, Action.TIMEOUT): State.UNPAID,
        (State.PAID, Action.CANCEL): State.CANCELLED,
        (State.PAID, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.PAID, Action.RESCHEDULE_BY_CUSTOMER): State.RESCHEDULED_BY_CUSTOMER,
        (State.PAID, Action.COMPLETE): State.COMPLETED,
    },
    holds={
        State.TENTATIVE: Hold.UNTIL_A_MOMENT,
        State.PAID: Hold.TAKEN,
        State.COMPLETED: Hold.TAKEN,
    },
    alarms={
        (State.TENTATIVE, Action.TIMEOUT): Alarm.PAYMENT_TIMEOUT,
        (State.PAID, Action.COMPLETE): Alarm.AUTO_COMPLETE,
    },
    needs_customer=True,
)
"""Held while the customer pays elsewhere, and given back if they do not."""

GROUP_OWNER = Graph(
    name="group_owner",
    initial=Action.CREATE,
    transitions={
        (State.INITIALIZED, Action.CREATE): State.TENTATIVE,
        (State.TENTATIVE, Action.COMPLETE): State.COMPLETED,
        (State.TENTATIVE, Action.CANCEL): State.CANCELLED,
    },
    holds={State.TENTATIVE: Hold.TAKEN, State.COMPLETED: Hold.TAKEN},
    alarms={(State.TENTATIVE, Action.COMPLETE): Alarm.AUTO_COMPLETE},
    needs_customer=False,
)
"""A class with a number of seats; it stays tentative while they are sold."""

GROUP_CUSTOMER = Graph(
    name="group_customer",
    initial=Action.CREATE,
    transitions={
        (State.INITIALIZED, Action.CREATE): State.CONFIRMED,
        (State.CONFIRMED, Action.COMPLETE): State.COMPLETED,
        (State.CONFIRMED, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.CONFIRMED, Action.CANCEL_BY_OWNER): State.CANCELLED_BY_OWNER,
    },
    holds={State.CONFIRMED: Hold.TAKEN, State.COMPLETED: Hold.TAKEN},
    alarms={(State.CONFIRMED, Action.COMPLETE): Alarm.AUTO_COMPLETE},
    needs_customer=True,
    needs_seat=True,
)
"""One seat in a class."""

GROUP_CUSTOMER_PAYMENT = Graph(
    name="group_customer_payment",
    initial=Action.CREATE,
    transitions={
        (State.INITIALIZED, Action.CREATE): State.TENTATIVE,
        (State.TENTATIVE, Action.PAY): State.PAID,
        (State.TENTATIVE, Action.TIMEOUT): State.UNPAID,
        (State.TENTATIVE, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.TENTATIVE, Action.CANCEL_BY_OWNER): State.CANCELLED_BY_OWNER,
        (State.PAID, Action.COMPLETE): State.COMPLETED,
        (State.PAID, Action.CANCEL_BY_CUSTOMER): State.CANCELLED_BY_CUSTOMER,
        (State.PAID, Action.CANCEL_BY_OWNER): State.CANCELLED_BY_OWNER,
    },
    holds={
        State.TENTATIVE: Hold.UNTIL_A_MOMENT,
        State.PAID: Hold.TAKEN,
        State.COMPLETED: Hold.TAKEN,
    },
    alarms={
        (State.TENTATIVE, Action.TIMEOUT): Alarm.PAYMENT_TIMEOUT,
        (State.PAID, Action.COMPLETE): Alarm.AUTO_COMPLETE,
    },
    needs_customer=True,
    needs_seat=True,
)
"""One seat in a class, held while the customer pays elsewhere."""

RESERVATION = Graph(
    name="reservation",
    initial=Action.RESERVE,
    transitions={
        (State.INITIALIZED, Action.RESERVE): State.RESERVED,
        (State.RESERVED, Action.EXPIRE): State.EXPIRED,
        (State.RESERVED, Action.CONVERT): State.CONVERTED,
        (State.RESERVED, Action.CANCEL): State.CANCELLED,
    },
    holds={State.RESERVED: Hold.UNTIL_A_MOMENT},
    alarms={(State.RESERVED, Action.EXPIRE): Alarm.RESERVATION_EXPIRY},
    needs_customer=False,
)
"""A short hold before anybody has booked; a booking made from it takes its time over."""

GRAPHS: Mapping[str, Graph] = {
    graph.name: graph
    for graph in (
        INSTANT,
        CONFIRM_DECLINE,
        INSTANT_PAYMENT,
        GROUP_OWNER,
        GROUP_CUSTOMER,
        GROUP_CUSTOMER_PAYMENT,
        RESERVATION,
    )
}
"""Every graph, by name."""

BOOKABLE = frozenset(GRAPHS) - {RESERVATION.name}
"""The names of the graphs that an order can ask for; reservations are made in their own way."""

RESCHEDULABLE = frozenset({INSTANT.name})
"""The names of the graphs in which a booking can be moved to another time.

A request would need the consent of its owner anew, and could lose both times meanwhile.
"""
