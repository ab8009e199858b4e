"""Feeds over HTTP: who manages them. Calendar programs read them in ``web``."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.own_data import own_or
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.feeds import CreateFeed, ShownFeed
from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.domain.app import Caller
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.feed import Feed
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.services import feeds

router = APIRouter(prefix="/feeds", tags=["Calendars and events"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownFeed], 201))
async def create_feed(request: Request, caller: OwnKey, body: CreateFeed) -> Response:
    """Make a secret address at which calendar programs read what is booked.

    With a server-token it is of the resource that calls; of a project others are served by, too,
    a resource gets none.
    """
    if body.project_id is not None and caller.own_resource_id is not None:
        raise InvalidInput.field("project_id", "A feed of a project takes the app key.")
    named = body.resource_id if body.project_id else own_or(caller, body.resource_id)
    made = await feeds.create(
        transaction_of(request),
        parts_of(request).vault,
        caller.app_id,
        resource_id=named,
        project_id=body.project_id,
        details=body.details,
    )
    return data(_shown(made, await _addresses(request, caller, [made])), 201)


@router.get("", responses=answers(ListOf[ShownFeed]))
async def list_feeds(request: Request, caller: OwnKey, asked: AskedListing) -> Response:
    """List the feeds of the resource that calls; with the app key those of everything."""
    page = await feeds.list_feeds(transaction_of(request), caller.app_id, asked)
    addresses = await _addresses(request, caller, page.items)
    return paged(request, asked, page, lambda each: _shown(each, addresses))


@router.get("/{feed_id}", responses=answers(Data[ShownFeed]))
async def get_feed(request: Request, caller: OwnKey, feed_id: UUID) -> Response:
    """Get one feed."""
    found = await feeds.get(transaction_of(request), caller.app_id, feed_id)
    return data(_shown(found, await _addresses(request, caller, [found])))


@router.delete("/{feed_id}", status_code=204, responses=answers(None, 204))
async def delete_feed(request: Request, caller: OwnKey, feed_id: UUID) -> Response:
    """Make the address of a feed lead nowhere, at once and for good."""
    await feeds.delete(transaction_of(request), caller.app_id, feed_id)
    return empty()


async def _addresses(request: Request, caller: Caller, shown: Sequence[Feed]) -> Mapping[UUID, str]:
    return await feeds.addresses_of(
        transaction_of(request),
        parts_of(request).vault,
        caller.app_id,
        shown,
        site=public_url(request),
    )


def _shown(shown: Feed, addresses: Mapping[UUID, str]) -> Shown:
    return {
        "id": shown.id,
        "resource_id": shown.resource_id,
        "project_id": shown.project_id,
        "details": shown.details,
        "url": addresses[shown.id],
        "created_at": stamp(shown.created_at),
        "last_read_at": stamp(shown.last_read_at) if shown.last_read_at else None,
    }
