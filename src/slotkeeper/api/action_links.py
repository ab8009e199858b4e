"""The addresses of action links, in answers that show bookings.

What shows a booking is handed values, neither the request nor the secret key. A link needs
both: the address under which the caller reaches the server, and what it is signed with. So
the route leaves its request here before it answers, for this task alone.
"""

from collections.abc import Sequence
from contextvars import ContextVar
from datetime import datetime
from uuid import UUID

from starlette.requests import Request

from slotkeeper.domain.booking import Booking
from slotkeeper.edge.parts import parts_of, public_url
from slotkeeper.services import action_links
from slotkeeper.services.action_links import Audience

_request: ContextVar[Request] = ContextVar("request")


def remember(request: Request) -> None:
    """Note which request this task answers."""
    _request.set(request)


def for_customers(
    app_id: UUID, shown: Sequence[Booking], *, now: datetime
) -> dict[UUID, dict[str, str]]:
    """Return what the customer of each booking can do now: addresses by action."""
    request = _request.get()
    vault, site = parts_of(request).vault, public_url(request)
    return {
        booking.id: action_links.links(
            vault, app_id, booking, audience=Audience.CUSTOMER, site=site, now=now
        )
        for booking in shown
    }
