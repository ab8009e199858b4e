"""The rules of a booking window that look at bookings: limits, and the gap between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from slotkeeper.domain.availability import Candidate, gap_window
from slotkeeper.domain.interval import Interval, merge
from slotkeeper.domain.limits import Caps, Full, counted_window, full_periods
from slotkeeper.domain.project import Project
from slotkeeper.domain.slot_policy import SlotPolicy
from slotkeeper.storage import limits as stored
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What counts: the bookings of each resource, and the starts of those of the project."""

    of_resource: Mapping[UUID, Sequence[Interval]]
    starts_of_project: Sequence[int]


async def with_rules(
    tx: Transaction,
    app_id: UUID,
    candidates: list[Candidate[UUID]],
    policy: SlotPolicy,
    project: Project | None,
) -> list[Candidate[UUID]]:
    """Return the candidates with what the gap and the limits of a search need to know.

    Nothing is read, and the candidates come back as they are, where the search has neither.
    """
    caps = policy.limits
    if not (candidates and (policy.search.gap or caps.resource or caps.project)):
        return candidates
    booked = await read_booked(tx, app_id, candidates, policy, project)
    return [
        replace(
            candidate,
            bookings=booked.of_resource[candidate.resource_id] if policy.search.gap else (),
            closed=merge(
                (start, end)
                for full in full_of(candidate, policy, booked)
                for start, end, _ in full
            ),
        )
        for candidate in candidates
    ]


async def read_booked(
    tx: Transaction,
    app_id: UUID,
    candidates: Sequence[Candidate[UUID]],
    policy: SlotPolicy,
    project: Project | None,
) -> Booked:
    """Read the bookings that gap and limits look at; one statement for each of the two kinds.

    Read over whole periods of the calendar of every candidate. Without a project, or a limit
    of one, there are no starts of it.
    """
    of_resource: Mapping[UUID, Sequence[Interval]] = {}
    starts: Sequence[int] = ()
    search, caps = policy.search, policy.limits
    if search.gap or caps.resource:
        window = _hull([gap_window(search), _counted(caps.resource, candidates, search.window)])
        ids = [candidate.resource_id for candidate in candidates]
        booked = await stored.booked_times(tx, app_id, ids, window)
        of_resource = dict(zip(ids, booked, strict=True))
    if project is not None and caps.project:
        window = _counted(caps.project, candidates, search.window)
        starts = await stored.starts_of_project(tx, app_id, project.id, window)
    return Booked(of_resource=of_resource, starts_of_project=starts)


def full_of(
    candidate: Candidate[UUID], policy: SlotPolicy, booked: Booked
) -> tuple[list[Full], list[Full]]:
    """Return the periods that are full for a candidate: by its own bookings, by the project's.

    Both are counted on the clock of the candidate.
    """
    window, caps = policy.search.window, policy.limits
    own = [start for start, _ in booked.of_resource.get(candidate.resource_id, ())]
    return (
        full_periods(caps.resource, own, candidate.zone, window),
        full_periods(caps.project, booked.starts_of_project, candidate.zone, window),
    )


def _counted(caps: Caps, candidates: Sequence[Candidate[UUID]], window: Interval) -> Interval:
    """Return the window with the whole periods of every zone in it."""
    zones = {candidate.zone.name: candidate.zone for candidate in candidates}
    return _hull([counted_window(caps, zone, window) for zone in zones.values()])


def _hull(windows: Sequence[Interval]) -> Interval:
    starts, ends = zip(*windows, strict=True)
    return min(starts), max(ends)
