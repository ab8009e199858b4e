"""Series: one visit every week, booked at once and called off from one day on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import AllRefused, InvalidInput, NotFound, SlotTaken
from slotkeeper.domain.graphs import BOOKABLE, Action
from slotkeeper.domain.order import Order
from slotkeeper.domain.rrule import rule_text
from slotkeeper.domain.series import REPEATABLE, BookingSeries, Mode, Times, times_of
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.services import bookings, projects, resources
from slotkeeper.services.availability import Shuffle
from slotkeeper.storage import series as stored
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One time of a series: its booking, or why it could not be had."""

    start: datetime
    end: datetime
    booking: Booking | None
    reason: str | None


async def book(
    tx: Transaction,
    app_id: UUID,
    order: Order,
    *,
    rrule: str,
    zone_name: str | None,
    mode: Mode,
    actor: str,
    shuffle: Shuffle,
) -> tuple[BookingSeries, list[Occurrence]]:
    """Book what is ordered again and again, as the rule says; return each time in its order.

    The time of day is the same on the clock of ``zone_name``, else of the customer, else of
    the resource. Where no resource is named, one of the project's is chosen for each time
    anew. Raises AllRefused, with a reason for each time that is taken, where any is and
    ``mode`` wants all, and where none is free.
    """
    await _check(tx, app_id, order)
    zone = await _zone(tx, app_id, order, zone_name)
    text = rule_text(rrule)
    if text is None:
        raise InvalidInput.field("rrule", "The rrule field is required.")
    assert order.start is not None, "checked with the order"
    assert order.end is not None, "checked with the order"
    times = times_of(order.start, order.end, rrule=text, zone=zone)
    series = BookingSeries(
        id=uuid4(),
        rrule=text,
        timezone=zone.name,
        mode=mode,
        start_at=order.start,
        end_at=order.end,
        created_at=tx.now,
    )
    await stored.insert(tx, app_id, series)
    order = replace(order, series_id=series.id)
    found = [
        await _occurrence(tx, app_id, order, each, actor=actor, shuffle=shuffle) for each in times
    ]
    refused = [each for each in found if each.booking is None]
    if refused and (mode is Mode.ALL_OR_NOTHING or len(refused) == len(found)):
        raise AllRefused(_reasons(refused, zone))
    return series, found


async def get(
    tx: Transaction, app_id: UUID, series_id: UUID
) -> tuple[BookingSeries, list[Booking]]:
    """Return a series with all of its bookings, earliest first.

    A booking that was moved to another time is there twice: as it was, and as it is now.
    """
    found = await stored.find(tx, app_id, series_id)
    if found is None:
        raise NotFound("Series")
    return found, await stored.bookings_of(tx, app_id, series_id)


async def cancel(
    tx: Transaction,
    app_id: UUID,
    series_id: UUID,
    *,
    since: datetime | None,
    message: str | None,
    actor: str,
) -> tuple[BookingSeries, list[Booking]]:
    """Call off the bookings of a series that start at ``since`` or later; return it as it is.

    Without ``since``, all that are still to come. Requests that await an answer are declined.
    What has ended already stays as it is.
    """
    await get(tx, app_id, series_id)
    await stored.lock_bookings(tx, app_id, series_id)
    for booking in await stored.bookings_of(tx, app_id, series_id):
        action = _ending(booking)
        if action is not None and booking.start_at >= (since or tx.now):
            await bookings.act(tx, app_id, booking.id, action, message=message, actor=actor)
    return await get(tx, app_id, series_id)


async def _check(tx: Transaction, app_id: UUID, order: Order) -> None:
    """Refuse an order that lacks something, and one that cannot be repeated."""
    if order.reservation_id is not None:
        message = "A series cannot take over a reservation."
        raise InvalidInput.field("reservation_id", message)
    if order.project_id is not None:
        order = order.completed(await projects.get(tx, app_id, order.project_id))
    if order.graph in BOOKABLE and order.graph not in REPEATABLE:
        message = f"A series can be made in the graphs {', '.join(REPEATABLE)}."
        raise InvalidInput.field("graph", message)
    order.checked()
    if order.start is None or order.end is None:
        raise InvalidInput.field("start", "The start field is required.")


async def _zone(tx: Transaction, app_id: UUID, order: Order, name: str | None) -> Zone:
    """Return the zone on whose clock the time of day stays the same."""
    if name is None and order.customer is not None:
        name = order.customer.timezone or None
    if name is None and order.resource_id is not None:
        name = (await resources.get(tx, app_id, order.resource_id)).timezone
    if name is None:
        raise InvalidInput.field("timezone", "The timezone field is required.")
    return find_zone(name)


async def _occurrence(
    tx: Transaction, app_id: UUID, order: Order, times: Times, *, actor: str, shuffle: Shuffle
) -> Occurrence:
    """Book one time of a series; what is refused leaves nothing behind."""
    start, end = times
    order = replace(order, start=start, end=end)
    if order.customer is not None:
        order = replace(order, customer=replace(order.customer, id=uuid4()))
    booking, reason = None, None
    try:
        async with tx.connection.transaction():
            booking = await bookings.book(tx, app_id, order, actor=actor, shuffle=shuffle)
    except SlotTaken as refusal:
        reason = str(refusal)
    return Occurrence(start=start, end=end, booking=booking, reason=reason)


def _reasons(refused: Sequence[Occurrence], zone: Zone) -> dict[str, list[str]]:
    """Return why times cannot be had, by their start on the clock of the series."""
    return {
        each.start.astimezone(zone.info).isoformat(): [each.reason]
        for each in refused
        if each.reason is not None
    }


def _ending(booking: Booking) -> Action | None:
    """Return how the owner ends a booking that is still to come, None where it has ended."""
    for action in (Action.CANCEL, Action.DECLINE):
        if action in booking.actions:
            return action
    return None
