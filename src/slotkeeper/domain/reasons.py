"""The reasons for which time is closed, each as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias
from uuid import UUID

from slotkeeper.domain.limits import Unit

Entry: TypeAlias = Mapping[str, object]
"""A constraint as it stands in the list of its level."""


class Level(StrEnum):
    """Whose constraints they are, in the order in which reasons name them."""

    RESOURCE = "resource"
    PROJECT = "project"
    REQUEST = "request"


class Holder(StrEnum):
    """What holds time of a resource."""

    EVENT = "event"
    ALL_DAY_EVENT = "all_day_event"
    BOOKING = "booking"


class Side(StrEnum):
    """On which side of an event or a booking time is kept free."""

    BEFORE = "before"
    AFTER = "after"


class Plain(StrEnum):
    """Reasons of which there is no more to say.

    ``BUSY`` is time taken by something that was gone when its name was asked for.
    """

    NOTICE = "notice"
    HORIZON = "horizon"
    BUSY = "busy"


@dataclass(frozen=True, slots=True)
class ByConstraint:
    """One entry that blocks, or all that allow and among which none does.

    ``indexes`` count from 0 in the list of the level; ``entries`` are what stands there.
    """

    level: Level
    indexes: tuple[int, ...]
    blocks: bool
    entries: tuple[Entry, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class ByHolder:
    """An event or a booking."""

    holder: Holder
    id: UUID


@dataclass(frozen=True, slots=True)
class ByBuffer:
    """Time that the search keeps free beside an event or a booking."""

    holder: Holder
    id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class ByGap:
    """Time that the search keeps free between bookings."""

    booking_id: UUID
    side: Side


@dataclass(frozen=True, slots=True)
class ByLimit:
    """A day, week or month with as many bookings as it may have, ``most``."""

    level: Level
    unit: Unit
    most: int


Reason: TypeAlias = ByConstraint | ByHolder | ByBuffer | ByGap | ByLimit | Plain
