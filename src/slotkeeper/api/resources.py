"""Resources over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api import show
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.resources import (
    CLEARABLE,
    CreateResource,
    ShownResource,
    UpdateResource,
)
from slotkeeper.domain.resource import Resource
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import calendars, resources
from slotkeeper.storage.transaction import Transaction

router = APIRouter(prefix="/resources", tags=["Resources"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownResource], 201))
async def create_resource(
    request: Request, caller: AppKey, body: CreateResource, includes: Includes
) -> Response:
    """Create a resource: a person, a room, anything whose time can be taken."""
    tx = transaction_of(request)
    resource = await resources.create(tx, caller.app_id, body.given())
    return data(await _shown(tx, caller.app_id, resource, includes), 201)


@router.get("", responses=answers(ListOf[ShownResource]))
async def list_resources(
    request: Request, caller: AppKey, asked: AskedListing, includes: Includes
) -> Response:
    """List the resources of the app."""
    tx = transaction_of(request)
    page = await resources.list_resources(tx, caller.app_id, asked)
    of = await calendars.of_resources(tx, caller.app_id, [each.id for each in page.items])
    return paged(
        request,
        asked,
        page,
        lambda each: show.resource(each, calendars=of[each.id], includes=includes),
    )


@router.get("/{resource_id}", responses=answers(Data[ShownResource]))
async def get_resource(
    request: Request, caller: AppKey, resource_id: UUID, includes: Includes
) -> Response:
    """Get one resource."""
    tx = transaction_of(request)
    resource = await resources.get(tx, caller.app_id, resource_id)
    return data(await _shown(tx, caller.app_id, resource, includes))


@router.put("/{resource_id}", status_code=204, responses=answers(None, 204))
async def update_resource(
    request: Request, caller: AppKey, resource_id: UUID, body: UpdateResource
) -> Response:
    """Change a resource; what the request leaves out stays as it is."""
    changes = body.given(clearable=CLEARABLE)
    await resources.change(transaction_of(request), caller.app_id, resource_id, changes)
    return empty()


@router.delete("/{resource_id}", status_code=204, responses=answers(None, 204))
async def delete_resource(request: Request, caller: AppKey, resource_id: UUID) -> Response:
    """Delete a resource and its calendars; its bookings stay, without it."""
    await resources.delete(transaction_of(request), caller.app_id, resource_id)
    return empty()


async def _shown(
    tx: Transaction, app_id: UUID, resource: Resource, includes: frozenset[str]
) -> show.Shown:
    of = await calendars.of_resources(tx, app_id, [resource.id])
    return show.resource(resource, calendars=of[resource.id], includes=includes)
