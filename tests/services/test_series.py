"""Series of bookings: made whole or in part, shown, and called off from one day on."""

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import AllRefused, InvalidInput, NotFound
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.order import Order
from slotkeeper.domain.series import BookingSeries, Mode
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import bookings, series
from slotkeeper.services.series import Occurrence
from tests.services.shop import MARTY, Shop, at

WEEKS = "FREQ=WEEKLY;COUNT=3"
"""Three Tuesdays: the 7th, 14th and 21st of May 2030."""


async def made(
    shop: Shop,
    resource_id: UUID | None,
    *,
    rrule: str = WEEKS,
    mode: Mode = Mode.ALL_OR_NOTHING,
    zone_name: str | None = None,
    **given: Any,
) -> tuple[BookingSeries, list[Occurrence]]:
    """Make a series from nine to ten, as the edge does: undone as a whole where it is refused."""
    usual = {"graph": "instant", "what": "Lesson", "customer": MARTY, "start": at(9), "end": at(10)}
    order = Order(resource_id=resource_id, **{**usual, **given})
    async with shop.tx.connection.transaction():
        return await series.book(
            shop.tx,
            shop.app_id,
            order,
            rrule=rrule,
            zone_name=zone_name,
            mode=mode,
            actor="api_key",
            shuffle=Shuffle(seed=1),
        )


async def cancelled(shop: Shop, made: BookingSeries, **given: Any) -> list[Booking]:
    values = {"since": None, "message": None, "actor": "api_key", **given}
    _, booked = await series.cancel(shop.tx, shop.app_id, made.id, **values)
    return booked


def states(booked: list[Booking]) -> list[str]:
    return [str(each.state) for each in booked]


async def test_each_time_is_a_booking_like_any_other(shop: Shop) -> None:
    doc = await shop.resource()

    whole, found = await made(shop, doc.id, rrule="rrule:freq=weekly;count=3")

    assert [(each.start, each.end) for each in found] == [
        (at(9, day=day), at(10, day=day)) for day in (7, 14, 21)
    ]
    booked = [each.booking for each in found if each.booking is not None]
    assert await series.get(shop.tx, shop.app_id, whole.id) == (whole, booked)
    assert {(each.series_id, each.state) for each in booked} == {(whole.id, "confirmed")}
    assert [start for _, start, _ in await shop.claims()] == [at(9, day=d) for d in (7, 14, 21)]
    assert len({each.customer and each.customer.id for each in booked}) == 3
    assert (whole.rrule, whole.timezone, whole.mode) == (WEEKS, "UTC", "all_or_nothing")
    search = Listing(
        page=1, limit=9, terms=[("series.id", str(whole.id))], order=None, descending=False
    )
    page = await bookings.list_bookings(shop.tx, shop.app_id, search, start=None, end=None)
    assert {each.id for each in page.items} == {each.id for each in booked}


async def test_one_time_that_is_taken_spoils_the_whole(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris")
    await shop.book(doc.id, at(9, 30, day=14), at(10, 30, day=14))
    await shop.event(doc.id, at(9, day=21), at(10, day=21))
    before = [await shop.count(each) for each in ("bookings", "claims", "events", "series")]

    with pytest.raises(AllRefused) as refused:
        await made(shop, doc.id)

    assert refused.value.errors == {
        "2030-05-14T11:00:00+02:00": ["The requested timeslot is not available"],
        "2030-05-21T11:00:00+02:00": ["The requested timeslot is not available"],
    }
    after = [await shop.count(each) for each in ("bookings", "claims", "events", "series")]
    assert after == before


async def test_what_is_taken_is_left_out_where_that_is_wanted(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9, day=14), at(10, day=14))

    whole, found = await made(shop, doc.id, mode=Mode.AS_MANY_AS_FREE)

    assert [each.booking is not None for each in found] == [True, False, True]
    assert found[1].reason == "The requested timeslot is not available"
    _, booked = await series.get(shop.tx, shop.app_id, whole.id)
    assert [each.start_at.day for each in booked] == [7, 21]


async def test_a_series_of_which_nothing_is_free_is_refused(shop: Shop) -> None:
    doc = await shop.resource()
    for day in (7, 14, 21):
        await shop.book(doc.id, at(9, day=day), at(10, day=day))

    with pytest.raises(AllRefused):
        await made(shop, doc.id, mode=Mode.AS_MANY_AS_FREE)

    assert await shop.count("series") == 0


async def test_the_clock_is_the_named_one_else_the_customers_else_the_resources(
    shop: Shop,
) -> None:
    doc = await shop.resource(timezone="Australia/Lord_Howe")
    new_yorker = replace(MARTY, timezone="America/New_York")

    for zone_name, customer, expected in (
        ("Europe/Paris", new_yorker, "Europe/Paris"),
        (None, new_yorker, "America/New_York"),
        (None, MARTY, "Australia/Lord_Howe"),
    ):
        shared = {"allow_double_bookings": True}
        whole, _ = await made(shop, doc.id, zone_name=zone_name, settings=shared, customer=customer)
        assert whole.timezone == expected
    project = await shop.project(doc.id)
    with pytest.raises(InvalidInput, match="The timezone field is required"):
        await made(shop, None, graph=None, project_id=project.id)


async def test_a_series_goes_on_over_a_change_of_clocks(shop: Shop) -> None:
    doc = await shop.resource(timezone="Europe/Paris")

    _, found = await made(
        shop, doc.id, rrule="FREQ=MONTHLY;COUNT=7", start=at(7), end=at(8), zone_name=None
    )

    assert [each.start.hour for each in found] == [7, 7, 7, 7, 7, 7, 8]
    assert [each.start.month for each in found] == [5, 6, 7, 8, 9, 10, 11]


async def test_several_resources_are_booked_together_each_time(shop: Shop) -> None:
    doc, room = await shop.resource(), await shop.resource()
    await shop.book(room.id, at(9, day=14), at(10, day=14))

    whole, found = await made(
        shop, doc.id, mode=Mode.AS_MANY_AS_FREE, further_resource_ids=[room.id]
    )

    assert [each.booking is not None for each in found] == [True, False, True]
    assert len(await shop.claims()) == 5
    await shop.book(doc.id, at(9, day=14), at(10, day=14))  # nothing of it was kept
    await cancelled(shop, whole)
    assert len(await shop.claims()) == 2


async def test_a_project_chooses_who_serves_each_time(shop: Shop) -> None:
    first, second = await shop.resource(), await shop.resource()
    project = await shop.project(first.id, second.id)
    await shop.book(first.id, at(9, day=14), at(10, day=14))

    _, found = await made(shop, None, graph=None, project_id=project.id, zone_name="UTC")

    served = [each.booking.resource_id for each in found if each.booking is not None]
    assert served == [first.id, second.id, first.id]


async def test_requests_and_classes_come_in_series_too(shop: Shop) -> None:
    doc = await shop.resource()

    _, asked = await made(shop, doc.id, graph="confirm_decline")
    _, classes = await made(
        shop, doc.id, graph="group_owner", customer=None, settings={"max_seats": 3}
    )

    for found in (asked, classes):
        assert [each.booking and each.booking.state for each in found] == ["tentative"] * 3
    assert len(await shop.claims()) == 3, "requests hold nothing"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"graph": "instant_payment"}, "graph"),
        ({"graph": "group_customer", "owner_booking_id": uuid4()}, "graph"),
        ({"graph": "group_customer_payment"}, "graph"),
        ({"graph": "reservation"}, "graph"),
        ({"graph": "unheard_of"}, "graph"),
        ({"graph": None}, "graph"),
        ({"reservation_id": uuid4()}, "reservation_id"),
        ({"customer": None}, "customer"),
        ({"what": None}, "what"),
        ({"start": None}, "start"),
        ({"end": at(9)}, "end"),
        ({"rrule": ""}, "rrule"),
        ({"rrule": "FREQ=WEEKLY"}, "rrule"),
        ({"rrule": "every week"}, "rrule"),
    ],
)
async def test_what_makes_no_series_is_refused(
    shop: Shop, given: dict[str, Any], field: str
) -> None:
    doc = await shop.resource()

    with pytest.raises(InvalidInput) as refused:
        await made(shop, doc.id, **given)

    assert refused.value.errors.keys() == {field}
    assert await shop.count("series") == await shop.count("bookings") == 0


async def test_a_resource_that_is_not_there_is_not_found(shop: Shop, other_shop: Shop) -> None:
    for resource_id in (uuid4(), (await other_shop.resource()).id):
        for zone_name in (None, "UTC"):
            with pytest.raises(NotFound):
                await made(shop, resource_id, zone_name=zone_name)


# Calling off.


async def test_all_that_is_to_come_is_called_off(shop: Shop) -> None:
    """The clock stands at the 6th; the first one was the week before."""
    doc = await shop.resource()
    whole, _ = await made(
        shop, doc.id, start=at(9, day=1), end=at(10, day=1), rrule="FREQ=WEEKLY;COUNT=3"
    )

    booked = await cancelled(shop, whole, message="The course is over")

    assert states(booked) == ["confirmed", "cancelled", "cancelled"]
    assert [start.day for _, start, _ in await shop.claims()] == [1]
    last = (await shop.log(booked[2]))[-1]
    assert (last.action, last.message, last.actor) == ("cancel", "The course is over", "api_key")


async def test_what_starts_before_the_named_moment_stays(shop: Shop) -> None:
    doc = await shop.resource()
    whole, _ = await made(shop, doc.id)

    booked = await cancelled(shop, whole, since=at(9, day=14))

    assert states(booked) == ["confirmed", "cancelled", "cancelled"]
    assert states(await cancelled(shop, whole, since=at(9, day=14))) == states(booked)
    assert states(await cancelled(shop, whole)) == ["cancelled"] * 3


async def test_what_has_ended_stays_as_it_is_and_requests_are_declined(shop: Shop) -> None:
    doc = await shop.resource()
    whole, found = await made(shop, doc.id, graph="confirm_decline")
    first, second, _ = (each.booking for each in found)
    assert first is not None
    assert second is not None
    await shop.act(first, "confirm")
    await shop.act(first, "complete")
    await shop.act(second, "confirm")

    booked = await cancelled(shop, whole)

    assert states(booked) == ["completed", "cancelled", "declined"]


async def test_a_booking_that_was_moved_stays_in_its_series(shop: Shop) -> None:
    doc = await shop.resource()
    whole, found = await made(shop, doc.id)
    assert found[0].booking is not None
    await shop.move(found[0].booking, at(15, day=16), at(16, day=16))

    booked = await cancelled(shop, whole, since=at(0, day=16))

    assert states(booked) == ["rescheduled_by_customer", "confirmed", "cancelled", "cancelled"]


async def test_the_seats_of_classes_end_with_their_series(shop: Shop) -> None:
    doc = await shop.resource()
    whole, found = await made(
        shop, doc.id, graph="group_owner", customer=None, settings={"max_seats": 3}
    )
    assert found[1].booking is not None
    seat = await shop.book(
        None, at(9), at(10), graph="group_customer", owner_booking_id=found[1].booking.id
    )

    await cancelled(shop, whole)

    assert (await bookings.get(shop.tx, shop.app_id, seat.id)).state == "cancelled_by_owner"


async def test_a_series_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    whole, _ = await made(shop, (await shop.resource()).id)

    for act in (
        series.get(other_shop.tx, other_shop.app_id, whole.id),
        cancelled(other_shop, whole),
    ):
        with pytest.raises(NotFound):
            await act
    assert states((await series.get(shop.tx, shop.app_id, whole.id))[1]) == ["confirmed"] * 3
