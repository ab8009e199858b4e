"""The older search for time: its words, its two grids, days that hold their slots."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.oracle import EPOCH, MINUTE, Minutes, clock_of
from tests.domain.test_against_oracle import NOTORIOUS

from slotkeeper.domain.availability import Search
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.find_time import FindTime, Order, find_time, times
from slotkeeper.domain.interval import Interval, merge
from slotkeeper.domain.zones import find_zone, minute_floor

NOW = datetime(2030, 5, 6, 8, 7, 30, tzinfo=UTC)
UTC_ZONE = find_zone("UTC")


def understood(**given: Any) -> FindTime:
    return find_time(given, now=NOW, zone=UTC_ZONE)


def moment(minute: int) -> str:
    return (EPOCH + minute * MINUTE).strftime("%d %H:%M")


def test_without_a_word_it_is_four_weeks_of_hours() -> None:
    wanted = understood(start=None, sort=None, buffer=None)
    start, end = wanted.search.window
    assert (moment(start), moment(end)) == ("06 08:15", "03 08:08")
    assert end - start < 28 * 1440 <= end - start + 15
    assert (wanted.search.length, wanted.search.buffer_before, wanted.order) == (60, 0, Order.ASC)


@pytest.mark.parametrize(
    ("start", "first"),
    [
        ("now", "06 08:15"),
        ("1 hour", "06 09:15"),
        ("tomorrow", "07 00:00"),
        ("-1 hour", "06 07:15"),
        ("2030-05-06T10:07:00Z", "06 10:07"),
    ],
)
def test_a_phrase_begins_at_a_quarter_and_a_timestamp_where_it_says(start: str, first: str) -> None:
    assert moment(understood(start=start).search.window[0]) == first


def test_both_ends_count_from_now() -> None:
    start, end = understood(start="3 days", future="5 days").search.window
    assert (moment(start), moment(end)) == ("09 08:15", "11 08:08")


@pytest.mark.parametrize(
    ("given", "field", "message"),
    [
        ({"future": "whenever"}, "future", "future in not a valid timestamp or relative time"),
        ({"start": 7}, "start", "start in not a valid timestamp or relative time"),
        ({"future": "7 months"}, "future", "The future may not be more than 6 months from now."),
        (
            {"start": "2 days", "future": "1 day"},
            "future",
            "The future must be a date after start.",
        ),
        ({"length": "long"}, "length", "The length must be a duration such as 1 hour: long"),
        ({"length": 30}, "length", "The length must be a duration such as 1 hour: 30"),
        ({"length": 0}, "length", "The length must be a duration such as 1 hour: 0"),
        ({"length": True}, "length", "The length must be a duration such as 1 hour: "),
        ({"length": []}, "length", "The length must be a duration such as 1 hour: "),
        ({"buffer": "-1 hour"}, "buffer", "The buffer must be a duration such as 1 hour: "),
        ({"sort": "sideways"}, "sort", "The selected sort is invalid."),
    ],
)
def test_a_refusal_says_which_field_and_why(given: Any, field: str, message: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        understood(**given)
    [(name, [told])] = refused.value.errors.items()
    assert name == field
    assert told.startswith(message)


def test_six_months_are_not_too_far() -> None:
    assert moment(understood(future="6 months").search.window[1]) == "06 08:08"


def day(hour: int, minute: int = 0, *, on: int = 7) -> int:
    return minute_floor(datetime(2030, 5, on, hour, minute, tzinfo=UTC))


def found(open_time: list[Interval], busy: list[Interval], **given: Any) -> list[str]:
    slots = times(understood(**given), open_time, busy, UTC_ZONE)
    return [f"{moment(start)[3:]}-{moment(end)[3:]}" for start, end in slots]


def test_slots_follow_one_another_around_busy_time() -> None:
    """Someone opens at ten past nine and has a meeting at eleven."""
    slots = found([(day(9, 10), day(14))], [(day(11), day(11, 20))])
    assert slots == ["09:10-10:10", "11:20-12:20", "12:20-13:20"]


def test_all_solutions_start_at_every_quarter_that_the_clock_shows() -> None:
    slots = found([(day(9, 10), day(10, 45))], [], all_solutions=True)
    assert slots == ["09:15-10:15", "09:30-10:30", "09:45-10:45"]


def test_a_buffer_stands_on_both_sides_of_busy_time_only() -> None:
    slots = found([(day(9), day(13))], [(day(10, 30), day(11))], buffer="30 minutes")
    assert slots == ["09:00-10:00", "11:30-12:30"]


def test_backwards() -> None:
    assert found([(day(9), day(11))], [], sort="desc") == ["10:00-11:00", "09:00-10:00"]


def test_no_slot_spans_two_days_when_none_may() -> None:
    night = [(day(21), day(4, on=8))]
    assert found(night, [], length="2 hours") == [
        *("21:00-23:00", "23:00-01:00", "01:00-03:00"),
    ]
    assert found(night, [], length="2 hours", no_day_span=True) == [
        *("21:00-23:00", "00:00-02:00", "02:00-04:00"),
    ]


def test_a_slot_may_end_at_midnight() -> None:
    night = [(day(22), day(2, on=8))]
    slots = found(night, [], length="2 hours", no_day_span=True)
    assert slots == ["22:00-00:00", "00:00-02:00"]


def test_nothing_starts_before_now() -> None:
    slots = found([(day(7, on=6), day(10, on=6))], [], start="-1 hour")
    assert slots == ["09:00-10:00"]


def naive(wanted: FindTime, free: Minutes, zone: str) -> set[Interval]:
    """Every slot by trying every minute, with a table of what the clock shows."""
    search = wanted.search
    assert search.length is not None
    clock = clock_of(zone, search.window)
    midnights = {clock.midnight(on) for on in clock.days()} if wanted.no_day_span else set()
    slots, run = set(), 0
    for minute in range(*search.window):
        if minute not in free:
            continue
        if minute - 1 not in free or minute in midnights:
            run = minute
        end = minute + search.length
        inside = range(minute, end)
        fits = all(each in free for each in inside) and midnights.isdisjoint(inside[1:])
        on_grid = (
            clock.shown[minute].minute % 15 == 0
            if wanted.all_solutions
            else (minute - run) % search.length == 0
        )
        if fits and on_grid and minute >= search.earliest:
            slots.add((minute, end))
    return slots


@pytest.mark.slow
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_slots_agree_with_trying_every_minute_while_clocks_change(data: st.DataObject) -> None:
    zone, on = data.draw(
        st.sampled_from([each for each in NOTORIOUS if each[1] > date(1990, 1, 1)])
    )
    midnight = minute_floor(datetime.combine(on, datetime.min.time(), UTC))
    window = (midnight - 1440, midnight + 1440)
    spans = st.lists(
        st.tuples(st.integers(0, 2880), st.integers(1, 900)).map(
            lambda span: (window[0] + span[0], window[0] + span[0] + span[1])
        ),
        max_size=4,
    )
    buffer = data.draw(st.sampled_from([0, 10]))
    all_solutions = data.draw(st.booleans(), label="all solutions")
    wanted = FindTime(
        search=Search(
            window=window,
            length=data.draw(st.integers(1, 300)),
            step=15 if all_solutions else None,
            buffer_before=buffer,
            buffer_after=buffer,
            earliest=window[0] + data.draw(st.integers(-100, 1000)),
        ),
        order=Order.ASC,
        ignore_all_day_events=False,
        all_solutions=all_solutions,
        no_day_span=data.draw(st.booleans(), label="no day span"),
    )
    busy = data.draw(spans, label="busy")
    taken = {minute for start, end in busy for minute in range(start - buffer, end + buffer)}
    open_time = merge([window])
    slots = times(wanted, open_time, busy, find_zone(zone))
    assert slots == sorted(naive(wanted, frozenset(set(range(*window)) - taken), zone))


def test_a_day_of_twenty_five_hours_has_twenty_five_slots() -> None:
    paris = find_zone("Europe/Paris")
    start = minute_floor(datetime(2030, 10, 26, 22, tzinfo=UTC))
    window = (start, start + 25 * 60)
    wanted = find_time(
        {"start": "2030-10-27", "future": "2030-10-28", "no_day_span": True},
        now=datetime(2030, 10, 20, tzinfo=UTC),
        zone=paris,
    )
    assert wanted.search.window == window
    slots = times(wanted, [window], [], paris)
    assert len(slots) == 25
    assert all(end - start == timedelta(hours=1) // MINUTE for start, end in slots)
