"""What users do with events."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from uuid import UUID, uuid4

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.zones import find_zone, minute_ceil, minute_floor, to_datetime
from slotkeeper.services import calendars, resources
from slotkeeper.storage import events
from slotkeeper.storage.transaction import Transaction


async def create(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Event:
    """Make an event in a calendar; ``given`` holds columns of an event.

    An all-day event is stretched to whole local days of its resource.
    """
    calendar_id = given["calendar_id"]
    assert isinstance(calendar_id, UUID), given
    calendar = await calendars.get(tx, app_id, calendar_id)
    event_id = uuid4()
    made = {"id": event_id, **given, "resource_id": calendar.resource_id}
    await events.insert(tx, app_id, {**made, **await _span(tx, app_id, made)})
    return await get(tx, app_id, event_id)


async def get(tx: Transaction, app_id: UUID, event_id: UUID) -> Event:
    """Return an event of the app."""
    event = await events.find(tx, app_id, event_id)
    if event is None:
        raise NotFound("Event")
    return event


async def of_bookings(tx: Transaction, app_id: UUID, booking_ids: list[UUID]) -> dict[UUID, Event]:
    """Return the event of each booking that has one."""
    return await events.of_bookings(tx, app_id, booking_ids)


async def list_events(
    tx: Transaction, app_id: UUID, asked: Listing, *, start: datetime, end: datetime
) -> Page[Event]:
    """Return one page of the app's events that overlap [start, end)."""
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    return await events.list_events(tx, app_id, asked, start=start, end=end)


async def change(
    tx: Transaction, app_id: UUID, event_id: UUID, changes: Mapping[str, object]
) -> None:
    """Change what ``changes`` names; an event may move to another calendar of the app.

    The event of a booking shows the booking; it is changed by rescheduling, not here.
    """
    before = await get(tx, app_id, event_id)
    if before.booking_id is not None:
        raise InvalidInput({"id": ["The event belongs to a booking; reschedule the booking."]})
    moved = dict(changes)
    if isinstance(calendar_id := changes.get("calendar_id"), UUID):
        calendar = await calendars.get(tx, app_id, calendar_id)
        moved["resource_id"] = calendar.resource_id
    after = {**asdict(before), **moved}
    await events.update(tx, app_id, event_id, {**moved, **await _span(tx, app_id, after)})


async def delete(tx: Transaction, app_id: UUID, event_id: UUID) -> None:
    """Delete an event. The time of a booking stays taken when its event is deleted."""
    if not await events.delete(tx, app_id, event_id):
        raise NotFound("Event")


async def _span(tx: Transaction, app_id: UUID, event: Mapping[str, object]) -> dict[str, datetime]:
    """Return the start and end that are stored for an event, or refuse an empty one."""
    start, end, resource_id = event["start_at"], event["end_at"], event["resource_id"]
    assert isinstance(start, datetime), event
    assert isinstance(end, datetime), event
    assert isinstance(resource_id, UUID), event
    if event.get("all_day"):
        zone = find_zone((await resources.get(tx, app_id, resource_id)).timezone)
        first = zone.day_of(minute_floor(start))
        last = max(zone.day_of(minute_ceil(end) - 1), first)
        start, end = to_datetime(zone.day_start(first)), to_datetime(zone.day_start(last + 1))
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    return {"start_at": start, "end_at": end}
