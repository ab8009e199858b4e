"""The slots on offer, sorted into the days of a visitor's calendar."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from slotkeeper.domain.interval import Interval
from slotkeeper.domain.slots import Slot
from slotkeeper.domain.zones import DAY, Zone, weekday
from slotkeeper.services.availability import Answer
from slotkeeper.services.offers import Wanted
from slotkeeper.web.clock import Clock

_NOON, _EVENING = 12 * 60, 17 * 60

DAYS_AHEAD_MAX = 200
"""How far ahead a day can be looked at, at most; a search ends after six months."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A slot as one can choose it: who serves it is settled."""

    start: int
    end: int
    resource_id: UUID
    resource_name: str

    @property
    def wanted(self) -> Wanted:
        """Return what a customer wants who chooses this."""
        return Wanted(interval=(self.start, self.end), resource_id=self.resource_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Agenda:
    """The offers of a project by day, each day's in order of time; ``days`` in order.

    ``last_day`` is the last on which there can be any: that of the horizon.
    """

    zone: Zone
    today: int
    last_day: int
    by_day: Mapping[int, Sequence[Offer]]
    length: int | None

    @classmethod
    def of(cls, answer: Answer, *, now_minute: int) -> "Agenda":
        """Sort an answer into days; ``length`` is that of all slots, None where they differ.

        Where several resources can serve a slot, the first has the preference of the mode.
        """
        by_day: dict[int, list[Offer]] = {}
        for slot in answer.slots:
            by_day.setdefault(answer.zone.day_of(slot.start), []).append(_offer(slot, answer))
        today = answer.zone.day_of(now_minute)
        last_day = answer.zone.day_of(answer.until - 1) if answer.until is not None else today
        lengths = {slot.end - slot.start for slot in answer.slots}
        return cls(
            zone=answer.zone,
            today=today,
            last_day=min(max(last_day, today), today + DAYS_AHEAD_MAX),
            by_day=by_day,
            length=lengths.pop() if len(lengths) == 1 else None,
        )

    @property
    def offers(self) -> Iterable[Offer]:
        """Return every offer in order of time."""
        return (offer for offers in self.by_day.values() for offer in offers)

    def shown_day(self, asked: int | None) -> int:
        """Return the day to show: the one asked for, else the first with an offer."""
        if asked is not None:
            return min(max(asked, self.today), self.last_day)
        return next(iter(self.by_day), self.today)

    def on(self, day: int) -> Sequence[Offer]:
        """Return the offers of a day."""
        return self.by_day.get(day, ())

    def days_after(self, day: int, count: int) -> list[int]:
        """Return the next days that have an offer, ``count`` at most."""
        return [each for each in self.by_day if each > day][:count]

    def last_before(self, day: int) -> int | None:
        """Return the last day with an offer before ``day``, or None."""
        return next((each for each in reversed(list(self.by_day)) if each < day), None)

    def holds(self, interval: Interval) -> bool:
        """Tell whether somebody offers exactly this time."""
        offers = self.on(self.zone.day_of(interval[0]))
        return any((offer.start, offer.end) == interval for offer in offers)

    def nearest(self, minute: int, count: int) -> list[Offer]:
        """Return the offers that start nearest to an instant, in order of time."""
        near = sorted(self.offers, key=lambda offer: abs(offer.start - minute))[:count]
        return sorted(near, key=lambda offer: (offer.start, offer.end))


def week_of(day: int, clock: Clock) -> list[int]:
    """Return the seven days of the week that ``day`` is in."""
    first = day - (weekday(day) - clock.first_weekday) % 7
    return list(range(first, first + 7))


def parts_of_day(offers: Sequence[Offer], zone: Zone) -> list[tuple[str, list[Offer]]]:
    """Return the offers of one day under Morning, Afternoon and Evening; no empty part."""
    parts: dict[str, list[Offer]] = {"Morning": [], "Afternoon": [], "Evening": []}
    for offer in offers:
        wall = (offer.start + zone.offset_at(offer.start)) % DAY
        name = "Morning" if wall < _NOON else "Afternoon" if wall < _EVENING else "Evening"
        parts[name].append(offer)
    return [(name, of_part) for name, of_part in parts.items() if of_part]


def _offer(slot: Slot[UUID], answer: Answer) -> Offer:
    resource_id = slot.resource_ids[0]
    return Offer(
        start=slot.start,
        end=slot.end,
        resource_id=resource_id,
        resource_name=answer.resources[resource_id].name,
    )
