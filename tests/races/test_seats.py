"""More people than seats: every seat is sold once, and none in a class that was called off."""

import asyncio
import os
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import SlotTaken
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Parts, Shuffle
from slotkeeper.services import bookings
from slotkeeper.storage import bookings as stored
from slotkeeper.storage.transaction import Transaction
from tests.races.arena import Answered, Arena, a_class, action, order, seat, slot, statuses
from tests.services.shop import MARTY, Shop, at, open_shop

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 4

CROWD = 30
LEFT = 5

PATIENCE_SECONDS = 10.0
"""How long two wait for one another that are stopped between their steps."""

FULL = {"error": "No available seats"}
CLOSED = {"error": "The class cannot be booked now"}

SEATS = [
    pytest.param({"graph": "group_customer"}, id="confirmed at once"),
    pytest.param({"graph": "group_customer_payment"}, id="to be paid"),
]


async def class_with(arena: Arena, *, seats: int, sold: int = 0) -> Any:
    """Make a class of which some seats are sold already."""
    owner = await arena.made(a_class(await arena.resource(), seats, slot(9)))
    for _ in range(sold):
        await arena.made(seat(owner))
    return owner


def taken(arena: Arena, owner: Any) -> list[int]:
    found = arena.rows(
        "SELECT number FROM seats WHERE owner_booking_id = %s ORDER BY 1", owner["id"]
    )
    return [row["number"] for row in found]


def winners(answers: list[Answered]) -> int:
    """Return how many got a seat; all others must have heard that there is none."""
    assert statuses(answers).keys() <= {201, 422}, statuses(answers)
    assert all(answer.body == FULL for answer in answers if answer.status == 422)
    return statuses(answers)[201]


async def test_without_the_guard_more_seats_are_sold_than_there_are(unguarded: Arena) -> None:
    """The loss that the key of the seats prevents; if this fails, the race is no race."""
    owner = await class_with(unguarded, seats=LEFT)

    answers = await unguarded.race([seat(owner)] * CROWD)

    numbers = taken(unguarded, owner)
    assert statuses(answers)[201] == len(numbers) > LEFT
    assert len(set(numbers)) < len(numbers)


@pytest.mark.parametrize("given", SEATS)
async def test_the_last_seats_are_sold_once(arena: Arena, given: dict[str, Any]) -> None:
    for _ in range(ROUNDS):
        owner = await class_with(arena, seats=LEFT + 3, sold=3)

        answers = await arena.race([seat(owner, **given)] * CROWD)

        assert winners(answers) == LEFT
        assert taken(arena, owner) == [*range(1, LEFT + 4)]
    arena.check()


async def test_one_last_seat_is_reserved_or_booked_by_one(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner = await class_with(arena, seats=3, sold=2)
        related = {"related": {"owner_booking_id": owner["id"]}, "reservation_time": 60}

        answers = await arena.race(
            [seat(owner), ("POST", "/bookings/reserve", related)] * (CROWD // 2)
        )

        assert winners(answers) == 1
    arena.check()


async def test_a_seat_that_is_given_back_is_sold_again_at_most_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner = await class_with(arena, seats=3, sold=2)
        last = await arena.made(seat(owner))

        given_back, *answers = await arena.race(
            [action(last, "cancel_by_customer"), *[seat(owner)] * CROWD]
        )

        assert given_back.status == 200
        won = winners(answers)
        assert won <= 1
        assert (await arena.send(seat(owner))).status == (422 if won else 201)
        assert taken(arena, owner) == [1, 2, 3]
    arena.check()


async def test_seats_that_nobody_paid_for_are_sold_again_as_often_as_there_are(
    arena: Arena,
) -> None:
    """All at once find the same seats run out; each goes to one of them."""
    owner = await class_with(arena, seats=LEFT)
    unpaid = {"graph": "group_customer_payment", "timeout": {"time": 1, "unit": "sec"}}
    held = await arena.race([seat(owner, **unpaid)] * LEFT)
    assert winners(held) == LEFT
    ends = max(arena.held_until(answer.body["data"]) for answer in held)

    answers = await arena.race_around(ends, [seat(owner)] * CROWD)
    answers += await arena.race([seat(owner)] * CROWD)

    assert winners(answers) == LEFT
    late = await arena.race([action(answer.body["data"], "pay") for answer in held])
    assert statuses(late) == {422: LEFT}
    assert taken(arena, owner) == [*range(1, LEFT + 1)]
    arena.check()


@pytest.mark.parametrize("given", SEATS)
async def test_no_seat_is_sold_in_a_class_that_is_called_off(
    arena: Arena, given: dict[str, Any]
) -> None:
    for number in range(ROUNDS):
        owner = await class_with(arena, seats=CROWD + 2, sold=2)
        crowd = [seat(owner, **given)] * CROWD
        before = number % 2 * 10

        answers = await arena.race([*crowd[before:], action(owner, "cancel"), *crowd[:before]])

        called_off = answers.pop(CROWD - before)
        assert called_off.status == 200, called_off
        assert statuses(answers).keys() <= {201, 422}
        assert all(answer.body == CLOSED for answer in answers if answer.status == 422)
        assert taken(arena, owner) == []
    arena.check()


async def test_a_seat_is_paid_or_falls_with_its_class(arena: Arena) -> None:
    for _ in range(ROUNDS):
        owner = await class_with(arena, seats=10)
        held = [await arena.made(seat(owner, graph="group_customer_payment")) for _ in range(10)]

        answers = await arena.race([*[action(each, "pay") for each in held],
                                    action(owner, "cancel")])  # fmt: skip

        assert answers.pop().status == 200
        assert statuses(answers).keys() <= {200, 422}
    arena.check()


async def test_a_reserved_seat_is_booked_or_falls_with_its_class(arena: Arena) -> None:
    """Who books takes the class first, as who calls it off does: they wait in no circle."""
    before = arena.deadlocks()
    for _ in range(ROUNDS):
        owner = await class_with(arena, seats=10)
        related = {"related": {"owner_booking_id": owner["id"]}, "reservation_time": 60}
        held = [await arena.made(("POST", "/bookings/reserve", related)) for _ in range(10)]
        book = [order(None, {}, graph="group_customer", reservation_id=each["id"])
                for each in held]  # fmt: skip

        answers = await arena.race([*book[:5], action(owner, "cancel"), *book[5:]])

        assert answers.pop(5).status == 200
        assert statuses(answers).keys() <= {201, 422}
        assert taken(arena, owner) == []
    assert arena.deadlocks() == before
    arena.check()


async def test_the_owner_of_full_time_makes_one_class_of_it(arena: Arena) -> None:
    doc = await arena.resource()

    answers = await arena.race([a_class(doc, 5, slot(9)), order(doc, slot(9))] * (CROWD // 2))

    assert statuses(answers) == {201: 1, 422: CROWD - 1}
    arena.check()


async def test_without_the_lock_a_seat_is_sold_in_a_class_that_was_called_off(
    parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loss that holding the class prevents, step by step: it is called off in between."""
    read, called_off = asyncio.Event(), asyncio.Event()

    async def looked_at(tx: Transaction, app_id: UUID, booking_id: UUID) -> Booking | None:
        found = await stored.find(tx, app_id, booking_id)
        read.set()  # the last look before the seat is taken
        await asyncio.wait_for(called_off.wait(), PATIENCE_SECONDS)
        return found

    app_id, owner = await _committed_class(parts)
    with monkeypatch.context() as without:
        without.setattr(stored, "find_held_open", looked_at)
        selling = asyncio.create_task(_sell(parts, app_id, owner))
        await asyncio.wait_for(read.wait(), PATIENCE_SECONDS)
        await _call_off(parts, app_id, owner)
        called_off.set()
        sold = await selling

    async with parts.database.transaction() as tx:
        assert (await bookings.get(tx, app_id, owner.id)).is_final
        assert not (await bookings.get(tx, app_id, sold.id)).is_final


async def test_with_the_lock_who_is_quicker_decides(parts: Parts) -> None:
    app_id, owner = await _committed_class(parts)
    async with parts.database.transaction() as tx:
        sold = await _ordered(tx, app_id, owner)
        calling_off = asyncio.create_task(_call_off(parts, app_id, owner))
        done, _ = await asyncio.wait([calling_off], timeout=0.3)
        assert not done, "it waits for the seat"
    await calling_off

    async with parts.database.transaction() as tx:
        assert (await bookings.get(tx, app_id, sold.id)).state == "cancelled_by_owner"
    with pytest.raises(SlotTaken, match="cannot be booked"):
        await _sell(parts, app_id, owner)


async def _committed_class(parts: Parts) -> tuple[UUID, Booking]:
    async with parts.database.transaction() as tx:
        shop = await open_shop(tx, parts.vault)
        doc = await shop.resource()
        owner = await shop.book(
            doc.id, at(9), at(10), graph="group_owner", settings={"max_seats": 5}
        )
        return shop.app_id, owner


async def _sell(parts: Parts, app_id: UUID, owner: Booking) -> Booking:
    async with parts.database.transaction() as tx:
        return await _ordered(tx, app_id, owner)


async def _ordered(tx: Transaction, app_id: UUID, owner: Booking) -> Booking:
    wanted = Order(graph="group_customer", owner_booking_id=owner.id, customer=MARTY)
    return await bookings.book(tx, app_id, wanted, actor="api_key", shuffle=Shuffle(seed=1))


async def _call_off(parts: Parts, app_id: UUID, owner: Booking) -> None:
    async with parts.database.transaction() as tx:
        await Shop(tx, app_id).act(owner, "cancel")
