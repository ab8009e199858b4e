"""Which mails a step of a booking leads to, to whom, and what switches them off."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import (
    CONFIRM_DECLINE,
    GROUP_CUSTOMER,
    GROUP_CUSTOMER_PAYMENT,
    INSTANT,
    INSTANT_PAYMENT,
    Graph,
    State,
)
from slotkeeper.domain.waitlist import offered_entry


class Audience(StrEnum):
    """Whom a mail or a link is for: who booked, or who serves."""

    CUSTOMER = "customer"
    OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Notice:
    """One mail that is due: the slug of its template, and whom it is for."""

    slug: str
    audience: Audience


DISABLE_EMAIL = "disableEmail"
"""The setting with which an app switches all mails about bookings off."""

SWITCHES: Mapping[Audience, str] = {
    Audience.CUSTOMER: "notify_customer_by_email",
    Audience.OWNER: "notify_owner_by_email",
}
"""The steps of a booking, or of a request, that say whether a mail is sent."""

CUSTOMER_REMINDERS = "remind_customer_by_email"
"""The step of a booking that says whether its customer is reminded; the customer may say no."""

TIME_FORMAT = "mail_time_format"
"""Where the steps of a booking keep PHP's letters in which its mails write times."""

TIME_FORMAT_CHARACTERS_MAX = 100
"""The longest such format; what is beyond is cut off."""

_CONFIRMED = (
    Notice("booking_confirmed_owner", Audience.OWNER),
    Notice("booking_confirmed_customer", Audience.CUSTOMER),
)
_MOVED = (
    Notice("booking_rescheduled_owner", Audience.OWNER),
    Notice("booking_rescheduled_customer", Audience.CUSTOMER),
)
_CANCELLED = (
    Notice("booking_cancelled_owner", Audience.OWNER),
    Notice("booking_cancelled_customer", Audience.CUSTOMER),
)
_LEFT = (Notice("booking_cancelled_by_customer_owner", Audience.OWNER),)
_OFFERED = (Notice("waitlist_offer_customer", Audience.CUSTOMER),)
_SEAT_CANCELLED = (Notice("group_cancelled_customer", Audience.CUSTOMER),)

_NOTICES: Mapping[tuple[str, State, State], Sequence[Notice]] = {
    (INSTANT.name, State.INITIALIZED, State.CONFIRMED): _CONFIRMED,
    (INSTANT.name, State.CONFIRMED, State.CANCELLED): _CANCELLED,
    (INSTANT.name, State.CONFIRMED, State.CANCELLED_BY_CUSTOMER): _LEFT,
    (CONFIRM_DECLINE.name, State.INITIALIZED, State.TENTATIVE): (
        Notice("booking_request_owner", Audience.OWNER),
    ),
    (CONFIRM_DECLINE.name, State.TENTATIVE, State.CONFIRMED): (
        Notice("booking_confirmed_customer", Audience.CUSTOMER),
    ),
    (CONFIRM_DECLINE.name, State.TENTATIVE, State.DECLINED): (
        Notice("booking_declined_customer", Audience.CUSTOMER),
    ),
    (CONFIRM_DECLINE.name, State.CONFIRMED, State.CANCELLED): _CANCELLED,
    (CONFIRM_DECLINE.name, State.CONFIRMED, State.CANCELLED_BY_CUSTOMER): _LEFT,
    (INSTANT_PAYMENT.name, State.TENTATIVE, State.PAID): _CONFIRMED,
    (INSTANT_PAYMENT.name, State.PAID, State.CANCELLED): _CANCELLED,
    (INSTANT_PAYMENT.name, State.PAID, State.CANCELLED_BY_CUSTOMER): _LEFT,
    (GROUP_CUSTOMER.name, State.INITIALIZED, State.CONFIRMED): _CONFIRMED,
    (GROUP_CUSTOMER.name, State.CONFIRMED, State.CANCELLED_BY_CUSTOMER): _LEFT,
    (GROUP_CUSTOMER.name, State.CONFIRMED, State.CANCELLED_BY_OWNER): _SEAT_CANCELLED,
    (GROUP_CUSTOMER_PAYMENT.name, State.TENTATIVE, State.PAID): _CONFIRMED,
    (GROUP_CUSTOMER_PAYMENT.name, State.PAID, State.CANCELLED_BY_CUSTOMER): _LEFT,
    (GROUP_CUSTOMER_PAYMENT.name, State.TENTATIVE, State.CANCELLED_BY_OWNER): _SEAT_CANCELLED,
    (GROUP_CUSTOMER_PAYMENT.name, State.PAID, State.CANCELLED_BY_OWNER): _SEAT_CANCELLED,
}
"""What is not here is not mailed.

A payment that is awaited, or given up, is told to nobody: the shop that takes the money does
that. The class itself has no customer; when it is cancelled, each of its seats is, and so each
customer gets a mail. A booking that was moved ends without a mail: the one made in its place
tells of the new time.
"""


def notices(
    graph: Graph, *, from_state: State, to_state: State, is_moved: bool = False
) -> Sequence[Notice]:
    """Return the mails that a step of a booking leads to, the owner's first.

    ``is_moved`` tells that the booking was made in the place of another, at another time: then
    its first mails tell of that, and not of a new booking.

    >>> [each.slug for each in notices(
    ...     CONFIRM_DECLINE, from_state=State.TENTATIVE, to_state=State.DECLINED
    ... )]
    ['booking_declined_customer']
    """
    found = _NOTICES.get((graph.name, from_state, to_state), ())
    return _MOVED if is_moved and from_state is State.INITIALIZED and found else found


def notices_of(booking: Booking, *, from_state: State) -> Sequence[Notice]:
    """Return the mails that are due after a step that brought a booking to its state.

    Those are left out that the booking itself switches off, or the request for this step.
    """
    found = notices(
        booking.graph,
        from_state=from_state,
        to_state=booking.state,
        is_moved=booking.rescheduled_from is not None,
    )
    if from_state is State.INITIALIZED and offered_entry(booking) is not None:
        found = _OFFERED
    steps = {**booking.steps, **booking.said}
    return [each for each in found if is_switched_on(steps, each.audience)]


def is_switched_on(steps: Mapping[str, object], audience: Audience) -> bool:
    """Tell whether steps let mails go to an audience; they do unless they say otherwise.

    >>> is_switched_on({"notify_owner_by_email": {"enabled": False}}, Audience.OWNER)
    False
    """
    return is_enabled(steps, SWITCHES[audience])


def is_enabled(steps: Mapping[str, object], step: str) -> bool:
    """Tell whether a step is taken; it is unless steps say otherwise."""
    said = steps.get(step)
    return not (isinstance(said, Mapping) and said.get("enabled") is False)
