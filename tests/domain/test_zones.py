"""The door between wall clock and instants, on the days when it matters."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.zones import (
    EPOCH,
    find_zone,
    minute_ceil,
    minute_floor,
    to_datetime,
    weekday,
)

ZONES = sorted(available_timezones() - {"localtime", "Factory", "posixrules"})


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


def wall(text: str) -> int:
    return int(text[:2]) * 60 + int(text[3:])


def utc(minute: int) -> str:
    return to_datetime(minute).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("Europe/Paris", "Europe/Paris"),
        ("america/los_ANGELES", "America/Los_Angeles"),
        ("utc", "UTC"),
        ("us/eastern", "US/Eastern"),
        ("Asia/Calcutta", "Asia/Calcutta"),
    ],
)
def test_zones_are_found_in_any_letter_case_and_by_old_names(asked: str, name: str) -> None:
    zone = find_zone(asked)
    assert zone.name == name
    assert zone is find_zone(name)


@pytest.mark.parametrize(
    "name",
    ["", " ", "Mars/Base", "../etc/passwd", "/etc/localtime", "localtime", "Factory", "posixrules",
     "Europe", "Europe/Paris\0", "posix/Europe/Paris", "zone.tab", "+02:00"],
)  # fmt: skip
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        find_zone(name)


def test_every_zone_of_the_database_is_found() -> None:
    assert [find_zone(name.upper()).name for name in ZONES] == ZONES


@pytest.mark.parametrize(
    ("zone", "on", "start", "hours"),
    [
        ("Europe/Paris", "2030-05-06", "2030-05-05 22:00", 24),
        ("Europe/Paris", "2030-03-31", "2030-03-30 23:00", 23),
        ("Europe/Paris", "2030-10-27", "2030-10-26 22:00", 25),
        ("Australia/Lord_Howe", "2030-10-06", "2030-10-05 13:30", 23.5),
        ("Australia/Lord_Howe", "2030-04-07", "2030-04-06 13:00", 24.5),
        ("Africa/Cairo", "2024-04-26", "2024-04-25 22:00", 23),  # 00:00 jumps to 01:00
        ("America/Santiago", "2024-09-08", "2024-09-08 04:00", 23),  # 00:00 jumps to 01:00
        ("America/Havana", "2024-11-03", "2024-11-03 04:00", 25),  # 01:00 back to 00:00
        ("Asia/Beirut", "2024-10-26", "2024-10-25 21:00", 25),  # 24:00 back to 23:00
        ("America/St_Johns", "2006-10-29", "2006-10-29 02:30", 25),  # 00:01 back to 23:01
        ("America/Toronto", "1919-03-31", "1919-03-31 04:30", 23.5),  # 23:30 jumps to 00:30
        ("Asia/Kathmandu", "2030-05-06", "2030-05-05 18:15", 24),
        ("Pacific/Apia", "2011-12-30", "2011-12-30 10:00", 0),  # skipped
        ("Pacific/Apia", "2011-12-31", "2011-12-30 10:00", 24),
    ],
)
def test_days_begin_at_their_first_instant_and_last_as_long_as_they_do(
    zone: str, on: str, start: str, hours: float
) -> None:
    place = find_zone(zone)
    begins = place.day_start(day(on))
    assert utc(begins) == start
    assert place.minute_of(day(on), 1440, end=True) - begins == hours * 60
    assert place.minute_of(day(on) - 1, 1440, end=False) == begins


@pytest.mark.parametrize(
    ("zone", "on", "reading", "first", "last"),
    [
        ("Europe/Paris", "2030-05-06", "09:00", "2030-05-06 07:00", "2030-05-06 07:00"),
        ("Europe/Paris", "2030-03-31", "02:30", "2030-03-31 01:30", "2030-03-31 01:30"),
        ("Europe/Paris", "2030-03-31", "03:00", "2030-03-31 01:00", "2030-03-31 01:00"),
        ("Europe/Paris", "2030-10-27", "02:30", "2030-10-27 00:30", "2030-10-27 01:30"),
        ("Europe/Paris", "2030-10-27", "02:00", "2030-10-27 00:00", "2030-10-27 01:00"),
        ("Europe/Paris", "2030-10-27", "03:00", "2030-10-27 02:00", "2030-10-27 02:00"),
        ("Australia/Lord_Howe", "2030-10-06", "02:15", "2030-10-05 15:45", "2030-10-05 15:45"),
        ("Australia/Lord_Howe", "2030-04-07", "01:45", "2030-04-06 14:45", "2030-04-06 15:15"),
        ("Africa/Cairo", "2024-04-26", "00:30", "2024-04-25 22:30", "2024-04-25 22:30"),
        ("Asia/Beirut", "2024-10-26", "23:30", "2024-10-26 20:30", "2024-10-26 21:30"),
        ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30 19:00", "2011-12-30 19:00"),
    ],
)
def test_a_reading_in_a_gap_moves_forward_and_a_repeated_one_has_two_instants(
    zone: str, on: str, reading: str, first: str, last: str
) -> None:
    place = find_zone(zone)
    assert utc(place.minute_of(day(on), wall(reading), end=False)) == first
    assert utc(place.minute_of(day(on), wall(reading), end=True)) == last


def test_spans_leave_out_what_a_gap_swallowed_and_days_that_never_were() -> None:
    paris, apia = find_zone("Europe/Paris"), find_zone("Pacific/Apia")
    assert paris.spans([day("2030-03-31")], wall("02:30"), wall("03:15")) == []
    assert apia.spans([day("2011-12-30")], wall("09:00"), wall("17:00")) == []
    assert [end - start for start, end in paris.spans([day("2030-03-30")], 1320, 1440 + 360)] == [
        7 * 60
    ]


@pytest.mark.parametrize(
    ("zone", "instant", "text"),
    [
        ("UTC", "2020-09-08T09:00", "2020-09-08T09:00:00+00:00"),
        ("Europe/Paris", "2030-10-27T00:30", "2030-10-27T02:30:00+02:00"),
        ("Europe/Paris", "2030-10-27T01:30", "2030-10-27T02:30:00+01:00"),
        ("America/St_Johns", "2030-01-01T00:00", "2029-12-31T20:30:00-03:30"),
        ("Asia/Kathmandu", "2030-01-01T00:00", "2030-01-01T05:45:00+05:45"),
        ("Pacific/Kiritimati", "2030-01-01T00:00", "2030-01-01T14:00:00+14:00"),
    ],
)
def test_instants_are_written_with_the_offset_of_their_moment(
    zone: str, instant: str, text: str
) -> None:
    minute = minute_floor(datetime.fromisoformat(instant).replace(tzinfo=UTC))
    assert find_zone(zone).iso(minute) == text


@pytest.mark.parametrize("minute", [-(10**12), -(10**9), -40_000_000, 10**9, 4 * 10**9, 10**15])
@pytest.mark.parametrize("name", ["Europe/Paris", "America/Los_Angeles", "Africa/Monrovia"])
def test_the_ends_of_the_calendar_do_not_fail(name: str, minute: int) -> None:
    zone = find_zone(name)
    on = zone.day_of(minute)
    assert zone.day_start(on) <= minute < zone.day_start(on + 1)
    assert zone.minute_of(on, 600, end=True) - zone.day_start(on) == 600
    assert len(zone.iso(minute)) == 25
    assert to_datetime(minute).tzinfo is UTC


def test_seconds_are_rounded_to_the_side_asked_for() -> None:
    moment = datetime(2030, 5, 6, 9, 0, 1, tzinfo=timezone(timedelta(hours=2)))
    assert utc(minute_floor(moment)) == "2030-05-06 07:00"
    assert utc(minute_ceil(moment)) == "2030-05-06 07:01"
    assert minute_ceil(moment.replace(second=0)) == minute_floor(moment)


def test_weekdays_count_from_monday() -> None:
    assert weekday(day("2030-05-06")) == 0
    assert weekday(day("2030-05-12")) == 6


# Offsets have had no seconds since Monrovia gave its own up in January 1972.
moments = st.integers(
    minute_floor(datetime(1973, 1, 1, tzinfo=UTC)), minute_floor(datetime(2100, 1, 1, tzinfo=UTC))
)


@given(st.sampled_from(ZONES), moments)
def test_every_zone_agrees_with_the_library(name: str, minute: int) -> None:
    zone, local = find_zone(name), to_datetime(minute).astimezone(ZoneInfo(name))
    assert zone.offset_at(minute) * timedelta(minutes=1) == local.utcoffset()
    assert zone.day_of(minute) == local.toordinal()
    assert zone.iso(minute) == local.isoformat()
    reading = local.hour * 60 + local.minute
    first, last = (zone.minute_of(local.toordinal(), reading, end=end) for end in (False, True))
    assert minute in {first, last}
    assert first <= last
    assert zone.day_start(local.toordinal()) <= first


@given(st.sampled_from(ZONES), moments)
def test_days_follow_one_another_without_a_hole(name: str, minute: int) -> None:
    zone = find_zone(name)
    on = zone.day_of(minute)
    starts = [zone.day_start(on + shift) for shift in range(-3, 4)]
    assert starts == sorted(starts)
    assert zone.day_of(starts[3]) == on
    assert zone.day_of(starts[3] - 1) < on


def test_the_cache_of_days_is_bounded() -> None:
    zone = find_zone("Indian/Chagos")
    for minute in range(0, 3000 * 1440, 1440):
        assert zone.offset_at(minute) in {300, 360}
    assert len(zone._steady) <= 800
    assert to_datetime(0) == EPOCH
