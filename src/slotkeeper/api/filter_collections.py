"""Filter collections over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.find_time import FilterCollectionBody, ShownFilterCollection
from slotkeeper.domain.filter_collection import FilterCollection
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import filter_collections

router = APIRouter(
    prefix="/findtime/filtercollections", tags=["Find time (older)"], route_class=ApiRoute
)


@router.post("", status_code=201, responses=answers(Data[ShownFilterCollection], 201))
async def create_filter_collection(
    request: Request, caller: OwnKey, body: FilterCollectionBody
) -> Response:
    """Keep filters for later searches; made with a server-token they belong to that resource."""
    tx = transaction_of(request)
    made = await filter_collections.create(
        tx, caller.app_id, body.lists(), resource_id=caller.own_resource_id
    )
    return data(_shown(made), 201)


@router.get("", responses=answers(ListOf[ShownFilterCollection]))
async def list_filter_collections(
    request: Request, caller: OwnKey, asked: AskedListing
) -> Response:
    """List the filter collections of the app, with a server-token those of its resource."""
    tx = transaction_of(request)
    page = await filter_collections.list_collections(tx, caller.app_id, asked)
    return paged(request, asked, page, _shown)


@router.get("/{filtercollection_id}", responses=answers(Data[ShownFilterCollection]))
async def get_filter_collection(
    request: Request, caller: OwnKey, filtercollection_id: UUID
) -> Response:
    """Get one filter collection. A body is ignored: the JavaScript SDK sends one."""
    tx = transaction_of(request)
    return data(_shown(await filter_collections.get(tx, caller.app_id, filtercollection_id)))


@router.put("/{filtercollection_id}", status_code=204, responses=answers(None, 204))
async def update_filter_collection(
    request: Request, caller: OwnKey, filtercollection_id: UUID, body: FilterCollectionBody
) -> Response:
    """Change filters that are kept; a list that the request leaves out stays as it is."""
    tx = transaction_of(request)
    await filter_collections.change(tx, caller.app_id, filtercollection_id, body.lists())
    return empty()


def _shown(collection: FilterCollection) -> dict[str, object]:
    return {"id": collection.id, **collection.as_sent()}
