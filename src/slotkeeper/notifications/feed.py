"""Feeds as calendar programs read them: one iCalendar file with everything (RFC 5545)."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from slotkeeper.domain.feed import Content, Entry
from slotkeeper.domain.zones import DAY, EPOCH_DAY, Zone, minute_ceil, minute_floor, to_datetime
from slotkeeper.notifications import ical
from slotkeeper.notifications.timezones import timezone

CONTENT_TYPE = "text/calendar; charset=utf-8"

REFRESH = "PT15M"
"""How often programs should ask for a feed anew: every quarter of an hour."""


def feed(content: Content) -> bytes:
    """Return a feed as a file; the same content gives the same bytes."""
    organizer = f"ORGANIZER;CN={ical.parameter(content.name) or 'Slotkeeper'}:{ical.NO_ADDRESS}"
    entries = [
        line
        for entry in content.entries
        for line in (*_event(entry, is_private=content.is_private), organizer, "END:VEVENT")
    ]
    name = ical.text(content.name)
    return ical.document(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            f"PRODID:{ical.PRODUCT}",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"NAME:{name}",
            f"X-WR-CALNAME:{name}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
            f"X-PUBLISHED-TTL:{REFRESH}",
            *_zones(content.entries),
            *entries,
            "END:VCALENDAR",
        ]
    )


def _zones(entries: Sequence[Entry]) -> Iterator[str]:
    """Yield a description of each zone that an entry names, from its first start on."""
    first: dict[str, tuple[Zone, datetime]] = {}
    for entry in entries:
        for zone, start in _zones_named(entry):
            known = first.get(zone.name)
            first[zone.name] = (zone, min(start, known[1]) if known else start)
    for zone, start in first.values():
        yield from timezone(zone, start, None)


def _zones_named(entry: Entry) -> Iterator[tuple[Zone, datetime]]:
    """Yield each zone by whose clock an entry is told, and what it tells first."""
    zone, replaced = _clock(entry), entry.replaces
    if zone is not None:
        yield zone, min(entry.start_at, *entry.more, *entry.without, entry.end_at)
    if replaced and not replaced.all_day and not ical.is_utc(replaced.zone):
        yield replaced.zone, replaced.start_at


def _clock(entry: Entry) -> Zone | None:
    """Return the zone in which the times of an entry are told, None for days and for UTC.

    What takes place once is told in UTC: it is as exact, and needs no description.
    """
    once = not entry.repeats and entry.replaces is None
    if entry.zone is None or entry.all_day or once or ical.is_utc(entry.zone):
        return None
    return entry.zone


def _event(entry: Entry, *, is_private: bool) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{entry.uid}"
    yield f"DTSTAMP:{ical.utc(entry.changed_at)}"
    yield _start("DTSTART", entry.start_at, entry)
    yield _end(entry)
    yield from _repeating(entry)
    if entry.sequence:
        yield f"SEQUENCE:{entry.sequence}"
    yield f"STATUS:{'TENTATIVE' if entry.is_tentative else 'CONFIRMED'}"
    yield f"SUMMARY:{ical.text(entry.what)}"
    if entry.where:
        yield f"LOCATION:{ical.text(entry.where)}"
    if entry.description:
        yield f"DESCRIPTION:{ical.text(entry.description)}"
    if is_private:
        yield "CLASS:PRIVATE"
    yield f"TRANSP:{'OPAQUE' if entry.is_busy else 'TRANSPARENT'}"


def _repeating(entry: Entry) -> Iterator[str]:
    if entry.rule is not None:
        yield f"RRULE:{entry.rule}"
    for each in entry.more:
        yield _start("RDATE", each, entry)
    for each in entry.without:
        yield _start("EXDATE", each, entry)
    replaced = entry.replaces
    if replaced is not None:
        form = ical.day if replaced.all_day else ical.moment
        yield form("RECURRENCE-ID", replaced.start_at, replaced.zone)


def _start(name: str, moment: datetime, entry: Entry) -> str:
    """Return an instant at which an entry starts, in the one form that all of them have."""
    if entry.all_day and entry.zone is not None:
        return ical.day(name, moment, entry.zone)
    zone = _clock(entry)
    return ical.moment(name, moment, zone) if zone else f"{name}:{ical.utc(moment)}"


def _end(entry: Entry) -> str:
    if not entry.all_day or entry.zone is None:
        return _start("DTEND", entry.end_at, entry)
    last = entry.zone.day_of(minute_ceil(entry.end_at) - 1)
    first = entry.zone.day_of(minute_floor(entry.start_at))
    after = to_datetime((max(last, first) + 1 - EPOCH_DAY) * DAY)
    return f"DTEND;VALUE=DATE:{after:%Y%m%d}"
