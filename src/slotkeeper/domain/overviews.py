"""What a search finds, told otherwise: the dates that have a slot, the time that has none."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from slotkeeper.domain.availability import Candidate, Id, Search, free_time
from slotkeeper.domain.interval import Interval, Timeline, complement, intersect_all
from slotkeeper.domain.phrases import NotUnderstood, is_relative, parse_instant
from slotkeeper.domain.slot_policy import DEFAULTS, HORIZON
from slotkeeper.domain.slots import Mode, Slot, cut
from slotkeeper.domain.zones import Zone, minute_floor, to_datetime

_DATE = re.compile(r"\s*\d{4}-\d\d-\d\d\s*", re.ASCII)
_OF_A_CLOCK = re.compile(r"now|noon|midnight|hour|min|sec|[ap]m|:")


def open_dates(
    search: Search, candidates: Sequence[Candidate[Id]], mode: Mode
) -> list[tuple[date, list[Id]]]:
    """Return each date on which a slot starts, with all who could serve one on it.

    The date is what the calendar of each candidate shows, so that one slot may lie on two.
    A free interval of a search without a length counts for every date it touches. Only
    ``mutual`` among the modes makes a difference: then all must be free at once. Dates
    ascend; names come in the order of the candidates.
    """
    free = [free_time(search, candidate) for candidate in candidates]
    if free and mode is Mode.MUTUAL:
        free = [intersect_all(free)] * len(free)
    found: dict[int, list[Id]] = {}
    for candidate, timeline in zip(candidates, free, strict=True):
        for day in _days(timeline, search, candidate.zone):
            found.setdefault(day, []).append(candidate.resource_id)
    return [(date.fromordinal(day), found[day]) for day in sorted(found)]


def closed_slots(search: Search, candidates: Sequence[Candidate[Id]]) -> list[Slot[Id]]:
    """Return when somebody cannot be had, as the longest such intervals, by start, then end.

    It is the window of the search without free time: what is closed, busy, within a buffer
    or past. Each interval names those for whom it is exactly that, in their order.
    """
    whole = replace(search, length=None)
    closed: dict[Interval, list[Id]] = {}
    for candidate in candidates:
        free = list(cut(free_time(whole, candidate), whole))
        for interval in complement(free, search.window):
            closed.setdefault(interval, []).append(candidate.resource_id)
    return [Slot(*interval, tuple(closed[interval])) for interval in sorted(closed)]


def with_last_day(
    settings: Mapping[str, object], *, now: datetime, zone: Zone, input_format: str | None
) -> Mapping[str, object]:
    """Return the settings of a search for dates: an end that names a day includes that day.

    So the API documentation counts: a week from Friday the 10th ends with Friday the 17th,
    at whatever hour it is asked. An end with a time of day, and one too far away, stay.
    """
    text = str(settings.get("to", DEFAULTS["to"]))
    if not names_a_day(text):
        return settings
    try:
        end = parse_instant(text, now=now, zone=zone.info, input_format=input_format)
    except NotUnderstood:
        return settings  # whoever reads the settings refuses it by name
    horizon = parse_instant(HORIZON, now=now, zone=zone.info)
    if end > horizon:
        return settings
    day_end = to_datetime(zone.day_start(zone.day_of(minute_floor(end)) + 1))
    return {**settings, "to": min(day_end, horizon).isoformat()}


def names_a_day(text: str) -> bool:
    """Tell whether ``text`` says a day and no time of it.

    >>> names_a_day("2 weeks"), names_a_day("2030-05-06"), names_a_day("monday 10:00")
    (True, True, False)
    """
    if _DATE.fullmatch(text):
        return True
    return is_relative(text) and not _OF_A_CLOCK.search(text.lower())


def _days(free: Timeline, search: Search, zone: Zone) -> set[int]:
    slots = cut(free, search)
    if search.length is not None:
        return {zone.day_of(start) for start, _ in slots}
    return {
        day for start, end in slots for day in range(zone.day_of(start), zone.day_of(end - 1) + 1)
    }
