"""Resources over HTTP."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from slotkeeper.api import people
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey, OwnKey
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.resource_views import API_TOKEN, EVENTS, Viewer, shown_resource
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.resources import (
    CLEARABLE,
    CreateResource,
    ShownResource,
    UpdateResource,
)
from slotkeeper.api.times import AskedTimes
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import resources

router = APIRouter(prefix="/resources", tags=["Resources"], route_class=ApiRoute)

WITH_EVENTS_MAX = 100
"""The most resources of a page that shows the events of their calendars, or their tokens."""


@router.post("", status_code=201, responses=answers(Data[ShownResource], 201))
async def create_resource(
    request: Request, caller: AppKey, body: CreateResource, includes: Includes, times: AskedTimes
) -> Response:
    """Create a resource: a person, a room, anything whose time can be taken."""
    tx, vault = transaction_of(request), parts_of(request).vault
    resource = await resources.create(tx, caller.app_id, body.given())
    includes |= {API_TOKEN}
    shown = await shown_resource(tx, vault, caller.app_id, resource, includes=includes, times=times)
    return data(shown, 201)


@router.get("", responses=answers(ListOf[ShownResource]))
async def list_resources(
    request: Request, caller: OwnKey, asked: AskedListing, includes: Includes, times: AskedTimes
) -> Response:
    """List the resources of the app; 100 a page at most with `include=calendars.events`.

    So it is with `include=credentials`.
    """
    if includes & {EVENTS, "credentials"}:
        asked = replace(asked, limit=min(asked.limit, WITH_EVENTS_MAX))
    tx, vault = transaction_of(request), parts_of(request).vault
    page = await resources.list_resources(tx, caller.app_id, asked)
    viewer = await Viewer.of(tx, vault, caller.app_id, page.items, includes=includes, times=times)
    return paged(request, asked, page, viewer.show)


people.serve(router, "resource")


@router.get("/{resource_id}", responses=answers(Data[ShownResource]))
async def get_resource(
    request: Request, caller: OwnKey, resource_id: UUID, includes: Includes, times: AskedTimes
) -> Response:
    """Get one resource."""
    tx, vault = transaction_of(request), parts_of(request).vault
    resource = await resources.get(tx, caller.app_id, resource_id)
    shown = await shown_resource(tx, vault, caller.app_id, resource, includes=includes, times=times)
    return data(shown)


@router.patch("/{resource_id}", include_in_schema=False)
@router.put("/{resource_id}", status_code=204, responses=answers(None, 204))
async def update_resource(
    request: Request, caller: OwnKey, resource_id: UUID, body: UpdateResource
) -> Response:
    """Change a resource; what the request leaves out stays as it is."""
    changes = body.given(clearable=CLEARABLE)
    await resources.change(transaction_of(request), caller.app_id, resource_id, changes)
    return empty()


@router.delete("/{resource_id}", status_code=204, responses=answers(None, 204))
async def delete_resource(
    request: Request,
    caller: AppKey,
    resource_id: UUID,
    permanently: Annotated[
        bool, Query(description="Leave nothing, also of a resource that was deleted before")
    ] = False,
) -> Response:
    """Delete a resource and its calendars; its bookings stay, and go on showing its name."""
    tx = transaction_of(request)
    if permanently:
        await resources.erase(tx, caller.app_id, resource_id)
    else:
        await resources.delete(tx, caller.app_id, resource_id)
    return empty()
