"""What a feed shows: the bookings of a resource or project, and the resource's own events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.feed import AHEAD, BACK, Content, Entry, Feed, Replaced, Version
from slotkeeper.domain.graphs import CONFIRM_DECLINE, GROUP_OWNER, State
from slotkeeper.domain.recurrence import rule_for_others
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.storage import feed_content, meetings
from slotkeeper.storage.feed_content import Booked, Events
from slotkeeper.storage.meetings import Identity
from slotkeeper.storage.transaction import Transaction

BUSY = "Busy"
"""What every entry of a feed is called that shows nothing but when time is taken."""

_DAY = timedelta(days=1)


async def version(tx: Transaction, app_id: UUID, feed: Feed) -> Version:
    """Return what tells this state of a feed from every other; nothing of it is read for that.

    The window moves on with the day (in UTC), and the version with it.
    """
    start, end = _window(tx.now)
    found = await feed_content.version(tx, app_id, feed, start=start, end=end)
    return replace(found, text=f"{start:%Y%m%d}.{found.text}")


async def content(tx: Transaction, app_id: UUID, feed: Feed) -> Content:
    """Return what a feed shows now, the entries of bookings first, the latest one first.

    Where it shows only when time is taken, nothing else is in it: no id either, because whoever
    knows that of a booking may see the booking.
    """
    start, end = _window(tx.now)
    name, zone_name = await feed_content.name_of(tx, app_id, feed)
    booked = await feed_content.bookings(tx, app_id, feed, start=start, end=end)
    known = await meetings.identities(tx, app_id, [each.id for each in booked])
    events = await feed_content.events(tx, app_id, feed, start=start, end=end)
    entries = [
        *(_booking(each, known, of_project=feed.project_id is not None) for each in booked),
        *_events(events, feed, find_zone(zone_name)),
    ]
    if feed.is_busy_only:
        entries = [_veiled(each, feed) for each in entries if each.is_busy]
    return Content(name=name, is_private=feed.is_busy_only, entries=entries)


def _window(now: datetime) -> tuple[datetime, datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return today - BACK, today + AHEAD + _DAY


def _booking(shown: Booked, known: Mapping[UUID, Identity], *, of_project: bool) -> Entry:
    uid, sequence = known[shown.id]
    mark = _MARKS.get(shown.state, "")
    is_request = shown.graph == CONFIRM_DECLINE.name and shown.state == State.TENTATIVE
    if shown.graph == GROUP_OWNER.name:
        mark = ""  # a class takes place, however many seats are sold
    elif is_request:
        mark = "Request"
    what = shown.what
    if shown.customer_name and shown.customer_name.casefold() not in what.casefold():
        what = f"{what}, {shown.customer_name}" if what else shown.customer_name
    return Entry(
        uid=str(uid),
        sequence=sequence,
        changed_at=shown.updated_at,
        start_at=shown.start_at,
        end_at=shown.end_at,
        what=f"{mark}: {what}" if mark else what,
        where=shown.location,
        description="\n".join(_told(shown, of_project=of_project)),
        is_tentative=bool(mark),
        is_busy=not is_request,
    )


_MARKS: Mapping[str, str] = {
    State.TENTATIVE: "Awaiting payment",
    State.RESERVED: "Reserved",
}
"""What stands before the title of a booking that is not certain: few programs show its status."""


def _told(shown: Booked, *, of_project: bool) -> Iterator[str]:
    """Yield the lines below the title of a booking: who comes, to whom, and what they wrote."""
    who = (shown.customer_name, shown.customer_email, shown.customer_phone)
    yield from filter(None, who)
    if of_project and shown.served_by:
        yield f"With: {shown.served_by}"
    if shown.description:
        if any(who):
            yield ""
        yield shown.description


def _events(events: Events, feed: Feed, zone: Zone) -> Iterator[Entry]:
    """Yield the entries of events; ``zone`` is that of the days of their resource.

    What replaces an occurrence is shown beside its series, or left out of it where the feed
    does not show it.
    """
    replacing: dict[UUID, list[Event]] = defaultdict(list)
    for each in events.replacing:
        assert each.series_id is not None, "they were asked for by it"
        replacing[each.series_id].append(each)
    beside = {each.id for each in events.replacing}
    for each in events.once:
        if each.id not in beside:
            yield _event(each, zone)
    for series in events.repeating:
        yield from _series(series, replacing[series.id], feed, zone)


def _series(series: Event, replacing: Sequence[Event], feed: Feed, days: Zone) -> Iterator[Entry]:
    zone = days if series.timezone is None else find_zone(series.timezone)
    left_out = list(series.exdate)
    shown = []
    for each in replacing:
        assert each.recurrence_id is not None, "they were asked for by their series"
        if _is_shown(each, feed):
            replaced = Replaced(start_at=each.recurrence_id, zone=zone, all_day=series.all_day)
            entry = _event(each, days if each.all_day else zone)
            shown.append(replace(entry, uid=str(series.id), replaces=replaced))
        else:
            left_out.append(each.recurrence_id)
    rule = series.rrule
    yield replace(
        _event(series, zone),
        rule=rule_for_others(rule, zone=zone, all_day=series.all_day) if rule else None,
        more=series.rdate,
        without=left_out,
    )
    yield from shown


def _is_shown(event: Event, feed: Feed) -> bool:
    is_given = event.busy or not feed.is_busy_only
    return event.resource_id == feed.resource_id and event.rsvp != "declined" and is_given


def _event(event: Event, zone: Zone) -> Entry:
    return Entry(
        uid=str(event.id),
        changed_at=event.updated_at,
        start_at=event.start_at,
        end_at=event.end_at,
        what=event.what,
        where=event.location,
        description=event.description,
        is_tentative=event.rsvp == "tentative",
        is_busy=event.busy,
        all_day=event.all_day,
        zone=zone,
    )


def _veiled(entry: Entry, feed: Feed) -> Entry:
    """Return an entry of which nothing is left but when it takes time.

    Its id is the same at every reading and leads nowhere.
    """
    return replace(
        entry,
        uid=str(uuid5(feed.id, entry.uid)),
        what=BUSY,
        where="",
        description="",
        is_tentative=False,
    )
