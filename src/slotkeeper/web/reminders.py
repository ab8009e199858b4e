"""Where the links at the foot of reminders lead: a page that asks, and then sends no more of them.

Mail programs offer the same with one click (RFC 8058): they send a POST that nobody has seen the
page of.
"""

from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from slotkeeper.domain.errors import LinkInvalid
from slotkeeper.domain.mails import Audience
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import bookings, reminder_links
from slotkeeper.services.action_links import Link
from slotkeeper.web.action_view import View
from slotkeeper.web.links import REFUSALS, Nowhere, Told
from slotkeeper.web.pages import page

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)

_NOWHERE = Nowhere(
    expired=Told(
        title="This booking is over",
        text="Nothing reminds of it any more.",
    ),
    gone=Told(title="This booking is not there any more", text="Nothing reminds of it, either."),
)


@router.get(reminder_links.PATH)
async def ask(request: Request, booking_id: str) -> Response:
    """Show the booking and a button that stops its reminders; do nothing yet."""
    try:
        link = _link(request, booking_id)
        booking = await bookings.get(transaction_of(request), link.app_id, link.booking_id)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    return page("reminders.html", view=await View.of(request, link, booking), done=False)


@router.post(reminder_links.PATH)
async def stop(request: Request, booking_id: str) -> Response:
    """Stop the reminders of the booking, and say so."""
    try:
        link = _link(request, booking_id)
        booking = await reminder_links.stop(transaction_of(request), link.app_id, link.booking_id)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    return page("reminders.html", view=await View.of(request, link, booking), done=True)


def _link(request: Request, booking_id: str) -> Link:
    """Return the link that a request followed; raises LinkInvalid and LinkExpired."""
    try:
        wanted = UUID(booking_id)
    except ValueError:
        raise LinkInvalid from None
    token = request.query_params.get("signature", "")
    app_id = reminder_links.verify(
        transaction_of(request), parts_of(request).vault, token, booking_id=wanted
    )
    return Link(app_id=app_id, booking_id=wanted, action="", audience=Audience.CUSTOMER)
