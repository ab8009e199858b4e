"""Turn a complete order into a booking: choose who serves it, take time or seat, save it."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput, LimitReached, SlotTaken
from slotkeeper.domain.graphs import Action, Graph, Hold, State
from slotkeeper.domain.order import Order, check_interval
from slotkeeper.domain.project import Project
from slotkeeper.services import availability, calendars, effects, resources
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage.transaction import Transaction

RESOURCES_MAX = 50
"""How many resources a booking can have."""


async def place(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    graph: Graph,
    project: Project | None,
    *,
    hold_for: timedelta,
    actor: str,
    shuffle: Shuffle,
) -> Booking:
    """Make a booking of an order that leaves nothing open but its resource.

    Without a resource, those of the project that are open and free are tried in the order
    of its mode. ``hold_for`` is how long a state holds that does so for a while. Raises
    SlotTaken where time or seat cannot be had.
    """
    action = order.action or graph.initial
    booking = _initialized(tx, order, graph).after(action, at=tx.now)
    if booking.holding is Hold.UNTIL_A_MOMENT:
        booking = replace(booking, held_until=tx.now + hold_for)
    if booking.resource_id is not None:
        if not booking.has_seat:  # which has the calendar of its class
            booking = await in_calendar(tx, app_id, booking)
        await effects.hold(tx, app_id, booking, project)
    else:
        assert project is not None, "checked with the order"
        booking = await _held_by_one_of(tx, app_id, booking, project, shuffle=shuffle)
        booking = await in_calendar(tx, app_id, booking)
    booking = await _with_zone(tx, app_id, booking)
    return await effects.begin(tx, app_id, booking, action=action, actor=actor)


async def replace_time(
    tx: Transaction, app_id: UUID, old: Booking, moved: Booking, *, message: str | None, actor: str
) -> Booking:
    """End ``old`` as rescheduled and make ``moved``, not begun yet, of it; return that.

    Both happen or neither: what is refused must be undone as a whole.
    """
    action = Action.RESCHEDULE_BY_CUSTOMER
    ended = old.after(action, at=tx.now)
    booking = await in_calendar(tx, app_id, moved.after(moved.graph.initial, at=tx.now))
    await effects.move(tx, app_id, old, ended, action=action, message=message, actor=actor)
    await effects.hold(tx, app_id, booking, await effects.project_of(tx, app_id, old))
    return await effects.begin(tx, app_id, booking, action=moved.graph.initial, actor=actor)


async def in_calendar(tx: Transaction, app_id: UUID, booking: Booking) -> Booking:
    """Return the booking with the calendar that gets its event.

    That is the one asked for, else the resource's own. Refuses a resource that does not exist:
    one that has a calendar does, so it is rarely looked for by itself.
    """
    assert booking.resource_id is not None, booking
    for further in booking.further_resource_ids:
        await resources.get(tx, app_id, further)
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


def _initialized(tx: Transaction, order: Order, graph: Graph) -> Booking:
    """Return the booking before its first action; its resource may still be open."""
    assert order.start is not None, "checked with the order"
    assert order.end is not None, "checked with the order"
    check_interval(order.start, order.end)
    return Booking(
        id=uuid4(),
        graph=graph,
        state=State.INITIALIZED,
        resource_id=order.resource_id,
        further_resource_ids=_further(order),
        project_id=order.project_id,
        calendar_id=order.calendar_id,
        owner_booking_id=order.owner_booking_id,
        bulk_id=order.bulk_id,
        series_id=order.series_id,
        start_at=order.start,
        end_at=order.end,
        what=order.what or "",
        location=order.where or "",
        description=order.description or "",
        participants=list(order.participants or ()),
        customer=order.customer,
        settings=order.settings,
        steps=order.steps,
        meta=order.meta,
        reminders=order.reminders,
        rescheduled_from=None,
        created_at=tx.now,
        updated_at=tx.now,
    )


def _further(order: Order) -> list[UUID]:
    """Return what is booked together with the first resource, each once, as it was sent."""
    further = [each for each in order.further_resource_ids if each != order.resource_id]
    if len(further) >= RESOURCES_MAX:
        message = f"A booking may not have more than {RESOURCES_MAX} resources."
        raise InvalidInput.field("resources", message)
    return list(dict.fromkeys(further))


async def _held_by_one_of(
    tx: Transaction, app_id: UUID, booking: Booking, project: Project, *, shuffle: Shuffle
) -> Booking:
    """Return the booking with the first of the project's resources that can serve it.

    Where they serve together, with all of them.
    """
    found = await availability.find_free(
        tx,
        app_id,
        project,
        effects.minutes_of(booking),
        zone_name=effects.zone_name_of(booking),
        shuffle=shuffle,
    )
    for first, *further in found:
        served = replace(booking, resource_id=first, further_resource_ids=further)
        try:
            # What is undone gives up its locks: nobody waits for a resource that is not taken.
            async with tx.connection.transaction():
                await effects.hold(tx, app_id, served, project)
        except LimitReached:
            raise
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
