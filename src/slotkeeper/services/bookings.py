"""What users do with bookings: load, decide, save."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken, TransitionRefused
from slotkeeper.domain.graphs import RESCHEDULABLE, Action, State
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.order import Order, check_interval
from slotkeeper.domain.project import Project
from slotkeeper.services import availability, calendars, effects, projects, resources
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import bookings
from slotkeeper.storage.transaction import Transaction


async def book(
    tx: Transaction, app_id: UUID, order: Order, *, actor: str, shuffle: Shuffle
) -> Booking:
    """Make a booking, and take the time of its resource where the graph does so at once.

    What the order leaves open comes from its project. Without a resource, the project's
    resources that are open and free are tried in the order of its mode. Raises SlotTaken
    where the time is held by another booking or an event.
    """
    project = await projects.get(tx, app_id, order.project_id) if order.project_id else None
    order = order.completed(project) if project else order
    graph = order.checked()
    initialized = Booking(
        id=uuid4(),
        graph=graph,
        state=State.INITIALIZED,
        resource_id=order.resource_id,
        project_id=order.project_id,
        calendar_id=order.calendar_id,
        start_at=order.start,
        end_at=order.end,
        what=order.what or "",
        location=order.where or "",
        description=order.description or "",
        participants=list(order.participants or ()),
        customer=order.customer,
        settings=order.settings,
        meta=order.meta,
        rescheduled_from=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    booking = initialized.after(order.action or graph.initial, at=tx.now)
    if order.resource_id is not None:
        booking = await _in_calendar(tx, app_id, booking)
        await effects.hold(tx, app_id, booking, project)
    else:
        assert project is not None, "checked with the order"
        booking = await _held_by_one_of(tx, app_id, booking, project, shuffle=shuffle)
        booking = await _in_calendar(tx, app_id, booking)
    booking = await _with_zone(tx, app_id, booking)
    return await effects.begin(
        tx, app_id, booking, action=order.action or graph.initial, actor=actor
    )


async def get(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    """Return a booking of the app."""
    booking = await bookings.find(tx, app_id, booking_id)
    if booking is None:
        raise NotFound("Booking")
    return booking


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
    return await bookings.log_of(tx, app_id, booking_ids)


async def act(
    tx: Transaction,
    app_id: UUID,
    booking_id: UUID,
    action: str,
    *,
    message: str | None = None,
    meta: Mapping[str, object] | None = None,
    actor: str,
) -> Booking:
    """Apply an action to a booking; refuse one that its state does not allow.

    What follows from it is in ``effects``. Raises SlotTaken where a request is confirmed
    whose time has been taken meanwhile.
    """
    before = await _locked(tx, app_id, booking_id)
    after = before.after(action, at=tx.now)
    if meta:
        after = replace(after, meta=_merged_meta(after.meta, meta))
        await bookings.save_meta(tx, app_id, after)
    await effects.move(tx, app_id, before, after, action=action, message=message, actor=actor)
    return after


async def change_meta(
    tx: Transaction, app_id: UUID, booking_id: UUID, meta: Mapping[str, object]
) -> Booking:
    """Merge ``meta`` into the metadata of a booking; null removes a key."""
    before = await _locked(tx, app_id, booking_id)
    after = replace(before, meta=_merged_meta(before.meta, meta), updated_at=tx.now)
    await bookings.save_meta(tx, app_id, after)
    return after


async def reschedule(
    tx: Transaction,
    app_id: UUID,
    booking_id: UUID,
    *,
    start: datetime,
    end: datetime,
    resource_id: UUID | None,
    message: str | None,
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
    action = Action.RESCHEDULE_BY_CUSTOMER
    ended = old.after(action, at=tx.now)
    check_interval(start, end)
    target = resource_id or old.resource_id
    if target is None:
        raise InvalidInput({"resource_id": ["The resource id field is required."]})
    initialized = replace(
        old,
        id=uuid4(),
        state=State.INITIALIZED,
        resource_id=target,
        calendar_id=old.calendar_id if target == old.resource_id else None,
        start_at=start,
        end_at=end,
        customer=replace(old.customer, id=uuid4()) if old.customer else None,
        rescheduled_from=old.id,
        created_at=tx.now,
    )
    booking = await _in_calendar(tx, app_id, initialized.after(old.graph.initial, at=tx.now))
    await effects.move(tx, app_id, old, ended, action=action, message=message, actor=actor)
    await effects.hold(tx, app_id, booking, await effects.project_of(tx, app_id, old))
    return await effects.begin(tx, app_id, booking, action=old.graph.initial, actor=actor)


async def delete(tx: Transaction, app_id: UUID, booking_id: UUID) -> None:
    """Delete a booking that has ended; refuse one that may still happen."""
    booking = await _locked(tx, app_id, booking_id)
    if not booking.is_final:
        raise TransitionRefused("Only bookings in a final state can be deleted")
    await bookings.delete(tx, app_id, booking_id)


async def _locked(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking:
    booking = await bookings.find_locked(tx, app_id, booking_id)
    if booking is None:
        raise NotFound("Booking")
    return booking


async def _held_by_one_of(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project, *, shuffle: Shuffle
) -> Booking:
    """Return the booking with the first of the project's resources that can serve it."""
    found = await availability.find_free(
        tx,
        app_id,
        project,
        effects.minutes_of(booking),
        zone_name=effects.zone_name_of(booking),
        shuffle=shuffle,
    )
    for resource_id in found:
        served = replace(booking, resource_id=resource_id)
        try:
            # What is undone gives up its locks: nobody waits for a resource that is not taken.
            async with tx.connection.transaction():
                await effects.hold(tx, app_id, served, project)
        except SlotTaken:
            continue
        return served
    raise SlotTaken


async def _with_zone(tx: Transaction, app_id: UUID, booking: Booking) -> Booking:
    """Return the booking with a zone for its customer: that of the resource unless given."""
    customer = booking.customer
    if customer is None or customer.timezone or booking.resource_id is None:
        return booking
    resource = await resources.get(tx, app_id, booking.resource_id)
    return replace(booking, customer=replace(customer, timezone=resource.timezone))


async def _in_calendar(tx: Transaction, app_id: UUID, booking: Booking) -> Booking:
    """Return the booking with the calendar that gets its event.

    That is the one asked for, else the resource's own. Refuses a resource that does not exist:
    one that has a calendar does, so it is rarely looked for by itself.
    """
    assert booking.resource_id is not None, booking
    if booking.calendar_id is None:
        target = await calendars.find_target(tx, app_id, booking.resource_id)
        if target is None:
            await resources.get(tx, app_id, booking.resource_id)
        return replace(booking, calendar_id=target.id if target else None)
    await resources.get(tx, app_id, booking.resource_id)
    chosen = await calendars.get(tx, app_id, booking.calendar_id)
    if chosen.resource_id != booking.resource_id:
        raise InvalidInput({"calendar_id": ["The selected calendar id is invalid."]})
    return booking


def _merged_meta(before: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    merged = {**before, **given}
    return {key: value for key, value in merged.items() if value is not None}
