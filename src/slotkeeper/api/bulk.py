"""Many bookings in one call, over HTTP."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import AppKey
from slotkeeper.api.booking_orders import actor_of
from slotkeeper.api.booking_views import Viewer
from slotkeeper.api.parameters import Includes
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import answers
from slotkeeper.api.schemas.bulk import ActOnBookings, CreateBookings, Items
from slotkeeper.api.show import Shown
from slotkeeper.api.times import AskedTimes
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import DomainError, InvalidInput, NotFound
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import bulk
from slotkeeper.services.bulk import Outcomes

router = APIRouter(prefix="/bookings/bulk", tags=["Bookings"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Items, 201))
async def create_bookings_bulk(
    request: Request, caller: AppKey, body: CreateBookings, times: AskedTimes, includes: Includes
) -> Response:
    """Make many bookings. What cannot be had is told in its place; 422 says that none was made."""
    tx = transaction_of(request)
    outcomes = await bulk.book(
        tx,
        caller.app_id,
        body.orders(times),
        on_refusal=body.on_refusal,
        actor=actor_of(caller),
        shuffle=parts_of(request).shuffle,
    )
    viewer = await Viewer.of(request, caller, _made(outcomes), times=times, includes=includes)
    return data(_shown(outcomes, viewer), 201)


@router.put("", responses=answers(Items))
async def update_bookings_bulk(
    request: Request, caller: AppKey, body: ActOnBookings, times: AskedTimes, includes: Includes
) -> Response:
    """Act on many bookings. What is refused is told in its place; 422 says that none changed."""
    tx = transaction_of(request)
    deeds = [each.deed() for each in body.bookings]
    outcomes = await bulk.act_on_all(
        tx, caller.app_id, deeds, on_refusal=body.on_refusal, actor=actor_of(caller)
    )
    viewer = await Viewer.of(request, caller, _made(outcomes), times=times, includes=includes)
    return data(_shown(outcomes, viewer, [deed.booking_id for deed in deeds]))


def _made(outcomes: Outcomes) -> list[Booking]:
    return [each for each in outcomes.values() if isinstance(each, Booking)]


def _shown(outcomes: Outcomes, viewer: Viewer, named: Sequence[UUID] = ()) -> list[Shown]:
    """Return each booking, or the refusal in its place; ``named`` are the ids of the call."""
    return [
        viewer.show(each)
        if isinstance(each, Booking)
        else {"index": number, **({"id": named[number]} if named else {}), **_reason(each)}
        for number, each in outcomes.items()
    ]


def _reason(refusal: DomainError) -> Shown:
    """Return a refusal as the call for one booking would give it."""
    if isinstance(refusal, InvalidInput):
        return {"errors": refusal.errors}
    if isinstance(refusal, NotFound):
        return {"error": str(refusal), "model": refusal.model}
    return {"error": str(refusal)}
