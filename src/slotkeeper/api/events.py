"""Events over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty, json_response
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.calendars import CalendarEvent, CreateEvent, UpdateEvent
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import events

router = APIRouter(prefix="/events", tags=["Calendars and events"], route_class=ApiRoute)

_Bound = Annotated[str, Query(description="Bound of the time in which events are looked for")]


@router.post("", status_code=201, responses=answers(Data[CalendarEvent], 201))
async def create_event(
    request: Request, caller: AppKey, body: CreateEvent, times: AskedTimes
) -> Response:
    """Create an event; unless declined it takes the time of its calendar's resource.

    With an `rrule` it does so again and again. With `series_id` and `recurrence_id` it takes
    the place of one occurrence of such an event.
    """
    event = await events.create(transaction_of(request), caller.app_id, body.columns(times))
    shown = {"data": show.event(event, times), "meta": {"message": "Event created"}}
    return json_response(shown, 201)


@router.get("", responses=answers(ListOf[CalendarEvent]))
async def list_events(
    request: Request,
    caller: AppKey,
    asked: AskedListing,
    times: AskedTimes,
    start: _Bound,
    end: _Bound,
) -> Response:
    """List the events that overlap a time, earliest first.

    Of an event that repeats there is each occurrence, the first 10 000 of all at most.
    """
    page = await events.list_events(
        transaction_of(request),
        caller.app_id,
        asked,
        start=times.read("start", start),
        end=times.read("end", end),
    )
    return paged(request, asked, page, lambda each: show.event(each, times))


@router.get("/{event_id}", responses=answers(Data[CalendarEvent]))
async def get_event(
    request: Request, caller: AppKey, event_id: UUID, times: AskedTimes
) -> Response:
    """Get one event."""
    event = await events.get(transaction_of(request), caller.app_id, event_id)
    return data(show.event(event, times))


@router.put("/{event_id}", status_code=204, responses=answers(None, 204))
async def update_event(
    request: Request, caller: AppKey, event_id: UUID, body: UpdateEvent, times: AskedTimes
) -> Response:
    """Change an event; what the request leaves out stays as it is."""
    tx = transaction_of(request)
    await events.change(tx, caller.app_id, event_id, body.columns(times))
    return empty()


@router.delete("/{event_id}", status_code=204, responses=answers(None, 204))
async def delete_event(request: Request, caller: AppKey, event_id: UUID) -> Response:
    """Delete an event.

    With an event that repeats go all its occurrences; with an event that replaces one
    occurrence goes that occurrence.
    """
    await events.delete(transaction_of(request), caller.app_id, event_id)
    return empty()
