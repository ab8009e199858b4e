"""Events that an owner makes: hours, whole days, and those that belong to bookings."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.listing import Listing
from slotkeeper.services import bookings, events
from tests.services.shop import Shop, at


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "start", "end", "first", "last"),
    [
        # An ordinary day, and what only touches the next one.
        ("UTC", "2030-05-07T09:00Z", "2030-05-07T10:00Z", "2030-05-07T00:00Z", "2030-05-08T00:00Z"),
        ("UTC", "2030-05-07T00:00Z", "2030-05-08T00:00Z", "2030-05-07T00:00Z", "2030-05-08T00:00Z"),
        ("UTC", "2030-05-07T23:59Z", "2030-05-08T00:01Z", "2030-05-07T00:00Z", "2030-05-09T00:00Z"),
        # No length at all still means the day.
        ("UTC", "2030-05-07T00:00Z", "2030-05-07T00:00Z", "2030-05-07T00:00Z", "2030-05-08T00:00Z"),
        # Days are those of the resource.
        ("America/Los_Angeles", "2030-05-07T03:00Z", "2030-05-07T04:00Z",
         "2030-05-06T07:00Z", "2030-05-07T07:00Z"),
        # Paris on 2030-03-31 has 23 hours, on 2030-10-27 it has 25.
        ("Europe/Paris", "2030-03-31T10:00Z", "2030-03-31T11:00Z",
         "2030-03-30T23:00Z", "2030-03-31T22:00Z"),
        ("Europe/Paris", "2030-10-27T10:00Z", "2030-10-27T11:00Z",
         "2030-10-26T22:00Z", "2030-10-27T23:00Z"),
        ("Europe/Paris", "2030-10-26T10:00Z", "2030-10-27T11:00Z",
         "2030-10-25T22:00Z", "2030-10-27T23:00Z"),
        # Half an hour, and a midnight that never was (Beirut, 2030-03-31).
        ("Asia/Kathmandu", "2030-05-07T10:00Z", "2030-05-07T11:00Z",
         "2030-05-06T18:15Z", "2030-05-07T18:15Z"),
        ("Asia/Beirut", "2030-03-31T10:00Z", "2030-03-31T11:00Z",
         "2030-03-30T22:00Z", "2030-03-31T21:00Z"),
    ],
)  # fmt: skip
async def test_an_all_day_event_covers_whole_days_of_its_resource(
    shop: Shop, zone: str, start: str, end: str, first: str, last: str
) -> None:
    doc = await shop.resource(timezone=zone)

    event = await shop.event(doc.id, utc(start), utc(end), all_day=True)

    assert (event.start_at, event.end_at) == (utc(first), utc(last))


@pytest.mark.parametrize("end", [at(9), at(8)])
async def test_an_event_ends_after_it_starts(shop: Shop, end: datetime) -> None:
    doc = await shop.resource()
    with pytest.raises(InvalidInput) as refusal:
        await shop.event(doc.id, at(9), end)
    assert refusal.value.errors.keys() == {"end"}
    event = await shop.event(doc.id, at(9), at(10))

    with pytest.raises(InvalidInput):
        await events.change(shop.tx, shop.app_id, event.id, {"end_at": end})


async def test_only_what_was_named_changes(shop: Shop) -> None:
    doc = await shop.resource()
    before = await shop.event(doc.id, at(9), at(10), participants=["a@example.com"])

    await events.change(shop.tx, shop.app_id, before.id, {"end_at": at(11), "what": "Nap"})

    after = await events.get(shop.tx, shop.app_id, before.id)
    assert (after.start_at, after.end_at, after.what) == (at(9), at(11), "Nap")
    assert (after.participants, after.rsvp) == (["a@example.com"], "accepted")


async def test_an_event_that_becomes_all_day_is_stretched_and_stays_so(shop: Shop) -> None:
    doc = await shop.resource()
    event = await shop.event(doc.id, at(9), at(10))

    for changes in ({"all_day": True}, {"what": "Holiday"}, {}):
        await events.change(shop.tx, shop.app_id, event.id, changes)
        after = await events.get(shop.tx, shop.app_id, event.id)
        assert (after.start_at, after.end_at) == (at(0), at(0, day=8))


async def test_an_event_that_moves_to_another_calendar_takes_the_time_of_its_owner(
    shop: Shop,
) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    event = await shop.event(doc.id, at(9), at(10))

    await events.change(
        shop.tx, shop.app_id, event.id, {"calendar_id": await shop.calendar_of(marty.id)}
    )

    assert (await events.get(shop.tx, shop.app_id, event.id)).resource_id == marty.id
    await shop.book(doc.id, at(9), at(10))
    with pytest.raises(Exception, match="not available"):
        await shop.book(marty.id, at(9), at(10))


async def test_events_may_overlap_anything(shop: Shop) -> None:
    """Busy time that the owner writes down is a fact, not a wish."""
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    for _ in range(2):
        await shop.event(doc.id, at(9), at(10))


async def test_the_event_of_a_booking_is_not_changed_by_hand(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    event = (await events.of_bookings(shop.tx, shop.app_id, [booking.id]))[booking.id]

    with pytest.raises(InvalidInput, match="reschedule the booking"):
        await events.change(shop.tx, shop.app_id, event.id, {"end_at": at(11)})


async def test_the_time_of_a_booking_stays_taken_when_its_event_is_deleted(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    event = (await events.of_bookings(shop.tx, shop.app_id, [booking.id]))[booking.id]

    await events.delete(shop.tx, shop.app_id, event.id)

    with pytest.raises(Exception, match="not available"):
        await shop.book(doc.id, at(9), at(10))
    ended = await bookings.act(shop.tx, shop.app_id, booking.id, "cancel", actor="api_key")
    assert ended.state == "cancelled"


async def test_a_deleted_event_gives_the_time_back(shop: Shop) -> None:
    doc = await shop.resource()
    event = await shop.event(doc.id, at(9), at(10))

    await events.delete(shop.tx, shop.app_id, event.id)

    await shop.book(doc.id, at(9), at(10))
    with pytest.raises(NotFound):
        await events.delete(shop.tx, shop.app_id, event.id)


async def test_a_window_of_events_has_an_end_after_its_start(shop: Shop) -> None:
    with pytest.raises(InvalidInput):
        await events.list_events(shop.tx, shop.app_id, Listing(), start=at(9), end=at(9))


async def test_events_and_calendars_of_other_apps_are_not_there(
    shop: Shop, other_shop: Shop
) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    mine = await shop.event(doc.id, at(9), at(10))
    theirs = await other_shop.event(stranger.id, at(9), at(10))
    there: dict[str, Any] = {"calendar_id": await other_shop.calendar_of(stranger.id)}

    for attempt in (
        events.get(shop.tx, shop.app_id, theirs.id),
        events.change(shop.tx, shop.app_id, theirs.id, {"what": "Mine"}),
        events.delete(shop.tx, shop.app_id, theirs.id),
        events.change(shop.tx, shop.app_id, mine.id, there),
        shop.event(doc.id, at(9), at(10), **there),
        shop.event(doc.id, at(9), at(10), calendar_id=uuid4()),
    ):
        with pytest.raises(NotFound):
            await attempt
