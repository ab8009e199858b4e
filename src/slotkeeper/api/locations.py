"""Locations over HTTP."""

from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AnyKey, AppKey
from slotkeeper.api.location_views import shown_locations
from slotkeeper.api.parameters import AskedLongListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.locations import (
    LOCATION_CLEARABLE,
    CreateLocation,
    ShownLocation,
    UpdateLocation,
)
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.location import Near, near
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import locations
from slotkeeper.services.locations import Attached

router = APIRouter(prefix="/locations", tags=["Locations"], route_class=ApiRoute)


@dataclass(frozen=True, slots=True)
class Places:
    """A list of locations as it was asked for: which page of it, and around which point."""

    listing: Listing
    near: Near | None


async def _places(
    asked: AskedLongListing,
    latitude: Annotated[str | None, Query(description="Degrees; list by distance")] = None,
    longitude: Annotated[str | None, Query(description="Degrees; list by distance")] = None,
    distance: Annotated[str | None, Query(description="Kilometres around the point")] = None,
) -> Places:
    """Read the point from parameters of its own or from the search; the former count first."""
    own = {"latitude": latitude, "longitude": longitude, "distance": distance}
    searched = {field: value for field, value in asked.terms if field in own}
    given = {**searched, **{field: text for field, text in own.items() if text}}
    others = [term for term in asked.terms if term[0] not in own]
    return Places(replace(asked, terms=others), near(given))


AskedPlaces = Annotated[Places, Depends(_places)]


@router.post("", status_code=201, responses=answers(Data[ShownLocation], 201))
async def create_location(request: Request, caller: AppKey, body: CreateLocation) -> Response:
    """Create a location, and a hidden project for each service that it offers."""
    tx = transaction_of(request)
    given = body.given(clearable=LOCATION_CLEARABLE)
    attached = _taken_from(given)
    location = await locations.create(tx, caller.app_id, given, attached)
    [shown] = await shown_locations(tx, caller, [location], frozenset())
    return data(shown, 201)


@router.get("", responses=answers(ListOf[ShownLocation]))
async def list_locations(
    request: Request, caller: AnyKey, asked: AskedPlaces, includes: Includes
) -> Response:
    """List the locations of the app; with a point those that have coordinates, nearest first."""
    tx = transaction_of(request)
    page = await locations.list_locations(tx, caller.app_id, asked.listing, asked.near)
    shown = await shown_locations(tx, caller, page.items, includes)
    return paged(request, asked.listing, Page(shown, page.total), lambda each: each)


@router.get("/{location_id}", responses=answers(Data[ShownLocation]))
async def get_location(
    request: Request, caller: AppKey, location_id: UUID, includes: Includes
) -> Response:
    """Get one location."""
    tx = transaction_of(request)
    location = await locations.get(tx, caller.app_id, location_id)
    [shown] = await shown_locations(tx, caller, [location], includes)
    return data(shown)


@router.put("/{location_id}", status_code=204, responses=answers(None, 204))
async def update_location(
    request: Request, caller: AppKey, location_id: UUID, body: UpdateLocation
) -> Response:
    """Change a location and its hidden projects; what the request leaves out stays as it is."""
    changes = body.given(clearable=LOCATION_CLEARABLE)
    attached = _taken_from(changes)
    await locations.change(transaction_of(request), caller.app_id, location_id, changes, attached)
    return empty()


@router.delete("/{location_id}", status_code=204, responses=answers(None, 204))
async def delete_location(request: Request, caller: AppKey, location_id: UUID) -> Response:
    """Delete a location and its hidden projects; their bookings stay."""
    await locations.delete(transaction_of(request), caller.app_id, location_id)
    return empty()


def _taken_from(given: dict[str, Any]) -> Attached:
    """Take what belongs to a location out of its columns."""
    return Attached(
        resource_ids=given.pop("resources", None),
        service_ids=given.pop("services", None),
        project_ids=given.pop("projects", None),
    )
