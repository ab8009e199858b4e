"""Busy time, complete: what is stored, and each occurrence of what repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.calendar import RepeatingEvent
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval, merge
from slotkeeper.domain.recurrence import Series, occurrences
from slotkeeper.domain.rrule import parse_rule
from slotkeeper.domain.zones import DAY, find_zone, minute_ceil, minute_floor, to_datetime
from slotkeeper.storage import busy, events
from slotkeeper.storage.transaction import Transaction

MERGED_DAYS_MAX = 366
"""The longest time of which the busy time of somebody is told."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One time at which an event that repeats takes time: whole minutes, half-open."""

    event: RepeatingEvent
    start: int
    end: int


async def busy_times(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> list[list[Interval]]:
    """Return the busy time of each resource within ``window``, in the order of the ids.

    Minutes since the epoch, half-open, clipped to the window, unsorted and overlapping as
    they come. ``except_booking`` leaves out what that booking holds.
    """
    times, repeats = await busy.busy_times(
        tx,
        app_id,
        resource_ids,
        window,
        ignore_all_day=ignore_all_day,
        except_booking=except_booking,
    )
    if not repeats:
        return times
    of: dict[UUID, list[Interval]] = {each: [] for each in resource_ids}
    for each in await occurrences_of(
        tx, app_id, resource_ids, window, ignore_all_day=ignore_all_day
    ):
        of[each.event.resource_id].append(_clipped(each, window))
    return [stored + of[each] for each, stored in zip(resource_ids, times, strict=True)]


async def merged_times(
    tx: Transaction, app_id: UUID, resource_id: UUID, *, start: datetime, end: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when a resource is busy within [start, end), clipped to it.

    In order, and never two that touch: nobody can tell from it what the time is taken for.
    """
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    window = (minute_floor(start), minute_ceil(end))
    if window[1] - window[0] > MERGED_DAYS_MAX * DAY:
        message = f"The end may not be more than {MERGED_DAYS_MAX} days after start."
        raise InvalidInput({"end": [message]})
    (found,) = await busy_times(tx, app_id, [resource_id], window)
    return [(to_datetime(begin), to_datetime(ends)) for begin, ends in merge(found)]


async def is_blocked(
    tx: Transaction,
    app_id: UUID,
    resource_id: UUID,
    *,
    start: datetime,
    end: datetime,
    ignore_all_day: bool = False,
    except_booking: UUID | None = None,
) -> bool:
    """Tell whether something that the exclusion constraint does not see takes the time.

    That is a busy event of the owner, each occurrence of one that repeats, or a booking that
    was made to overlap others.
    """
    blocked, repeats = await busy.is_blocked(
        tx,
        app_id,
        resource_id,
        start=start,
        end=end,
        ignore_all_day=ignore_all_day,
        except_booking=except_booking,
    )
    if blocked or not repeats:
        return blocked
    found = await events.list_repeating(
        tx, app_id, after=start, resource_ids=[resource_id], ignore_all_day=ignore_all_day
    )
    wanted = (minute_floor(start), minute_ceil(end))
    return any(True for each in found for _ in occurrences(series_of(each), wanted))


async def occurrences_of(
    tx: Transaction,
    app_id: UUID,
    resource_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
) -> list[Occurrence]:
    """Return what keeps the resources busy again and again, each occurrence whole."""
    found = await events.list_repeating(
        tx,
        app_id,
        after=to_datetime(window[0]),
        resource_ids=resource_ids,
        ignore_all_day=ignore_all_day,
    )
    return _expanded(found, window)


async def occurrences_in_calendars(
    tx: Transaction,
    app_id: UUID,
    calendar_ids: Sequence[UUID],
    window: Interval,
    *,
    ignore_all_day: bool = False,
) -> list[Interval]:
    """Return what keeps single calendars busy again and again, clipped to the window."""
    found = await events.list_repeating(
        tx,
        app_id,
        after=to_datetime(window[0]),
        calendar_ids=calendar_ids,
        ignore_all_day=ignore_all_day,
    )
    return [_clipped(each, window) for each in _expanded(found, window)]


def series_of(event: RepeatingEvent, *, complete: bool = False) -> Series:
    """Return the series that a stored event means; ``complete`` leaves nothing out of it."""
    without = () if complete else event.without
    return Series(
        start=minute_floor(event.start_at),
        end=minute_ceil(event.end_at),
        all_day=event.all_day,
        zone=find_zone(event.zone_name),
        rule=parse_rule(event.rrule) if event.rrule is not None else None,
        more=tuple(minute_floor(each) for each in event.rdate),
        without=frozenset(minute_floor(each) for each in without),
    )


def _expanded(found: Sequence[RepeatingEvent], window: Interval) -> list[Occurrence]:
    return [
        Occurrence(event, start, end)
        for event in found
        for start, end in occurrences(series_of(event), window)
    ]


def _clipped(occurrence: Occurrence, window: Interval) -> Interval:
    return max(occurrence.start, window[0]), min(occurrence.end, window[1])
