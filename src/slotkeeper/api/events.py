"""Events over HTTP."""

import re
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty, json_response
from slotkeeper.api.auth import ColleagueKey, OwnKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import AskingRoute, parameters_in_body
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.calendars import BusyTimes, CalendarEvent, CreateEvent, UpdateEvent
from slotkeeper.api.times import AskedTimes, Times
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import busy, events, resources

router = APIRouter(prefix="/events", tags=["Calendars and events"], route_class=AskingRoute)

UNDISCLOSED = "Undisclosed"
"""Where everything takes place that somebody else is told of."""


async def _window(
    request: Request,
    times: AskedTimes,
    start: Annotated[str | None, Query(description="Start of the time that is asked about")] = None,
    end: Annotated[str | None, Query(description="End of that time")] = None,
) -> tuple[datetime, datetime]:
    """Return the time that a request asks about; both bounds are required.

    One client sends them in the body of its GET.
    """
    given = {"start": start, "end": end}
    if start is None and end is None:
        given |= _in_body(request)
    missing = {
        field: [f"The {field} field is required."] for field, text in given.items() if not text
    }
    if missing:
        raise InvalidInput(missing)
    return _bound(times, "start", given["start"]), _bound(times, "end", given["end"])


def _in_body(request: Request) -> dict[str, str]:
    body = parameters_in_body(request)
    return {field: str(body[field]) for field in ("start", "end") if body.get(field) is not None}


def _bound(times: Times, field: str, text: str | None) -> datetime:
    """Return a bound; a number beyond every year that is kept stands for the end of time.

    One client asks for all events by asking for those from 0 to 100000000000.
    """
    moment = str(text).strip()
    if _BEYOND.fullmatch(moment) and not times.input_format:
        return END_OF_TIME
    return times.read(field, moment)


END_OF_TIME = datetime(2200, 1, 1, tzinfo=UTC)
_BEYOND = re.compile("[1-9][0-9]{10,14}", re.ASCII)

AskedWindow = Annotated[tuple[datetime, datetime], Depends(_window)]


@router.post("", status_code=201, responses=answers(Data[CalendarEvent], 201))
async def create_event(
    request: Request, caller: OwnKey, body: CreateEvent, times: AskedTimes
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
    caller: OwnKey,
    asked: AskedListing,
    times: AskedTimes,
    window: AskedWindow,
) -> Response:
    """List the events that overlap a time, earliest first.

    Of an event that repeats there is each occurrence, the first 10 000 of all at most.
    """
    start, end = window
    tx = transaction_of(request)
    page = await events.list_events(tx, caller.app_id, asked, start=start, end=end)
    return paged(request, asked, page, lambda each: show.event(each, times))


@router.get("/availability", responses=answers(BusyTimes))
async def get_busy_times(
    request: Request,
    caller: ColleagueKey,
    times: AskedTimes,
    window: AskedWindow,
    email: Annotated[str, Query(description="E-mail address of the resource asked about")],
) -> Response:
    """Get when a resource is busy, and nothing of what it does then.

    Events and bookings alike; of a time of 366 days at most. Resources of an app may ask so
    about each other.
    """
    tx = transaction_of(request)
    resource = await resources.get_by_email(tx, caller.app_id, email)
    start, end = window
    found = await busy.merged_times(tx, caller.app_id, resource.id, start=start, end=end)
    what = f"{resource.first_name or resource.name} is busy!"
    return data(
        [
            {
                "what": what,
                "where": UNDISCLOSED,
                "start": times.show(begin),
                "end": times.show(ends),
                "allDay": False,
            }
            for begin, ends in found
        ]
    )


@router.get("/{event_id}", responses=answers(Data[CalendarEvent]))
async def get_event(
    request: Request, caller: OwnKey, event_id: UUID, times: AskedTimes
) -> Response:
    """Get one event."""
    event = await events.get(transaction_of(request), caller.app_id, event_id)
    return data(show.event(event, times))


@router.put("/{event_id}", status_code=204, responses=answers(None, 204))
async def update_event(
    request: Request, caller: OwnKey, event_id: UUID, body: UpdateEvent, times: AskedTimes
) -> Response:
    """Change an event; what the request leaves out stays as it is."""
    tx = transaction_of(request)
    await events.change(tx, caller.app_id, event_id, body.columns(times))
    return empty()


@router.delete("/{event_id}", status_code=204, responses=answers(None, 204))
async def delete_event(request: Request, caller: OwnKey, event_id: UUID) -> Response:
    """Delete an event.

    With an event that repeats go all its occurrences; with an event that replaces one
    occurrence goes that occurrence.
    """
    await events.delete(transaction_of(request), caller.app_id, event_id)
    return empty()
