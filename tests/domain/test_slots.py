"""Slots and who serves them, on small timelines counted in minutes."""

from collections.abc import Sequence

import pytest

from slotkeeper.domain.availability import Candidate, Search, free_time, read_window
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.slots import Mode, cut, find_slots
from slotkeeper.domain.zones import find_zone

UTC = find_zone("UTC")


def candidate(name: str, *busy: Interval) -> Candidate[str]:
    return Candidate(name, UTC, (), busy)


def search(
    window: Interval,
    length: int | None,
    step: int | None = None,
    earliest: int = 0,
    buffer: int = 0,
) -> Search:
    return Search(
        window=window,
        length=length,
        step=step,
        earliest=earliest,
        buffer_before=buffer,
        buffer_after=buffer,
    )


def shown(asked: Search, candidates: Sequence[Candidate[str]], mode: Mode) -> list[str]:
    found = find_slots(asked, candidates, mode, shuffle=lambda those: those.reverse())
    return [f"{slot.start}-{slot.end} {''.join(slot.resource_ids)}" for slot in found]


@pytest.mark.parametrize(
    ("length", "step", "earliest", "starts"),
    [
        (60, None, 0, [600, 660]),
        (60, 15, 0, [600, 615, 630, 645, 660]),
        (60, 15, 601, [615, 630, 645, 660]),
        (60, 15, 615, [615, 630, 645, 660]),
        (60, 15, 661, []),
        (120, None, 0, [600]),
        (121, None, 0, []),
        (30, 50, 0, [600, 650]),
    ],
)
def test_slots_are_cut_from_the_start_of_the_free_time(
    length: int, step: int | None, earliest: int, starts: list[int]
) -> None:
    asked = search((0, 1440), length, step, earliest)
    assert list(cut([(600, 720)], asked)) == [(start, start + length) for start in starts]


def test_without_a_length_the_free_time_is_the_slot_and_begins_no_earlier_than_it_may() -> None:
    free = [(0, 10), (20, 40), (50, 60)]
    assert list(cut(free, search((0, 60), None, earliest=30))) == [(30, 40), (50, 60)]


def test_the_grid_begins_anew_after_each_event() -> None:
    asked = search((0, 100), 30)
    assert shown(asked, [candidate("a", (10, 20))], Mode.MUTUAL) == ["20-50 a", "50-80 a"]


@pytest.mark.parametrize(
    ("mode", "answer"),
    [
        (Mode.MUTUAL, ["30-60 abc"]),
        (Mode.EXCLUSIVE, ["0-30 ab", "30-60 abc", "60-90 c"]),
        (Mode.ROUNDROBIN_PRIORITIZED, ["0-30 a", "30-60 a", "60-90 c"]),
        (Mode.ROUNDROBIN_RANDOM, ["0-30 b", "30-60 c", "60-90 c"]),
    ],
)
def test_the_mode_says_who_serves(mode: Mode, answer: list[str]) -> None:
    crew = [candidate("a", (60, 90)), candidate("b", (60, 90)), candidate("c", (0, 30))]
    assert shown(search((0, 90), 30), crew, mode) == answer


def test_slots_on_different_grids_stand_side_by_side() -> None:
    crew = [candidate("a", (0, 20)), candidate("b")]
    assert shown(search((0, 90), 30), crew, Mode.ROUNDROBIN_PRIORITIZED) == [
        "0-30 b", "20-50 a", "30-60 b", "50-80 a", "60-90 b",
    ]  # fmt: skip


def test_mutual_slots_are_cut_from_the_time_all_share() -> None:
    crew = [candidate("a", (0, 20)), candidate("b")]
    assert shown(search((0, 90), 30), crew, Mode.MUTUAL) == ["20-50 ab", "50-80 ab"]


@pytest.mark.parametrize("mode", Mode)
def test_nobody_has_no_slots(mode: Mode) -> None:
    assert shown(search((0, 90), 30), [], mode) == []


@pytest.mark.parametrize("mode", Mode)
def test_an_empty_window_has_no_slots(mode: Mode) -> None:
    assert shown(search((90, 90), 30), [candidate("a")], mode) == []


def test_chance_shuffles_once_and_leaves_the_list_of_the_caller() -> None:
    crew, calls = [candidate("a"), candidate("b")], []

    def shuffle(those: list[Candidate[str]]) -> None:
        calls.append(len(those))
        those.reverse()

    find_slots(search((0, 90), 30), crew, Mode.ROUNDROBIN_RANDOM, shuffle=shuffle)
    assert calls == [2]
    assert [one.resource_id for one in crew] == ["a", "b"]


def test_buffers_keep_time_free_on_both_sides_of_an_event_and_nowhere_else() -> None:
    asked = Search(window=(0, 200), length=20, buffer_before=10, buffer_after=15, earliest=0)
    assert free_time(asked, candidate("a", (100, 120))) == [(0, 85), (130, 200)]


def test_a_meeting_at_closing_time_reaches_into_the_window() -> None:
    asked = Search(window=(0, 200), length=20, buffer_before=10, buffer_after=15, earliest=0)
    assert read_window(asked) == (-10, 215)
    assert free_time(asked, candidate("a", (200, 260), (-30, 0))) == [(10, 185)]
