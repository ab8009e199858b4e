"""Days, weeks and months that have as many bookings as they may."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.domain import oracle
from tests.domain.test_against_oracle import NOTORIOUS, places

from slotkeeper.domain.balance import Load, balanced
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.limits import (
    Full,
    Limits,
    Unit,
    counted_window,
    full_periods,
    parse_limits,
    periods,
)
from slotkeeper.domain.zones import Zone, find_zone, minute_floor, to_datetime

DAY = 1440
UTC = find_zone("UTC")


def minute(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text))


def shown(found: list[Full] | list[tuple[int, int]], zone: Zone) -> list[str]:
    return [
        " ".join(zone.iso(each)[:16] + zone.iso(each)[19:] for each in (start, end))
        for start, end, *_ in found
    ]


# Whole periods of the calendar.


@pytest.mark.parametrize(
    ("zone", "unit", "moment", "period"),
    [
        ("UTC", Unit.DAY, "2030-05-06T00:00Z", "2030-05-06T00:00+00:00 2030-05-07T00:00+00:00"),
        ("UTC", Unit.DAY, "2030-05-06T23:59Z", "2030-05-06T00:00+00:00 2030-05-07T00:00+00:00"),
        # Monday begins a week, Sunday ends it.
        ("UTC", Unit.WEEK, "2030-05-06T00:00Z", "2030-05-06T00:00+00:00 2030-05-13T00:00+00:00"),
        ("UTC", Unit.WEEK, "2030-05-05T23:59Z", "2030-04-29T00:00+00:00 2030-05-06T00:00+00:00"),
        ("UTC", Unit.WEEK, "2030-12-31T12:00Z", "2030-12-30T00:00+00:00 2031-01-06T00:00+00:00"),
        ("UTC", Unit.MONTH, "2028-02-29T12:00Z", "2028-02-01T00:00+00:00 2028-03-01T00:00+00:00"),
        ("UTC", Unit.MONTH, "2030-12-31T12:00Z", "2030-12-01T00:00+00:00 2031-01-01T00:00+00:00"),
        # The last noon of May in UTC is the first of June in Auckland.
        ("Pacific/Auckland", Unit.MONTH, "2030-05-31T12:00Z",
         "2030-06-01T00:00+12:00 2030-07-01T00:00+12:00"),
        ("Pacific/Auckland", Unit.MONTH, "2030-05-31T11:59Z",
         "2030-05-01T00:00+12:00 2030-06-01T00:00+12:00"),
        ("Pacific/Auckland", Unit.MONTH, "2030-09-15T00:00Z",
         "2030-09-01T00:00+12:00 2030-10-01T00:00+13:00"),
        # Days of 23, 25 and 24.5 hours, and one without a midnight.
        ("America/New_York", Unit.DAY, "2030-03-10T12:00Z",
         "2030-03-10T00:00-05:00 2030-03-11T00:00-04:00"),
        ("America/New_York", Unit.DAY, "2030-11-03T12:00Z",
         "2030-11-03T00:00-04:00 2030-11-04T00:00-05:00"),
        ("Australia/Lord_Howe", Unit.DAY, "2030-04-07T00:00Z",
         "2030-04-07T00:00+11:00 2030-04-08T00:00+10:30"),
        ("Africa/Cairo", Unit.DAY, "2024-04-26T12:00Z",
         "2024-04-26T01:00+03:00 2024-04-27T00:00+03:00"),
        # Samoa had no 30th; the 29th was followed by the 31st.
        ("Pacific/Apia", Unit.DAY, "2011-12-30T09:59Z",
         "2011-12-29T00:00-10:00 2011-12-31T00:00+14:00"),
        # A minute after midnight the clock went back to 23:01: it is still the new day.
        ("America/St_Johns", Unit.DAY, "2006-10-29T02:31Z",
         "2006-10-29T00:00-02:30 2006-10-30T00:00-03:30"),
    ],
)  # fmt: skip
def test_a_period_is_one_of_the_calendar_on_the_wall(
    zone: str, unit: Unit, moment: str, period: str
) -> None:
    place, start = find_zone(zone), minute(moment)

    assert shown(periods(unit, place, (start, start + 1)), place) == [period]


@given(places(), st.sampled_from(Unit), st.integers(-3000, 3000), st.integers(1, 90 * DAY))
def test_periods_cover_the_window_without_a_hole(
    place: tuple[str, date], unit: Unit, shift: int, length: int
) -> None:
    zone = find_zone(place[0])
    start = minute(f"{place[1].isoformat()}T00:00Z") + shift
    found = periods(unit, zone, (start, start + length))

    assert found[0][0] <= start < found[0][1]
    assert found[-1][0] < start + length <= found[-1][1]
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert counted_window({unit: 1}, zone, (start, start + length)) == (found[0][0], found[-1][1])


def test_an_empty_window_has_no_periods_and_needs_no_count() -> None:
    assert periods(Unit.DAY, UTC, (10, 10)) == []
    assert full_periods({Unit.DAY: 1}, [10], UTC, (10, 10)) == []
    assert counted_window({Unit.DAY: 1}, UTC, (10, 10)) == (10, 10)
    assert counted_window({}, UTC, (10, 20)) == (10, 20)


# Full ones.


@pytest.mark.parametrize(
    ("most", "starts", "full"),
    [
        (1, [], []),
        (1, [0], [(0, DAY)]),
        (1, [DAY - 1], [(0, DAY)]),
        (1, [DAY], [(DAY, 2 * DAY)]),
        (1, [-1], []),
        (2, [0], []),
        (2, [700, 0], [(0, DAY)]),
        (2, [0, DAY], []),
        (2, [0, 0, DAY, DAY + 1], [(0, DAY), (DAY, 2 * DAY)]),
        (2, [5, 5, 5], [(0, DAY)]),
    ],
)
def test_a_day_is_full_when_as_many_bookings_start_in_it_as_may(
    most: int, starts: list[int], full: list[tuple[int, int]]
) -> None:
    found = full_periods({Unit.DAY: most}, starts, UTC, (0, 2 * DAY))

    assert found == [Full(start, end, Unit.DAY) for start, end in full]


def test_a_period_that_a_window_only_touches_is_counted_and_closed_whole() -> None:
    noon = 12 * 60
    week = (-3 * DAY, 4 * DAY)  # 1970 began on a Thursday

    assert full_periods({Unit.DAY: 1}, [0], UTC, (noon, noon + 1)) == [(0, DAY, Unit.DAY)]
    assert full_periods({Unit.WEEK: 1}, [-3 * DAY], UTC, (noon, noon + 1)) == [(*week, Unit.WEEK)]
    assert counted_window({Unit.WEEK: 1, Unit.DAY: 1}, UTC, (noon, noon + 1)) == week


def test_each_limit_closes_what_it_counts() -> None:
    found = full_periods({Unit.DAY: 2, Unit.WEEK: 3}, [0, 1, DAY], UTC, (0, 2 * DAY))

    assert found == [(0, DAY, Unit.DAY), (-3 * DAY, 4 * DAY, Unit.WEEK)]


@given(
    st.sampled_from(NOTORIOUS), st.sampled_from(Unit), st.integers(1, 3), st.data(),
)  # fmt: skip
def test_full_periods_agree_with_counting_by_the_calendar(
    place: tuple[str, date], unit: Unit, most: int, data: st.DataObject
) -> None:
    name, near = place
    noon = minute(f"{near.isoformat()}T12:00Z")
    first = noon - data.draw(st.integers(0, 3 * DAY))
    window = (first, first + data.draw(st.integers(1, 3 * DAY)))
    starts = data.draw(st.lists(st.integers(noon - 40 * DAY, noon + 40 * DAY), max_size=12))
    starts += data.draw(st.lists(st.integers(*window), max_size=6))

    found = full_periods({unit: most}, starts, find_zone(name), window)

    fast = {each for start, end, _ in found for each in range(start, end)} & set(range(*window))
    asked = oracle.Question(window, None, None, 0, 0, 0)
    assert fast == oracle.full_minutes(asked, [(unit.value, most)], starts, name)


def test_a_year_of_days_is_counted_in_every_zone_without_a_hole() -> None:
    start = minute("2030-01-01T00:00Z")
    for name in ("Asia/Kathmandu", "America/Havana", "Africa/Casablanca", "Pacific/Apia"):
        found = periods(Unit.DAY, find_zone(name), (start, start + 365 * DAY))
        assert len(found) in (365, 366)
        longest = max(end - begin for begin, end in found)
        assert timedelta(minutes=longest) <= timedelta(hours=25)
        assert to_datetime(found[0][0]) <= to_datetime(start)


# As they are written.


@pytest.mark.parametrize(
    ("value", "limits"),
    [
        (None, Limits()),
        ({}, Limits()),
        ([], Limits()),
        ("", Limits()),
        ({"resource": None, "project": []}, Limits()),
        ({"resource": {"day": None}}, Limits()),
        ({"resource": {"day": 8}}, Limits(resource={Unit.DAY: 8})),
        ({"resource": {"day": "8"}}, Limits(resource={Unit.DAY: 8})),
        (
            {"resource": {"week": 30, "month": 100}, "project": {"day": 20}},
            Limits(resource={Unit.WEEK: 30, Unit.MONTH: 100}, project={Unit.DAY: 20}),
        ),
    ],
)
def test_limits_are_read_from_an_object_and_null_says_nothing(value: Any, limits: Limits) -> None:
    assert parse_limits(value) == limits


@pytest.mark.parametrize(
    ("value", "field"),
    [
        (8, "limits"),
        ([1], "limits"),
        ("x", "limits"),
        (True, "limits"),
        ({"day": 8}, "limits.day"),
        ({"resource": 8}, "limits.resource"),
        ({"resource": {"year": 8}}, "limits.resource.year"),
        ({"resource": {"day": 0}}, "limits.resource.day"),
        ({"resource": {"day": -1}}, "limits.resource.day"),
        ({"resource": {"day": 1.5}}, "limits.resource.day"),
        ({"resource": {"day": True}}, "limits.resource.day"),
        ({"resource": {"day": "many"}}, "limits.resource.day"),
        ({"resource": {"day": "9" * 5000}}, "limits.resource.day"),
        ({"project": {"week": {}}}, "limits.project.week"),
    ],
)
def test_what_is_no_limit_is_refused_under_its_dotted_name(value: Any, field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_limits(value)

    assert refusal.value.errors.keys() == {field}


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_limits({"resource": {"day": 0, "year": 1}, "project": 3}, path="a.limits")

    named = {"a.limits.resource.day", "a.limits.resource.year", "a.limits.project"}
    assert refusal.value.errors.keys() == named


# Whose turn it is.


@pytest.mark.parametrize(
    ("loads", "order"),
    [
        ({"a": (0, None), "b": (0, None), "c": (0, None)}, "abc"),
        ({"a": (2, None), "b": (0, 50), "c": (1, None)}, "bca"),
        ({"a": (1, 90), "b": (1, 10), "c": (1, 50)}, "bca"),
        ({"a": (1, 90), "b": (1, None), "c": (1, 10)}, "bca"),
        ({"a": (1, -5), "b": (1, None), "c": (1, 0)}, "bac"),
        ({"a": (1, 7), "b": (0, 9), "c": (1, 7)}, "bac"),
    ],
)
def test_the_least_booked_is_next_then_the_longest_idle_then_the_first(
    loads: dict[str, tuple[int, int | None]], order: str
) -> None:
    known = {name: Load(upcoming=count, idle_since=idle) for name, (count, idle) in loads.items()}

    assert "".join(balanced("abc", known)) == order
