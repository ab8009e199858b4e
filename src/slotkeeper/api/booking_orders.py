"""What a caller may decide about a booking, and how the log names the caller."""

from dataclasses import replace
from datetime import timedelta

from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import GRAPHS
from slotkeeper.domain.mails import TIME_FORMAT
from slotkeeper.domain.order import Order
from slotkeeper.domain.webhook_overrides import TRIGGER, WEBHOOKS
from slotkeeper.services.bulk import Deed

PUBLIC_HOLD_MAX = timedelta(minutes=10)
"""How long the widget key can hold time that nobody has booked."""


WEBHOOK_STEPS = frozenset({TRIGGER, WEBHOOKS})
"""What a booking says of webhooks."""


def permitted(caller: Caller, order: Order) -> Order:
    """Return the order without what a public caller may not decide.

    Everybody has the widget key, and the client-tokens. Whether bookings may overlap, how long
    there is to pay, which steps are left out and what reminds of the booking is for the project to
    say: a reminder sends texts and requests to wherever its author wants. And only somebody can
    book for whom the booking is: a public caller makes no classes.
    """
    if not caller.is_public:
        return _for_own(caller, order)
    graph = GRAPHS.get(order.graph or "")
    if graph is not None and not graph.needs_customer:
        raise InvalidInput.field("graph", "graph is invalid")
    steps = {key: value for key, value in order.steps.items() if key == TIME_FORMAT}
    return replace(order, settings={}, steps=steps, reminders=None)


def permitted_deed(caller: Caller, deed: Deed) -> Deed:
    """Return the deed without what a caller may not do: others' bookings stay as they are.

    The bookings of one bulk may be with several resources.
    """
    return deed if caller.own_resource_id is None else replace(deed, with_related=False)


def longest_hold(caller: Caller) -> timedelta | None:
    """Return how long a caller may hold what is not booked, None for any length."""
    return PUBLIC_HOLD_MAX if caller.is_public else None


def actor_of(caller: Caller) -> str:
    """Return how the log of a booking names the caller."""
    kind = caller.kind
    return f"{kind}_key" if isinstance(kind, KeyKind) else kind.replace("-", "_")


def _for_own(caller: Caller, order: Order) -> Order:
    """Return the order with the resource that calls, where it says nothing of whose time it is.

    Only the app says where its signed webhooks go, and which of them keep silent.
    """
    own = caller.own_resource_id
    if own is not None:
        said = {name: step for name, step in order.steps.items() if name not in WEBHOOK_STEPS}
        order = replace(order, steps=said)
    elsewhere = order.resource_id or order.reservation_id or order.owner_booking_id
    return order if own is None or elsewhere else replace(order, resource_id=own)
