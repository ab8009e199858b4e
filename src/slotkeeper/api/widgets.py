"""Widgets of the first version over HTTP; new pages use projects."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import EmbedKey, OwnKey
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import PUBLIC_REFUSALS, Data, ListOf, answers
from slotkeeper.api.schemas.widgets import CreateWidget, PublicWidget, ShownWidget, UpdateWidget
from slotkeeper.api.times import stamp
from slotkeeper.domain.widget import Widget
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import widgets

router = APIRouter(prefix="/widgets", tags=["Widgets (older)"], route_class=ApiRoute)


@router.post("", status_code=201, responses=answers(Data[ShownWidget], 201))
async def create_widget(request: Request, caller: OwnKey, body: CreateWidget) -> Response:
    """Keep the configuration of a widget; made with a server-token it belongs to that resource."""
    tx = transaction_of(request)
    given = {**body.given(), "resource_id": caller.own_resource_id}
    return data(_shown(await widgets.create(tx, caller.app_id, given)), 201)


@router.get("", responses=answers(ListOf[ShownWidget]))
async def list_widgets(request: Request, caller: OwnKey, asked: AskedListing) -> Response:
    """List the widgets of the app, with a server-token those of its resource."""
    page = await widgets.list_widgets(transaction_of(request), caller.app_id, asked)
    return paged(request, asked, page, _shown)


@router.get("/hosted/{slug}", responses={200: {"model": Data[PublicWidget]}, **PUBLIC_REFUSALS})
async def get_hosted_widget(request: Request, slug: str) -> Response:
    """Get a widget by its address; no key is needed, and whoever asks sees the configuration."""
    return data(_public(await widgets.get_by_slug(transaction_of(request), slug)))


@router.get("/embed/{widget_id}", responses=answers(Data[PublicWidget]))
async def get_embedded_widget(request: Request, caller: EmbedKey, widget_id: UUID) -> Response:
    """Get a widget for a page that has the public key."""
    return data(_public(await widgets.get(transaction_of(request), caller.app_id, widget_id)))


@router.get("/{widget_id}", responses=answers(Data[ShownWidget]))
async def get_widget(request: Request, caller: OwnKey, widget_id: UUID) -> Response:
    """Get one widget."""
    return data(_shown(await widgets.get(transaction_of(request), caller.app_id, widget_id)))


@router.put("/{widget_id}", status_code=204, responses=answers(None, 204))
async def update_widget(
    request: Request, caller: OwnKey, widget_id: UUID, body: UpdateWidget
) -> Response:
    """Change a widget; what the request leaves out stays as it is."""
    await widgets.change(transaction_of(request), caller.app_id, widget_id, body.given())
    return empty()


@router.delete("/{widget_id}", status_code=204, responses=answers(None, 204))
async def delete_widget(request: Request, caller: OwnKey, widget_id: UUID) -> Response:
    """Delete a widget."""
    await widgets.delete(transaction_of(request), caller.app_id, widget_id)
    return empty()


def _public(widget: Widget) -> dict[str, object]:
    return {"id": widget.id, "slug": widget.slug, "config": widget.config}


def _shown(widget: Widget) -> dict[str, object]:
    return {
        **_public(widget),
        "name": widget.name,
        "created_at": stamp(widget.created_at),
        "updated_at": stamp(widget.updated_at),
    }
