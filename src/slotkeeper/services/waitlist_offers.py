"""Pass on what came free to those who wait for it, in the transaction that set it free.

Nobody can come between: what is given back and the hold of who is first in line become
visible together, or not at all. The hold is an ordinary reservation in the customer's name;
its steps name the entry, so that bookings which are no offers cost no question.
"""

from dataclasses import replace
from uuid import UUID, uuid4

import structlog

from slotkeeper.domain.availability import Candidate
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import DomainError, SlotTaken
from slotkeeper.domain.graphs import GROUP_OWNER
from slotkeeper.domain.graphs import Action as BookingAction
from slotkeeper.domain.graphs import State as BookingState
from slotkeeper.domain.waitlist import Action, Entry, State, offered_entry
from slotkeeper.services import effects, reservations
from slotkeeper.storage import bookings, waitlist, waitlist_log
from slotkeeper.storage.transaction import Transaction

log = structlog.get_logger(__name__)

ACTOR = "waiting_list"
"""Who acted, in the logs of an entry and of a reservation, when a line moved on."""

TRIES_MAX = 100
"""How many of those who wait are tried when one thing comes free."""


async def came_free(tx: Transaction, app_id: UUID, before: Booking) -> None:
    """Offer what a booking has given back, as it was ``before``, to who is first in line.

    Where it was itself an offer, that was missed. The lines for a class end with it. Where
    nobody waits, this is one question that an index answers.
    """
    entry_id = offered_entry(before)
    if entry_id is not None:
        await _note(tx, app_id, entry_id, Action.MISS)
    if before.graph is GROUP_OWNER:
        await _end_lines_of(tx, app_id, before.id)
    await _pass_on(tx, app_id, before)


async def used(tx: Transaction, app_id: UUID, reserved: Booking, booking: Booking) -> None:
    """Note that ``booking`` was made of a reservation; offer to others what it leaves.

    A request takes nothing yet, and still keeps its place: others would be offered what its
    owner is about to confirm.
    """
    entry_id = offered_entry(reserved)
    if entry_id is not None:
        await _note(tx, app_id, entry_id, Action.TAKE, booking_id=booking.id)
    if not _takes_all_of(booking, reserved):
        await _pass_on(tx, app_id, reserved)


async def close(
    tx: Transaction, app_id: UUID, entry: Entry, action: Action, *, actor: str
) -> tuple[Entry, Booking | None]:
    """End an entry, and with it the hold of its offer.

    Returns the entry, and the reservation as it was, None where there was none. Class,
    reservation and entry are held in this order, as by whoever takes the offer.
    """
    if entry.reservation_id is not None:
        await bookings.hold_class_of(tx, app_id, entry.reservation_id)
        await bookings.find_locked(tx, app_id, entry.reservation_id)
    locked = await waitlist.find_locked(tx, app_id, entry.id)
    assert locked is not None, "only ends with what it is for"
    ended = locked.seen(tx.now).after(action, at=tx.now)
    await _save(tx, app_id, locked, ended, action, actor=actor)
    if locked.reservation_id is None:
        return ended, None
    reservation = await bookings.find_locked(tx, app_id, locked.reservation_id)
    if reservation is None or reservation.state is not BookingState.RESERVED:
        return ended, None
    cancel = BookingAction.CANCEL
    cancelled = reservation.after(cancel, at=tx.now)
    await effects.move(tx, app_id, reservation, cancelled, action=cancel, message=None, actor=actor)
    return ended, reservation


async def lapse_begun(tx: Transaction, *, most: int) -> int:
    """End the entries whose start has come, in all apps; return of how many, ``most`` at most."""
    lapsed = await waitlist.lapse(tx, most=most)
    for app_id, entry_id in lapsed:
        await waitlist_log.record(
            tx,
            app_id,
            entry_id,
            action=Action.LAPSE,
            from_state=State.WAITING,
            to_state=State.LAPSED,
            actor=ACTOR,
        )
    return len(lapsed)


async def _pass_on(tx: Transaction, app_id: UUID, before: Booking) -> None:
    if not before.has_seat:
        await _offer_time(tx, app_id, before)
    elif before.owner_booking_id is not None and before.start_at > tx.now:
        await _offer_seats(tx, app_id, before.owner_booking_id)


async def _offer_seats(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> None:
    """Offer the free seats of a class to those who are first in line."""
    refused: UUID | None = None
    for _ in range(TRIES_MAX):
        entry = await waitlist.next_for_seat(tx, app_id, owner_booking_id)
        if entry is None or entry.id == refused:
            return
        refused = None if await _offer(tx, app_id, entry) else entry.id


async def _offer_time(tx: Transaction, app_id: UUID, before: Booking) -> None:
    """Offer the time of a booking to those who wait for some of it, first come first.

    Who wants more than came free stays in line; several may find room in what one gave back.
    """
    if before.end_at <= tx.now:
        return
    waiting = await waitlist.waiting_for_time(
        tx,
        app_id,
        before.resource_ids,
        start=before.start_at,
        end=before.end_at,
        most=TRIES_MAX,
    )
    given: list[Booking] = []
    for entry in waiting:
        if any(_has_gone(entry, each) for each in given):
            continue
        locked = await waitlist.find_locked(tx, app_id, entry.id, state=State.WAITING)
        reservation = await _offer(tx, app_id, locked) if locked is not None else None
        if reservation is not None:
            given.append(reservation)


async def _offer(tx: Transaction, app_id: UUID, entry: Entry) -> Booking | None:
    """Hold for an entry what it waits for; None where that cannot be had.

    Whatever refuses it must not keep somebody else from cancelling. What is refused for
    another reason than being taken will not do later either: it ends the entry.
    """
    try:
        async with tx.connection.transaction():
            reservation = await reservations.reserve(
                tx,
                app_id,
                entry.order(customer_id=uuid4()),
                seconds=entry.hold_seconds,
                longest=entry.offer_time(tx.now),
                actor=ACTOR,
                shuffle=_as_they_stand,
            )
    except SlotTaken:
        return None
    except DomainError as refusal:
        log.warning("offer_refused", entry_id=str(entry.id), reason=refusal.code)
        lapsed = entry.after(Action.LAPSE, at=tx.now)
        await _save(tx, app_id, entry, lapsed, Action.LAPSE, actor=ACTOR)
        return None
    offered = replace(
        entry.after(Action.OFFER, at=tx.now),
        reservation_id=reservation.id,
        offered_until=reservation.held_until,
    )
    await _save(tx, app_id, entry, offered, Action.OFFER, actor=ACTOR)
    return reservation


async def _end_lines_of(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> None:
    """End the entries of a class that does not take place, and their offers."""
    for entry in await waitlist.open_of(tx, app_id, owner_booking_id):
        if entry.seen(tx.now).is_open:
            await close(tx, app_id, entry, Action.LAPSE, actor=ACTOR)


async def _note(
    tx: Transaction, app_id: UUID, entry_id: UUID, action: Action, *, booking_id: UUID | None = None
) -> None:
    """Save what became of an offer, unless the entry has ended already."""
    entry = await waitlist.find_locked(tx, app_id, entry_id, state=State.OFFERED)
    if entry is not None:
        after = replace(entry.after(action, at=tx.now), booking_id=booking_id)
        await _save(tx, app_id, entry, after, action, actor=ACTOR)


async def _save(
    tx: Transaction, app_id: UUID, before: Entry, after: Entry, action: Action, *, actor: str
) -> None:
    await waitlist.save(tx, app_id, after)
    await waitlist_log.record(
        tx,
        app_id,
        after.id,
        action=action,
        from_state=before.state,
        to_state=after.state,
        actor=actor,
    )


def _has_gone(entry: Entry, given: Booking) -> bool:
    """Tell whether what an entry wants has just been given to another."""
    overlaps = given.start_at < entry.end_at and entry.start_at < given.end_at
    return entry.resource_id in given.resource_ids and overlaps


def _takes_all_of(booking: Booking, reserved: Booking) -> bool:
    """Tell whether a booking is for everything that a reservation held."""
    if reserved.has_seat:
        return booking.owner_booking_id == reserved.owner_booking_id
    return (
        not booking.has_seat
        and booking.start_at <= reserved.start_at
        and booking.end_at >= reserved.end_at
        and set(reserved.resource_ids) <= set(booking.resource_ids)
    )


def _as_they_stand(candidates: list[Candidate[UUID]]) -> None:
    """Leave an order as it is: of those who could serve, none but one has just become free."""
