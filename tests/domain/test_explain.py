"""Every reason for closed time, checked minute by minute, and the line that is said of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import oracle
from tests.domain.oracle import Entry, Person, Question
from tests.domain.test_against_oracle import asked, candidates, questions

from slotkeeper.domain.availability import Candidate, Search
from slotkeeper.domain.constraints import Constraints, parse_constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.explain import Explanation, Held, Named, explain
from slotkeeper.domain.interval import intersect_all, merge
from slotkeeper.domain.limits import Full, full_periods, parse_limits
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Holder,
    Level,
    Plain,
    Reason,
    Side,
)
from slotkeeper.domain.slots import Mode, find_slots
from slotkeeper.domain.zones import find_zone

NOW = datetime(2030, 5, 6, 8, tzinfo=UTC)
Case = tuple[Question, list[Person]]


def held_by(person: Person) -> list[Held]:
    """Every busy time of a person under an id of its own."""
    owner = UUID(int=0)
    kinds = [Holder.EVENT] * len(person.busy) + [Holder.BOOKING] * len(person.bookings)
    times = zip(kinds, person.busy + person.bookings, strict=True)
    return [
        Held(owner, kind, UUID(int=number), *time) for number, (kind, time) in enumerate(times, 1)
    ]


def apart(entries: list[Entry]) -> list[tuple[Entry, Constraints]]:
    return [(entry, parse_constraints([entry])) for entry in entries]


def named(question: Question, person: Person) -> Named:
    limits = parse_limits(
        {"resource": dict(question.of_resource), "project": dict(question.of_project)}
    )
    zone, window = find_zone(person.zone), question.window
    starts = [start for start, _ in person.bookings]
    full: dict[Level, list[Full]] = {
        Level.RESOURCE: full_periods(limits.resource, starts, zone, window),
        Level.PROJECT: full_periods(limits.project, question.starts_of_project, zone, window),
    }
    return Named(
        levels=dict(zip(Level, map(apart, person.levels), strict=False)),
        held=held_by(person),
        full=full,
        caps={Level.RESOURCE: limits.resource, Level.PROJECT: limits.project},
    )


def explained(question: Question, persons: list[Person]) -> list[Explanation[str]]:
    return [
        explain(asked(question), candidate, named(question, person))
        for person, candidate in zip(persons, candidates(question, persons), strict=True)
    ]


def told(explanation: Explanation[str]) -> dict[int, set[Reason]]:
    """The reasons for each closed minute."""
    return {
        minute: set(piece.reasons)
        for piece in explanation.closed
        for minute in range(piece.start, piece.end)
    }


def naive(question: Question, person: Person) -> dict[int, set[Reason]]:
    """The same from the words of the API, minute by minute."""
    found: dict[int, set[Reason]] = {minute: set() for minute in range(*question.window)}
    for reason, minutes in naive_causes(question, person):
        for minute in minutes & found.keys():
            found[minute].add(reason)
    return {minute: reasons for minute, reasons in found.items() if reasons}


def naive_causes(question: Question, person: Person) -> Iterator[tuple[Reason, set[int]]]:
    yield Plain.NOTICE, {each for each in range(*question.window) if each < question.earliest}
    for level, entries in zip(Level, person.levels, strict=False):
        yield from naive_of_level(question, person, level, entries)
    for held in held_by(person):
        yield from naive_of_held(question, held)
    starts = [start for start, _ in person.bookings]
    for level, most, counted in (
        (Level.RESOURCE, question.of_resource, starts),
        (Level.PROJECT, question.of_project, question.starts_of_project),
    ):
        for unit, number in most:
            full = oracle.full_minutes(question, [(unit, number)], counted, person.zone)
            yield limit(level, unit, number), set(full)


def naive_of_level(
    question: Question, person: Person, level: Level, entries: list[Entry]
) -> Iterator[tuple[Reason, set[int]]]:
    meant = [minutes_meant(entry, person.zone, question) for entry in entries]
    days: list[int] = []
    hours: list[int] = []
    blocks: list[int] = []
    for index, [kind] in enumerate(map(list, entries)):
        kinds = blocks if kind.startswith("block") else hours if kind == "allow_hours" else days
        kinds.append(index)
    for those in filter(None, (days, hours)):
        allowed = set().union(*(meant[index] for index in those))
        yield ByConstraint(level, tuple(those), False, ()), set(range(*question.window)) - allowed
    for index in blocks:
        yield ByConstraint(level, (index,), True, ()), meant[index]


def limit(level: Level, unit: str, number: int) -> ByLimit:
    [(member, most)] = parse_limits({"resource": {unit: number}}).resource.items()
    return ByLimit(level, member, most)


def naive_of_held(question: Question, held: Held) -> Iterator[tuple[Reason, set[int]]]:
    if held.start >= held.end:
        return
    itself = set(range(held.start, held.end))
    before = set(range(held.start - question.after, held.start))
    after = set(range(held.end, held.end + question.before))
    yield ByHolder(held.holder, held.id), itself
    yield ByBuffer(held.holder, held.id, Side.BEFORE), before
    yield ByBuffer(held.holder, held.id, Side.AFTER), after
    if held.holder is Holder.BOOKING:
        yield ByGap(held.id, Side.BEFORE), set(range(held.start - question.gap, held.start))
        yield ByGap(held.id, Side.AFTER), set(range(held.end, held.end + question.gap))


def minutes_meant(entry: Entry, zone: str, question: Question) -> set[int]:
    [(kind, values)] = entry.items()
    first, last = question.window
    return {
        minute
        for start, end in oracle.pieces(kind, values, zone, question.window)
        for minute in range(max(start, first), min(end, last))
    }


@pytest.mark.slow
@given(questions())
def test_every_minute_has_exactly_the_reasons_that_a_naive_look_finds(case: Case) -> None:
    question, persons = case
    for person, explanation in zip(persons, explained(question, persons), strict=True):
        assert told(explanation) == naive(question, person)


@given(questions())
def test_open_and_closed_time_are_the_window(case: Case) -> None:
    question, persons = case
    for explanation in explained(question, persons):
        pieces = [*explanation.open, *((each.start, each.end) for each in explanation.closed)]
        assert sum(end - start for start, end in pieces) == question.window[1] - question.window[0]
        assert merge(pieces) == [question.window]
        assert all(each.reasons for each in explanation.closed)
        for one, next_one in zip(explanation.closed, explanation.closed[1:], strict=False):
            assert one.end < next_one.start or one.reasons != next_one.reasons


@given(questions(), st.sampled_from(Mode))
def test_what_is_open_is_exactly_what_a_search_without_a_length_offers(
    case: Case, mode: Mode
) -> None:
    question, persons = case
    open_times = {each.resource_id: each.open for each in explained(question, persons)}
    search = replace(asked(question), length=None)
    slots = find_slots(search, candidates(question, persons), mode, shuffle=lambda those: None)
    offered = [(slot.start, slot.end) for slot in slots]
    if mode is Mode.MUTUAL:
        assert offered == intersect_all(list(open_times.values()))
    else:
        assert offered == sorted({each for times in open_times.values() for each in times})
    if mode is Mode.EXCLUSIVE:
        for name, times in open_times.items():
            own = [(slot.start, slot.end) for slot in slots if name in slot.resource_ids]
            assert own == times


@given(questions(), st.sampled_from(Mode))
def test_every_slot_lies_in_open_time_of_whoever_serves_it(case: Case, mode: Mode) -> None:
    question, persons = case
    found = {each.resource_id: each for each in explained(question, persons)}
    slots = find_slots(
        asked(question), candidates(question, persons), mode, shuffle=lambda those: None
    )
    for slot in slots:
        for name in slot.resource_ids:
            assert any(
                start <= slot.start and slot.end <= end for start, end in found[name].open
            ), slot


# Some cases that people can read.

MONDAY = (NOW - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(minutes=1) - 8 * 60
EVENT, BOOKING = UUID(int=1), UUID(int=2)


def one_day(
    constraints: list[Entry] | None = None, held: list[Held] | None = None, **asked: Any
) -> Explanation[str]:
    """Explain a Monday in UTC to somebody who has ``constraints`` and is ``held``."""
    entries, held = constraints or [], held or []
    search = Search(
        **{"window": (MONDAY, MONDAY + 1440), "length": 60, "earliest": MONDAY, **asked}
    )
    candidate = Candidate(
        "doc",
        find_zone("UTC"),
        (parse_constraints(entries),),
        [(each.start, each.end) for each in held],
        [(each.start, each.end) for each in held if each.holder is Holder.BOOKING],
    )
    named = Named(levels={Level.RESOURCE: apart(entries)}, held=held)
    return explain(search, candidate, named)


def on_monday(holder: Holder, held_id: UUID, start: int, end: int) -> Held:
    return Held(UUID(int=0), holder, held_id, MONDAY + start * 60, MONDAY + end * 60)


def hours(explanation: Explanation[str]) -> list[tuple[float, float, tuple[Reason, ...]]]:
    return [
        ((each.start - MONDAY) / 60, (each.end - MONDAY) / 60, each.reasons)
        for each in explanation.closed
    ]


def test_a_reason_carries_the_entry_that_it_speaks_of() -> None:
    office: Entry = {"allow_hours": {"start": 9, "end": 17}}
    lunch: Entry = {"block_hours": {"start": 12, "end": 13}}
    explanation = one_day([office, lunch])
    assert [(start, end) for start, end, _ in hours(explanation)] == [(0, 9), (12, 13), (17, 24)]
    [night], [noon], _ = (each.reasons for each in explanation.closed)
    assert isinstance(night, ByConstraint)
    assert isinstance(noon, ByConstraint)
    assert (night.indexes, night.blocks, night.entries) == ((0,), False, (office,))
    assert (noon.indexes, noon.blocks, noon.entries) == ((1,), True, (lunch,))


def test_buffer_and_gap_are_told_beside_one_another() -> None:
    held = [on_monday(Holder.BOOKING, BOOKING, 10, 12)]
    assert hours(one_day(held=held, buffer_before=60, gap=120)) == [
        (8, 10, (ByGap(BOOKING, Side.BEFORE),)),
        (10, 12, (ByHolder(Holder.BOOKING, BOOKING),)),
        (12, 13, (ByBuffer(Holder.BOOKING, BOOKING, Side.AFTER), ByGap(BOOKING, Side.AFTER))),
        (13, 14, (ByGap(BOOKING, Side.AFTER),)),
    ]


def test_the_occurrences_of_one_event_are_one_reason() -> None:
    held = [
        on_monday(Holder.EVENT, EVENT, 8, 9),
        on_monday(Holder.EVENT, EVENT, 9, 10),
        on_monday(Holder.EVENT, EVENT, 12, 13),
    ]
    reason = (ByHolder(Holder.EVENT, EVENT),)
    assert hours(one_day(held=held)) == [(8, 10, reason), (12, 13, reason)]


def test_busy_time_without_a_name_is_still_told() -> None:
    search = Search(window=(0, 60), length=None, earliest=0)
    candidate = Candidate("doc", find_zone("UTC"), (), [(10, 20)])
    explanation = explain(search, candidate, Named(levels={}))
    assert [tuple(each) for each in explanation.closed] == [(10, 20, (Plain.BUSY,))]


def test_before_the_window_it_is_the_notice_and_after_it_the_horizon() -> None:
    explanation = one_day([{"allow_hours": {"start": 9, "end": 17}}], earliest=MONDAY + 600)
    window = (MONDAY, MONDAY + 1440)
    assert explanation.reasons_at(MONDAY - 1, window) == (Plain.NOTICE,)
    assert explanation.reasons_at(MONDAY + 1440, window) == (Plain.HORIZON,)
    assert explanation.reasons_at(MONDAY + 599, window) == (Plain.NOTICE,)
    assert explanation.reasons_at(MONDAY + 600, window) == ()


def test_an_answer_has_an_end() -> None:
    search = Search(window=(0, 100), length=None, earliest=0)
    candidate = Candidate("doc", find_zone("UTC"), (), [(1, 2), (3, 4), (5, 6)])
    made = explain(search, candidate, Named(levels={}), reasons_max=3)
    assert len(made.closed) == 3
    with pytest.raises(InvalidInput) as refused:
        explain(search, candidate, Named(levels={}), reasons_max=2)
    assert list(refused.value.errors) == ["to"]
