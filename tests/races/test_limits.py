"""Many clients at different times of one day: the rules of a project hold for all together.

The servers run by the clock on the wall, so the times come from their own search.
"""

import os
from collections.abc import Sequence
from typing import Any

import pytest

from tests.races.arena import Answered, Arena, move, order, statuses

pytestmark = pytest.mark.slow

ROUNDS = 30 if os.environ.get("SLOTKEEPER_SOAK") == "1" else 3

RIVALS = 30

TAKEN = {"error": "The requested timeslot is not available"}


async def project(
    arena: Arena, people: Sequence[str], *, enforce: bool = True, **availability: Any
) -> str:
    """Make a project of half hours, open for a few days."""
    made = await arena.made(("POST", "/projects", {
        "name": "Consultation",
        "resources": people,
        "availability": {
            "mode": "roundrobin_prioritized", "length": "30 minutes",
            "from": "2 days", "to": "6 days", **availability,
        },
        "booking": {"graph": "instant", "settings": {"enforce_availability": enforce}},
    }))  # fmt: skip
    return str(made["id"])


async def days(arena: Arena, project_id: str) -> list[list[dict[str, str]]]:
    """Return the times on offer on each whole day (UTC) of a project."""
    answer = await arena.send(("POST", "/availability", {"project_id": project_id}))
    assert answer.status == 200, answer
    by_day: dict[str, list[dict[str, str]]] = {}
    for each in answer.body["data"]:
        times = {"start": each["start"], "end": each["end"]}
        by_day.setdefault(each["start"][:10], []).append(times)
    return [times for times in by_day.values() if len(times) >= RIVALS]


def wins(answers: Sequence[Answered]) -> int:
    assert statuses(answers).keys() <= {200, 201, 422}, statuses(answers)
    assert all(answer.body == TAKEN for answer in answers if answer.status == 422)
    return statuses(answers)[201] + statuses(answers)[200]


async def test_a_limit_that_nobody_enforces_is_passed(arena: Arena) -> None:
    """The loss that enforcing prevents; a search alone cannot keep a limit."""
    doc = await arena.resource()
    offered = await project(arena, [doc], enforce=False, limits={"resource": {"day": 3}})
    day = (await days(arena, offered))[0]

    answers = await arena.race([order(doc, times, project_id=offered) for times in day[:RIVALS]])

    assert wins(answers) == RIVALS


async def test_a_day_takes_as_many_bookings_as_it_may_and_no_more(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        offered = await project(arena, [doc], limits={"resource": {"day": 3}})
        for day in await days(arena, offered):
            answers = await arena.race(
                [order(doc, times, project_id=offered) for times in day[:RIVALS]]
            )
            assert wins(answers) == 3
        assert await days(arena, offered) == []
    arena.check()


@pytest.mark.parametrize("named", [True, False])
async def test_a_project_takes_as_many_over_all_its_resources(arena: Arena, named: bool) -> None:
    for _ in range(ROUNDS):
        people = [await arena.resource() for _ in range(3)]
        offered = await project(
            arena, people, mode="roundrobin_random", limits={"project": {"day": 3}}
        )
        day = (await days(arena, offered))[0]
        rivals = [
            order(people[number % 3] if named else None, times, project_id=offered)
            for number, times in enumerate(day[:RIVALS])
        ]

        assert wins(await arena.race(rivals)) == 3
    arena.check()


async def test_both_limits_hold_at_once_and_nobody_waits_in_a_circle(arena: Arena) -> None:
    before = deadlocks(arena)
    for _ in range(ROUNDS):
        people = [await arena.resource() for _ in range(3)]
        limits = {"resource": {"day": 2}, "project": {"day": 5}}
        offered = await project(arena, people, mode="roundrobin_random", limits=limits)
        day = (await days(arena, offered))[0]

        answers = await arena.race([order(None, times, project_id=offered) for times in day])

        assert wins(answers) == 5
        held = arena.rows(
            "SELECT count(*) FROM claims WHERE resource_id = ANY(%s::uuid[]) GROUP BY resource_id",
            people,
        )
        assert sorted(row["count"] for row in held) == [1, 2, 2]
    assert deadlocks(arena) == before
    arena.check()


async def test_neighbours_keep_their_gap_though_they_come_at_once(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        offered = await project(arena, [doc], minimum_gap="20 minutes")
        day = (await days(arena, offered))[0]

        wins(await arena.race([order(doc, times, project_id=offered) for times in day[:RIVALS]]))

        held = arena.rows(
            "SELECT lower(during) - lag(upper(during)) OVER (ORDER BY during) AS gap "
            "FROM claims WHERE resource_id = %s",
            doc,
        )
        gaps = [row["gap"].total_seconds() / 60 for row in held if row["gap"] is not None]
        assert gaps
        assert min(gaps) >= 20
    arena.check()


async def test_those_who_move_into_a_day_count_with_those_who_come_new(arena: Arena) -> None:
    for _ in range(ROUNDS):
        doc = await arena.resource()
        offered = await project(arena, [doc], limits={"resource": {"day": 3}})
        first, second, *_ = await days(arena, offered)
        early = [await arena.made(order(doc, times, project_id=offered)) for times in first[:3]]

        answers = await arena.race(
            [move(booking, times) for booking, times in zip(early, second, strict=False)]
            + [order(doc, times, project_id=offered) for times in second[3:RIVALS]]
        )

        assert wins(answers) == 3
    arena.check()


def deadlocks(arena: Arena) -> int:
    """Return how often the database broke a deadlock so far."""
    arena.rows("SELECT pg_stat_force_next_flush()")
    [found] = arena.rows(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    return int(found["deadlocks"])
