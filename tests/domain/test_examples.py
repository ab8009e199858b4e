"""Cases met in life, one file each in ``tests/examples``: question, answer, a line of story."""

import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from slotkeeper.domain.availability import Candidate, Search
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval, Timeline, merge
from slotkeeper.domain.limits import full_periods, parse_limits
from slotkeeper.domain.slots import Mode, Slot, find_slots
from slotkeeper.domain.zones import Zone, find_zone, minute_floor, to_datetime

EXAMPLES = sorted((Path(__file__).parents[1] / "examples").glob("*.toml"))
# A key that nobody reads is a typing error that would make its example say less.
KEYS = {
    "story", "zone", "window", "earliest", "length", "step", "buffer", "mode",
    "project", "request", "people", "slots", "count", "some", "gap", "limits", "project_starts",
}  # fmt: skip


def interval(ends: list[str]) -> Interval:
    start, end = (minute_floor(datetime.fromisoformat(text)) for text in ends)
    return start, end


def search(example: dict[str, Any]) -> Search:
    window = interval(example["window"])
    buffer = example.get("buffer", 0)
    earliest = example.get("earliest")
    return Search(
        window=window,
        length=example.get("length"),
        step=example.get("step"),
        buffer_before=buffer,
        buffer_after=buffer,
        gap=example.get("gap", 0),
        earliest=minute_floor(datetime.fromisoformat(earliest)) if earliest else window[0],
    )


def candidate(person: dict[str, Any], example: dict[str, Any]) -> Candidate[str]:
    levels = (person.get("constraints"), example.get("project"), example.get("request"))
    bookings = [interval(ends) for ends in person.get("bookings", [])]
    zone = find_zone(person["zone"])
    now = to_datetime(search(example).earliest)
    return Candidate(
        person["name"],
        zone,
        tuple(parse_constraints(level, now=now) for level in levels),
        [interval(ends) for ends in person.get("busy", [])] + bookings,
        bookings,
        closed(example, [start for start, _ in bookings], zone),
    )


def closed(example: dict[str, Any], starts: list[int], zone: Zone) -> Timeline:
    limits, window = parse_limits(example.get("limits")), interval(example["window"])
    of_project = [minute_floor(datetime.fromisoformat(each)) for each in
                  example.get("project_starts", [])]  # fmt: skip
    full = full_periods(limits.resource, starts, zone, window)
    full += full_periods(limits.project, of_project, zone, window)
    return merge((start, end) for start, end, _ in full)


def written(slot: Slot[str], zone: Zone) -> str:
    start, end = (zone.iso(minute).replace(":00+", "+").replace(":00-", "-")
                  for minute in (slot.start, slot.end))  # fmt: skip
    return f"{start} - {end} {' '.join(slot.resource_ids)}"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path: Path) -> None:
    example = tomllib.loads(path.read_text())
    assert set(example) <= KEYS
    found = find_slots(
        search(example),
        [candidate(person, example) for person in example["people"]],
        Mode(example.get("mode", "roundrobin_prioritized")),
        shuffle=lambda those: those.reverse(),
    )
    lines = [written(slot, find_zone(example["zone"])) for slot in found]
    if "slots" in example:
        assert lines == example["slots"], example["story"]
    else:
        assert len(lines) == example["count"], example["story"]
        assert [line for line in lines if line in example["some"]] == example["some"]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 20
