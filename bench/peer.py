"""The same question put to slotify-scheduling, a scheduling engine from PyPI."""

from datetime import date, datetime, timedelta

from slotify import (  # type: ignore[import-untyped]  # it carries no types
    AvailabilityEngine,
    BookingPolicy,
    BusyPeriod,
    SlotGenerator,
)

from bench.scene import CLOSES, LENGTH, OPENS, Scene
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.zones import minute_floor, to_datetime

Days = list[tuple[date, list[BusyPeriod]]]


def prepared(scene: Scene) -> list[Days]:
    """Return the meetings of each person and day as slotify wants them."""
    return [
        [
            (scene.first_day + timedelta(days=number), [_period(each) for each in busy])
            for number, busy in enumerate(days)
        ]
        for days in scene.busy
    ]


def by_person(scene: Scene, people: list[Days], now: datetime) -> list[list[Interval]]:
    """Ask as its documentation shows: one policy with all that a person has to do."""
    generator = _generator(scene)
    found = []
    for days in people:
        policy = BookingPolicy(busy_periods=tuple(each for _, busy in days for each in busy))
        engine = AvailabilityEngine(generator, policy=policy)
        slots = engine.available_slots(days[0][0], days[-1][0], now=now)
        found.append([(minute_floor(slot.start), minute_floor(slot.end)) for slot in slots])
    return found


def by_day(scene: Scene, people: list[Days], now: datetime) -> list[list[Interval]]:
    """Ask day by day, each with a policy of that day: the quickest way that we found.

    slotify holds every slot against every meeting of a policy, so less of them is quicker.
    """
    generator = _generator(scene)
    found = []
    for days in people:
        slots = []
        for day, busy in days:
            policy = BookingPolicy(busy_periods=tuple(busy))
            slots += AvailabilityEngine(generator, policy=policy).available_slots(day, now=now)
        found.append([(minute_floor(slot.start), minute_floor(slot.end)) for slot in slots])
    return found


def _generator(scene: Scene) -> SlotGenerator:
    return SlotGenerator(
        start=f"{OPENS:02}:00",
        end=f"{CLOSES:02}:00",
        duration=LENGTH,
        timezone=scene.zone.name,
        dst_ambiguous="earlier",
        dst_nonexistent="skip",
    )


def _period(busy: Interval) -> BusyPeriod:
    return BusyPeriod(to_datetime(busy[0]), to_datetime(busy[1]))
