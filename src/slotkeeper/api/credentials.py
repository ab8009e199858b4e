"""Tokens of resources over HTTP, and logging in to get one."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api import guesses
from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import OwnKey, find_caller, unauthorized
from slotkeeper.api.guesses import InTurnRoute
from slotkeeper.api.own_data import own_or
from slotkeeper.api.parameters import AskedListing, paged
from slotkeeper.api.people import find_app
from slotkeeper.api.resource_views import shown_credential
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import (
    GUESS_REFUSALS,
    PUBLIC_REFUSALS,
    REFUSALS,
    Data,
    ListOf,
    answers,
)
from slotkeeper.api.schemas.apps import CreateCredential, LogIn, ShownCredential, ShownLogIn
from slotkeeper.api.times import AskedTimes, stamp
from slotkeeper.domain.credential import SCOPE
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import credentials, passwords

router = APIRouter(tags=["Credentials"], route_class=ApiRoute)

_NOBODY = "Email and password does not match any user"

_LOGGED_IN = {
    200: {"model": Data[ShownLogIn], "description": "Done"},
    **PUBLIC_REFUSALS,
    **GUESS_REFUSALS,
    401: {**REFUSALS[401], "description": "Nobody has this address and this password"},
}


async def log_in(request: Request, body: LogIn) -> Response:
    """Log in as a person of an app, and get the token with which to call as that person.

    Who has no key names the app by its slug, in the header `Timekit-App`.
    """
    tx, vault = transaction_of(request), parts_of(request).vault
    caller = await find_caller(request)
    app_id = caller.app_id if caller else None
    if app_id is None and (app := await find_app(request)):
        app_id = app.id
    if app_id is None:
        raise unauthorized(_NOBODY)
    forgive = guesses.count(request, "log in", caller=caller, app_id=app_id, email=body.email)
    person = await passwords.find_person(tx, app_id, email=body.email, password=body.password)
    if person is None:
        raise unauthorized(_NOBODY)
    forgive()
    token = await credentials.token_of(tx, vault, app_id, person.id)
    return data(
        {
            "id": person.id,
            "first_name": person.first_name,
            "last_name": person.last_name,
            "name": person.name,
            "email": person.email,
            "image": person.image,
            "activated": True,
            "timezone": person.timezone,
            "last_sync": None,
            "token_generated_at": stamp(token.created_at),
            "api_token": token.text,
        }
    )


router.add_api_route(
    "/auth", log_in, methods=["POST"], responses=_LOGGED_IN, route_class_override=InTurnRoute
)


@router.get("/credentials", responses=answers(ListOf[ShownCredential]))
async def list_credentials(
    request: Request, caller: OwnKey, asked: AskedListing, times: AskedTimes
) -> Response:
    """List the tokens of the resource that calls; with the app key those of all resources."""
    tx, vault = transaction_of(request), parts_of(request).vault
    page = await credentials.list_credentials(tx, caller.app_id, asked)
    texts = await credentials.texts_of(tx, vault, caller.app_id, page.items)
    return paged(request, asked, page, lambda each: shown_credential(each, texts, times))


@router.post("/credentials", status_code=201, responses=answers(Data[ShownCredential], 201))
async def create_credential(
    request: Request, caller: OwnKey, body: CreateCredential, times: AskedTimes
) -> Response:
    """Make a token for the resource that calls; with the app key for one that is named."""
    resource_id = own_or(caller, body.resource_id)
    if resource_id is None:
        raise InvalidInput.field("resource_id", "The resource id field is required.")
    if body.scopes != [SCOPE[body.type]]:
        message = f"The scopes of a {body.type} must be {SCOPE[body.type]}."
        raise InvalidInput.field("scopes", message)
    tx, vault = transaction_of(request), parts_of(request).vault
    made = await credentials.create(
        tx,
        vault,
        caller.app_id,
        resource_id,
        kind=body.type,
        description=body.description,
        referrers=body.referrer or (),
        expires_at=times.read("expires", body.expires) if body.expires else None,
    )
    texts = await credentials.texts_of(tx, vault, caller.app_id, [made])
    return data(shown_credential(made, texts, times), 201)


@router.delete("/credentials/{credential_id}", status_code=204, responses=answers(None, 204))
async def delete_credential(request: Request, caller: OwnKey, credential_id: UUID) -> Response:
    """Make a token invalid, at once and for good; also the one that calls."""
    await credentials.delete(transaction_of(request), caller.app_id, credential_id)
    return empty()
