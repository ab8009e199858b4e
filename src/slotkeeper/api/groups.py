"""Classes over HTTP: bookings with seats."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data
from slotkeeper.api.auth import EveryKey
from slotkeeper.api.booking_views import Viewer
from slotkeeper.api.parameters import AskedLongListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.booking_answers import ShownClass
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import bookings, groups

router = APIRouter(prefix="/bookings", tags=["Bookings"], route_class=ApiRoute)


@router.get("/groups", responses=answers(ListOf[ShownClass]))
async def list_classes(
    request: Request,
    caller: EveryKey,
    asked: AskedLongListing,
    times: AskedTimes,
    includes: Includes,
) -> Response:
    """List the classes in which a seat can be booked now, earliest first."""
    tx = transaction_of(request)
    page = await groups.list_classes(tx, caller.app_id, asked)
    viewer = await Viewer.of(
        request, caller, page.items, times=times, includes=includes | {"resource"}
    )
    return paged(request, asked, page, viewer.show)


@router.get("/groups/{booking_id}", responses=answers(Data[ShownClass]))
async def get_class(
    request: Request, caller: EveryKey, booking_id: UUID, times: AskedTimes, includes: Includes
) -> Response:
    """Get one class; who has the app key sees its seats too."""
    tx = transaction_of(request)
    found = await groups.get_class(tx, caller.app_id, booking_id)
    viewer = await Viewer.of(
        request, caller, [found], times=times, includes=includes | {"resource"}
    )
    shown = viewer.show(found)
    if not caller.is_public:
        seats = await bookings.seats_of(tx, caller.app_id, booking_id)
        of_seats = await Viewer.of(request, caller, seats, times=times, includes=includes)
        shown["bookings"] = [of_seats.show(seat) for seat in seats]
    return data(shown)


@router.get("/{booking_id}/groups", responses=answers(Data[ShownClass]))
async def get_class_at_old_address(
    request: Request, caller: EveryKey, booking_id: UUID, times: AskedTimes, includes: Includes
) -> Response:
    """Get one class; the address at which timekit-sdk 1.7 to 1.17 asks for it."""
    return await get_class(request, caller, booking_id, times, includes)
