"""The classes on offer, as the page of a project lists them: by day, with seats left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from starlette.requests import Request

from slotkeeper.domain.zones import minute_floor, to_datetime
from slotkeeper.edge.parts import transaction_of
from slotkeeper.services import class_offers
from slotkeeper.services.class_offers import OfferedClass
from slotkeeper.web.visit import Visit, minutes_of

CLASSES_SHOWN = 20
"""How many classes a page lists, if no day is cut by that."""

CLASSES_MAX = 200
"""How many classes of one day a page lists."""

DAYS_AHEAD_MAX = 731
"""How far ahead a day can be asked for."""

FEW_SEATS = 3
"""How many seats left are few enough to say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassLink:
    """A class to choose; ``href`` None for one that is full and has no line to join."""

    href: str | None
    time: str
    what: str
    notes: Sequence[str]
    seats: str
    is_short: bool
    is_full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """The classes of some days, as texts and links; ``days`` are pairs of title and classes."""

    days: Sequence[tuple[str, Sequence[ClassLink]]]
    later: str | None
    from_today: str | None
    iso_day: str
    earliest: str
    latest: str

    @classmethod
    async def of(cls, request: Request, visit: Visit, asked: int | None) -> "Timetable":
        """Load the classes that begin on the day that was asked for, or later."""
        tx, zone = transaction_of(request), visit.clock.zone
        today = zone.day_of(minute_floor(tx.now))
        day = min(max(asked or today, today), today + DAYS_AHEAD_MAX)
        found = await class_offers.list_classes(
            tx,
            visit.app_id,
            visit.project,
            start=to_datetime(zone.day_start(day)),
            most=CLASSES_MAX,
        )
        by_day = [
            (each, list(classes))
            for each, classes in groupby(found, lambda offered: zone.day_of(_start(offered)))
        ]
        shown = _whole_days(by_day, is_cut=len(found) == CLASSES_MAX)
        is_all = len(shown) == len(by_day) and len(found) < CLASSES_MAX
        return cls(
            days=[
                (visit.clock.day(each), [_link(visit, offered) for offered in classes])
                for each, classes in shown
            ],
            later=None if is_all else visit.link(date=_iso(shown[-1][0] + 1)),
            from_today=visit.link(date=_iso(today)) if day > today else None,
            iso_day=_iso(day),
            earliest=_iso(today),
            latest=_iso(today + DAYS_AHEAD_MAX),
        )


def seats_text(offered: OfferedClass) -> str:
    """Return how many seats are left, in words."""
    left = offered.seats_left
    return f"{left} seat{'s' * (left != 1)} left" if left else "Full"


def notes_of(visit: Visit, offered: OfferedClass) -> list[str]:
    """Return who gives a class and where it is, as far as the page does not say so already."""
    booking = offered.booking
    name = visit.name_of(booking.resource_id) if booking.resource_id and visit.prefix else ""
    place = booking.location if booking.location != visit.where else ""
    return [note for note in (name and f"{visit.prefix} {name}", place) if note]


Day = tuple[int, list[OfferedClass]]


def _whole_days(by_day: Sequence[Day], *, is_cut: bool) -> Sequence[Day]:
    """Return the first days that together have enough classes.

    ``is_cut`` tells that the last day may lack some; it is left to the next page.
    """
    whole = by_day[:-1] if is_cut and len(by_day) > 1 else by_day
    shown: list[Day] = []
    for day in whole:
        if sum(len(classes) for _, classes in shown) >= CLASSES_SHOWN:
            break
        shown.append(day)
    return shown


def _link(visit: Visit, offered: OfferedClass) -> ClassLink:
    left = offered.seats_left
    can_be_chosen = left or visit.shows_lines
    return ClassLink(
        href=visit.link("/book", **{"class": str(offered.booking.id)}) if can_be_chosen else None,
        time=visit.clock.span(*minutes_of(offered.booking)),
        what=offered.booking.what,
        notes=notes_of(visit, offered),
        seats=seats_text(offered),
        is_short=0 < left <= FEW_SEATS,
        is_full=not left,
    )


def _start(offered: OfferedClass) -> int:
    return minutes_of(offered.booking)[0]


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
