"""Rescheduling, cancelling and making at the same moment: every answer is true."""

import os

import pytest

from tests.races.arena import Arena, action, move, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5


async def test_a_slot_goes_to_one_who_moves_or_one_who_comes_new(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        early = await arena.made(order(doc, slot(8)))
        late = await arena.made(order(doc, slot(11)))

        rivals = [move(early, slot(9)), move(late, slot(9)), *[order(doc, slot(9))] * 20]
        answers = await arena.race(rivals)

        assert statuses(answers).keys() == {200, 422} or statuses(answers).keys() == {201, 422}
        assert statuses(answers)[422] == len(rivals) - 1
    arena.check()


async def test_whoever_fails_to_move_keeps_the_old_time(arena: Arena) -> None:
    doc = await arena.resource()
    bookings = [await arena.made(order(doc, slot(hour))) for hour in range(8)]

    answers = await arena.race([move(booking, slot(20)) for booking in bookings])

    assert statuses(answers) == {200: 1, 422: 7}
    held = arena.rows("SELECT lower(during) AS start FROM claims WHERE resource_id = %s", doc)
    assert len(held) == 8
    states = arena.rows(
        "SELECT state, count(*) FROM bookings WHERE resource_id = %s GROUP BY state", doc
    )
    assert {row["state"]: row["count"] for row in states} == {
        "confirmed": 8,
        "rescheduled_by_customer": 1,
    }
    arena.check()


async def test_two_who_want_each_others_place_both_stay_where_they_are(arena: Arena) -> None:
    """They wait for one another; the database breaks the deadlock, the server tries again.

    Neither can move before the other has, so both are refused, and nobody hears of an error.
    """
    before = arena.deadlocks()
    for _ in range(ROUNDS):
        pairs = []
        for _ in range(8):
            doc = await arena.resource()
            one, two = [await arena.made(order(doc, slot(hour))) for hour in (9, 10)]
            pairs += [move(one, slot(10)), move(two, slot(9))]

        answers = await arena.race(pairs)

        assert statuses(answers) == {422: len(pairs)}
    assert arena.deadlocks() > before, "no two ever met: the test shows nothing"
    arena.check()


async def test_one_who_follows_another_gets_the_place_or_hears_that_it_is_taken(
    arena: Arena,
) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        first, second = [await arena.made(order(doc, slot(hour))) for hour in (10, 9)]

        led, followed = await arena.race([move(first, slot(11)), move(second, slot(10))])

        assert led.status == 200
        assert followed.status in (200, 422)
    arena.check()


async def test_of_many_who_reschedule_one_booking_one_does(arena: Arena) -> None:
    doc = await arena.resource()
    booking = await arena.made(order(doc, slot(8)))

    answers = await arena.race([move(booking, slot(hour)) for hour in range(9, 21)])

    assert statuses(answers) == {200: 1, 422: 11}
    assert len(arena.rows("SELECT FROM claims WHERE resource_id = %s", doc)) == 1
    arena.check()


@pytest.mark.parametrize(
    "actions", [["cancel"] * 10, ["cancel", "complete", "cancel_by_customer"] * 4]
)
async def test_a_booking_ends_once(arena: Arena, actions: list[str]) -> None:
    for _ in range(ROUNDS):
        booking = await arena.made(order(await arena.resource(), slot(9)))

        answers = await arena.race([action(booking, each) for each in actions])

        assert statuses(answers) == {200: 1, 422: len(actions) - 1}
        [ended] = [answer.body["data"]["state"] for answer in answers if answer.status == 200]
        for each, answer in zip(actions, answers, strict=True):
            if answer.status == 422:
                refusal = f"Cannot apply action '{each}' to current state '{ended}'"
                assert answer.body == {"error": refusal}
    arena.check()


async def test_a_cancelled_slot_is_sold_again_at_most_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        booking = await arena.made(order(doc, slot(9)))

        cancelled, *answers = await arena.race(
            [action(booking, "cancel"), *[order(doc, slot(9))] * 30]
        )

        assert cancelled.status == 200
        assert statuses(answers)[201] <= 1
        assert statuses(answers).keys() <= {201, 422}
        again = await arena.send(order(doc, slot(9)))
        assert again.status == (422 if statuses(answers)[201] else 201)
    arena.check()


async def test_a_resource_that_is_deleted_meanwhile_is_booked_or_not_there(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()

        deleted, *answers = await arena.race(
            [("DELETE", f"/resources/{doc}", None), *[order(doc, slot(hour)) for hour in range(20)]]
        )

        assert deleted.status == 204
        assert statuses(answers).keys() <= {201, 404}
        # Whoever was quicker than the deletion keeps the time, and nobody comes after it.
        held = arena.rows("SELECT FROM claims WHERE resource_id = %s", doc)
        assert len(held) == statuses(answers)[201]
        assert (await arena.send(order(doc, slot(21)))).status == 404
    arena.check()


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/resources", {"name": "Doc", "timezone": "UTC", "email": "one@example.com"}, "email"),
        (
            "/projects",
            {
                "name": "One",
                "slug": "only-one",
                "resources": [],
                "availability": {},
                "booking": {"graph": "instant"},
            },
            "slug",
        ),
    ],
)
async def test_of_many_who_want_one_name_one_gets_it(
    arena: Arena, path: str, body: dict[str, object], field: str
) -> None:
    answers = await arena.race([("POST", path, body)] * 20)

    assert statuses(answers) == {201: 1, 422: 19}
    assert all(answer.body["errors"].keys() == {field} for answer in answers
               if answer.status == 422)  # fmt: skip
