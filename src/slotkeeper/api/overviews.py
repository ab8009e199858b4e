"""Dates, counts and closed time over HTTP: the search for free time, told otherwise."""

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, encoded_response
from slotkeeper.api.auth import EveryKey
from slotkeeper.api.availability import encoded, query_of
from slotkeeper.api.route import SearchRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.availability import FindAvailability, ShownSlot
from slotkeeper.api.schemas.overviews import ShownCount, ShownDate
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import overviews

router = APIRouter(tags=["Availability"], route_class=SearchRoute)


@router.post("/availability/dates", responses=answers(Data[list[ShownDate]]))
async def find_availability_dates(
    request: Request, caller: EveryKey, body: FindAvailability, times: AskedTimes
) -> Response:
    """Find the dates with at least one slot.

    A date is that of the resource. `to` includes its day unless it says a time of day.
    """
    dates = await overviews.find_dates(
        transaction_of(request), caller.app_id, query_of(caller, body, times)
    )
    return data([{"date": each.on, "resources": each.resource_ids} for each in dates])


@router.post("/availability/count", responses=answers(Data[ShownCount]))
async def count_availability(
    request: Request, caller: EveryKey, body: FindAvailability, times: AskedTimes
) -> Response:
    """Count the slots that the search would list."""
    total = await overviews.count_slots(
        transaction_of(request),
        caller.app_id,
        query_of(caller, body, times),
        shuffle=parts_of(request).shuffle,
    )
    return data({"total": total})


@router.post("/unavailable/slots", responses=answers(Data[list[ShownSlot]]))
async def find_unavailable_slots(
    request: Request, caller: EveryKey, body: FindAvailability, times: AskedTimes
) -> Response:
    """Find when resources cannot be had, as the longest such intervals."""
    answer = await overviews.find_closed(
        transaction_of(request), caller.app_id, query_of(caller, body, times)
    )
    return encoded_response(encoded(answer, times))
