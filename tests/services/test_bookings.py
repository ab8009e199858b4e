"""Bookings by the graph ``instant``: making, ending and deleting one."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken, TransitionRefused
from slotkeeper.domain.order import LENGTH_MAX
from slotkeeper.services import bookings, events
from tests.services.shop import MARTY, Shop, at

# Making one.


async def test_a_booking_holds_its_time_shows_in_the_calendar_and_starts_its_log(
    shop: Shop,
) -> None:
    doc = await shop.resource()

    booking = await shop.book(doc.id, at(9), at(10), where="Here", description="Bring fuel")

    assert await shop.claims() == [(booking.id, at(9), at(10))]
    event = (await events.of_bookings(shop.tx, shop.app_id, [booking.id]))[booking.id]
    assert (event.start_at, event.end_at, event.what) == (at(9), at(10), "Consultation")
    assert (event.location, event.description, event.rsvp) == ("Here", "Bring fuel", "accepted")
    assert event.calendar_id == booking.calendar_id == await shop.calendar_of(doc.id)
    [line] = await shop.log(booking)
    assert (line.action, line.from_state, line.to_state) == ("confirm", "initialized", "confirmed")
    assert (line.actor, line.message, line.created_at) == ("api_key", None, shop.tx.now)


async def test_a_booking_comes_back_as_it_was_made(shop: Shop) -> None:
    doc = await shop.resource()

    booking = await shop.book(
        doc.id, at(9), at(10), participants=["einstein@example.com"], meta={"shoe": [42, None]}
    )

    assert await bookings.get(shop.tx, shop.app_id, booking.id) == booking


async def test_bookings_may_touch(shop: Shop) -> None:
    doc = await shop.resource()

    for start, end in ((at(9), at(10)), (at(10), at(11)), (at(8), at(9))):
        await shop.book(doc.id, start, end)


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (at(9), at(10)),
        (at(8), at(9, 1)),
        (at(9, 59), at(11)),
        (at(9, 20), at(9, 40)),
        (at(8), at(11)),
        (at(10) - timedelta(microseconds=1), at(11)),
    ],
)
async def test_a_booking_that_overlaps_another_is_refused(
    shop: Shop, start: datetime, end: datetime
) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    with pytest.raises(SlotTaken):
        await shop.book(doc.id, start, end)


async def test_another_resource_is_free_at_the_same_time(shop: Shop) -> None:
    for _ in range(2):
        await shop.book((await shop.resource()).id, at(9), at(10))


async def test_bookings_lie_in_the_past_and_in_the_far_future_too(shop: Shop) -> None:
    doc = await shop.resource()

    for year in (1900, 2200):
        start = datetime(year, 1, 1, tzinfo=UTC)
        await shop.book(doc.id, start, start + timedelta(hours=1))


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"graph": None}, "graph"),
        ({"graph": "waltz"}, "graph"),
        ({"what": None}, "what"),
        ({"customer": None}, "customer"),
    ],
)
async def test_an_order_that_lacks_something_is_refused_with_its_name(
    shop: Shop, order: dict[str, Any], field: str
) -> None:
    doc = await shop.resource()

    with pytest.raises(InvalidInput) as refusal:
        await shop.book(doc.id, at(9), at(10), **order)

    assert refusal.value.errors.keys() == {field}


async def test_an_order_for_nobody_is_refused(shop: Shop) -> None:
    with pytest.raises(InvalidInput) as refusal:
        await shop.book(None, at(9), at(10))

    assert refusal.value.errors == {"resource_id": ["The resource id field is required."]}


async def test_the_end_is_after_the_start_and_at_most_a_year_later(shop: Shop) -> None:
    doc = await shop.resource()
    for start, end in ((at(9), at(9)), (at(10), at(9)), (at(9), at(9, 1) + LENGTH_MAX)):
        with pytest.raises(InvalidInput) as refusal:
            await shop.book(doc.id, start, end)
        assert refusal.value.errors.keys() == {"end"}

    await shop.book(doc.id, at(9), at(9) + LENGTH_MAX)


async def test_a_first_action_that_the_graph_does_not_know_is_refused(shop: Shop) -> None:
    doc = await shop.resource()

    with pytest.raises(TransitionRefused, match="'tentative' to current state 'initialized'"):
        await shop.book(doc.id, at(9), at(10), action="tentative")

    assert await shop.count("claims") == await shop.count("bookings") == 0


async def test_what_belongs_to_another_app_cannot_be_booked(shop: Shop, other_shop: Shop) -> None:
    doc, stranger = await shop.resource(), await other_shop.resource()
    project = await other_shop.project(stranger.id)
    calendar_id = await other_shop.calendar_of(stranger.id)

    with pytest.raises(NotFound):
        await shop.book(stranger.id, at(9), at(10))
    with pytest.raises(NotFound):
        await shop.book(doc.id, at(9), at(10), project_id=project.id)
    with pytest.raises(NotFound):
        await shop.book(doc.id, at(9), at(10), calendar_id=calendar_id)


async def test_the_calendar_of_another_resource_is_refused(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()

    with pytest.raises(InvalidInput) as refusal:
        await shop.book(doc.id, at(9), at(10), calendar_id=await shop.calendar_of(marty.id))

    assert refusal.value.errors.keys() == {"calendar_id"}


async def test_the_event_goes_to_the_calendar_that_was_asked_for(shop: Shop) -> None:
    doc = await shop.resource()
    extra = await shop.calendar(doc.id)

    booking = await shop.book(doc.id, at(9), at(10), calendar_id=extra.id)

    event = (await events.of_bookings(shop.tx, shop.app_id, [booking.id]))[booking.id]
    assert event.calendar_id == booking.calendar_id == extra.id


# Ending one.


@pytest.mark.parametrize(
    ("action", "state", "holds"),
    [
        ("cancel", "cancelled", False),
        ("cancel_by_customer", "cancelled_by_customer", False),
        ("reschedule_by_customer", "rescheduled_by_customer", False),
        ("complete", "completed", True),
    ],
)
async def test_ending_a_booking_gives_the_time_back_unless_it_took_place(
    shop: Shop, action: str, state: str, holds: bool
) -> None:
    doc = await shop.resource()
    booking = await shop.book(doc.id, at(9), at(10))

    after = await shop.act(booking, action, message="Sorry")

    assert after.state == state
    assert await shop.count("claims") == await shop.count("events") == holds
    assert await bookings.get(shop.tx, shop.app_id, booking.id) == after
    assert [(line.action, line.from_state, line.to_state, line.message)
            for line in await shop.log(booking)] == [
        ("confirm", "initialized", "confirmed", None),
        (action, "confirmed", state, "Sorry"),
    ]  # fmt: skip


async def test_what_has_ended_stays_ended(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10))
    await shop.act(booking, "cancel")

    with pytest.raises(TransitionRefused):
        await shop.act(booking, "cancel")
    with pytest.raises(TransitionRefused):
        await shop.move(booking, at(10), at(11))

    assert len(await shop.log(booking)) == 2


async def test_an_action_may_bring_metadata(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10), meta={"a": 1, "b": 2})

    after = await shop.act(booking, "complete", meta={"b": None, "c": [3]})

    assert after.meta == {"a": 1, "c": [3]}
    assert await bookings.get(shop.tx, shop.app_id, booking.id) == after


async def test_metadata_is_merged_and_null_removes_a_key(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10), meta={"a": 1, "b": 2})

    for given in ({"b": None}, {"c": {"deep": None}}, {}):
        await bookings.change_meta(shop.tx, shop.app_id, booking.id, given)

    after = await bookings.get(shop.tx, shop.app_id, booking.id)
    assert after.meta == {"a": 1, "c": {"deep": None}}


async def test_only_what_has_ended_can_be_deleted(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10))
    with pytest.raises(TransitionRefused):
        await bookings.delete(shop.tx, shop.app_id, booking.id)
    await shop.act(booking, "complete")

    await bookings.delete(shop.tx, shop.app_id, booking.id)

    for table in ("bookings", "booking_log", "events", "claims"):
        assert await shop.count(table) == 0
    with pytest.raises(NotFound):
        await bookings.get(shop.tx, shop.app_id, booking.id)


async def test_a_booking_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    booking = await other_shop.book((await other_shop.resource()).id, at(9), at(10))

    for attempt in (
        bookings.get(shop.tx, shop.app_id, booking.id),
        shop.act(booking, "cancel"),
        shop.move(booking, at(10), at(11)),
        bookings.change_meta(shop.tx, shop.app_id, booking.id, {"a": 1}),
        bookings.delete(shop.tx, shop.app_id, booking.id),
    ):
        with pytest.raises(NotFound):
            await attempt


async def test_a_customer_without_a_zone_gets_that_of_the_resource(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Copenhagen")

    booking = await shop.book(doc.id, at(9), at(10), customer=MARTY)

    assert booking.customer is not None
    assert booking.customer.timezone == "Europe/Copenhagen"
