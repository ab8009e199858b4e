"""What comes free goes to who is first in line, however many others want it at that moment."""

import asyncio
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.bootstrap import system_clock
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import Hold
from slotkeeper.domain.order import Order
from slotkeeper.domain.waitlist import Entry
from slotkeeper.edge.parts import Parts, Shuffle
from slotkeeper.jobs.loop import at_work
from slotkeeper.jobs.worker import Worker
from slotkeeper.services import bookings, waitlist, waitlist_offers
from slotkeeper.storage import holders
from slotkeeper.storage.transaction import Database, Transaction
from tests.races.arena import Arena, Request, a_class, action, order, seat, slot, statuses
from tests.services.shop import MARTY, Shop, at, open_shop

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5
STRANGERS = 20


def waiting(name: object, **given: Any) -> Request:
    """Return the request to stand in line."""
    customer = {"name": f"Number {name}", "email": f"n{name}@example.com"}
    return "POST", "/bookings/waitlist", {"customer": customer, "what": "Visit", **given}


def for_seat(owner: Any) -> dict[str, Any]:
    return {"related": {"owner_booking_id": owner["id"]}}


async def full_class(arena: Arena, seats: int) -> tuple[Any, list[Any]]:
    """Return a class and the bookings of all its seats."""
    owner = await arena.made(a_class(await arena.resource(), seats, slot(9)))
    return owner, [await arena.made(seat(owner)) for _ in range(seats)]


async def in_line(arena: Arena, most: int, **given: Any) -> list[Any]:
    return [await arena.made(waiting(n, **given)) for n in range(most)]


def states(arena: Arena, *entries: Any) -> list[str]:
    """Return where entries stand, in the order of joining."""
    found = arena.rows(
        "SELECT state FROM waitlist WHERE id = ANY(%s) ORDER BY number",
        [UUID(each["id"]) for each in entries],
    )
    return [row["state"] for row in found]


async def test_the_last_seat_goes_to_the_first_in_line_and_to_no_stranger(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner, [last] = await full_class(arena, 1)
        entries = await in_line(arena, 3, **for_seat(owner))
        crowd = [seat(owner)] * STRANGERS

        answers = await arena.race(
            [*crowd[:10], action(last, "cancel_by_customer"), *crowd[10:]]
        )  # fmt: skip

        assert answers.pop(10).status == 200
        assert statuses(answers) == {422: STRANGERS}
        assert states(arena, *entries) == ["offered", "waiting", "waiting"]
        offered = (await arena.send(("GET", f"/bookings/waitlist/{entries[0]['id']}", None))).body
        held = arena.rows("SELECT booking_id FROM seats WHERE owner_booking_id = %s", owner["id"])
        assert [str(row["booking_id"]) for row in held] == [offered["data"]["reservation_id"]]
    arena.check()


async def test_a_slot_goes_to_the_first_in_line_and_to_no_stranger(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        booking = await arena.made(order(doc, slot(9)))
        entries = await in_line(arena, 3, resource_id=doc, **slot(9))
        crowd = [order(doc, slot(9))] * STRANGERS

        answers = await arena.race([*crowd[:10], action(booking, "cancel"), *crowd[10:]])

        assert answers.pop(10).status == 200
        assert statuses(answers) == {422: STRANGERS}
        assert states(arena, *entries) == ["offered", "waiting", "waiting"]
    arena.check()


async def test_two_seats_given_back_at_once_go_to_two(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner, seats = await full_class(arena, 4)
        entries = await in_line(arena, 3, **for_seat(owner))

        answers = await arena.race([action(each, "cancel_by_owner") for each in seats[:2]])

        assert statuses(answers) == {200: 2}
        assert states(arena, *entries) == ["offered", "offered", "waiting"]
        taken = arena.rows("SELECT number FROM seats WHERE owner_booking_id = %s", owner["id"])
        assert len(taken) == 4
    arena.check()


async def test_two_who_come_free_at_once_serve_two_in_the_line_of_a_project(arena: Arena) -> None:
    for _ in range(ROUNDS):
        people = [await arena.resource() for _ in range(2)]
        project = await arena.made(
            ("POST", "/projects", {"name": "Two", "resources": people, "availability": {},
                                   "booking": {"graph": "instant"}})
        )  # fmt: skip
        booked = [await arena.made(order(each, slot(9))) for each in people]
        entries = await in_line(arena, 3, project_id=project["id"], **slot(9))

        answers = await arena.race([action(each, "cancel") for each in booked])

        assert statuses(answers) == {200: 2}
        assert states(arena, *entries) == ["offered", "offered", "waiting"]
    arena.check()


async def test_nobody_waits_for_what_is_free(arena: Arena) -> None:
    """Of those who join while it comes free one is served, or all hear that it can be booked."""
    lines = 0
    for spread in [0.02, 0.05, 0.1, 0.2, 3.0] * (ROUNDS // 5):
        owner, [last] = await full_class(arena, 1)
        crowd = [waiting(n, **for_seat(owner)) for n in range(10)]
        before = 5

        answers = await arena.race_around(
            system_clock() + timedelta(seconds=spread),
            [*crowd[:before], action(last, "cancel_by_customer"), *crowd[before:]],
            seconds=spread,
        )

        assert answers.pop(before).status == 200
        assert statuses(answers).keys() <= {201, 422}
        free = {"error": "A seat can be booked, there is no need to wait"}
        assert all(answer.body == free for answer in answers if answer.status == 422)
        entries = [answer.body["data"] for answer in answers if answer.status == 201]
        if entries:
            lines += 1
            assert states(arena, *entries) == ["offered"] + ["waiting"] * (len(entries) - 1)
    assert lines, "nobody joined in time: the test shows nothing"
    arena.check()


async def test_one_address_stands_in_line_once(arena: Arena) -> None:
    owner, _ = await full_class(arena, 1)

    answers = await arena.race([waiting(1, **for_seat(owner))] * STRANGERS)

    assert statuses(answers) == {201: STRANGERS}
    assert len({answer.body["data"]["id"] for answer in answers}) == 1
    assert states(arena, answers[0].body["data"]) == ["waiting"]


async def test_an_offer_is_taken_once_or_given_up(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner, [last] = await full_class(arena, 1)
        first, second = await in_line(arena, 2, **for_seat(owner))
        await arena.send(action(last, "cancel_by_customer"))
        address = f"/bookings/waitlist/{first['id']}"
        offer = (await arena.send(("GET", address, None))).body["data"]["reservation_id"]
        take: Request = ("POST", "/bookings", {"reservation_id": offer})

        answers = await arena.race([take, take, ("DELETE", address, None), take])

        assert sorted(answer.status for answer in answers)[1:] == [422] * 3
        left = answers[2].status == 204
        assert states(arena, first, second) == (["left", "offered"] if left else
                                                ["taken", "waiting"])  # fmt: skip
    arena.check()


async def test_a_class_that_is_called_off_takes_its_line_along(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner, seats = await full_class(arena, 4)
        entries = await in_line(arena, 6, **for_seat(owner))

        answers = await arena.race(
            [*[action(each, "cancel_by_owner") for each in seats[:2]], action(owner, "cancel"),
             waiting("late", **for_seat(owner)), action(seats[2], "cancel_by_customer")]
        )  # fmt: skip

        assert answers[2].status == 200
        assert statuses(answers).keys() <= {200, 201, 422}
        assert states(arena, *entries) == ["lapsed"] * 6
        assert arena.rows("SELECT FROM seats WHERE owner_booking_id = %s", owner["id"]) == []
        if answers[3].status == 201:
            assert states(arena, answers[3].body["data"]) == ["lapsed"]
    arena.check()


async def test_offers_that_run_out_go_on_down_the_line_and_past_no_one(arena: Arena) -> None:
    """A crowd asks for the seat and the slot all the time, with a worker that may be late."""
    database = Database(arena.database_url, clock=system_clock)
    await database.open()
    owner, [last] = await full_class(arena, 1)
    doc = await arena.resource()
    booking = await arena.made(order(doc, slot(9)))
    seats = await in_line(arena, 2, hold_time=1, **for_seat(owner))
    slots = await in_line(arena, 2, hold_time=1, resource_id=doc, **slot(9))
    for each in (action(last, "cancel_by_customer"), action(booking, "cancel")):
        assert (await arena.send(each)).status == 200

    async with at_work(Worker(database)):
        wins: list[tuple[str, list[str]]] = []
        tries = 0
        while len(wins) < 2 and tries < 500:
            tries += 1
            for answer in await arena.race([seat(owner), order(doc, slot(9))] * 4):
                if answer.status == 201:
                    open_now = states(arena, *seats, *slots)
                    wins.append((answer.body["data"]["graph"], open_now))
            await asyncio.sleep(0.02)
    await database.close()

    assert sorted(graph for graph, _ in wins) == ["group_customer", "instant"]
    for graph, stood in wins:
        line = stood[:2] if graph == "group_customer" else stood[2:]
        # The hold of the last in line has run out, and nobody is left to wait for it.
        assert line in (["missed", "offered"], ["missed", "missed"])
    arena.check()


# --- What each guard prevents, step by step ------------------------------------------------


async def test_without_the_lock_somebody_waits_for_a_free_seat(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def looked_at(tx: Transaction, app_id: UUID, owner_booking_id: UUID) -> int:
        taken = await bookings.seats_of(tx, app_id, owner_booking_id)
        return sum(each.holding is not Hold.NOTHING for each in taken)

    app_id, owner, last = await _committed(parts)
    with monkeypatch.context() as without:
        without.setattr(holders, "hold_seats", looked_at)
        async with parts.database.transaction() as tx:
            entry = await _joined(tx, app_id, owner)
            await asyncio.wait_for(_given_back(parts, app_id, last), 10)

    async with parts.database.transaction() as tx:
        assert (await waitlist.get(tx, app_id, entry.id)).state == "waiting"
        assert await tx.values("SELECT number FROM seats WHERE app_id = %s", (app_id,)) == []


async def test_with_the_lock_who_gives_back_waits_until_the_entry_is_there(parts: Parts) -> None:
    app_id, owner, last = await _committed(parts)
    async with parts.database.transaction() as tx:
        entry = await _joined(tx, app_id, owner)
        giving_back = asyncio.create_task(_given_back(parts, app_id, last))
        done, _ = await asyncio.wait([giving_back], timeout=0.3)
        assert not done, "it waits for who joins"
    await giving_back

    async with parts.database.transaction() as tx:
        assert (await waitlist.get(tx, app_id, entry.id)).state == "offered"


async def test_an_offer_in_a_transaction_of_its_own_would_come_too_late(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def later(tx: Transaction, app_id: UUID, before: Booking) -> None:
        """Leave it to a transaction that follows."""

    app_id, owner, last = await _committed(parts)
    async with parts.database.transaction() as tx:
        entry = await _joined(tx, app_id, owner)
    with monkeypatch.context() as without:
        without.setattr(waitlist_offers, "came_free", later)
        await _given_back(parts, app_id, last)
    async with parts.database.transaction() as tx:
        wanted = Order(graph="group_customer", owner_booking_id=owner.id, customer=MARTY)
        await bookings.book(tx, app_id, wanted, actor="api_key", shuffle=Shuffle(seed=1))
    async with parts.database.transaction() as tx:
        await waitlist_offers.came_free(tx, app_id, last)

    async with parts.database.transaction() as tx:
        assert (await waitlist.get(tx, app_id, entry.id)).state == "waiting"


async def _committed(parts: Parts) -> tuple[UUID, Booking, Booking]:
    """Return an app, a class with one seat, and the booking of that."""
    async with parts.database.transaction() as tx:
        shop = await open_shop(tx, parts.vault)
        doc = await shop.resource()
        owner = await shop.book(
            doc.id, at(9), at(10), graph="group_owner", settings={"max_seats": 1}
        )
        last = await shop.book(
            None, at(9), at(10), graph="group_customer", owner_booking_id=owner.id
        )
        return shop.app_id, owner, last


async def _joined(tx: Transaction, app_id: UUID, owner: Booking) -> Entry:
    wanted = Order(owner_booking_id=owner.id, customer=MARTY)
    entry, _ = await waitlist.join(
        tx, app_id, wanted, hold_time=None, actor="api_key", shuffle=Shuffle(seed=1)
    )
    return entry


async def _given_back(parts: Parts, app_id: UUID, last: Booking) -> None:
    async with parts.database.transaction() as tx:
        await Shop(tx, app_id).act(last, "cancel_by_owner")
