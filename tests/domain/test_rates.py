"""Rates of requests: buckets that refill evenly."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.rates import Buckets, Rate, parse_rate

DOC, MARTY = UUID(int=1), UUID(int=2)
SECOND = 1_000_000


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("600/min", Rate(600, 60)),
        (" 10 / sec ", Rate(10, 1)),
        ("3000/day", Rate(3000, 86_400)),
        ("1/hour", Rate(1, 3600)),
        ("1000000/min", Rate(1_000_000, 60)),
    ],
)
def test_a_rate_is_a_number_and_a_period(text: str, rate: Rate) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text",
    ["", "600", "0/min", "-1/min", "1.5/min", "600/minute", "6/week", "1000001/min", "\u0663/min"],
)
def test_everything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="such as 600/min"):
        parse_rate(text)


def test_a_full_bucket_lets_its_count_through_and_then_one_as_each_refills() -> None:
    buckets = Buckets[UUID](Rate(3, 60))
    for left in (2, 1, 0):
        assert (buckets.look(DOC, 0).left, buckets.look(DOC, 0).wait) == (left, 0)
        buckets.take(DOC, 0)
    assert buckets.look(DOC, 0).wait == 20
    assert buckets.look(DOC, 20 * SECOND - 1).wait == 1
    assert buckets.look(MARTY, 0).left == 2
    buckets.take(DOC, 20 * SECOND)
    assert buckets.look(DOC, 20 * SECOND).wait == 20
    assert buckets.look(DOC, 3600 * SECOND).left == 2


def test_what_is_given_back_can_be_taken_again() -> None:
    buckets = Buckets[UUID](Rate(2, 60))
    for _ in range(2):
        buckets.take(DOC, 0)
    buckets.give_back(DOC, 10 * SECOND)
    assert buckets.look(DOC, 10 * SECOND).wait == 0
    buckets.take(DOC, 10 * SECOND)
    assert buckets.look(DOC, 10 * SECOND).wait == 20
    buckets.give_back(MARTY, 0)
    assert buckets.look(MARTY, 0).left == 1


def test_of_a_crowd_those_are_remembered_who_took_most() -> None:
    buckets = Buckets[int](Rate(3, 86_400))
    for _ in range(3):
        buckets.take(-1, 0)
    for n in range(250_000):
        buckets.take(n, 1)
    assert len(buckets) < 110_000
    assert buckets.look(-1, 1).wait > 0
    for n in range(100_000):
        buckets.take(n, 86_400 * SECOND * 9)
    assert buckets.look(-1, 86_400 * SECOND * 9).left == 2


def test_a_clock_that_is_put_back_locks_nobody_out_for_longer_than_an_empty_bucket() -> None:
    buckets = Buckets[UUID](Rate(2, 60))
    for _ in range(2):
        buckets.take(DOC, 1_000_000 * SECOND)
    assert buckets.look(DOC, 0).wait == 30


@given(
    count=st.integers(1, 7),
    seconds=st.sampled_from([1, 60, 86_400]),
    steps=st.lists(st.integers(0, 40 * SECOND), max_size=60),
)
def test_no_stretch_of_time_sees_more_than_a_bucket_and_what_refills(
    count: int, seconds: int, steps: list[int]
) -> None:
    buckets, now, through = Buckets[UUID](Rate(count, seconds)), 0, []
    for step in steps:
        now += step
        found = buckets.look(DOC, now)
        if found.wait:
            later = now + found.wait * SECOND
            assert buckets.look(DOC, later).wait == 0, "waiting as told is enough"
        else:
            buckets.take(DOC, now)
            through.append(now)
    for first, start in enumerate(through):
        for last in range(first, len(through)):
            refilled = (through[last] - start) * count / (seconds * SECOND)
            assert last - first + 1 <= count + refilled


def test_who_has_not_called_for_long_is_forgotten() -> None:
    buckets = Buckets[UUID](Rate(1, 1))
    for number in range(30_000):
        buckets.take(UUID(int=number), number * SECOND)
    assert len(buckets._full_at) <= 10_001
