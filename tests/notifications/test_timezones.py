"""Descriptions of clocks, read word by word and held against the tz database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Timezone

from slotkeeper.domain.zones import find_zone
from slotkeeper.notifications import ical
from slotkeeper.notifications.timezones import YEARS_AHEAD, timezone
from tests.notifications.reading import check_lines, offset_at
from tests.support.zones import ZONES

START = datetime(2030, 5, 7, 16, tzinfo=UTC)


def described(name: str, start: datetime, end: datetime | None) -> Timezone:
    content = ical.document(timezone(find_zone(name), start, end))
    check_lines(content)
    zone = Timezone.from_ical(content)
    assert isinstance(zone, Timezone)
    assert zone["tzid"] == name
    for each in zone.subcomponents:
        assert {"DTSTART", "TZOFFSETFROM", "TZOFFSETTO", "TZNAME"} <= set(each)
    return zone


def offset_of(name: str, moment: datetime) -> timedelta | None:
    return moment.astimezone(ZoneInfo(name)).utcoffset()


@pytest.mark.slow
@pytest.mark.parametrize("name", ZONES)
def test_a_description_is_what_the_tz_database_says_on_every_day_that_it_covers(name: str) -> None:
    end = START + timedelta(days=200)
    zone = described(name, START, end)
    moment = START
    while moment <= end:
        assert offset_at(zone, moment) == offset_of(name, moment), moment
        moment += timedelta(hours=79)


@pytest.mark.parametrize(
    "name",
    [
        *("America/New_York", "Europe/Paris", "Australia/Lord_Howe", "Africa/Casablanca"),
        *("Asia/Jerusalem", "America/Santiago", "Asia/Kathmandu", "Europe/Dublin"),
    ],
)
def test_to_the_minute_around_each_change_of_clocks(name: str) -> None:
    year = datetime(2030, 1, 1, tzinfo=UTC)
    zone = described(name, year, None)
    moment, before = year, offset_of(name, year)
    changes = 0
    while moment < year + timedelta(days=366 * 2):
        moment += timedelta(hours=1)
        if offset_of(name, moment) != before:
            before, changes = offset_of(name, moment), changes + 1
            for minutes in range(-180, 180):
                near = moment + timedelta(minutes=minutes)
                assert offset_at(zone, near) == offset_of(name, near), near
    assert (changes > 0) == (name != "Asia/Kathmandu")


def test_where_clocks_change_by_a_yearly_rule_the_description_holds_for_ever() -> None:
    for name in ("America/Los_Angeles", "Europe/Copenhagen", "Pacific/Auckland"):
        zone = described(name, START, None)
        assert len(zone.subcomponents) == 2
        for years in (1, 20, 60):
            for month in (1, 7):
                moment = datetime(2030 + years, month, 3, 12, tzinfo=UTC)
                assert offset_at(zone, moment) == offset_of(name, moment)


def test_where_they_do_not_it_holds_for_years() -> None:
    zone = described("Africa/Casablanca", START, None)
    assert len(zone.subcomponents) > 2 * YEARS_AHEAD
    for year in range(2030, 2030 + YEARS_AHEAD):
        for month in range(1, 13):
            moment = datetime(year, month, 15, 12, tzinfo=UTC)
            assert offset_at(zone, moment) == offset_of("Africa/Casablanca", moment)


def test_a_zone_that_gives_up_its_rule_is_described_as_it_was() -> None:
    """Mexico City changed its clocks for the last time in October 2022."""
    start, end = datetime(2022, 3, 1, tzinfo=UTC), datetime(2023, 6, 1, tzinfo=UTC)
    zone = described("America/Mexico_City", start, end)
    for days in range(0, (end - start).days, 5):
        moment = start + timedelta(days=days)
        assert offset_at(zone, moment) == offset_of("America/Mexico_City", moment)
