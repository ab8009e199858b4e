"""Bookings over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey, EveryKey, OwnKey, PageOrOwnKey
from slotkeeper.api.booking_orders import actor_of, permitted, permitted_deed
from slotkeeper.api.booking_views import Viewer, shown_booking
from slotkeeper.api.parameters import AskedLongListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.booking_answers import ShownBooking
from slotkeeper.api.schemas.bookings import (
    ActOnBooking,
    CreateBooking,
    RescheduleBooking,
    UpdateBooking,
)
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import bookings, bulk

router = APIRouter(prefix="/bookings", tags=["Bookings"], route_class=ApiRoute)

_Range = Annotated[str | None, Query(description="Only bookings within this time")]


@router.post("", status_code=201, responses=answers(Data[ShownBooking], 201))
async def create_booking(
    request: Request, caller: EveryKey, body: CreateBooking, times: AskedTimes, includes: Includes
) -> Response:
    """Book. A time that another booking or an event holds is refused with 422."""
    tx = transaction_of(request)
    booking = await bookings.book(
        tx,
        caller.app_id,
        permitted(caller, body.order(times)),
        actor=actor_of(caller),
        shuffle=parts_of(request).shuffle,
    )
    return data(await shown_booking(request, caller, booking, times=times, includes=includes), 201)


@router.get("", responses=answers(ListOf[ShownBooking]))
async def list_bookings(
    request: Request,
    caller: OwnKey,
    asked: AskedLongListing,
    times: AskedTimes,
    includes: Includes,
    start: _Range = None,
    end: _Range = None,
) -> Response:
    """List the bookings of the app, newest first unless asked otherwise."""
    tx = transaction_of(request)
    page = await bookings.list_bookings(
        tx,
        caller.app_id,
        asked,
        start=times.read("start", start) if start else None,
        end=times.read("end", end) if end else None,
    )
    viewer = await Viewer.of(request, caller, page.items, times=times, includes=includes)
    return paged(request, asked, page, viewer.show)


@router.get("/{booking_id}", responses=answers(Data[ShownBooking]))
async def get_booking(
    request: Request, caller: OwnKey, booking_id: UUID, times: AskedTimes, includes: Includes
) -> Response:
    """Get one booking."""
    tx = transaction_of(request)
    booking = await bookings.get(tx, caller.app_id, booking_id)
    return data(await shown_booking(request, caller, booking, times=times, includes=includes))


@router.patch("/{booking_id}", include_in_schema=False)
@router.put("/{booking_id}", status_code=204, responses=answers(None, 204))
async def update_booking(
    request: Request, caller: OwnKey, booking_id: UUID, body: UpdateBooking
) -> Response:
    """Merge metadata into a booking; null removes a key."""
    tx = transaction_of(request)
    await bookings.change_meta(tx, caller.app_id, booking_id, body.changes())
    return empty()


@router.put("/{booking_id}/meta", status_code=204, responses=answers(None, 204))
async def update_booking_meta(
    request: Request, caller: OwnKey, booking_id: UUID, body: UpdateBooking
) -> Response:
    """Merge metadata into a booking; another address of the same."""
    return await update_booking(request, caller, booking_id, body)


@router.put("/{booking_id}/{action}", responses=answers(Data[ShownBooking]))
async def act_on_booking(
    request: Request,
    caller: OwnKey,
    booking_id: UUID,
    action: str,
    body: ActOnBooking,
    times: AskedTimes,
    includes: Includes,
) -> Response:
    """Confirm, cancel, complete …: move a booking to its next state."""
    tx = transaction_of(request)
    deed = permitted_deed(caller, body.deed_on(booking_id, action))
    booking = await bulk.act(tx, caller.app_id, deed, actor=actor_of(caller))
    return data(await shown_booking(request, caller, booking, times=times, includes=includes))


@router.post("/{booking_id}/reschedule", responses=answers(Data[ShownBooking]))
async def reschedule_booking(
    request: Request,
    caller: PageOrOwnKey,
    booking_id: UUID,
    body: RescheduleBooking,
    times: AskedTimes,
    includes: Includes,
) -> Response:
    """Move a booking to another time; the answer is the new booking, with a new id."""
    tx = transaction_of(request)
    booking = await bookings.reschedule(
        tx,
        caller.app_id,
        booking_id,
        start=times.read("start", body.start),
        end=times.read("end", body.end),
        resource_id=body.resource_id,
        message=body.message,
        said={} if caller.is_public else body.switches,
        actor=actor_of(caller),
    )
    return data(await shown_booking(request, caller, booking, times=times, includes=includes))


@router.delete("/{booking_id}", status_code=204, responses=answers(None, 204))
async def delete_booking(request: Request, caller: AppKey, booking_id: UUID) -> Response:
    """Delete a booking that has ended."""
    await bookings.delete(transaction_of(request), caller.app_id, booking_id)
    return empty()
