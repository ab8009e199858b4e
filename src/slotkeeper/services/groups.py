"""Classes: bookings with a number of seats, and who may take one or give it back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import NotFound, SlotTaken, TransitionRefused
from slotkeeper.domain.graphs import GROUP_OWNER, Action, State
from slotkeeper.domain.group import group_of
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.storage import bookings, resources, seats
from slotkeeper.storage import groups as stored
from slotkeeper.storage.transaction import Transaction


async def list_classes(tx: Transaction, app_id: UUID, asked: Listing) -> Page[Booking]:
    """Return one page of the classes in which a seat can be booked now, earliest first."""
    return await stored.list_open(tx, app_id, asked)


async def get_class(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    """Return one class, full or over as it may be."""
    booking = await bookings.find(tx, app_id, booking_id)
    if booking is None or booking.graph is not GROUP_OWNER:
        raise NotFound("Booking")
    return booking


async def taken_seats(
    tx: Transaction, app_id: UUID, shown: Sequence[Booking]
) -> Mapping[UUID, int]:
    """Return how many seats are taken of each booking that is a class."""
    classes = [booking.id for booking in shown if booking.graph is GROUP_OWNER]
    found = await seats.counts(tx, app_id, classes) if classes else {}
    return {each: found.get(each, 0) for each in classes}


async def guests_of(
    tx: Transaction, app_id: UUID, owner_booking_ids: Sequence[UUID]
) -> Mapping[UUID, list[str]]:
    """Return the e-mails of those who have seats, by class, in the order they booked."""
    return await stored.guests(tx, app_id, owner_booking_ids)


async def open_class(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    """Return a class that takes bookings now, and keep it so until the transaction ends.

    Raises SlotTaken for one that does not: it is over, called off, outside the time in which
    its seats can be booked, or a resource of it was deleted. Whether a seat is left shows
    when one is taken.
    """
    owner = await bookings.find_held_open(tx, app_id, booking_id)
    if owner is None or owner.graph is not GROUP_OWNER:
        raise NotFound("Booking")
    group = group_of(owner.settings)
    bookable = owner.state is State.TENTATIVE and group.can_be_booked(owner.start_at, at=tx.now)
    if not bookable or not await _has_resources(tx, app_id, owner):
        raise SlotTaken("The class cannot be booked now")
    return owner


async def _has_resources(tx: Transaction, app_id: UUID, owner: Booking) -> bool:
    """Tell whether everything that serves a class still exists."""
    if owner.resource_id is None:
        return False
    wanted = {owner.resource_id, *owner.further_resource_ids}
    return len(await resources.find_all(tx, app_id, list(wanted))) == len(wanted)


async def take_seat(tx: Transaction, app_id: UUID, booking: Booking) -> None:
    """Take a seat for a booking; raises SlotTaken where none is left.

    Whoever ordered it has opened the class, which stays so until the transaction ends.
    """
    assert booking.owner_booking_id is not None, booking
    taken = await seats.take(
        tx,
        app_id,
        owner_booking_id=booking.owner_booking_id,
        booking_id=booking.id,
        until=booking.until,
    )
    if not taken:
        raise SlotTaken("No available seats")


async def check_cancellable(tx: Transaction, app_id: UUID, seat: Booking, action: str) -> None:
    """Refuse a customer who gives a seat back when it is too late for that."""
    if action != Action.CANCEL_BY_CUSTOMER or seat.owner_booking_id is None:
        return
    owner = await bookings.find(tx, app_id, seat.owner_booking_id)
    if owner is None:
        return
    if not group_of(owner.settings).can_be_cancelled(owner.start_at, at=tx.now):
        raise TransitionRefused("It is too late to cancel this booking")
