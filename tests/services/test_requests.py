"""Bookings by the graph ``confirm_decline``: requests, and what becomes of them."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken, TransitionRefused
from slotkeeper.domain.zones import to_datetime
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import availability, bookings, calendars, events, resources
from slotkeeper.services.availability import Query
from tests.services.shop import Shop, at

ENFORCED: dict[str, Any] = {
    "graph": "confirm_decline",
    "what": "Consultation",
    "settings": {"enforce_availability": True},
}


async def ask(shop: Shop, resource_id: UUID | None, start: datetime, **given: Any) -> Booking:
    """Ask for the hour from ``start`` on."""
    end = start + timedelta(hours=1)
    return await shop.book(resource_id, start, end, **{"graph": "confirm_decline", **given})


async def events_of(shop: Shop, booking: Booking) -> int:
    return len(await events.of_bookings(shop.tx, shop.app_id, [booking.id]))


async def starts(shop: Shop, resource_id: UUID) -> list[datetime]:
    """Return when the hours start that a search offers on the morning of the seventh."""
    settings = {
        "from": "2030-05-07T09:00:00Z", "to": "2030-05-07T12:00:00Z", "length": "1 hour",
        "mode": "roundrobin_prioritized",
    }  # fmt: skip
    query = Query(resource_ids=[resource_id], settings=settings)
    found = await availability.find_slots(shop.tx, shop.app_id, query, shuffle=Shuffle(seed=1))
    return [to_datetime(slot.start) for slot in found.slots]


async def test_a_request_takes_no_time_and_shows_in_no_calendar(shop: Shop) -> None:
    doc = await shop.resource()

    asked = await ask(shop, doc.id, at(9))

    assert asked.state == "tentative"
    assert not asked.is_final
    assert asked.actions == ["decline", "confirm"]
    assert await shop.claims() == []
    assert await events_of(shop, asked) == 0
    assert await starts(shop, doc.id) == [at(9), at(10), at(11)]
    assert await bookings.get(shop.tx, shop.app_id, asked.id) == asked


async def test_several_may_ask_for_one_slot_and_one_be_confirmed(shop: Shop) -> None:
    doc = await shop.resource()
    first, second = await ask(shop, doc.id, at(9)), await ask(shop, doc.id, at(9))

    confirmed = await shop.act(second, "confirm")

    assert confirmed.state == "confirmed"
    assert await shop.claims() == [(second.id, at(9), at(10))]
    assert await events_of(shop, second) == 1
    assert await starts(shop, doc.id) == [at(10), at(11)]
    with pytest.raises(SlotTaken):
        await shop.act(first, "confirm")
    assert await bookings.get(shop.tx, shop.app_id, first.id) == first
    assert len(await shop.log(first)) == 1
    assert (await shop.act(first, "decline")).state == "declined"


@pytest.mark.parametrize("start", [at(8, 1), at(9), at(9, 59)])
async def test_what_is_taken_cannot_be_asked_for(shop: Shop, start: datetime) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10))

    with pytest.raises(SlotTaken):
        await ask(shop, doc.id, start)
    for free in (at(8), at(10)):
        await ask(shop, doc.id, free)


async def test_an_event_of_the_owner_stands_in_the_way_at_both_times(shop: Shop) -> None:
    doc = await shop.resource()
    early = await ask(shop, doc.id, at(9))
    await shop.event(doc.id, at(9, 30), at(11))

    with pytest.raises(SlotTaken):
        await shop.act(early, "confirm")
    with pytest.raises(SlotTaken):
        await ask(shop, doc.id, at(10))
    assert await shop.claims() == []


async def test_a_request_that_may_overlap_is_taken_and_confirmed_beside_another(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    one = await shop.book(doc.id, at(9), at(10))

    other = await ask(shop, doc.id, at(9), settings={"allow_double_bookings": True})
    await shop.act(other, "confirm")

    assert {claim[0] for claim in await shop.claims()} == {one.id, other.id}


async def test_a_confirmed_request_shows_as_it_was_asked_for(shop: Shop) -> None:
    doc = await shop.resource()
    extra = await shop.calendar(doc.id)
    asked = await ask(
        shop, doc.id, at(9), calendar_id=extra.id, where="Here", description="Bring fuel",
        participants=["einstein@example.com"],
    )  # fmt: skip

    confirmed = await shop.act(asked, "confirm", message="See you")

    event = (await events.of_bookings(shop.tx, shop.app_id, [asked.id]))[asked.id]
    assert (event.start_at, event.end_at, event.what) == (at(9), at(10), "Consultation")
    assert (event.location, event.description, event.calendar_id) == (
        "Here",
        "Bring fuel",
        extra.id,
    )
    assert list(event.participants) == ["einstein@example.com"]
    assert confirmed.participants == asked.participants
    assert [
        (line.action, line.from_state, line.to_state, line.message)
        for line in await shop.log(asked)
    ] == [
        ("create", "initialized", "tentative", None),
        ("confirm", "tentative", "confirmed", "See you"),
    ]


@pytest.mark.parametrize(
    ("action", "state", "keeps"),
    [
        ("cancel", "cancelled", False),
        ("cancel_by_customer", "cancelled_by_customer", False),
        ("reschedule_by_customer", "rescheduled_by_customer", False),
        ("complete", "completed", True),
    ],
)
async def test_a_confirmed_request_ends_like_any_booking(
    shop: Shop, action: str, state: str, keeps: bool
) -> None:
    doc = await shop.resource()
    asked = await ask(shop, doc.id, at(9))
    with pytest.raises(TransitionRefused):
        await shop.act(asked, action)
    await shop.act(asked, "confirm")

    ended = await shop.act(asked, action)

    assert ended.state == state
    assert ended.is_final
    assert len(await shop.claims()) == await events_of(shop, asked) == int(keeps)


async def test_a_declined_request_says_why_and_can_be_deleted(shop: Shop) -> None:
    doc = await shop.resource()
    asked = await ask(shop, doc.id, at(9))
    with pytest.raises(TransitionRefused):
        await bookings.delete(shop.tx, shop.app_id, asked.id)

    declined = await shop.act(asked, "decline", message="On holiday")

    assert declined.is_final
    assert (await shop.log(asked))[-1].message == "On holiday"
    with pytest.raises(TransitionRefused):
        await shop.act(asked, "confirm")
    await bookings.delete(shop.tx, shop.app_id, asked.id)


async def test_a_request_cannot_be_moved_before_nor_after_it_is_confirmed(shop: Shop) -> None:
    doc = await shop.resource()
    asked = await ask(shop, doc.id, at(9))

    for confirmed in (asked, await shop.act(asked, "confirm")):
        with pytest.raises(TransitionRefused, match="confirm_decline cannot be rescheduled"):
            await shop.move(confirmed, at(10), at(11))

    assert await shop.claims() == [(asked.id, at(9), at(10))]


@pytest.mark.parametrize("action", ["confirm", "tentative", "decline"])
async def test_a_request_begins_with_create_and_nothing_else(shop: Shop, action: str) -> None:
    doc = await shop.resource()

    with pytest.raises(TransitionRefused, match=f"'{action}' to current state 'initialized'"):
        await ask(shop, doc.id, at(9), action=action)
    assert (await ask(shop, doc.id, at(9), action="create")).state == "tentative"


async def test_a_request_whose_resource_is_gone_cannot_be_confirmed(shop: Shop) -> None:
    doc = await shop.resource()
    asked = await ask(shop, doc.id, at(9))
    await resources.delete(shop.tx, shop.app_id, doc.id)

    with pytest.raises(SlotTaken):
        await shop.act(asked, "confirm")
    assert (await shop.act(asked, "decline")).state == "declined"


async def test_a_request_whose_calendar_is_gone_is_confirmed_without_an_event(shop: Shop) -> None:
    doc = await shop.resource()
    extra = await shop.calendar(doc.id)
    asked = await ask(shop, doc.id, at(9), calendar_id=extra.id)
    await calendars.delete(shop.tx, shop.app_id, extra.id)

    await shop.act(asked, "confirm")

    assert await shop.claims() == [(asked.id, at(9), at(10))]
    assert await events_of(shop, asked) == 0


async def test_without_a_resource_the_first_free_one_of_the_project_is_asked(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id, marty.id, booking={"graph": "confirm_decline"})
    await shop.book(doc.id, at(9), at(10))

    asked = await ask(shop, None, at(9), graph=None, project_id=project.id)

    assert (asked.graph.name, asked.resource_id) == ("confirm_decline", marty.id)


async def test_the_owner_may_confirm_when_the_notice_for_customers_has_passed(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(
        doc.id, booking=ENFORCED,
        availability={"mode": "roundrobin_prioritized", "from": "1 day", "to": "2 days"},
    )  # fmt: skip
    asked = await ask(shop, doc.id, at(9), graph=None, project_id=project.id)
    with pytest.raises(SlotTaken):
        await ask(shop, doc.id, at(7), graph=None, project_id=project.id)

    later = Shop(replace(shop.tx, now=at(8, 30)), shop.app_id)

    assert (await later.act(asked, "confirm")).updated_at == at(8, 30)


async def test_a_limit_that_is_enforced_counts_what_was_confirmed_meanwhile(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(
        doc.id, booking=ENFORCED,
        availability={"mode": "roundrobin_prioritized", "limits": {"resource": {"day": 1}}},
    )  # fmt: skip
    one, other = [
        await ask(shop, doc.id, at(hour), graph=None, project_id=project.id) for hour in (9, 11)
    ]
    await shop.act(one, "confirm")

    with pytest.raises(SlotTaken):
        await shop.act(other, "confirm")
    await shop.act(one, "cancel")
    await shop.act(other, "confirm")
