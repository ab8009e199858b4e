"""Reservations over HTTP: time held for a while, before somebody books."""

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import EveryKey
from slotkeeper.api.booking_orders import actor_of, longest_hold, permitted
from slotkeeper.api.booking_views import shown_booking
from slotkeeper.api.parameters import Includes
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.booking_answers import ShownBooking
from slotkeeper.api.schemas.bookings import ExtendReservation, Reserve
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import reservations

router = APIRouter(prefix="/bookings/reserve", tags=["Bookings"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownBooking], 201))
async def reserve(
    request: Request, caller: EveryKey, body: Reserve, times: AskedTimes, includes: Includes
) -> Response:
    """Hold a time, or a seat in a class, for some seconds; book it with its id."""
    tx = transaction_of(request)
    reservation = await reservations.reserve(
        tx,
        caller.app_id,
        permitted(caller, body.order(times)),
        seconds=body.reservation_time,
        longest=longest_hold(caller),
        actor=actor_of(caller),
        shuffle=parts_of(request).shuffle,
    )
    return data(
        await shown_booking(request, caller, reservation, times=times, includes=includes), 201
    )


@router.put("/extend", responses=answers(Data[ShownBooking]))
async def extend_reservation(
    request: Request,
    caller: EveryKey,
    body: ExtendReservation,
    times: AskedTimes,
    includes: Includes,
) -> Response:
    """Hold a reservation longer, counted from now; one that has run out stays so."""
    tx = transaction_of(request)
    reservation = await reservations.extend(
        tx,
        caller.app_id,
        body.reservation_id,
        seconds=body.reservation_time,
        longest=longest_hold(caller),
    )
    return data(await shown_booking(request, caller, reservation, times=times, includes=includes))
