"""What users do with events."""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from slotkeeper.domain.calendar import Calendar, Event, RepeatingEvent
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.listing import Listing, Page
from slotkeeper.domain.recurrence import has_start, occurrences
from slotkeeper.domain.zones import Zone, find_zone, minute_ceil, minute_floor, to_datetime
from slotkeeper.services import busy, calendars, days, groups, repeating, resources
from slotkeeper.storage import events
from slotkeeper.storage.transaction import Transaction

OCCURRENCES_MAX = 10_000
"""The most occurrences of events that repeat in one list; those beyond are left out."""


async def create(tx: Transaction, app_id: UUID, given: Mapping[str, object]) -> Event:
    """Make an event in a calendar; ``given`` holds columns of an event.

    An all-day event is stretched to whole local days of its resource. With a ``series_id``
    and a ``recurrence_id`` it replaces that occurrence of an event that repeats. Beside its
    columns there may be ``my_rsvp``; see ``_answered``.
    """
    calendar_id = given["calendar_id"]
    assert isinstance(calendar_id, UUID), given
    calendar = await calendars.get(tx, app_id, calendar_id)
    event_id = uuid4()
    made = {"id": event_id, **given, "resource_id": calendar.resource_id}
    made.update(await _replaced(tx, app_id, made))
    made = {"rsvp": "needsAction", **await _answered(tx, app_id, made, of=made)}
    made = days.settled(made, home=await _home(tx, app_id, made))
    await events.insert(tx, app_id, {**made, **await _placed(tx, app_id, made)})
    return await get(tx, app_id, event_id)


async def get(tx: Transaction, app_id: UUID, event_id: UUID) -> Event:
    """Return an event of the app."""
    event = await events.find(tx, app_id, event_id)
    if event is None:
        raise NotFound("Event")
    return (await _with_guests(tx, app_id, [event]))[0]


async def of_bookings(tx: Transaction, app_id: UUID, booking_ids: list[UUID]) -> dict[UUID, Event]:
    """Return the event of each booking that has one."""
    found = await events.of_bookings(tx, app_id, booking_ids)
    return dict(zip(found, await _with_guests(tx, app_id, [*found.values()]), strict=True))


async def list_events(
    tx: Transaction, app_id: UUID, asked: Listing, *, start: datetime, end: datetime
) -> Page[Event]:
    """Return one page of the app's events that overlap [start, end).

    In place of an event that repeats there is each of its occurrences, ``OCCURRENCES_MAX`` at
    most, with the id of the event and its own start as ``recurrence_id``.
    """
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    found = await events.search_repeating(tx, app_id, asked, after=start)
    window = (minute_floor(start), minute_ceil(end))
    every = heapq.merge(*(_named(each, window) for each in found))
    page = await events.list_events(
        tx,
        app_id,
        asked,
        start=start,
        end=end,
        occurrences=[
            (event_id, to_datetime(begin), to_datetime(ends))
            for begin, ends, event_id in islice(every, OCCURRENCES_MAX)
        ],
    )
    return replace(page, items=await _with_guests(tx, app_id, page.items))


async def change(
    tx: Transaction, app_id: UUID, event_id: UUID, changes: Mapping[str, object]
) -> None:
    """Change what ``changes`` names; an event may move to another calendar of the app.

    An all-day event keeps its days when it moves to where the days are others. What replaces
    occurrences of a series moves with it. The event of a booking shows the booking; it is
    changed by rescheduling, not here. Beside columns there may be ``my_rsvp``; see
    ``_answered``.
    """
    before = await get(tx, app_id, event_id)
    if before.booking_id is not None:
        raise InvalidInput({"id": ["The event belongs to a booking; reschedule the booking."]})
    moved = dict(changes)
    if isinstance(calendar_id := changes.get("calendar_id"), UUID):
        calendar = await calendars.get(tx, app_id, calendar_id)
        moved["resource_id"] = calendar.resource_id
        if calendar.resource_id != before.resource_id or before.repeats:
            moved = {**await _taken_along(tx, app_id, before, calendar), **moved}
    moved = await _answered(tx, app_id, moved, of={**asdict(before), **moved})
    moved = days.settled(moved, home=await _home(tx, app_id, {**asdict(before), **moved}))
    placed = await _placed(tx, app_id, {**asdict(before), **moved})
    await events.update(tx, app_id, event_id, {**moved, **placed})


async def delete(tx: Transaction, app_id: UUID, event_id: UUID) -> None:
    """Delete an event. The time of a booking stays taken when its event is deleted.

    With an event that repeats goes what replaces its occurrences; with such a replacement
    goes the occurrence, which its series then leaves out.
    """
    event = await get(tx, app_id, event_id)
    if event.series_id is not None and event.recurrence_id is not None:
        await events.leave_out(tx, app_id, event.series_id, event.recurrence_id)
    if not await events.delete(tx, app_id, event_id):
        raise NotFound("Event")


async def _with_guests(tx: Transaction, app_id: UUID, found: Sequence[Event]) -> list[Event]:
    """Return the events of classes with those who have seats among their participants.

    They are not written there: everybody who booked a seat would wait for that one row.
    """
    of_bookings = [event.booking_id for event in found if event.booking_id is not None]
    guests = await groups.guests_of(tx, app_id, of_bookings) if of_bookings else {}
    return [
        replace(event, participants=[*event.participants, *guests[event.booking_id]])
        if event.booking_id is not None and event.booking_id in guests
        else event
        for event in found
    ]


async def _answered(
    tx: Transaction, app_id: UUID, given: Mapping[str, Any], *, of: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what is given with ``my_rsvp`` turned into the column ``rsvp``.

    The API documentation gives it an effect only where the resource's own e-mail address is
    among the participants; ``of`` is the whole event. A given ``rsvp`` says it outright.
    """
    columns = dict(given)
    answer = columns.pop("my_rsvp", None)
    if answer is None or "rsvp" in columns:
        return columns
    email = (await resources.get(tx, app_id, of["resource_id"])).email
    if email is not None and email.lower() in {each.lower() for each in of.get("participants", ())}:
        columns["rsvp"] = answer
    return columns


async def _taken_along(tx: Transaction, app_id: UUID, event: Event, to: Calendar) -> dict[str, Any]:
    """Move what replaces occurrences of an event, and return the instants it has there.

    Those are others only for an all-day event whose days begin at another time there.
    """
    if event.repeats:
        await events.move_replacing(
            tx, app_id, event.id, calendar_id=to.id, resource_id=to.resource_id
        )
    if not event.all_day or event.resource_id == to.resource_id:
        return {}
    old = await _zone_of(tx, app_id, event.resource_id)
    new = await _zone_of(tx, app_id, to.resource_id)
    if event.repeats:
        await days.keep_replacing(tx, app_id, [event.id], old=old, new=new)
    return days.same_days(event, old=old, new=new)


async def _replaced(tx: Transaction, app_id: UUID, event: Mapping[str, Any]) -> dict[str, datetime]:
    """Return the start of the occurrence that a new event replaces; refuse one there is not."""
    series_id, moment = event.get("series_id"), event.get("recurrence_id")
    if series_id is None and moment is None:
        return {}
    if series_id is None or moment is None:
        missing = "series_id" if series_id is None else "recurrence_id"
        message = f"The {missing.replace('_', ' ')} field is required."
        raise InvalidInput.field(missing, message)
    if repeating.is_repeating(event):
        raise InvalidInput.field("rrule", "What replaces one occurrence cannot repeat.")
    series = await events.find_repeating(tx, app_id, series_id)
    if series is None or series.resource_id != event["resource_id"]:
        message = "The series id must be an event that repeats, of the same resource."
        raise InvalidInput.field("series_id", message)
    every = busy.series_of(series, complete=True)
    asked = {"moment": moment}
    moment = days.settled(asked, home=every.zone if series.all_day else None)["moment"]
    start = repeating.named_start(moment, all_day=series.all_day, zone=every.zone)
    if not has_start(every, start) or await events.replacing(
        tx, app_id, series_id, to_datetime(start)
    ):
        message = "The recurrence id must be the start of an occurrence not yet replaced."
        raise InvalidInput.field("recurrence_id", message)
    return {"recurrence_id": to_datetime(start)}


async def _placed(tx: Transaction, app_id: UUID, event: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns that follow from the others: when it is, and whether it repeats."""
    if event.get("series_id") is not None and repeating.is_repeating(event):
        raise InvalidInput.field("rrule", "What replaces one occurrence cannot repeat.")
    repeats = repeating.is_repeating(event)
    if not event.get("all_day") and not repeats:
        return {**_span(event, None), **repeating.columns_of_single()}
    home = await _zone_of(tx, app_id, event["resource_id"])
    span = _span(event, home)
    if not repeats:
        return {**span, **repeating.columns_of_single()}
    named = None if event.get("all_day") else event.get("timezone")
    zone = find_zone(named) if named else home
    return repeating.columns_of_series({**event, **span}, zone=zone)


def _span(event: Mapping[str, Any], home: Zone | None) -> dict[str, datetime]:
    """Return the start and end that are stored for an event, or refuse an empty one.

    An all-day event covers whole days of ``home``.
    """
    start, end = event["start_at"], event["end_at"]
    if event.get("all_day"):
        assert home is not None, event
        first = home.day_of(minute_floor(start))
        last = max(home.day_of(minute_ceil(end) - 1), first)
        start, end = to_datetime(home.day_start(first)), to_datetime(home.day_start(last + 1))
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    return {"start_at": start, "end_at": end}


async def _home(tx: Transaction, app_id: UUID, event: Mapping[str, Any]) -> Zone | None:
    """Return the zone whose days an all-day event covers; None for an event with a clock."""
    return await _zone_of(tx, app_id, event["resource_id"]) if event.get("all_day") else None


async def _zone_of(tx: Transaction, app_id: UUID, resource_id: UUID) -> Zone:
    return find_zone((await resources.get(tx, app_id, resource_id)).timezone)


def _named(event: RepeatingEvent, window: Interval) -> Iterator[tuple[int, int, UUID]]:
    """Yield the occurrences of an event in a window, each with the id of the event."""
    for start, end in occurrences(busy.series_of(event), window):
        yield start, end, event.id
