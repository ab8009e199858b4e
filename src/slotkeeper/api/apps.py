"""Apps over HTTP: one's own, and those made through it."""

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey
from slotkeeper.api.parameters import AskedListing, Includes, paged
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, ListOf, answers
from slotkeeper.api.schemas.apps import CreateApp, ShownApp, UpdateApp
from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.domain.app import App, Caller, Role
from slotkeeper.domain.app_settings import PUBLIC
from slotkeeper.domain.listing import Page
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import apps, own_apps

router = APIRouter(tags=["Apps"], route_class=ApiRoute)

_Settings = Annotated[
    UpdateApp, Body(description="Settings: in an object `settings`, or each by itself")
]


@router.get("/app", responses=answers(Data[ShownApp]))
async def get_current_app(request: Request, caller: OwnKey, includes: Includes) -> Response:
    """Get the app of the key or token that calls."""
    app = await apps.get(transaction_of(request), caller.app_id)
    return data(await _shown(request, caller, app, includes))


@router.get("/apps", responses=answers(ListOf[ShownApp]))
async def list_apps(
    request: Request, caller: OwnKey, asked: AskedListing, includes: Includes
) -> Response:
    """List one's app and, for who manages it, the apps that were made through it."""
    page = await own_apps.list_apps(transaction_of(request), caller, asked)
    shown = [await _shown(request, caller, each, includes) for each in page.items]
    return paged(request, asked, Page(shown, page.total), lambda each: each)


@router.post("/apps", status_code=201, responses=answers(Data[ShownApp], 201))
async def create_app(
    request: Request, caller: OwnKey, body: CreateApp, includes: Includes
) -> Response:
    """Make another app; `include=app_token,widget_token` shows its keys."""
    app = await own_apps.create(
        transaction_of(request),
        parts_of(request).vault,
        caller,
        settings=body.given_settings(),
        test_mode=body.test_mode,
    )
    return data(await _shown(request, caller, app, includes), 201)


@router.get("/apps/{slug}", responses=answers(Data[ShownApp]))
async def get_app(request: Request, caller: OwnKey, slug: str, includes: Includes) -> Response:
    """Get one app."""
    app = await own_apps.get(transaction_of(request), caller, slug)
    return data(await _shown(request, caller, app, includes))


@router.put("/apps/{slug}", status_code=204, responses=answers(None, 204))
async def update_app(request: Request, caller: OwnKey, slug: str, body: _Settings) -> Response:
    """Change the settings of an app; what the request leaves out stays as it is."""
    await own_apps.change(transaction_of(request), caller, slug, body.given_settings())
    return empty()


@router.delete("/apps/{slug}", status_code=204, responses=answers(None, 204))
async def delete_app(request: Request, caller: OwnKey, slug: str) -> Response:
    """Delete an app with everything in it, for good; not with a key of its own."""
    await own_apps.delete(transaction_of(request), caller, slug)
    return empty()


async def _shown(request: Request, caller: Caller, app: App, includes: frozenset[str]) -> Shown:
    """Return an app: all of it for who manages it, what people may know for the others."""
    tx = transaction_of(request)
    role = await own_apps.role_of(tx, caller)
    settings = dict(app.settings)
    shown: Shown = {
        "id": app.id,
        "slug": app.slug,
        "settings": settings,
        "test_mode": app.test_mode,
        "role": role,
        "creator_resource_id": app.creator_resource_id,
        "webhook_secret": None,
        "api_trial_expires_at": None,
        "created_at": stamp(app.created_at),
        "updated_at": stamp(app.updated_at),
    }
    if role is not Role.OWNER:
        return {**shown, "settings": {key: settings[key] for key in settings if key in PUBLIC}}
    secrets = await own_apps.secrets_of(tx, parts_of(request).vault, app.id)
    tokens = {"app_token": secrets.app_token, "widget_token": secrets.widget_token}
    asked = {name: token for name, token in tokens.items() if name in includes}
    return {**shown, "webhook_secret": secrets.webhook_secret, **asked}
