"""The form of a booking page: for what was chosen, or with other things to choose from."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.idempotency import FirstAnswer, IdempotencyKey, fingerprint
from slotkeeper.domain.interval import Interval
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import idempotency
from slotkeeper.web import tokens
from slotkeeper.web.answers import Answers, Sent, text_of
from slotkeeper.web.fields import Field
from slotkeeper.web.pages import page
from slotkeeper.web.visit import Visit, minutes_of

EXPIRED = (
    "This form could not be checked: it is too old, or your browser keeps no cookies. "
    "Nothing has been booked. Please send it again."
)
_JOIN = "Join the waiting list"
WRONG = "Please look at what is marked below. Nothing has been booked yet."


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """Something that a form can book: a slot or a class; or a full class to wait for.

    The form sends ``value`` under ``name``. ``what`` is a title where there are several.
    """

    name: str
    value: str
    interval: Interval
    what: str = ""
    notes: Sequence[str] = ()
    is_line: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a form is shown again: the status of the answer, and words for the visitor."""

    status: HTTPStatus
    text: str


def problem_of(request: Request, sent: Sent, answers: Answers) -> Problem | None:
    """Return what keeps a form from being carried out, None where nothing does."""
    if not tokens.is_genuine(request, text_of(sent.get(tokens.FIELD))):
        return Problem(HTTPStatus.FORBIDDEN, EXPIRED)
    if answers.errors:
        return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, WRONG)
    return None


def show(
    request: Request,
    visit: Visit,
    fields: Sequence[Field],
    *,
    chosen: Option | None,
    others: Sequence[Option] = (),
    line: Option | None = None,
    errors: Mapping[str, str] | None = None,
    problem: Problem | None = None,
) -> Response:
    """Return the page with the form, and with the cookie without which it cannot be sent.

    ``line`` is what one can wait for instead of booking one of ``others``.
    """
    visitor = tokens.visitor_of(request)
    answer = page(
        "form.html",
        problem.status if problem else HTTPStatus.OK,
        visit=visit,
        fields=fields,
        chosen=chosen,
        others=others,
        line=line,
        errors=errors or {},
        problem=problem.text if problem else "",
        submit=_JOIN if chosen and chosen.is_line else _submit(visit),
        join=_JOIN,
        token=(tokens.FIELD, tokens.token_for(request, visitor)),
        back=visit.link(date=_date_of(visit, chosen)) if chosen else visit.link(),
        old=visit.clock.moment(*minutes_of(visit.moving)) if visit.moving else None,
    )
    tokens.remember(request, answer, visitor)
    return answer


async def booked_once(
    request: Request, visit: Visit, book: Callable[[], Awaitable[Booking]]
) -> Response:
    """Carry out a form that may be sent and lead to its booking; raises SlotTaken."""

    async def booked() -> str:
        return str((await book()).id)

    return to_booking(visit, await once(request, visit, booked))


async def once(request: Request, visit: Visit, act: Callable[[], Awaitable[str]]) -> str:
    """Carry out a form that may be sent, and return what ``act`` returns; raises what it does.

    Every form that is shown has a token like no other. So the same body again is the same
    form again, as from a double click, and gets what the first one made. A refusal leaves
    nothing behind.
    """
    tx = transaction_of(request)
    mark = fingerprint(await request.body())
    key = IdempotencyKey(app_id=visit.app_id, key_id=visit.project.id, text=mark.hex())
    async with tx.connection.transaction():
        first = await idempotency.recall(tx, key, fingerprint=mark)
        if first is not None:
            return first.body.decode()
        made = await act()
        await idempotency.remember(tx, key, FirstAnswer(HTTPStatus.SEE_OTHER, made.encode()))
    return made


def to_booking(visit: Visit, booking_id: UUID | str) -> Response:
    """Send the browser to an address that it may load again without booking twice."""
    return RedirectResponse(f"{visit.path}/booked/{booking_id}", HTTPStatus.SEE_OTHER)


def _submit(visit: Visit) -> str:
    if visit.moving:
        return visit.text("reschedule_submit_button", "Change the time")
    return visit.text("submit_button")


def _date_of(visit: Visit, chosen: Option) -> str:
    return visit.clock.zone.iso(chosen.interval[0])[:10]
