"""At which times a series of bookings is, and which rules make none."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.series import OCCURRENCES_MAX, SPAN_MAX, times_of
from slotkeeper.domain.zones import find_zone

HOUR = timedelta(hours=1)


def starts(start: datetime, rrule: str, zone: str = "Europe/Paris") -> list[datetime]:
    """Return the starts of a series, and see that each of its times is an hour long."""
    found = times_of(start, start + HOUR, rrule=rrule, zone=find_zone(zone))
    assert all(end - begin == HOUR for begin, end in found)
    return [begin for begin, _ in found]


def shown(moments: list[datetime], zone: str) -> list[str]:
    return [f"{each.astimezone(ZoneInfo(zone)):%m-%d %H:%M:%S}" for each in moments]


@pytest.mark.parametrize(
    ("zone", "first", "instants"),
    [
        # Clocks go forward on 31 March, back on 27 October; Lord Howe moves by half an hour.
        ("Europe/Paris", datetime(2030, 3, 28, 8, tzinfo=UTC), [8, 7]),
        ("Europe/Paris", datetime(2030, 10, 24, 7, tzinfo=UTC), [7, 8]),
        ("America/Los_Angeles", datetime(2030, 3, 7, 17, tzinfo=UTC), [17, 16]),
        ("Australia/Lord_Howe", datetime(2030, 4, 3, 22, tzinfo=UTC), [22, 22.5]),
        ("UTC", datetime(2030, 3, 28, 8, tzinfo=UTC), [8, 8]),
    ],
)
def test_the_clock_on_the_wall_shows_the_same_time_of_day(
    zone: str, first: datetime, instants: list[float]
) -> None:
    found = starts(first, "FREQ=WEEKLY;COUNT=2", zone)
    assert [each.hour + each.minute / 60 for each in found] == instants


def test_a_time_that_the_clock_skips_comes_after_the_gap() -> None:
    found = starts(datetime(2030, 3, 30, 1, 30, tzinfo=UTC), "FREQ=DAILY;COUNT=3")
    assert shown(found, "Europe/Paris") == ["03-30 02:30:00", "03-31 03:30:00", "04-01 02:30:00"]


def test_a_time_that_the_clock_repeats_is_its_first_one() -> None:
    found = starts(datetime(2030, 10, 26, 0, 30, tzinfo=UTC), "FREQ=DAILY;COUNT=2")
    assert found[1] == datetime(2030, 10, 27, 0, 30, tzinfo=UTC)


def test_seconds_are_kept_at_every_time() -> None:
    first = datetime(2030, 3, 28, 8, 0, 17, 250, tzinfo=UTC)
    found = starts(first, "FREQ=WEEKLY;COUNT=2")
    assert found == [first, first + timedelta(days=7) - HOUR]


def test_the_first_time_counts_whether_or_not_the_rule_means_it() -> None:
    found = starts(datetime(2030, 5, 7, 9, tzinfo=UTC), "FREQ=WEEKLY;BYDAY=MO;COUNT=3")
    assert [each.day for each in found] == [7, 13, 20]


def test_until_is_the_last_moment_at_which_one_may_start() -> None:
    tuesday = datetime(2030, 5, 7, 9, tzinfo=UTC)
    assert len(starts(tuesday, "FREQ=WEEKLY;UNTIL=20300521T090000Z")) == 3
    assert len(starts(tuesday, "FREQ=WEEKLY;UNTIL=20300521T085900Z")) == 2
    assert len(starts(tuesday, "FREQ=WEEKLY;UNTIL=20300521")) == 3


@given(
    day=st.integers(0, 700),
    minute=st.integers(0, 1439),
    step=st.integers(1, 15),
    count=st.integers(1, 40),
)
def test_it_agrees_with_going_from_day_to_day_on_the_wall(
    day: int, minute: int, step: int, count: int
) -> None:
    paris = ZoneInfo("Europe/Paris")
    wall = datetime(2030, 1, 1) + timedelta(days=day, minutes=minute)  # noqa: DTZ001  a reading
    first = wall.replace(tzinfo=paris).astimezone(UTC)
    wall = first.astimezone(paris).replace(tzinfo=None)
    readings = [wall + timedelta(days=n * step) for n in range(count)]
    wanted = [each.replace(tzinfo=paris).astimezone(UTC) for each in readings]
    assert starts(first, f"FREQ=DAILY;INTERVAL={step};COUNT={count}") == wanted


def refused(rrule: str, start: datetime = datetime(2030, 5, 7, 9, tzinfo=UTC)) -> str:
    with pytest.raises(InvalidInput) as refusal:
        starts(start, rrule)
    [(field, [text])] = refusal.value.errors.items()
    return f"{field}: {text}"


def test_a_rule_that_never_ends_makes_no_series() -> None:
    assert refused("FREQ=WEEKLY") == "rrule: The rrule must end: give it a COUNT or an UNTIL."
    assert refused("FREQ=HOURLY;COUNT=3").startswith("rrule: The rrule is not understood")


def test_a_series_has_as_many_times_as_the_limit_and_no_more() -> None:
    text = f"rrule: A series may not have more than {OCCURRENCES_MAX} times."
    first = datetime(2030, 5, 7, 9, tzinfo=UTC)
    assert len(starts(first, f"FREQ=DAILY;COUNT={OCCURRENCES_MAX}")) == OCCURRENCES_MAX
    assert refused(f"FREQ=DAILY;COUNT={OCCURRENCES_MAX + 1}") == text
    last = first + timedelta(days=OCCURRENCES_MAX - 1)
    assert len(starts(first, f"FREQ=DAILY;UNTIL={last:%Y%m%d}")) == OCCURRENCES_MAX
    assert refused(f"FREQ=DAILY;UNTIL={last + timedelta(days=1):%Y%m%d}") == text


def test_a_series_ends_within_the_limit() -> None:
    text = f"rrule: A series may not go on for more than {SPAN_MAX.days} days."
    first = datetime(2030, 5, 7, 9, tzinfo=UTC)
    assert len(starts(first, "FREQ=YEARLY;COUNT=3")) == 3  # 731 days: 2032 is a leap year
    assert refused("FREQ=YEARLY;COUNT=4") == text
    assert refused("FREQ=MONTHLY;COUNT=26") == text
    assert len(starts(first, f"FREQ=YEARLY;UNTIL={first + SPAN_MAX:%Y%m%dT%H%M%SZ}")) == 3
    later = first + SPAN_MAX + timedelta(minutes=1)
    assert refused(f"FREQ=YEARLY;UNTIL={later:%Y%m%dT%H%M%SZ}") == text


def test_years_that_no_clock_knows_are_refused() -> None:
    for year in (1899, 2190, 9999):
        start = datetime(year, 12, 31, 9, tzinfo=UTC) - timedelta(days=30)
        assert refused("FREQ=DAILY;COUNT=2", start).startswith("start: A series must start")


def test_an_end_before_the_start_is_refused() -> None:
    first = datetime(2030, 5, 7, 9, tzinfo=UTC)
    for end in (first, first - HOUR):
        with pytest.raises(InvalidInput, match="must be a date after start"):
            times_of(first, end, rrule="FREQ=DAILY;COUNT=2", zone=find_zone("UTC"))
