"""Rules and busy time to the free time of one resource."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from slotkeeper.domain.constraints import Constraints, allowed
from slotkeeper.domain.interval import Interval, Timeline, pad, subtract
from slotkeeper.domain.zones import Zone

Id = TypeVar("Id", bound=Hashable)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is asked for; everything is in minutes.

    A slot lies in ``window``, is ``length`` long and starts every ``step`` from the beginning
    of the free interval it lies in. Without ``length`` the free intervals themselves are the
    slots; without ``step`` it is the length. ``buffer_before`` is kept free of busy time
    before each slot, ``buffer_after`` after it; closing hours need no buffer. Bookings alone
    stay ``gap`` away on both sides. No slot starts before ``earliest``, an instant: the
    moment of the request.
    """

    window: Interval
    length: int | None
    step: int | None = None
    buffer_before: int = 0
    buffer_after: int = 0
    gap: int = 0
    earliest: int

    def __post_init__(self) -> None:
        assert self.length is None or self.length > 0, self
        assert self.step is None or self.step > 0, self
        assert self.buffer_before >= 0, self
        assert self.buffer_after >= 0, self
        assert self.gap >= 0, self


@dataclass(frozen=True, slots=True)
class Candidate(Generic[Id]):
    """A resource that might serve, with its clock, its levels of rules and its busy time.

    ``busy`` may come in any order and overlap, and reaches at least over ``read_window``.
    ``bookings`` are those within the busy time, of which the search wants its gap; they reach
    at least over ``gap_window`` and may be left out where there is no gap. ``closed`` is a
    timeline in which there may be no slot for other reasons: the periods that are full.
    """

    resource_id: Id
    zone: Zone
    levels: tuple[Constraints, ...]
    busy: Sequence[Interval]
    bookings: Sequence[Interval] = ()
    closed: Sequence[Interval] = ()


def read_window(search: Search) -> Interval:
    """Return the window in which busy time matters: that of the search and its buffers.

    A meeting that starts at closing time still needs its buffer before it.
    """
    start, end = search.window
    return start - search.buffer_before, end + search.buffer_after


def gap_window(search: Search) -> Interval:
    """Return the window in which bookings matter to the gap between them."""
    start, end = search.window
    return start - search.gap, end + search.gap


def free_time(search: Search, candidate: Candidate[Id]) -> Timeline:
    """Return when the candidate could be in a slot: allowed, clear of busy time, not closed.

    Busy time grows by the buffers: what ends must leave room before a slot, what starts,
    after one. Bookings grow by the gap; it and the buffers do not add up.
    """
    [free] = free_times(search, [candidate])
    return free


def free_times(search: Search, candidates: Iterable[Candidate[Id]]) -> Iterator[Timeline]:
    """Yield the ``free_time`` of each candidate, in their order.

    Those who have the same rules and the same clock share the work of looking them up.
    """
    known: dict[tuple[tuple[Constraints, ...], Zone], Timeline] = {}
    for candidate in candidates:
        key = candidate.levels, candidate.zone
        if (open_time := known.get(key)) is None:
            open_time = known[key] = allowed(candidate.levels, search.window, candidate.zone)
        yield _free_of(search, candidate, open_time)


def pieces_at_most(search: Search, candidates: Iterable[Candidate[Id]]) -> int:
    """Return how many pieces of time the rules of all candidates lay, at the very most."""
    # Many have rules in common; those are gone through once.
    known: dict[int, int] = {}
    total = 0
    for candidate in candidates:
        for level in candidate.levels:
            if (pieces := known.get(id(level))) is None:
                pieces = known[id(level)] = level.pieces_at_most(search.window)
            total += pieces
    return total


def _free_of(search: Search, candidate: Candidate[Id], open_time: Timeline) -> Timeline:
    if search.buffer_before or search.buffer_after:
        busy = pad(candidate.busy, before=search.buffer_after, after=search.buffer_before)
    else:
        busy = sorted([each for each in candidate.busy if each[0] < each[1]])
    free = subtract(open_time, busy)
    if candidate.bookings:
        free = subtract(free, pad(candidate.bookings, before=search.gap, after=search.gap))
    if candidate.closed:
        free = subtract(free, candidate.closed)
    return free
