"""The page of a project, where a customer chooses a slot, fills in a form and books."""

from collections.abc import Sequence
from http import HTTPStatus

from fastapi import APIRouter, Request
from starlette.responses import Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.graphs import State
from slotkeeper.domain.order import Order
from slotkeeper.domain.zones import minute_floor, to_datetime
from slotkeeper.edge.parts import parts_of, public_url, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import bookings, calendar_links, offers
from slotkeeper.services.offers import Wanted
from slotkeeper.web import form, seats
from slotkeeper.web.agenda import Agenda
from slotkeeper.web.answers import Answers, form_of, read, text_of
from slotkeeper.web.choice import Choice
from slotkeeper.web.clock import Clock
from slotkeeper.web.fields import Field
from slotkeeper.web.form import Option, Problem
from slotkeeper.web.pages import page
from slotkeeper.web.standing import standing_of
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

FIELD = "slot"
"""What forms and addresses call the slot that was chosen."""

OTHER_SLOTS = 8
"""How many free slots are offered instead of one that is gone."""

_GONE = "That time has just been taken or is no longer free. Please choose another one."
_NONE_CHOSEN = "Please choose one of these times. Nothing has been booked yet."
_MOVED = "We have received your new time, %s"


@router.get("/{slug}")
async def choose(request: Request, slug: str) -> Response:
    """Show the free slots of a day, and the way to other days; or classes, where these are sold."""
    visit = await Visit.of(request, slug)
    if visit.seat_graph is not None:
        return await seats.choose(request, visit)
    if visit.moving and not can_be_moved(visit.moving, now=transaction_of(request).now):
        return form.to_booking(visit, visit.moving.id)
    agenda = await visit.agenda(request)
    asked = find_day(request.query_params.get("date", ""))
    old = visit.clock.moment(*minutes_of(visit.moving)) if visit.moving else None
    return page("choose.html", visit=visit, choice=Choice(visit, agenda, asked), old=old)


@router.get("/{slug}/book")
async def fill_in(request: Request, slug: str) -> Response:
    """Show the form for the slot that was chosen, or other slots if it is gone."""
    visit = await Visit.of(request, slug)
    if visit.seat_graph is not None:
        return await seats.fill_in(request, visit)
    if visit.moving and not can_be_moved(visit.moving, now=transaction_of(request).now):
        return form.to_booking(visit, visit.moving.id)
    wanted = find_slot(request.query_params.get(FIELD, ""))
    agenda = await visit.agenda(request)
    fields = visit.fields_for(request)
    if wanted is None or not agenda.holds(wanted.interval):
        return _gone(request, visit, agenda, fields, wanted)
    return form.show(request, visit, fields, chosen=_option(visit, wanted))


@router.post("/{slug}/book")
async def take(request: Request, slug: str) -> Response:
    """Book the slot, or move a booking to it; else show the form again with what was written."""
    sent = await form_of(request)
    visit = await Visit.of(request, slug, sent)
    if visit.seat_graph is not None:
        return await seats.take(request, visit, sent)
    wanted = find_slot(text_of(sent.get(FIELD)))
    answers = read(visit.fields, sent)
    if wanted is None:
        return _gone(request, visit, await visit.agenda(request), answers.fields, None)
    if problem := form.problem_of(request, sent, answers):
        chosen = _option(visit, wanted)
        return form.show(
            request, visit, answers.fields, chosen=chosen, errors=answers.errors, problem=problem
        )
    try:
        return await form.booked_once(
            request, visit, lambda: _taken(request, visit, wanted, answers)
        )
    except SlotTaken:
        agenda = await visit.agenda(request)
        return _gone(request, visit, agenda, answers.fields, wanted)


@router.get("/{slug}/booked/{booking_id}")
async def booked(request: Request, slug: str, booking_id: str) -> Response:
    """Show a booking to whoever knows its id: the customer, also when they come back."""
    visit, now = await Visit.of(request, slug), transaction_of(request).now
    booking = await booking_of_page(request, visit.app_id, visit.project, booking_id)
    asked = booking.customer.timezone if booking.customer else ""
    clock = Clock(visitor_zone(asked, visit.project, visit.resources), visit.clock.style)
    standing = standing_of(booking, clock=clock, now=now)
    add = None
    if standing.is_done and now < booking.end_at:
        add = calendar_links.links_to_add(
            parts_of(request).vault,
            visit.app_id,
            booking,
            project=visit.project,
            zone=clock.zone,
            site=public_url(request),
        )
    return page(
        "booked.html",
        visit=visit,
        booking=booking,
        standing=standing,
        add=add,
        message=_message(visit, booking),
        reason=await _reason(request, visit, booking),
        clock=clock,
        minutes=minutes_of(booking),
        server=visit.name_of(booking.resource_id) if booking.resource_id else "",
        move=_move_link(visit, booking, clock) if can_be_moved(booking, now=now) else None,
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


def _gone(
    request: Request,
    visit: Visit,
    agenda: Agenda,
    fields: Sequence[Field],
    wanted: Wanted | None,
) -> Response:
    """Show the form with the nearest other slots to choose from, and what was written."""
    minute = wanted.interval[0] if wanted else minute_floor(transaction_of(request).now)
    others = [_option(visit, offer.wanted) for offer in agenda.nearest(minute, OTHER_SLOTS)]
    problem = Problem(HTTPStatus.CONFLICT, _GONE if wanted else _NONE_CHOSEN)
    return form.show(request, visit, fields, chosen=None, others=others, problem=problem)


def _option(visit: Visit, wanted: Wanted) -> Option:
    server = visit.name_of(wanted.resource_id) if visit.prefix else ""
    return Option(
        name=FIELD,
        value=slot_text(wanted),
        interval=wanted.interval,
        notes=[f"{visit.prefix} {server}"] if server else [],
    )


async def _reason(request: Request, visit: Visit, booking: Booking) -> str | None:
    """Return what the owner said when they declined or cancelled, None if nothing."""
    if booking.state not in (State.DECLINED, State.CANCELLED, State.CANCELLED_BY_OWNER):
        return None
    log = await bookings.logs_of(transaction_of(request), visit.app_id, [booking.id])
    return log[booking.id][-1].message


def _message(visit: Visit, booking: Booking) -> str:
    """Return the owner's words; the address stands where they say, else behind.

    The usual words tell that something is booked. What awaits its payment gets the owner's
    own, which may say how to pay, or none.
    """
    awaits_payment = booking.state is State.TENTATIVE and booking.until is not None
    if booking.rescheduled_from:
        text = visit.text("reschedule_success_message", _MOVED)
    elif awaits_payment:
        text = visit.own_text("success_message")
    else:
        text = visit.text("success_message")
    if not text or not (awaits_payment or booking.state is State.CONFIRMED):
        return ""
    email = booking.customer.email if booking.customer else ""
    return text.replace("%s", email) if "%s" in text else f"{text} {email}"


def _move_link(visit: Visit, booking: Booking, clock: Clock) -> str:
    """Return the address at which the time can be changed, as the API documentation has it."""
    start, end = map(clock.zone.iso, minutes_of(booking))
    said = {"uuid": str(booking.id), "action": "reschedule", "zone": clock.zone.name}
    return visit.link(**said, **{"event.start": start, "event.end": end})
