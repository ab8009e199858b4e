"""Feeds: what a resource or a project has in store, for calendar programs that subscribe."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from slotkeeper.domain.zones import Zone

OF_ONE_MAX = 100
"""How many feeds a resource, or a project, can have."""

ENTRIES_MAX = 10_000
"""How many bookings one feed shows; of more, those that begin last."""

BACK = timedelta(days=90)
"""How far into the past a feed reaches."""

AHEAD = timedelta(days=731)
"""How far into the future a feed reaches: two years."""


class Details(StrEnum):
    """How much a feed tells: everything, or only when time is taken."""

    FULL = "full"
    BUSY = "busy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """An address at which one resource's or one project's time can be read, without its secret.

    Of ``resource_id`` and ``project_id`` one is None. ``last_read_at`` is exact to the minute.
    """

    id: UUID
    resource_id: UUID | None
    project_id: UUID | None
    details: Details
    created_at: datetime
    last_read_at: datetime | None

    @property
    def is_busy_only(self) -> bool:
        """Tell whether it shows taken time and nothing about it."""
        return self.details is Details.BUSY


@dataclass(frozen=True, slots=True, kw_only=True)
class Replaced:
    """The start of one occurrence of an entry that repeats, as that entry tells its starts."""

    start_at: datetime
    zone: Zone
    all_day: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a feed over the interval [start_at, end_at).

    ``changed_at`` is when what it shows was changed last. An entry that takes no time is not
    ``is_busy``. An all-day entry covers whole days of ``zone``.

    One that repeats has a ``rule`` as calendar programs read it, or ``more`` starts beside
    those of the rule; ``without`` are starts that do not count. An entry that ``replaces`` an
    occurrence has the ``uid`` of the one that repeats. Both are told on the clock of ``zone``.
    """

    uid: str
    sequence: int = 0
    changed_at: datetime
    start_at: datetime
    end_at: datetime
    what: str
    where: str = ""
    description: str = ""
    is_tentative: bool = False
    is_busy: bool = True
    all_day: bool = False
    zone: Zone | None = None
    rule: str | None = None
    more: Sequence[datetime] = ()
    without: Sequence[datetime] = ()
    replaces: Replaced | None = None

    @property
    def repeats(self) -> bool:
        """Tell whether it takes place more than once."""
        return self.rule is not None or bool(self.more)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a feed shows: whose time it is, and the entries. ``is_private``: times alone."""

    name: str
    is_private: bool
    entries: Sequence[Entry] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What makes one state of a feed differ from every other, and when it came about."""

    text: str
    changed_at: datetime
