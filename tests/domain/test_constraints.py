"""What a list of constraints allows, and how lists that make no sense are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from slotkeeper.domain.constraints import CONSTRAINTS_MAX, Constraints, allowed, parse_constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.rules import Weekly
from slotkeeper.domain.zones import find_zone, minute_floor, to_datetime

PARIS = find_zone("Europe/Paris")


def at(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text).replace(tzinfo=UTC))


# Monday 6 May 2030 to Sunday 12 May, in Paris two hours ahead of UTC.
MONDAY = at("2030-05-05T22:00")
WEEK = (MONDAY, MONDAY + 7 * 1440)


def shown(intervals: list[Interval]) -> list[str]:
    return [f"{_clock(start)} - {_clock(end)}" for start, end in intervals]


def _clock(minute: int) -> str:
    return (to_datetime(minute) + timedelta(hours=2)).strftime("%a %H:%M")


def refusals(*entries: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        parse_constraints(list(entries))
    return refusal.value.errors


@pytest.mark.parametrize(
    ("entries", "times"),
    [
        ([], ["Mon 00:00 - Mon 00:00"]),
        ([{"allow_day": {"day": "Tuesday"}}], ["Tue 00:00 - Wed 00:00"]),
        (
            [{"allow_day": {"day": "monday"}}, {"allow_day": {"day": " WEDNESDAY "}}],
            ["Mon 00:00 - Tue 00:00", "Wed 00:00 - Thu 00:00"],
        ),
        ([{"allow_weekdays": []}], ["Mon 00:00 - Sat 00:00"]),
        ([{"block_weekends": None}], ["Mon 00:00 - Sat 00:00"]),
        ([{"allow_weekends": {}}], ["Sat 00:00 - Mon 00:00"]),
        ([{"block_weekdays": {}}], ["Sat 00:00 - Mon 00:00"]),
        ([{"allow_weekend": {}}], ["Sat 00:00 - Mon 00:00"]),
        (
            [{"allow_weekday": {}}, {"block_day": {"day": "Friday"}}],
            ["Mon 00:00 - Fri 00:00"],
        ),
        (
            [
                {"allow_day_and_time": {"day": "Monday", "start": 9, "end": 12}},
                {"allow_day_and_time": {"day": "Monday", "start": 14, "end": 17}},
                {"allow_day_and_time": {"day": "Tuesday", "start": 9, "end": 17}},
            ],
            ["Mon 09:00 - Mon 12:00", "Mon 14:00 - Mon 17:00", "Tue 09:00 - Tue 17:00"],
        ),
        (
            [
                {"allow_day": {"day": "Monday"}},
                {"allow_hours": {"start": 9, "end": 17}},
                {"block_hours": {"start": 12, "end": 13}},
            ],
            ["Mon 09:00 - Mon 12:00", "Mon 13:00 - Mon 17:00"],
        ),
        (
            [
                {"allow_day_and_time": {"day": "Monday", "start": 22, "end": 2}},
                {"block_day_and_time": {"day": "Monday", "start": "23:30", "end": "00:30"}},
            ],
            ["Mon 22:00 - Mon 23:30", "Tue 00:30 - Tue 02:00"],
        ),
        (
            [
                {"allow_day_and_time": {"day": "Sunday", "start": 22, "end": 2}},
            ],
            ["Mon 00:00 - Mon 02:00", "Sun 22:00 - Mon 00:00"],
        ),
        (
            [
                {"allow_day_and_time": {"day": "Monday", "start": 22, "end": 24}},
                {"allow_day_and_time": {"day": "Tuesday", "start": 0, "end": 2}},
            ],
            ["Mon 22:00 - Tue 02:00"],
        ),
        (
            [
                {"allow_day_and_time": {"day": "Monday", "start": 9, "end": 10}},
                {"allow_period": {"start": "2030-05-07T12:00:00+02:00", "end": "2030-05-08"}},
            ],
            ["Mon 09:00 - Mon 10:00", "Tue 12:00 - Wed 00:00"],
        ),
        (
            [{"block_period": {"start": "2030-05-08", "end": "2031-01-01"}}],
            ["Mon 00:00 - Wed 00:00"],
        ),
        ([{"block_period": {"start": "0001-01-01", "end": "9999-12-31"}}], []),
        (
            [
                {
                    "allow_period": {
                        "start": "0001-01-01T00:00:00+14:00",
                        "end": "9999-12-31T23:59-12:00",
                    }
                }
            ],
            ["Mon 00:00 - Mon 00:00"],
        ),
        (
            [{"allow_day": {"day": "Monday", "timezone": "america/new_york", "who": "cares"}}],
            ["Mon 06:00 - Tue 06:00"],
        ),
        (
            [{"allow_day": {"day": "Monday"}}, {"allow_hours": {"start": 9, "end": 9}}],
            ["Mon 00:00 - Tue 00:00"],
        ),
        (
            [{"allow_day": {"day": "Monday"}}, {"block_hours": {"start": 9, "end": 0}}],
            ["Mon 00:00 - Mon 09:00"],
        ),
    ],
)
def test_a_level_allows(entries: list[object], times: list[str]) -> None:
    assert shown(parse_constraints(entries).allowed(WEEK, PARIS)) == times


@pytest.mark.parametrize(
    ("hour", "minutes"),
    [(9, 540), ("9", 540), ("09", 540), ("9:30", 570), ("09:30", 570), ("23:59", 1439),
     ("09:30:00", 570), (0, 0), ("00:00", 0)],
)  # fmt: skip
def test_hours_come_in_many_spellings(hour: object, minutes: int) -> None:
    [rule] = parse_constraints([{"allow_hours": {"start": hour, "end": 24}}]).hours
    assert isinstance(rule, Weekly)
    assert (rule.start, rule.end) == (minutes, 1440)


@pytest.mark.parametrize("end", [24, "24", "24:00", 0, "00:00"])
def test_the_end_of_the_day_is_midnight_by_any_name(end: object) -> None:
    [rule] = parse_constraints([{"allow_hours": {"start": 9, "end": end}}]).hours
    assert isinstance(rule, Weekly)
    assert rule.end == 1440


@pytest.mark.parametrize(
    "hour", [9.5, 9.0, True, 25, -1, "24:01", "9:5", "9:60", "9.5", "nine", [], {}, "٩", "9:30:15"]
)
def test_other_hours_are_refused(hour: object) -> None:
    assert refusals({"allow_hours": {"start": hour, "end": 17}}) == {
        "constraints.0.allow_hours.start": [
            "The constraints.0.allow_hours.start must be an hour such as 9 or 09:30."
        ]
    }


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        ({"allow_day": {}}, ".allow_day.day", "field is required."),
        ({"allow_day": []}, ".allow_day.day", "field is required."),
        (
            {"allow_day": {"day": "Mon"}},
            ".allow_day.day",
            "must be the name of a weekday such as Monday.",
        ),
        (
            {"block_hours": {"start": 9, "end": "9:00"}},
            ".block_hours.end",
            "must be different from start.",
        ),
        ({"block_hours": {"start": 24, "end": 1}}, ".block_hours.start", "must be before 24:00."),
        (
            {"allow_weekdays": {"timezone": "Mars"}},
            ".allow_weekdays.timezone",
            "must be a valid zone.",
        ),
        ({"allow_weekdays": {"timezone": 1}}, ".allow_weekdays.timezone", "must be a valid zone."),
        ({"allow_weekdays": "x"}, ".allow_weekdays", "must be an object."),
        ({"allow_weekdays": [1]}, ".allow_weekdays", "must be an object."),
        ({"allow_moon": {}}, ".allow_moon", "is not a known type of constraint."),
        (
            {"allow_day": {"day": "Monday"}, "block_weekends": {}},
            "",
            "must be an object with one key, its type.",
        ),
        ({}, "", "must be an object with one key, its type."),
        ("allow_day", "", "must be an object with one key, its type."),
        ({"allow_period": {"start": "2030-05-06"}}, ".allow_period.end", "field is required."),
        (
            {"allow_period": {"start": "2030-05-06", "end": "2030-05-06"}},
            ".allow_period.end",
            "must be a date after start.",
        ),
    ],
)
def test_an_entry_is_refused_by_its_dotted_name(entry: object, field: str, message: str) -> None:
    name = f"constraints.0{field}"
    assert refusals(entry) == {name: [f"The {name} {message}"]}


@pytest.mark.parametrize(
    "moment", ["2030-02-30", "0000-01-01", "20300506", "2030-05-06T25:00", "tomorrow", "6.5.2030",
               5, True, [], "2030-05-06T09:00:00+02:00" + " " * 100 + "x", "2030-05-06T09:00+99:99"]
)  # fmt: skip
def test_other_moments_are_refused(moment: object) -> None:
    assert list(refusals({"block_period": {"start": moment, "end": "2040-01-01"}})) == [
        "constraints.0.block_period.start"
    ]


def test_every_refusal_comes_at_once() -> None:
    assert list(refusals({"allow_day": {}}, {"allow_weekdays": {}}, {"allow_hours": {}})) == [
        "constraints.0.allow_day.day",
        "constraints.2.allow_hours.start",
        "constraints.2.allow_hours.end",
    ]


@pytest.mark.parametrize("entries", ["x", 5, {"allow_weekdays": {}}])
def test_what_is_not_a_list_is_refused(entries: object) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_constraints(entries, path="availability_constraints")
    assert refusal.value.errors == {
        "availability_constraints": ["The availability_constraints must be an array."]
    }


def test_there_is_room_for_a_thousand_and_no_more() -> None:
    assert len(parse_constraints([{"allow_weekdays": {}}] * CONSTRAINTS_MAX).days) == 1000
    assert list(refusals(*[{"allow_weekdays": {}}] * (CONSTRAINTS_MAX + 1))) == ["constraints"]


@pytest.mark.parametrize("nothing", [None, {}, []])
def test_nothing_constrains_nothing(nothing: object) -> None:
    assert parse_constraints(nothing) == Constraints()


def test_seconds_never_open_time_that_a_period_closes() -> None:
    span = {"start": "2030-05-06T09:00:30", "end": "2030-05-06T10:00:30"}
    opened = parse_constraints([{"allow_period": span}]).allowed(WEEK, PARIS)
    closed = parse_constraints([{"block_period": span}]).allowed(WEEK, PARIS)
    assert shown(opened) == ["Mon 09:01 - Mon 10:00"]
    assert shown(closed) == ["Mon 00:00 - Mon 09:00", "Mon 10:01 - Mon 00:00"]


def test_a_default_zone_stands_in_where_an_entry_names_none() -> None:
    entries = [{"allow_day": {"day": "Monday"}}]
    level = parse_constraints(entries, default_zone=find_zone("America/New_York"))
    assert shown(level.allowed(WEEK, PARIS)) == ["Mon 06:00 - Tue 06:00"]


def test_levels_intersect() -> None:
    resource = parse_constraints([{"allow_weekdays": {}}, {"allow_hours": {"start": 8, "end": 12}}])
    project = parse_constraints([{"allow_hours": {"start": 10, "end": 18}}])
    request = parse_constraints([{"allow_day": {"day": "Friday"}}, {"allow_weekends": {}}])
    assert shown(allowed([resource, project, request], WEEK, PARIS)) == ["Fri 10:00 - Fri 12:00"]
    assert allowed([], WEEK, PARIS) == [WEEK]
    assert allowed([resource], (5, 5), PARIS) == []


def test_hours_are_those_of_the_resource_wherever_it_is() -> None:
    hours = parse_constraints([{"allow_hours": {"start": 9, "end": 17}}])
    day = (at("2030-05-06T00:00"), at("2030-05-07T12:00"))
    assert [
        (to_datetime(start).hour, to_datetime(end).hour)
        for zone in ("America/New_York", "America/Los_Angeles")
        for start, end in hours.allowed(day, find_zone(zone))[:1]
    ] == [(13, 21), (16, 0)]


@pytest.mark.parametrize("minutes", [1, 1440, 1441, 10 * 1440, 200 * 1440 - 1])
@pytest.mark.parametrize("start", [MONDAY, MONDAY + 719, at("2030-10-26T23:30")])
def test_no_more_pieces_are_laid_than_are_said_to_be(start: int, minutes: int) -> None:
    entries: list[dict[str, object]] = [
        {"allow_hours": {"start": 22, "end": 6}},
        {"block_day_and_time": {"day": "sunday", "start": 1, "end": 2}},
        {"allow_days": {"days": ["monday", "sunday"], "start": 20, "end": 4}},
        {"block_dates": {"dates": ["2030-05-05", "2030-05-06", "2030-10-27"]}},
        {"block_holidays": {"country": "FR"}},
        {"allow_period": {"start": "2030-05-01", "end": "2030-12-01"}},
    ]
    window = (start, start + minutes)
    for entry in entries:
        level = parse_constraints([entry])
        [rule] = level.days + level.hours + level.blocks
        assert len(rule.intervals(window, PARIS)) <= level.pieces_at_most(window)
