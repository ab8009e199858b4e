"""Search for free time: load rules and busy time, let the domain decide."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import orjson

from slotkeeper.domain.availability import (
    Candidate,
    Search,
    free_time,
    pieces_at_most,
    read_window,
)
from slotkeeper.domain.constraints import Constraints, parse_constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.slot_policy import SlotPolicy, is_true, merged, output_zone, slot_policy
from slotkeeper.domain.slots import Mode, Slot, slots_at_most
from slotkeeper.domain.slots import find_slots as slots_of
from slotkeeper.domain.zones import Zone, find_zone, minute_ceil, minute_floor
from slotkeeper.services import app_limits, balance, enforcement, limits, projects, resources
from slotkeeper.services.busy import busy_times
from slotkeeper.storage.transaction import Transaction

Shuffle = Callable[[list[Candidate[UUID]]], None]
Found = TypeVar("Found")
Settings = Mapping[str, object]
Amend = Callable[[Settings, Zone], Settings]

RESOURCES_MAX = 1000
"""The most resources that one search may name."""

SLOTS_MAX = 5_000_000
"""The most slots that one search may look at: those of all its resources, were all time free.

Everybody has the public key; a search by the minute for a thousand people over half a year
would keep a processor for minutes.
"""

SHORT_MAX = 100_000
"""The most slots and pieces that a search looks at without leaving the thread of the server:
some twenty milliseconds.
"""

PIECES_MAX = 5_000_000
"""The most pieces of time that the constraints of one search may cut, for all its resources."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search as it was asked: nothing in it is understood or checked yet.

    ``settings`` holds the keys of a project's ``availability``; ``resource_ids`` None means
    those of the project; without an ``output_timezone`` the answer is in ``fallback_zone``,
    else in UTC.
    """

    project_id: UUID | None = None
    resource_ids: Sequence[UUID] | None = None
    constraints: object = None
    settings: Mapping[str, object]
    fallback_zone: Zone | None = None
    input_format: str | None = None
    within: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A query that was understood: its project, if it names one, and all that counts.

    ``settings`` are those of the query over those of the project; ``policy`` is what they
    mean; ``zone`` is that of the answer.
    """

    query: Query
    project: Project | None
    settings: Mapping[str, object]
    zone: Zone
    policy: SlotPolicy
    constraints: Constraints


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Whom a question is about, in the order of their priority."""

    resources: Mapping[UUID, Resource]
    candidates: Sequence[Candidate[UUID]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The slots on offer, the resources they name, and the zone to show them in.

    ``until`` is the minute at which the search ended, whatever is free; None where there was
    none.
    """

    slots: Sequence[Slot[UUID]]
    resources: Mapping[UUID, Resource]
    zone: Zone
    until: int | None = None


async def find_slots(
    tx: Transaction, app_id: UUID, query: Query, *, shuffle: Shuffle | None
) -> Answer:
    """Return every slot that the query allows, in order of time.

    What the query names counts before what its project says; constraints of resource,
    project and query must all hold. ``query.within`` narrows the answer to slots of that
    interval without moving the grid on which they lie. Reads each resource's busy time
    once, whatever the number of resources.
    """
    question = await understand(tx, app_id, query)
    found = await gather(tx, app_id, question)
    policy = question.policy
    candidates = await balance.in_turn(tx, app_id, found.candidates, policy.mode)
    slots = await computed(
        policy.search,
        candidates,
        lambda: slots_of(policy.search, candidates, policy.mode, shuffle=shuffle),
    )
    if query.within is not None:
        start, end = query.within
        slots = [slot for slot in slots if slot.start >= start and slot.start < end]
    until = policy.search.window[1]
    return Answer(slots=slots, resources=found.resources, zone=question.zone, until=until)


async def computed(
    search: Search, candidates: Sequence[Candidate[UUID]], work: Callable[[], Found]
) -> Found:
    """Return what ``work`` finds; a long search is done in a thread.

    So the other requests of this process are answered meanwhile; a short one would lose more
    by the change of threads than it keeps others waiting.
    """
    size = slots_at_most(search) * len(candidates) + pieces_at_most(search, candidates)
    return work() if size <= SHORT_MAX else await asyncio.to_thread(work)


async def understand(
    tx: Transaction, app_id: UUID, query: Query, *, amend: Amend | None = None
) -> Question:
    """Return what a query means beside what its project says; refuse what makes no sense.

    ``amend`` may change the settings before they are read, for questions in which a word of
    them means something else.
    """
    project = await projects.get(tx, app_id, query.project_id) if query.project_id else None
    settings: Settings = merged(project.availability if project else {}, query.settings)
    zone = output_zone(settings, query.fallback_zone)
    if amend is not None:
        settings = amend(settings, zone)
    policy = slot_policy(settings, now=tx.now, zone=zone, input_format=query.input_format)
    return Question(
        query=query,
        project=project,
        settings=settings,
        zone=zone,
        policy=await app_limits.over(tx, app_id, policy),
        constraints=parse_constraints(
            query.constraints, path="constraints", now=tx.now, input_format=query.input_format
        ),
    )


async def gather(tx: Transaction, app_id: UUID, question: Question) -> Gathered:
    """Read whom a question is about: their rules, and their busy time once for all of them."""
    found = await _resources(tx, app_id, question.query, question.project)
    if slots_at_most(question.policy.search) * len(found) > SLOTS_MAX:
        message = f"The search looks at more than {SLOTS_MAX} slots; ask for less time at once."
        raise InvalidInput({"to": [message]})
    candidates = await _candidates(
        tx, app_id, found, question.project, question.constraints, question.policy
    )
    if pieces_at_most(question.policy.search, candidates) > PIECES_MAX:
        message = f"The constraints cut more than {PIECES_MAX} pieces; ask for less time at once."
        raise InvalidInput({"to": [message]})
    return Gathered(resources={each.id: each for each in found}, candidates=candidates)


async def find_free(
    tx: Transaction,
    app_id: UUID,
    project: Project,
    wanted: Interval,
    *,
    zone_name: str | None,
    shuffle: Shuffle,
) -> list[list[UUID]]:
    """Return who of a project could serve all of ``wanted``, being open and free then.

    Each is a resource by itself, in the order in which they should get the booking: shuffled
    where the project says random, by their turn where it says balanced, else by priority.
    With ``mutual`` it is all of them together, if all are free. Notice, horizon, buffers, gap
    and limits count where the project enforces them; ``zone_name`` is that of the customer.
    """
    found = await _resources(tx, app_id, Query(settings={}), project)
    policy = _policy_of(project, wanted)
    if enforcement.is_enforced(project):
        enforced = enforcement.policy_for(project, wanted, now=tx.now, zone_name=zone_name)
        if enforced is None:
            return []
        policy = enforced
    mode = policy.mode
    candidates = await _candidates(tx, app_id, found, project, Constraints(), policy)
    if mode is Mode.ROUNDROBIN_RANDOM:
        shuffle(candidates)
    candidates = await balance.in_turn(tx, app_id, candidates, mode)
    free = [each for each in candidates if free_time(policy.search, each) == [wanted]]
    ids = [candidate.resource_id for candidate in free]
    if mode is Mode.MUTUAL:
        return [ids] if ids and len(free) == len(candidates) else []
    return [[each] for each in ids]


async def is_open(
    tx: Transaction,
    app_id: UUID,
    project: Project,
    wanted: Interval,
    *,
    resource_id: UUID,
    zone_name: str | None,
) -> bool:
    """Tell whether all rules of a project leave a resource open for all of ``wanted``.

    It stays true until the transaction ends: whoever books by rules that count the same
    bookings waits. ``zone_name`` is that of the customer.
    """
    policy = enforcement.policy_for(project, wanted, now=tx.now, zone_name=zone_name)
    if policy is None:
        return False
    await enforcement.lock(tx, app_id, resource_id, project)
    resource = await resources.get(tx, app_id, resource_id)
    candidates = await _candidates(tx, app_id, [resource], project, Constraints(), policy)
    return all(free_time(policy.search, each) == [wanted] for each in candidates)


def ignores_all_day_events(project: Project) -> bool:
    """Tell whether all-day events stand in nobody's way in the searches of a project."""
    return is_true(project.availability.get("ignore_all_day_events"))


def minutes_of(start: datetime, end: datetime) -> Interval:
    """Return the whole minutes that [start, end) touches."""
    return minute_floor(start), minute_ceil(end)


def _policy_of(project: Project, wanted: Interval) -> SlotPolicy:
    """Return how the resources of a project share a booking of ``wanted``.

    Nothing else of its search is read: a window that has passed by now says that nothing is
    offered any more, not that nothing may be booked.
    """
    stored = project.availability.get("mode")
    return SlotPolicy(
        mode=Mode(str(stored).lower()) if stored is not None else Mode.ROUNDROBIN_RANDOM,
        search=Search(window=wanted, length=None, step=None, earliest=wanted[0]),
        ignore_all_day_events=ignores_all_day_events(project),
    )


async def _resources(
    tx: Transaction, app_id: UUID, query: Query, project: Project | None
) -> list[Resource]:
    if query.resource_ids is None and project is not None:
        found = await projects.resources_of(tx, app_id, project.id)
        _check_number(len(found))
        return found
    wanted = query.resource_ids or ()
    _check_number(len(wanted))
    return list((await resources.get_all(tx, app_id, list(dict.fromkeys(wanted)))).values())


def _check_number(count: int) -> None:
    if not count:
        raise InvalidInput({"resources": ["The resources field is required."]})
    if count > RESOURCES_MAX:
        message = f"The resources may not have more than {RESOURCES_MAX} items."
        raise InvalidInput({"resources": [message]})


async def _candidates(
    tx: Transaction,
    app_id: UUID,
    found: Sequence[Resource],
    project: Project | None,
    asked: Constraints,
    policy: SlotPolicy,
) -> list[Candidate[UUID]]:
    shared = [asked]
    if project is not None:
        shared.append(parse_constraints(project.availability_constraints, now=tx.now))
    busy = await busy_times(
        tx,
        app_id,
        [resource.id for resource in found],
        read_window(policy.search),
        ignore_all_day=policy.ignore_all_day_events,
    )
    candidates = [
        Candidate(
            resource_id=resource.id,
            zone=find_zone(resource.timezone),
            levels=(rules, *shared),
            busy=taken,
        )
        for resource, rules, taken in zip(found, _rules_of(found, tx.now), busy, strict=True)
    ]
    return await limits.with_rules(tx, app_id, candidates, policy, project)


def _rules_of(found: Sequence[Resource], now: datetime) -> Iterator[Constraints]:
    """Yield the rules of each resource; those that many have alike are read once."""
    known: dict[bytes, Constraints] = {}
    for resource in found:
        text = orjson.dumps(resource.availability_constraints)
        if text not in known:
            known[text] = parse_constraints(resource.availability_constraints, now=now)
        yield known[text]
