"""Bookings by the graph ``instant``: whose time, whose words, and when not."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking, Transition
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken, TransitionRefused
from slotkeeper.domain.order import LENGTH_MAX
from slotkeeper.services import bookings, events, projects
from tests.services.shop import MARTY, Shop, at


async def log(shop: Shop, booking: Booking) -> list[Transition]:
    return (await bookings.logs_of(shop.tx, shop.app_id, [booking.id]))[booking.id]


async def act(shop: Shop, booking: Booking, action: str, **given: Any) -> Booking:
    return await bookings.act(shop.tx, shop.app_id, booking.id, action, actor="api_key", **given)


async def moved(
    shop: Shop, booking: Booking, start: datetime, end: datetime, **given: Any
) -> Booking:
    values = {"resource_id": None, "message": None, **given}
    return await bookings.reschedule(
        shop.tx, shop.app_id, booking.id, start=start, end=end, actor="widget_key", **values
    )


async def claimed(shop: Shop) -> list[tuple[UUID, datetime, datetime]]:
    found = await shop.tx.dicts(
        "SELECT booking_id, lower(during) AS start, upper(during) AS end FROM claims "
        "WHERE app_id = %s ORDER BY during", (shop.app_id,),
    )  # fmt: skip
    return [(row["booking_id"], row["start"], row["end"]) for row in found]


# Making one.


async def test_a_booking_holds_its_time_shows_in_the_calendar_and_starts_its_log(
    shop: Shop,
) -> None:
    doc = await shop.resource()

    booking = await shop.book(doc.id, at(9), at(10), where="Here", description="Bring fuel")

    assert await claimed(shop) == [(booking.id, at(9), at(10))]
    event = (await events.of_bookings(shop.tx, shop.app_id, [booking.id]))[booking.id]
    assert (event.start_at, event.end_at, event.what) == (at(9), at(10), "Consultation")
    assert (event.location, event.description, event.rsvp) == ("Here", "Bring fuel", "accepted")
    assert event.calendar_id == booking.calendar_id == await shop.calendar_of(doc.id)
    [line] = await log(shop, booking)
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


# What the project says, and what the request says over it.


async def test_a_project_fills_in_what_the_order_leaves_open(shop: Shop) -> None:
    doc = await shop.resource()
    stored = {
        "graph": "instant",
        "what": "Time travel",
        "where": "Hill Valley",
        "description": "Bring plutonium",
        "participants": ["einstein@example.com"],
        "settings": {"colour": "red"},
        "meta": {"from": "project", "kept": 1},
    }
    project = await shop.project(doc.id, booking=stored)

    booking = await shop.book(
        doc.id, at(9), at(10), project_id=project.id, meta={"from": "request"}
    )

    assert (booking.what, booking.location) == ("Time travel", "Hill Valley")
    assert booking.description == "Bring plutonium"
    assert booking.participants == ["einstein@example.com"]
    assert booking.settings == {"colour": "red"}
    assert booking.meta == {"from": "request", "kept": 1}
    assert booking.project_id == project.id


async def test_what_the_order_says_counts_before_the_project_also_when_empty(shop: Shop) -> None:
    doc = await shop.resource()
    stored = {"graph": "instant", "what": "A", "where": "B", "description": "C",
              "participants": ["d@example.com"]}  # fmt: skip
    project = await shop.project(doc.id, booking=stored)

    booking = await shop.book(
        doc.id, at(9), at(10), project_id=project.id,
        what="", where="", description="", participants=[],
    )  # fmt: skip

    assert (booking.what, booking.location, booking.description) == ("", "", "")
    assert list(booking.participants) == []


async def test_the_name_of_the_project_is_the_last_resort_for_a_title(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id, booking={"graph": "instant", "what": None})

    booking = await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert booking.what == "Consultation"


async def test_odd_things_in_a_project_are_passed_over(shop: Shop) -> None:
    doc = await shop.resource()
    odd = {"graph": "instant", "what": 7, "where": [], "settings": [], "meta": "x",
           "participants": "all", "rescheduling_url": "https://example.com"}  # fmt: skip
    project = await shop.project(doc.id, booking=odd)

    booking = await shop.book(doc.id, at(9), at(10), project_id=project.id)

    assert (booking.what, booking.location) == ("Consultation", "")
    assert (booking.settings, booking.meta, list(booking.participants)) == ({}, {}, [])


async def test_a_resource_outside_the_project_may_be_named(shop: Shop) -> None:
    """The API documentation lets a request name resources that are not attached."""
    doc, marty = await shop.resource(), await shop.resource()
    project = await shop.project(doc.id)

    booking = await shop.book(marty.id, at(9), at(10), project_id=project.id)

    assert booking.resource_id == marty.id


# Which resource, when none is named.


async def test_by_priority_the_first_free_resource_gets_the_booking(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    project = await shop.project(two.id, one.id)

    served = [
        (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id for _ in range(2)
    ]

    assert served == [two.id, one.id]
    with pytest.raises(SlotTaken):
        await shop.book(None, at(9), at(10), project_id=project.id)


async def test_at_random_every_resource_gets_its_turn(shop: Shop) -> None:
    people = [(await shop.resource()).id for _ in range(3)]
    project = await shop.project(*people, availability={"mode": "roundrobin_random"})

    served = {
        (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id for _ in people
    }

    assert served == set(people)


@pytest.mark.parametrize("blocked", ["hours of the resource", "hours of the project", "event"])
async def test_a_resource_that_is_not_open_or_not_free_is_passed_over(
    shop: Shop, blocked: str
) -> None:
    closed = [{"block_hours": {"start": 9, "end": 10}}]
    one = await shop.resource(
        availability_constraints=closed if blocked == "hours of the resource" else []
    )
    two = await shop.resource()
    if blocked == "event":
        await shop.event(one.id, at(9, 30), at(9, 45))
    rules = closed if blocked == "hours of the project" else []
    project = await shop.project(one.id, two.id, availability_constraints=rules)

    if blocked == "hours of the project":
        with pytest.raises(SlotTaken):
            await shop.book(None, at(9), at(10), project_id=project.id)
    else:
        booking = await shop.book(None, at(9), at(10), project_id=project.id)
        assert booking.resource_id == two.id


async def test_together_all_must_be_free_and_the_first_stands_for_all(shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    project = await shop.project(one.id, two.id, availability={"mode": "mutual"})
    await shop.book(two.id, at(11), at(12))

    assert (await shop.book(None, at(9), at(10), project_id=project.id)).resource_id == one.id
    with pytest.raises(SlotTaken):
        await shop.book(None, at(11), at(12), project_id=project.id)


async def test_a_project_without_resources_has_nobody_to_book(shop: Shop) -> None:
    project = await shop.project()

    with pytest.raises(InvalidInput) as refusal:
        await shop.book(None, at(9), at(10), project_id=project.id)

    assert refusal.value.errors.keys() == {"resources"}


async def test_a_project_whose_offer_is_over_can_still_be_booked_by_its_resources(
    shop: Shop,
) -> None:
    """Its window of search says what is offered; the resource is chosen by who is free."""
    doc = await shop.resource()
    project = await shop.project(doc.id)
    over = {"mode": "roundrobin_prioritized", "to": "2029-12-31T00:00:00+00:00"}
    await shop.tx.run(
        "UPDATE projects SET availability = %s::json WHERE id = %s",
        ('{"mode": "roundrobin_prioritized", "to": "2029-12-31T00:00:00+00:00"}', project.id),
    )
    assert (await projects.get(shop.tx, shop.app_id, project.id)).availability == over

    booking = await shop.book(None, at(9), at(10), project_id=project.id)

    assert booking.resource_id == doc.id


# When the time is taken by something else.


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

    after = await act(shop, booking, action, message="Sorry")

    assert after.state == state
    assert await shop.count("claims") == await shop.count("events") == holds
    assert await bookings.get(shop.tx, shop.app_id, booking.id) == after
    assert [(line.action, line.from_state, line.to_state, line.message)
            for line in await log(shop, booking)] == [
        ("confirm", "initialized", "confirmed", None),
        (action, "confirmed", state, "Sorry"),
    ]  # fmt: skip


async def test_what_has_ended_stays_ended(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10))
    await act(shop, booking, "cancel")

    with pytest.raises(TransitionRefused):
        await act(shop, booking, "cancel")
    with pytest.raises(TransitionRefused):
        await moved(shop, booking, at(10), at(11))

    assert len(await log(shop, booking)) == 2


async def test_an_action_may_bring_metadata(shop: Shop) -> None:
    booking = await shop.book((await shop.resource()).id, at(9), at(10), meta={"a": 1, "b": 2})

    after = await act(shop, booking, "complete", meta={"b": None, "c": [3]})

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
    await act(shop, booking, "complete")

    await bookings.delete(shop.tx, shop.app_id, booking.id)

    for table in ("bookings", "booking_log", "events", "claims"):
        assert await shop.count(table) == 0
    with pytest.raises(NotFound):
        await bookings.get(shop.tx, shop.app_id, booking.id)


async def test_a_booking_of_another_app_is_not_there(shop: Shop, other_shop: Shop) -> None:
    booking = await other_shop.book((await other_shop.resource()).id, at(9), at(10))

    for attempt in (
        bookings.get(shop.tx, shop.app_id, booking.id),
        act(shop, booking, "cancel"),
        moved(shop, booking, at(10), at(11)),
        bookings.change_meta(shop.tx, shop.app_id, booking.id, {"a": 1}),
        bookings.delete(shop.tx, shop.app_id, booking.id),
    ):
        with pytest.raises(NotFound):
            await attempt


# Moving one.


async def test_a_moved_booking_is_a_new_one_with_everything_of_the_old(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id)
    old = await shop.book(
        doc.id, at(9), at(10), project_id=project.id, meta={"a": 1}, participants=["x@example.com"]
    )

    new = await moved(shop, old, at(14), at(15), message="Later, please")

    assert (new.start_at, new.end_at, new.state) == (at(14), at(15), "confirmed")
    assert (new.project_id, new.what, new.meta) == (project.id, old.what, {"a": 1})
    assert (new.resource_id, new.calendar_id) == (doc.id, old.calendar_id)
    assert new.rescheduled_from == old.id
    assert new.customer is not None
    assert (new.customer.name, new.customer.email) == (MARTY.name, MARTY.email)
    assert await bookings.get(shop.tx, shop.app_id, new.id) == new
    assert await claimed(shop) == [(new.id, at(14), at(15))]
    shown = await events.of_bookings(shop.tx, shop.app_id, [old.id, new.id])
    assert shown.keys() == {new.id}
    line = (await log(shop, old))[-1]
    assert (line.action, line.to_state) == ("reschedule_by_customer", "rescheduled_by_customer")
    assert (line.message, line.actor) == ("Later, please", "widget_key")
    assert [line.action for line in await log(shop, new)] == ["confirm"]


async def test_its_own_time_does_not_stand_in_the_way(shop: Shop) -> None:
    old = await shop.book((await shop.resource()).id, at(9), at(10))

    new = await moved(shop, old, at(9, 30), at(10, 30))
    same = await moved(shop, new, at(9, 30), at(10, 30))

    assert await claimed(shop) == [(same.id, at(9, 30), at(10, 30))]


async def test_a_booking_moves_to_another_resource_and_its_calendar(shop: Shop) -> None:
    doc, marty = await shop.resource(), await shop.resource()
    old = await shop.book(doc.id, at(9), at(10))

    new = await moved(shop, old, at(9), at(10), resource_id=marty.id)

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
    before = await claimed(shop)

    with pytest.raises(SlotTaken):
        async with shop.tx.connection.transaction():  # as the edge does, undone when refused
            await moved(shop, old, at(14, 30), at(15, 30))

    assert await bookings.get(shop.tx, shop.app_id, old.id) == old
    assert await claimed(shop) == before
    assert len(await log(shop, old)) == 1
    assert (await events.of_bookings(shop.tx, shop.app_id, [old.id])).keys() == {old.id}


async def test_a_booking_that_may_overlap_may_still_overlap_when_moved(shop: Shop) -> None:
    doc = await shop.resource()
    old = await shop.book(doc.id, at(9), at(10), settings={"allow_double_bookings": True})
    await shop.book(doc.id, at(14), at(15))

    new = await moved(shop, old, at(14), at(15))

    assert new.allows_double_booking


async def test_a_booking_is_not_moved_to_nonsense(shop: Shop, other_shop: Shop) -> None:
    old = await shop.book((await shop.resource()).id, at(9), at(10))
    stranger = await other_shop.resource()

    with pytest.raises(InvalidInput):
        await moved(shop, old, at(10), at(10))
    with pytest.raises(InvalidInput):
        await moved(shop, old, at(10), at(11) + LENGTH_MAX)
    for nobody in (stranger.id, uuid4()):
        with pytest.raises(NotFound):
            await moved(shop, old, at(10), at(11), resource_id=nobody)

    assert await bookings.get(shop.tx, shop.app_id, old.id) == old
