"""The page of a project that sells seats in classes: choosing a class, the form, the seat."""

from collections.abc import Sequence
from http import HTTPStatus
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import class_offers
from slotkeeper.services.class_offers import OfferedClass
from slotkeeper.web import form
from slotkeeper.web.answers import Answers, Sent, read, text_of
from slotkeeper.web.fields import Field
from slotkeeper.web.form import Option, Problem
from slotkeeper.web.pages import page
from slotkeeper.web.timetable import CLASSES_MAX, Timetable, notes_of, seats_text
from slotkeeper.web.visit import Visit, find_day, minutes_of

FIELD = "class"
"""What forms and addresses call the class that was chosen."""

OTHER_CLASSES = 8
"""How many classes are offered instead of one that is full."""

_FULL = "There is no seat left in this class. Please choose another one."
_OVER = "This class cannot be booked now. Please choose another one."
_NONE_CHOSEN = "Please choose one of these classes. Nothing has been booked yet."


async def choose(request: Request, visit: Visit) -> Response:
    """Show the classes from a day on, each with the seats that are left."""
    timetable = await Timetable.of(request, visit, find_day(request.query_params.get("date", "")))
    return page("classes.html", visit=visit, choice=timetable)


async def fill_in(request: Request, visit: Visit) -> Response:
    """Show the form for the class that was chosen, or other classes if it has no seat."""
    said = request.query_params.get(FIELD, "")
    fields = visit.fields_for(request)
    offered = await _find(request, visit, said)
    if offered is None or not offered.seats_left:
        return await _gone(request, visit, fields, said)
    return form.show(request, visit, fields, chosen=_option(visit, offered))


async def take(request: Request, visit: Visit, sent: Sent) -> Response:
    """Book a seat; else show the form again with what was written."""
    said = text_of(sent.get(FIELD))
    answers = read(visit.fields, sent)
    offered = await _find(request, visit, said)
    if offered is None:
        return await _gone(request, visit, answers.fields, said)
    if problem := form.problem_of(request, sent, answers):
        chosen = _option(visit, offered)
        return form.show(
            request, visit, answers.fields, chosen=chosen, errors=answers.errors, problem=problem
        )
    order = _order(visit, offered, answers)
    try:
        return await form.booked_once(request, visit, lambda: _seat(request, visit, order))
    except SlotTaken:
        return await _gone(request, visit, answers.fields, said)


async def _seat(request: Request, visit: Visit, order: Order) -> Booking:
    tx, shuffle = transaction_of(request), parts_of(request).shuffle
    return await class_offers.take_seat(tx, visit.app_id, visit.project, order, shuffle=shuffle)


def _order(visit: Visit, offered: OfferedClass, answers: Answers) -> Order:
    assert visit.seat_graph is not None, "the page sells seats"
    return Order(
        project_id=visit.project.id,
        owner_booking_id=offered.booking.id,
        graph=visit.seat_graph.name,
        customer=answers.customer(timezone=visit.clock.zone.name),
    )


async def _find(request: Request, visit: Visit, said: str) -> OfferedClass | None:
    """Return the class that a form or link names, None for one that is not on offer."""
    try:
        class_id = UUID(said)
    except ValueError:
        return None
    tx = transaction_of(request)
    return await class_offers.find_class(tx, visit.app_id, visit.project, class_id)


async def _gone(request: Request, visit: Visit, fields: Sequence[Field], said: str) -> Response:
    """Show the form with other classes to choose from, and what was written."""
    tx = transaction_of(request)
    offered = await _find(request, visit, said)
    text = _FULL if offered else _OVER if said else _NONE_CHOSEN
    coming = await class_offers.list_classes(
        tx, visit.app_id, visit.project, start=tx.now, most=CLASSES_MAX
    )
    others = [_option(visit, each) for each in coming if each.seats_left][:OTHER_CLASSES]
    problem = Problem(HTTPStatus.CONFLICT, text)
    return form.show(request, visit, fields, chosen=None, others=others, problem=problem)


def _option(visit: Visit, offered: OfferedClass) -> Option:
    return Option(
        name=FIELD,
        value=str(offered.booking.id),
        interval=minutes_of(offered.booking),
        what=offered.booking.what,
        notes=[*notes_of(visit, offered), seats_text(offered)],
    )
