"""Moving a booking: a new one with everything of the old, or nothing at all."""

from uuid import uuid4

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken
from slotkeeper.domain.order import LENGTH_MAX
from slotkeeper.services import bookings, events
from tests.services.shop import MARTY, Shop, at


async def test_a_moved_booking_is_a_new_one_with_everything_of_the_old(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    old = await shop.book(
        doc.id, at(9), at(10), project_id=project.id, meta={"a": 1}, participants=["x@example.com"]
    )

    new = await shop.move(old, at(14), at(15), message="Later, please")

    assert (new.start_at, new.end_at, new.state) == (at(14), at(15), "confirmed")
    assert (new.project_id, new.what, new.meta) == (project.id, old.what, {"a": 1})
    assert (new.resource_id, new.calendar_id) == (doc.id, old.calendar_id)
    assert new.rescheduled_from == old.id
    assert new.customer is not None
    assert (new.customer.name, new.customer.email) == (MARTY.name, MARTY.email)
    assert await bookings.get(shop.tx, shop.app_id, new.id) == new
    assert await shop.claims() == [(new.id, at(14), at(15))]
    shown = await events.of_bookings(shop.tx, shop.app_id, [old.id, new.id])
    assert shown.keys() == {new.id}
    line = (await shop.log(old))[-1]
    assert (line.action, line.to_state) == ("reschedule_by_customer", "rescheduled_by_customer")
    assert (line.message, line.actor) == ("Later, please", "widget_key")
    assert [line.action for line in await shop.log(new)] == ["confirm"]


async def test_its_own_time_does_not_stand_in_the_way(shop: Shop) -> None:
    old = await shop.book((await shop.resource()).id, at(9), at(10))

    new = await shop.move(old, at(9, 30), at(10, 30))
    same = await shop.move(new, at(9, 30), at(10, 30))

    assert await shop.claims() == [(same.id, at(9, 30), at(10, 30))]


async def test_a_booking_moves_to_another_resource_and_its_calendar(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    old = await shop.book(doc.id, at(9), at(10))

    new = await shop.move(old, at(9), at(10), resource_id=marty.id)

    assert new.resource_id == marty.id
    assert new.calendar_id == await shop.calendar_of(marty.id)
    await shop.book(doc.id, at(9), at(10))


@pytest.mark.parametrize("obstacle", ["booking", "event", "overlapping booking"])
async def test_a_move_to_a_time_that_is_taken_leaves_the_booking_as_it_was(
    shop: Shop, obstacle: str
) -> None:
    doc = await shop.resource()
    old = await shop.book(doc.id, at(9), at(10))
    if obstacle == "event":
        await shop.event(doc.id, at(14), at(15))
    else:
        allow = {"allow_double_bookings": obstacle == "overlapping booking"}
        await shop.book(doc.id, at(14), at(15), settings=allow)
    before = await shop.claims()

    with pytest.raises(SlotTaken):
        async with shop.tx.connection.transaction():  # as the edge does, undone when refused
            await shop.move(old, at(14, 30), at(15, 30))

    assert await bookings.get(shop.tx, shop.app_id, old.id) == old
    assert await shop.claims() == before
    assert len(await shop.log(old)) == 1
    assert (await events.of_bookings(shop.tx, shop.app_id, [old.id])).keys() == {old.id}


async def test_a_booking_that_may_overlap_may_still_overlap_when_moved(shop: Shop) -> None:
    doc = await shop.resource()
    old = await shop.book(doc.id, at(9), at(10), settings={"allow_double_bookings": True})
    await shop.book(doc.id, at(14), at(15))

    new = await shop.move(old, at(14), at(15))

    assert new.allows_double_booking


async def test_a_booking_is_not_moved_to_nonsense(shop: Shop, other_shop: Shop) -> None:
    old = await shop.book((await shop.resource()).id, at(9), at(10))
    stranger = await other_shop.resource()

    with pytest.raises(InvalidInput):
        await shop.move(old, at(10), at(10))
    with pytest.raises(InvalidInput):
        await shop.move(old, at(10), at(11) + LENGTH_MAX)
    for nobody in (stranger.id, uuid4()):
        with pytest.raises(NotFound):
            await shop.move(old, at(10), at(11), resource_id=nobody)

    assert await bookings.get(shop.tx, shop.app_id, old.id) == old
