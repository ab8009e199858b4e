"""Many bookings in one call: made, refused, undone and moved on together."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import (
    AllRefused,
    InvalidInput,
    NotFound,
    SlotTaken,
    TransitionRefused,
)
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import bookings, bulk, reservations
from slotkeeper.services.bulk import Deed, OnRefusal, Outcomes
from tests.services.shop import MARTY, Shop, at

BULK = UUID(int=85)


def order(resource_id: UUID | None, start: datetime, end: datetime, **given: Any) -> Order:
    usual = {"graph": "instant", "what": "Consultation", "customer": replace(MARTY, id=uuid4())}
    return Order(start=start, end=end, resource_id=resource_id, **{**usual, **given})


async def made(shop: Shop, *orders: Order, on_refusal: OnRefusal = OnRefusal.GO_ON) -> Outcomes:
    """Make bookings within a savepoint, as the edge makes them within a transaction."""
    async with shop.tx.connection.transaction():
        return await bulk.book(
            shop.tx,
            shop.app_id,
            orders,
            on_refusal=on_refusal,
            actor="api_key",
            shuffle=Shuffle(seed=1),
        )


async def related(shop: Shop, graph: str = "instant", *, count: int = 3) -> list[Booking]:
    """Make related bookings, each of another resource at nine."""
    people = [await shop.resource() for _ in range(count)]
    outcomes = await made(
        shop, *(order(each.id, at(9), at(10), graph=graph, bulk_id=BULK) for each in people)
    )
    return [each for each in outcomes.values() if isinstance(each, Booking)]


async def done(shop: Shop, *deeds: Deed, on_refusal: OnRefusal = OnRefusal.GO_ON) -> Outcomes:
    async with shop.tx.connection.transaction():
        return await bulk.act_on_all(
            shop.tx, shop.app_id, deeds, on_refusal=on_refusal, actor="api_key"
        )


async def states(shop: Shop, *made: Booking) -> list[str]:
    found = await bookings.find_all(shop.tx, shop.app_id, [each.id for each in made])
    return [str(found[each.id].state) for each in made]


# Making many.


async def test_all_are_made_where_nothing_stands_in_the_way(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()

    outcomes = await made(
        shop, order(marty.id, at(11), at(12)), order(doc.id, at(9), at(10)),
        order(doc.id, at(10), at(11)),
    )  # fmt: skip

    assert list(outcomes) == [0, 1, 2]
    booked = [each for each in outcomes.values() if isinstance(each, Booking)]
    assert [each.start_at for each in booked] == [at(11), at(9), at(10)]
    assert {each for each, _, _ in await shop.claims()} == {each.id for each in booked}


async def test_who_is_refused_is_told_and_the_others_are_made(shop: Shop) -> None:
    doc = await shop.resource()
    taken = await shop.book(doc.id, at(9), at(10))

    outcomes = await made(
        shop, order(doc.id, at(9, 30), at(10, 30)), order(doc.id, at(11), at(12)),
        order(doc.id, at(11), at(12)), order(uuid4(), at(13), at(14)),
        order(doc.id, at(13), at(14), what=None, graph=None),
    )  # fmt: skip

    first, second, same, nobody, incomplete = outcomes.values()
    assert isinstance(second, Booking)
    assert isinstance(first, SlotTaken)
    assert isinstance(same, SlotTaken), "the first one has it"
    assert isinstance(nobody, NotFound)
    assert isinstance(incomplete, InvalidInput)
    assert incomplete.errors.keys() == {"graph", "what"}
    assert [each for each, _, _ in await shop.claims()] == [taken.id, second.id]
    assert await shop.count("bookings") == 2
    assert await shop.count("booking_log") == 2


async def test_one_refusal_undoes_all_where_that_is_wanted(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))
    before = [await shop.count(each) for each in ("bookings", "claims", "events", "booking_log")]

    with pytest.raises(AllRefused) as refused:
        await made(
            shop, order(doc.id, at(11), at(12)), order(doc.id, at(9), at(10)),
            order(doc.id, at(13), at(14), graph=None),
            on_refusal=OnRefusal.UNDO_ALL,
        )  # fmt: skip

    assert refused.value.errors == {
        "bookings.1": ["The requested timeslot is not available"],
        "bookings.2.graph": ["The graph field is required."],
    }
    after = [await shop.count(each) for each in ("bookings", "claims", "events", "booking_log")]
    assert after == before


async def test_nothing_is_tried_after_a_refusal_where_that_is_wanted(shop: Shop) -> None:
    doc = await shop.resource()

    outcomes = await made(
        shop, order(doc.id, at(11), at(12)), order(doc.id, at(11), at(12)),
        order(doc.id, at(9), at(10)),
        on_refusal=OnRefusal.STOP,
    )  # fmt: skip

    assert list(outcomes) == [0, 1]
    assert isinstance(outcomes[1], SlotTaken)
    assert await shop.count("bookings") == 1


async def test_a_call_of_which_nothing_can_be_had_is_refused(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    with pytest.raises(AllRefused):
        await made(shop, *[order(doc.id, at(9), at(10))] * 2)


async def test_a_bulk_has_bookings_of_several_resources_and_seats(shop: Shop) -> None:
    doc, room = await shop.resource(), await shop.resource()
    course = await shop.book(
        doc.id, at(14), at(15), graph="group_owner", customer=None, settings={"max_seats": 1}
    )
    seat: dict[str, Any] = {"graph": "group_customer", "owner_booking_id": course.id}

    outcomes = await made(
        shop, order(doc.id, at(9), at(10), further_resource_ids=[room.id]),
        Order(customer=MARTY, **seat), Order(customer=replace(MARTY, id=uuid4()), **seat),
        order(room.id, at(9), at(10)),
    )  # fmt: skip

    both, one, none_left, taken = outcomes.values()
    assert isinstance(both, Booking)
    assert isinstance(one, Booking)
    assert isinstance(none_left, SlotTaken)
    assert isinstance(taken, SlotTaken)
    assert str(none_left) == "No available seats"


async def test_a_reservation_outlives_the_refusal_of_its_booking(shop: Shop) -> None:
    doc = await shop.resource()
    asked = Order(resource_id=doc.id, start=at(9), end=at(10), what="Consultation")
    held = await reservations.reserve(
        shop.tx, shop.app_id, asked, seconds=60, actor="api_key", shuffle=Shuffle(seed=1)
    )

    outcomes = await made(
        shop,
        Order(reservation_id=held.id, graph="instant"),  # nobody is named for whom it is
        order(doc.id, at(9), at(10)),
        Order(reservation_id=held.id, graph="instant", customer=MARTY),
        order(doc.id, at(10), at(11)),
    )

    nobody, rival, converted, later = outcomes.values()
    assert isinstance(nobody, InvalidInput)
    assert isinstance(rival, SlotTaken)
    assert isinstance(converted, Booking)
    assert isinstance(later, Booking)
    assert await states(shop, held) == ["converted"]


# Related ones.


async def test_an_action_on_one_is_carried_out_on_all(shop: Shop) -> None:
    first, *others = await related(shop)
    deed = Deed(booking_id=first.id, action="cancel", message="ill", meta={"why": "flu"})

    acted = await bulk.act(shop.tx, shop.app_id, deed, actor="api_key")

    assert (acted.state, acted.meta) == ("cancelled", {"why": "flu"})
    assert await states(shop, *others) == ["cancelled", "cancelled"]
    assert await shop.claims() == []
    for each in (first, *others):
        assert [(line.action, line.message) for line in await shop.log(each)][1:] == [
            ("cancel", "ill")
        ]
    assert (await bookings.get(shop.tx, shop.app_id, others[0].id)).meta == {}


async def test_it_passes_over_those_that_it_cannot_be_done_to(shop: Shop) -> None:
    first, second, third = await related(shop, "confirm_decline")
    await shop.act(second, "decline")

    await bulk.act(
        shop.tx, shop.app_id, Deed(booking_id=first.id, action="confirm"), actor="api_key"
    )

    assert await states(shop, first, second, third) == ["confirmed", "declined", "confirmed"]


async def test_it_leaves_the_others_alone_where_it_is_told_to(shop: Shop) -> None:
    first, *others = await related(shop)
    deed = Deed(booking_id=first.id, action="cancel", with_related=False)

    await bulk.act(shop.tx, shop.app_id, deed, actor="api_key")

    assert await states(shop, first, *others) == ["cancelled", "confirmed", "confirmed"]


async def test_an_action_that_the_named_one_refuses_changes_none(shop: Shop) -> None:
    first, *others = await related(shop)
    await shop.act(first, "cancel")

    with pytest.raises(TransitionRefused):
        await bulk.act(
            shop.tx, shop.app_id, Deed(booking_id=first.id, action="cancel"), actor="api_key"
        )

    assert await states(shop, *others) == ["confirmed", "confirmed"]


async def test_requests_are_confirmed_together_or_not_at_all(shop: Shop) -> None:
    first, second = await related(shop, "confirm_decline", count=2)
    await shop.book(second.resource_id, at(9), at(10))

    with pytest.raises(SlotTaken):
        async with shop.tx.connection.transaction():
            await bulk.act(
                shop.tx, shop.app_id, Deed(booking_id=first.id, action="confirm"), actor="api_key"
            )

    assert await states(shop, first, second) == ["tentative", "tentative"]


async def test_bookings_of_another_call_and_another_app_are_not_related(
    shop: Shop, other_shop: Shop
) -> None:
    first, *others = await related(shop)
    apart = await shop.book((await shop.resource()).id, at(9), at(10))
    foreign, _ = await related(other_shop, count=2)

    found = await bulk.related_to(shop.tx, shop.app_id, [first, apart])

    assert {each.id for each in found[first.id]} == {each.id for each in others}
    assert found[apart.id] == []
    deed = Deed(booking_id=foreign.id, action="cancel")
    with pytest.raises(NotFound):
        await bulk.act(shop.tx, shop.app_id, deed, actor="api_key")
    assert await states(other_shop, foreign) == ["confirmed"]


# Acting on many.


async def test_every_booking_that_is_named_goes_its_own_way(shop: Shop) -> None:
    first, second, third = await related(shop)

    outcomes = await done(
        shop,
        Deed(booking_id=first.id, action="cancel"),
        Deed(booking_id=second.id, action="complete"),
    )

    assert [str(each.state) for each in outcomes.values() if isinstance(each, Booking)] == [
        "cancelled",
        "completed",
    ]
    assert (await states(shop, third))[0] == "cancelled", "who is not named goes along"


async def test_one_refusal_resets_all_where_that_is_wanted(shop: Shop) -> None:
    doc = await shop.resource()
    first, second = [await shop.book(doc.id, at(hour), at(hour + 1)) for hour in (9, 10)]
    await shop.act(second, "complete")
    before = await shop.claims()

    with pytest.raises(AllRefused) as refused:
        await done(
            shop,
            Deed(booking_id=first.id, action="cancel"),
            Deed(booking_id=second.id, action="cancel"),
            Deed(booking_id=uuid4(), action="cancel"),
            on_refusal=OnRefusal.UNDO_ALL,
        )

    assert refused.value.errors == {
        "bookings.1": ["Cannot apply action 'cancel' to current state 'completed'"],
        "bookings.2": ["Resource does not exist"],
    }
    assert await states(shop, first, second) == ["confirmed", "completed"]
    assert await shop.claims() == before
    assert len(await shop.log(first)) == 1


async def test_no_deed_is_done_after_a_refused_one_where_that_is_wanted(shop: Shop) -> None:
    doc = await shop.resource()
    first, second = [await shop.book(doc.id, at(hour), at(hour + 1)) for hour in (9, 10)]

    outcomes = await done(
        shop,
        Deed(booking_id=first.id, action="cancel"),
        Deed(booking_id=first.id, action="cancel"),
        Deed(booking_id=second.id, action="cancel"),
        on_refusal=OnRefusal.STOP,
    )

    assert list(outcomes) == [0, 1]
    assert await states(shop, first, second) == ["cancelled", "confirmed"]
