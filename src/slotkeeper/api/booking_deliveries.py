"""What was told about one booking, over HTTP: webhooks and mails, whoever set them up."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import ListOf, answers
from slotkeeper.api.schemas.webhooks import ShownBookingDelivery
from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.api.webhook_deliveries import shown_attempt
from slotkeeper.domain.delivery_log import BookingDelivery
from slotkeeper.domain.webhook import without_secrets
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import booking_deliveries

router = APIRouter(
    prefix="/bookings/{booking_id}/deliveries", tags=["Bookings"], route_class=ApiRoute
)


@router.get("", responses=answers(ListOf[ShownBookingDelivery]))
async def list_booking_deliveries(
    request: Request, caller: AppKey, booking_id: UUID, asked: AskedListing
) -> Response:
    """List every webhook and mail about a booking, sent and waiting, newest first; for 30 days."""
    tx = transaction_of(request)
    page = await booking_deliveries.list_deliveries(tx, caller.app_id, booking_id, asked)
    attempts = await booking_deliveries.attempts_of(tx, caller.app_id, page.items)

    def show(each: BookingDelivery) -> Shown:
        return {**_shown(each), "attempts": [shown_attempt(one) for one in attempts[each.id]]}

    return paged(request, asked, page, show)


@router.post("/{delivery_id}/replay", status_code=204, responses=answers(None, 204))
async def replay_booking_delivery(
    request: Request, caller: AppKey, booking_id: UUID, delivery_id: UUID
) -> Response:
    """Send one webhook or mail again at once, whatever came of it."""
    tx = transaction_of(request)
    await booking_deliveries.replay(tx, caller.app_id, booking_id, delivery_id)
    return empty()


def _shown(told: BookingDelivery) -> Shown:
    return {
        "id": told.id,
        "channel": told.channel,
        "kind": told.kind,
        "status": told.status,
        "state": told.state,
        "action": told.action,
        "letter": told.letter,
        "audience": told.audience,
        "webhook_id": told.webhook_id,
        "url": without_secrets(told.url) if told.url else None,
        "method": told.method,
        "next_attempt_at": stamp(told.next_attempt_at) if told.next_attempt_at else None,
        "created_at": stamp(told.created_at),
        "finished_at": stamp(told.finished_at) if told.finished_at else None,
    }
