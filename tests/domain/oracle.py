"""The same answers as the engine, slowly: minute by minute, from the words of the API.

Nothing here is shared with the engine but the names of its modes. A clock is a table of what
``zoneinfo`` shows at every minute; a set of time is a set of minutes; constraints are read from
their JSON again at every use.
"""

import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import holidays

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.slots import Mode

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
MARGIN_DAYS = 5
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

Minutes = frozenset[int]
Entry = dict[str, dict[str, object]]
Answer = list[tuple[int, int, tuple[str, ...]]]


class Clock:
    """What the clock of a zone shows at each minute of a window and some days around it."""

    def __init__(self, zone: str, window: Interval) -> None:
        info = ZoneInfo(zone)
        self.first = window[0] - MARGIN_DAYS * 1440
        self.last = window[1] + MARGIN_DAYS * 1440
        self.shown = {
            minute: (EPOCH + minute * MINUTE).astimezone(info).replace(tzinfo=None, fold=0)
            for minute in range(self.first, self.last)
        }
        self.minutes: dict[datetime, list[int]] = {}
        for minute, reading in self.shown.items():
            self.minutes.setdefault(reading, []).append(minute)
        self.begins: dict[date, int] = {}
        for minute, reading in self.shown.items():
            self.begins.setdefault(reading.date(), minute)

    def days(self) -> list[date]:
        """The days that exist, without those that the table holds in part."""
        return sorted(self.begins)[1:-1]

    def midnight(self, on: date) -> int:
        """The first minute of a day or, if the zone skipped it, of the next there is."""
        while on not in self.begins:
            on += DAY
        return self.begins[on]

    def instant(self, reading: datetime, *, end: bool) -> int:
        if reading.time() == time():
            return self.midnight(reading.date())
        if reading in self.minutes:
            return self.minutes[reading][-1 if end else 0]
        before = max(m for m, shown in self.shown.items() if shown < reading)
        gap = self.shown[before + 1] - self.shown[before] - MINUTE
        return self.minutes[reading + gap][0]


@lru_cache(maxsize=16)
def clock_of(zone: str, window: Interval) -> Clock:
    return Clock(zone, window)


@dataclass(frozen=True)
class Person:
    name: str
    zone: str
    levels: tuple[list[Entry], ...]
    busy: tuple[Interval, ...]
    bookings: tuple[Interval, ...] = ()


@dataclass(frozen=True)
class Question:
    window: Interval
    length: int | None
    step: int | None
    before: int
    after: int
    earliest: int
    gap: int = 0
    of_resource: tuple[tuple[str, int], ...] = ()
    of_project: tuple[tuple[str, int], ...] = ()
    starts_of_project: tuple[int, ...] = ()


def slots(question: Question, people: Sequence[Person], mode: Mode) -> Answer:
    """Every slot by trying every minute; the people are in the order of their priority."""
    if not people:
        return []
    free = {person.name: free_minutes(question, person) for person in people}
    if mode is Mode.MUTUAL:
        shared = frozenset.intersection(*free.values())
        return [(*slot, tuple(free)) for slot in fitting(shared, question)]
    found: dict[Interval, list[str]] = {}
    for name, minutes in free.items():
        for slot in fitting(minutes, question):
            found.setdefault(slot, []).append(name)
    some = slice(None) if mode is Mode.EXCLUSIVE else slice(1)
    return [(*slot, tuple(names[some])) for slot, names in sorted(found.items())]


def fitting(free: Minutes, question: Question) -> Iterator[Interval]:
    run = 0
    for minute in range(*question.window):
        if minute not in free:
            continue
        if minute - 1 not in free:
            run = minute
        end = minute + (question.length or 1)
        if question.length is None:
            # The rest of the run is one slot, given once: at its first permitted minute.
            if minute == max(run, question.earliest):
                while end in free:
                    end += 1
                yield minute, end
        elif (
            (minute - run) % (question.step or question.length) == 0
            and minute >= question.earliest
            and all(inner in free for inner in range(minute, end))
        ):
            yield minute, end


def free_minutes(question: Question, person: Person) -> Minutes:
    window = range(*question.window)
    free = set(window)
    for level in person.levels:
        free &= allowed_minutes(level, person.zone, question.window)
    for start, end in (*person.busy, *person.bookings):
        # Each busy minute keeps slots away that would end or begin too near to it.
        for busy in range(start, end):
            free -= set(range(busy - question.after, busy + question.before + 1))
    for start, end in person.bookings:
        for booked in range(start, end):
            free -= set(range(booked - question.gap, booked + question.gap + 1))
    starts = [start for start, _ in person.bookings]
    return frozenset(
        free
        - full_minutes(question, question.of_resource, starts, person.zone)
        - full_minutes(question, question.of_project, question.starts_of_project, person.zone)
    )


def full_minutes(
    question: Question, most: Sequence[tuple[str, int]], starts: Sequence[int], zone: str
) -> Minutes:
    """The minutes of the window whose day, week, month or year has its fill of starts."""
    full: set[int] = set()
    for unit, number in most:
        counted = Counter(name_of_period(unit, zone, start) for start in starts)
        full |= {
            minute
            for minute in range(*question.window)
            if counted[name_of_period(unit, zone, minute)] >= number
        }
    return frozenset(full)


@lru_cache(maxsize=100_000)
def name_of_period(unit: str, zone: str, minute: int) -> tuple[int, ...]:
    """The latest day that has begun by a minute, or the name of its week, month or year.

    Where clocks go back over midnight the wall shows yesterday again; it is still today.
    """
    info, at = ZoneInfo(zone), EPOCH + minute * MINUTE
    before = at - timedelta(hours=3)
    on = at.astimezone(info).date()
    if before.astimezone(info).utcoffset() != at.astimezone(info).utcoffset():
        on = max((at - ago * MINUTE).astimezone(info).date() for ago in range(181))
    match unit:
        case "day":
            return on.year, on.month, on.day
        case "week":
            return on.isocalendar()[:2]
        case "month":
            return on.year, on.month
        case _:
            return (on.year,)


def allowed_minutes(level: list[Entry], zone: str, window: Interval) -> Minutes:
    days: set[int] = set()
    hours: set[int] = set()
    blocked: set[int] = set()
    kinds = {name for entry in level for name in entry if name.startswith("allow")}
    for entry in level:
        [(kind, values)] = entry.items()
        minutes = {
            minute
            for start, end in pieces(kind, values, zone, window)
            for minute in range(max(start, window[0]), min(end, window[1]))
        }
        if kind.startswith("block"):
            blocked |= minutes
        elif kind == "allow_hours":
            hours |= minutes
        else:
            days |= minutes
    allowed = set(range(*window))
    if kinds - {"allow_hours"}:
        allowed &= days
    if "allow_hours" in kinds:
        allowed &= hours
    return frozenset(allowed - blocked)


def pieces(kind: str, values: dict[str, object], zone: str, window: Interval) -> Iterator[Interval]:
    clock = clock_of(str(values.get("timezone") or zone), window)
    if kind.endswith("period"):
        yield moment(values["start"], clock, end=False), moment(values["end"], clock, end=True)
        return
    for on in clock.days():
        if not is_meant(kind, values, on):
            continue
        if "start" not in values:
            yield clock.midnight(on), clock.midnight(on + DAY)
            continue
        start, end = clock_time(values["start"]), clock_time(values["end"])
        if start == end:
            yield clock.midnight(on), clock.midnight(on + DAY)
            continue
        if end < start:
            end += DAY
        midnight = datetime.combine(on, time())
        # The table ends on a day that nobody asks about.
        if (midnight + end).date() <= clock.days()[-1]:
            yield (
                clock.instant(midnight + start, end=False),
                clock.instant(midnight + end, end=True),
            )


def is_meant(kind: str, values: dict[str, object], on: date) -> bool:
    if kind.endswith("_days"):
        return NAMES[on.weekday()] in str(values["days"]).lower()
    if kind.endswith("_dates"):
        return on.isoformat() in str(values["dates"])
    if kind.endswith("_holidays"):
        return is_holiday(str(values["country"]), str(values.get("subdivision", "")), on)
    if "weekday" in kind:
        return on.weekday() < 5
    if "weekend" in kind:
        return on.weekday() >= 5
    return "day" not in values or NAMES.index(str(values["day"]).lower()) == on.weekday()


@lru_cache(maxsize=100_000)
def is_holiday(country: str, part: str, on: date) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Some countries warn of years that their list lacks.
        return on in holidays.country_holidays(country, subdiv=part or None)


def clock_time(value: object) -> timedelta:
    hours, _, minutes = str(value).partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes or 0))


def moment(value: object, clock: Clock, *, end: bool) -> int:
    parsed = datetime.fromisoformat(str(value))
    if parsed.tzinfo is None:
        return clock.instant(parsed, end=end)
    return (parsed - EPOCH) // MINUTE
