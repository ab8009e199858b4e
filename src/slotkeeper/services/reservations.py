"""Reservations: time or a seat held for a while, before anybody has booked."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import NotFound, TransitionRefused
from slotkeeper.domain.graphs import RESERVATION, Action, State
from slotkeeper.domain.holds import reservation_time
from slotkeeper.domain.order import INTENDED_GRAPH, Order
from slotkeeper.domain.waitlist import offered_entry
from slotkeeper.services import effects, groups, placing, projects
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction


async def reserve(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    *,
    seconds: int | str | None,
    longest: timedelta | None = None,
    actor: str,
    shuffle: Shuffle,
) -> Booking:
    """Hold what is ordered for a while: ``seconds``, else as long as the project says, else 30.

    ``longest`` caps it. Raises SlotTaken where time or seat cannot be had.
    """
    project = await projects.get(tx, app_id, order.project_id) if order.project_id else None
    order = order.completed(project) if project else order
    order.checked_reservation()
    if order.owner_booking_id is not None:
        owner = await groups.open_class(tx, app_id, order.owner_booking_id)
        order = order.in_class(owner)
    hold_for = reservation_time(seconds, project.reservation_time if project else None)
    intended = {INTENDED_GRAPH: order.graph} if order.graph else {}
    return await placing.place(
        tx,
        app_id,
        replace(order, action=None, steps={**order.steps, **intended}),
        RESERVATION,
        project,
        hold_for=hold_for if longest is None else min(hold_for, longest),
        actor=actor,
        shuffle=shuffle,
    )


async def extend(
    tx: Transaction,
    app_id: UUID,
    reservation_id: UUID,
    *,
    seconds: int | str | None,
    longest: timedelta | None = None,
) -> Booking:
    """Hold a reservation on, counted from now; refuse one that has run out or was used."""
    reservation = await _open(tx, app_id, reservation_id)
    if offered_entry(reservation) is not None:  # others are next in line
        raise TransitionRefused("An offer of the waiting list cannot be extended")
    project = await effects.project_of(tx, app_id, reservation)
    hold_for = reservation_time(seconds, project.reservation_time if project else None)
    if longest is not None:
        hold_for = min(hold_for, longest)
    extended = replace(reservation, held_until=tx.now + hold_for, updated_at=tx.now)
    await effects.extend(tx, app_id, extended)
    return extended


async def take_over(tx: Transaction, app_id: UUID, reservation_id: UUID, *, actor: str) -> Booking:
    """End a reservation in favour of a booking that is made of it; return it as it was.

    What it held is free until the booking takes it, in the same transaction: nobody else
    can come between.
    """
    await bookings.hold_class_of(tx, app_id, reservation_id)
    reservation = await _open(tx, app_id, reservation_id)
    converted = reservation.after(Action.CONVERT, at=tx.now, by_itself=True)
    await effects.move(
        tx, app_id, reservation, converted, action=Action.CONVERT, message=None, actor=actor
    )
    return reservation


async def _open(tx: Transaction, app_id: UUID, reservation_id: UUID) -> Booking:
    """Return a reservation that still holds, and keep others from it."""
    reservation = await bookings.find_locked(tx, app_id, reservation_id)
    if reservation is None or reservation.graph is not RESERVATION:
        raise NotFound("Reservation")
    if reservation.state is not State.RESERVED:
        raise TransitionRefused(f"The reservation is {reservation.state}")
    if reservation.has_run_out(tx.now):
        raise TransitionRefused("The reservation is expired")
    return reservation
