"""Where links in mails lead: a page that asks, and does nothing until its button is pressed.

Scanners of mail servers open every link of a mail. So GET only shows what would happen, and
POST to the same address does it. The signature in the address is the permission; another
site that knows it could as well press the button, so that a form token would add nothing.

The addresses lie below the API because the API documentation has them there, but people with
browsers open them: the answers are pages, and the OpenAPI document leaves them out.
"""

from http import HTTPStatus
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from slotkeeper.domain.addresses import is_of_page
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import (
    LinkInvalid,
    SlotTaken,
    TransitionRefused,
)
from slotkeeper.domain.graphs import Action
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import action_links, bookings
from slotkeeper.services.action_links import Link
from slotkeeper.web.action_view import View
from slotkeeper.web.answers import FIELD_CHARACTERS_MAX, form_of, text_of
from slotkeeper.web.links import REFUSALS, Nowhere, Told
from slotkeeper.web.pages import HEADERS, page

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)

_NOWHERE = Nowhere(
    expired=Told(
        title="This link has expired", text="Nothing was changed. Please ask whoever sent it."
    ),
    gone=Told(
        title="This booking is not there any more", text="What the link was for has been deleted."
    ),
)
_TOO_LONG = f"Please write at most {FIELD_CHARACTERS_MAX} characters."
_TAKEN = "The time has been taken meanwhile, so this request cannot be confirmed."
_NOT_POSSIBLE = "What this link was for is not possible any more. Nothing was changed."


@router.get(action_links.PATH)
async def ask(request: Request, booking_id: str, action: str) -> Response:
    """Show the booking and a button that does what the link is for; do nothing yet."""
    try:
        link = await _link(request, booking_id, action)
        booking = await bookings.get(transaction_of(request), link.app_id, link.booking_id)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    view = await View.of(request, link, booking)
    if not action_links.is_possible(booking, action, now=transaction_of(request).now):
        return _unchanged(view, _NOT_POSSIBLE)
    if action == Action.RESCHEDULE_BY_CUSTOMER:
        return _leading(view.address_to_move(public_url(request)), HTTPStatus.FOUND)
    return _question(request, view)


@router.post(action_links.PATH)
async def act(request: Request, booking_id: str, action: str) -> Response:
    """Do what the link is for, and lead on to ``redirect``, else say what happened."""
    tx = transaction_of(request)
    message = text_of((await form_of(request)).get("message"))
    try:
        link = await _link(request, booking_id, action)
        booking = await bookings.get(tx, link.app_id, link.booking_id)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    if action == Action.RESCHEDULE_BY_CUSTOMER:
        return await ask(request, booking_id, action)  # a new time is chosen elsewhere
    if len(message) > FIELD_CHARACTERS_MAX:
        view = await View.of(request, link, booking)
        return _question(request, view, message=message, problem=_TOO_LONG)
    try:
        booking = await action_links.follow(tx, link, message=message or None)
    except (TransitionRefused, SlotTaken) as refusal:
        return await _refused(request, link, refusal)
    if (target := _redirect(request)) is not None:
        return _leading(target, HTTPStatus.SEE_OTHER)
    return page("acted.html", view=await View.of(request, link, booking), done=True, problem="")


async def _link(request: Request, booking_id: str, action: str) -> Link:
    """Return the link that a request followed; raises LinkInvalid and LinkExpired."""
    try:
        wanted = UUID(booking_id)
    except ValueError:
        raise LinkInvalid from None
    return await action_links.verify(
        transaction_of(request),
        parts_of(request).vault,
        request.query_params.get("signature", ""),
        booking_id=wanted,
        action=action,
    )


def _question(request: Request, view: View, *, message: str = "", problem: str = "") -> Response:
    target = _redirect(request)
    answer = page(
        "action.html",
        HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK,
        view=view,
        message=message,
        problem=problem,
        message_characters_max=FIELD_CHARACTERS_MAX,
        leads_to=urlsplit(target).hostname if target else None,
    )
    if target is not None:
        # Browsers hold a form's redirects to the policy too, also those of the site it leads to.
        own, also = "form-action 'self'", f"form-action 'self' {urlsplit(target).scheme}:"
        policy = HEADERS["Content-Security-Policy"].replace(own, also)
        answer.headers["Content-Security-Policy"] = policy
    return answer


async def _refused(
    request: Request, link: Link, refusal: TransitionRefused | SlotTaken
) -> Response:
    """Say why an action was refused, with the booking as it is now."""
    tx = transaction_of(request)
    booking: Booking = await bookings.get(tx, link.app_id, link.booking_id)
    if isinstance(refusal, SlotTaken):
        problem = _TAKEN
    elif link.action in booking.actions:  # its state allows it, something else does not
        problem = f"{refusal}."
    else:
        problem = _NOT_POSSIBLE
    return _unchanged(await View.of(request, link, booking), problem)


def _unchanged(view: View, problem: str) -> Response:
    return page("acted.html", HTTPStatus.CONFLICT, view=view, done=False, problem=problem)


def _leading(address: str, status: HTTPStatus) -> Response:
    return RedirectResponse(address, status, headers=dict(HEADERS))


def _redirect(request: Request) -> str | None:
    """Return the address to lead on to, None where none is named that may be followed."""
    address = request.query_params.get("redirect", "")
    return address if is_of_page(address) else None
