"""The older search for time: whom it finds, and what keeps them busy."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.zones import find_zone, to_datetime
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import bookings, calendars, filter_collections, find_time
from slotkeeper.services.availability import RESOURCES_MAX
from slotkeeper.services.find_time import Query
from tests.services.shop import Shop, at

MORNING: dict[str, object] = {
    "start": at(9).isoformat(),
    "future": at(12).isoformat(),
}


def query(**given: Any) -> Query:
    settings = {**MORNING, **given.pop("settings", {})}
    return Query(settings=settings, zone=find_zone("UTC"), **given)


async def hours(shop: Shop, **given: Any) -> list[int]:
    """Return the hours of the morning at which a slot starts."""
    found = await find_time.find(shop.tx, shop.app_id, query(**given), shuffle=Shuffle(seed=1))
    return [to_datetime(start).hour for start, _ in found]


async def test_an_address_is_found_in_any_case_and_in_its_own_app_only(
    shop: Shop, other_shop: Shop
) -> None:
    doc = await shop.resource(email="Doc@Example.com")
    await other_shop.resource(email="biff@example.com")
    await shop.event(doc.id, at(9), at(10))
    assert await hours(shop, emails=["dOC@eXAMPLE.COM", "doc@example.com"]) == [10, 11]
    with pytest.raises(NotFound):
        await hours(shop, emails=["doc@example.com", "biff@example.com"])


async def test_things_of_another_app_are_not_there(shop: Shop, other_shop: Shop) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    kept = await filter_collections.create(other_shop.tx, other_shop.app_id, {})
    wrong: Sequence[dict[str, Any]] = [
        {"resource_ids": [doc.id, stranger.id]},
        {"calendar_ids": [await other_shop.calendar_of(stranger.id)]},
        {"resource_ids": [doc.id], "collection_id": kept.id},
    ]
    for given in wrong:
        with pytest.raises(NotFound):
            await hours(shop, **given)


async def test_a_booking_stands_in_the_calendar_it_went_into(shop: Shop) -> None:
    doc = await shop.resource()
    first = await shop.calendar_of(doc.id)
    extra = await shop.calendar(doc.id)
    # Both are as old, so that which one is the first would be left to their ids.
    await shop.book(doc.id, at(9), at(10), calendar_id=first)
    await shop.book(doc.id, at(10), at(11), calendar_id=extra.id)
    assert await hours(shop, calendar_ids=[first]) == [10, 11]
    assert await hours(shop, calendar_ids=[extra.id]) == [9, 11]
    assert await hours(shop, calendar_ids=[first, extra.id]) == [11]
    assert await hours(shop, resource_ids=[doc.id]) == [11]


async def test_a_calendar_and_the_whole_of_another_resource_go_together(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    first = await shop.calendar_of(doc.id)
    private = await shop.calendar(doc.id)
    await shop.event(doc.id, at(9), at(10), calendar_id=first)
    await shop.event(doc.id, at(10), at(11), calendar_id=private.id)
    await shop.book(marty.id, at(11), at(12))
    given = {"calendar_ids": [private.id], "resource_ids": [marty.id]}
    assert await hours(shop, **given) == [9]


async def test_a_moved_booking_is_busy_where_it_is_now(shop: Shop) -> None:
    doc = await shop.resource()
    calendar = await shop.calendar_of(doc.id)
    booking = await shop.book(doc.id, at(9), at(10))
    await bookings.reschedule(
        shop.tx,
        shop.app_id,
        booking.id,
        start=at(11),
        end=at(12),
        resource_id=None,
        message=None,
        actor="api_key",
    )
    assert await hours(shop, calendar_ids=[calendar]) == [9, 10]


async def test_a_calendar_that_is_gone_is_not_found(shop: Shop) -> None:
    doc = await shop.resource()
    extra = await shop.calendar(doc.id)
    await calendars.delete(shop.tx, shop.app_id, extra.id)
    with pytest.raises(NotFound) as refused:
        await hours(shop, calendar_ids=[extra.id])
    assert refused.value.model == "Calendar"


async def test_a_thousand_may_be_named_and_not_one_more(shop: Shop) -> None:
    doc = await shop.resource()
    assert await hours(shop, resource_ids=[doc.id] * RESOURCES_MAX) == [9, 10, 11]
    with pytest.raises(InvalidInput):
        await hours(shop, resource_ids=[doc.id] * RESOURCES_MAX, emails=["doc@example.com"])


async def test_choices_of_kept_filters_come_before_those_of_the_request(shop: Shop) -> None:
    doc = await shop.resource()
    kept = await filter_collections.create(
        shop.tx, shop.app_id, {"after": [{"take_last": {"number": 2}}]}
    )
    given: dict[str, Any] = {"resource_ids": [doc.id], "collection_id": kept.id}
    assert await hours(shop, **given) == [10, 11]
    first = {"after": [{"take_first": {"number": 1}}]}
    assert await hours(shop, **given, filters=first) == [10]


async def test_the_same_seed_takes_the_same_slots_by_chance(shop: Shop) -> None:
    doc = await shop.resource()
    given: dict[str, Any] = {
        "resource_ids": [doc.id],
        "filters": {"after": [{"take_random": {"number": 3}}]},
        "settings": {"length": "10 minutes"},
    }
    asked = query(**given)
    drawn = [
        await find_time.find(shop.tx, shop.app_id, asked, shuffle=Shuffle(seed))
        for seed in (7, 7, 8)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


async def test_a_team_lists_members_in_the_order_of_their_naming(shop: Shop) -> None:
    named: list[UUID] = [(await shop.resource()).id for _ in range(3)]
    await shop.event(named[0], at(10), at(11))
    queries = [query(resource_ids=[each]) for each in named]
    slots = await find_time.find_team(shop.tx, shop.app_id, queries, shuffle=Shuffle(seed=1))
    assert [[member.resource.id for member in slot.members] for slot in slots] == [
        named,
        named[1:],
        named,
    ]
