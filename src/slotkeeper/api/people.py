"""What resources are asked as people: who am I, what is my zone, I forgot my password.

``/users`` is what ``/resources`` was called before 2018, so each route here is served twice.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response

from slotkeeper.api import guesses
from slotkeeper.api.answers import data, empty, json_response
from slotkeeper.api.auth import EveryKey, OwnKey, find_caller, slug_of
from slotkeeper.api.own_data import own_or
from slotkeeper.api.parameters import Includes
from slotkeeper.api.resource_views import shown_user
from slotkeeper.api.schemas.answers import GUESS_REFUSALS, PUBLIC_REFUSALS, Answer, Data, answers
from slotkeeper.api.schemas.resources import (
    CLEARABLE,
    AskReset,
    ShownUser,
    ShownZone,
    UpdateResource,
)
from slotkeeper.api.times import AskedTimes
from slotkeeper.domain.app import App
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import find_zone, minute_floor
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import account_mails, apps, passwords, resources


async def _own_resource(
    request: Request,
    caller: OwnKey,
    resource_id: Annotated[
        UUID | None, Query(description="Whom the app key speaks for, on routes about oneself")
    ] = None,
) -> Resource:
    """Return the resource that a caller is or speaks for; an app key must say for whom."""
    own = own_or(caller, resource_id)
    if own is None:
        raise InvalidInput({"resource_id": ["The resource id field is required."]})
    return await resources.get(transaction_of(request), caller.app_id, own)


Own = Annotated[Resource, Depends(_own_resource)]


async def find_app(request: Request) -> App | None:
    """Return the app whose slug a request names, or None."""
    slug = slug_of(request)
    app = await apps.find_by_slug(transaction_of(request), slug) if slug else None
    if app is not None:
        request.state.test_mode = app.test_mode
    return app


async def get_own(
    request: Request, caller: OwnKey, own: Own, includes: Includes, times: AskedTimes
) -> Response:
    """Get oneself: with a server-token whose it is, with the app key who `resource_id` is."""
    tx, vault = transaction_of(request), parts_of(request).vault
    return data(await shown_user(tx, vault, caller.app_id, own, includes=includes, times=times))


async def update_own(request: Request, caller: OwnKey, own: Own, body: UpdateResource) -> Response:
    """Change oneself: with a server-token whose it is, with the app key who `resource_id` is."""
    changes = body.given(clearable=CLEARABLE)
    await resources.change(transaction_of(request), caller.app_id, own.id, changes)
    return empty()


async def ask_reset(request: Request, body: AskReset) -> Response:
    """Ask for a link to choose a new password; the answer never tells who is known."""
    caller = await find_caller(request)
    app_id = caller.app_id if caller else None
    if app_id is None and (app := await find_app(request)):
        app_id = app.id
    guesses.count(request, "reset", caller=caller, app_id=app_id, email=body.email)
    tx = transaction_of(request)
    token = await passwords.ask_for_reset(tx, app_id, body.email)
    if token is not None:
        await account_mails.send_link(tx, parts_of(request).vault, token)
    return json_response({})


async def get_zone(request: Request, caller: EveryKey, email: str) -> Response:
    """Get the zone of whoever has an e-mail address, and its distance from UTC now, in hours."""
    tx = transaction_of(request)
    resource = await resources.get_by_email(tx, caller.app_id, email)
    minutes = find_zone(resource.timezone).offset_at(minute_floor(tx.now))
    hours = minutes / 60 if minutes % 60 else minutes // 60
    return data({"timezone": resource.timezone, "utc_offset": hours})


def serve(router: APIRouter, kind: str) -> None:
    """Add the routes to a router; ``kind`` is ``resource`` or ``user``.

    To be called before the router gets its route by id, which would take ``me`` for one.
    """
    zone_answers = answers(Data[ShownZone])
    asked = {200: {"model": Answer, "description": "Done"}, **PUBLIC_REFUSALS, **GUESS_REFUSALS}
    add = router.add_api_route
    add("/me", get_own, name=f"get_own_{kind}", responses=answers(Data[ShownUser]))
    add(
        "/me",
        update_own,
        methods=["PUT"],
        name=f"update_own_{kind}",
        status_code=204,
        responses=answers(None, 204),
    )
    add(
        "/resetpassword",
        ask_reset,
        methods=["POST"],
        name=f"reset_{kind}_password",
        responses=asked,
    )
    add("/timezone/{email}", get_zone, name=f"get_{kind}_timezone", responses=zone_answers)
