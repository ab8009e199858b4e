"""How a booking stands, in the words of its page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import CONFIRM_DECLINE, State
from slotkeeper.domain.zones import minute_floor
from slotkeeper.web.clock import Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What the page of a booking says first.

    ``stands`` tells whether its time is still the customer's, at least for a while, and
    ``is_done`` whether nothing is awaited any more before it takes place.
    """

    heading: str
    text: str = ""
    stands: bool = False
    is_done: bool = False


_REQUEST = Standing(
    heading="Your request was received",
    text="The time is not booked yet: it awaits confirmation. This page shows what becomes of it.",
    stands=True,
)
_UNPAID = Standing(
    heading="This booking was not paid in time",
    text="What was held for you is free for others again. You are welcome to book anew.",
)
_CANCELLED = Standing(heading="This booking was cancelled")
_OF_STATE: Mapping[State, Standing] = {
    State.CONFIRMED: Standing(heading="Booked", stands=True, is_done=True),
    State.PAID: Standing(heading="Paid and booked", stands=True, is_done=True),
    State.RESERVED: Standing(heading="This time is reserved", stands=True),
    State.DECLINED: Standing(heading="This request was declined"),
    State.UNPAID: _UNPAID,
    State.EXPIRED: Standing(heading="This reservation has run out"),
    State.CONVERTED: Standing(heading="This reservation has become a booking"),
    State.RESCHEDULED_BY_CUSTOMER: Standing(
        heading="This booking was moved to another time",
        text="The page of the new booking has its own address.",
    ),
    State.COMPLETED: Standing(heading="This booking has taken place"),
}


def standing_of(booking: Booking, *, clock: Clock, now: datetime) -> Standing:
    """Return how a booking stands at ``now``; a hold that has run out has ended."""
    if booking.state is State.TENTATIVE and booking.graph is CONFIRM_DECLINE:
        return _REQUEST
    if booking.has_run_out(now):
        return _OF_STATE[State.EXPIRED] if booking.state is State.RESERVED else _UNPAID
    if booking.state is State.TENTATIVE and booking.until is not None:
        return _awaits_payment(booking.until, clock=clock, now=now, is_seat=booking.has_seat)
    return _OF_STATE.get(booking.state, _CANCELLED)


def _awaits_payment(until: datetime, *, clock: Clock, now: datetime, is_seat: bool) -> Standing:
    minute = minute_floor(until)
    day = clock.zone.day_of(minute)
    is_today = day == clock.zone.day_of(minute_floor(now))
    deadline = clock.time(minute) if is_today else f"{clock.short_day(day)}, {clock.time(minute)}"
    return Standing(
        heading=f"Held for you until {deadline}",
        text=f"This {'seat' if is_seat else 'time'} is booked once it has been paid for. "
        "Without a payment by then it becomes free for others. "
        "This page shows when the payment has arrived.",
        stands=True,
    )
