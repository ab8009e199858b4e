"""Calendars over HTTP."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.own_data import own_or
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.calendars import CreateCalendar, UpdateCalendar
from slotkeeper.api.schemas.resources import ShownCalendar
from slotkeeper.api.show import Shown
from slotkeeper.api.times import AskedTimes, Times
from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.listing import Page
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import calendars, resources

router = APIRouter(prefix="/calendars", tags=["Calendars and events"], route_class=ApiRoute)

EVENTS = "events"
"""The include that puts the events of a calendar into it."""

WITH_EVENTS_MAX = 100
"""The most calendars of a page that shows their events."""


@router.post("", status_code=201, responses=answers(Data[ShownCalendar], 201))
async def create_calendar(
    request: Request, caller: OwnKey, body: CreateCalendar, includes: Includes, times: AskedTimes
) -> Response:
    """Create one more calendar for a resource: the one that calls, or one that is named."""
    resource_id = own_or(caller, body.resource_id)
    if resource_id is None:
        raise InvalidInput.field("resource_id", "The resource id field is required.")
    given = {**body.given(), "resource_id": resource_id}
    calendar = await calendars.create(transaction_of(request), caller.app_id, given)
    (shown,) = await _shown(request, caller.app_id, [calendar], includes, times)
    return data(shown, 201)


@router.get("", responses=answers(ListOf[ShownCalendar]))
async def list_calendars(
    request: Request, caller: OwnKey, asked: AskedListing, includes: Includes, times: AskedTimes
) -> Response:
    """List the calendars of the app; 100 a page at most with `include=events`."""
    if EVENTS in includes:
        asked = replace(asked, limit=min(asked.limit, WITH_EVENTS_MAX))
    page = await calendars.list_calendars(transaction_of(request), caller.app_id, asked)
    shown = await _shown(request, caller.app_id, page.items, includes, times)
    return paged(request, asked, Page(shown, page.total), lambda each: each)


@router.get("/{calendar_id}", responses=answers(Data[ShownCalendar]))
async def get_calendar(
    request: Request, caller: OwnKey, calendar_id: UUID, includes: Includes, times: AskedTimes
) -> Response:
    """Get one calendar."""
    calendar = await calendars.get(transaction_of(request), caller.app_id, calendar_id)
    (shown,) = await _shown(request, caller.app_id, [calendar], includes, times)
    return data(shown)


@router.put("/{calendar_id}", status_code=204, responses=answers(None, 204))
async def update_calendar(
    request: Request, caller: OwnKey, calendar_id: UUID, body: UpdateCalendar
) -> Response:
    """Change a calendar; what the request leaves out stays as it is."""
    tx = transaction_of(request)
    await calendars.change(tx, caller.app_id, calendar_id, body.changes())
    return empty()


@router.delete("/{calendar_id}", status_code=204, responses=answers(None, 204))
async def delete_calendar(request: Request, caller: OwnKey, calendar_id: UUID) -> Response:
    """Delete a calendar with its events; the last one of a resource stays."""
    await calendars.delete(transaction_of(request), caller.app_id, calendar_id)
    return empty()


async def _shown(
    request: Request,
    app_id: UUID,
    found: Sequence[Calendar],
    includes: frozenset[str],
    times: Times,
) -> list[Shown]:
    """Return calendars as the API shows them, with their events where they are asked for."""
    shown = [show.calendar(each) for each in found]
    if EVENTS in includes:
        of = await resources.events_of(transaction_of(request), app_id, [each.id for each in found])
        for calendar in shown:
            calendar["events"] = [show.event(each, times) for each in of[calendar["id"]]]
    return shown
