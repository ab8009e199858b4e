"""Calendars over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.calendars import CreateCalendar, UpdateCalendar
from slotkeeper.api.schemas.resources import ShownCalendar
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import calendars

router = APIRouter(prefix="/calendars", tags=["Calendars and events"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownCalendar], 201))
async def create_calendar(request: Request, caller: AppKey, body: CreateCalendar) -> Response:
    """Create one more calendar for a resource."""
    tx = transaction_of(request)
    return data(show.calendar(await calendars.create(tx, caller.app_id, body.given())), 201)


@router.get("", responses=answers(ListOf[ShownCalendar]))
async def list_calendars(request: Request, caller: AppKey, asked: AskedListing) -> Response:
    """List the calendars of the app."""
    page = await calendars.list_calendars(transaction_of(request), caller.app_id, asked)
    return paged(request, asked, page, show.calendar)


@router.get("/{calendar_id}", responses=answers(Data[ShownCalendar]))
async def get_calendar(request: Request, caller: AppKey, calendar_id: UUID) -> Response:
    """Get one calendar."""
    calendar = await calendars.get(transaction_of(request), caller.app_id, calendar_id)
    return data(show.calendar(calendar))


@router.put("/{calendar_id}", status_code=204, responses=answers(None, 204))
async def update_calendar(
    request: Request, caller: AppKey, calendar_id: UUID, body: UpdateCalendar
) -> Response:
    """Change a calendar; what the request leaves out stays as it is."""
    tx = transaction_of(request)
    await calendars.change(tx, caller.app_id, calendar_id, body.changes())
    return empty()


@router.delete("/{calendar_id}", status_code=204, responses=answers(None, 204))
async def delete_calendar(request: Request, caller: AppKey, calendar_id: UUID) -> Response:
    """Delete a calendar with its events; the last one of a resource stays."""
    await calendars.delete(transaction_of(request), caller.app_id, calendar_id)
    return empty()
