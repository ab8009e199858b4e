"""Services over HTTP; their address is ``/location/services``."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AnyKey, AppKey
from slotkeeper.api.location_views import shown_services
from slotkeeper.api.parameters import AskedLongListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.locations import (
    SERVICE_CLEARABLE,
    CreateService,
    ShownService,
    UpdateService,
)
from slotkeeper.domain.app import KeyKind
from slotkeeper.domain.listing import Page
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import location_services

router = APIRouter(prefix="/location/services", tags=["Locations"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownService], 201))
async def create_service(request: Request, caller: AppKey, body: CreateService) -> Response:
    """Create a service, and a hidden project for each location that offers it."""
    tx = transaction_of(request)
    given = body.given(clearable=SERVICE_CLEARABLE)
    location_ids = given.pop("locations", ())
    service = await location_services.create(tx, caller.app_id, given, location_ids=location_ids)
    [shown] = await shown_services(tx, caller, [service], frozenset())
    return data(shown, 201)


@router.get("", responses=answers(ListOf[ShownService]))
async def list_services(
    request: Request, caller: AnyKey, asked: AskedLongListing, includes: Includes
) -> Response:
    """List the services of the app; a widget cannot search what it does not see."""
    tx = transaction_of(request)
    search = location_services.list_services
    if caller.kind is KeyKind.WIDGET:
        search = location_services.list_services_in_public
    page = await search(tx, caller.app_id, asked)
    shown = await shown_services(tx, caller, page.items, includes)
    return paged(request, asked, Page(shown, page.total), lambda each: each)


@router.get("/{service_id}", responses=answers(Data[ShownService]))
async def get_service(
    request: Request, caller: AppKey, service_id: UUID, includes: Includes
) -> Response:
    """Get one service."""
    tx = transaction_of(request)
    service = await location_services.get(tx, caller.app_id, service_id)
    [shown] = await shown_services(tx, caller, [service], includes)
    return data(shown)


@router.put("/{service_id}", status_code=204, responses=answers(None, 204))
async def update_service(
    request: Request, caller: AppKey, service_id: UUID, body: UpdateService
) -> Response:
    """Change a service and all its hidden projects; what the request leaves out stays."""
    changes = body.given(clearable=SERVICE_CLEARABLE)
    location_ids = changes.pop("locations", None)
    await location_services.change(
        transaction_of(request), caller.app_id, service_id, changes, location_ids=location_ids
    )
    return empty()


@router.delete("/{service_id}", status_code=204, responses=answers(None, 204))
async def delete_service(request: Request, caller: AppKey, service_id: UUID) -> Response:
    """Delete a service and its hidden projects; their bookings stay."""
    await location_services.delete(transaction_of(request), caller.app_id, service_id)
    return empty()
