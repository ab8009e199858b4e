"""What the page of a project shows of one day, and the ways to other days."""

from dataclasses import dataclass
from datetime import date

from slotkeeper.web.agenda import Agenda, Offer, parts_of_day, week_of
from slotkeeper.web.clock import WEEKDAYS, length_text
from slotkeeper.web.visit import Visit, slot_text

FREE_DAYS = 3
"""How many of the next free days are named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DayLink:
    """A day to go to; ``href`` None for one that cannot be chosen."""

    weekday: str
    number: int
    full: str
    href: str | None
    slots: int
    is_shown: bool
    is_today: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLink:
    """A slot to choose."""

    href: str
    text: str
    server: str | None


@dataclass(frozen=True, slots=True)
class Choice:
    """The slots of a day and the days around it, as texts and links.

    ``asked`` is the day that the visitor wants to see, None for one who named none.
    """

    visit: Visit
    agenda: Agenda
    asked: int | None

    @property
    def day(self) -> int:
        """Return the day that is shown."""
        return self.agenda.shown_day(self.asked)

    @property
    def beyond(self) -> str | None:
        """Return the last day that can be shown to whoever asked for a later one, else None."""
        is_beyond = self.asked is not None and self.asked > self.agenda.last_day
        return self.visit.clock.day(self.agenda.last_day) if is_beyond else None

    @property
    def title(self) -> str:
        """Return the day in full."""
        return self.visit.clock.day(self.day)

    @property
    def month(self) -> str:
        """Return the month of the day."""
        return self.visit.clock.month(self.day)

    @property
    def iso_day(self) -> str:
        """Return the day as a date field writes it."""
        return _iso(self.day)

    @property
    def earliest(self) -> str:
        """Return the first day that can be asked for."""
        return _iso(self.agenda.today)

    @property
    def latest(self) -> str:
        """Return the last day that can be asked for."""
        return _iso(self.agenda.last_day)

    @property
    def length(self) -> str | None:
        """Return how long the slots are, if they are all of one length."""
        return length_text(self.agenda.length) if self.agenda.length else None

    @property
    def week(self) -> list[DayLink]:
        """Return the days of the week that is shown."""
        return [self._link(day) for day in week_of(self.day, self.visit.clock)]

    @property
    def week_before(self) -> str | None:
        """Return the way to the week before, None when nothing is free before this one."""
        first = week_of(self.day, self.visit.clock)[0]
        return self._way_to_week(first - 7) if self.agenda.last_before(first) else None

    @property
    def week_after(self) -> str | None:
        """Return the way to the week after, None when nothing is free from there on."""
        first = week_of(self.day, self.visit.clock)[0] + 7
        return self._way_to_week(first) if self.agenda.days_after(first - 1, 1) else None

    @property
    def parts(self) -> list[tuple[str, list[SlotLink]]]:
        """Return the slots of the day under Morning, Afternoon and Evening."""
        parts = parts_of_day(self.agenda.on(self.day), self.agenda.zone)
        return [(name, [self._slot(offer) for offer in offers]) for name, offers in parts]

    @property
    def next_days(self) -> list[DayLink]:
        """Return the next days with a free slot."""
        return [self._link(day) for day in self.agenda.days_after(self.day, FREE_DAYS)]

    @property
    def last_day_before(self) -> DayLink | None:
        """Return the last day with a free slot before this one."""
        before = self.agenda.last_before(self.day)
        return self._link(before) if before is not None else None

    def _link(self, day: int) -> DayLink:
        in_reach = self.agenda.today <= day <= self.agenda.last_day
        slots = len(self.agenda.on(day))
        return DayLink(
            weekday=WEEKDAYS[(day + 6) % 7][:3],
            number=date.fromordinal(day).day,
            full=self.visit.clock.day(day),
            href=self._way_to(day) if in_reach and slots else None,
            slots=slots,
            is_shown=day == self.day,
            is_today=day == self.agenda.today,
        )

    def _way_to_week(self, first: int) -> str:
        """Return the way to the first free day of a week, else to its first day."""
        free = [day for day in self.agenda.days_after(first - 1, 1) if day < first + 7]
        return self._way_to(free[0] if free else max(first, self.agenda.today))

    def _way_to(self, day: int) -> str:
        return self.visit.link(date=_iso(day))

    def _slot(self, offer: Offer) -> SlotLink:
        clock = self.visit.clock
        fixed = self.agenda.length is not None
        server = f"{self.visit.prefix} {offer.resource_name}" if self.visit.prefix else None
        return SlotLink(
            href=self.visit.link("/book", slot=slot_text(offer.wanted)),
            text=clock.time(offer.start) if fixed else clock.span(offer.start, offer.end),
            server=server,
        )


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
