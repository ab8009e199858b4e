"""The date letters of PHP, written and read; the values are those of PHP 8.2 unless it says so."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.php_dates import format_php, parse_php
from slotkeeper.domain.timestamps import NotUnderstood

PARIS = ZoneInfo("Europe/Paris")


@pytest.mark.parametrize(
    ("wall", "zone", "fmt", "written"),
    [
        ("2015-04-24T09:30:00.000000", "UTC", "d D j l N S w z", "24 Fri 24 Friday 5 th 5 113"),
        (
            "2015-04-24T09:30:00.000000",
            "UTC",
            "W F M m n t L o Y y",
            "17 April Apr 04 4 30 0 2015 2015 15",
        ),
        (
            "2015-04-24T09:30:00.000000",
            "UTC",
            "a A B g G h H i s u v",
            "am AM 437 9 9 09 09 30 00 000000 000",
        ),
        (
            "2015-04-24T09:30:00.000000",
            "UTC",
            "e I O P p T U Z",
            "UTC 0 +0000 +00:00 Z UTC 1429867800 0",
        ),
        ("2015-04-24T09:30:00.000000", "UTC", "c", "2015-04-24T09:30:00+00:00"),
        ("2015-04-24T09:30:00.000000", "UTC", "r", "Fri, 24 Apr 2015 09:30:00 +0000"),
        ("2015-04-24T09:30:00.000000", "UTC", "Y-m-d h:ia", "2015-04-24 09:30am"),
        (
            "2015-04-24T09:30:00.000000",
            "UTC",
            "Y-m-d h:mma (P e)",
            "2015-04-24 09:0404am (+00:00 UTC)",
        ),
        ("2015-04-24T09:30:00.000000", "UTC", "\\Y\\m\\d \\\\ Y é q", "Ymd \\ 2015 é q"),
        ("2015-04-24T09:30:00.000000", "UTC", "Y-m-d\\TH:i:sP", "2015-04-24T09:30:00+00:00"),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "d D j l N S w z",
            "01 Tue 1 Tuesday 2 st 2 0",
        ),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "W F M m n t L o Y y",
            "01 January Jan 01 1 31 0 2030 2030 30",
        ),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "a A B g G h H i s u v",
            "am AM 805 12 0 12 00 05 09 012345 012",
        ),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "e I O P p T U Z",
            "Asia/Kathmandu 0 +0545 +05:45 +05:45 +0545 1893435609 20700",
        ),
        ("2030-01-01T00:05:09.012345", "Asia/Kathmandu", "c", "2030-01-01T00:05:09+05:45"),
        ("2030-01-01T00:05:09.012345", "Asia/Kathmandu", "r", "Tue, 01 Jan 2030 00:05:09 +0545"),
        ("2030-01-01T00:05:09.012345", "Asia/Kathmandu", "Y-m-d h:ia", "2030-01-01 12:05am"),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "Y-m-d h:mma (P e)",
            "2030-01-01 12:0101am (+05:45 Asia/Kathmandu)",
        ),
        ("2030-01-01T00:05:09.012345", "Asia/Kathmandu", "\\Y\\m\\d \\\\ Y é q", "Ymd \\ 2030 é q"),
        (
            "2030-01-01T00:05:09.012345",
            "Asia/Kathmandu",
            "Y-m-d\\TH:i:sP",
            "2030-01-01T00:05:09+05:45",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "d D j l N S w z",
            "31 Sun 31 Sunday 7 st 0 365",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "W F M m n t L o Y y",
            "52 December Dec 12 12 31 1 2028 2028 28",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "a A B g G h H i s u v",
            "pm PM 791 12 12 12 12 59 59 999999 999",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "e I O P p T U Z",
            "America/New_York 0 -0500 -05:00 -05:00 EST 1861898399 -18000",
        ),
        ("2028-12-31T12:59:59.999999", "America/New_York", "c", "2028-12-31T12:59:59-05:00"),
        ("2028-12-31T12:59:59.999999", "America/New_York", "r", "Sun, 31 Dec 2028 12:59:59 -0500"),
        ("2028-12-31T12:59:59.999999", "America/New_York", "Y-m-d h:ia", "2028-12-31 12:59pm"),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "Y-m-d h:mma (P e)",
            "2028-12-31 12:1212pm (-05:00 America/New_York)",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "\\Y\\m\\d \\\\ Y é q",
            "Ymd \\ 2028 é q",
        ),
        (
            "2028-12-31T12:59:59.999999",
            "America/New_York",
            "Y-m-d\\TH:i:sP",
            "2028-12-31T12:59:59-05:00",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "d D j l N S w z",
            "03 Wed 3 Wednesday 3 rd 3 183",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "W F M m n t L o Y y",
            "27 July Jul 07 7 31 0 2030 2030 30",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "a A B g G h H i s u v",
            "pm PM 125 11 23 11 23 00 00 000000 000",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "e I O P p T U Z",
            "America/Sao_Paulo 0 -0300 -03:00 -03:00 -03 1909360800 -10800",
        ),
        ("2030-07-03T23:00:00.000000", "America/Sao_Paulo", "c", "2030-07-03T23:00:00-03:00"),
        ("2030-07-03T23:00:00.000000", "America/Sao_Paulo", "r", "Wed, 03 Jul 2030 23:00:00 -0300"),
        ("2030-07-03T23:00:00.000000", "America/Sao_Paulo", "Y-m-d h:ia", "2030-07-03 11:00pm"),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "Y-m-d h:mma (P e)",
            "2030-07-03 11:0707pm (-03:00 America/Sao_Paulo)",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "\\Y\\m\\d \\\\ Y é q",
            "Ymd \\ 2030 é q",
        ),
        (
            "2030-07-03T23:00:00.000000",
            "America/Sao_Paulo",
            "Y-m-d\\TH:i:sP",
            "2030-07-03T23:00:00-03:00",
        ),
    ],
)
def test_moments_are_written_as_php_writes_them(
    wall: str, zone: str, fmt: str, written: str
) -> None:
    moment = datetime.fromisoformat(wall).replace(tzinfo=ZoneInfo(zone))
    assert format_php(moment, fmt) == written


@pytest.mark.parametrize(
    ("day", "suffix"),
    [(1, "st"), (2, "nd"), (3, "rd"), (4, "th"), (11, "th"), (12, "th"), (13, "th"), (21, "st"),
     (22, "nd"), (23, "rd"), (30, "th"), (31, "st")],
)  # fmt: skip
def test_days_have_english_suffixes(day: int, suffix: str) -> None:
    assert format_php(datetime(2030, 1, day, tzinfo=UTC), "jS") == f"{day}{suffix}"


def test_zones_without_a_name_are_written_by_their_offset() -> None:
    moment = datetime(2030, 5, 8, 12, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))
    assert format_php(moment, "e T P O Z") == "-03:30 GMT-0330 -03:30 -0330 -12600"
    assert format_php(moment.astimezone(UTC), "e T p") == "UTC UTC Z"


def test_a_moment_before_1970_counts_down() -> None:
    assert format_php(datetime(1969, 12, 31, 23, 59, 59, 500_000, tzinfo=UTC), "U") == "-1"


def test_a_backslash_at_the_end_stands_for_itself() -> None:
    # PHP 8.2 writes a NUL here, which nobody can want.
    assert format_php(datetime(2030, 5, 8, tzinfo=UTC), "Y\\") == "2030\\"


@pytest.mark.parametrize(
    ("fmt", "text", "means"),
    [
        ("Y-m-d h:ia", "2015-04-24 09:30am", "2015-04-24T09:30:00+02:00"),
        ("Y-m-d h:i A", "2015-04-24 9:30 PM", "2015-04-24T21:30:00+02:00"),
        ("Y-m-d g:i a", "2015-04-24 12:30 a.m.", "2015-04-24T00:30:00+02:00"),
        ("Y-m-d h:i", "2015-04-24 12:30", "2015-04-24T12:30:00+02:00"),
        ("Y-m-d H:ia", "2015-04-24 09:30pm", "2015-04-24T21:30:00+02:00"),
        ("Y-m-d H:i", "2015-04-24 09:30", "2015-04-24T09:30:00+02:00"),
        ("Y-m-d H:i", "2015-04-24  09:30", "2015-04-24T09:30:00+02:00"),
        ("Y-m-d H:i:s", "2016-12-26 08:00:00", "2016-12-26T08:00:00+01:00"),
        ("Y-m-d H:i:s.u", "2015-04-24 09:30:00.5", "2015-04-24T09:30:00.500000+02:00"),
        ("Y-m-d H:i:s.v", "2015-04-24 09:30:00.12", "2015-04-24T09:30:00.120000+02:00"),
        ("Y-m-d\\TH:i:sP", "2015-04-24T09:30:00-04:00", "2015-04-24T15:30:00+02:00"),
        ("Y-m-d H:ip", "2015-04-24 13:30Z", "2015-04-24T15:30:00+02:00"),
        ("Y-m-d H:i e", "2015-04-24 09:30 America/New_York", "2015-04-24T15:30:00+02:00"),
        ("Y-m-d H:i T", "2015-04-24 09:30 EDT", "2015-04-24T15:30:00+02:00"),
        ("Y-m-d H:i O", "2015-04-24 09:30 +0530", "2015-04-24T06:00:00+02:00"),
        ("D, d M Y", "Fri, 24 April 2015", "2015-04-24T00:00:00+02:00"),
        ("l j F Y G:i", "friday 4 sep 2015 9:05", "2015-09-04T09:05:00+02:00"),
        ("jS F y", "24th apr 15", "2015-04-24T00:00:00+02:00"),
        ("n/j/y", "4/24/70", "1970-04-24T00:00:00+01:00"),
        ("U", "1429867800", "2015-04-24T11:30:00+02:00"),
        ("!Y-m-d|", "2015-04-24", "2015-04-24T00:00:00+02:00"),
        ("Y#m#d", "2015/04.24", "2015-04-24T00:00:00+02:00"),
        ("Y?m?d", "2015x04\n24", "2015-04-24T00:00:00+02:00"),
        ("H:i Y-m-d", "24:00 2015-04-24", "2015-04-25T00:00:00+02:00"),
        ("Y-m-d H:i", "2030-03-31 02:30", "2030-03-31T03:30:00+02:00"),
        ("Y-m-d \\?\\Y", "2015-04-24 ?Y", "2015-04-24T00:00:00+02:00"),
    ],
)
def test_texts_are_read_as_php_reads_them(fmt: str, text: str, means: str) -> None:
    found = parse_php(text, fmt, zone=PARIS)
    assert found.tzinfo is UTC
    assert found.astimezone(PARIS).isoformat() == means


@pytest.mark.parametrize(
    ("fmt", "text", "means"),
    [  # PHP refuses these, or reads something else
        ("Y-m-d\\TH:i:sP", "2015-04-24T09:30:00 02:00", "2015-04-24T07:30:00+00:00"),
        ("c", "2015-04-24T09:30:00+02:00", "2015-04-24T07:30:00+00:00"),
        ("r", "Fri, 24 Apr 2015 09:30:00 +0200", "2015-04-24T07:30:00+00:00"),
        ("Y-m-d h:ia (P e)", "2015-04-24 09:30am (+01:00 Asia/Tokyo)", "2015-04-24T08:30:00+00:00"),
        ("Y-m-d H:ia", "2015-04-24 13:30pm", "2015-04-24T11:30:00+00:00"),
        ("Y-m-d H:i", "2030-10-27 02:30", "2030-10-27T00:30:00+00:00"),
    ],
)
def test_some_texts_are_read_more_kindly(fmt: str, text: str, means: str) -> None:
    assert parse_php(text, fmt, zone=PARIS).isoformat() == means


@pytest.mark.parametrize(
    ("fmt", "text"),
    [
        ("Y-m-d", ""),
        ("", "2015-04-24"),
        ("Y-m-d", "2015-04-24 09:30"),
        ("Y-m-d H:i", "2015-04-24"),
        ("Y-m-d", "15-4-2"),
        ("Y-m-d", "2015-02-30"),
        ("Y-m-d", "2015-13-01"),
        ("Y-m-d", "1899-12-30"),
        ("Y-m-d", "2201-01-02"),
        ("Y-m-d H:i:s", "2015-04-24 9:5:1"),
        ("Y-m-d h:i", "2015-04-24 13:30"),
        ("Y-m-d h:ia", "2015-04-24 00:30am"),
        ("Y-m-d H:ia", "2015-04-24 13:30am"),
        ("Y-m-d H:i", "2015-04-24 25:00"),
        ("D Y-m-d", "Mon 2015-04-24"),
        ("M Y", "Foo 2015"),
        ("Y-m-d m", "2015-04-24 05"),
        ("H h", "13 02"),
        ("Y-m-d H:i e", "2015-04-24 09:30 Mars/Olympus"),
        ("Y-m-d H:i e", "2015-04-24 09:30 ../../etc/passwd"),
        ("Y-m-d H:i P", "2015-04-24 09:30 +25:00"),
        ("Y-m-d H:i O P", "2015-04-24 09:30 +0100 +02:00"),
        ("Y-m-d w", "2015-04-24 5"),
        ("U", "999999999999"),
        ("Y-m-d", "٢٠١٥-04-24"),
        ("Y-m-d" + "?" * 96, "2015-04-24" + "x" * 90),
        ("Y-m-d" + "?" * 91, "2015-04-24" + "x" * 91),
    ],
)
def test_what_does_not_fit_is_refused(fmt: str, text: str) -> None:
    with pytest.raises(NotUnderstood):
        parse_php(text, fmt, zone=PARIS)


LETTERS = st.text("dDjlNSwzWFmMntLoYyaABgGhHisuveIOPpTUcrZ\\ -/:.!|?#+*é0", max_size=30)
MOMENTS = st.datetimes(
    min_value=datetime(1901, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    max_value=datetime(2199, 1, 1, tzinfo=UTC).replace(tzinfo=None),
    timezones=st.just(UTC),
)
ZONES = st.sampled_from(["UTC", "Europe/Paris", "America/St_Johns", "Asia/Kathmandu"]).map(ZoneInfo)


@given(LETTERS, st.one_of(st.text(max_size=40), st.text("0123456789-: +apm", max_size=40)))
def test_nothing_but_not_understood_is_raised(fmt: str, text: str) -> None:
    try:
        found = parse_php(text, fmt, zone=PARIS)
    except NotUnderstood:
        return
    assert found.tzinfo is UTC


@given(LETTERS, MOMENTS, ZONES)
def test_what_is_written_is_read_or_refused(fmt: str, moment: datetime, zone: ZoneInfo) -> None:
    try:
        parse_php(format_php(moment.astimezone(zone), fmt), fmt, zone=zone)
    except NotUnderstood:
        return


@pytest.mark.parametrize(
    "fmt",
    ["Y-m-d\\TH:i:s.uP", "D, d M Y h:i:s.u A O", "l jS F Y G:i:s.u p", "u U", "n/j/Y g:i:s.u a P"],
)
@given(moment=MOMENTS, zone=ZONES)
def test_reading_undoes_writing(fmt: str, moment: datetime, zone: ZoneInfo) -> None:
    local = moment.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    whole = moment.replace(microsecond=0) if "U" in fmt else moment
    if offset % timedelta(minutes=1):
        return  # local times of long ago have offsets with seconds, which no letter writes
    assert parse_php(format_php(local, fmt), fmt, zone=PARIS) == whole
