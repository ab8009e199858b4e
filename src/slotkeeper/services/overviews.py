"""Questions about free time whose answer is not its slots: dates, how many, closed time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from slotkeeper.domain.overviews import closed_slots, open_dates, with_last_day
from slotkeeper.domain.zones import Zone
from slotkeeper.services import availability
from slotkeeper.services.availability import Answer, Query, Shuffle
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDate:
    """A date with at least one slot, and who serves one on it in order of priority."""

    on: date
    resource_ids: Sequence[UUID]


async def find_dates(tx: Transaction, app_id: UUID, query: Query) -> list[OpenDate]:
    """Return the dates on which at least one slot starts, ascending.

    An end of the search that names a day includes it. Every resource with a slot on a date
    is named, in whatever turn they would serve; with ``mutual`` all or none.
    """

    def amend(settings: availability.Settings, zone: Zone) -> availability.Settings:
        return with_last_day(settings, now=tx.now, zone=zone, input_format=query.input_format)

    question = await availability.understand(tx, app_id, query, amend=amend)
    found = await availability.gather(tx, app_id, question)
    search, mode = question.policy.search, question.policy.mode
    dates = await availability.computed(
        search, found.candidates, lambda: open_dates(search, found.candidates, mode)
    )
    return [OpenDate(on=on, resource_ids=resource_ids) for on, resource_ids in dates]


async def count_slots(tx: Transaction, app_id: UUID, query: Query, *, shuffle: Shuffle) -> int:
    """Return how many slots the search itself would list."""
    return len((await availability.find_slots(tx, app_id, query, shuffle=shuffle)).slots)


async def find_closed(tx: Transaction, app_id: UUID, query: Query) -> Answer:
    """Return when the resources cannot be had: the window of the search without free time."""
    question = await availability.understand(tx, app_id, query)
    found = await availability.gather(tx, app_id, question)
    search = question.policy.search
    closed = await availability.computed(
        search, found.candidates, lambda: closed_slots(search, found.candidates)
    )
    return Answer(
        slots=closed, resources=found.resources, zone=question.zone, until=search.window[1]
    )
