"""What the page of an action link shows: the booking, what is asked, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request

from slotkeeper.domain.app import App
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import Action, State
from slotkeeper.domain.mails import Audience
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import find_zone
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import apps, projects, resources
from slotkeeper.services.action_links import Link, address_to_move
from slotkeeper.web.clock import Clock
from slotkeeper.web.looks import style_of, title_of
from slotkeeper.web.visit import minutes_of


@dataclass(frozen=True, slots=True)
class Wording:
    """What a page asks before an action: the question, what follows from it, the button."""

    question: str
    effect: str
    button: str


_CANCEL = Wording(
    "Cancel this booking?",
    "The time becomes free for others. What is cancelled cannot be brought back.",
    "Cancel the booking",
)
_WORDINGS: Mapping[str, Wording] = {
    Action.CONFIRM: Wording(
        "Confirm this request?", "The time is booked, if it is still free.", "Confirm the request"
    ),
    Action.DECLINE: Wording(
        "Decline this request?", "The time stays free for others.", "Decline the request"
    ),
    Action.CANCEL: _CANCEL,
    Action.CANCEL_BY_CUSTOMER: _CANCEL,
    Action.CANCEL_BY_OWNER: _CANCEL,
    Action.COMPLETE: Wording(
        "Has this booking taken place?", "It is marked as completed.", "Mark as completed"
    ),
    Action.PAY: Wording("Has this booking been paid?", "It is marked as paid.", "Mark as paid"),
}
_ELSE = Wording("Go on with this booking?", "It moves to its next state.", "Go on")

_CANCELLED = "This booking was cancelled"
_STANDS: Mapping[State, str] = {
    State.INITIALIZED: "This booking was begun",
    State.TENTATIVE: "This booking is not confirmed yet",
    State.RESERVED: "This time is reserved",
    State.CONFIRMED: "This booking is confirmed",
    State.PAID: "This booking is paid",
    State.DECLINED: "This request was declined",
    State.UNPAID: "This booking was not paid in time",
    State.EXPIRED: "This reservation has run out",
    State.CONVERTED: "This reservation has become a booking",
    State.CANCELLED: _CANCELLED,
    State.CANCELLED_BY_CUSTOMER: _CANCELLED,
    State.CANCELLED_BY_OWNER: _CANCELLED,
    State.RESCHEDULED_BY_CUSTOMER: "This booking was moved to another time",
    State.COMPLETED: "This booking has taken place",
}
_STANDING = frozenset(
    {State.TENTATIVE, State.RESERVED, State.CONFIRMED, State.PAID, State.COMPLETED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A booking as the page of a link shows it.

    ``clock`` is that of whom the link is for: the customer, or the resource for an owner.
    """

    link: Link
    booking: Booking
    app: App
    project: Project | None
    resource: Resource | None
    clock: Clock

    @classmethod
    async def of(cls, request: Request, link: Link, booking: Booking) -> "View":
        """Load what a page about ``booking`` names; its answer tells test mode."""
        tx = transaction_of(request)
        app = await apps.get(tx, link.app_id)
        request.state.test_mode = app.test_mode
        wanted = [booking.resource_id] if booking.resource_id else []
        found = await resources.find_all_ever(tx, link.app_id, wanted)
        resource = found.get(booking.resource_id) if booking.resource_id else None
        project = (
            await projects.get(tx, link.app_id, booking.project_id) if booking.project_id else None
        )
        return cls(
            link=link,
            booking=booking,
            app=app,
            project=project,
            resource=resource,
            clock=Clock(find_zone(_zone_name(link, booking, resource)), style_of(project)),
        )

    @property
    def name(self) -> str:
        """Return whose page it is: the project's, else the app's."""
        return title_of(self.project) if self.project else self.app.name

    @property
    def wording(self) -> Wording:
        """Return what is asked."""
        return _WORDINGS.get(self.link.action, _ELSE)

    @property
    def standing(self) -> str:
        """Return how the booking stands, as a sentence."""
        return _STANDS[self.booking.state]

    @property
    def stands(self) -> bool:
        """Tell whether the booking takes place, or may."""
        return self.booking.state in _STANDING

    @property
    def when(self) -> str:
        """Return the day and both ends of the booking."""
        return self.clock.moment(*minutes_of(self.booking))

    @property
    def is_for_owner(self) -> bool:
        """Tell whether the link was made for the owner, who may see the customer's address."""
        return self.link.audience is Audience.OWNER

    def address_to_move(self, site: str) -> str:
        """Return where another time is chosen: the project's own page for that, else ours."""
        assert self.project is not None, "such a link is possible on a page alone"
        return address_to_move(self.project, self.booking, zone=self.clock.zone, site=site)


def _zone_name(link: Link, booking: Booking, resource: Resource | None) -> str:
    names = [
        booking.customer.timezone if booking.customer else "",
        resource.timezone if resource else "",
    ]
    if link.audience is Audience.OWNER:
        names.reverse()
    return next(filter(None, names), "UTC")
