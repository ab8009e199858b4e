"""A hundred clients want one slot: exactly one gets it, and all others hear that it is taken."""

import os

import pytest

from tests.races.arena import CROWD, Arena, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 200 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 20

TAKEN = {"error": "The requested timeslot is not available"}


async def test_without_the_guard_one_slot_is_sold_many_times(unguarded: Arena) -> None:
    """The loss that the constraint prevents; if this fails, the race is no race."""
    doc = await unguarded.resource()

    answers = await unguarded.race([order(doc, slot(9))] * CROWD)

    assert statuses(answers)[201] > 1
    assert unguarded.overlaps()


async def test_a_slot_is_sold_once_round_after_round(arena: Arena) -> None:
    doc = await arena.resource()
    for number in range(ROUNDS):
        times = slot(number % 20, day=7 + number // 20)

        answers = await arena.race([order(doc, times)] * CROWD)

        assert statuses(answers) == {201: 1, 422: CROWD - 1}
        assert all(answer.body == TAKEN for answer in answers if answer.status == 422)

    [found] = arena.rows(
        "SELECT count(DISTINCT bookings.id) AS bookings, count(DISTINCT claims.*) AS claims "
        "FROM bookings JOIN claims ON claims.booking_id = bookings.id "
        "WHERE bookings.resource_id = %s",
        doc,
    )
    assert found == {"bookings": ROUNDS, "claims": ROUNDS}
    arena.check()


async def test_times_that_overlap_a_little_are_as_scarce_as_the_same_time(arena: Arena) -> None:
    doc = await arena.resource()
    staggered = [
        order(doc, {
            "start": f"2030-05-07T09:{minute:02}:00+00:00",
            "end": f"2030-05-07T10:{minute:02}:00+00:00",
        })
        for minute in range(60)
    ]  # fmt: skip

    answers = await arena.race(staggered)

    assert statuses(answers) == {201: 1, 422: 59}
    arena.check()


async def test_slots_that_touch_are_no_rivals(arena: Arena) -> None:
    doc = await arena.resource()

    answers = await arena.race([order(doc, slot(hour)) for hour in range(20)])

    assert statuses(answers) == {201: 20}
    arena.check()


async def test_three_resources_of_a_project_serve_three_and_no_more(arena: Arena) -> None:
    """Nobody names a resource: whoever loses one goes on to the next."""
    people = [await arena.resource() for _ in range(3)]
    project = await arena.made(("POST", "/projects", {
        "name": "Consultation",
        "resources": people,
        "availability": {"mode": "roundrobin_random"},
        "booking": {"graph": "instant"},
    }))  # fmt: skip

    answers = await arena.race([order(None, slot(9), project_id=project["id"])] * CROWD)

    assert statuses(answers) == {201: 3, 422: CROWD - 3}
    served = arena.rows(
        "SELECT resource_id FROM bookings WHERE project_id = %s ORDER BY 1", project["id"]
    )
    assert [str(row["resource_id"]) for row in served] == sorted(people)
    arena.check()


async def test_whoever_may_overlap_does_not_help_two_others_to_one_slot(arena: Arena) -> None:
    doc = await arena.resource()
    sharing = {"settings": {"allow_double_bookings": True}}
    crowd = [order(doc, slot(9), **(sharing if n % 2 else {})) for n in range(CROWD)]

    answers = await arena.race(crowd)

    assert statuses(answers[1::2]) == {201: CROWD // 2}
    assert statuses(answers[::2])[201] <= 1
    assert statuses(answers).keys() == {201, 422}
    arena.check()
