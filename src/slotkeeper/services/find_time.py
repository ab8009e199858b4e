"""The older search for time: when everybody named is free, within filters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from slotkeeper.domain.availability import read_window
from slotkeeper.domain.errors import InvalidInput, NotFound
from slotkeeper.domain.filters import Filters, parse_filters, phrases
from slotkeeper.domain.find_time import FindTime, Order, find_time, times
from slotkeeper.domain.interval import Interval, intersect_all
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import Zone, find_zone
from slotkeeper.services import calendars, filter_collections, resources
from slotkeeper.services.availability import RESOURCES_MAX
from slotkeeper.services.busy import busy_times, occurrences_in_calendars
from slotkeeper.storage.calendar_busy import calendar_busy_times
from slotkeeper.storage.transaction import Transaction

QUERIES_MAX = 50
"""The most queries that one request for several of them may bring."""

SLOTS_MAX = 200_000
"""The most slots in the answer to several queries."""

Shuffle = Callable[[list[int]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """One search as it was asked: nothing in it is understood or checked yet.

    Whoever is named in any of the three ways must be free: resources with all their
    calendars, by id or by e-mail address, and single calendars. ``zone`` is that of the
    request.
    """

    resource_ids: Sequence[UUID] = ()
    emails: Sequence[str] = ()
    calendar_ids: Sequence[UUID] = ()
    filters: object = None
    collection_id: UUID | None = None
    settings: Mapping[str, object]
    zone: Zone
    input_format: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Somebody whom a query is about, and which of their calendars."""

    resource: Resource
    calendar_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class TeamSlot:
    """A slot, and everybody who is free for it, in the order in which they were named."""

    start: int
    end: int
    members: Sequence[Member]


@dataclass(frozen=True, slots=True)
class _Named:
    """Whom a query names: resources whole, and calendars alone."""

    whole: Mapping[UUID, Resource]
    owners: Mapping[UUID, Resource] = field(default_factory=dict)
    """The owner of each calendar that counts alone, by its id."""

    @property
    def zone(self) -> Zone:
        """Return the zone of whoever is named first."""
        return find_zone(next(iter([*self.whole.values(), *self.owners.values()])).timezone)


async def find(
    tx: Transaction, app_id: UUID, query: Query, *, shuffle: Shuffle
) -> Sequence[Interval]:
    """Return the slots in which all that the query names are free, in the order it wants."""
    return await _slots(tx, app_id, query, await _named(tx, app_id, query), shuffle)


async def find_bulk(
    tx: Transaction, app_id: UUID, queries: Sequence[Query], *, shuffle: Shuffle
) -> list[Sequence[Interval]]:
    """Return the slots of each query, in the order of the queries."""
    found: list[Sequence[Interval]] = []
    for index, query in enumerate(queries):
        with _named_in_refusals(f"queries.{index}"):
            found.append(await find(tx, app_id, query, shuffle=shuffle))
        _check_size(found, "queries")
    return found


async def find_team(
    tx: Transaction, app_id: UUID, queries: Sequence[Query], *, shuffle: Shuffle
) -> list[TeamSlot]:
    """Return every slot of any query with all who are free for it.

    In order of time; backwards where the first query asks for that.
    """
    found: list[Sequence[Interval]] = []
    free: dict[Interval, dict[UUID, Member]] = {}
    for index, query in enumerate(queries):
        with _named_in_refusals(f"users.{index}"):
            named = await _named(tx, app_id, query)
            found.append(await _slots(tx, app_id, query, named, shuffle))
        _check_size(found, "users")
        members = await _members(tx, app_id, named)
        for interval in found[-1]:
            mine = free.setdefault(interval, {})
            for member in members:
                mine.setdefault(member.resource.id, member)
    is_backwards = str(queries[0].settings.get("sort")).lower() == Order.DESC
    ordered = sorted(free, reverse=is_backwards)
    return [TeamSlot(*interval, tuple(free[interval].values())) for interval in ordered]


async def _slots(
    tx: Transaction, app_id: UUID, query: Query, named: _Named, shuffle: Shuffle
) -> list[Interval]:
    wanted = find_time(query.settings, now=tx.now, zone=query.zone, input_format=query.input_format)
    filters = await _filters(tx, app_id, query)
    window = wanted.search.window
    open_time = intersect_all([each.open_time(window, named.zone) for each in filters])
    busy = await _busy(tx, app_id, named, wanted)
    slots = times(wanted, open_time, busy, named.zone)
    for each in filters:
        slots = each.chosen(slots, shuffle)
    return slots


async def _named(tx: Transaction, app_id: UUID, query: Query) -> _Named:
    """Find whom the query names; refuse nobody, too many, and who does not exist."""
    count = len(query.resource_ids) + len(query.emails) + len(query.calendar_ids)
    if not count:
        raise InvalidInput({"resource_ids": ["The resource_ids field is required."]})
    if count > RESOURCES_MAX:
        message = f"The resource_ids may not have more than {RESOURCES_MAX} items."
        raise InvalidInput({"resource_ids": [message]})
    whole: dict[UUID, Resource] = {}
    if query.resource_ids:
        whole |= await resources.get_all(tx, app_id, list(dict.fromkeys(query.resource_ids)))
    if query.emails:
        by_email = await resources.get_by_emails(tx, app_id, list(query.emails))
        whole |= {each.id: each for each in by_email if each.id not in whole}
    return _Named(whole, await _owners(tx, app_id, query.calendar_ids))


async def _owners(
    tx: Transaction, app_id: UUID, calendar_ids: Sequence[UUID]
) -> dict[UUID, Resource]:
    if not calendar_ids:
        return {}
    found = await calendars.find_all(tx, app_id, list(calendar_ids))
    if len(found) < len(set(calendar_ids)):
        raise NotFound("Calendar")
    owner_ids = list(dict.fromkeys(found[each].resource_id for each in calendar_ids))
    owners = await resources.get_all(tx, app_id, owner_ids)
    return {each: owners[found[each].resource_id] for each in calendar_ids}


async def _filters(tx: Transaction, app_id: UUID, query: Query) -> list[Filters]:
    """Return the filters that are kept, if the query names some, and its own behind them."""
    understand = phrases(now=tx.now, zone=query.zone, input_format=query.input_format)
    filters = [parse_filters(query.filters, understand=understand)]
    if query.collection_id is not None:
        kept = await filter_collections.get(tx, app_id, query.collection_id)
        path = "filtercollection_id"
        filters.insert(0, parse_filters(kept.as_sent(), path=path, understand=understand))
    return filters


async def _busy(tx: Transaction, app_id: UUID, named: _Named, wanted: FindTime) -> list[Interval]:
    """Return the busy time of everybody together."""
    window, ignore = read_window(wanted.search), wanted.ignore_all_day_events
    found = await busy_times(tx, app_id, list(named.whole), window, ignore_all_day=ignore)
    busy = [interval for of_one in found for interval in of_one]
    for read in (calendar_busy_times, occurrences_in_calendars) if named.owners else ():
        busy += await read(tx, app_id, list(named.owners), window, ignore_all_day=ignore)
    return busy


async def _members(tx: Transaction, app_id: UUID, named: _Named) -> list[Member]:
    of = await calendars.of_resources(tx, app_id, list(named.whole))
    members = [
        Member(resource=resource, calendar_ids=[each.id for each in of[resource.id]])
        for resource in named.whole.values()
    ]
    alone: dict[UUID, list[UUID]] = {}
    for calendar_id, owner in named.owners.items():
        alone.setdefault(owner.id, []).append(calendar_id)
    owners = {owner.id: owner for owner in named.owners.values()}
    return members + [
        Member(resource=owners[owner_id], calendar_ids=calendar_ids)
        for owner_id, calendar_ids in alone.items()
        if owner_id not in named.whole
    ]


def _check_size(found: Sequence[Sequence[Interval]], path: str) -> None:
    if sum(map(len, found)) > SLOTS_MAX:
        message = f"The {path} may not find more than {SLOTS_MAX} slots together."
        raise InvalidInput({path: [message]})


@contextmanager
def _named_in_refusals(path: str) -> Iterator[None]:
    """Name the query that was refused in the name of each field."""
    try:
        yield
    except InvalidInput as refusal:
        errors = {f"{path}.{name}": messages for name, messages in refusal.errors.items()}
        raise InvalidInput(errors) from refusal
