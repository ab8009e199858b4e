"""The drawings in docs/availability.md are true: each is read, run and compared."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from slotkeeper.domain.availability import Candidate, Search
from slotkeeper.domain.constraints import CONSTRAINT_TYPES, Constraints, allowed, parse_constraints
from slotkeeper.domain.durations import parse_duration
from slotkeeper.domain.interval import Interval, clip
from slotkeeper.domain.phrases import NotUnderstood, parse_instant
from slotkeeper.domain.slots import Mode, find_slots
from slotkeeper.domain.zones import Zone, find_zone, to_datetime, weekday

GUIDE = (Path(__file__).parents[2] / "docs" / "availability.md").read_text()
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
UNITS = {"an hour": 60, "half an hour": 30}
HEADER = re.compile(r"(?P<weekday>\w+) (?P<date>\S+) in (?P<zone>\S+), a mark is (?P<unit>.+)")
ENTRY = re.compile(r"(?:(?P<whose>[^{\s]+) )?(?P<entry>\{.*\}) +(?P<marks>[#.]+)")
NOW = re.compile(r"now is (?P<moment>.+) in (?P<zone>\S+)")


def blocks(kind: str) -> list[list[str]]:
    """The lines of every block of the guide that is marked as ``kind``."""
    found = re.findall(rf"^```{kind}\n(.*?)\n```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [text.split("\n") for text in found]


@dataclass(frozen=True)
class Drawing:
    """The scale of a drawing: where it begins, and how long a mark is, in minutes."""

    start: int
    unit: int
    zone: Zone

    def window(self, marks: str) -> Interval:
        return self.start, self.start + len(marks) * self.unit

    def drawn(self, times: list[Interval], window: Interval) -> str:
        """Draw ``times``; a mark that is neither all open nor all closed is a question."""
        return "".join(map(self._mark, self._covered(times, window)))

    def _covered(self, times: list[Interval], window: Interval) -> Iterator[int]:
        for start in range(*window, self.unit):
            inside = clip(times, (start, start + self.unit))
            yield sum(end - begin for begin, end in inside)

    def _mark(self, covered: int) -> str:
        return {0: ".", self.unit: "#"}.get(covered, "?")


def scale(header: str) -> Drawing:
    found = HEADER.fullmatch(header)
    assert found, header
    zone, day = find_zone(found["zone"]), date.fromisoformat(found["date"]).toordinal()
    assert WEEKDAYS[weekday(day)] == found["weekday"], header
    unit = UNITS.get(found["unit"]) or parse_duration(found["unit"])
    return Drawing(zone.day_start(day), unit, zone)


def shown(zone: Zone, minute: int) -> str:
    return zone.iso(minute)[11:16]


@pytest.mark.parametrize("lines", blocks("drawn"), ids=lambda lines: lines[1][:60])
def test_drawing(lines: list[str]) -> None:
    drawing = scale(lines[0])
    window = drawing.window(marks_of(lines))
    now = to_datetime(drawing.start)
    levels: dict[str, list[object]] = {"resource": [], "project": [], "request": []}
    for line in lines[1:]:
        if found := ENTRY.fullmatch(line):
            whose, entry = found["whose"] or "resource", json.loads(found["entry"])
            zone = drawing.zone if whose in levels else find_zone(whose)
            levels.setdefault(whose, []).append(entry)
            alone = parse_constraints([entry], now=now).allowed(window, zone)
            assert drawing.drawn(alone, window) == found["marks"], line
            continue
        rules = [parse_constraints(level, now=now) for level in levels.values()]
        check(line, drawing, window, rules)


def marks_of(lines: list[str]) -> str:
    return next(found["marks"] for line in lines if (found := ENTRY.fullmatch(line)))


def check(line: str, drawing: Drawing, window: Interval, rules: list[Constraints]) -> None:
    """Check a line that is not an entry: the clock, what is open, where slots start."""
    zone = drawing.zone
    word, *rest = line.split()
    match word:
        case "clock":
            hours = re.split(r" +", line, maxsplit=1)[1]
            for place in range(0, len(hours), 3):
                at = drawing.start + place * drawing.unit
                assert shown(zone, at)[:2] == hours[place : place + 2], line
        case "open":
            assert drawing.drawn(allowed(rules, window, zone), window) == rest[0], line
        case "slots":
            starts = [place for place in rest if ":" in place]
            length = parse_duration(" ".join(rest[1 : -len(starts)]))
            search = Search(window=window, length=length, earliest=window[0])
            candidate = Candidate("Doc", zone, tuple(rules), [])
            found = find_slots(search, [candidate], Mode.ROUNDROBIN_PRIORITIZED)
            assert [shown(zone, slot.start) for slot in found] == starts, line
        case _:
            raise AssertionError(line)


def test_every_drawing_is_complete() -> None:
    drawings = blocks("drawn")
    assert len(drawings) >= 18
    for lines in drawings:
        widths = {len(found["marks"]) for line in lines if (found := ENTRY.fullmatch(line))}
        assert len(widths) == 1, lines[0]


def test_every_type_is_in_the_table_and_the_other_way_round() -> None:
    rows = [line for line in GUIDE.split("\n") if re.match(r"\| `(allow|block)_", line)]
    named = {name for row in rows for name in re.findall(r"`((?:allow|block)_\w+)`", row)}
    singular = {"allow_weekday", "block_weekday", "allow_weekend", "block_weekend"}
    assert named == set(CONSTRAINT_TYPES) - singular


def two_columns(lines: list[str]) -> list[tuple[str, str]]:
    pairs = [re.split(r" {2,}", line, maxsplit=1) for line in lines]
    return [(left, right) for left, right in pairs]


@pytest.mark.parametrize("lines", blocks("moments"), ids=lambda lines: lines[0])
def test_moments(lines: list[str]) -> None:
    found = NOW.fullmatch(lines[0])
    assert found, lines[0]
    zone = find_zone(found["zone"])
    form = "%A %Y-%m-%d %H:%M"
    now = datetime.strptime(found["moment"], form).replace(tzinfo=zone.info).astimezone(UTC)
    assert len(lines) > 20
    for text, meaning in two_columns(lines[1:]):
        try:
            moment = parse_instant(text, now=now, zone=zone.info)
        except NotUnderstood:
            assert meaning == "refused", text
        else:
            assert moment.astimezone(zone.info).strftime(form) == meaning, text


@pytest.mark.parametrize("lines", blocks("lengths"), ids=lambda lines: lines[0])
def test_lengths(lines: list[str]) -> None:
    for text, meaning in two_columns(lines):
        try:
            minutes = parse_duration(text)
        except NotUnderstood:
            assert meaning == "refused", text
        else:
            assert f"{minutes} minutes" == meaning, text
