"""What feeds show, read back from the file as a calendar program reads it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.feed import AHEAD, BACK, Details, Feed
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.resource import Resource
from slotkeeper.notifications.feed import feed
from slotkeeper.services import events, feed_content, feeds
from slotkeeper.services.vault import Vault
from tests.notifications.reading import Read, Span, occurrences, read
from tests.services.shop import MARTY, Shop, at

VAULT = Vault("for tests")
YEAR = at(0, day=1), datetime(2031, 5, 1, tzinfo=UTC)


async def made(shop: Shop, of: Resource | UUID, details: Details = Details.FULL) -> Feed:
    """Make a feed of a resource, or of the project with this id."""
    resource_id, project_id = (of.id, None) if isinstance(of, Resource) else (None, of)
    return await feeds.create(
        shop.tx, VAULT, shop.app_id, resource_id=resource_id, project_id=project_id, details=details
    )


async def shown(shop: Shop, of: Resource | UUID, details: Details = Details.FULL) -> Read:
    """Return the calendar that a new feed is."""
    return read(await written(shop, await made(shop, of, details)))


async def written(shop: Shop, of: Feed) -> bytes:
    return feed(await feed_content.content(shop.tx, shop.app_id, of))


def titles(calendar: Read) -> list[str]:
    return sorted(str(each["summary"]) for each in calendar.walk("VEVENT"))


async def listed(shop: Shop, resource: Resource) -> list[Span]:
    """Return what the API lists as the events of a resource, to hold a feed against."""
    asked = Listing(limit=1000, terms=[("resource.id", str(resource.id))])
    page = await events.list_events(shop.tx, shop.app_id, asked, start=YEAR[0], end=YEAR[1])
    return sorted((each.start_at, each.end_at, each.what) for each in page.items)


# --- Bookings


async def test_a_feed_tells_who_comes_when_and_for_what(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(
        doc.id, at(9), at(10), what="Repair", where="Hill Valley", description="Bring the key"
    )
    [event] = (await shown(shop, doc)).walk("VEVENT")
    assert (event["uid"], event["status"]) == (str(booking.id), "CONFIRMED")
    assert (event["dtstart"].dt, event["dtend"].dt) == (at(9), at(10))
    assert (event["summary"], event["location"]) == ("Repair, Marty McFly", "Hill Valley")
    assert event["description"] == "Marty McFly\nmarty@example.com\n\nBring the key"
    assert event["dtstamp"].dt == shop.tx.now
    assert (event["transp"], "class" in event) == ("OPAQUE", False)
    assert "attendee" not in event


async def test_a_name_is_not_said_twice(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10), what="Marty McFly x Doc")
    assert titles(await shown(shop, doc)) == ["Marty McFly x Doc"]


async def test_what_is_not_certain_is_marked(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10), graph="confirm_decline")
    await shop.book(doc.id, at(10), at(11), graph="instant_payment")
    lesson = {"graph": "group_owner", "customer": None, "settings": {"max_seats": 2}}
    await shop.book(doc.id, at(12), at(13), **lesson)
    calendar = await shown(shop, doc)
    found = {
        str(each["summary"]): (str(each["status"]), str(each["transp"]))
        for each in calendar.walk("VEVENT")
    }
    assert found == {
        "Request: Consultation, Marty McFly": ("TENTATIVE", "TRANSPARENT"),
        "Awaiting payment: Consultation, Marty McFly": ("TENTATIVE", "OPAQUE"),
        "Consultation": ("CONFIRMED", "OPAQUE"),
    }
    busy = await shown(shop, doc, Details.BUSY)
    assert occurrences(busy, *YEAR) == [(at(10), at(11), "Busy"), (at(12), at(13), "Busy")]


async def test_a_booking_is_shown_as_long_as_it_stands(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    stands: dict[str, list[str]] = {
        "instant": ["complete"],
        "confirm_decline": ["confirm", "complete"],
        "instant_payment": ["pay", "complete"],
    }
    ends: dict[str, list[str]] = {
        "instant": ["cancel"],
        "confirm_decline": ["decline"],
        "instant_payment": ["pay", "cancel"],
    }
    hour = 0
    for graph, lasting in stands.items():
        for actions, last in ((lasting, 1), (ends[graph], 0)):
            hour += 1
            booking = await shop.book(
                doc.id, at(hour), at(hour + 1), graph=graph, project_id=project.id, what="x"
            )
            for action in actions:
                for of in (doc, project.id):
                    assert booking_is_in(await shown(shop, of), booking)
                booking = await shop.act(booking, action)
            for of in (doc, project.id):
                assert booking_is_in(await shown(shop, of), booking) == bool(last), (graph, of)


def booking_is_in(calendar: Read, booking: Booking) -> bool:
    return str(booking.id) in {str(each["uid"]) for each in calendar.walk("VEVENT")}


async def test_a_booking_that_moved_is_the_same_entry_elsewhere(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    moved = await shop.move(booking, at(14), at(15))
    [event] = (await shown(shop, doc)).walk("VEVENT")
    assert (event["uid"], event["dtstart"].dt) == (str(booking.id), at(14))
    assert event["sequence"] > 0
    await shop.move(moved, at(14), at(15), resource_id=marty.id)
    assert titles(await shown(shop, doc)) == []
    [event] = (await shown(shop, marty)).walk("VEVENT")
    assert event["uid"] == str(booking.id)


async def test_every_resource_of_a_booking_has_it_in_its_feed(shop: Shop) -> None:
    doc, room = await shop.resource(), await shop.resource()
    for graph in ("instant", "confirm_decline"):
        order = {"graph": graph, "further_resource_ids": [room.id]}
        booking = await shop.book(doc.id, at(9), at(10), **order)
        for each in (doc, room):
            assert booking_is_in(await shown(shop, each), booking)
        await shop.act(booking, "cancel" if graph == "instant" else "decline")


async def test_a_feed_of_a_project_says_who_serves(shop: Shop) -> None:
    doc, marty = await shop.resource(name="Doc"), await shop.resource(name="Jennifer")
    project = await shop.project(doc.id, marty.id)
    for each in (doc, marty):
        await shop.book(each.id, at(9), at(10), project_id=project.id)
        await shop.book(each.id, at(11), at(12))
    calendar = await shown(shop, project.id)
    assert calendar["x-wr-calname"] == "Consultation"
    served = {str(each["description"]).splitlines()[-1] for each in calendar.walk("VEVENT")}
    assert served == {"With: Doc", "With: Jennifer"}
    assert [each[0] for each in occurrences(calendar, *YEAR)] == [at(9), at(9)]


async def test_what_is_of_others_is_in_no_feed(shop: Shop, other_shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    theirs = await other_shop.resource()
    await shop.book(marty.id, at(9), at(10))
    await other_shop.book(theirs.id, at(9), at(10))
    await shop.event(marty.id, at(11), at(12))
    assert titles(await shown(shop, doc)) == []


async def test_a_feed_reaches_from_ninety_days_back_to_two_years_ahead(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    today = shop.tx.now.replace(hour=0)
    hour = timedelta(hours=1)
    first, last = today - BACK, today + AHEAD + timedelta(days=1)
    for start in (first - hour, first, last - hour, last):
        for more in ({}, {"graph": "confirm_decline"}):
            double = {"settings": {"allow_double_bookings": True}}
            order = {"graph": "instant", "what": "x", "project_id": project.id, **double, **more}
            await shop.book(doc.id, start, start + hour, **order)
        await shop.event(doc.id, start, start + hour)
    for of, times in ((doc, 3), (project.id, 2)):
        found = {each["dtstart"].dt for each in (await shown(shop, of)).walk("VEVENT")}
        assert found == {first, last - hour}
        assert len(titles(await shown(shop, of))) == 2 * times


# --- Busy


async def test_a_busy_feed_tells_nothing_but_when_time_is_taken(shop: Shop) -> None:
    doc = await shop.resource(email="doc@example.com")
    booking = await shop.book(
        doc.id, at(9), at(10), what="Secret", where="Hill Valley", description="Plutonium"
    )
    event = await shop.event(doc.id, at(11), at(12), what="Therapy", location="Clinic")
    await shop.event(doc.id, at(13), at(14), busy=False)
    of = await made(shop, doc, Details.BUSY)
    content = await written(shop, of)
    calendar = read(content)
    assert occurrences(calendar, *YEAR) == [(at(9), at(10), "Busy"), (at(11), at(12), "Busy")]
    for each in calendar.walk("VEVENT"):
        assert each["class"] == "PRIVATE"
        assert not {"LOCATION", "DESCRIPTION", "ATTENDEE", "URL"} & set(each)
    secret = [MARTY.name, MARTY.email, "Secret", "Hill", "Plutonium", "Therapy", "Clinic"]
    for text in (*secret, "doc@example.com", str(booking.id), str(event.id)):
        assert text.encode() not in content
    assert await written(shop, of) == content, "ids stay the same"
    other = await written(shop, await made(shop, doc, Details.BUSY))
    uids = [{str(each["uid"]) for each in read(each).walk("VEVENT")} for each in (content, other)]
    assert not uids[0] & uids[1], "two readers cannot compare what they have"


# --- Events


async def test_events_of_the_owner_are_shown_as_they_are(shop: Shop) -> None:
    doc = await shop.resource(timezone="America/Los_Angeles")
    await shop.event(doc.id, at(9), at(10), what="a", location="there", description="b, c")
    await shop.event(doc.id, at(11), at(12), what="maybe", rsvp="tentative")
    await shop.event(doc.id, at(13), at(14), what="free", busy=False)
    await shop.event(doc.id, at(15), at(16), what="no", rsvp="declined")
    calendar = await shown(shop, doc)
    found = {str(each["summary"]): each for each in calendar.walk("VEVENT")}
    assert set(found) == {"a", "maybe", "free"}
    assert (found["a"]["location"], found["a"]["description"]) == ("there", "b, c")
    assert (found["maybe"]["status"], found["free"]["transp"]) == ("TENTATIVE", "TRANSPARENT")


@pytest.mark.parametrize("zone", ["America/Los_Angeles", "Asia/Tokyo", "UTC", "Africa/Cairo"])
async def test_days_are_days_wherever_they_are(shop: Shop, zone: str) -> None:
    """In Cairo a day of April begins at one o'clock."""
    doc = await shop.resource(timezone=zone)
    start = datetime(2030, 4, 26, 12, tzinfo=UTC)
    await shop.event(doc.id, start, start + timedelta(days=1), all_day=True)
    [event] = (await shown(shop, doc)).walk("VEVENT")
    first, after = event["dtstart"].dt, event["dtend"].dt
    assert not isinstance(first, datetime)
    assert (first.isoformat(), after.isoformat()) in {
        ("2030-04-26", "2030-04-27"),
        ("2030-04-26", "2030-04-28"),
    }
    assert "VTIMEZONE" not in {each.name for each in (await shown(shop, doc)).walk()}


RULES = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;BYDAY=MO,TU,TH",
    "FREQ=WEEKLY;COUNT=10",
    "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=DAILY;UNTIL=20300701",
    "FREQ=DAILY;UNTIL=20301027T090000",
    "FREQ=DAILY;UNTIL=20300601T070000Z",
    "FREQ=YEARLY;BYMONTH=5,11;BYMONTHDAY=7,8",
]


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Africa/Casablanca", "UTC"])
async def test_what_repeats_is_read_as_we_mean_it(shop: Shop, zone: str, rule: str) -> None:
    """Over both changes of clocks, with starts added and taken out, moved and called off."""
    doc = await shop.resource(timezone="Asia/Tokyo")
    series = await shop.event(
        doc.id,
        at(7),
        at(8),
        what="series",
        rrule=rule,
        timezone=zone,
        rdate=[at(15, day=20)],
    )
    starts = [each[0] for each in await listed(shop, doc)]
    for number, what in ((1, "moved"), (2, "declined"), (3, None)):
        if number >= len(starts):
            break
        start = starts[number]
        if what is None:
            exdate = {"exdate": [start]}
            await events.change(shop.tx, shop.app_id, series.id, exdate)
            continue
        await shop.event(
            doc.id,
            start + timedelta(hours=3),
            start + timedelta(hours=5),
            what=what,
            rsvp="declined" if what == "declined" else "accepted",
            series_id=series.id,
            recurrence_id=start,
        )
    expected = [each for each in await listed(shop, doc) if each[2] != "declined"]
    calendar = await shown(shop, doc)
    assert occurrences(calendar, *YEAR) == expected
    assert {str(each["uid"]) for each in calendar.walk("VEVENT")} == {str(series.id)}
    veiled = await shown(shop, doc, Details.BUSY)
    assert [each[:2] for each in occurrences(veiled, *YEAR)] == [each[:2] for each in expected]


async def test_days_repeat_as_days(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    days = at(0, day=6) - timedelta(hours=2), at(22, day=6)
    series = await shop.event(
        doc.id, *days, all_day=True, rrule="FREQ=WEEKLY;UNTIL=20300603", what="home"
    )
    await events.change(shop.tx, shop.app_id, series.id, {"exdate": [at(12, day=13)]})
    await shop.event(
        doc.id,
        at(9, day=21),
        at(10, day=21),
        what="office",
        series_id=series.id,
        recurrence_id=at(0, day=20) - timedelta(hours=2),
    )
    calendar = await shown(shop, doc)
    found = [(each[0].isoformat()[5:16], each[2]) for each in occurrences(calendar, *YEAR)]
    assert found == [
        ("05-06T00:00", "home"),
        ("05-21T09:00", "office"),
        ("05-27T00:00", "home"),
        ("06-03T00:00", "home"),
    ]


async def test_what_replaces_an_occurrence_elsewhere_stands_for_itself_there(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    series = await shop.event(doc.id, at(9), at(10), what="series", rrule="FREQ=DAILY;COUNT=3")
    instead = await shop.event(
        doc.id,
        at(12, day=8),
        at(13, day=8),
        what="moved",
        series_id=series.id,
        recurrence_id=at(9, day=8),
    )
    there = {"calendar_id": await shop.calendar_of(marty.id)}
    await events.change(shop.tx, shop.app_id, instead.id, there)
    assert titles(await shown(shop, doc)) == ["series"]
    starts = [each[0] for each in occurrences(await shown(shop, doc), *YEAR)]
    assert starts == [at(9), at(9, day=9)]
    [event] = (await shown(shop, marty)).walk("VEVENT")
    assert (event["uid"], "recurrence-id" in event) == (str(instead.id), False)


async def test_the_same_content_is_the_same_bytes(shop: Shop) -> None:
    doc = await shop.resource()
    for hour in range(5):
        await shop.book(doc.id, at(hour), at(hour + 1))
        await shop.event(doc.id, at(hour), at(hour + 1), rrule="FREQ=DAILY", timezone="Asia/Tokyo")
    of = await made(shop, doc)
    assert await written(shop, of) == await written(shop, of)
