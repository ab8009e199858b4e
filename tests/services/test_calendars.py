"""Calendars: which one takes the bookings, and the last one stays."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.services import bookings, calendars, events
from tests.services.shop import Shop, at


async def test_the_first_calendar_takes_the_bookings(shop: Shop) -> None:
    doc = await shop.resource()
    first = await shop.calendar_of(doc.id)

    for minutes in (1, 2, 3):
        later = replace(shop.tx, now=shop.tx.now + timedelta(minutes=minutes))
        given = {"resource_id": doc.id, "name": "Later"}
        await calendars.create(later, shop.app_id, given)

    assert await shop.calendar_of(doc.id) == first


async def test_the_primary_calendar_takes_them_before_the_first(shop: Shop) -> None:
    doc = await shop.resource()
    extra = await shop.calendar(doc.id)

    await calendars.change(shop.tx, shop.app_id, extra.id, {"is_primary": True})

    assert await shop.calendar_of(doc.id) == extra.id
    assert (await shop.book(doc.id, at(9), at(10))).calendar_id == extra.id


async def test_a_resource_has_one_primary_calendar_at_the_most(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    one, two = await shop.calendar(doc.id), await shop.calendar(doc.id)
    other = await shop.calendar(marty.id)

    for calendar in (other, one, two):
        await calendars.change(shop.tx, shop.app_id, calendar.id, {"is_primary": True})

    found = await calendars.of_resources(shop.tx, shop.app_id, [doc.id, marty.id])
    assert [each.id for each in found[doc.id] if each.is_primary] == [two.id]
    assert [each.id for each in found[marty.id] if each.is_primary] == [other.id]


async def test_other_changes_leave_the_mark_alone(shop: Shop) -> None:
    doc = await shop.resource()
    one = await shop.calendar(doc.id)
    await calendars.change(shop.tx, shop.app_id, one.id, {"is_primary": True})

    await calendars.change(
        shop.tx, shop.app_id, await _first_of(shop, one.resource_id), {"name": "X"}
    )
    assert (await calendars.get(shop.tx, shop.app_id, one.id)).is_primary
    await calendars.change(shop.tx, shop.app_id, one.id, {"is_primary": False})
    assert not (await calendars.get(shop.tx, shop.app_id, one.id)).is_primary


async def test_the_last_calendar_of_a_resource_stays(shop: Shop) -> None:
    doc = await shop.resource()
    first = await shop.calendar_of(doc.id)
    with pytest.raises(InvalidInput):
        await calendars.delete(shop.tx, shop.app_id, first)
    extra = await shop.calendar(doc.id)

    await calendars.delete(shop.tx, shop.app_id, first)

    assert await shop.calendar_of(doc.id) == extra.id


async def test_events_go_with_their_calendar_but_the_time_of_bookings_stays_taken(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    first = await shop.calendar_of(doc.id)
    booking = await shop.book(doc.id, at(9), at(10))
    lunch = await shop.event(doc.id, at(12), at(13))
    await shop.calendar(doc.id)

    await calendars.delete(shop.tx, shop.app_id, first)

    with pytest.raises(NotFound):
        await events.get(shop.tx, shop.app_id, lunch.id)
    left = await bookings.get(shop.tx, shop.app_id, booking.id)
    assert (left.calendar_id, left.state) == (None, "confirmed")
    assert await shop.count("claims") == 1


async def test_a_calendar_belongs_to_a_resource_of_its_app(shop: Shop, other_shop: Shop) -> None:
    stranger = await other_shop.resource()
    theirs = await other_shop.calendar_of(stranger.id)

    for attempt in (
        calendars.create(shop.tx, shop.app_id, {"resource_id": stranger.id, "name": "Mine"}),
        calendars.get(shop.tx, shop.app_id, theirs),
        calendars.change(shop.tx, shop.app_id, theirs, {"name": "Mine"}),
        calendars.delete(shop.tx, shop.app_id, theirs),
    ):
        with pytest.raises(NotFound):
            await attempt


async def _first_of(shop: Shop, resource_id: UUID) -> UUID:
    found = await shop.tx.values(
        "SELECT id FROM calendars WHERE resource_id = %s AND name = 'Bookings'", (resource_id,)
    )
    first: UUID = found[0]
    return first
