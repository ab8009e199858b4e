"""The classes that the page of a project has on offer: taking a seat in one, or waiting for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.graphs import GRAPHS, GROUP_CUSTOMER, GROUP_OWNER, Graph
from slotkeeper.domain.group import group_of
from slotkeeper.domain.order import Order
from slotkeeper.domain.project import Project
from slotkeeper.domain.slot_policy import is_true
from slotkeeper.domain.waitlist import Entry
from slotkeeper.services import bookings, groups, waitlist
from slotkeeper.services.availability import Shuffle
from slotkeeper.services.offers import ACTOR
from slotkeeper.storage import groups as stored
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedClass:
    """A class whose time to book has come and not passed; it may be full."""

    booking: Booking
    seats: int
    taken: int

    @property
    def seats_left(self) -> int:
        """Return how many seats can be booked now."""
        return max(0, self.seats - self.taken)


def seat_graph(project: Project) -> Graph | None:
    """Return the graph of the seats that a project sells, None for one that sells time.

    A project whose bookings are classes is one whose customers take seats: they make no
    classes of their own.
    """
    graph = GRAPHS.get(str(project.booking.get("graph") or ""))
    if graph is GROUP_OWNER:
        return GROUP_CUSTOMER
    return graph if graph is not None and graph.needs_seat else None


def shows_lines(project: Project) -> bool:
    """Tell whether customers can stand in line for a full class on the page of a project."""
    stored = project.booking.get("waitlist")
    is_on = isinstance(stored, dict) and is_true(stored.get("on_page"))
    return is_on and seat_graph(project) is not None


async def list_classes(
    tx: Transaction, app_id: UUID, project: Project, *, start: datetime, most: int
) -> list[OfferedClass]:
    """Return the classes of a project on offer from ``start`` on, earliest first.

    Full ones are among them: who looks for a class that is full should see that it is.
    """
    found = await stored.list_bookable(tx, app_id, project.id, start=start, most=most)
    return await _offered(tx, app_id, found)


async def find_class(
    tx: Transaction, app_id: UUID, project: Project, class_id: UUID
) -> OfferedClass | None:
    """Return a class of a project, None where it is not on offer now."""
    found = await stored.find_bookable(tx, app_id, project.id, class_id)
    return (await _offered(tx, app_id, [found]))[0] if found else None


async def take_seat(
    tx: Transaction, app_id: UUID, project: Project, order: Order, *, shuffle: Shuffle
) -> Booking:
    """Book a seat in a class of the project; raises SlotTaken where none can be had.

    The refusal leaves the transaction as it was, so that it can still find another class.
    """
    assert order.owner_booking_id is not None, order
    if await stored.find_bookable(tx, app_id, project.id, order.owner_booking_id) is None:
        raise SlotTaken
    async with tx.connection.transaction():
        return await bookings.book(tx, app_id, order, actor=ACTOR, shuffle=shuffle)


async def stand_in_line(
    tx: Transaction, app_id: UUID, project: Project, order: Order, *, shuffle: Shuffle
) -> tuple[Entry, bool]:
    """Wait for a seat in a full class of the project; return the entry and whether it is new.

    Whoever stands in line already, by address, keeps their place. Raises SlotTaken where a
    seat can be booked or nobody can wait; the refusal leaves the transaction as it was.
    """
    assert order.owner_booking_id is not None, order
    if await stored.find_bookable(tx, app_id, project.id, order.owner_booking_id) is None:
        raise SlotTaken
    async with tx.connection.transaction():
        return await waitlist.join(tx, app_id, order, hold_time=None, actor=ACTOR, shuffle=shuffle)


async def _offered(tx: Transaction, app_id: UUID, found: Sequence[Booking]) -> list[OfferedClass]:
    taken = await groups.taken_seats(tx, app_id, found)
    return [
        OfferedClass(booking=each, seats=group_of(each.settings).seats, taken=taken[each.id])
        for each in found
    ]
