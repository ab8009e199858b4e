"""Requests for one slot, confirmed at once: at most one gets it."""

import os
from typing import Any

import pytest

from tests.races.arena import CROWD, Arena, action, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 5

TAKEN = {"error": "The requested timeslot is not available"}


async def requests_for(arena: Arena, resource_id: str, hour: int, count: int) -> list[Any]:
    """Ask for one slot many times at once, and return the requests; none is in another's way."""
    wanted = order(resource_id, slot(hour), graph="confirm_decline")
    answers = await arena.race([wanted] * count)
    assert statuses(answers) == {201: count}
    return [answer.body["data"] for answer in answers]


async def test_without_the_guard_many_requests_for_one_slot_are_confirmed(
    unguarded: Arena,
) -> None:
    """The loss that the constraint prevents; if this fails, the race is no race."""
    asked = await requests_for(unguarded, await unguarded.resource(), 9, CROWD)

    answers = await unguarded.race([action(each, "confirm") for each in asked])

    assert statuses(answers)[200] > 1
    assert unguarded.overlaps()


async def test_of_many_requests_for_one_slot_one_is_confirmed(arena: Arena) -> None:
    doc = await arena.resource()
    for number in range(ROUNDS):
        asked = await requests_for(arena, doc, 8 + number % 12, CROWD)

        answers = await arena.race([action(each, "confirm") for each in asked])

        assert statuses(answers) == {200: 1, 422: CROWD - 1}
        assert all(answer.body == TAKEN for answer in answers if answer.status == 422)
        ended = await arena.race([
            action(each, "complete" if answer.status == 200 else "decline")
            for each, answer in zip(asked, answers, strict=True)
        ])  # fmt: skip
        assert statuses(ended) == {200: CROWD}, "whoever was refused is a request still"
        doc = await arena.resource() if number % 12 == 11 else doc
    arena.check()


async def test_a_slot_goes_to_one_who_is_confirmed_or_one_who_comes_new(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        asked = await requests_for(arena, doc, 9, 20)

        answers = await arena.race(
            [*[action(each, "confirm") for each in asked], *[order(doc, slot(9))] * 20]
        )

        assert statuses(answers)[422] == 39
        assert statuses(answers).keys() <= {200, 201, 422}
    arena.check()


async def test_one_request_is_confirmed_once_or_declined_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        [asked] = await requests_for(arena, await arena.resource(), 9, 1)

        answers = await arena.race([action(asked, name) for name in ("confirm", "decline") * 10])

        assert statuses(answers) == {200: 1, 422: 19}
    arena.check()


async def test_a_request_is_never_refused_for_another_that_is_only_asked(arena: Arena) -> None:
    """Asking looks at what is taken and takes nothing, not even for a moment."""
    doc = await arena.resource()
    await requests_for(arena, doc, 9, CROWD)

    assert (await arena.send(order(doc, slot(9)))).status == 201
    refused = await arena.send(order(doc, slot(9), graph="confirm_decline"))
    assert (refused.status, refused.body) == (422, TAKEN)
    arena.check()
