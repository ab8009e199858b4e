"""Sets of time as sorted half-open intervals: merge, subtract, intersect.

An interval ``(start, end)`` holds the minutes ``start <= minute < end``, counted from
1970-01-01T00:00Z. A timeline is a sorted list of intervals that neither overlap nor touch:
each set of minutes has exactly one. Every function that takes a timeline needs one, every
function that returns one keeps the promise. All are linear but ``merge``, which sorts.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Interval: TypeAlias = tuple[int, int]
Timeline: TypeAlias = list[Interval]


def merge(intervals: Iterable[Interval]) -> Timeline:
    """Return the union of ``intervals``, which may come in any order and overlap.

    Intervals that touch become one. Those without a minute in them are dropped.

    >>> merge([(5, 7), (1, 3), (3, 4), (9, 9)])
    [(1, 4), (5, 7)]
    """
    return _union(sorted([(start, end) for start, end in intervals if start < end]))


def intersect(one: Sequence[Interval], other: Sequence[Interval]) -> Timeline:
    """Return what two timelines have in common.

    >>> intersect([(0, 4), (6, 9)], [(3, 7)])
    [(3, 4), (6, 7)]
    """
    common: Timeline = []
    i = j = 0
    while i < len(one) and j < len(other):
        one_start, one_end = one[i]
        other_start, other_end = other[j]
        start = one_start if one_start > other_start else other_start
        # The interval that ends first has met everything it can meet.
        if one_end <= other_end:
            end = one_end
            i += 1
        else:
            end = other_end
            j += 1
        if start < end:
            common.append((start, end))
    return common


def intersect_all(timelines: Sequence[Sequence[Interval]]) -> Timeline:
    """Return what all of ``timelines`` have in common; there must be at least one.

    >>> intersect_all([[(0, 9)], [(1, 4), (6, 9)], [(3, 7)]])
    [(3, 4), (6, 7)]
    """
    assert timelines, "nothing has no intersection: the caller knows its window"
    first, *others = timelines
    for timeline in others:
        first = intersect(first, timeline)
    return list(first)


def subtract(free: Sequence[Interval], busy: Sequence[Interval]) -> Timeline:
    """Return the timeline ``free`` without what is ``busy``.

    It is enough that ``busy`` is sorted by start: its intervals may overlap, which saves
    those who have it so from making a timeline of it first.

    >>> subtract([(0, 9)], [(2, 7), (3, 4), (8, 12)])
    [(0, 2), (7, 8)]
    """
    left: Timeline = []
    count = len(busy)
    j = 0
    for start, end in free:
        while j < count and busy[j][1] <= start:
            j += 1
        while j < count and busy[j][0] < end:
            busy_start, busy_end = busy[j]
            if start < busy_start:
                left.append((start, busy_start))
            if start < busy_end:  # noqa: PLR1730  a call of max takes longer than all the rest
                start = busy_end  # noqa: PLW2901  what is left of this interval begins here
            if start >= end:
                break  # This busy interval may reach into the next free one.
            j += 1
        if start < end:
            left.append((start, end))
    return left


def clip(timeline: Sequence[Interval], window: Interval) -> Timeline:
    """Return the part of ``timeline`` inside ``window``, found by bisection.

    >>> clip([(0, 4), (6, 9)], (2, 6))
    [(2, 4)]
    """
    start, end = window
    if start >= end:
        return []
    first = bisect_right(timeline, start, key=lambda interval: interval[1])
    beyond = bisect_left(timeline, end, key=lambda interval: interval[0])
    inside = list(timeline[first:beyond])
    if inside:
        inside[0] = (max(start, inside[0][0]), inside[0][1])
        inside[-1] = (inside[-1][0], min(end, inside[-1][1]))
    return inside


def complement(timeline: Sequence[Interval], window: Interval) -> Timeline:
    """Return the part of ``window`` that ``timeline`` leaves out.

    >>> complement([(0, 4), (6, 9)], (2, 12))
    [(4, 6), (9, 12)]
    """
    return subtract([window] if window[0] < window[1] else [], timeline)


def pad(intervals: Iterable[Interval], *, before: int, after: int) -> Timeline:
    """Return the union of ``intervals`` made longer by minutes at each end.

    The intervals may come in any order and overlap. ``before`` moves the starts, ``after``
    the ends; neither is negative.

    >>> pad([(10, 20), (24, 30)], before=5, after=0)
    [(5, 30)]
    """
    assert before >= 0, before
    assert after >= 0, after
    return _union(
        sorted([(start - before, end + after) for start, end in intervals if start < end])
    )


def _union(ordered: Sequence[Interval]) -> Timeline:
    """Return the union of intervals that are not empty and sorted by start."""
    if not ordered:
        return []
    union: Timeline = []
    start, end = ordered[0]
    for next_start, next_end in ordered:
        if next_start > end:
            union.append((start, end))
            start, end = next_start, next_end
        elif next_end > end:
            end = next_end
    union.append((start, end))
    return union
