"""The types of constraint that are ours: lists of days, single dates, holidays; and words."""

import subprocess
import sys
from datetime import UTC, date, datetime

import pytest

from slotkeeper.domain.constraint_fields import DATES_MAX
from slotkeeper.domain.constraints import HOLIDAYS_MAX, parse_constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.holidays import (
    HolidayCalendar,
    categories_of,
    find_categories,
    find_country,
    find_subdivision,
)
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import Zone, find_zone, minute_floor

PARIS = find_zone("Europe/Paris")
NEW_YORK = find_zone("America/New_York")
# A Monday, half a minute past eight in the morning.
NOW = datetime(2030, 5, 6, 8, 0, 30, tzinfo=UTC)


def window(first: str, last: str, zone: Zone = PARIS) -> Interval:
    """From midnight to midnight of two days of a zone."""
    return (
        zone.day_start(date.fromisoformat(first).toordinal()),
        zone.day_start(date.fromisoformat(last).toordinal()),
    )


def shown(intervals: list[Interval], zone: Zone = PARIS) -> list[str]:
    return [f"{zone.iso(start)[:16]} - {zone.iso(end)[:16]}" for start, end in intervals]


def open_time(entry: object, within: Interval, zone: Zone = PARIS) -> list[str]:
    return shown(parse_constraints([entry], now=NOW).allowed(within, zone), zone)


def refusals(*entries: object) -> dict[str, list[str]]:
    with pytest.raises(InvalidInput) as refusal:
        parse_constraints(list(entries), now=NOW)
    return refusal.value.errors


CHRISTMAS = window("2030-12-23", "2030-12-28")


@pytest.mark.parametrize(
    ("entry", "times"),
    [
        (
            {"allow_dates": {"dates": ["2030-12-26", "2030-12-24", "2030-12-24"]}},
            ["2030-12-24T00:00 - 2030-12-25T00:00", "2030-12-26T00:00 - 2030-12-27T00:00"],
        ),
        (
            {"allow_dates": {"dates": ["2030-12-24"], "start": "10", "end": 14}},
            ["2030-12-24T10:00 - 2030-12-24T14:00"],
        ),
        (
            {"allow_dates": {"dates": ["2030-12-22"], "start": 22, "end": 2}},
            ["2030-12-23T00:00 - 2030-12-23T02:00"],
        ),
        (
            {"allow_dates": {"dates": [" 2030-12-24 "], "start": None, "end": "", "x": 1}},
            ["2030-12-24T00:00 - 2030-12-25T00:00"],
        ),
        (
            {"block_dates": {"dates": ["2030-12-24", "2030-12-25", "2031-07-01"]}},
            ["2030-12-23T00:00 - 2030-12-24T00:00", "2030-12-26T00:00 - 2030-12-28T00:00"],
        ),
        (
            {"allow_dates": {"dates": ["2030-12-24"], "timezone": "america/new_york"}},
            ["2030-12-24T06:00 - 2030-12-25T06:00"],
        ),
        (
            {"allow_days": {"days": ["TUESDAY", "thursday"]}},
            ["2030-12-24T00:00 - 2030-12-25T00:00", "2030-12-26T00:00 - 2030-12-27T00:00"],
        ),
        (
            {"allow_days": {"days": ["Tuesday", "Thursday"], "start": 9, "end": "12:30"}},
            ["2030-12-24T09:00 - 2030-12-24T12:30", "2030-12-26T09:00 - 2030-12-26T12:30"],
        ),
        (
            {"block_days": {"days": ["monday", "friday"]}},
            ["2030-12-24T00:00 - 2030-12-27T00:00"],
        ),
        (
            {"block_holidays": {"country": "dk"}},
            ["2030-12-23T00:00 - 2030-12-25T00:00", "2030-12-27T00:00 - 2030-12-28T00:00"],
        ),
        (
            {"block_holidays": {"country": "US", "timezone": "America/New_York"}},
            ["2030-12-23T00:00 - 2030-12-25T06:00", "2030-12-26T06:00 - 2030-12-28T00:00"],
        ),
    ],
)
def test_the_days_around_christmas(entry: object, times: list[str]) -> None:
    assert open_time(entry, CHRISTMAS) == times


def test_dates_and_days_add_up_with_other_days_and_hours_narrow_them() -> None:
    level = parse_constraints(
        [
            {"allow_dates": {"dates": ["2030-12-28"]}},
            {"allow_days": {"days": ["monday"], "start": 8, "end": 12}},
            {"allow_hours": {"start": 10, "end": 17}},
        ]
    )
    assert shown(level.allowed(window("2030-12-23", "2030-12-30"), PARIS)) == [
        "2030-12-23T10:00 - 2030-12-23T12:00",
        "2030-12-28T10:00 - 2030-12-28T17:00",
    ]


def test_a_holiday_ends_with_its_day_however_long_that_is() -> None:
    # Easter Sunday 2024 was the day on which the clocks of Europe changed.
    level = parse_constraints([{"block_holidays": {"country": "DK"}}])
    open_week = level.allowed(window("2024-03-30", "2024-04-03"), PARIS)
    assert shown(open_week) == [
        "2024-03-30T00:00 - 2024-03-31T00:00",
        "2024-04-02T00:00 - 2024-04-03T00:00",
    ]
    [(_, easter), (after, _)] = open_week
    assert after - easter == (23 + 24) * 60


def test_a_window_may_begin_and_end_within_holidays() -> None:
    christmas, day_after = window("2030-12-25", "2030-12-26")
    level = parse_constraints([{"block_holidays": {"country": "DK"}}])
    assert level.allowed((christmas + 60, day_after + 60), PARIS) == []
    assert level.allowed((christmas - 60, christmas + 60), PARIS) == [(christmas - 60, christmas)]


def test_a_date_that_the_zone_skipped_has_no_time() -> None:
    apia = find_zone("Pacific/Apia")
    entry = {"allow_dates": {"dates": ["2011-12-30"], "start": 20, "end": 4}}
    assert open_time(entry, window("2011-12-28", "2012-01-02", apia), apia) == []


def test_a_night_reaches_over_a_date_that_the_zone_skipped() -> None:
    apia = find_zone("Pacific/Apia")
    entry = {"allow_dates": {"dates": ["2011-12-29"], "start": 20, "end": 4}}
    assert open_time(entry, window("2011-12-31", "2012-01-02", apia), apia) == [
        "2011-12-31T00:00 - 2011-12-31T04:00"
    ]


def test_parts_and_kinds_of_a_country_have_holidays_of_their_own() -> None:
    day = date(2030, 8, 15).toordinal()  # Assumption of Mary
    assert HolidayCalendar("DE").days(day, day + 1) == []
    assert HolidayCalendar("DE", "SL").days(day, day + 1) == [day]
    assert HolidayCalendar("DE", "BY").days(day, day + 1) == []
    assert HolidayCalendar("DE", "BY", ("catholic",)).days(day, day + 1) == [day]


def test_days_come_in_order_over_the_end_of_a_year_and_without_the_last() -> None:
    first = date(2030, 12, 25).toordinal()
    assert HolidayCalendar("DK").days(first, date(2031, 1, 2).toordinal()) == [
        first, first + 1, first + 7
    ]  # fmt: skip
    assert HolidayCalendar("DK").days(first, first + 7) == [first, first + 1]


def test_years_that_a_list_lacks_warn_nobody() -> None:
    # Every warning is an error in tests.
    first = date(1999, 1, 20).toordinal()
    assert date(1999, 1, 26).toordinal() in HolidayCalendar("IN").days(first, first + 10)


@pytest.mark.parametrize("day", [date.min, date.max])
def test_at_the_ends_of_the_calendar_there_are_no_holidays(day: date) -> None:
    assert HolidayCalendar("DK").days(day.toordinal() - 9, day.toordinal() + 9) == []


@pytest.mark.parametrize("text", ["XX", "Denmark", "DNK", "", "d", "DK-84"])
def test_what_is_no_country(text: str) -> None:
    assert find_country(text) is None


def test_parts_go_by_code_or_name() -> None:
    assert find_subdivision("DE", " sachsen-anhalt ") == "ST"
    assert find_subdivision("US", "us-ny") == "NY"
    assert find_subdivision("DE", "NY") is None


def test_working_days_are_no_holidays() -> None:
    assert "workday" not in categories_of("CN")
    assert find_categories("CN", ["workday"]) is None


@pytest.mark.parametrize(
    ("entry", "field", "message"),
    [
        ({"block_holidays": {}}, ".country", "field is required."),
        ({"block_holidays": []}, ".country", "field is required."),
        (
            {"block_holidays": {"country": "Denmark"}},
            ".country",
            "must be a country by its two letters, such as DK, not 'Denmark'.",
        ),
        (
            {"block_holidays": {"country": 45}},
            ".country",
            "must be a country by its two letters, such as DK, not '45'.",
        ),
        (
            {"block_holidays": {"country": "DE", "subdivision": "NY"}},
            ".subdivision",
            "must be a part of DE, not 'NY'.",
        ),
        (
            {"block_holidays": {"country": "DE", "categories": ["public", "moon"]}},
            ".categories",
            "must each be one of catholic, public, school.",
        ),
        (
            {"block_holidays": {"country": "DE", "categories": ["public", 7]}},
            ".categories.1",
            "must be one of catholic, public, school, not '7'.",
        ),
        (
            {"block_holidays": {"country": "DE", "categories": "public"}},
            ".categories",
            "must be an array.",
        ),
        (
            {"block_holidays": {"country": "DK", "timezone": "Mars"}},
            ".timezone",
            "must be a valid zone.",
        ),
        ({"allow_dates": {}}, ".dates", "field is required."),
        ({"allow_dates": {"dates": []}}, ".dates", "field is required."),
        ({"allow_dates": {"dates": "2030-12-24"}}, ".dates", "must be an array."),
        (
            {"allow_dates": {"dates": ["2030-12-24", "24.12.2030"]}},
            ".dates.1",
            "must be a date such as 2030-12-24, not '24.12.2030'.",
        ),
        (
            {"allow_dates": {"dates": ["2030-02-29"]}},
            ".dates.0",
            "must be a date such as 2030-12-24, not '2030-02-29'.",
        ),
        (
            {"allow_dates": {"dates": ["2030-12-24T10:00"]}},
            ".dates.0",
            "must be a date such as 2030-12-24, not '2030-12-24T10:00'.",
        ),
        ({"allow_dates": {"dates": ["2030-12-24"], "start": 9}}, ".end", "field is required."),
        (
            {"block_dates": {"dates": ["2030-12-24"], "start": 9, "end": 9}},
            ".end",
            "must be different from start.",
        ),
        ({"allow_days": {"days": {}}}, ".days", "must be an array."),
        (
            {"allow_days": {"days": ["monday", None]}},
            ".days.1",
            "must be the name of a weekday such as Monday, not 'None'.",
        ),
        ({"allow_days": {"days": ["monday"] * 8}}, ".days", "may not have more than 7 items."),
    ],
)
def test_an_entry_is_refused_by_its_dotted_name(
    entry: dict[str, object], field: str, message: str
) -> None:
    [kind] = entry
    name = f"constraints.0.{kind}{field}"
    assert refusals(entry) == {name: [f"The {name} {message}"]}


def test_holidays_can_only_be_blocked() -> None:
    assert list(refusals({"allow_holidays": {"country": "DK"}})) == ["constraints.0.allow_holidays"]


def test_there_is_room_for_every_day_of_a_leap_year() -> None:
    first = date(2028, 1, 1).toordinal()
    dates = [date.fromordinal(first + number).isoformat() for number in range(DATES_MAX + 1)]
    assert parse_constraints([{"block_dates": {"dates": dates[:DATES_MAX]}}]).blocks
    assert list(refusals({"block_dates": {"dates": dates}})) == ["constraints.0.block_dates.dates"]


def test_there_is_room_for_twenty_calendars_of_holidays() -> None:
    entries = [{"block_holidays": {"country": "DK"}}] * HOLIDAYS_MAX
    assert len(parse_constraints(entries).blocks) == HOLIDAYS_MAX
    assert list(refusals(*entries, entries[0])) == ["constraints"]


@pytest.mark.parametrize(
    ("period", "times"),
    [
        (
            {"start": "tomorrow", "end": "2 days"},
            ["2030-05-07T00:00 - 2030-05-08T10:00"],
        ),
        ({"start": "now", "end": "2030-05-07"}, ["2030-05-06T10:01 - 2030-05-07T00:00"]),
        ({"start": "Next Monday", "end": "12 days"}, ["2030-05-13T00:00 - 2030-05-18T10:00"]),
        (
            {"start": " tomorrow 10:00 ", "end": "tomorrow 11am"},
            ["2030-05-07T10:00 - 2030-05-07T11:00"],
        ),
        ({"start": "tomorrow", "end": "today"}, []),
        (
            {"start": "tomorrow", "end": "2030-05-08", "timezone": "America/New_York"},
            ["2030-05-07T06:00 - 2030-05-08T06:00"],
        ),
    ],
)
def test_periods_take_words(period: object, times: list[str]) -> None:
    assert open_time({"allow_period": period}, window("2030-05-06", "2030-06-01")) == times


def test_tomorrow_is_that_of_each_resource() -> None:
    # 8:00 in UTC is 4:00 in New York and 22:00 in Kiritimati.
    level = parse_constraints([{"allow_period": {"start": "today", "end": "now"}}], now=NOW)
    kiritimati = find_zone("Pacific/Kiritimati")
    week = window("2030-05-04", "2030-05-11")
    assert shown(level.allowed(week, NEW_YORK), NEW_YORK) == ["2030-05-06T00:00 - 2030-05-06T04:00"]
    assert shown(level.allowed(week, kiritimati), kiritimati) == [
        "2030-05-06T00:00 - 2030-05-06T22:00"
    ]


def test_seconds_of_now_never_open_time_that_a_period_closes() -> None:
    period = {"start": "now", "end": "1 hour"}
    day = window("2030-05-06", "2030-05-07")
    assert open_time({"allow_period": period}, day) == ["2030-05-06T10:01 - 2030-05-06T11:00"]
    assert open_time({"block_period": period}, day) == [
        "2030-05-06T00:00 - 2030-05-06T10:00", "2030-05-06T11:01 - 2030-05-07T00:00"
    ]  # fmt: skip


@pytest.mark.parametrize("words", ["tomorow", "6.5.2030", "in a while", "101 years", "-101 years"])
def test_words_that_are_not_understood_are_shown(words: str) -> None:
    name = "constraints.0.block_period.start"
    assert refusals({"block_period": {"start": words, "end": "2040-01-01"}}) == {
        name: [
            f"The {name} must be a timestamp, a date such as 2030-05-06 or words such as tomorrow, "
            f"not '{words}'."
        ]
    }


def test_only_the_beginning_of_long_words_is_shown() -> None:
    [[message]] = refusals({"block_period": {"start": "x" * 5000, "end": "now"}}).values()
    assert len(message) < 250


def test_words_far_away_are_read_on_every_clock() -> None:
    level = parse_constraints(
        [{"block_period": {"start": "-100 years", "end": "90 years"}}], now=NOW
    )
    for name in ("Pacific/Kiritimati", "Pacific/Niue"):
        assert level.allowed((minute_floor(NOW), minute_floor(NOW) + 1440), find_zone(name)) == []


def test_periods_take_a_format_of_php_beside_all_else() -> None:
    period = {"start": "07.05.2030 09:00", "end": "2030-05-07 10:00"}
    level = parse_constraints([{"allow_period": period}], now=NOW, input_format="d.m.Y H:i")
    for zone in (PARIS, NEW_YORK):
        open_times = level.allowed(window("2030-05-06", "2030-05-09", zone), zone)
        assert shown(open_times, zone) == ["2030-05-07T09:00 - 2030-05-07T10:00"]


def test_holidays_cost_nothing_to_those_who_name_none() -> None:
    program = (
        "import sys\n"
        "from slotkeeper.domain.constraints import parse_constraints\n"
        "parse_constraints([{'block_dates': {'dates': ['2030-12-24']}}])\n"
        "sys.exit('holidays' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
