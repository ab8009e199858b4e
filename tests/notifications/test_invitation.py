"""Invitations, read back by another program's parser and held against RFC 5545 and RFC 5546."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import INSTANT, State
from slotkeeper.domain.meeting import Attendee, Meeting, MeetingStatus
from slotkeeper.domain.zones import find_zone
from slotkeeper.notifications.invitation import Method, add_links, invitation
from tests.notifications.reading import Read, offset_at, read
from tests.support.zones import ZONES

START = datetime(2030, 5, 7, 16, tzinfo=UTC)
MEETING = Meeting(
    uid="3f9d6a52-0c7e-4b1d-8e35-7a1b9c4d2f66",
    sequence=0,
    stamped_at=datetime(2030, 5, 6, 8, 0, 30, 250, tzinfo=UTC),
    start_at=START,
    end_at=START + timedelta(hours=1),
    zone=find_zone("America/Los_Angeles"),
    what="Consultation",
    where="Courthouse Square, Hill Valley",
    description="Bring:\nthe plans; the \\key",
    status=MeetingStatus.CONFIRMED,
    organizer=Attendee(name="Doc Brown", email="doc@example.com"),
    attendees=[Attendee(name="Marty McFly", email="marty@example.com")],
    url="https://book.example.com/clock/booked/3f9d6a52",
)


def event_of(content: bytes) -> Read:
    [event] = read(content).walk("VEVENT")
    return event


def test_an_invitation_says_everything_about_the_meeting() -> None:
    calendar = read(invitation(MEETING, "REQUEST"))
    assert calendar["method"] == "REQUEST"
    [event] = calendar.walk("VEVENT")
    assert event["uid"] == MEETING.uid
    assert event["dtstamp"].dt == MEETING.stamped_at.replace(microsecond=0)
    assert event["dtstart"].params["TZID"] == "America/Los_Angeles"
    assert event["dtstart"].dt.replace(tzinfo=None) == datetime(2030, 5, 7, 9)  # noqa: DTZ001
    assert event["dtend"].dt == MEETING.end_at
    assert (event["summary"], event["location"]) == (MEETING.what, MEETING.where)
    assert event["description"] == MEETING.description
    assert (event["status"], event["sequence"]) == ("CONFIRMED", 0)
    assert event["url"] == MEETING.url
    assert event["organizer"] == "mailto:doc@example.com"
    assert event["organizer"].params["CN"] == "Doc Brown"
    assert event["attendee"] == "mailto:marty@example.com"
    said = {name: str(value) for name, value in event["attendee"].params.items()}
    assert said == {
        "CN": "Marty McFly",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }


@pytest.mark.parametrize("method", ["REQUEST", "CANCEL", "PUBLISH"])
def test_each_method_has_what_its_table_in_rfc_5546_wants(method: Method) -> None:
    """RFC 5546, 3.2.1, 3.2.2 and 3.2.5."""
    for status in MeetingStatus:
        calendar = read(invitation(replace(MEETING, status=status, sequence=3), method))
        [event] = calendar.walk("VEVENT")
        assert calendar["method"] == method
        assert event["sequence"] == 3  # must be there when it is not 0
        assert not isinstance(event["organizer"], list)
        assert ("attendee" in event) == (method != "PUBLISH")
        allowed = {"CANCEL": {"CANCELLED"}}.get(method, {str(each) for each in MeetingStatus})
        assert event["status"] in allowed
        assert not {"rrule", "exdate", "valarm", "request-status"} & {key.lower() for key in event}


def test_a_request_that_asks_nobody_is_none() -> None:
    with pytest.raises(AssertionError):
        invitation(replace(MEETING, attendees=[]), "REQUEST")


def test_what_everybody_may_have_tells_no_address() -> None:
    content = invitation(MEETING, "PUBLISH")
    assert b"example.com" not in content.replace(b"https://book.example.com", b"")
    assert event_of(content)["organizer"].params["CN"] == "Doc Brown"


def test_who_has_no_address_holds_the_meeting_all_the_same() -> None:
    nobody = replace(MEETING, organizer=Attendee(name="", email=""))
    event = event_of(invitation(nobody, "REQUEST"))
    assert event["organizer"] == "invalid:nomail"
    assert "CN" not in event["organizer"].params


@pytest.mark.slow
@pytest.mark.parametrize("name", ["America/New_York", "Europe/Dublin", "Australia/Lord_Howe"])
def test_before_after_and_within_each_change_of_clocks(name: str) -> None:
    """In the hour that the clock shows twice, only the first can be told in local time."""
    moment, zone = datetime(2030, 1, 1, tzinfo=UTC), find_zone(name)
    while moment.year == 2030:
        at = replace(MEETING, start_at=moment, end_at=moment + timedelta(minutes=30), zone=zone)
        content = invitation(at, "REQUEST")
        [event] = read(content).walk("VEVENT")
        read_at = [event[each].dt.astimezone(UTC) for each in ("dtstart", "dtend")]
        assert read_at == [at.start_at, at.end_at]
        for described in read(content).walk("VTIMEZONE"):
            assert offset_at(described, moment) == moment.astimezone(zone.info).utcoffset()
        near = moment.astimezone(zone.info)
        later = (moment + timedelta(days=1)).astimezone(zone.info)
        steady = near.utcoffset() == later.utcoffset()
        moment += timedelta(days=1) if steady else timedelta(minutes=30)


def test_the_second_reading_of_a_repeated_hour_is_told_in_utc() -> None:
    one = datetime(2030, 11, 3, 6, 30, tzinfo=UTC)  # 1:30 in New York, for the second time
    zone = find_zone("America/New_York")
    content = invitation(
        replace(MEETING, start_at=one, end_at=one + timedelta(hours=1), zone=zone), "REQUEST"
    )
    assert b"DTSTART:20301103T063000Z" in content
    assert b"DTEND;TZID=America/New_York:20301103T023000" in content
    assert b"DTSTART;TZID=America/New_York:20301103T013000" in invitation(
        replace(MEETING, start_at=one - timedelta(hours=1), end_at=one, zone=zone), "REQUEST"
    )


def test_a_meeting_in_utc_needs_no_zone() -> None:
    for name in ("UTC", "Etc/UTC", "GMT"):
        content = invitation(replace(MEETING, zone=find_zone(name)), "REQUEST")
        assert b"TZID" not in content
        assert event_of(content)["dtstart"].dt == START


TEXTS = st.text(st.characters(codec="utf-8"), max_size=300)
PLAIN = str.maketrans({chr(each): None for each in (*range(32), 127) if each not in (9, 10)})


def as_read(given: str) -> str:
    """Return a text as it can arrive: line breaks are one, and control characters go."""
    return given.replace("\r\n", "\n").replace("\r", "\n").translate(PLAIN)


@given(what=TEXTS, where=TEXTS, description=TEXTS, name=TEXTS, zone=st.sampled_from(ZONES))
def test_whatever_people_write_arrives_as_text_and_as_nothing_else(
    what: str, where: str, description: str, name: str, zone: str
) -> None:
    person = Attendee(name=name, email="marty@example.com")
    odd = replace(
        MEETING,
        what=what,
        where=where,
        description=description,
        organizer=person,
        attendees=[person],
        zone=find_zone(zone),
    )
    content = invitation(odd, "REQUEST")
    event = event_of(content)
    assert event["summary"] == as_read(what)
    assert event.get("location", "") == as_read(where)
    assert event.get("description", "") == as_read(description)
    assert event["dtstart"].dt == START
    assert event["attendee"] == "mailto:marty@example.com"
    assert content.count(b"\r\nBEGIN:VEVENT\r\n") == 1


@given(email=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_no_address_can_begin_another_line_or_parameter(email: str) -> None:
    organizer = Attendee(name="Doc", email=email)
    event = event_of(invitation(replace(MEETING, organizer=organizer), "CANCEL"))
    assert event["organizer"].startswith("mailto:")
    assert set(event["organizer"].params) == {"CN"}


# --- Add to calendar


BOOKING = Booking(
    id=UUID(MEETING.uid),
    graph=INSTANT,
    state=State.CONFIRMED,
    resource_id=None,
    project_id=None,
    calendar_id=None,
    start_at=MEETING.start_at,
    end_at=MEETING.end_at,
    what=MEETING.what,
    location=MEETING.where,
    description=MEETING.description,
    participants=(),
    customer=None,
    settings={},
    meta={},
    rescheduled_from=None,
    created_at=MEETING.stamped_at,
    updated_at=MEETING.stamped_at,
)


def links_to(booking: Booking, *, page: str | None = MEETING.url) -> Mapping[str, str]:
    file = "https://book.example.com/x.ics"
    return add_links(booking, file, zone=MEETING.zone, page=page, details_characters_max=1_500)


def test_links_carry_the_booking_into_other_calendars() -> None:
    links = links_to(BOOKING)
    assert list(links) == ["google", "outlook", "ics"]
    assert links["ics"] == "https://book.example.com/x.ics"
    google, outlook = (urlsplit(links[each]) for each in ("google", "outlook"))
    assert (google.scheme, google.netloc) == ("https", "calendar.google.com")
    details = f"{MEETING.description}\n\n{MEETING.url}"
    assert parse_qs(google.query) == {
        "action": ["TEMPLATE"],
        "text": ["Consultation"],
        "dates": ["20300507T160000Z/20300507T170000Z"],
        "ctz": ["America/Los_Angeles"],
        "details": [details],
        "location": [MEETING.where],
    }
    assert (outlook.scheme, outlook.netloc) == ("https", "outlook.live.com")
    assert parse_qs(outlook.query) == {
        "path": ["/calendar/action/compose"],
        "rru": ["addevent"],
        "subject": ["Consultation"],
        "startdt": ["2030-05-07T16:00:00Z"],
        "enddt": ["2030-05-07T17:00:00Z"],
        "body": [details],
        "location": [MEETING.where],
    }
    assert "+" not in google.query + outlook.query  # Outlook shows it as it is


def test_links_stay_short_enough_to_be_followed() -> None:
    links = links_to(replace(BOOKING, what="x" * 200, description="é" * 20_000))
    assert len(links["google"]) < 12_000
    assert len(parse_qs(urlsplit(links["google"]).query)["details"][0]) < 1_600


def test_links_to_what_has_no_page_lead_to_none() -> None:
    [details] = parse_qs(urlsplit(links_to(BOOKING, page=None)["google"]).query)["details"]
    assert details == MEETING.description
    assert "details" not in links_to(replace(BOOKING, description=""), page=None)["google"]
