"""Waiting lists: who may stand in line, and who gets what comes free."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.errors import InvalidInput, NotFound, SlotTaken, TransitionRefused
from slotkeeper.domain.listing import Listing
from slotkeeper.domain.order import Order
from slotkeeper.domain.waitlist import ENTRIES_MAX, Entry, State
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import alarms, bookings, reservations, waitlist
from tests.services.shop import Shop, at
from tests.support.clock import NOW

QUARTER = timedelta(minutes=15)


def somebody(name: str) -> Customer:
    return Customer(id=uuid4(), name=name, email=f"{name}@example.com")


@dataclass(frozen=True)
class Line:
    """A shop with short ways to stand in line."""

    shop: Shop

    def at(self, moment: datetime) -> "Line":
        """Return the same line at another moment of the same transaction."""
        return Line(replace(self.shop, tx=replace(self.shop.tx, now=moment)))

    async def join(self, name: str = "einstein", **given: Any) -> Entry:
        entry, is_new = await self.joined(name, **given)
        assert is_new
        return entry

    async def joined(self, name: str = "einstein", **given: Any) -> tuple[Entry, bool]:
        hold_time = given.pop("hold_time", None)
        named = {"what": "Visit"} if "project_id" not in given else {}
        order = Order(**{"customer": somebody(name), **named, **given})
        return await waitlist.join(
            self.shop.tx, self.shop.app_id, order, hold_time=hold_time, actor="widget_key",
            shuffle=Shuffle(seed=1),
        )  # fmt: skip

    async def now(self, entry: Entry) -> Entry:
        found = await waitlist.get(self.shop.tx, self.shop.app_id, entry.id)
        return found.seen(self.shop.tx.now)

    async def states(self, *entries: Entry) -> list[State]:
        return [(await self.now(each)).state for each in entries]

    async def leave(self, entry: Entry) -> Entry:
        return await waitlist.leave(self.shop.tx, self.shop.app_id, entry.id, actor="widget_key")

    async def take(self, entry: Entry, **given: Any) -> Booking:
        order = Order(reservation_id=(await self.now(entry)).reservation_id, **given)
        return await bookings.book(
            self.shop.tx, self.shop.app_id, order, actor="widget_key", shuffle=Shuffle(seed=1)
        )

    async def log(self, entry: Entry) -> list[tuple[str, str]]:
        log = await waitlist.logs_of(self.shop.tx, self.shop.app_id, [entry.id])
        return [(line.action, line.to_state) for line in log[entry.id]]

    async def positions(self, *entries: Entry) -> list[int | None]:
        found = await waitlist.positions(self.shop.tx, self.shop.app_id, entries)
        return [found.get(each.id) for each in entries]

    async def course(self, seats: int, **given: Any) -> Booking:
        """Make a class on Tuesday at nine."""
        doc = await self.shop.resource()
        settings = {"max_seats": seats, **given}
        return await self.shop.book(
            doc.id, at(9), at(10), graph="group_owner", settings=settings, customer=None
        )

    async def seat(self, course: Booking, name: str = "marty", **given: Any) -> Booking:
        values = {"graph": "group_customer", **given}
        return await self.shop.book(
            None, at(9), at(10), owner_booking_id=course.id, customer=somebody(name), **values
        )

    async def ring(self) -> None:
        """Do what time does; other tests leave bookings behind in the same database."""
        while await alarms.ring_due(self.shop.tx, most=100) >= 100:
            pass


@pytest.fixture
def line(shop: Shop) -> Line:
    return Line(shop)


async def taken(line: Line) -> tuple[UUID, Booking]:
    """Return somebody and a booking of them on Tuesday at nine."""
    doc = await line.shop.resource()
    return doc.id, await line.shop.book(doc.id, at(9), at(10))


def nine(resource_id: UUID) -> dict[str, Any]:
    return {"resource_id": resource_id, "start": at(9), "end": at(10)}


# --- Who may stand in line ---------------------------------------------------------------


async def test_what_can_be_booked_is_not_waited_for(line: Line) -> None:
    doc = await line.shop.resource()
    course = await line.course(1)

    with pytest.raises(SlotTaken, match="timeslot can be booked, there is no need to wait"):
        await line.join(**nine(doc.id))
    with pytest.raises(SlotTaken, match="A seat can be booked, there is no need to wait"):
        await line.join(owner_booking_id=course.id)
    # To find that out left nothing behind.
    assert await line.shop.count("seats") == 0
    assert len(await line.shop.claims()) == 1
    assert await line.shop.count("bookings") == 1


async def test_what_no_booking_holds_is_not_waited_for(line: Line) -> None:
    """An event of the owner is in the way; deleting it would tell nobody."""
    doc = await line.shop.resource()
    await line.shop.event(doc.id, at(9), at(10))
    with pytest.raises(SlotTaken, match="No booking holds"):
        await line.join(**nine(doc.id))


async def test_a_line_has_an_order(line: Line) -> None:
    doc, _ = await taken(line)
    entries = [await line.join(name, **nine(doc)) for name in ("einstein", "jennifer", "biff")]

    assert await line.positions(*entries) == [1, 2, 3]
    await line.leave(entries[0])
    assert await line.positions(*entries) == [None, 1, 2]
    assert await line.log(entries[0]) == [("join", "waiting"), ("leave", "left")]


async def test_who_stands_in_line_already_gets_the_first_entry(line: Line) -> None:
    doc, _ = await taken(line)
    first = await line.join("einstein", **nine(doc))

    again, is_new = await line.joined(
        customer=replace(somebody("x"), email="Einstein@EXAMPLE.com"), **nine(doc)
    )

    assert (again.id, is_new) == (first.id, False)
    await line.leave(first)
    assert (await line.join("einstein", **nine(doc))).id != first.id


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"customer": None}, "customer"),
        ({"what": None}, "what"),
        ({"start": None}, "start"),
        ({"resource_id": None}, "resource_id"),
        ({"end": at(9)}, "end"),
        ({"start": NOW - QUARTER, "end": NOW + QUARTER}, "start"),
        ({"graph": "chess"}, "graph"),
        ({"graph": "group_owner", "settings": {"max_seats": 3}}, "graph"),
        ({"graph": "group_customer"}, "related.owner_booking_id"),
        ({"hold_time": "soon"}, "hold_time"),
        ({"hold_time": 0}, "hold_time"),
        ({"hold_time": "8 days"}, "hold_time"),
    ],
)
async def test_an_entry_that_could_not_be_booked_later_is_refused_now(
    line: Line, given: dict[str, Any], field: str
) -> None:
    doc, _ = await taken(line)
    with pytest.raises(InvalidInput) as refusal:
        await line.join(**{**nine(doc), **given})
    assert field in refusal.value.errors


async def test_what_is_not_there_cannot_be_waited_for(line: Line, other_shop: Shop) -> None:
    theirs = await Line(other_shop).course(1)
    for given in ({"owner_booking_id": theirs.id}, nine(uuid4()), {**nine(uuid4()), "what": "x"}):
        with pytest.raises(NotFound):
            await line.join(**given)
    with pytest.raises(NotFound):
        await line.leave(await waiting_entry(Line(other_shop)))


async def waiting_entry(line: Line) -> Entry:
    doc, _ = await taken(line)
    return await line.join(**nine(doc))


async def test_a_class_that_takes_no_bookings_has_no_line(line: Line) -> None:
    course = await line.course(1, min_booking_time="1 day")
    await line.seat(course)
    late = line.at(at(9) - timedelta(hours=23))
    with pytest.raises(SlotTaken, match="cannot be booked now"):
        await late.join(owner_booking_id=course.id)


async def test_a_line_has_an_end(line: Line) -> None:
    doc, _ = await taken(line)
    await line.join("first", **nine(doc))
    await line.shop.tx.run(
        "INSERT INTO waitlist (app_id, id, state, resource_id, start_at, end_at, customer_name, "
        "customer_email, customer_phone, customer_voip, customer_timezone, customer_custom, meta, "
        "hold_seconds, created_at, updated_at) "
        "SELECT app_id, gen_random_uuid(), state, resource_id, start_at, end_at, customer_name, "
        "n || customer_email, '', '', '', '{}', '{}', 900, created_at, updated_at "
        "FROM waitlist, generate_series(2, %s) AS n WHERE app_id = %s",
        (ENTRIES_MAX - 1, line.shop.app_id),
    )
    await line.join("last", **nine(doc))
    with pytest.raises(SlotTaken, match="The waiting list is full"):
        await line.join("late", **nine(doc))


# --- What comes free ---------------------------------------------------------------------


async def test_a_slot_that_comes_free_is_held_for_the_first_in_line(line: Line) -> None:
    doc, booking = await taken(line)
    first, second = [await line.join(name, **nine(doc)) for name in ("einstein", "jennifer")]

    await line.shop.act(booking, "cancel")

    assert await line.states(first, second) == [State.OFFERED, State.WAITING]
    offered = await line.now(first)
    assert offered.offered_until == NOW + QUARTER
    assert offered.reservation_id is not None
    assert await line.shop.claims() == [(offered.reservation_id, at(9), at(10))]
    held = await bookings.get(line.shop.tx, line.shop.app_id, offered.reservation_id)
    assert held.state == "reserved"
    assert held.customer is not None
    assert held.customer.email == "einstein@example.com"
    assert [each.actor for each in await line.shop.log(held)] == ["waiting_list"]
    with pytest.raises(SlotTaken):
        await line.shop.book(doc, at(9), at(10))


async def test_a_seat_that_comes_free_is_held_for_the_first_in_line(line: Line) -> None:
    course = await line.course(2)
    seats = [await line.seat(course, name) for name in ("marty", "doc")]
    entries = [
        await line.join(name, owner_booking_id=course.id) for name in ("einstein", "jennifer", "x")
    ]

    await line.shop.act(seats[0], "cancel_by_customer")
    assert await line.states(*entries) == ["offered", "waiting", "waiting"]
    await line.shop.act(seats[1], "cancel_by_owner")
    assert await line.states(*entries) == ["offered", "offered", "waiting"]
    with pytest.raises(SlotTaken):
        await line.seat(course, "stranger")


@pytest.mark.parametrize("graph", ["group_customer", "group_customer_payment"])
async def test_the_offer_of_a_seat_is_taken(line: Line, graph: str) -> None:
    course = await line.course(1)
    seat = await line.seat(course)
    entry = await line.join(owner_booking_id=course.id, graph=graph, meta={"from": "list"})
    await line.shop.act(seat, "cancel_by_customer")

    booking = await line.take(entry)

    assert booking.graph.name == graph
    assert booking.owner_booking_id == course.id
    assert booking.meta == {"from": "list"}
    assert booking.customer is not None
    assert booking.customer.email == "einstein@example.com"
    after = await line.now(entry)
    assert (after.state, after.booking_id) == (State.TAKEN, booking.id)
    assert await line.log(entry) == [
        ("join", "waiting"), ("offer", "offered"), ("take", "taken"),
    ]  # fmt: skip
    assert await line.shop.count("seats") == 1


async def test_the_offer_of_a_slot_is_taken_in_the_graph_of_the_project(line: Line) -> None:
    doc, booking = await taken(line)
    project = await line.shop.project(doc, booking={"graph": "instant_payment", "what": "Repair"})
    entry = await line.join(project_id=project.id, **nine(doc))
    await line.shop.act(booking, "cancel")

    taken_over = await line.take(entry)

    assert (taken_over.graph.name, taken_over.state) == ("instant_payment", "tentative")
    assert taken_over.what == "Repair"
    assert (await line.now(entry)).booking_id == taken_over.id


async def test_an_offer_that_nobody_takes_goes_to_the_next(line: Line) -> None:
    course = await line.course(1)
    seat = await line.seat(course)
    first = await line.join("einstein", owner_booking_id=course.id)
    second = await line.join("jennifer", owner_booking_id=course.id)
    await line.shop.act(seat, "cancel_by_customer")

    late = line.at(NOW + QUARTER)
    assert await late.states(first) == [State.MISSED]  # whether or not a worker has looked
    await late.ring()
    assert await late.states(first, second) == [State.MISSED, State.OFFERED]
    assert (await late.now(second)).offered_until == NOW + 2 * QUARTER

    later = line.at(NOW + 2 * QUARTER)
    await later.ring()
    assert await later.states(first, second) == [State.MISSED, State.MISSED]
    await later.seat(course, "stranger")


async def test_what_ran_out_is_kept_for_the_line_until_it_moves_on(line: Line) -> None:
    """The worker may be late by a second; strangers are not let in between."""
    course = await line.course(1)
    seat = await line.seat(course)
    doc, booking = await taken(line)
    for name in ("einstein", "jennifer"):
        await line.join(name, owner_booking_id=course.id)
        await line.join(name, **nine(doc))
    await line.shop.act(seat, "cancel_by_customer")
    await line.shop.act(booking, "cancel")

    late = line.at(NOW + QUARTER)
    for trying in (late.seat(course, "stranger"), late.shop.book(doc, at(9), at(10))):
        with pytest.raises(SlotTaken):
            async with line.shop.tx.connection.transaction():
                await trying
    await late.ring()
    with pytest.raises(SlotTaken):
        await late.seat(course, "stranger")
    await line.at(NOW + 3 * QUARTER).seat(course, "stranger")  # nobody waits any more


async def test_holds_of_others_that_run_out_serve_the_line_too(line: Line) -> None:
    doc = await line.shop.resource()
    await line.shop.book(doc.id, at(9), at(10), graph="instant_payment")
    entry = await line.join(**nine(doc.id))

    await line.at(NOW + timedelta(minutes=5)).ring()

    assert await line.states(entry) == [State.OFFERED]


async def test_moving_away_serves_the_line(line: Line) -> None:
    doc, booking = await taken(line)
    entry = await line.join(**nine(doc))
    overlapping = await line.join("jennifer", resource_id=doc, start=at(8), end=at(9, 30))

    await line.shop.move(booking, at(9, 30), at(10, 30))

    assert await line.states(entry, overlapping) == [State.WAITING, State.OFFERED]


async def test_one_booking_makes_room_for_several(line: Line) -> None:
    doc = (await line.shop.resource()).id
    booking = await line.shop.book(doc, at(9), at(12))
    await line.shop.book(doc, at(12), at(13))
    spans = [(at(11), at(13)), (at(10), at(11)), (at(10, 30), at(12)), (at(9), at(10))]
    entries = [
        await line.join(f"n{n}", resource_id=doc, start=start, end=end)
        for n, (start, end) in enumerate(spans)
    ]

    await line.shop.act(booking, "cancel")

    # The first wants more than came free, the third what the second has just been given.
    assert await line.states(*entries) == ["waiting", "offered", "waiting", "offered"]


async def test_whoever_of_a_project_comes_free_serves_its_line(line: Line) -> None:
    doc, booking = await taken(line)
    other, theirs = await taken(line)
    project = await line.shop.project(doc, other)
    entry = await line.join(project_id=project.id, start=at(9), end=at(10))
    named = await line.join("jennifer", **nine(doc))

    await line.shop.act(theirs, "cancel")
    assert await line.states(entry, named) == [State.OFFERED, State.WAITING]
    held = await bookings.get(
        line.shop.tx, line.shop.app_id, (await line.now(entry)).reservation_id or uuid4()
    )
    assert held.resource_id == other
    await line.shop.act(booking, "cancel")
    assert await line.states(named) == [State.OFFERED]


async def test_a_project_with_somebody_free_has_no_line(line: Line) -> None:
    doc, _ = await taken(line)
    project = await line.shop.project(doc, (await line.shop.resource()).id)
    with pytest.raises(SlotTaken, match="no need to wait"):
        await line.join(project_id=project.id, start=at(9), end=at(10))


async def test_the_line_of_one_app_is_not_served_by_another(line: Line, other_shop: Shop) -> None:
    entry = await waiting_entry(line)
    _, theirs = await taken(Line(other_shop))
    await other_shop.act(theirs, "cancel")
    assert await line.states(entry) == [State.WAITING]


async def test_giving_up_an_offer_passes_it_on(line: Line) -> None:
    doc, booking = await taken(line)
    first, second = [await line.join(name, **nine(doc)) for name in ("einstein", "jennifer")]
    await line.shop.act(booking, "cancel")

    await line.leave(first)

    assert await line.states(first, second) == [State.LEFT, State.OFFERED]
    assert len(await line.shop.claims()) == 1
    with pytest.raises(TransitionRefused, match=r"action 'leave' to .* 'left'"):
        await line.leave(first)


async def test_an_offer_that_becomes_another_time_passes_its_own_on(line: Line) -> None:
    doc, booking = await taken(line)
    first, second = [await line.join(name, **nine(doc)) for name in ("einstein", "jennifer")]
    await line.shop.act(booking, "cancel")

    await line.take(first, start=at(14), end=at(15))

    assert await line.states(first, second) == [State.TAKEN, State.OFFERED]


async def test_an_offer_is_not_extended(line: Line) -> None:
    doc, booking = await taken(line)
    entry = await line.join(**nine(doc))
    await line.shop.act(booking, "cancel")
    reservation_id = (await line.now(entry)).reservation_id
    assert reservation_id is not None
    with pytest.raises(TransitionRefused, match="cannot be extended"):
        await reservations.extend(
            line.shop.tx, line.shop.app_id, reservation_id, seconds=3600
        )  # fmt: skip


async def test_an_offer_taken_as_a_request_keeps_its_place(line: Line) -> None:
    """It holds nothing until its owner confirms; declined, the next in line has their turn."""
    doc, booking = await taken(line)
    first = await line.join("einstein", graph="confirm_decline", **nine(doc))
    second = await line.join("jennifer", **nine(doc))
    await line.shop.act(booking, "cancel")

    request = await line.take(first)
    assert await line.states(first, second) == [State.TAKEN, State.WAITING]
    await line.shop.act(request, "decline")
    assert await line.states(second) == [State.OFFERED]


# --- How long, and how it ends -------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "stored", "lasts"),
    [
        (None, None, QUARTER),
        (None, "2 hours", timedelta(hours=2)),
        (60, "2 hours", timedelta(minutes=1)),
        ("90 seconds", None, timedelta(seconds=90)),
        ("3 days", None, at(9) - NOW),  # never beyond the start
    ],
)
async def test_an_offer_lasts_as_long_as_was_said(
    line: Line, said: int | str | None, stored: str | None, lasts: timedelta
) -> None:
    doc, booking = await taken(line)
    settings = {"waitlist": {"hold_time": stored}} if stored else {}
    project = await line.shop.project(doc, booking={"graph": "instant", **settings})
    entry = await line.join(project_id=project.id, hold_time=said, **nine(doc))
    await line.shop.act(booking, "cancel")
    assert (await line.now(entry)).offered_until == NOW + lasts


async def test_when_a_class_is_called_off_its_line_ends(line: Line) -> None:
    course = await line.course(1)
    seat = await line.seat(course)
    entries = [await line.join(name, owner_booking_id=course.id) for name in ("a", "b")]
    of_the_room = await line.join(
        "c", resource_id=course.resource_id, start=at(9), end=at(10)
    )  # fmt: skip
    await line.shop.act(seat, "cancel_by_customer")
    offered = await line.now(entries[0])

    await line.shop.act(course, "cancel")

    assert await line.states(*entries, of_the_room) == ["lapsed", "lapsed", "offered"]
    assert await line.log(entries[0]) == [
        ("join", "waiting"), ("offer", "offered"), ("lapse", "lapsed"),
    ]  # fmt: skip
    assert offered.reservation_id is not None
    held = await bookings.get(line.shop.tx, line.shop.app_id, offered.reservation_id)
    assert held.state == "cancelled"
    assert await line.shop.count("seats") == 0


async def test_what_has_begun_is_waited_for_no_more(line: Line) -> None:
    doc, booking = await taken(line)
    entry = await line.join(**nine(doc))
    late = line.at(at(9))

    assert await late.states(entry) == [State.LAPSED]
    await late.shop.act(booking, "cancel")
    assert await late.shop.claims() == []
    for _ in range(2):
        await late.ring()
        assert await late.log(entry) == [("join", "waiting"), ("lapse", "lapsed")]
    with pytest.raises(TransitionRefused):
        await late.leave(entry)


async def test_no_offer_is_made_once_seats_cannot_be_booked(line: Line) -> None:
    course = await line.course(1, min_booking_time="2 hours")
    seat = await line.seat(course)
    entry = await line.join(owner_booking_id=course.id)
    late = line.at(at(7))
    await late.shop.act(seat, "cancel_by_customer")
    assert await late.states(entry) == [State.WAITING]


async def test_who_cannot_be_served_any_more_keeps_nobody_else_waiting(line: Line) -> None:
    """Cancelling works all the same, and the next gets the seat."""
    course = await line.course(1)
    seat = await line.seat(course)
    first = await line.join("a", owner_booking_id=course.id)
    second = await line.join("b", owner_booking_id=course.id)
    # As a later version might leave it, that knows another graph by this name.
    await line.shop.tx.run("UPDATE waitlist SET graph = 'chess' WHERE id = %s", (first.id,))

    await line.shop.act(seat, "cancel_by_customer")

    assert await line.states(first, second) == [State.LAPSED, State.OFFERED]


async def test_the_list_is_searched_and_ordered(line: Line) -> None:
    doc, booking = await taken(line)
    project = await line.shop.project(doc)
    course = await line.course(1)
    await line.seat(course)
    slot = await line.join("a", project_id=project.id, **nine(doc))
    seat = await line.join("b", owner_booking_id=course.id)
    later = await line.join("c", **nine(doc))
    await line.shop.act(booking, "cancel")

    async def found(*terms: tuple[str, str], **given: Any) -> list[UUID]:
        page = await waitlist.list_entries(
            line.shop.tx, line.shop.app_id, Listing(terms=terms, **given)
        )
        return [entry.id for entry in page.items]

    assert await found() == ids(slot, seat, later)
    assert await found(order="position", descending=True) == ids(later, seat, slot)
    assert await found(limit=1, page=2) == ids(seat)
    assert await found(("owner_booking.id", str(course.id))) == ids(seat)
    assert await found(("resource.id", str(doc))) == ids(slot, later)
    assert await found(("project.id", str(project.id))) == ids(slot)
    assert await found(("state", "offered")) == ids(slot)
    assert await found(("email", "C@example.com")) == ids(later)
    with pytest.raises(InvalidInput):
        await found(("weight", "1"))


def ids(*entries: Entry) -> Sequence[UUID]:
    return [entry.id for entry in entries]
