"""The engine gives the answers of a naive one, in every zone, mostly while clocks change."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain import oracle
from tests.domain.oracle import EPOCH, MINUTE, NAMES, Entry, Person, Question

from slotkeeper.domain.availability import Candidate, Search, free_time
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval, Timeline, merge
from slotkeeper.domain.limits import full_periods, parse_limits
from slotkeeper.domain.slots import Mode, find_slots
from slotkeeper.domain.zones import find_zone

# `make test` asks for many; the profile says how many the quick and the long runs take.
EXAMPLES = int(os.environ.get("SLOTKEEPER_EXAMPLES") or settings().max_examples)
ZONES = sorted(available_timezones() - {"localtime", "Factory", "posixrules"})
# Gaps and repeated hours at midnight, of half an hour, over a whole day, off the hour.
NOTORIOUS = [
    ("America/New_York", date(2030, 3, 10)),
    ("America/New_York", date(2030, 11, 3)),
    ("Europe/Paris", date(2030, 3, 31)),
    ("Europe/Paris", date(2030, 10, 27)),
    ("Australia/Lord_Howe", date(2030, 4, 7)),
    ("Australia/Lord_Howe", date(2030, 10, 6)),
    ("Africa/Cairo", date(2024, 4, 26)),
    ("Africa/Cairo", date(2024, 11, 1)),
    ("America/Santiago", date(2024, 9, 8)),
    ("America/Santiago", date(2024, 4, 7)),
    ("America/Havana", date(2024, 3, 10)),
    ("America/Havana", date(2024, 11, 3)),
    ("Asia/Kathmandu", date(1986, 1, 1)),
    ("Asia/Beirut", date(2024, 3, 31)),
    ("Asia/Beirut", date(2024, 10, 27)),
    ("Atlantic/Azores", date(2030, 10, 27)),
    ("America/St_Johns", date(2006, 10, 29)),
    ("America/St_Johns", date(2006, 4, 2)),
    ("America/Nuuk", date(2024, 3, 30)),
    ("Africa/Casablanca", date(2030, 1, 1)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("Pacific/Kwajalein", date(1993, 8, 21)),
    ("Asia/Pyongyang", date(2018, 5, 5)),
]


@lru_cache
def changes(zone: str, year: int) -> list[date]:
    """The days of a year on which the clocks of a zone change."""
    info, first = ZoneInfo(zone), datetime(year, 1, 1, tzinfo=UTC)
    noons = [first + timedelta(days=number) for number in range(367)]
    offsets = [noon.astimezone(info).utcoffset() for noon in noons]
    return [noons[at].date() for at in range(366) if offsets[at] != offsets[at + 1]]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, date]:
    """A zone and a day, mostly one near which its clocks change."""
    if draw(st.booleans()):
        return draw(st.sampled_from(NOTORIOUS))
    zone, year = draw(st.sampled_from(ZONES)), draw(st.integers(1975, 2040))
    return zone, draw(st.sampled_from(changes(zone, year) or [date(year, 6, 1)]))


readings = st.one_of(
    st.integers(0, 23),
    st.builds("{:02}:{:02}".format, st.integers(0, 23), st.sampled_from([0, 1, 15, 30, 45, 59])),
)
closings = st.one_of(readings, st.sampled_from([24, "24:00"]))
weekdays = st.sampled_from(NAMES)


SUBJECTS = ["day", "day_and_time", "hours", "hours", "period", "weekdays", "weekends"]
OURS = ["days", "dates", "holidays"]
# Some have many holidays, some have parts, some move a holiday that falls on a Sunday.
HOLIDAYS = [("US", "NY"), ("ES", "CT"), ("DE", "BY"), ("GB", "SCT"), ("AU", "NSW"), ("CA", "NL")]
HOLIDAYS += [(name, "") for name in ("LK", "JP", "CL", "EG", "IN", "IR", "CO", "CY", "LB", "WS")]


@lru_cache
def holidays_near(near: date) -> list[dict[str, object]]:
    """Who has a holiday within two days of a day; everybody, where nobody has."""
    days = [near + timedelta(days=number) for number in range(-2, 3)]
    having = [
        (country, part)
        for country, part in HOLIDAYS
        if any(oracle.is_holiday(country, part, day) for day in days)
    ]
    return [{"country": country, "subdivision": part} for country, part in having or HOLIDAYS]


@st.composite
def constraints(draw: st.DrawFn, near: date, zones: list[str]) -> Entry:
    effect = draw(st.sampled_from(["allow", "block"]))
    subject = draw(st.sampled_from(SUBJECTS + OURS))
    values: dict[str, object] = {}
    if subject in {"day", "day_and_time"}:
        values["day"] = draw(weekdays)
    if subject == "days":
        values["days"] = draw(st.lists(weekdays, min_size=1, max_size=7))
    if subject == "dates":
        some = st.integers(-3, 4).map(lambda days: (near + timedelta(days=days)).isoformat())
        values["dates"] = draw(st.lists(some, min_size=1, max_size=5))
    if subject == "holidays":
        effect, values = "block", draw(st.sampled_from(holidays_near(near)))
    with_hours = subject in {"days", "dates"} and draw(st.booleans())
    if subject in {"day_and_time", "hours"} or with_hours:
        values |= draw(hours(effect))
    if subject == "period":
        values |= draw(periods(near))
    if draw(st.integers(0, 9)) == 0:
        values["timezone"] = draw(st.sampled_from(zones))
    return {f"{effect}_{subject}": values}


@st.composite
def hours(draw: st.DrawFn, effect: str) -> dict[str, object]:
    """Opening and closing; a block of no length, which is refused, gets one."""
    start, end = draw(readings), draw(closings)
    if effect == "block" and oracle.clock_time(start) == oracle.clock_time(end):
        end = 24
    return {"start": start, "end": end}


@st.composite
def periods(draw: st.DrawFn, near: date) -> dict[str, object]:
    """Two dates or two readings, or the same with an offset, in their order."""
    quarters = draw(
        st.lists(st.integers(-250, 250), min_size=2, max_size=2, unique=True).map(sorted)
    )
    midnight = datetime.combine(near, datetime.min.time())
    start, end = (midnight + quarter * timedelta(minutes=15) for quarter in quarters)
    if draw(st.booleans()):
        offset = draw(st.sampled_from(["+00:00", "-05:00", "+05:45"]))
        return {"start": f"{start.isoformat()}{offset}", "end": f"{end.isoformat()}{offset}"}
    if start.date() < end.date() and draw(st.booleans()):
        return {"start": start.date().isoformat(), "end": end.date().isoformat()}
    return {"start": start.strftime("%Y-%m-%d %H:%M"), "end": end.strftime("%Y-%m-%d %H:%M:%S")}


@st.composite
def people(draw: st.DrawFn, window: Interval, near: date, zones: list[str]) -> list[Person]:
    level = st.lists(constraints(near, zones), max_size=4)
    busy = st.tuples(
        st.integers(window[0] - 90, window[1] + 90), st.sampled_from([0, 1, 10, 45, 60, 300])
    ).map(lambda pair: (pair[0], pair[0] + pair[1]))
    return [
        Person(
            name,
            draw(st.sampled_from(zones)),
            tuple(draw(st.lists(level, max_size=2))),
            tuple(draw(st.lists(busy, max_size=5))),
            tuple(draw(st.lists(busy, max_size=4))),
        )
        for name in "abc"[: draw(st.integers(1, 3))]
    ]


@st.composite
def rules(draw: st.DrawFn, window: Interval) -> dict[str, Any]:
    """A gap and limits, and where the bookings of the whole project start."""
    # Limits close so much that nothing else would show if there were always some.
    some = st.dictionaries(st.sampled_from(["day", "week", "month"]), st.integers(1, 3))
    none: st.SearchStrategy[dict[str, int]] = st.just({})
    caps = st.one_of(none, none, some)
    starts = st.lists(st.integers(window[0] - 3000, window[1] + 3000), max_size=5)
    return {
        "gap": draw(st.sampled_from([0, 10, 45])),
        "of_resource": tuple(draw(caps).items()),
        "of_project": tuple(draw(caps).items()),
        "starts_of_project": tuple(draw(starts)),
    }


@st.composite
def questions(draw: st.DrawFn) -> tuple[Question, list[Person]]:
    (zone, near), (elsewhere, _) = draw(places()), draw(places())
    noon = (datetime.combine(near, datetime.min.time(), tzinfo=UTC) - EPOCH) // MINUTE
    start = noon + draw(st.integers(-1440, 600))
    window = (start, start + draw(st.integers(1, 3 * 1440)))
    question = Question(
        window,
        length=draw(st.sampled_from([None, 1, 30, 60, 90, 480])),
        step=draw(st.sampled_from([None, 15, 25, 60])),
        before=draw(st.sampled_from([0, 0, 5, 30])),
        after=draw(st.sampled_from([0, 0, 5, 30])),
        earliest=start + draw(st.sampled_from([-60, 0, 1, 100, 2000])),
    )
    if draw(st.booleans()):
        question = replace(question, **draw(rules(window)))
    return question, draw(people(window, near, [zone, zone, elsewhere]))


def asked(question: Question) -> Search:
    return Search(
        window=question.window,
        length=question.length,
        step=question.step,
        buffer_before=question.before,
        buffer_after=question.after,
        gap=question.gap,
        earliest=question.earliest,
    )


def candidates(question: Question, persons: list[Person]) -> list[Candidate[str]]:
    return [
        Candidate(
            person.name,
            find_zone(person.zone),
            tuple(map(parse_constraints, person.levels)),
            person.busy + person.bookings,
            person.bookings,
            closed(question, person),
        )
        for person in persons
    ]


def closed(question: Question, person: Person) -> Timeline:
    limits = parse_limits(
        {"resource": dict(question.of_resource), "project": dict(question.of_project)}
    )
    zone, window = find_zone(person.zone), question.window
    starts = [start for start, _ in person.bookings]
    full = full_periods(limits.resource, starts, zone, window)
    full += full_periods(limits.project, question.starts_of_project, zone, window)
    return merge((start, end) for start, end, _ in full)


@settings(max_examples=EXAMPLES)
@given(questions(), st.sampled_from(Mode))
def test_the_engine_agrees_with_the_oracle(case: tuple[Question, list[Person]], mode: Mode) -> None:
    question, persons = case
    found = find_slots(
        asked(question), candidates(question, persons), mode, shuffle=lambda those: None
    )
    assert [tuple(slot) for slot in found] == oracle.slots(question, persons, mode)


@settings(max_examples=EXAMPLES)
@given(questions())
def test_no_slot_overlaps_busy_time_or_closed_time(case: tuple[Question, list[Person]]) -> None:
    question, persons = case
    found = find_slots(asked(question), candidates(question, persons), Mode.EXCLUSIVE)
    free = {person.name: oracle.free_minutes(question, person) for person in persons}
    for slot in found:
        assert question.earliest <= slot.start
        for name in slot.resource_ids:
            assert free[name].issuperset(range(slot.start, slot.end))


@pytest.mark.slow
@pytest.mark.parametrize(("zone", "near"), NOTORIOUS, ids=str)
@settings(max_examples=settings().max_examples // 12)
@given(data=st.data())
def test_levels_agree_where_clocks_are_notorious(
    zone: str, near: date, data: st.DataObject
) -> None:
    noon = (datetime.combine(near, datetime.min.time(), tzinfo=UTC) - EPOCH) // MINUTE
    question = Question((noon - 1440, noon + 1440 * 2), None, None, 0, 0, 0)
    level = data.draw(st.lists(constraints(near, [zone]), min_size=1, max_size=3))
    person = Person("a", zone, (level,), ())
    fast = {
        minute
        for start, end in free_time(asked(question), candidates(question, [person])[0])
        for minute in range(start, end)
    }
    assert fast == oracle.free_minutes(question, person)
