"""Series against each other and against single bookings."""

import os

import pytest

from tests.races.arena import Arena, Request, order, slot, statuses

pytestmark = pytest.mark.slow

ROUNDS = 50 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 4

DAYS = range(7, 12)


def series(resources: list[str], *, first: int, mode: str) -> Request:
    """Return the request for nine o'clock on three days of May 2030."""
    given = {"rrule": "FREQ=DAILY;COUNT=3", "timezone": "UTC", "mode": mode}
    body = order(None, slot(9, day=first), resources=resources, **given)[2]
    return "POST", "/bookings/series", body


async def test_a_series_is_whole_or_not_there_whoever_else_wants_its_times(arena: Arena) -> None:
    won = 0
    for number in range(ROUNDS):
        people = sorted([await arena.resource() for _ in range(2)])
        rivals = [
            series(who, first=first, mode="all_or_nothing")
            for who in (people, people[::-1], people[:1], people[1:])
            for first in DAYS[:3]
        ]
        singles = [order(people[number % 2], slot(9, day=DAYS[number % 3]))]

        answers = await arena.race([*rivals, *singles])

        assert statuses(answers).keys() <= {201, 422}
        for answer in answers[: len(rivals)]:
            if answer.status == 201:
                won += 1
                assert all(each["booking"] for each in answer.body["data"]["occurrences"])
        assert parts(arena, people) == {3}
    assert won, "the singles won every time: the test shows nothing"
    arena.check()


async def test_what_is_free_is_shared_out_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        rivals = [series([doc], first=first, mode="as_many_as_free") for first in DAYS[:3]] * 4

        answers = await arena.race(rivals)

        assert statuses(answers).keys() <= {201, 422}
        held = arena.rows("SELECT FROM claims WHERE resource_id = %s", doc)
        assert len(held) == len(DAYS)
    arena.check()


def parts(arena: Arena, people: list[str]) -> set[int]:
    """Return how many bookings the series of these people have, each number once."""
    found = arena.rows(
        "SELECT count(*) AS bookings FROM bookings "
        "WHERE resource_id = ANY(%s::uuid[]) AND series_id IS NOT NULL GROUP BY series_id",
        people,
    )
    return {row["bookings"] for row in found} or {3}
