"""Calls for many bookings against each other and against calls for one."""

import os
import random

import pytest

from tests.races.arena import Arena, Request, action, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5


def bulk(resources: list[str], hours: list[int], **given: bool) -> Request:
    """Return the request for an hour of each resource at each of ``hours``, as they stand."""
    orders = [order(each, slot(hour))[2] for each in resources for hour in hours]
    return "POST", "/bookings/bulk", {"bookings": orders, **given}


async def test_without_the_guard_two_calls_get_the_same_time(unguarded: Arena) -> None:
    """The loss that the constraint prevents; if this fails, the races below are none."""
    doc = await unguarded.resource()

    answers = await unguarded.race([bulk([doc], [9, 10], delete_all_on_error=True)] * 20)

    assert statuses(answers)[201] > 1
    assert unguarded.overlaps()


async def test_all_or_nothing_holds_against_rivals_of_every_kind(arena: Arena) -> None:
    """In whatever order they name what they want, no two of them wait for each other."""
    shuffled = random.Random(85)
    before = arena.deadlocks()
    won = 0
    for _ in range(ROUNDS):
        people = [await arena.resource() for _ in range(2)]
        hours = list(range(9, 14))
        rivals = []
        for _ in range(12):
            named = (shuffled.sample(people, 2), shuffled.sample(hours, 4))
            rivals.append(bulk(*named, delete_all_on_error=True))
        singles = [order(each, slot(hour)) for each in people for hour in hours[:1]]

        answers = await arena.race([*rivals, *singles])

        assert statuses(answers).keys() <= {201, 422}
        bulks = [each for each in answers[: len(rivals)] if each.status == 201]
        won += len(bulks)
        assert all(len(each.body["data"]) == 8 for each in bulks)
        assert len(bulks) <= 1, "each of them wants most of what there is"
        booked = sum(each.status == 201 for each in answers[len(rivals) :])
        held = arena.rows("SELECT FROM claims WHERE resource_id = ANY(%s::uuid[])", people)
        assert len(held) == 8 * len(bulks) + booked
    assert won, "the singles won every time: the test shows nothing"
    assert arena.deadlocks() == before
    arena.check()


async def test_what_can_be_had_is_shared_out_without_loss(arena: Arena) -> None:
    shuffled = random.Random(86)
    for _ in range(ROUNDS):
        doc, hours = await arena.resource(), list(range(9, 19))

        answers = await arena.race([bulk([doc], shuffled.sample(hours, 10)) for _ in range(10)])

        assert statuses(answers).keys() <= {201, 422}
        made = [
            each["attributes"]["event_info"]["start"]
            for answer in answers
            if answer.status == 201
            for each in answer.body["data"]
            if "state" in each
        ]
        assert sorted(made) == [slot(hour)["start"] for hour in hours]
    arena.check()


async def test_related_bookings_end_once_whoever_of_them_is_named(arena: Arena) -> None:
    """Each action takes all of them along; nobody waits for somebody who waits for them."""
    before = arena.deadlocks()
    for _ in range(ROUNDS):
        doc = await arena.resource()
        made = await arena.made(bulk([doc], list(range(9, 15)), relate_bookings=True))

        answers = await arena.race([action(each, "cancel") for each in [*made, *made]])

        assert statuses(answers) == {200: 1, 422: 11}
        assert arena.rows("SELECT FROM claims WHERE resource_id = %s", doc) == []
    assert arena.deadlocks() == before
    arena.check()
