"""What else takes time than a booking: owners' events, and bookings that may overlap."""

from typing import Any

import pytest

from slotkeeper.domain.errors import SlotTaken
from tests.services.shop import Shop, at


@pytest.mark.parametrize(
    ("given", "blocks"),
    [
        ({"rsvp": "accepted"}, True),
        ({"rsvp": "tentative"}, True),
        ({"rsvp": "needsAction"}, True),
        ({"rsvp": "declined"}, False),
        ({"all_day": True}, True),
    ],
)
async def test_an_event_of_the_owner_blocks_unless_it_was_declined(
    shop: Shop, given: dict[str, Any], blocks: bool
) -> None:
    doc = await shop.resource()
    await shop.event(doc.id, at(9), at(10), **given)

    if blocks:
        with pytest.raises(SlotTaken):
            await shop.book(doc.id, at(9, 30), at(11))
        assert await shop.count("claims") == 0
    else:
        await shop.book(doc.id, at(9, 30), at(11))


async def test_events_that_touch_and_events_of_others_do_not_block(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    await shop.event(doc.id, at(8), at(9))
    await shop.event(doc.id, at(10), at(11))
    await shop.event(marty.id, at(9), at(10))

    await shop.book(doc.id, at(9), at(10))


async def test_an_all_day_event_is_passed_over_where_the_project_ignores_them(shop: Shop) -> None:
    """What a search of the project offers must be possible to book."""
    doc = await shop.resource()
    await shop.event(doc.id, at(0), at(23), all_day=True)
    project = await shop.project(
        doc.id, availability={"mode": "roundrobin_prioritized", "ignore_all_day_events": True}
    )

    await shop.book(doc.id, at(9), at(10), project_id=project.id)
    await shop.book(None, at(10), at(11), project_id=project.id)
    with pytest.raises(SlotTaken):
        await shop.book(doc.id, at(11), at(12))


@pytest.mark.parametrize("by", ["request", "project", "booking settings of the project"])
async def test_double_bookings_are_possible_where_they_were_allowed(shop: Shop, by: str) -> None:
    doc = await shop.resource()
    allow = {"allow_double_bookings": True}
    stored = {"graph": "instant", "settings": allow if by.startswith("booking") else {}}
    project = await shop.project(doc.id, booking=stored, allow_double_bookings=by == "project")
    order = {"project_id": project.id, "settings": allow if by == "request" else {}}
    await shop.book(doc.id, at(9), at(10))
    await shop.event(doc.id, at(9), at(10))

    for _ in range(2):
        await shop.book(doc.id, at(9), at(10), **order)

    assert await shop.count("claims") == 3


async def test_a_booking_that_was_allowed_to_overlap_still_takes_the_time(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(9), at(10), settings={"allow_double_bookings": True})

    with pytest.raises(SlotTaken):
        await shop.book(doc.id, at(9, 30), at(11))

    assert await shop.count("claims") == 1


async def test_a_request_may_insist_on_free_time_against_its_project(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id, allow_double_bookings=True)
    await shop.book(doc.id, at(9), at(10))

    with pytest.raises(SlotTaken):
        await shop.book(
            doc.id, at(9), at(10), project_id=project.id,
            settings={"allow_double_bookings": False},
        )  # fmt: skip
