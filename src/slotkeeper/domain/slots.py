"""Free time to slots, and who can serve each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import StrEnum
from itertools import chain, repeat
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from slotkeeper.domain.availability import Candidate, Id, Search, free_times
from slotkeeper.domain.interval import Interval, Timeline, intersect_all

Key = TypeVar("Key", bound=Hashable)
Keys: TypeAlias = Callable[[Timeline], Iterable[Key]]


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
    length = search.length
    if length is None:
        whole = _owners(search, candidates, mode, lambda free: cut(free, search))
        return [Slot(*interval, whole[interval]) for interval in sorted(whole)]
    # Where all slots have one length, a start says which one it is, and numbers are so much
    # lighter than intervals that a search for many takes half as long.
    owners = _owners(
        search, candidates, mode, lambda free: chain.from_iterable(_grids(free, search, length))
    )
    return [Slot(start, start + length, owners[start]) for start in sorted(owners)]


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
    for starts in _grids(free, search, length):
        for start in starts:
            yield start, start + length


def _grids(free: Iterable[Interval], search: Search, length: int) -> Iterator[range]:
    """Yield where slots may start in each free interval."""
    earliest, step = search.earliest, search.step or length
    for start, end in free:
        first = start if start >= earliest else earliest + (start - earliest) % step
        yield range(first, end - length + 1, step)


def slots_at_most(search: Search) -> int:
    """Return how many slots one resource could have at the very most.

    >>> slots_at_most(Search(window=(0, 60), length=30, step=15, earliest=0))
    4
    """
    start, end = search.window
    step = search.step or search.length
    return 1 if step is None else -(-max(0, end - start) // step)


def _owners(
    search: Search, candidates: Sequence[Candidate[Id]], mode: Mode, keys: Keys[Key]
) -> dict[Key, tuple[Id, ...]]:
    """Return who serves each slot, by what ``keys`` makes of free time: one key a slot."""
    match mode:
        case Mode.MUTUAL:
            return _together(search, candidates, keys)
        case Mode.EXCLUSIVE:
            return _each(search, candidates, keys)
        case Mode.ROUNDROBIN_PRIORITIZED | Mode.ROUNDROBIN_RANDOM | Mode.ROUNDROBIN_BALANCED:
            return _first(search, candidates, keys)


def _together(
    search: Search, candidates: Sequence[Candidate[Id]], keys: Keys[Key]
) -> dict[Key, tuple[Id, ...]]:
    """Cut what all share: grids cut apart might never meet."""
    if not candidates:
        return {}
    shared = intersect_all(list(free_times(search, candidates)))
    everybody = tuple(candidate.resource_id for candidate in candidates)
    return dict.fromkeys(keys(shared), everybody)


def _each(
    search: Search, candidates: Sequence[Candidate[Id]], keys: Keys[Key]
) -> dict[Key, tuple[Id, ...]]:
    owners: defaultdict[Key, list[Id]] = defaultdict(list)
    for candidate, free in zip(candidates, free_times(search, candidates), strict=True):
        for key in keys(free):
            owners[key].append(candidate.resource_id)
    return {key: tuple(ids) for key, ids in owners.items()}


def _first(
    search: Search, candidates: Sequence[Candidate[Id]], keys: Keys[Key]
) -> dict[Key, tuple[Id, ...]]:
    """Let the last write first: whoever comes earlier overwrites."""
    owners: dict[Key, tuple[Id, ...]] = {}
    backwards = candidates[::-1]
    for candidate, free in zip(backwards, free_times(search, backwards), strict=True):
        owners.update(zip(keys(free), repeat((candidate.resource_id,)), strict=False))
    return owners
