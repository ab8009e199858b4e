"""Webhooks: which steps of bookings an app is told of, and where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.graphs import GRAPHS, State

WEBHOOKS_MAX = 100
"""The most webhooks of one app."""

_END_OF_PAYMENT = ("tentative", "paid", "unpaid", "completed")
_BY_CUSTOMER = ("cancelled", "cancelled_by_customer", "rescheduled_by_customer", "error")

STATES: Mapping[str, Sequence[str]] = {
    "instant": ("confirmed", "completed", *_BY_CUSTOMER, "other"),
    "instant_payment": (*_END_OF_PAYMENT, *_BY_CUSTOMER),
    "confirm_decline": ("tentative", "declined", "confirmed", "completed", *_BY_CUSTOMER),
    "group_owner": ("tentative", "completed", "cancelled", "error"),
    "group_customer": (
        *("confirmed", "completed", "cancelled_by_customer", "cancelled_by_owner", "error"),
    ),
    "group_customer_payment": (
        *(*_END_OF_PAYMENT, "cancelled_by_owner", "cancelled_by_customer", "error"),
    ),
    "reservation": ("reserved", "expired"),
}
"""What a webhook can be for: states by graph.

No booking ever is in ``error`` or ``other``; clients may ask for them all the same.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request that is made whenever a booking of ``graph`` enters ``state``.

    ``position`` grows from one webhook of an app to the next. ``expected_response_code`` is
    the status that counts as success, None for every 2xx. ``target`` is the same for all of an
    app that have one address: they fail and are paused together. ``failing_since`` is when the
    first of the attempts failed that were not followed by a success; ``warned_at`` when the
    owner of the app was told, and ``paused_at`` since when nothing is sent any more.
    """

    id: UUID
    position: int
    url: str
    target: UUID
    graph: str
    state: str
    method: str
    enabled: bool
    expected_response_code: int | None
    headers: Mapping[str, str]
    failing_since: datetime | None
    warned_at: datetime | None
    paused_at: datetime | None
    created_at: datetime
    updated_at: datetime


def sample_booking(graph: str, state: str, *, at: datetime) -> Booking:
    """Return a booking that nobody made, for trying out what is sent about one.

    It is for tomorrow, one hour, with ``{"test": true}`` as metadata. What is no state of a
    booking becomes the first that is.
    """
    start = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    states = [State(each) for each in (state, *STATES[graph]) if each in set(State)]
    customer = Customer(
        id=UUID(int=2),
        name="Marty McFly",
        email="marty@example.com",
        timezone="America/Los_Angeles",
    )
    return Booking(
        id=UUID(int=1),
        graph=GRAPHS[graph],
        state=states[0],
        resource_id=None,
        project_id=None,
        calendar_id=None,
        start_at=start,
        end_at=start + timedelta(hours=1),
        what="A test",
        location="Courthouse Square, Hill Valley",
        description="Nobody made this booking.",
        participants=[customer.email],
        customer=customer if GRAPHS[graph].needs_customer else None,
        settings={},
        meta={"test": True},
        rescheduled_from=None,
        created_at=at,
        updated_at=at,
    )
