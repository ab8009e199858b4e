"""Series of bookings over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import AppKey
from slotkeeper.api.booking_orders import actor_of
from slotkeeper.api.booking_views import Viewer
from slotkeeper.api.parameters import Includes
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.series import CancelSeries, CreateSeries, MadeSeries, ShownSeries
from slotkeeper.api.show import Shown
from slotkeeper.api.times import AskedTimes, Times, stamp
from slotkeeper.domain.series import BookingSeries
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import series

router = APIRouter(prefix="/bookings/series", tags=["Bookings"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[MadeSeries], 201))
async def create_series(
    request: Request, caller: AppKey, body: CreateSeries, times: AskedTimes, includes: Includes
) -> Response:
    """Book the same again and again, all of it or what is free of it."""
    tx = transaction_of(request)
    made, found = await series.book(
        tx,
        caller.app_id,
        body.order(times),
        rrule=body.rrule,
        zone_name=body.timezone,
        mode=body.mode,
        actor=actor_of(caller),
        shuffle=parts_of(request).shuffle,
    )
    booked = [each.booking for each in found if each.booking is not None]
    viewer = await Viewer.of(request, caller, booked, times=times, includes=includes)
    occurrences = [
        {
            "start": times.show(each.start),
            "end": times.show(each.end),
            "booking": viewer.show(each.booking) if each.booking is not None else None,
            "error": each.reason,
        }
        for each in found
    ]
    return data({**_fields(made, times), "occurrences": occurrences}, 201)


@router.get("/{series_id}", responses=answers(Data[ShownSeries]))
async def get_series(
    request: Request, caller: AppKey, series_id: UUID, times: AskedTimes, includes: Includes
) -> Response:
    """Get a series with its bookings, earliest first."""
    tx = transaction_of(request)
    found, booked = await series.get(tx, caller.app_id, series_id)
    viewer = await Viewer.of(request, caller, booked, times=times, includes=includes)
    return data({**_fields(found, times), "bookings": [viewer.show(each) for each in booked]})


@router.put("/{series_id}/cancel", responses=answers(Data[ShownSeries]))
async def cancel_series(
    request: Request,
    caller: AppKey,
    series_id: UUID,
    body: CancelSeries,
    times: AskedTimes,
    includes: Includes,
) -> Response:
    """Call off the bookings of a series from one moment on, those to come unless one is given."""
    tx = transaction_of(request)
    found, booked = await series.cancel(
        tx,
        caller.app_id,
        series_id,
        since=times.read("from", body.since) if body.since else None,
        message=body.message,
        actor=actor_of(caller),
    )
    viewer = await Viewer.of(request, caller, booked, times=times, includes=includes)
    return data({**_fields(found, times), "bookings": [viewer.show(each) for each in booked]})


def _fields(found: BookingSeries, times: Times) -> Shown:
    return {
        "id": found.id,
        "rrule": found.rrule,
        "timezone": found.timezone,
        "mode": found.mode,
        "start": times.show(found.start_at),
        "end": times.show(found.end_at),
        "created_at": stamp(found.created_at),
    }
