"""Dates, counts and closed time, told from what a search finds."""

import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.availability import Candidate, Search, free_time
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval, complement, merge
from slotkeeper.domain.overviews import closed_slots, names_a_day, open_dates, with_last_day
from slotkeeper.domain.slots import Mode, find_slots
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
        dates = open_dates(wanted, [doc], Mode.ROUNDROBIN_RANDOM)
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


def open_only(name: str, zone: str, *free: Interval) -> Candidate[str]:
    """Return somebody who is free only then, of the week after New Year 1970."""
    return Candidate(name, find_zone(zone), (), complement(free, (0, 10_000)))


def told(dates: list[tuple[date, list[str]]]) -> list[str]:
    return [" ".join([str(on.day), *names]) for on, names in dates]


MORNING = (minute("1970-01-04T23:00Z"), minute("1970-01-05T01:30Z"))


def test_a_date_is_that_of_each_resource() -> None:
    people = [
        open_only("tokyo", "Asia/Tokyo", MORNING),
        open_only("la", "America/Los_Angeles", MORNING),
        open_only("utc", "UTC", MORNING),
    ]
    wanted = search("1970-01-02T00:00Z", "1970-01-07T00:00Z", 60)
    for mode in Mode:
        assert told(open_dates(wanted, people, mode)) == ["4 la utc", "5 tokyo utc"]


def test_together_dates_need_one_slot_for_all() -> None:
    late = (MORNING[0] + 100, MORNING[1] + 100)
    people = [open_only("doc", "UTC", MORNING), open_only("marty", "UTC", late)]
    wanted = search("1970-01-02T00:00Z", "1970-01-07T00:00Z", 60)
    assert told(open_dates(wanted, people, Mode.EXCLUSIVE)) == ["4 doc", "5 doc marty"]
    assert told(open_dates(wanted, people, Mode.MUTUAL)) == []
    shorter = search("1970-01-02T00:00Z", "1970-01-07T00:00Z", 30)
    assert told(open_dates(shorter, people, Mode.MUTUAL)) == ["5 doc marty"]
    assert open_dates(wanted, [], Mode.MUTUAL) == []


def test_a_long_free_interval_counts_for_each_date_it_touches() -> None:
    doc = open_only("doc", "UTC", (minute("1970-01-02T23:00Z"), minute("1970-01-05T00:00Z")))
    wanted = search("1970-01-01T00:00Z", "1970-01-07T00:00Z", None)
    assert told(open_dates(wanted, [doc], Mode.EXCLUSIVE)) == ["2 doc", "3 doc", "4 doc"]


@given(st.sampled_from(list(Mode)), st.sampled_from([30, 60, None]), st.data())
def test_dates_are_those_of_the_slots_that_the_search_lists(
    mode: Mode, length: int | None, data: st.DataObject
) -> None:
    spans = st.lists(
        st.tuples(st.integers(0, 9000), st.integers(30, 1500)).map(lambda s: (s[0], s[0] + s[1])),
        max_size=4,
    )
    people = [
        open_only(zone, zone, *merge(data.draw(spans)))
        for zone in ("Asia/Kathmandu", "America/St_Johns", "UTC")
    ]
    wanted = Search(window=(0, 10_000), length=length, earliest=data.draw(st.integers(0, 5000)))
    everybody = Mode.MUTUAL if mode is Mode.MUTUAL else Mode.EXCLUSIVE
    zones = {person.resource_id: person.zone for person in people}
    listed = {
        (zones[name].day_of(minute), name)
        for slot in find_slots(wanted, people, everybody)
        for minute in (range(slot.start, slot.end) if length is None else [slot.start])
        for name in slot.resource_ids
    }
    dates = open_dates(wanted, people, mode)
    assert {(on.toordinal(), name) for on, names in dates for name in names} == listed
    assert [on for on, _ in dates] == sorted({on for on, _ in dates})


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
