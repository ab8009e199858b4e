"""The page of a project that sells seats in classes: choosing a class, the form, the seat.

Where the project shows its waiting lists, the same form stands in line for a full class.
"""

from collections.abc import Sequence
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID

from fastapi import Request
from starlette.responses import RedirectResponse, Response

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import class_offers, waitlist, waitlist_links
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

LINE = "wait"
"""What forms call the full class that a customer wants to wait for."""

OTHER_CLASSES = 8
"""How many classes are offered instead of one that is full."""

_FULL = "There is no seat left in this class. Please choose another one."
_OVER = "This class cannot be booked now. Please choose another one."
_FULL_BUT = "There is no seat left in this class. Please choose another one, or wait for a seat."
_FULL_ALL = "There is no seat left in this class. You can wait for one."
_FREE = "A seat has come free, there is no need to wait. Send this form again to book it."
_IN_LINE = (
    "This e-mail address is in line for this class already and keeps its place. "
    "Where it stands is told on the page that opened when it joined."
)
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
    if offered is None or not (offered.seats_left or visit.shows_lines):
        return await _gone(request, visit, fields, said)
    option = _option if offered.seats_left else _line
    return form.show(request, visit, fields, chosen=option(visit, offered))


async def take(request: Request, visit: Visit, sent: Sent) -> Response:
    """Book a seat, or stand in line; else show the form again with what was written."""
    if LINE in sent:
        return await _join(request, visit, sent)
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


async def _join(request: Request, visit: Visit, sent: Sent) -> Response:
    """Stand in line and lead to the page of that; else show the form with what was written."""
    said = text_of(sent.get(LINE))
    answers = read(visit.fields, sent)
    offered = await _find(request, visit, said)
    if offered is None or not visit.shows_lines:
        return await _gone(request, visit, answers.fields, said)
    line = _line(visit, offered)
    if problem := form.problem_of(request, sent, answers):
        return form.show(
            request, visit, answers.fields, chosen=line, errors=answers.errors, problem=problem
        )
    order = _order(visit, offered, answers)
    try:
        entry_id = await form.once(request, visit, lambda: _joined(request, visit, order))
    except SlotTaken as refusal:
        return await _not_joined(request, visit, answers.fields, said, refusal)
    if not entry_id:
        problem = Problem(HTTPStatus.CONFLICT, _IN_LINE)
        return form.show(request, visit, answers.fields, chosen=line, problem=problem)
    entry = await waitlist.get(transaction_of(request), visit.app_id, UUID(entry_id))
    way = waitlist_links.link(parts_of(request).vault, visit.app_id, entry, site="")
    return RedirectResponse(way, HTTPStatus.SEE_OTHER)


async def _joined(request: Request, visit: Visit, order: Order) -> str:
    """Join and return the id of the entry; empty for an address that stood there before.

    Anybody may know an address, and whoever has the page of an entry can act in its name.
    """
    tx, shuffle = transaction_of(request), parts_of(request).shuffle
    entry, is_new = await class_offers.stand_in_line(
        tx, visit.app_id, visit.project, order, shuffle=shuffle
    )
    return str(entry.id) if is_new else ""


async def _not_joined(
    request: Request, visit: Visit, fields: Sequence[Field], said: str, refusal: SlotTaken
) -> Response:
    """Say why nobody can wait: a seat came free and can be booked, or the line is too long."""
    offered = await _find(request, visit, said)
    if offered is None:
        return await _gone(request, visit, fields, said)
    is_free = offered.seats_left > 0
    chosen = _option(visit, offered) if is_free else _line(visit, offered)
    problem = Problem(HTTPStatus.CONFLICT, _FREE if is_free else f"{refusal}.")
    return form.show(request, visit, fields, chosen=chosen, problem=problem)


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
    """Show the form with other classes to choose from, and what was written.

    One can wait for a class that is full, if the page has lines.
    """
    tx = transaction_of(request)
    offered = await _find(request, visit, said)
    line = _line(visit, offered) if offered and visit.shows_lines else None
    full = _FULL_BUT if line else _FULL
    text = full if offered else _OVER if said else _NONE_CHOSEN
    coming = await class_offers.list_classes(
        tx, visit.app_id, visit.project, start=tx.now, most=CLASSES_MAX
    )
    others = [_option(visit, each) for each in coming if each.seats_left][:OTHER_CLASSES]
    problem = Problem(HTTPStatus.CONFLICT, text)
    if line is not None and not others:
        problem = Problem(HTTPStatus.CONFLICT, _FULL_ALL)
        return form.show(request, visit, fields, chosen=line, problem=problem)
    return form.show(request, visit, fields, chosen=None, others=others, line=line, problem=problem)


def _line(visit: Visit, offered: OfferedClass) -> Option:
    return replace(_option(visit, offered), name=LINE, is_line=True)


def _option(visit: Visit, offered: OfferedClass) -> Option:
    return Option(
        name=FIELD,
        value=str(offered.booking.id),
        interval=minutes_of(offered.booking),
        what=offered.booking.what,
        notes=[*notes_of(visit, offered), seats_text(offered)],
    )
