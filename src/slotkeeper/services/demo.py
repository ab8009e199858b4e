"""An app to look at: a clinic with people, hours, a room, classes, and bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from slotkeeper.domain.app import KeyKind
from slotkeeper.domain.booking import Customer
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.mails import SWITCHES
from slotkeeper.domain.order import Order
from slotkeeper.domain.project import Project
from slotkeeper.domain.zones import find_zone, minute_floor, to_datetime
from slotkeeper.services import apps, availability, bookings, projects, resources
from slotkeeper.services.availability import Query, Shuffle
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

NAME = "Hill Valley Clinic"
SLUG = "hill-valley-clinic"
OWNER = "owner@hill-valley.example"

_FIRST = "video-consultation"
"""How the address of the project begins that is shown first: most people know such a one."""

_WORKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")

_FORM: Mapping[str, object] = {
    "name": {"title": "Your name", "required": True, "split_name": False},
    "email": {"title": "E-mail", "format": "email", "required": True},
    "phone": {"title": "Phone", "format": "tel", "required": False},
    "comment": {"title": "What is it about?", "format": "textarea", "required": False},
}

_CUSTOMERS = (
    ("Lorraine Baines", "lorraine@example.com", "America/Los_Angeles"),
    ("George Douglas", "george@example.com", "America/New_York"),
    ("Marlene Berry", "marlene@example.com", "Europe/Paris"),
    ("Dave Strickland", "dave@example.com", "Asia/Tokyo"),
)

_QUIETLY: Mapping[str, object] = {step: {"enabled": False} for step in SWITCHES.values()}
"""Nobody is written to about bookings that nobody made, least of all at addresses of nobody."""

_CLASS_DAYS = (2, 4, 9, 11, 16, 18)
"""How many days ahead the classes of the demo are: the first of them is full."""

_CLASS_BEGINS = 18 * 60 + 30
"""At which minute of the day the classes of the demo begin."""

_EVERY_NTH_SLOT = 7
"""How far apart the bookings of the demo lie, so that days look neither empty nor full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreeSlot:
    """A slot [start, end) that could be booked when it was looked for."""

    project_id: UUID
    resource_id: UUID
    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The demo app: its keys, its ways of booking, and a free slot to book."""

    api_key: str
    widget_key: str
    projects: Sequence[Project]
    free_slot: FreeSlot | None


async def find_or_make(tx: Transaction, vault: Vault, *, shuffle: Shuffle) -> Demo:
    """Return the demo app of this installation, made with all that is in it if missing.

    An app that is there is left as it is, whatever people have done to it since.
    """
    app = await apps.find_by_slug(tx, SLUG)
    if app is None:
        made = await apps.create(tx, vault, name=NAME, owner_email=OWNER, test_mode=False)
        app_id = made.id
        await _fill(tx, app_id, shuffle)
    else:
        app_id = app.id
    page = await projects.list_projects(tx, app_id, Listing())
    found = sorted(
        page.items, key=lambda project: (not project.slug.startswith(_FIRST), project.slug)
    )
    return Demo(
        api_key=await apps.find_key(tx, vault, app_id, KeyKind.API) or "",
        widget_key=await apps.find_key(tx, vault, app_id, KeyKind.WIDGET) or "",
        projects=found,
        free_slot=await _free_slot(tx, app_id, found),
    )


_TEXTS = {"success_message": "Your booking is made, under %s."}

_PAYMENT_TEXTS = {
    "success_message": "This demo takes no money from %s: the action “pay” of the API does instead."
}


async def _fill(tx: Transaction, app_id: UUID, shuffle: Shuffle) -> None:
    emma = await _resource(tx, app_id, "Dr. Emma Clayton", "America/Los_Angeles", "8:30", "16:30")
    paul = await _resource(tx, app_id, "Dr. Paul Needles", "Europe/London", "9:00", "17:30")
    asha = await _resource(tx, app_id, "Dr. Asha Parker", "Asia/Kolkata", "10:00", "18:00")
    room = await _resource(tx, app_id, "Treatment room", "America/Los_Angeles", "8:00", "18:00")
    consultation = await _project(
        tx,
        app_id,
        "Video consultation",
        resource_ids=[emma, paul, asha],
        availability={"mode": "roundrobin_random", "length": "30 minutes", "from": "1 hour"},
        where="Online",
    )
    visit = await _project(
        tx,
        app_id,
        "Home visit",
        resource_ids=[paul],
        availability={
            "mode": "mutual",
            "length": "1 hour",
            "from": "1 day",
            "buffer": "30 minutes",
        },
        where="At your home",
    )
    treatment = await _project(
        tx,
        app_id,
        "Treatment",
        resource_ids=[emma, room],
        availability={
            "mode": "mutual",
            "length": "45 minutes",
            "timeslot_increments": "15 minutes",
        },
        where="1640 Riverside Drive, treatment room",
    )
    await _project(
        tx,
        app_id,
        "Massage",
        resource_ids=[room],
        availability={"mode": "mutual", "length": "1 hour", "from": "1 hour"},
        where="1640 Riverside Drive, treatment room",
        booking={"graph": "instant_payment", "timeout": {"time": 25, "unit": "min"}},
        texts=_PAYMENT_TEXTS,
    )
    for project in (consultation, visit, treatment):
        await _book_some(tx, app_id, project, shuffle)
    await _sell_seats(tx, app_id, emma, shuffle)


async def _resource(
    tx: Transaction, app_id: UUID, name: str, zone: str, opens: str, closes: str
) -> UUID:
    hours = [
        {"allow_day_and_time": {"day": day, "start": opens, "end": closes}} for day in _WORKDAYS
    ]
    lunch = {"block_hours": {"start": "12:30", "end": "13:00"}}
    given = {"name": name, "timezone": zone, "availability_constraints": [*hours, lunch]}
    made = await resources.create(tx, app_id, given)
    return made.id


async def _project(
    tx: Transaction,
    app_id: UUID,
    name: str,
    *,
    resource_ids: Sequence[UUID],
    availability: Mapping[str, object],
    where: str,
    booking: Mapping[str, object] | None = None,
    texts: Mapping[str, str] = _TEXTS,
) -> Project:
    given = {
        "name": name,
        "availability": {"to": "4 weeks", **availability},
        "booking": {
            "graph": "instant",
            "what": name,
            "where": where,
            "settings": {"enforce_availability": True},
            **(booking or {}),
        },
        "customer_fields": _FORM,
        "ui": {
            "display_name": f"{NAME}: {name}",
            "time_date_format": "24h-dmy-mon",
            "localization": texts,
        },
    }
    return await projects.create(tx, app_id, given, resource_ids=resource_ids)


async def _sell_seats(tx: Transaction, app_id: UUID, teacher_id: UUID, shuffle: Shuffle) -> None:
    """Open classes in the evenings of the coming weeks: the first full, later ones emptier."""
    project = await _project(
        tx,
        app_id,
        "Back exercises",
        resource_ids=[teacher_id],
        availability={},
        where="1640 Riverside Drive, gym",
        booking={
            "graph": "group_customer",
            "what": "Back exercises in a small group",
            "settings": {},
        },
    )
    zone = find_zone("America/Los_Angeles")
    today = zone.day_of(minute_floor(tx.now))
    for number, days in enumerate(_CLASS_DAYS):
        start = to_datetime(zone.minute_of(today + days, _CLASS_BEGINS, end=False))
        order = Order(
            project_id=project.id,
            resource_id=teacher_id,
            graph="group_owner",
            start=start,
            end=start + timedelta(hours=1),
            settings={"max_seats": len(_CUSTOMERS)},
        )
        of_class = await bookings.book(tx, app_id, order, actor="demo", shuffle=shuffle)
        for name, email, home in _CUSTOMERS[number:]:
            seat = Order(
                project_id=project.id,
                owner_booking_id=of_class.id,
                customer=Customer(id=uuid4(), name=name, email=email, timezone=home),
                steps=_QUIETLY,
            )
            await bookings.book(tx, app_id, seat, actor="demo", shuffle=shuffle)


async def _book_some(tx: Transaction, app_id: UUID, project: Project, shuffle: Shuffle) -> None:
    """Book every so many slots of the coming days, each for the next of the customers."""
    query = Query(project_id=project.id, settings={"to": "6 days"})
    found = await availability.find_slots(tx, app_id, query, shuffle=shuffle)
    chosen = found.slots[_EVERY_NTH_SLOT // 2 :: _EVERY_NTH_SLOT]
    for slot, (name, email, zone) in zip(chosen, _CUSTOMERS, strict=False):
        order = Order(
            project_id=project.id,
            resource_id=slot.resource_ids[0],
            start=to_datetime(slot.start),
            end=to_datetime(slot.end),
            customer=Customer(id=uuid4(), name=name, email=email, timezone=zone),
            steps=_QUIETLY,
        )
        await bookings.book(tx, app_id, order, actor="demo", shuffle=shuffle)


async def _free_slot(tx: Transaction, app_id: UUID, found: Sequence[Project]) -> FreeSlot | None:
    """Return a slot in the middle of what the first project offers, where few will look.

    With the same person whenever it is asked: who serves is left in order here.
    """
    for project in found:
        query = Query(project_id=project.id, settings={})
        slots = (await availability.find_slots(tx, app_id, query, shuffle=_in_order)).slots
        if slots:
            slot = slots[len(slots) // 2]
            return FreeSlot(
                project_id=project.id,
                resource_id=slot.resource_ids[0],
                start=to_datetime(slot.start),
                end=to_datetime(slot.end),
            )
    return None


def _in_order(_: list[Any]) -> None:
    """Shuffle nothing."""
