"""Free time to slots, and who can serve each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from typing import Generic, NamedTuple

from slotkeeper.domain.availability import Candidate, Id, Search, free_time
from slotkeeper.domain.interval import Interval, intersect_all


class Mode(StrEnum):
    """How several resources share a search; the names are the API's."""

    MUTUAL = "mutual"
    EXCLUSIVE = "exclusive"
    ROUNDROBIN_RANDOM = "roundrobin_random"
    ROUNDROBIN_PRIORITIZED = "roundrobin_prioritized"
    ROUNDROBIN_BALANCED = "roundrobin_balanced"


class Slot(NamedTuple, Generic[Id]):
    """An interval on offer, with the resources able to serve it in order of preference."""

    start: int
    end: int
    resource_ids: tuple[Id, ...]


def find_slots(
    search: Search,
    candidates: Sequence[Candidate[Id]],
    mode: Mode,
    *,
    shuffle: Callable[[list[Candidate[Id]]], None] | None = None,
) -> list[Slot[Id]]:
    """Return every slot of the search, sorted by start, then end.

    There is one slot for each start and end; the order of ``candidates`` is their priority.
    The API documentation says who serves it: all together (``mutual``), each that is free
    (``exclusive``), or the first that is free. ``roundrobin_random`` calls ``shuffle`` once
    on a copy of the candidates, not per slot, so that an answer names one resource wherever
    it can. ``roundrobin_balanced``, a mode of our own, wants the candidates in the order of
    ``balance.balanced``.
    """
    if mode is Mode.ROUNDROBIN_RANDOM:
        assert shuffle is not None, "chance is an argument"
        candidates = list(candidates)
        shuffle(candidates)
    owners = _owners(search, candidates, mode)
    return [Slot(*interval, owners[interval]) for interval in sorted(owners)]


def cut(free: Iterable[Interval], search: Search) -> Iterator[Interval]:
    """Yield the slots that fit in free time, in its order.

    The grid begins anew in each free interval, and what is too early is left out of the
    grid without moving it.

    >>> list(cut([(0, 25)], Search(window=(0, 25), length=10, step=5, earliest=3)))
    [(5, 15), (10, 20), (15, 25)]
    """
    length, earliest = search.length, search.earliest
    if length is None:
        for start, end in free:
            if earliest < end:
                yield max(start, earliest), end
        return
    step = search.step or length
    for start, end in free:
        first = start if start >= earliest else earliest + (start - earliest) % step
        for slot_start in range(first, end - length + 1, step):
            yield slot_start, slot_start + length


def _owners(
    search: Search, candidates: Sequence[Candidate[Id]], mode: Mode
) -> dict[Interval, tuple[Id, ...]]:
    match mode:
        case Mode.MUTUAL:
            return _together(search, candidates)
        case Mode.EXCLUSIVE:
            return _each(search, candidates)
        case Mode.ROUNDROBIN_PRIORITIZED | Mode.ROUNDROBIN_RANDOM | Mode.ROUNDROBIN_BALANCED:
            return _first(search, candidates)


def _together(
    search: Search, candidates: Sequence[Candidate[Id]]
) -> dict[Interval, tuple[Id, ...]]:
    """Cut what all share: grids cut apart might never meet."""
    if not candidates:
        return {}
    shared = intersect_all([free_time(search, candidate) for candidate in candidates])
    everybody = tuple(candidate.resource_id for candidate in candidates)
    return dict.fromkeys(cut(shared, search), everybody)


def _each(search: Search, candidates: Sequence[Candidate[Id]]) -> dict[Interval, tuple[Id, ...]]:
    free: dict[Interval, list[Id]] = {}
    for candidate in candidates:
        for interval in cut(free_time(search, candidate), search):
            free.setdefault(interval, []).append(candidate.resource_id)
    return {interval: tuple(ids) for interval, ids in free.items()}


def _first(search: Search, candidates: Sequence[Candidate[Id]]) -> dict[Interval, tuple[Id, ...]]:
    """Let the last write first: whoever comes earlier overwrites."""
    owners: dict[Interval, tuple[Id, ...]] = {}
    for candidate in reversed(candidates):
        free = free_time(search, candidate)
        owners.update(dict.fromkeys(cut(free, search), (candidate.resource_id,)))
    return owners
