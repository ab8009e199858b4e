"""Balance: who is next when bookings are to be shared out evenly.

The mode is our own; the API documentation of the original knows none like it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slotkeeper.domain.availability import Id


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What a resource has before it, and since when it has had nothing behind it.

    ``upcoming`` counts the bookings whose end is yet to come. ``idle_since`` is the minute
    in which the last one ended; None is "never booked".
    """

    upcoming: int
    idle_since: int | None


def balanced(resource_ids: Sequence[Id], loads: Mapping[Id, Load]) -> list[Id]:
    """Return the resources, whose turn is first first.

    Fewest upcoming bookings first, then longest idle; who was never booked has been idle
    longest. Ties keep the order in which the resources came, that of their priority.

    >>> busy, rested = Load(upcoming=2, idle_since=None), Load(upcoming=1, idle_since=10)
    >>> balanced("ab", {"a": busy, "b": rested})
    ['b', 'a']
    """

    def turn(resource_id: Id) -> tuple[int, bool, int]:
        load = loads[resource_id]
        return load.upcoming, load.idle_since is not None, load.idle_since or 0

    return sorted(resource_ids, key=turn)
