"""The page on which people choose a password: those invited, and those who forgot theirs."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.passwords import LENGTH_MAX, LENGTH_MIN, Purpose
from slotkeeper.edge.parts import transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import passwords
from slotkeeper.web.answers import form_of
from slotkeeper.web.pages import page

router = APIRouter(
    prefix="/account/password", route_class=TransactionRoute, include_in_schema=False
)

_DIFFERENT = "The two passwords are not the same. Please write the same one twice."


@router.get("")
async def fill_in(request: Request) -> Response:
    """Show the form to whoever comes by a link; looking at it does not use up the link."""
    return await _form(request, request.query_params.get("token", ""))


@router.post("")
async def choose(request: Request) -> Response:
    """Set the password, or show the form again with what is wrong.

    The token is all the authority there is, and another site does not know it, so the form
    needs no seal of its own.
    """
    sent = await form_of(request)
    token, password = sent.get("token", ""), sent.get("password", "")
    if password != sent.get("repeated", ""):
        return await _form(request, token, problem=_DIFFERENT)
    try:
        await passwords.choose(transaction_of(request), token, password)
    except InvalidInput as refusal:
        return await _form(request, token, problem=str(refusal))
    except NotFound:
        return _ended()
    return RedirectResponse("/account/password/chosen", HTTPStatus.SEE_OTHER)


@router.get("/chosen")
async def chosen() -> Response:
    """Say that it is done."""
    return page("chosen.html")


async def _form(request: Request, token: str, *, problem: str | None = None) -> Response:
    try:
        chooser = await passwords.get_chooser(transaction_of(request), token)
    except NotFound:
        return _ended()
    return page(
        "password.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        app_name=chooser.app.name,
        invited=chooser.link.purpose is Purpose.INVITATION,
        resource=chooser.resource,
        token=token,
        problem=problem,
        length_min=LENGTH_MIN,
        length_max=LENGTH_MAX,
    )


def _ended() -> Response:
    text = "It was used already, or it is too old. Please ask for a new one where you got it from."
    return page(
        "error.html", HTTPStatus.NOT_FOUND, title="This link does not work any more", text=text
    )
