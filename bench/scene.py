"""What is measured: people with opening hours and meetings, drawn with a fixed seed."""

import random
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import Zone, find_zone

ZONE = find_zone("Europe/Copenhagen")
OPENS, CLOSES = 8, 18
LENGTH = 30
_PIECES = (CLOSES - OPENS) * 60 // LENGTH

HOURS = [{"allow_hours": {"start": OPENS, "end": CLOSES}}]
"""The opening hours as a constraint of the API."""


@dataclass(frozen=True)
class Scene:
    """People who are open from 8 to 18 every day and busy for some half hours of each.

    Meetings lie on the half hours, so that an engine that cuts a day into fixed slots and
    drops the taken ones offers the same slots as one that cuts what is free.
    """

    people: int
    days: int
    first_day: date
    busy_a_day: int = 8

    @property
    def zone(self) -> Zone:
        return ZONE

    @property
    def window(self) -> Interval:
        """The days asked about, in minutes since the epoch."""
        day = self.first_day.toordinal()
        return ZONE.day_start(day), ZONE.day_start(day + self.days)

    @property
    def slots_of_one(self) -> int:
        """How many slots one person has left; no clock change lies within opening hours."""
        return (_PIECES - self.busy_a_day) * self.days

    @cached_property
    def busy(self) -> list[list[list[Interval]]]:
        """The meetings of each person on each day, in minutes since the epoch."""
        return [self._busy_of(person) for person in range(self.people)]

    def _busy_of(self, person: int) -> list[list[Interval]]:
        chance = random.Random(person)
        first = self.first_day.toordinal()
        return [
            [
                (opening + piece * LENGTH, opening + (piece + 1) * LENGTH)
                for piece in chance.sample(range(_PIECES), self.busy_a_day)
            ]
            for day in range(first, first + self.days)
            for opening in [ZONE.minute_of(day, OPENS * 60, end=False)]
        ]


def sizes(*, quick: bool) -> list[tuple[int, int]]:
    """Return the pairs of people and days that are measured."""
    if quick:
        return [(1, 30), (10, 30)]
    return [(people, days) for people in (1, 10, 100) for days in (30, 90)]
