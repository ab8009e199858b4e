"""Calendar files as other programs read them, and what the RFCs want of every one."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
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


Span = tuple[datetime, datetime, str]


def occurrences(calendar: Read, start: datetime, end: datetime) -> list[Span]:
    """Return when everything in a calendar takes place within [start, end), and its title.

    In order of time, in UTC. Made of the file alone, as a program that subscribes does it;
    days begin at midnight in UTC.
    """
    events = calendar.walk("VEVENT")
    replaced = {(str(each["uid"]), _instant(each["recurrence-id"].dt)) for each in events
                if "recurrence-id" in each}  # fmt: skip
    found: list[Span] = []
    for event in events:
        first, length = event["dtstart"].dt, event["dtend"].dt - event["dtstart"].dt
        without = {_instant(each) for each in _dates(event, "exdate")}
        for each in {first, *_by_rule(event, first, end), *_dates(event, "rdate")}:
            moment = _instant(each)
            is_replaced = "recurrence-id" not in event and (str(event["uid"]), moment) in replaced
            if moment not in without and not is_replaced:
                found.append((moment, moment + length, str(event["summary"])))
    return sorted(each for each in found if each[0] < end and each[1] > start)


def _by_rule(event: Read, first: Any, end: datetime) -> Iterator[Any]:
    """Yield the starts by rule, on the clock of the first."""
    if "rrule" not in event:
        return
    is_day = not isinstance(first, datetime)
    wall = datetime(first.year, first.month, first.day) if is_day else first.replace(tzinfo=None)  # noqa: DTZ001
    text = event["rrule"].to_ical().decode()
    if "UNTIL=" in text and not is_day:  # told in UTC; the rule is worked out on the clock
        until = event["rrule"]["UNTIL"][0].astimezone(first.tzinfo)
        text = ";".join(each for each in text.split(";") if not each.startswith("UNTIL"))
        text += f";UNTIL={until:%Y%m%dT%H%M%S}"
    last = end.replace(tzinfo=None) + timedelta(days=2)
    for each in rrulestr(text, dtstart=wall).between(wall, last, inc=True):
        yield each.date() if is_day else each.replace(tzinfo=first.tzinfo)


def _dates(event: Read, name: str) -> Iterator[Any]:
    given = event.get(name, [])
    for each in given if isinstance(given, list) else [given]:
        for date in each.dts:
            yield date.dt


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return datetime(value.year, value.month, value.day, tzinfo=UTC)
