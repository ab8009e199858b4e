"""Users over HTTP: resources under the name they had before 2018."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from slotkeeper.api import guesses, people
from slotkeeper.api.answers import data
from slotkeeper.api.auth import find_caller, forbidden, unauthorized
from slotkeeper.api.guesses import InTurnRoute
from slotkeeper.api.parameters import Includes
from slotkeeper.api.resource_views import API_TOKEN, shown_user
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import GUESS_REFUSALS, Data, answers
from slotkeeper.api.schemas.resources import ShownUser, SignUp
from slotkeeper.api.times import AskedTimes
from slotkeeper.domain.app import KeyKind
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import own_apps, resources

router = APIRouter(prefix="/users", tags=["Users"], route_class=ApiRoute)

people.serve(router, "user")


async def _app_of_newcomer(request: Request, body: SignUp) -> UUID:
    """Return the app that a new user belongs to; refuse whoever may not make one.

    With the app key always. Without a key, people make their own only where the operator has
    switched that on: it lets anybody fill an app with people.
    """
    caller = await find_caller(request)
    if caller is not None:
        if caller.kind is not KeyKind.API:
            raise forbidden(caller)
        return caller.app_id
    app = await people.find_app(request)
    if app is None or "authorization" in request.headers:
        raise unauthorized()
    if not parts_of(request).settings.public_sign_up:
        raise HTTPException(403, "People cannot sign up by themselves on this server")
    guesses.count(request, "sign up", caller=None, app_id=app.id, email=body.email)
    await own_apps.check_newcomer(transaction_of(request), app.id, body.email)
    return app.id


AppOfNewcomer = Annotated[UUID, Depends(_app_of_newcomer)]


async def create_user(
    request: Request, app_id: AppOfNewcomer, body: SignUp, includes: Includes, times: AskedTimes
) -> Response:
    """Create a resource for a person; people may do so themselves where the operator lets them.

    Who has no key names the app by its slug, in the header `Timekit-App`.
    """
    tx, vault = transaction_of(request), parts_of(request).vault
    user = await resources.create(tx, app_id, body.given())
    includes |= {API_TOKEN}
    shown = await shown_user(tx, vault, app_id, user, includes=includes, times=times)
    return data(shown, 201)


router.add_api_route(
    "",
    create_user,
    methods=["POST"],
    status_code=201,
    responses={**answers(Data[ShownUser], 201), **GUESS_REFUSALS},
    route_class_override=InTurnRoute,
)
