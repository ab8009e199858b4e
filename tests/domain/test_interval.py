"""Sets of time, drawn: each mark is a quarter of an hour."""

from itertools import groupby, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.interval import (
    Interval,
    Timeline,
    clip,
    complement,
    intersect,
    intersect_all,
    merge,
    pad,
    subtract,
)

SIZE = 12
drawings = st.text(alphabet="#.", min_size=SIZE, max_size=SIZE)
loose = st.lists(st.tuples(st.integers(-5, 40), st.integers(-5, 40)), max_size=12)


def drawn(picture: str) -> Timeline:
    timeline, position = [], 0
    for mark, run in groupby(picture):
        start, position = position, position + len(list(run))
        if mark == "#":
            timeline.append((start, position))
    return timeline


def minutes(intervals: list[Interval]) -> set[int]:
    return {minute for start, end in intervals for minute in range(start, end)}


def is_timeline(intervals: list[Interval]) -> bool:
    edges = [edge for interval in intervals for edge in interval]
    return all(one < other for one, other in pairwise(edges))


@pytest.mark.parametrize(
    ("free", "busy", "left"),
    [
        ("########", "..##....", "##..####"),
        (".######.", "###.....", "...####."),
        ("..####..", "########", "........"),
        ("##.##.##", ".#####..", "#.....##"),
        ("########", "#.#.#.#.", ".#.#.#.#"),
        ("###..###", "...##...", "###..###"),
        ("........", "###.....", "........"),
        ("########", "........", "########"),
    ],
)
def test_busy_time_is_cut_out_of_free_time(free: str, busy: str, left: str) -> None:
    assert subtract(drawn(free), drawn(busy)) == drawn(left)


@pytest.mark.parametrize(
    ("one", "other", "both"),
    [
        ("####....", "..####..", "..##...."),
        ("####....", "....####", "........"),
        ("##.##.##", ".######.", ".#.##.#."),
        ("########", ".#.#..##", ".#.#..##"),
    ],
)
def test_what_two_have_in_common(one: str, other: str, both: str) -> None:
    assert intersect(drawn(one), drawn(other)) == drawn(both)
    assert intersect(drawn(other), drawn(one)) == drawn(both)


@pytest.mark.parametrize(
    ("intervals", "union"),
    [
        ([(4, 6), (0, 2)], [(0, 2), (4, 6)]),
        ([(0, 2), (2, 4)], [(0, 4)]),
        ([(0, 9), (2, 3)], [(0, 9)]),
        ([(3, 3), (5, 4)], []),
        ([(1, 3), (2, 2), (1, 2)], [(1, 3)]),
    ],
)
def test_any_heap_of_intervals_becomes_one_timeline(
    intervals: list[Interval], union: Timeline
) -> None:
    assert merge(intervals) == union


def test_an_interval_without_time_takes_none_when_padded() -> None:
    assert pad([(5, 5), (9, 8)], before=10, after=10) == []


@given(loose)
def test_merge_keeps_exactly_the_minutes(intervals: list[Interval]) -> None:
    merged = merge(intervals)
    assert minutes(merged) == minutes(intervals)
    assert is_timeline(merged)


@given(drawings, drawings)
def test_two_timelines_agree_with_sets_of_minutes(one: str, other: str) -> None:
    a, b = drawn(one), drawn(other)
    for fast, naive in (
        (subtract(a, b), minutes(a) - minutes(b)),
        (intersect(a, b), minutes(a) & minutes(b)),
    ):
        assert minutes(fast) == naive
        assert is_timeline(fast)


@given(st.lists(drawings, min_size=1, max_size=4))
def test_what_many_have_in_common(pictures: list[str]) -> None:
    timelines = [drawn(picture) for picture in pictures]
    assert minutes(intersect_all(timelines)) == set.intersection(*map(minutes, timelines))


@given(drawings, st.integers(-3, SIZE + 3), st.integers(-3, SIZE + 3))
def test_a_window_splits_time_in_two(picture: str, start: int, end: int) -> None:
    timeline, window = drawn(picture), set(range(start, end))
    inside, outside = clip(timeline, (start, end)), complement(timeline, (start, end))
    assert minutes(inside) == minutes(timeline) & window
    assert minutes(outside) == window - minutes(timeline)
    assert is_timeline(inside)
    assert is_timeline(outside)


@given(loose, st.integers(0, 5), st.integers(0, 5))
def test_padding_reaches_as_far_as_it_says(
    intervals: list[Interval], before: int, after: int
) -> None:
    padded = pad(intervals, before=before, after=after)
    assert minutes(padded) == {
        minute + shift for minute in minutes(intervals) for shift in range(-before, after + 1)
    }
    assert is_timeline(padded)
