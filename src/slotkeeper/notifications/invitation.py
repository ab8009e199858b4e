"""Invitations to one meeting, as a file for calendar programs and as links into them."""

from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import quote, urlencode

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.meeting import Attendee, Meeting, MeetingStatus
from slotkeeper.domain.zones import Zone
from slotkeeper.notifications import ical
from slotkeeper.notifications.timezones import timezone

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
"""What a file asks its reader for: to come, not to come, or nothing (RFC 5546, 1.4)."""

CONTENT_TYPE = "text/calendar; charset=utf-8; method={method}"
"""The type of an invitation; mails say the method in it, too."""

_GOOGLE = "https://calendar.google.com/calendar/render"
_OUTLOOK = "https://outlook.live.com/calendar/0/deeplink/compose"


def invitation(meeting: Meeting, method: Method) -> bytes:
    """Return a meeting as an iCalendar file with one entry (RFC 5545, RFC 5546).

    REQUEST is for whom it names as attendees, one at least; CANCEL says that it does not take
    place, whatever its status; PUBLISH is for a calendar of one's own, and names no addresses.
    """
    assert meeting.attendees or method != "REQUEST", "a request asks somebody"
    zone = meeting.zone
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{ical.PRODUCT}",
        "CALSCALE:GREGORIAN",
        f"METHOD:{method}",
    ]
    event = list(_event(meeting, method))
    if any(";TZID=" in line for line in event[:5]):
        lines += timezone(zone, meeting.start_at, meeting.end_at)
    return ical.document([*lines, *event, "END:VCALENDAR"])


def add_links(
    booking: Booking, file: str, *, zone: Zone, page: str | None, details_characters_max: int
) -> Mapping[str, str]:
    """Return the addresses that put a booking into a calendar: ``google``, ``outlook``, ``ics``.

    ``file`` is where its calendar file is; the other two carry what they say: the description
    up to ``details_characters_max``, and the address of its ``page`` if there is one.
    """
    details = booking.description[:details_characters_max]
    if page:
        details = f"{details}\n\n{page}".strip()
    google = {
        "action": "TEMPLATE",
        "text": booking.what,
        "dates": f"{ical.utc(booking.start_at)}/{ical.utc(booking.end_at)}",
        "ctz": zone.name,
        "details": details,
        "location": booking.location,
    }
    outlook = {
        "path": "/calendar/action/compose",
        "rru": "addevent",
        "subject": booking.what,
        "startdt": f"{booking.start_at:%Y-%m-%dT%H:%M:%SZ}",
        "enddt": f"{booking.end_at:%Y-%m-%dT%H:%M:%SZ}",
        "body": details,
        "location": booking.location,
    }
    return {
        "google": _address(_GOOGLE, google),
        "outlook": _address(_OUTLOOK, outlook),
        "ics": file,
    }


def _event(meeting: Meeting, method: Method) -> Iterator[str]:
    status = MeetingStatus.CANCELLED if method == "CANCEL" else meeting.status
    yield "BEGIN:VEVENT"
    yield f"UID:{ical.text(meeting.uid)}"
    yield f"DTSTAMP:{ical.utc(meeting.stamped_at)}"
    yield ical.moment("DTSTART", meeting.start_at, meeting.zone)
    yield ical.moment("DTEND", meeting.end_at, meeting.zone)
    yield f"SEQUENCE:{meeting.sequence}"
    yield f"STATUS:{status}"
    yield f"SUMMARY:{ical.text(meeting.what)}"
    if meeting.where:
        yield f"LOCATION:{ical.text(meeting.where)}"
    if meeting.description:
        yield f"DESCRIPTION:{ical.text(meeting.description)}"
    if meeting.url:
        yield f"URL:{ical.uri(meeting.url)}"
    yield from _people(meeting, method)
    yield f"TRANSP:{'TRANSPARENT' if status is MeetingStatus.CANCELLED else 'OPAQUE'}"
    yield "END:VEVENT"


def _people(meeting: Meeting, method: Method) -> Iterator[str]:
    """Yield who holds the meeting and who comes; they chose the time, so they have accepted."""
    organizer = meeting.organizer
    if method == "PUBLISH":  # whoever may have the file need not know whom to write to
        yield f"ORGANIZER{_named(organizer)}:{ical.NO_ADDRESS}"
        return
    yield f"ORGANIZER{_named(organizer)}:{ical.address(organizer.email)}"
    for each in meeting.attendees:
        role = ";CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;RSVP=FALSE"
        yield f"ATTENDEE{_named(each)}{role}:{ical.address(each.email)}"


def _named(person: Attendee) -> str:
    name = ical.parameter(person.name)
    return f";CN={name}" if name else ""


def _address(base: str, query: Mapping[str, str]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{base}?{urlencode(said, quote_via=quote)}"
