"""The filters of the older find-time routes, each by example and against a naive check."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain import oracle
from tests.domain.oracle import EPOCH, MINUTE, NAMES
from tests.domain.test_against_oracle import NOTORIOUS

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.filters import FILTERS_MAX, parse_filters, phrases
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import find_zone, minute_floor

NOW = datetime(2030, 5, 6, 8, tzinfo=UTC)
UTC_ZONE = find_zone("UTC")
WEEK = (minute_floor(NOW.replace(hour=0)), minute_floor(NOW.replace(hour=0)) + 7 * 1440)
"""From Monday to Monday."""

Json = Any


def opened(filters: Json, zone: str = "UTC") -> list[str]:
    """Return what the filters leave open of the week, as weekday and hours in UTC."""

    def told(minute: int) -> str:
        return (EPOCH + minute * MINUTE).strftime("%a %H:%M")

    found = parse_filters(filters).open_time(WEEK, find_zone(zone))
    return [f"{told(start)} - {told(end)}" for start, end in found]


def daily(start: str, end: str, days: str = "Mon Tue Wed Thu Fri Sat Sun") -> list[str]:
    return [f"{day} {start} - {day} {end}" for day in days.split()]


@pytest.mark.parametrize(
    ("entry", "open_time"),
    [
        ({"business_hours": {}}, daily("09:00", "18:00")),
        ({"working-hours": []}, daily("09:00", "18:00")),
        ({"daytime": None}, daily("08:00", "22:00")),
        ({"exclude_weekend": {}}, ["Mon 00:00 - Sat 00:00"]),
        ({"exclude_weekends": []}, ["Mon 00:00 - Sat 00:00"]),
        ({"exclude-weekend": {}}, ["Mon 00:00 - Sat 00:00"]),
        ({"only_weekend": {}}, ["Sat 00:00 - Mon 00:00"]),
        ({"specific_day": {"day": "tuesday"}}, ["Tue 00:00 - Wed 00:00"]),
        ({"Specific_Days": {"day": "Tuesday"}}, ["Tue 00:00 - Wed 00:00"]),
        ({"specific_time": {"start": 10, "end": "12:30"}}, daily("10:00", "12:30")),
        (
            {"specific_day_and_time": {"day": "Friday", "start": "9:30", "end": 24}},
            ["Fri 09:30 - Sat 00:00"],
        ),
        (
            {"between_timestamps": {"start": "2030-05-07T10:00:00+02:00", "end": "2030-05-08"}},
            ["Tue 08:00 - Wed 00:00"],
        ),
        (
            {"business_hours": {"timezone": "America/Los_angeles"}},
            ["Mon 00:00 - Mon 01:00"]
            + [
                f"{day} 16:00 - {after} 01:00"
                for day, after in zip(
                    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat"],
                    ["Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
                    strict=True,
                )
            ]
            + ["Sun 16:00 - Mon 00:00"],
        ),
    ],
)
def test_what_each_filter_leaves_open(entry: Json, open_time: list[str]) -> None:
    assert opened({"or": [entry]}) == open_time
    assert opened({"and": [entry]}) == open_time


def test_a_filter_without_a_zone_follows_the_one_it_is_given() -> None:
    assert opened({"and": [{"specific_day": {"day": "Tuesday"}}]}, "Asia/Tokyo") == [
        "Mon 15:00 - Tue 15:00"
    ]


def test_either_day_and_on_each_the_hours() -> None:
    days = [{"specific_day": {"day": "Monday"}}, {"specific_day": {"day": "Thursday"}}]
    hours = [{"business_hours": {}}, {"specific_time": {"start": 8, "end": 12}}]
    assert opened({"or": days, "and": hours}) == daily("09:00", "12:00", "Mon Thu")


@pytest.mark.parametrize(
    "nothing", [None, [], {}, {"or": [], "and": {}}, {"or": None, "after": []}, {"other": 1}]
)
def test_without_filters_all_time_is_open(nothing: Json) -> None:
    assert parse_filters(nothing).open_time(WEEK, UTC_ZONE) == [WEEK]


def test_words_for_a_moment_are_understood_where_somebody_counts_from_now() -> None:
    entry = {"between_timestamps": {"start": "tomorrow 10:00", "end": "2 days"}}
    understand = phrases(now=NOW, zone=find_zone("Europe/Paris"))
    found = parse_filters({"and": [entry]}, understand=understand)
    [span] = found.open_time(WEEK, UTC_ZONE)
    assert span == (WEEK[0] + 1440 + 8 * 60, WEEK[0] + 2 * 1440 + 8 * 60)


@pytest.mark.parametrize(
    ("filters", "field"),
    [
        ("business_hours", "filters"),
        ({"or": "business_hours"}, "filters.or"),
        ({"or": ["business_hours"]}, "filters.or.0"),
        ({"and": [{}]}, "filters.and.0"),
        ({"and": [{"business_hours": {}, "daytime": {}}]}, "filters.and.0"),
        ({"and": [{"daytime": {}}, {"nighttime": {}}]}, "filters.and.1.nighttime"),
        ({"or": [{"take_first": {"number": 1}}]}, "filters.or.0.take_first"),
        ({"after": [{"daytime": {}}]}, "filters.after.0.daytime"),
        ({"or": [{"daytime": "all"}]}, "filters.or.0.daytime"),
        ({"or": [{"daytime": {"timezone": "Hill/Valley"}}]}, "filters.or.0.daytime.timezone"),
        ({"or": [{"specific_day": {}}]}, "filters.or.0.specific_day.day"),
        ({"or": [{"specific_time": {"start": 9, "end": 25}}]}, "filters.or.0.specific_time.end"),
        ({"or": [{"specific-time": {"end": 9}}]}, "filters.or.0.specific-time.start"),
        (
            {"and": [{"between_timestamps": {"start": "2030-05-07", "end": "2030-05-06"}}]},
            "filters.and.0.between_timestamps.end",
        ),
        (
            {"and": [{"between_timestamps": {"start": "soon", "end": "2030-05-06"}}]},
            "filters.and.0.between_timestamps.start",
        ),
        ({"or": [{"daytime": {}}] * (FILTERS_MAX + 1)}, "filters.or"),
    ],
)
def test_a_refusal_names_the_entry(filters: Json, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_filters(filters)
    assert list(refused.value.errors) == [field]


@pytest.mark.parametrize("number", [0, -1, 1.5, "many", None, True, [], 10**9, "\u00b2"])
def test_a_choice_needs_a_number_of_slots(number: Json) -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_filters({"after": [{"take_first": {"number": number}}]})
    assert list(refused.value.errors) == ["filters.after.0.take_first.number"]


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_filters({"or": [{"x": {}}], "and": 1, "after": [{}]}, path="")
    assert sorted(refused.value.errors) == ["after.0", "and", "or.0.x"]


def test_as_many_filters_as_are_allowed() -> None:
    assert len(parse_filters({"and": [{"daytime": {}}] * FILTERS_MAX}).every) == FILTERS_MAX


def backwards(items: list[int]) -> None:
    items.reverse()


@pytest.mark.parametrize(
    ("after", "kept"),
    [
        ([], "abcdef"),
        ([{"take_first": {"number": 2}}], "ab"),
        ([{"take_last": {"number": "2"}}], "ef"),
        ([{"take_first": {"number": 20}}], "abcdef"),
        ([{"take_last": {"number": 20}}], "abcdef"),
        ([{"take_last": {"number": 4}}, {"take_first": {"number": 1}}], "c"),
        # In the order of time again, whatever order chance has put them into.
        ([{"take_random": {"number": 3}}], "def"),
    ],
)
def test_choices_keep_slots_in_turn(after: Json, kept: str) -> None:
    assert "".join(parse_filters({"after": after}).chosen("abcdef", backwards)) == kept


TOLD: dict[str, tuple[str, dict[str, object]]] = {
    "business_hours": ("allow_hours", {"start": 9, "end": 18}),
    "daytime": ("allow_hours", {"start": 8, "end": 22}),
    "exclude_weekend": ("allow_weekdays", {}),
    "only_weekend": ("allow_weekends", {}),
    "specific_day": ("allow_day", {}),
    "specific_time": ("allow_hours", {}),
    "specific_day_and_time": ("allow_day_and_time", {}),
    "between_timestamps": ("allow_period", {}),
}
"""Each filter as the constraint that the naive check knows."""

readings = st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 15, 30, 59]))


@st.composite
def entries(draw: st.DrawFn, near: date, zones: list[str]) -> dict[str, dict[str, object]]:
    name = draw(st.sampled_from(list(TOLD)))
    values: dict[str, object] = {}
    if "day" in name.split("_"):
        values["day"] = draw(st.sampled_from(NAMES))
    if "time" in name.split("_"):
        values |= {"start": draw(readings), "end": draw(readings)}
    if name == "between_timestamps":
        first, length = draw(st.integers(-3000, 3000)), draw(st.integers(1, 3000))
        start = datetime.combine(near, datetime.min.time(), UTC) + first * MINUTE
        values |= {"start": start.isoformat(), "end": (start + length * MINUTE).isoformat()}
    if draw(st.integers(0, 4)) == 0:
        values["timezone"] = draw(st.sampled_from(zones))
    return {name: values}


def naive(entry: dict[str, dict[str, object]], zone: str, window: Interval) -> set[int]:
    [(name, values)] = entry.items()
    kind, own = TOLD[name]
    pieces = oracle.pieces(kind, {**own, **values}, zone, window)
    return {minute for start, end in pieces for minute in range(start, end)}


@pytest.mark.slow
@given(st.data())
@settings(max_examples=150, deadline=None)
def test_filters_agree_with_a_minute_by_minute_check_while_clocks_change(
    data: st.DataObject,
) -> None:
    zone, on = data.draw(st.sampled_from(NOTORIOUS))
    midnight = minute_floor(datetime.combine(on, datetime.min.time(), UTC))
    window = (midnight - 1440, midnight + 2 * 1440)
    zones = [zone, "UTC", "Asia/Tokyo"]
    lists = st.lists(entries(on, zones), max_size=3)
    filters = {"or": data.draw(lists, label="or"), "and": data.draw(lists, label="and")}

    left = set(range(*window))
    if filters["or"]:
        left &= set().union(*(naive(entry, zone, window) for entry in filters["or"]))
    for entry in filters["and"]:
        left &= naive(entry, zone, window)

    found = parse_filters(filters).open_time(window, find_zone(zone))
    assert {minute for start, end in found for minute in range(start, end)} == left
    assert found == sorted(found)


def test_the_naive_check_sees_an_hour_that_is_not_there() -> None:
    """Business hours of New York last nine hours on any day; a whole day lasts 23."""
    on = date(2030, 3, 10)
    midnight = minute_floor(datetime.combine(on, datetime.min.time(), UTC))
    window = (midnight, midnight + 1440 + 300)
    sunday = naive({"specific_day": {"day": "Sunday"}}, "America/New_York", window)
    assert timedelta(minutes=len(sunday)) == timedelta(hours=23)
