"""Events that repeat, held to a slow reading of RFC 5545: day by day, minute by zoneinfo."""

from calendar import isleap, monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.recurrence import Series, ends_by, has_start, occurrences
from slotkeeper.domain.rrule import COUNT_MAX, INTERVAL_MAX, TEXT_MAX, parse_rule, rule_text
from slotkeeper.domain.zones import find_zone, minute_floor, to_datetime

ONE_DAY = timedelta(days=1)
WEEKDAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
ZONES = [
    "UTC", "Europe/Paris", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo",
    "America/Santiago", "Asia/Beirut", "Pacific/Auckland", "Asia/Kathmandu",
]  # fmt: skip


def minute(text: str) -> int:
    return minute_floor(datetime.fromisoformat(text))


def made(
    rule: str | None, start: str, end: str, zone: str = "UTC", *, all_day: bool = False,
    more: tuple[str, ...] = (), without: tuple[str, ...] = (),
) -> Series:  # fmt: skip
    """Return a series from what the clock of its zone shows."""
    info = ZoneInfo(zone)

    def shown(text: str) -> int:
        given = datetime.fromisoformat(text)
        return minute_floor(given if given.tzinfo else given.replace(tzinfo=info).astimezone(UTC))

    return Series(
        start=shown(start), end=shown(end), all_day=all_day, zone=find_zone(zone),
        rule=parse_rule(rule) if rule is not None else None,
        more=tuple(map(shown, more)), without=frozenset(map(shown, without)),
    )  # fmt: skip


def first(series: Series, number: int) -> list[str]:
    """Return the first occurrences as the clock on the wall shows their starts."""
    found = islice(occurrences(series, (minute("1900-01-01T00:00Z"), minute("2200-01-01T00:00Z"))),
                   number)  # fmt: skip
    return [series.zone.iso(start)[:16] for start, _ in found]


# The examples of RFC 5545, 3.8.5.3, and of those who read it.


@pytest.mark.parametrize(
    ("rule", "start", "dates"),
    [
        ("FREQ=DAILY;COUNT=3", "2030-05-06", "05-06 05-07 05-08"),
        ("FREQ=DAILY;INTERVAL=10;COUNT=3", "2030-05-06", "05-06 05-16 05-26"),
        ("FREQ=WEEKLY;COUNT=3", "2030-05-07", "05-07 05-14 05-21"),
        ("FREQ=WEEKLY;INTERVAL=2;WKST=SU;BYDAY=MO,WE,FR;COUNT=5", "2030-05-06",
         "05-06 05-08 05-10 05-20 05-22"),
        # The day on which a week begins decides which weeks are every second one.
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO", "2030-05-07",
         "05-07 05-12 05-21 05-26"),
        ("FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=SU", "2030-05-07",
         "05-07 05-19 05-21 06-02"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=1FR", "2030-05-03", "05-03 06-07 07-05"),
        ("FREQ=MONTHLY;COUNT=3;BYDAY=-2MO", "2030-05-20", "05-20 06-17 07-22"),
        ("FREQ=MONTHLY;COUNT=3;BYMONTHDAY=-1", "2030-05-31", "05-31 06-30 07-31"),
        # Months without a thirty-first are skipped, as RFC 5545 says.
        ("FREQ=MONTHLY;COUNT=3", "2030-05-31", "05-31 07-31 08-31"),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1;COUNT=2", "2030-05-31", "05-31 06-28"),
        ("FREQ=YEARLY;BYMONTH=6,7;COUNT=3", "2030-06-10", "06-10 07-10 06-10"),
        ("FREQ=YEARLY;BYDAY=20MO;COUNT=2", "2030-05-20", "05-20 05-19"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=2", "2030-05-13", "05-13 05-12"),
        # The weekday is that of the start where only the week is named.
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=2", "2030-05-14", "05-14 05-13"),
        ("FREQ=YEARLY;BYYEARDAY=1,-1;COUNT=3", "2030-01-01", "01-01 12-31 01-01"),
        ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=2", "2030-09-13", "09-13 12-13"),
        ("FREQ=DAILY;BYMONTH=5;BYDAY=SA;COUNT=2", "2030-05-04", "05-04 05-11"),
        ("FREQ=YEARLY;COUNT=2", "2028-02-29", "02-29 02-29"),
        # The start counts though the rule does not mean it.
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=3", "2030-05-07", "05-07 05-13 05-20"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=5", "2030-05-07", "05-07"),
        ("FREQ=DAILY;UNTIL=20300508", "2030-05-06", "05-06 05-07 05-08"),
        ("FREQ=DAILY;UNTIL=20300508T090000Z", "2030-05-06", "05-06 05-07 05-08"),
        ("FREQ=DAILY;UNTIL=20300508T085900Z", "2030-05-06", "05-06 05-07"),
        ("FREQ=DAILY;UNTIL=20300508T090000", "2030-05-06", "05-06 05-07 05-08"),
        ("FREQ=DAILY;UNTIL=20300401", "2030-05-06", "05-06"),
    ],
)  # fmt: skip
def test_a_rule_means_these_days(rule: str, start: str, dates: str) -> None:
    series = made(rule, f"{start}T09:00", f"{start}T10:00")

    assert [each[5:10] for each in first(series, 6)] == dates.split()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("DAILY", "has not the form NAME=VALUE"),
        ("FREQ=DAILY;;COUNT=2", "an empty part"),
        ("COUNT=3", "FREQ must be"),
        ("FREQ=HOURLY", "FREQ must be"),
        ("FREQ=DAILY;BYHOUR=9", "BYHOUR is not known"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ is there twice"),
        ("FREQ=DAILY;COUNT=0", "COUNT must be a whole number from 1"),
        (f"FREQ=DAILY;COUNT={COUNT_MAX + 1}", f"from 1 to {COUNT_MAX}"),
        ("FREQ=DAILY;COUNT=3;UNTIL=20300508", "COUNT and UNTIL"),
        ("FREQ=DAILY;INTERVAL=-1", "INTERVAL must be"),
        (f"FREQ=DAILY;INTERVAL={INTERVAL_MAX + 1}", f"from 1 to {INTERVAL_MAX}"),
        ("FREQ=DAILY;INTERVAL=\N{ARABIC-INDIC DIGIT TWO}", "INTERVAL must be"),
        ("FREQ=DAILY;UNTIL=2030-05-08", "UNTIL must look like"),
        ("FREQ=DAILY;UNTIL=20300230", "UNTIL must look like"),
        ("FREQ=DAILY;UNTIL=00000101", "UNTIL must look like"),
        ("FREQ=WEEKLY;BYDAY=MONDAY", "BYDAY must hold days"),
        ("FREQ=WEEKLY;BYDAY=", "has not the form"),
        ("FREQ=WEEKLY;BYDAY=1MO", "numbers in BYDAY"),
        ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY counts from 1"),
        ("FREQ=MONTHLY;BYDAY=54MO", "BYDAY must be a whole number"),
        ("FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO", "numbers in BYDAY"),
        ("FREQ=MONTHLY;BYWEEKNO=20", "BYWEEKNO cannot be used with FREQ=MONTHLY"),
        ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY cannot be used with FREQ=WEEKLY"),
        ("FREQ=MONTHLY;BYYEARDAY=1", "BYYEARDAY cannot be used"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY must be a whole number from -31 to 31"),
        ("FREQ=YEARLY;BYMONTH=13", "BYMONTH must be a whole number from 1 to 12"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS needs another BY part"),
        ("FREQ=DAILY;WKST=XX", "WKST must be a day"),
        ("FREQ=DAILY;X-OWN=1", "X-OWN is not known"),
        ("FREQ=DAILY;" + "X" * TEXT_MAX, "may not be longer"),
        ("", "an empty part"),
    ],
)
def test_a_rule_that_makes_no_sense_says_why(text: str, why: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        parse_rule(text)

    assert refusal.value.errors.keys() == {"rrule"}
    assert why in str(refusal.value)


def test_a_rule_is_read_in_any_case_and_with_its_name_before_it() -> None:
    assert rule_text(" rrule:freq=weekly;byday=mo;") == "FREQ=WEEKLY;BYDAY=MO"
    assert rule_text("  ") is None


# Clocks that change.


@pytest.mark.parametrize(
    ("zone", "start", "end", "shown"),
    [
        # Nine o'clock stays nine o'clock, whatever UTC says.
        ("Europe/Paris", "2030-03-30T09:00", "2030-03-30T10:00",
         "30T08:00/09:00 31T07:00/08:00 01T07:00/08:00"),
        ("Europe/Paris", "2030-10-26T09:00", "2030-10-26T10:00",
         "26T07:00/08:00 27T08:00/09:00 28T08:00/09:00"),
        # Half past two does not exist on the 31st: it comes an hour later by the clock.
        ("Europe/Paris", "2030-03-30T02:30", "2030-03-30T03:00",
         "30T01:30/02:00 31T01:30/02:00 01T00:30/01:00"),
        # It exists twice on the 27th: the first counts.
        ("Europe/Paris", "2030-10-26T02:30", "2030-10-26T03:00",
         "26T00:30/01:00 27T00:30/01:00 28T01:30/02:00"),
        # All last exactly as long as the first, as RFC 5545 says of an end: seven hours.
        ("Europe/Paris", "2030-03-30T22:00", "2030-03-31T06:00",
         "30T21:00/04:00 31T20:00/03:00 01T20:00/03:00"),
        ("Australia/Lord_Howe", "2030-04-06T01:45", "2030-04-06T02:45",
         "05T14:45/15:45 06T14:45/15:45 07T15:15/16:15"),
    ],
)  # fmt: skip
def test_a_time_of_day_stays_across_a_change_of_clocks(
    zone: str, start: str, end: str, shown: str
) -> None:
    series = made("FREQ=DAILY;COUNT=3", start, end, zone)
    window = (series.start - 1440, series.start + 10 * 1440)
    found = [
        f"{to_datetime(start):%dT%H:%M}/{to_datetime(end):%H:%M}"
        for start, end in occurrences(series, window)
    ]

    assert found == shown.split()


@pytest.mark.parametrize(
    ("zone", "start", "hours"),
    [
        ("Europe/Paris", "2030-03-30", [24, 23, 24]),
        ("Europe/Paris", "2030-10-26", [24, 25, 24]),
        # The day begins at one o'clock, because midnight never was.
        ("Africa/Cairo", "2024-04-25", [24, 23, 24]),
        ("America/Santiago", "2024-09-07", [24, 23, 24]),
        ("Australia/Lord_Howe", "2030-10-05", [24, 23.5, 24]),
    ],
)
def test_an_all_day_event_has_the_hours_of_its_day(
    zone: str, start: str, hours: list[float]
) -> None:
    following = date.fromisoformat(start) + ONE_DAY
    series = made("FREQ=DAILY;COUNT=3", start, str(following), zone, all_day=True)

    found = list(occurrences(series, (series.start - 9999, series.end + 9999)))

    assert [(end - start) / 60 for start, end in found] == hours
    assert [series.zone.day_of(start) for start, _ in found] == [
        following.toordinal() + shift for shift in (-1, 0, 1)
    ]


def test_a_day_that_a_zone_skipped_is_skipped() -> None:
    """Samoa had no 30 December 2011."""
    for all_day, start, end in (
        (True, "2011-12-29T00:00", "2011-12-31T00:00"),
        (False, "2011-12-29T09:00", "2011-12-29T10:00"),
    ):
        series = made("FREQ=DAILY;COUNT=3", start, end, "Pacific/Apia", all_day=all_day)

        assert [each[8:10] for each in first(series, 9)] == ["29", "31"]


# What is beside the rule, and what is taken out of it.


def test_dates_are_added_and_taken_out() -> None:
    series = made(
        "FREQ=DAILY;COUNT=4", "2030-05-06T09:00", "2030-05-06T10:00",
        more=("2030-05-01T15:00", "2030-05-07T09:00", "2030-05-07T15:00", "2030-07-01T08:00"),
        without=("2030-05-08T09:00", "2030-05-07T15:00", "2030-05-09T09:01"),
    )  # fmt: skip

    assert first(series, 9) == [
        "2030-05-01T15:00", "2030-05-06T09:00", "2030-05-07T09:00", "2030-05-09T09:00",
        "2030-07-01T08:00",
    ]  # fmt: skip


def test_dates_alone_make_a_series() -> None:
    series = made(None, "2030-05-06T09:00", "2030-05-06T10:00", more=("2030-05-08T09:00",))

    assert first(series, 9) == ["2030-05-06T09:00", "2030-05-08T09:00"]
    assert ends_by(series) == minute("2030-05-08T10:00Z")


def test_an_occurrence_is_known_by_the_minute_it_starts() -> None:
    series = made("FREQ=DAILY", "2030-05-06T09:00", "2030-05-06T10:00")

    assert has_start(series, minute("2031-05-06T09:00Z"))
    assert not has_start(series, minute("2031-05-06T09:01Z"))
    assert not has_start(series, minute("2030-05-05T09:00Z"))


@pytest.mark.parametrize("text", ["FREQ=DAILY", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"])
def test_an_endless_series_ends_with_what_is_known_of_clocks(text: str) -> None:
    series = made(text, "2030-05-06T09:00", "2030-05-06T10:00")

    assert ends_by(series) is None
    beyond = (minute("2200-01-03T00:00Z"), minute("9999-12-01T00:00Z"))
    assert list(occurrences(series, beyond)) == []


# The slow reading.


def naive_days(parts: dict[str, Any], start: date, until: date) -> Iterator[date]:
    """Every day until ``until`` that a rule means, by asking of each day of each period."""
    yield start
    for number in range(0, 10_000, parts["INTERVAL"]):
        days = period(parts, start, number)
        if days[0] > until:
            return
        chosen = [day for day in days if is_meant(parts, start, day)]
        if "BYSETPOS" in parts:
            places = {each - 1 if each > 0 else len(chosen) + each for each in parts["BYSETPOS"]}
            chosen = [day for place, day in enumerate(chosen) if place in places]
        yield from (day for day in chosen if day > start)


def period(parts: dict[str, Any], start: date, number: int) -> list[date]:
    """The days of the period that comes ``number`` after the one of the start."""
    match parts["FREQ"]:
        case "DAILY":
            return [start + number * ONE_DAY]
        case "WEEKLY":
            back = (start.weekday() - WEEKDAYS.index(parts["WKST"])) % 7
            begins = start + (7 * number - back) * ONE_DAY
            return [begins + each * ONE_DAY for each in range(7)]
        case "MONTHLY":
            months = start.year * 12 + start.month - 1 + number
            begins = date(months // 12, months % 12 + 1, 1)
            return days_from(begins, lambda day: day.month == begins.month)
        case _:
            begins = date(start.year + number, 1, 1)
            return days_from(begins, lambda day: day.year == begins.year)


def days_from(begins: date, goes_on: Any) -> list[date]:
    return list(takewhile(goes_on, (begins + each * ONE_DAY for each in range(400))))


def is_meant(parts: dict[str, Any], start: date, day: date) -> bool:
    month = day.day, monthrange(day.year, day.month)[1]
    year = day.timetuple().tm_yday, 366 if isleap(day.year) else 365
    asks: dict[str, set[Any]] = {
        "BYMONTH": {day.month},
        "BYMONTHDAY": both_ends(*month),
        "BYYEARDAY": both_ends(*year),
        "BYDAY": names(day, *(month if counts_in_month(parts) else year)),
    }
    asked = {**parts}
    if not parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        frequency = parts["FREQ"]
        if frequency == "WEEKLY":
            asked["BYDAY"] = [WEEKDAYS[start.weekday()]]
        if frequency in {"MONTHLY", "YEARLY"}:
            asked["BYMONTHDAY"] = [start.day]
        if frequency == "YEARLY":
            asked.setdefault("BYMONTH", [start.month])
    return all(set(asked[part]) & found for part, found in asks.items() if part in asked)


def counts_in_month(parts: dict[str, Any]) -> bool:
    return parts["FREQ"] == "MONTHLY" or "BYMONTH" in parts


def both_ends(number: int, last: int) -> set[Any]:
    """The number of a day in its month or year, counted from either end."""
    return {number, number - last - 1}


def names(day: date, number: int, last: int) -> set[Any]:
    """What a day may be called: MO, and 2MO or -1MO of its month or year."""
    name = WEEKDAYS[day.weekday()]
    return {name, f"{(number + 6) // 7}{name}", f"-{(last - number) // 7 + 1}{name}"}


def naive(
    parts: dict[str, Any], start: datetime, length: timedelta, zone: ZoneInfo, until: datetime
) -> list[tuple[datetime, datetime]]:
    """The occurrences that begin before ``until``, as instants."""
    found: list[tuple[datetime, datetime]] = []
    for number, day in enumerate(naive_days(parts, start.date(), until.date() + ONE_DAY)):
        wall = datetime.combine(day, start.time(), tzinfo=zone)
        begins = wall.astimezone(UTC)
        last = parts.get("UNTIL")
        over = number >= parts.get("COUNT", 99_999) or (last and number and day > last)
        if over or begins >= until:
            break
        found.append((begins, begins + length))
    return found


def written(parts: dict[str, Any]) -> str:
    def text(value: Any) -> str:
        if isinstance(value, date):
            return value.strftime("%Y%m%d")
        return ",".join(map(str, value)) if isinstance(value, list) else str(value)

    return ";".join(f"{name}={text(value)}" for name, value in parts.items())


NUMBERED = st.builds("{}{}".format, st.sampled_from(["", "", "1", "2", "-1", "-2", "4", "5"]),
                     st.sampled_from(WEEKDAYS))  # fmt: skip
FROM_EITHER_END = st.integers(-31, 31).filter(bool)
CHOICES: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "DAILY": {"BYDAY": st.sampled_from(WEEKDAYS), "BYMONTHDAY": FROM_EITHER_END},
    "WEEKLY": {"BYDAY": st.sampled_from(WEEKDAYS)},
    "MONTHLY": {"BYDAY": NUMBERED, "BYMONTHDAY": FROM_EITHER_END},
    "YEARLY": {
        "BYDAY": NUMBERED,
        "BYMONTHDAY": FROM_EITHER_END,
        "BYYEARDAY": st.integers(-366, 366).filter(bool),
    },
}


@st.composite
def rules(draw: st.DrawFn, start: date) -> dict[str, Any]:
    frequency = draw(st.sampled_from(list(CHOICES)))
    choices = {"BYMONTH": st.integers(1, 12), **CHOICES[frequency]}
    chosen = {
        part: draw(st.lists(values, min_size=1, max_size=4, unique=True))
        for part, values in choices.items()
        if draw(st.integers(0, 2)) == 0
    }
    if chosen and draw(st.integers(0, 2)) == 0:
        chosen["BYSETPOS"] = [draw(st.integers(-4, 4).filter(bool))]
    ending: dict[str, Any] = draw(
        st.one_of(
            st.just({}),
            st.fixed_dictionaries({"COUNT": st.integers(1, 40)}),
            st.fixed_dictionaries({"UNTIL": st.dates(start, start + 700 * ONE_DAY)}),
        )
    )
    return {
        "FREQ": frequency,
        "INTERVAL": draw(st.integers(1, 4)),
        "WKST": draw(st.sampled_from(["MO", "SU", "TH"])),
        **chosen,
        **ending,
    }


@given(data=st.data())
def test_occurrences_agree_with_asking_every_day(data: st.DataObject) -> None:
    zone = data.draw(st.sampled_from(ZONES))
    day = date(2029, 1, 1) + data.draw(st.integers(0, 800)) * ONE_DAY
    parts = data.draw(rules(day))
    at = time(data.draw(st.integers(0, 23)), data.draw(st.sampled_from([0, 15, 30, 45])))
    length = timedelta(minutes=data.draw(st.sampled_from([15, 60, 480, 1440, 5000])))
    # The start is an instant: a reading that never was is not given.
    start = datetime.combine(day, at, tzinfo=ZoneInfo(zone)).astimezone(UTC)
    shown = start.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    begin = start + timedelta(minutes=data.draw(st.integers(-2000, 900 * 1440)))
    end = begin + timedelta(minutes=data.draw(st.integers(1, 200 * 1440)))
    series = Series(
        start=minute_floor(start), end=minute_floor(start + length), all_day=False,
        zone=find_zone(zone), rule=parse_rule(written(parts)),
    )  # fmt: skip

    found = list(occurrences(series, (minute_floor(begin), minute_floor(end))))

    every = naive(parts, shown, length, ZoneInfo(zone), until=end)
    expected = [(b, e) for b, e in every if e > begin]
    assert [(to_datetime(b), to_datetime(e)) for b, e in found] == expected
    over = ends_by(series)
    assert over is None or all(minute_floor(e) <= over for _, e in every)
