"""Calendar files as other programs read them, and what the RFCs want of every one."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from dateutil.rrule import rrulestr  # type: ignore[import-untyped] # the library has no types
from icalendar import Calendar, Component

FOLD_OCTETS = 75

Read = Any
"""A component as the library reads it."""


def read(content: bytes) -> Read:
    """Return the calendar in a file, which must keep the rules that hold for every file."""
    check_lines(content)
    calendar = Calendar.from_ical(content)
    assert not list(errors_of(calendar)), list(errors_of(calendar))
    assert calendar["version"] == "2.0"
    assert calendar["prodid"]
    check_zones(calendar)
    for event in calendar.walk("VEVENT"):
        check_event(event)
    return calendar


def check_lines(content: bytes) -> None:
    """RFC 5545, 3.1: lines end with CRLF, have at most 75 octets, and are whole UTF-8."""
    assert content.endswith(b"\r\n")
    for line in content.removesuffix(b"\r\n").split(b"\r\n"):
        assert 0 < len(line) <= FOLD_OCTETS, line
        assert not any(octet < 32 and octet != 9 for octet in line), line
        line.decode()


def check_zones(calendar: Read) -> None:
    """RFC 5545, 3.6.5: each TZID that is named is described, once, and nothing else is."""
    named = {
        value.params["TZID"]
        for component in calendar.walk()
        for _, given in component.property_items(recursive=False)
        for value in [given]
        if hasattr(value, "params") and "TZID" in value.params
    }
    described = [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")]
    assert sorted(named) == sorted(described)


def check_event(event: Read) -> None:
    """RFC 5545, 3.6.1: what every event has, once; the end comes after the start."""
    for name in ("uid", "dtstamp", "dtstart", "dtend", "summary"):
        assert not isinstance(event[name], list), name
    assert event["dtstamp"].dt.utcoffset() == timedelta()
    assert b"DTSTAMP:" in event.to_ical()
    start, end = event["dtstart"].dt, event["dtend"].dt
    assert type(start) is type(end)
    assert start < end
    if "sequence" in event:
        assert int(event["sequence"]) >= 0


def errors_of(component: Component) -> Iterator[Any]:
    """Yield what the library could not understand."""
    yield from component.errors
    for each in component.subcomponents:
        yield from errors_of(each)


def offset_at(zone: Read, moment: datetime) -> timedelta | None:
    """Return the offset that a VTIMEZONE gives at an instant, read word by word.

    The observance counts whose onset came last (RFC 5545, 3.6.5); an onset is a reading of
    the clock as it was before. None before the first one.
    """
    found: tuple[datetime, timedelta] | None = None
    for each in zone.subcomponents:
        before, after = (timedelta_of(each[name]) for name in ("tzoffsetfrom", "tzoffsetto"))
        first = each["dtstart"].dt.replace(tzinfo=None)
        wall = moment.replace(tzinfo=None) + before
        onset: datetime | None = first if first <= wall else None
        if "rrule" in each:
            onset = rrulestr(each["rrule"].to_ical().decode(), dtstart=first).before(wall, inc=True)
        if onset is not None and (found is None or onset - before > found[0]):
            found = onset - before, after
    return found[1] if found else None


def timedelta_of(value: Any) -> timedelta:
    return value.td if hasattr(value, "td") else timedelta(seconds=value.to_ical())
