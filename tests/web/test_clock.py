"""Times and days as visitors read them."""

from datetime import UTC, datetime

import pytest

from slotkeeper.domain.zones import find_zone, minute_floor
from slotkeeper.web.clock import Clock, Style, length_text
from slotkeeper.web.zones import is_listed, places

DASH = "\N{EN DASH}"


def at(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text).replace(tzinfo=UTC))


def clock(zone: str, style: Style = Style.TWENTY_FOUR_HOURS) -> Clock:
    return Clock(find_zone(zone), style)


@pytest.mark.parametrize(
    ("zone", "instant", "shown"),
    [
        ("UTC", "2030-05-06T00:05", "00:05"),
        ("Asia/Kathmandu", "2030-05-06T09:00", "14:45"),
        ("Europe/Berlin", "2030-10-26T23:30", "01:30"),
        ("Europe/Berlin", "2030-10-27T00:00", "02:00 CEST"),
        ("Europe/Berlin", "2030-10-27T01:00", "02:00 CET"),
        ("Europe/Berlin", "2030-10-27T01:59", "02:59 CET"),
        ("Europe/Berlin", "2030-10-27T02:00", "03:00"),
        ("Europe/Berlin", "2030-03-31T00:59", "01:59"),
        ("Europe/Berlin", "2030-03-31T01:00", "03:00"),
        ("Australia/Lord_Howe", "2030-04-06T14:30", "01:30 UTC+11"),
        ("Australia/Lord_Howe", "2030-04-06T15:00", "01:30 UTC+1030"),
        ("Australia/Lord_Howe", "2030-04-06T14:29", "01:29"),
    ],
)
def test_a_reading_that_occurs_twice_says_which_it_is_and_no_other_does(
    zone: str, instant: str, shown: str
) -> None:
    assert clock(zone).time(at(instant)) == shown


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        ("2030-05-06T00:00", "12:00 am"),
        ("2030-05-06T09:05", "9:05 am"),
        ("2030-05-06T12:00", "12:00 pm"),
        ("2030-05-06T23:59", "11:59 pm"),
    ],
)
def test_twelve_hours_begin_at_twelve(instant: str, shown: str) -> None:
    assert clock("UTC", Style.TWELVE_HOURS).time(at(instant)) == shown


def test_days_are_written_in_the_order_of_the_style() -> None:
    day = datetime(2030, 5, 6, tzinfo=UTC).toordinal()
    european, american = clock("UTC"), clock("UTC", Style.TWELVE_HOURS)
    assert european.day(day) == "Monday 6 May 2030"
    assert american.day(day) == "Monday, May 6, 2030"
    assert (european.short_day(day), american.short_day(day)) == ("Mon 6 May", "Mon, May 6")
    assert (european.first_weekday, american.first_weekday) == (0, 6)


def test_an_end_on_another_day_says_so() -> None:
    utc = clock("UTC")
    assert utc.span(at("2030-05-06T09:00"), at("2030-05-06T10:00")) == f"09:00 {DASH} 10:00"
    overnight = utc.span(at("2030-05-06T23:30"), at("2030-05-07T00:30"))
    assert overnight == f"23:30 {DASH} 00:30 (Tue 7 May)"


@pytest.mark.parametrize(
    ("minutes", "shown"),
    [(1, "1 minute"), (45, "45 minutes"), (60, "1 hour"), (150, "2 hours 30 minutes")],
)
def test_lengths_are_said_in_words(minutes: int, shown: str) -> None:
    assert length_text(minutes) == shown


def test_every_place_that_can_be_chosen_is_a_zone() -> None:
    names = [name for of in places().values() for name, _ in of]
    assert len(names) > 400
    assert all(find_zone(name).name == name for name in names)
    assert is_listed("Europe/Kyiv")
    assert not is_listed("Europe/Kiev")
