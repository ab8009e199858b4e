"""A visit to the page of a project: what is offered there, to whom, and in which zone."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from urllib.parse import quote, urlencode
from uuid import UUID

from starlette.requests import Request

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import GROUP_OWNER, Graph
from slotkeeper.domain.project import Project, complete_ui
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import (
    EARLIEST_MINUTE,
    LATEST_MINUTE,
    minute_ceil,
    minute_floor,
    to_datetime,
)
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import apps, bookings, class_offers, offers, projects, resources
from slotkeeper.services.offers import Wanted
from slotkeeper.web.agenda import Agenda
from slotkeeper.web.answers import Sent, prefilled, text_of
from slotkeeper.web.clock import Clock
from slotkeeper.web.fields import PREFIX, Field, Format, fields_of
from slotkeeper.web.looks import style_of, title_of
from slotkeeper.web.zones import visitor_zone

_SLOT = re.compile(r"([0-9TZ:-]{17})_([0-9TZ:-]{17})_([0-9a-f-]{36})")
_SLOT_TIME = "%Y-%m-%dT%H:%MZ"
_MESSAGE = Field(key="message", title="Message (optional)", format=Format.TEXTAREA)
_PICTURES = ("https://", "data:image/", "/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request to the page of a project.

    ``moving`` is the booking whose time the visitor wants to change, None for a new one.
    ``is_test`` tells whether the app only tries things out; the page says so.
    ``carried`` is what links and forms of the page say again, so that it is not forgotten.
    """

    app_id: UUID
    project: Project
    resources: Sequence[Resource]
    clock: Clock
    moving: Booking | None
    is_test: bool
    carried: Sequence[tuple[str, str]]

    @classmethod
    async def of(cls, request: Request, slug: str, sent: Sent | None = None) -> "Visit":
        """Load the project of a page; ``sent`` is the form of a POST.

        Raises NotFound for a page that is not there, and for a booking of another one.
        """
        tx = transaction_of(request)
        app_id, project = await projects.get_by_slug(tx, slug)
        ids = await projects.resource_ids(tx, app_id, project.id)
        found = list((await resources.get_all(tx, app_id, ids)).values())
        said = request.query_params if sent is None else sent
        zone = visitor_zone(text_of(said.get("zone")), project, found)
        moving = None
        if text_of(said.get("action")) == "reschedule":
            moving = await booking_of_page(request, app_id, project, text_of(said.get("uuid")))
        return cls(
            app_id=app_id,
            project=project,
            resources=found,
            clock=Clock(zone, style_of(project)),
            moving=moving,
            is_test=(await apps.get(tx, app_id)).test_mode,
            carried=_carried(said, query=request.query_params if sent is None else None),
        )

    @property
    def path(self) -> str:
        """Return the address of the page, from the root of the server."""
        return f"/{quote(self.project.slug)}"

    @property
    def name(self) -> str:
        """Return what the page is called."""
        return title_of(self.project)

    @property
    def ui(self) -> dict[str, object]:
        """Return the texts and switches of the page, complete."""
        return complete_ui(self.project.ui)

    @property
    def avatar(self) -> str | None:
        """Return the address of the picture, if it is one that a page may load."""
        address = str(self.ui["avatar"] or "")
        return address if address.startswith(_PICTURES) else None

    @property
    def where(self) -> str | None:
        """Return the place that the project names."""
        return str(self.project.booking.get("where") or "") or None

    @property
    def prefix(self) -> str | None:
        """Return the word before the name of who serves; None where it can be only one."""
        return self.text("allocated_resource_prefix") if len(self.resources) > 1 else None

    @property
    def guesses_zone(self) -> bool:
        """Tell whether the zone of the visitor's browser should be used when it is known."""
        return not self.project.ui.get("timezone") and "zone" not in dict(self.carried)

    @property
    def seat_graph(self) -> Graph | None:
        """Return the graph of the seats that the page sells; None where it sells time.

        A booking that moves was of a time, and moves to a time.
        """
        return None if self.moving else class_offers.seat_graph(self.project)

    @property
    def shows_lines(self) -> bool:
        """Tell whether one can stand in line here for a class that is full."""
        return class_offers.shows_lines(self.project)

    @property
    def fields(self) -> list[Field]:
        """Return the questions of the form, empty but for what the project fills in."""
        return [_MESSAGE] if self.moving else fields_of(self.project.customer_fields)

    def text(self, key: str, default: str = "") -> str:
        """Return a text that the owner of the page may have chosen."""
        localization = self.ui["localization"]
        assert isinstance(localization, dict), "complete_ui makes it one"
        return str(localization.get(key) or default)

    def own_text(self, key: str) -> str:
        """Return a text that the owner of the page did choose, empty where they did not."""
        own = self.project.ui.get("localization")
        return str(own.get(key) or "") if isinstance(own, dict) else ""

    def link(self, path: str = "", **query: str) -> str:
        """Return the address of a part of the page, with what is carried and ``query``."""
        pairs = [(name, value) for name, value in self.carried if name not in query]
        said = urlencode([*pairs, *query.items()], quote_via=quote)
        return f"{self.path}{path}{'?' if said else ''}{said}"

    def name_of(self, resource_id: UUID) -> str:
        """Return the name of a resource of the project; empty for any other."""
        return next((each.name for each in self.resources if each.id == resource_id), "")

    async def agenda(self, request: Request) -> Agenda:
        """Search once for everything that the project offers now."""
        tx = transaction_of(request)
        answer = await offers.list_offers(
            tx, self.app_id, self.project, zone=self.clock.zone, shuffle=parts_of(request).shuffle
        )
        return Agenda.of(answer, now_minute=minute_floor(tx.now))

    def fields_for(self, request: Request) -> list[Field]:
        """Return the questions of the form, with what the address of the page fills in."""
        return prefilled(self.fields, request.query_params)


async def booking_of_page(
    request: Request, app_id: UUID, project: Project, booking_id: str
) -> Booking:
    """Return a booking that was made through this project; raises NotFound for any other.

    Whoever knows the id may see it: ids are random and only the customer is told. That of a
    class is told to everybody, and is none of a customer's booking.
    """
    try:
        wanted = UUID(booking_id)
    except ValueError:
        raise NotFound("Booking") from None
    booking = await bookings.get(transaction_of(request), app_id, wanted)
    if booking.project_id != project.id or booking.graph is GROUP_OWNER:
        raise NotFound("Booking")
    return booking


def can_be_moved(booking: Booking, *, now: datetime) -> bool:
    """Tell whether a customer may still change the time: not once it has begun."""
    return booking.can_be_rescheduled and now < booking.start_at


def minutes_of(booking: Booking) -> tuple[int, int]:
    """Return the whole minutes of a booking."""
    return minute_floor(booking.start_at), minute_ceil(booking.end_at)


def slot_text(wanted: Wanted) -> str:
    """Return a slot as forms and links send it."""
    start, end = (to_datetime(minute).strftime(_SLOT_TIME) for minute in wanted.interval)
    return f"{start}_{end}_{wanted.resource_id}"


def find_slot(text: str) -> Wanted | None:
    """Return the slot that a form or link sends, None for a text that is not one."""
    if not (found := _SLOT.fullmatch(text)):
        return None
    try:
        start, end = (_minute(found[place]) for place in (1, 2))
        resource_id = UUID(found[3])
    except ValueError:
        return None
    sane = EARLIEST_MINUTE < start < end < LATEST_MINUTE  # a wall clock can show it
    return Wanted(interval=(start, end), resource_id=resource_id) if sane else None


def find_day(text: str) -> int | None:
    """Return the day that a date field sends, None for a text that is not a date."""
    try:
        return date.fromisoformat(text).toordinal()
    except ValueError:
        return None


def _minute(text: str) -> int:
    return minute_floor(datetime.strptime(text, _SLOT_TIME).replace(tzinfo=UTC))


def _carried(said: Sent, *, query: Sent | None) -> list[tuple[str, str]]:
    """Return the zone, the booking that moves, and what fills in the form.

    What a visitor wrote into the form stays out: addresses end up in logs.
    """
    kept = [(name, text_of(said.get(name))) for name in ("zone", "action", "uuid")]
    filled = query.multi_items() if query is not None else []
    return [
        *(pair for pair in kept if pair[1]),
        *((name, value) for name, value in filled if name.startswith(PREFIX)),
    ]
