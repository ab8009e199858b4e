"""What a caller may decide about a booking, and how the log names the caller."""

from dataclasses import replace
from datetime import timedelta

from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import GRAPHS
from slotkeeper.domain.order import Order

PUBLIC_HOLD_MAX = timedelta(minutes=10)
"""How long the widget key can hold time that nobody has booked."""


def permitted(caller: Caller, order: Order) -> Order:
    """Return the order without what a public caller may not decide.

    Everybody has the widget key. Whether bookings may overlap, how long there is to pay and
    which steps are left out is for the project to say, and only somebody can book for whom
    the booking is: a public caller makes no classes.
    """
    if caller.kind is not KeyKind.WIDGET:
        return order
    graph = GRAPHS.get(order.graph or "")
    if graph is not None and not graph.needs_customer:
        raise InvalidInput.field("graph", "graph is invalid")
    return replace(order, settings={}, steps={})


def longest_hold(caller: Caller) -> timedelta | None:
    """Return how long a caller may hold what is not booked, None for any length."""
    return PUBLIC_HOLD_MAX if caller.kind is KeyKind.WIDGET else None


def actor_of(caller: Caller) -> str:
    """Return how the log of a booking names the caller."""
    return f"{caller.kind}_key"
