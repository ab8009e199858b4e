"""Where somebody who waits looks at their place in line, and takes what is offered to them.

As with every link in a mail, GET shows and asks; only the buttons act. See ``action_links``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from slotkeeper.domain.app import App
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import (
    SlotTaken,
    TransitionRefused,
)
from slotkeeper.domain.graphs import Hold
from slotkeeper.domain.graphs import State as BookingState
from slotkeeper.domain.project import Project
from slotkeeper.domain.waitlist import Entry, State
from slotkeeper.domain.zones import find_zone, minute_ceil, minute_floor
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.services import (
    apps,
    bookings,
    class_offers,
    projects,
    resources,
    waitlist,
    waitlist_links,
)
from slotkeeper.web.answers import form_of, text_of
from slotkeeper.web.clock import Clock
from slotkeeper.web.links import REFUSALS, Nowhere, Told
from slotkeeper.web.looks import style_of, title_of
from slotkeeper.web.pages import page

router = APIRouter(route_class=TransactionRoute, include_in_schema=False)

_NOWHERE = Nowhere(
    expired=Told(title="This link has expired", text="What you waited for has begun."),
    gone=Told(title="What you waited for is not there any more", text="It has been deleted."),
)

_STANDS: Mapping[State, tuple[str, str]] = {
    State.WAITING: ("You are in line", "When something comes free, it is held for who is first."),
    State.OFFERED: ("It is your turn", "Nobody else can book it until then."),
    State.TAKEN: ("This is booked for you", "You can close this page."),
    State.MISSED: ("The time to answer is over", "It was offered to the next in line."),
    State.LEFT: ("You have left the line", "Nothing is held for you."),
    State.LAPSED: ("The line has ended", "What you waited for has begun or was called off."),
}
_AWAITS = (
    "This booking is not confirmed yet",
    "You took the offer; something is still to be done.",
)
_ENDED = ("This booking has ended", "You took the offer; the booking was cancelled since.")
_ALIVE = frozenset({State.WAITING, State.OFFERED, State.TAKEN})
_LATE = "That was not possible any more. This is how it stands now."


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """An entry as its page shows it; ``clock`` is that of the customer."""

    entry: Entry
    app: App
    project: Project | None
    what: str
    where: str
    who: str
    place: int | None
    booking: Booking | None
    clock: Clock

    @classmethod
    async def of(cls, request: Request, app_id: UUID, entry_id: UUID) -> "_View":
        """Load what the page of an entry names; its answer tells test mode."""
        tx = transaction_of(request)
        entry = (await waitlist.get(tx, app_id, entry_id)).seen(tx.now)
        app = await apps.get(tx, app_id)
        request.state.test_mode = app.test_mode
        owner: Booking | None = None
        if entry.owner_booking_id is not None:
            owner = await bookings.get(tx, app_id, entry.owner_booking_id)
        project_id = entry.project_id or (owner.project_id if owner else None)
        project = await projects.get(tx, app_id, project_id) if project_id else None
        resource_id = entry.resource_id or (owner.resource_id if owner else None)
        found = await resources.find_all(tx, app_id, [resource_id] if resource_id else [])
        resource = found.get(resource_id) if resource_id else None
        stored = project.booking if project else {}
        said = (entry.what, owner.what if owner else "", stored.get("what"))
        placed = (entry.location, owner.location if owner else "", stored.get("where"))
        made = await bookings.find_all(tx, app_id, [entry.booking_id] if entry.booking_id else [])
        zone = entry.customer.timezone or (resource.timezone if resource else "UTC")
        return cls(
            entry=entry,
            app=app,
            project=project,
            what=next((str(each) for each in said if each), project.name if project else ""),
            where=next((str(each) for each in placed if each), ""),
            who=resource.name if resource else "",
            place=(await waitlist.positions(tx, app_id, [entry])).get(entry.id),
            booking=made.get(entry.booking_id) if entry.booking_id else None,
            clock=Clock(find_zone(zone), style_of(project)),
        )

    @property
    def name(self) -> str:
        """Return whose page it is: the project's, else the app's."""
        return title_of(self.project) if self.project else self.app.name

    @property
    def classes(self) -> str | None:
        """Return the address of the page on which one joins, None where there is none."""
        if self.project is None or not class_offers.shows_lines(self.project):
            return None
        return f"/{quote(self.project.slug)}"

    @property
    def heading(self) -> str:
        """Return how the entry stands, as a sentence."""
        return self._standing[0]

    @property
    def text(self) -> str:
        """Return what that means."""
        return self._standing[1]

    @property
    def is_alive(self) -> bool:
        """Tell whether it may take place for this customer."""
        return self.entry.state in _ALIVE and self._standing is not _ENDED

    @property
    def is_done(self) -> bool:
        """Tell whether it is booked, and nothing more has to happen."""
        return self._standing is _STANDS[State.TAKEN]

    @property
    def _standing(self) -> tuple[str, str]:
        """Return heading and text; what was made of an offer goes its own way."""
        if self.entry.state is not State.TAKEN:
            return _STANDS[self.entry.state]
        if self.booking is None or (self.booking.is_final and self.booking.holding is Hold.NOTHING):
            return _ENDED
        if self.booking.state is BookingState.TENTATIVE:
            return _AWAITS
        return _STANDS[State.TAKEN]

    @property
    def when(self) -> str:
        """Return the day and both ends of what is waited for."""
        return self.clock.moment(minute_floor(self.entry.start_at), minute_ceil(self.entry.end_at))

    @property
    def until(self) -> str | None:
        """Return the day and time at which the offer runs out, None where there is none."""
        if self.entry.state is not State.OFFERED or self.entry.offered_until is None:
            return None
        minute = minute_floor(self.entry.offered_until)
        day = self.clock.day(self.clock.zone.day_of(minute))
        return f"{day}, {self.clock.time(minute)}"


@router.get(waitlist_links.PATH)
async def look(request: Request, entry_id: str) -> Response:
    """Show where an entry stands, and the buttons with which something can be done about it."""
    try:
        view = await _View.of(request, *_verified(request, entry_id))
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    return _page(view, HTTPStatus.OK if view.is_alive else HTTPStatus.CONFLICT)


@router.post(waitlist_links.PATH)
async def act(request: Request, entry_id: str) -> Response:
    """Take the offer, or leave the line, as the button says; show what came of it."""
    wish = text_of((await form_of(request)).get("wish"))
    try:
        app_id, verified = _verified(request, entry_id)
        problem = await _carried_out(request, app_id, verified, wish)
        view = await _View.of(request, app_id, verified)
    except REFUSALS as refusal:
        return _NOWHERE.page(refusal)
    return _page(view, HTTPStatus.CONFLICT if problem else HTTPStatus.OK, problem=problem)


async def _carried_out(request: Request, app_id: UUID, entry_id: UUID, wish: str) -> str:
    """Do what a button says; return why not, empty where it was done."""
    tx = transaction_of(request)
    try:
        if wish == "leave":
            await waitlist_links.leave(tx, app_id, entry_id)
        elif wish == "take":
            shuffle = parts_of(request).shuffle
            await waitlist_links.take(tx, app_id, entry_id, shuffle=shuffle)
    except (TransitionRefused, SlotTaken):
        return _LATE
    return ""


def _verified(request: Request, entry_id: str) -> tuple[UUID, UUID]:
    """Return app and entry of the link that a request followed."""
    return waitlist_links.verify(
        parts_of(request).vault,
        request.query_params.get("signature", ""),
        entry_id=entry_id,
        now=transaction_of(request).now,
    )


def _page(view: _View, status: HTTPStatus, *, problem: str = "") -> Response:
    return page("waiting.html", status, view=view, state=str(view.entry.state), problem=problem)
