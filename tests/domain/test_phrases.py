"""Moments and durations as people and their programs write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from slotkeeper.domain.phrases import NotUnderstood, is_relative, parse_duration, parse_instant

PARIS = ZoneInfo("Europe/Paris")
UTC_ZONE = ZoneInfo("UTC")
WEDNESDAY = datetime(2030, 5, 8, 12, 37, 21, tzinfo=UTC)  # 14:37:21 in Paris


def in_paris(text: str, *, at: str = "2030-05-08T14:37:21") -> str:
    now = datetime.fromisoformat(at).replace(tzinfo=PARIS).astimezone(UTC)
    return parse_instant(text, now=now, zone=PARIS).astimezone(PARIS).isoformat()


@pytest.mark.parametrize(
    ("text", "means"),
    [  # PHP 8.2 gives the same for every line, but for the two at the end
        ("now", "2030-05-08T14:37:21+02:00"),
        ("today", "2030-05-08T00:00:00+02:00"),
        ("midnight", "2030-05-08T00:00:00+02:00"),
        ("noon", "2030-05-08T12:00:00+02:00"),
        ("tomorrow", "2030-05-09T00:00:00+02:00"),
        ("yesterday noon", "2030-05-07T12:00:00+02:00"),
        ("tomorrow 10:00", "2030-05-09T10:00:00+02:00"),
        ("tomorrow 24:00", "2030-05-10T00:00:00+02:00"),
        ("9 am", "2030-05-08T09:00:00+02:00"),
        ("12am", "2030-05-08T00:00:00+02:00"),
        ("3 days 2 weeks", "2030-05-25T14:37:21+02:00"),
        ("1 hours", "2030-05-08T15:37:21+02:00"),
        ("-1 hour", "2030-05-08T13:37:21+02:00"),
        ("+1 day", "2030-05-09T14:37:21+02:00"),
        ("+ 1 day", "2030-05-09T14:37:21+02:00"),
        ("-1 week 2 days", "2030-05-03T14:37:21+02:00"),
        ("15minutes", "2030-05-08T14:52:21+02:00"),
        ("30 secs", "2030-05-08T14:37:51+02:00"),
        ("1 fortnight", "2030-05-22T14:37:21+02:00"),
        ("1 year 1 month", "2031-06-08T14:37:21+02:00"),
        ("3 days ago", "2030-05-05T14:37:21+02:00"),
        ("1 day 2 hours ago", "2030-05-07T12:37:21+02:00"),
        ("next week", "2030-05-15T14:37:21+02:00"),
        ("last month", "2030-04-08T14:37:21+02:00"),
        ("monday", "2030-05-13T00:00:00+02:00"),
        ("monday 9:30", "2030-05-13T09:30:00+02:00"),
        ("wednesday", "2030-05-08T00:00:00+02:00"),
        ("next wednesday", "2030-05-15T00:00:00+02:00"),
        ("last wednesday", "2030-05-01T00:00:00+02:00"),
        ("monday this week", "2030-05-06T00:00:00+02:00"),
        ("sunday next week", "2030-05-19T00:00:00+02:00"),
        ("monday 3 days", "2030-05-16T00:00:00+02:00"),
        ("3 weekdays", "2030-05-13T14:37:21+02:00"),
        ("3 weekdays ago", "2030-05-03T14:37:21+02:00"),
        ("saturday 1 weekday", "2030-05-13T00:00:00+02:00"),
        ("10:00 +1 hour", "2030-05-08T11:00:00+02:00"),
        ("11:00 tomorrow", "2030-05-09T11:00:00+02:00"),
        ("last week", "2030-05-01T14:37:21+02:00"),
    ],
)
def test_phrases_are_counted_from_now(text: str, means: str) -> None:
    assert in_paris(text) == means
    assert is_relative(text)


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("a week", "1 week"),
        ("an hour", "1 hour"),
        ("two days", "2 days"),
        ("twelve hours", "12 hours"),
        ("1 hour, 30 minutes", "90 minutes"),
        ("1 hour and 30 minutes", "90 minutes"),
        ("  Tomorrow   10:00 ", "tomorrow 10:00"),
        ("NEXT MONDAY", "next monday"),
        (" 1 day", "+1 day"),  # a plus sign that came through a query string
    ],
)
def test_there_is_more_than_one_way_to_say_it(text: str, same_as: str) -> None:
    assert in_paris(text) == in_paris(same_as)


@pytest.mark.parametrize(
    ("at", "text", "means"),
    [
        ("2030-01-31T08:00:00", "1 month", "2030-03-03T08:00:00+01:00"),
        ("2028-01-31T08:00:00", "1 month", "2028-03-02T08:00:00+01:00"),
        ("2028-02-29T08:00:00", "1 year", "2029-03-01T08:00:00+01:00"),
        ("2030-05-11T10:00:00", "1 weekday", "2030-05-13T10:00:00+02:00"),
        ("2030-05-12T10:00:00", "-1 weekday", "2030-05-10T10:00:00+02:00"),
        ("2030-05-12T10:00:00", "-6 weekdays", "2030-05-03T10:00:00+02:00"),
        ("2030-05-12T10:00:00", "10 weekdays", "2030-05-24T10:00:00+02:00"),
    ],
)
def test_the_calendar_overflows_as_in_php(at: str, text: str, means: str) -> None:
    assert in_paris(text, at=at) == means


@pytest.mark.parametrize(
    ("at", "text", "means"),
    [
        ("2030-03-30T12:00:00", "1 day", "2030-03-31T12:00:00+02:00"),  # a day of 23 hours
        ("2030-03-30T12:00:00", "24 hours", "2030-03-31T13:00:00+02:00"),
        ("2030-10-26T12:00:00", "1 day", "2030-10-27T12:00:00+01:00"),  # a day of 25 hours
        ("2030-10-26T12:00:00", "24 hours", "2030-10-27T11:00:00+01:00"),
        ("2030-03-30T02:30:00", "1 day", "2030-03-31T03:30:00+02:00"),  # a wall time left out
        ("2030-10-26T02:30:00", "1 day", "2030-10-27T02:30:00+02:00"),  # one that comes twice
        ("2030-03-31T00:00:00", "today 3 hours", "2030-03-31T04:00:00+02:00"),
    ],
)
def test_days_follow_the_wall_clock_and_hours_are_exact(at: str, text: str, means: str) -> None:
    assert in_paris(text, at=at) == means


def test_counting_on_from_the_second_of_two_equal_hours_does_not_go_back() -> None:
    second_half_past_two = datetime(2030, 10, 27, 1, 30, tzinfo=UTC)
    for text, minutes in [("now", 30), ("10 minutes", 40), ("0 days", 30)]:
        expected = second_half_past_two.replace(minute=minutes)
        assert parse_instant(text, now=second_half_past_two, zone=PARIS) == expected


def test_today_starts_after_a_midnight_that_does_not_exist() -> None:
    now = datetime(2018, 11, 4, 15, tzinfo=UTC)
    start = parse_instant("today", now=now, zone=ZoneInfo("America/Sao_Paulo"))
    assert start == datetime(2018, 11, 4, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("2022-04-21T09:00:00-04:00", "2022-04-21T13:00:00+00:00"),
        ("2022-04-21T09:00:00+0000", "2022-04-21T09:00:00+00:00"),
        ("2022-04-21T09:00:00Z", "2022-04-21T09:00:00+00:00"),
        ("2022-04-21t09:00:00z", "2022-04-21T09:00:00+00:00"),
        ("2022-04-21 09:00:00 +0000", "2022-04-21T09:00:00+00:00"),
        ("2022-04-21 09:00:00 UTC", "2022-04-21T09:00:00+00:00"),
        ("2022-04-21T09:00:00.25Z", "2022-04-21T09:00:00.250000+00:00"),
        ("2022-04-21T09:00:00.123456789Z", "2022-04-21T09:00:00.123456+00:00"),
        ("2022-04-21T09:00:00 02:00", "2022-04-21T07:00:00+00:00"),
        ("2022-04-21 09:00:00  0200", "2022-04-21T07:00:00+00:00"),
        ("2022-04-21T09:00+02", "2022-04-21T07:00:00+00:00"),
        ("2022-04-21", "2022-04-20T22:00:00+00:00"),
        ("2022-04-21 09:00", "2022-04-21T07:00:00+00:00"),
        ("2022-04-21T9:00", "2022-04-21T07:00:00+00:00"),
        ("2022-04-21 09:00:30", "2022-04-21T07:00:30+00:00"),
        ("2022-04-21T24:00:00Z", "2022-04-22T00:00:00+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("2030-03-31 02:30", "2030-03-31T01:30:00+00:00"),
        ("2030-10-27 02:30", "2030-10-27T00:30:00+00:00"),
        ("1650531600", "2022-04-21T09:00:00+00:00"),
        ("@123", "1970-01-01T00:02:03+00:00"),
        ("@-60", "1969-12-31T23:59:00+00:00"),
        ("0", "1970-01-01T00:00:00+00:00"),
        ("1900-01-01T00:00:00Z", "1900-01-01T00:00:00+00:00"),
        ("2200-12-31T23:59:59Z", "2200-12-31T23:59:59+00:00"),
    ],
)
def test_moments_written_in_full(text: str, means: str) -> None:
    found = parse_instant(text, now=WEDNESDAY, zone=PARIS)
    assert found.isoformat() == means
    assert found.tzinfo is UTC
    assert not is_relative(text)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", ",", "and", "soon", "days", "3", "12345678", "3 parsecs", "3 3 days", "day 3",
        "monday tuesday", "10:00 11:00", "noon 9am", "25:00", "10:60", "13pm", "0am", "24:01",
        "mondaytomorrow", "3 daysx", "1.5 hours", "next", "next 2 weeks", "ago3", "10:00:00:00",
        "2022-02-30", "2022-13-01", "2022-04-21T25:00:00Z", "2022-04-21T09:60:00Z",
        "2022-04-21T09:00:00+24:00", "2022-04-21T09:00:00+02:60", "2022-04-21+02:00",
        "1899-12-31T23:59:59Z", "2201-01-01T00:00:00Z", "0000-01-01", "9999-12-31T23:59:59-23:00",
        "100000000000", "1650531600000", "999999999999", "@999999999999",
        "300 years", "9999999 years", "9999999 fortnights ago", "9999999 weekdays", "-2000 months",
        "9999999 hours 9999999 hours", "now" + " " * 98, "٣ days", "tomorrow\x00",
    ],
)  # fmt: skip
def test_the_rest_is_refused(text: str) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse_instant(text, now=WEDNESDAY, zone=PARIS)
    assert refused.value.text == text[:100]


def test_the_longest_text_is_a_hundred_characters() -> None:
    assert parse_instant("now" + " " * 97, now=WEDNESDAY, zone=PARIS) == WEDNESDAY
    with pytest.raises(NotUnderstood):
        parse_duration("1 hour" + " " * 95)
    assert parse_duration("1 hour" + " " * 94) == 60
    assert not is_relative("now" + " " * 98)


def test_an_input_format_comes_first_and_the_rest_still_works() -> None:
    def read(text: str) -> str:
        found = parse_instant(text, now=WEDNESDAY, zone=PARIS, input_format="d/m/Y H:i")
        return found.isoformat()

    assert read("01/02/2030 10:00") == "2030-02-01T09:00:00+00:00"
    assert read("1 hour") == "2030-05-08T13:37:21+00:00"
    assert read("2030-02-01T10:00:00Z") == "2030-02-01T10:00:00+00:00"
    with pytest.raises(NotUnderstood):
        read("32/02/2030 10:00")


VOCABULARY = (
    "now today noon tomorrow monday next last this ago weekday week month years hour sec -1 +3 "
    "9999999 12 a two 10:00 24:00 3pm , and 2030-03-31 T02:30 Z +02:00 @1 . :"
)
WORDS = st.sampled_from(VOCABULARY.split())


@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=9).map(" ".join)))
@example("9999999 years 9999999 weekdays -9999999 fortnights")
def test_no_text_does_anything_but_parse_or_be_refused(text: str) -> None:
    try:
        found = parse_instant(text, now=WEDNESDAY, zone=PARIS)
    except NotUnderstood:
        return
    assert found.tzinfo is UTC
    assert 1900 <= found.year <= 2200


@given(st.one_of(st.text(max_size=120), st.lists(WORDS, max_size=9).map(" ".join)))
def test_a_duration_parses_or_is_refused(text: str) -> None:
    try:
        minutes = parse_duration(text)
    except NotUnderstood:
        return
    assert 0 <= minutes <= 366 * 1440


@given(st.datetimes(min_value=datetime(1901, 1, 1), max_value=datetime(2199, 1, 1)))  # noqa: DTZ001 (hypothesis wants bare bounds)
def test_what_we_write_we_read(moment: datetime) -> None:
    instant = moment.replace(tzinfo=UTC)
    for text in (instant.isoformat(), instant.astimezone(UTC_ZONE).isoformat(" ")):
        assert parse_instant(text, now=WEDNESDAY, zone=PARIS) == instant


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("15 minutes", 15), ("1 hour", 60), ("1 hours", 60), ("1 hour 30 minutes", 90),
        ("1.5 hours", 90), ("90 mins", 90), ("0.25 hour", 15), ("8 hours", 480), ("1 day", 1440),
        ("1 week", 10080), ("1 fortnight", 20160), ("120 seconds", 2), ("30 secs 30 secs", 1),
        ("0 minutes", 0), ("0", 0), (0, 0), ("15minutes", 15), ("1hour30minutes", 90),
        ("an hour and five minutes", 65), ("+1 hour", 60), ("1 Hour", 60), ("366 days", 527_040),
    ],
)  # fmt: skip
def test_durations_are_whole_minutes(text: str | int, minutes: int) -> None:
    assert parse_duration(text) == minutes


@pytest.mark.parametrize(
    "text",
    [
        "", "30", 30, -1, 10**400, True, False, "-15 minutes", "-0 minutes", "90 seconds",
        "0.1 minutes", "1 month", "1 year", "1 weekday", "hour", "tomorrow", "1 hour ago",
        "367 days", "1e3 hours", "1:30", "1..5 hours", "999999999 weeks",
    ],
)  # fmt: skip
def test_other_durations_are_refused(text: str | int) -> None:
    with pytest.raises(NotUnderstood) as refused:
        parse_duration(text)
    assert refused.value.text == str(text)[:100]
