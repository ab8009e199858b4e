"""Why there is no slot: the search for free time, with a reason for all that it leaves out."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain import explain as causes
from slotkeeper.domain.availability import Candidate, gap_window, read_window
from slotkeeper.domain.constraints import Constraints, parse_constraints
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.explain import REASONS_MAX, Explanation, Held, Named, too_much
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.phrases import NotUnderstood, parse_instant
from slotkeeper.domain.reasons import Entry, Holder, Level
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.slots import Mode
from slotkeeper.domain.slots import find_slots as slots_of
from slotkeeper.domain.verdict import Person, Verdict, verdict
from slotkeeper.domain.zones import Zone, minute_floor
from slotkeeper.services import availability, limits
from slotkeeper.services.availability import Gathered, Query, Question
from slotkeeper.services.busy import occurrences_of
from slotkeeper.storage.explain import held_times
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The window of a search, taken apart for each resource, and what is said of an instant."""

    window: Interval
    explanations: Sequence[Explanation[UUID]]
    resources: Mapping[UUID, Resource]
    slots_total: int
    verdict: Verdict | None
    zone: Zone


async def explain(
    tx: Transaction, app_id: UUID, query: Query, *, instant: object = None
) -> Explained:
    """Return, for each resource of a search, when it is open and why it is not.

    What is open is what the search offers of the resource when it wants no length.
    ``instant`` asks about one moment, as a timestamp or in words on the clock of the answer;
    empty asks about none. Refuses where the answer would name more than ``REASONS_MAX``
    reasons.
    """
    question = await availability.understand(tx, app_id, query)
    minute = _minute(tx, question, instant)
    found = await availability.gather(tx, app_id, question)
    explanations: list[Explanation[UUID]] = []
    left = REASONS_MAX
    for candidate, named in await _named(tx, app_id, question, found):
        made = causes.explain(question.policy.search, candidate, named, reasons_max=left)
        left -= sum(len(piece.reasons) for piece in made.closed)
        explanations.append(made)
    starts = _starts(question, found)
    return Explained(
        window=question.policy.search.window,
        explanations=explanations,
        resources=found.resources,
        slots_total=len(starts),
        verdict=None if minute is None else _verdict(minute, question, found, explanations, starts),
        zone=question.zone,
    )


def _minute(tx: Transaction, question: Question, instant: object) -> int | None:
    if instant is None or instant == "":
        return None
    try:
        moment = parse_instant(
            str(instant),
            now=tx.now,
            zone=question.zone.info,
            input_format=question.query.input_format,
        )
    except NotUnderstood as error:
        message = f"The instant is not a valid timestamp or relative time: {error.text}"
        raise InvalidInput.field("instant", message) from None
    return minute_floor(moment)


async def _named(
    tx: Transaction, app_id: UUID, question: Question, found: Gathered
) -> list[tuple[Candidate[UUID], Named]]:
    """Read what is known of the candidates of a search by name, beside each of them."""
    policy, project = question.policy, question.project
    held = await _held(tx, app_id, question, [each.resource_id for each in found.candidates])
    booked = await limits.read_booked(tx, app_id, found.candidates, policy, project)
    query = question.query
    shared = {Level.REQUEST: _apart(query.constraints, tx.now, input_format=query.input_format)}
    if project is not None:
        shared[Level.PROJECT] = _apart(project.availability_constraints, tx.now)
    named = []
    for candidate in found.candidates:
        resource = found.resources[candidate.resource_id]
        own, of_project = limits.full_of(candidate, policy, booked)
        names = Named(
            levels={Level.RESOURCE: _apart(resource.availability_constraints, tx.now), **shared},
            held=held[resource.id],
            full={Level.RESOURCE: own, Level.PROJECT: of_project},
            caps={Level.RESOURCE: policy.limits.resource, Level.PROJECT: policy.limits.project},
        )
        named.append((candidate, names))
    return named


def _apart(
    entries: object, now: datetime, *, input_format: str | None = None
) -> list[tuple[Entry, Constraints]]:
    """Return each entry of a level that was understood before, with what it says alone."""
    return [
        (entry, parse_constraints([entry], now=now, input_format=input_format))
        for entry in (entries if isinstance(entries, list) else [])
    ]


async def _held(
    tx: Transaction, app_id: UUID, question: Question, resource_ids: Sequence[UUID]
) -> Mapping[UUID, list[Held]]:
    search = question.policy.search
    ignore = question.policy.ignore_all_day_events
    starts, ends = zip(read_window(search), gap_window(search), strict=True)
    window = min(starts), max(ends)
    held = await held_times(
        tx, app_id, resource_ids, window, ignore_all_day=ignore, most=REASONS_MAX + 1
    )
    repeated = await occurrences_of(tx, app_id, resource_ids, window, ignore_all_day=ignore)
    if len(held) + len(repeated) > REASONS_MAX:
        raise too_much()
    for each in repeated:
        event = each.event
        holder = Holder.ALL_DAY_EVENT if event.all_day else Holder.EVENT
        held.append(Held(event.resource_id, holder, event.id, each.start, each.end))
    by_resource: defaultdict[UUID, list[Held]] = defaultdict(list)
    for row in held:
        by_resource[row.resource_id].append(row)
    return by_resource


def _starts(question: Question, found: Gathered) -> list[int]:
    """Return the starts of all slots on offer, in order; who serves them makes no difference."""
    policy = question.policy
    mode = Mode.MUTUAL if policy.mode is Mode.MUTUAL else Mode.EXCLUSIVE
    return [slot.start for slot in slots_of(policy.search, found.candidates, mode)]


def _verdict(
    minute: int,
    question: Question,
    found: Gathered,
    explanations: Sequence[Explanation[UUID]],
    starts: Sequence[int],
) -> Verdict:
    search = question.policy.search
    start, end = search.window
    people = [
        Person(
            found.resources[each.resource_id].name,
            candidate.zone,
            each.reasons_at(minute, search.window),
        )
        for each, candidate in zip(explanations, found.candidates, strict=True)
    ]
    return verdict(
        minute,
        people,
        starts,
        offered=(max(start, search.earliest), end),
        together=question.policy.mode is Mode.MUTUAL,
        fallback=question.zone,
    )
