"""The days of all-day events: those that are written, wherever their resource is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from slotkeeper.domain.calendar import Event
from slotkeeper.domain.timestamps import instant_at
from slotkeeper.domain.zones import Zone, minute_floor, to_datetime
from slotkeeper.services import repeating
from slotkeeper.storage import events
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class Written:
    """A date, or date and time, that was written without an offset.

    ``moment`` is what it means for an event with a clock. An all-day event has none: its
    dates are the local days of its resource, and ``wall`` is what was written.
    """

    wall: datetime
    moment: datetime


def settled(columns: Mapping[str, Any], *, home: Zone | None) -> dict[str, Any]:
    """Return columns of an event with every ``Written`` in them as an instant.

    ``home`` is the zone of the resource for an all-day event, else None.
    """
    return {name: _settled(value, home) for name, value in columns.items()}


def _settled(value: Any, home: Zone | None) -> Any:
    if isinstance(value, list):
        return [_settled(each, home) for each in value]
    if not isinstance(value, Written):
        return value
    if home is None:
        return value.moment
    return instant_at(value.wall.date(), value.wall.time(), home.info)


async def follow_zone(
    tx: Transaction, app_id: UUID, resource_id: UUID, *, old: Zone, new: Zone
) -> None:
    """Move the all-day events of a resource to the same days in the zone it has now.

    A holiday on the seventh of May stays one: dates without a zone are the local days of the
    resource, wherever it goes.
    """
    found = await events.all_day_of(tx, app_id, resource_id)
    await events.move_days(
        tx, app_id, {event.id: _columns(event, old=old, new=new) for event in found}
    )
    series = [event.id for event in found if event.repeats]
    await keep_replacing(tx, app_id, series, old=old, new=new)


async def keep_replacing(
    tx: Transaction, app_id: UUID, series_ids: Sequence[UUID], *, old: Zone, new: Zone
) -> None:
    """Let what replaces a day of all-day series replace the same day in another zone."""
    replaced = await events.replacements_of(tx, app_id, series_ids) if series_ids else {}
    moved = {each: same_day(moment, old=old, new=new) for each, moment in replaced.items()}
    await events.move_replaced(tx, app_id, moved)


def same_days(event: Event, *, old: Zone, new: Zone) -> dict[str, Any]:
    """Return the instants of an all-day event when its days are those of another clock."""
    return {
        "start_at": same_day(event.start_at, old=old, new=new),
        "end_at": same_day(event.end_at, old=old, new=new),
        "rdate": [same_day(each, old=old, new=new) for each in event.rdate],
        "exdate": [same_day(each, old=old, new=new) for each in event.exdate],
    }


def same_day(moment: datetime, *, old: Zone, new: Zone) -> datetime:
    """Return when the day begins in ``new`` that it is in ``old`` at that moment."""
    return to_datetime(new.day_start(old.day_of(minute_floor(moment))))


def _columns(event: Event, *, old: Zone, new: Zone) -> dict[str, Any]:
    moved = same_days(event, old=old, new=new)
    if not event.repeats:
        return {**moved, "last_at": None}
    return repeating.columns_of_series({**asdict(event), **moved}, zone=new)
