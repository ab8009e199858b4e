"""What a booking is called in calendars outside, through everything that happens to it."""

from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.graphs import State
from slotkeeper.domain.meeting import Attendee, MeetingStatus
from slotkeeper.services import bookings, customers, meetings, resources
from slotkeeper.services.vault import Vault
from tests.services.shop import MARTY, Shop, at


async def identity(shop: Shop, booking_id: UUID) -> tuple[UUID, int]:
    return await meetings.identity(shop.tx, shop.app_id, booking_id)


async def test_the_uid_of_a_booking_is_its_id(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    assert await identity(shop, booking.id) == (booking.id, 0)


async def test_every_step_makes_the_sequence_grow(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10), graph="confirm_decline")
    for number, action in enumerate(("confirm", "cancel"), 1):
        await shop.act(booking, action)
        assert await identity(shop, booking.id) == (booking.id, number)


async def test_a_booking_that_moves_keeps_its_uid_and_its_sequence_grows(shop: Shop) -> None:
    doc = await shop.resource()
    first = booking = await shop.book(doc.id, at(9), at(10))
    before = -1
    for hour in (11, 13, 15):
        for each in (booking, booking := await shop.move(booking, at(hour), at(hour + 1))):
            uid, sequence = await identity(shop, each.id)
            assert uid == first.id
            assert sequence > before
            before = sequence
    await shop.act(booking, "cancel")
    assert (await identity(shop, booking.id))[1] > before


async def test_it_keeps_its_uid_when_the_first_booking_is_deleted(shop: Shop) -> None:
    doc = await shop.resource()
    first = await shop.book(doc.id, at(9), at(10))
    moved = await shop.move(first, at(11), at(12))
    before = await identity(shop, moved.id)
    await bookings.delete(shop.tx, shop.app_id, first.id)
    assert await identity(shop, moved.id) == before


async def test_a_booking_of_another_app_has_none(shop: Shop, other_shop: Shop) -> None:
    doc = await other_shop.resource()
    booking = await other_shop.book(doc.id, at(9), at(10))
    for each in (booking.id, uuid4()):
        with pytest.raises(NotFound):
            await identity(shop, each)


async def test_a_meeting_names_the_owner_and_the_customer(shop: Shop) -> None:
    doc = await shop.resource(email="doc@example.com", timezone="America/Los_Angeles")
    booking = await shop.book(
        doc.id, at(9), at(10), where="Hill Valley", participants=["biff@example.com"]
    )
    meeting = await meetings.meeting_of(shop.tx, shop.app_id, booking, sender="us@example.com")
    assert meeting.organizer == Attendee(name="Doc", email="doc@example.com")
    assert meeting.attendees == [Attendee(name=MARTY.name, email=MARTY.email)]
    assert (meeting.start_at, meeting.end_at) == (at(9), at(10))
    assert meeting.zone.name == "America/Los_Angeles"
    assert meeting.stamped_at == shop.tx.now
    assert meeting.status is MeetingStatus.CONFIRMED


async def test_who_has_no_address_has_the_senders(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))
    meeting = await meetings.meeting_of(shop.tx, shop.app_id, booking, sender="us@example.com")
    assert meeting.organizer == Attendee(name="Doc", email="us@example.com")


async def test_without_its_resource_a_booking_is_a_meeting_all_the_same(shop: Shop) -> None:
    doc = await shop.resource(timezone="Asia/Tokyo")
    booking = await shop.book(doc.id, at(9), at(10))
    await resources.erase(shop.tx, shop.app_id, doc.id)
    booking = await bookings.get(shop.tx, shop.app_id, booking.id)
    meeting = await meetings.meeting_of(shop.tx, shop.app_id, booking)
    assert (meeting.organizer, meeting.zone.name) == (Attendee(name="", email=""), "UTC")


async def test_nobody_is_invited_who_was_forgotten(shop: Shop) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10), description="for Marty McFly")
    vault = Vault("for tests")
    await customers.erase(shop.tx, vault, shop.app_id, MARTY.email, actor="api_key")
    booking = await bookings.get(shop.tx, shop.app_id, booking.id)
    meeting = await meetings.meeting_of(shop.tx, shop.app_id, booking)
    assert (meeting.attendees, meeting.description) == ([], "")


async def test_the_status_follows_the_state(shop: Shop) -> None:
    doc = await shop.resource()
    request = await shop.book(doc.id, at(9), at(10), graph="confirm_decline")
    assert meetings.status_of(request) is MeetingStatus.TENTATIVE
    assert meetings.status_of(await shop.act(request, "decline")) is MeetingStatus.CANCELLED
    lesson = await shop.book(
        doc.id, at(9), at(10), graph="group_owner", customer=None, settings={"max_seats": 2}
    )
    assert lesson.state is State.TENTATIVE
    assert meetings.status_of(lesson) is MeetingStatus.CONFIRMED
