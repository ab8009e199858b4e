"""Dates, counts and closed time, told from what a search finds."""

import re
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.availability import Candidate, Search, free_time
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval, merge
from slotkeeper.domain.overviews import closed_slots, names_a_day, open_dates, with_last_day
from slotkeeper.domain.slots import Mode, Slot, find_slots
from slotkeeper.domain.zones import find_zone, minute_floor

UTC_ZONE = find_zone("UTC")
FRIDAY = datetime(2022, 6, 10, 10, 20, tzinfo=UTC)


def minute(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text))


def search(start: str, end: str, length: int | None = 60) -> Search:
    window = (minute(start), minute(end))
    return Search(window=window, length=length, earliest=window[0])


@pytest.mark.parametrize(
    "text",
    ["1 week", "4 weeks", "2030-05-06", "today", "tomorrow", "monday", "next week", "3 days"],
)
def test_a_day_without_a_time_names_a_day(text: str) -> None:
    assert names_a_day(text)


@pytest.mark.parametrize(
    "text",
    [
        *("now", "3 hours", "1 day 2 hours", "tomorrow 10:00", "monday 5pm", "noon", "midnight"),
        *("2030-05-06T10:00:00Z", "2030-05-06 10:00", "30 sec", "90 minutes", "", "gibberish"),
    ],
)
def test_what_has_a_time_or_no_meaning_names_none(text: str) -> None:
    assert not names_a_day(text)


def test_a_week_from_friday_ends_with_the_friday_after() -> None:
    """The example of the API documentation, asked at any hour of the day."""
    weekdays = parse_constraints([{"allow_hours": {"start": 9, "end": 17}}, {"block_weekends": {}}])
    for hour in (0, 7, 16):
        now = FRIDAY.replace(hour=hour)
        settings = with_last_day({"to": "1 week"}, now=now, zone=UTC_ZONE, input_format=None)
        wanted = search(now.isoformat(), str(settings["to"]), 30)
        doc = Candidate("doc", UTC_ZONE, (weekdays,), ())
        dates = open_dates(find_slots(wanted, [doc], Mode.EXCLUSIVE), {"doc": UTC_ZONE}, wanted)
        assert [on.day for on, _ in dates] == [10, 13, 14, 15, 16, 17]


@pytest.mark.parametrize("to", ["3 hours", "2022-06-12T12:00:00+00:00", "7 months", "nonsense"])
def test_an_end_with_a_time_and_one_to_be_refused_stay(to: str) -> None:
    given = {"to": to}
    assert with_last_day(given, now=FRIDAY, zone=UTC_ZONE, input_format=None) == given


def test_the_last_day_ends_where_the_clocks_of_its_zone_say() -> None:
    cairo = find_zone("Africa/Cairo")
    now = datetime(2024, 4, 20, tzinfo=UTC)
    settings = with_last_day({"to": "2024-04-25"}, now=now, zone=cairo, input_format=None)
    # Midnight of the 26th does not exist: the clocks go from 23:59 to 01:00.
    assert settings["to"] == "2024-04-25T22:00:00+00:00"


def test_the_last_day_never_passes_six_months() -> None:
    settings = with_last_day({"to": "6 months"}, now=FRIDAY, zone=UTC_ZONE, input_format=None)
    assert settings["to"] == "2022-12-10T10:20:00+00:00"


def test_a_date_is_that_of_each_resource() -> None:
    slot = Slot(minute("2030-05-06T23:00Z"), minute("2030-05-07T00:00Z"), ("la", "tokyo", "nobody"))
    zones = {
        "tokyo": find_zone("Asia/Tokyo"),
        "la": find_zone("America/Los_Angeles"),
        "nobody": find_zone("Asia/Tokyo"),
    }
    dates = open_dates([slot], zones, search("2030-05-06T00:00Z", "2030-05-08T00:00Z"))
    assert [(on.isoformat(), who) for on, who in dates] == [
        ("2030-05-06", ["la"]),
        ("2030-05-07", ["tokyo", "nobody"]),
    ]


def test_a_long_free_interval_counts_for_each_date_it_touches() -> None:
    slot = Slot(minute("2030-05-06T23:00Z"), minute("2030-05-09T00:00Z"), ("doc",))
    wanted = search("2030-05-06T00:00Z", "2030-05-12T00:00Z", None)
    assert [on.day for on, _ in open_dates([slot], {"doc": UTC_ZONE}, wanted)] == [6, 7, 8]


hours = st.integers(0, 400)
pieces = st.lists(st.tuples(hours, st.integers(1, 90)).map(lambda p: (p[0], p[0] + p[1])))


@given(st.lists(pieces, min_size=1, max_size=3), st.integers(0, 30), st.integers(0, 350))
def test_closed_time_is_every_minute_that_is_not_free(
    busy: list[list[Interval]], buffer: int, earliest: int
) -> None:
    wanted = Search(
        window=(0, 300), length=60, buffer_before=buffer, buffer_after=buffer, earliest=earliest
    )
    people = [Candidate(number, UTC_ZONE, (), taken) for number, taken in enumerate(busy)]
    closed = closed_slots(wanted, people)
    assert [slot[:2] for slot in closed] == sorted({slot[:2] for slot in closed})
    for person in people:
        own = [slot for slot in closed if person.resource_id in slot.resource_ids]
        shut = {minute for slot in own for minute in range(slot.start, slot.end)}
        free = {minute for start, end in free_time(wanted, person) for minute in range(start, end)}
        assert shut == {m for m in range(300) if m not in free or m < earliest}
        # The longest such intervals: no two touch.
        assert all(one.end < two.start for one, two in pairwise(own))


def drawn(line: str) -> list[Interval]:
    """Return the stretches of a drawing that are marked; each mark is a quarter of an hour."""
    return merge((at * 15, at * 15 + 15) for at, mark in enumerate(line) if mark in "#X")


def test_the_drawing_in_the_documentation_is_true() -> None:
    text = (Path(__file__).parents[2] / "docs" / "availability.md").read_text()
    lines = dict(re.findall(r"^(hours|busy|answer) +([.#X]+)$", text, re.M))
    window = (0, len(lines["hours"]) * 15)
    wanted = Search(window=window, length=None, buffer_before=15, buffer_after=15, earliest=0)
    [(opens, closes)] = drawn(lines["hours"])
    wall = [f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (opens, closes)]
    level = parse_constraints([{"allow_hours": {"start": wall[0], "end": wall[1]}}])
    doc = Candidate("doc", UTC_ZONE, (level,), drawn(lines["busy"]))
    assert [slot[:2] for slot in closed_slots(wanted, [doc])] == drawn(lines["answer"])
