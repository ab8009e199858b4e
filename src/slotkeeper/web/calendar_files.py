"""One booking as a file for the calendar of whoever booked it."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import LinkExpired, LinkInvalid
from slotkeeper.domain.meeting import MeetingStatus
from slotkeeper.domain.zones import find_zone
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.notifications.invitation import CONTENT_TYPE, invitation
from slotkeeper.services import bookings, calendar_links, meetings, projects
from slotkeeper.web.links import REFUSALS, Nowhere, Told
from slotkeeper.web.pages import HEADERS

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)

FILE_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
"""What every calendar file is sent with: it is no page, and nothing may make one of it."""

_NOWHERE = Nowhere(
    expired=Told(
        title="This booking does not stand any more",
        text="It is over, was cancelled or has been moved. There is nothing to add.",
    ),
    gone=Told(
        title="This booking is not there any more", text="What the link was for has been deleted."
    ),
    source="again from where you found it",
)


@router.get(calendar_links.PATH)
async def download(request: Request, booking_id: str) -> Response:
    """Send a booking as a calendar file to whoever has the link to it."""
    tx = transaction_of(request)
    try:
        app_id, booking = await _booking(request, booking_id)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    if meetings.status_of(booking) is MeetingStatus.CANCELLED:
        return _NOWHERE.page(LinkExpired())
    project = await projects.get(tx, app_id, booking.project_id) if booking.project_id else None
    asked = booking.customer.timezone if booking.customer else ""
    meeting = await meetings.meeting_of(
        tx,
        app_id,
        booking,
        zone=find_zone(asked) if asked else None,
        url=calendar_links.page_of(project, booking, site=public_url(request)) if project else None,
    )
    headers = {
        **FILE_HEADERS,
        "Cache-Control": HEADERS["Cache-Control"],
        "Content-Disposition": 'attachment; filename="booking.ics"',
    }
    content = invitation(meeting, "PUBLISH")
    media_type = CONTENT_TYPE.format(method="PUBLISH")
    return Response(content, media_type=media_type, headers=headers)


async def _booking(request: Request, booking_id: str) -> tuple[UUID, Booking]:
    """Return the booking that a link is for; raises LinkInvalid, LinkExpired and NotFound."""
    try:
        wanted = UUID(booking_id)
    except ValueError:
        raise LinkInvalid from None
    tx, token = transaction_of(request), request.query_params.get("signature", "")
    app_id = calendar_links.verify(tx, parts_of(request).vault, token, booking_id=wanted)
    return app_id, await bookings.get(tx, app_id, wanted)
