"""What users do with bookings: load, decide, save."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.errors import InvalidInput, NotFound, TransitionRefused
from slotkeeper.domain.graphs import GROUP_OWNER, RESCHEDULABLE, Action, Hold, State
from slotkeeper.domain.holds import payment_timeout
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.order import Order, check_interval
from slotkeeper.services import (
    effects,
    groups,
    placing,
    projects,
    reservations,
    test_mode,
    waitlist_offers,
)
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import booking_log, bookings
from slotkeeper.storage.transaction import Transaction

SYSTEM = "system"
"""Who acted, in the log of a booking, when time did."""


async def book(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    *,
    actor: str,
    shuffle: Shuffle,
) -> Booking:
    """Make a booking, and take the time or the seat that its graph takes at once.

    What the order leaves open comes from the reservation that it takes over, then from its
    project; a seat has the time of its class. Without a resource, the project's resources
    that are open and free are tried in the order of its mode. Raises SlotTaken where the
    time is held by another booking or an event, or no seat is left.
    """
    reserved: Booking | None = None
    if order.reservation_id is not None:
        reserved = await reservations.take_over(tx, app_id, order.reservation_id, actor=actor)
        order = order.taking_over(reserved)
    project = await projects.get(tx, app_id, order.project_id) if order.project_id else None
    order = order.completed(project) if project else order
    graph = order.checked()
    if graph.needs_seat and order.owner_booking_id is not None:
        owner = await groups.open_class(tx, app_id, order.owner_booking_id)
        order = order.in_class(owner)
    else:
        order = replace(order, owner_booking_id=None)
    booking = await placing.place(
        tx,
        app_id,
        order,
        graph,
        project,
        hold_for=payment_timeout(order.steps.get("timeout")),
        actor=actor,
        shuffle=shuffle,
    )
    if reserved is not None:
        await waitlist_offers.used(tx, app_id, reserved, booking)
    if tx.checks_test_customers:
        await test_mode.check_customer(tx, app_id, booking)
    return booking


async def get(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    """Return a booking of the app."""
    booking = await bookings.find(tx, app_id, booking_id)
    if booking is None:
        raise NotFound("Booking")
    return booking


async def find_all(tx: Transaction, app_id: UUID, booking_ids: list[UUID]) -> dict[UUID, Booking]:
    """Return those of the bookings that exist, by id."""
    return await bookings.find_all(tx, app_id, booking_ids)


async def seats_of(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> list[Booking]:
    """Return the seats of a class that have not ended, oldest first."""
    return await bookings.seats_of(tx, app_id, owner_booking_id)


async def list_bookings(
    tx: Transaction,
    app_id: UUID,
    asked: Listing,
    *,
    start: datetime | None,
    end: datetime | None,
) -> Page[Booking]:
    """Return one page of the app's bookings."""
    return await bookings.list_bookings(tx, app_id, asked, start=start, end=end)


async def logs_of(
    tx: Transaction, app_id: UUID, booking_ids: list[UUID]
) -> dict[UUID, list[Transition]]:
    """Return the log of each booking, oldest line first."""
    return await booking_log.logs_of(tx, app_id, booking_ids)


async def act(  # noqa: PLR0913 - all of it goes with one action
    tx: Transaction,
    app_id: UUID,
    booking_id: UUID,
    action: str,
    *,
    message: str | None = None,
    payment_id: str | None = None,
    meta: Mapping[str, object] | None = None,
    said: Mapping[str, object] | None = None,
    actor: str,
) -> Booking:
    """Apply an action to a booking; refuse one that its state does not allow.

    ``said`` is what the request says of single steps, such as that a mail is not sent.
    What follows from it is in ``effects``. Raises SlotTaken where a request is confirmed
    whose time has been taken meanwhile. A hold that has run out has ended, also when nobody
    has noted it yet: what is paid too late is refused.
    """
    before = await _locked(tx, app_id, booking_id)
    if before.has_run_out(tx.now):
        _, before = rung(before, at=tx.now)
    after = replace(before.after(action, at=tx.now), said=said or {})
    await groups.check_cancellable(tx, app_id, before, action)
    if payment_id is not None and action == Action.PAY:
        after = replace(after, payment_id=payment_id)
    if meta:
        after = replace(after, meta=_merged_meta(after.meta, meta))
        await bookings.save_meta(tx, app_id, after)
    await effects.move(tx, app_id, before, after, action=action, message=message, actor=actor)
    if _may_serve_others(before, after):
        await waitlist_offers.came_free(tx, app_id, before)
    return after


async def ring(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Do to a booking what time does to it by itself, if that is due.

    Otherwise its row is made to say when it is, so that nobody comes again too early.
    """
    before = await _locked(tx, app_id, booking_id)
    if before.alarm_at is None or before.alarm_at > tx.now:
        await bookings.save_state(tx, app_id, before)
        return
    action, after = rung(before, at=tx.now)
    await effects.move(tx, app_id, before, after, action=action, message=None, actor=SYSTEM)
    if _may_serve_others(before, after):
        await waitlist_offers.came_free(tx, app_id, before)


def rung(booking: Booking, *, at: datetime) -> tuple[Action, Booking]:
    """Return what time does to a booking that has an alarm, and how that leaves it."""
    found = booking.graph.alarm(booking.state)
    assert found is not None, booking
    action, _ = found
    return action, booking.after(action, at=at, by_itself=True)


async def change_meta(
    tx: Transaction, app_id: UUID, booking_id: UUID, meta: Mapping[str, object]
) -> Booking:
    """Merge ``meta`` into the metadata of a booking; null removes a key."""
    before = await _locked(tx, app_id, booking_id)
    after = replace(before, meta=_merged_meta(before.meta, meta), updated_at=tx.now)
    await bookings.save_meta(tx, app_id, after)
    return after


async def reschedule(  # noqa: PLR0913 - all of it goes with one action
    tx: Transaction,
    app_id: UUID,
    booking_id: UUID,
    *,
    start: datetime,
    end: datetime,
    resource_id: UUID | None,
    message: str | None,
    said: Mapping[str, object] | None = None,
    actor: str,
) -> Booking:
    """Move a booking to another time, perhaps another resource; return the new booking.

    The API documentation says that the id changes: a new booking is made with everything
    of the old one, which ends as ``rescheduled_by_customer``. Both happen or neither: when
    the new time is taken, the old booking stays as it was. Its own time does not stand in
    its way.
    """
    old = await _locked(tx, app_id, booking_id)
    if old.graph.name not in RESCHEDULABLE:
        raise TransitionRefused(f"A booking of the graph {old.graph.name} cannot be rescheduled")
    old.after(Action.RESCHEDULE_BY_CUSTOMER, at=tx.now)  # is it possible at all?
    check_interval(start, end)
    target = resource_id or old.resource_id
    if target is None:
        raise InvalidInput({"resource_id": ["The resource id field is required."]})
    moved = replace(
        old,
        id=uuid4(),
        state=State.INITIALIZED,
        resource_id=target,
        further_resource_ids=[each for each in old.further_resource_ids if each != target],
        calendar_id=old.calendar_id if target == old.resource_id else None,
        start_at=start,
        end_at=end,
        customer=replace(old.customer, id=uuid4()) if old.customer else None,
        rescheduled_from=old.id,
        said=said or {},
        created_at=tx.now,
    )
    booking = await placing.replace_time(tx, app_id, old, moved, message=message, actor=actor)
    await waitlist_offers.came_free(tx, app_id, old)
    return booking


async def delete(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Delete a booking that has ended; refuse one that may still happen."""
    booking = await _locked(tx, app_id, booking_id)
    if not booking.is_final:
        raise TransitionRefused("Only bookings in a final state can be deleted")
    await bookings.delete(tx, app_id, booking_id)
    if booking.holding is not Hold.NOTHING:  # completed before its end
        await waitlist_offers.came_free(tx, app_id, booking)


def _may_serve_others(before: Booking, after: Booking) -> bool:
    """Tell whether what an action led to may be good news for those who wait in line.

    Something was given back; or a request is declined that stood for an offer; or a class is
    over, and the lines for it.
    """
    if after.holding is Hold.NOTHING and before.holding is not Hold.NOTHING:
        return True
    return after.state is State.DECLINED or (after.graph is GROUP_OWNER and after.is_final)


async def _locked(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    booking = await bookings.find_locked(tx, app_id, booking_id)
    if booking is None:
        raise NotFound("Booking")
    return booking


def _merged_meta(before: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    merged = {**before, **given}
    return {key: value for key, value in merged.items() if value is not None}
