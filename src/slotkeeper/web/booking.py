"""The page of a project, where a customer chooses a slot, fills in a form and books."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.graphs import State
from slotkeeper.domain.order import Order
from slotkeeper.domain.zones import minute_floor, to_datetime
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import bookings, offers
from slotkeeper.services.offers import Wanted
from slotkeeper.web import tokens
from slotkeeper.web.agenda import Agenda, Offer
from slotkeeper.web.answers import Answers, form_of, read, text_of
from slotkeeper.web.choice import Choice
from slotkeeper.web.clock import Clock
from slotkeeper.web.fields import Field
from slotkeeper.web.pages import page
from slotkeeper.web.visit import (
    Visit,
    booking_of_page,
    can_be_moved,
    find_day,
    find_slot,
    minutes_of,
    slot_text,
)
from slotkeeper.web.zones import visitor_zone

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)

OTHER_SLOTS = 8
"""How many free slots are offered instead of one that is gone."""

_GONE = "That time has just been taken or is no longer free. Please choose another one."
_NONE_CHOSEN = "Please choose one of these times. Nothing has been booked yet."
_EXPIRED = (
    "This form could not be checked: it is too old, or your browser keeps no cookies. "
    "Nothing has been booked. Please send it again."
)
_WRONG = "Please look at what is marked below. Nothing has been booked yet."
_MOVED = "We have received your new time, %s"


@router.get("/{slug}")
async def choose(request: Request, slug: str) -> Response:
    """Show the free slots of a day, and the way to other days."""
    visit = await Visit.of(request, slug)
    if visit.moving and not can_be_moved(visit.moving, now=transaction_of(request).now):
        return _to_booking(visit, visit.moving)
    agenda = await visit.agenda(request)
    day = agenda.shown_day(find_day(request.query_params.get("date", "")))
    return page("choose.html", visit=visit, choice=Choice(visit, agenda, day), old=_old_time(visit))


@router.get("/{slug}/book")
async def fill_in(request: Request, slug: str) -> Response:
    """Show the form for the slot that was chosen, or other slots if it is gone."""
    visit = await Visit.of(request, slug)
    if visit.moving and not can_be_moved(visit.moving, now=transaction_of(request).now):
        return _to_booking(visit, visit.moving)
    wanted = find_slot(request.query_params.get("slot", ""))
    agenda = await visit.agenda(request)
    fields = visit.fields_for(request)
    if wanted is None or not agenda.holds(wanted.interval):
        return _gone(request, visit, agenda, fields, wanted)
    return _form(request, visit, fields, wanted=wanted)


@router.post("/{slug}/book")
async def take(request: Request, slug: str) -> Response:
    """Book the slot, or move a booking to it; else show the form again with what was written."""
    sent = await form_of(request)
    visit = await Visit.of(request, slug, sent)
    wanted = find_slot(text_of(sent.get("slot")))
    answers = read(visit.fields, sent)
    if wanted is None:
        return _gone(request, visit, await visit.agenda(request), answers.fields, None)
    if not tokens.is_genuine(request, text_of(sent.get(tokens.FIELD))):
        status, problem = HTTPStatus.FORBIDDEN, _EXPIRED
    elif answers.errors:
        status, problem = HTTPStatus.UNPROCESSABLE_ENTITY, _WRONG
    else:
        try:
            return _to_booking(visit, await _taken(request, visit, wanted, answers))
        except SlotTaken:
            agenda = await visit.agenda(request)
            return _gone(request, visit, agenda, answers.fields, wanted)
    return _form(
        request,
        visit,
        answers.fields,
        wanted=wanted,
        errors=answers.errors,
        problem=problem,
        status=status,
    )


@router.get("/{slug}/booked/{booking_id}")
async def booked(request: Request, slug: str, booking_id: str) -> Response:
    """Show a booking to whoever knows its id: the customer, also when they come back."""
    visit = await Visit.of(request, slug)
    booking = await booking_of_page(request, visit.app_id, visit.project, booking_id)
    asked = booking.customer.timezone if booking.customer else ""
    zone = visitor_zone(asked, visit.project, visit.resources)
    clock = Clock(zone, visit.clock.style)
    movable = can_be_moved(booking, now=transaction_of(request).now)
    return page(
        "booked.html",
        visit=visit,
        booking=booking,
        holds=booking.state is State.CONFIRMED,
        awaits=booking.state is State.TENTATIVE,
        message=_success(visit, booking),
        reason=await _reason(request, visit, booking),
        clock=clock,
        minutes=minutes_of(booking),
        server=visit.name_of(booking.resource_id) if booking.resource_id else "",
        move=_move_link(visit, booking, clock) if movable else None,
    )


async def _taken(request: Request, visit: Visit, wanted: Wanted, answers: Answers) -> Booking:
    """Return the booking that a form without errors makes; raises SlotTaken."""
    tx, shuffle, zone = transaction_of(request), parts_of(request).shuffle, visit.clock.zone
    if visit.moving is not None:
        if not can_be_moved(visit.moving, now=tx.now):
            return visit.moving
        return await offers.reschedule(
            tx,
            visit.app_id,
            visit.project,
            wanted,
            booking_id=visit.moving.id,
            message=answers.fields[0].value or None,
            zone=zone,
            shuffle=shuffle,
        )
    start, end = map(to_datetime, wanted.interval)
    order = Order(
        start=start,
        end=end,
        resource_id=wanted.resource_id,
        project_id=visit.project.id,
        graph=None if visit.project.booking.get("graph") else "instant",
        where=answers.where(),
        description=None if visit.project.booking.get("description") else answers.description(),
        customer=answers.customer(timezone=zone.name),
    )
    return await offers.book(
        tx, visit.app_id, visit.project, wanted, order, zone=zone, shuffle=shuffle
    )


def _form(
    request: Request,
    visit: Visit,
    fields: Sequence[Field],
    *,
    wanted: Wanted | None,
    others: Sequence[Offer] = (),
    errors: Mapping[str, str] | None = None,
    problem: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    visitor = tokens.visitor_of(request)
    submit = (
        visit.text("reschedule_submit_button", "Change the time")
        if visit.moving
        else visit.text("submit_button")
    )
    answer = page(
        "form.html",
        status,
        visit=visit,
        fields=fields,
        wanted=wanted,
        others=others,
        errors=errors or {},
        problem=problem,
        submit=submit,
        slot_text=slot_text,
        token=(tokens.FIELD, tokens.token_for(request, visitor)),
        back=visit.link(date=_date_of(visit, wanted)) if wanted else visit.link(),
        old=_old_time(visit),
    )
    tokens.remember(request, answer, visitor)
    return answer


def _gone(
    request: Request,
    visit: Visit,
    agenda: Agenda,
    fields: Sequence[Field],
    wanted: Wanted | None,
) -> Response:
    """Show the form with the nearest other slots to choose from, and what was written."""
    minute = wanted.interval[0] if wanted else minute_floor(transaction_of(request).now)
    others = agenda.nearest(minute, OTHER_SLOTS)
    problem = _GONE if wanted else _NONE_CHOSEN
    status = HTTPStatus.CONFLICT
    return _form(request, visit, fields, wanted=None, others=others, problem=problem, status=status)


def _to_booking(visit: Visit, booking: Booking) -> Response:
    """Send the browser to an address that it may load again without booking twice."""
    return RedirectResponse(f"{visit.path}/booked/{booking.id}", status_code=303)


async def _reason(request: Request, visit: Visit, booking: Booking) -> str | None:
    """Return what the owner said when they declined or cancelled, None if nothing."""
    if booking.state not in (State.DECLINED, State.CANCELLED):
        return None
    log = await bookings.logs_of(transaction_of(request), visit.app_id, [booking.id])
    return log[booking.id][-1].message


def _success(visit: Visit, booking: Booking) -> str:
    """Return the owner's words; the address stands where they say, else behind."""
    key, default = (
        ("reschedule_success_message", _MOVED)
        if booking.rescheduled_from
        else ("success_message", "")
    )
    text = visit.text(key, default)
    email = booking.customer.email if booking.customer else ""
    return text.replace("%s", email) if "%s" in text else f"{text} {email}"


def _old_time(visit: Visit) -> str | None:
    return visit.clock.moment(*minutes_of(visit.moving)) if visit.moving else None


def _move_link(visit: Visit, booking: Booking, clock: Clock) -> str:
    """Return the address at which the time can be changed, as the API documentation has it."""
    start, end = map(clock.zone.iso, minutes_of(booking))
    said = {"uuid": str(booking.id), "action": "reschedule", "zone": clock.zone.name}
    return visit.link(**said, **{"event.start": start, "event.end": end})


def _date_of(visit: Visit, wanted: Wanted) -> str:
    return visit.clock.zone.iso(wanted.interval[0])[:10]
