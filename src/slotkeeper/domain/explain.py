"""Why time is closed: the causes of one resource, each with the time that it closes alone.

Free time is what all causes leave over. So each of them is put to ``free_time`` by itself,
the same function that answers a search; nothing here knows how a rule or a buffer works.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, NamedTuple
from uuid import UUID

from slotkeeper.domain.availability import Candidate, Id, Search, free_time
from slotkeeper.domain.constraints import Constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval, Timeline, complement, merge, subtract
from slotkeeper.domain.limits import Caps, Full
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Entry,
    Holder,
    Level,
    Plain,
    Reason,
    Side,
)
from slotkeeper.domain.rules import Rule
from slotkeeper.domain.slots import cut

REASONS_MAX = 20_000
"""The most reasons that one answer names, each counted for every piece it closes."""


class Held(NamedTuple):
    """Time [start, end) in minutes that something of a resource takes."""

    resource_id: UUID
    holder: Holder
    id: UUID
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The names of what a candidate knows without them.

    ``levels`` are the entries behind its rules, each with what it says alone; ``held`` is its
    busy time and its bookings; ``full`` are the periods that are closed, and by whose ``caps``.
    """

    levels: Mapping[Level, Sequence[tuple[Entry, Constraints]]]
    held: Sequence[Held] = ()
    full: Mapping[Level, Sequence[Full]] = field(default_factory=dict)
    caps: Mapping[Level, Caps] = field(default_factory=dict)


class Closed(NamedTuple):
    """Time [start, end) that is closed throughout for the same reasons, at least one."""

    start: int
    end: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Explanation(Generic[Id]):
    """The window of a search, taken apart for one resource.

    ``open`` and ``closed`` are sorted and share no minute; together they are the window.
    """

    resource_id: Id
    open: Timeline
    closed: Sequence[Closed]

    def reasons_at(self, minute: int, window: Interval) -> tuple[Reason, ...]:
        """Return why a minute is closed, nothing where it is open.

        Before ``window``, that of the search, it is the notice, and from its end on, the
        horizon.
        """
        if minute < window[0]:
            return (Plain.NOTICE,)
        if minute >= window[1]:
            return (Plain.HORIZON,)
        return next((each.reasons for each in self.closed if each.start <= minute < each.end), ())


def open_time(search: Search, candidate: Candidate[Id]) -> Timeline:
    """Return what a search without a length offers of a candidate."""
    whole = replace(search, length=None)
    return list(cut(free_time(whole, candidate), whole))


def explain(
    search: Search,
    candidate: Candidate[Id],
    named: Named,
    *,
    reasons_max: int = REASONS_MAX,
) -> Explanation[Id]:
    """Return when a candidate is open and, where it is not, all reasons why.

    Neighbouring pieces with equal reasons are one piece. Reasons come in the order notice,
    constraints from the resource to the request, what is held, buffers, gap, limits. Cost
    grows with the pieces times their reasons; ``too_much`` is raised where those are more than
    ``reasons_max``.
    """
    open_ = open_time(search, candidate)
    causes: dict[Reason, list[Interval]] = {}
    for reason, closes in _causes(search, candidate, named):
        causes.setdefault(reason, []).extend(closes)
    closed: list[Closed] = []
    for piece in _overlaid(complement(open_, search.window), causes):
        reasons_max -= len(piece.reasons)
        if reasons_max < 0:
            raise too_much()
        closed.append(piece)
    return Explanation(candidate.resource_id, open_, closed)


def too_much() -> InvalidInput:
    """Return the refusal of a question whose answer nobody could read."""
    return InvalidInput.field(
        "to",
        f"The answer would name more than {REASONS_MAX} reasons; "
        "ask about fewer resources or a shorter time.",
    )


def _causes(
    search: Search, candidate: Candidate[Id], named: Named
) -> Iterator[tuple[Reason, Timeline]]:
    nothing = replace(candidate, levels=(), busy=(), bookings=(), closed=())
    yield Plain.NOTICE, complement(open_time(search, nothing), search.window)
    for level in Level:
        for reason, part in _parts(level, named.levels.get(level, ())):
            yield reason, _closes(search, replace(nothing, levels=(part,)))
    yield from _held(search, nothing, named.held)
    for level, periods in named.full.items():
        for start, end, unit in periods:
            reason = ByLimit(level, unit, named.caps[level][unit])
            yield reason, _closes(search, replace(nothing, closed=[(start, end)]))


def _parts(
    level: Level, entries: Sequence[tuple[Entry, Constraints]]
) -> Iterator[tuple[Reason, Constraints]]:
    """Yield the parts of a level that close time apart from one another.

    Entries that allow open time together, days with days and hours with hours; each that
    blocks does so alone.
    """
    days: dict[int, Rule] = {}
    hours: dict[int, Rule] = {}
    blocking: list[tuple[Reason, Constraints]] = []
    for index, (entry, alone) in enumerate(entries):
        if alone.days:
            days[index] = alone.days[0]
        if alone.hours:
            hours[index] = alone.hours[0]
        if alone.blocks:
            blocking.append((ByConstraint(level, (index,), True, (entry,)), alone))

    def allowing(rules: Mapping[int, Rule]) -> ByConstraint:
        return ByConstraint(level, tuple(rules), False, tuple(entries[index][0] for index in rules))

    if days:
        yield allowing(days), Constraints(days=tuple(days.values()))
    if hours:
        yield allowing(hours), Constraints(hours=tuple(hours.values()))
    yield from blocking


def _held(
    search: Search, nothing: Candidate[Id], held: Iterable[Held]
) -> Iterator[tuple[Reason, Timeline]]:
    """Yield what events and bookings close: themselves, then buffers, then gaps."""
    bare = replace(search, buffer_before=0, buffer_after=0, gap=0)
    buffers: list[tuple[Reason, Timeline]] = []
    gaps: list[tuple[Reason, Timeline]] = []
    for _, holder, holder_id, start, end in held:
        taken = [(start, end)]
        itself = _closes(bare, replace(nothing, busy=taken))
        yield ByHolder(holder, holder_id), itself
        around = subtract(_closes(search, replace(nothing, busy=taken)), itself)
        buffers += [(ByBuffer(holder, holder_id, _side(piece, start)), [piece]) for piece in around]
        if holder is Holder.BOOKING and search.gap:
            around = subtract(_closes(search, replace(nothing, bookings=taken)), itself)
            gaps += [(ByGap(holder_id, _side(piece, start)), [piece]) for piece in around]
    yield from buffers
    yield from gaps


def _side(piece: Interval, start: int) -> Side:
    return Side.BEFORE if piece[0] < start else Side.AFTER


def _closes(search: Search, part: Candidate[Id]) -> Timeline:
    """Return what a candidate with but one cause cannot give."""
    return complement(free_time(search, part), search.window)


def _overlaid(closed: Timeline, causes: Mapping[Reason, Iterable[Interval]]) -> Iterator[Closed]:
    """Yield closed time, cut wherever one of the causes begins or ends."""
    reasons = list(causes)
    turns: defaultdict[int, set[int]] = defaultdict(set)
    # Every timeline has a number, closed time itself 0; at each of its ends it turns on or off.
    for number, timeline in enumerate([closed, *map(merge, causes.values())]):
        for start, end in timeline:
            turns[start] ^= {number}
            turns[end] ^= {number}
    on: set[int] = set()
    begin = 0
    last: Closed | None = None
    for minute in sorted(turns):
        if 0 in on:
            why = tuple(reasons[number - 1] for number in sorted(on) if number)
            piece = Closed(begin, minute, why or (Plain.BUSY,))
            if last is not None and (last.end, last.reasons) == (begin, piece.reasons):
                piece = Closed(last.start, minute, piece.reasons)
            elif last is not None:
                yield last
            last = piece
        on ^= turns[minute]
        begin = minute
    if last is not None:
        yield last
