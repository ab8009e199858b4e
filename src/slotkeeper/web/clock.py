"""Times and days as a visitor reads them: in a zone, with a clock of 12 or 24 hours."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from slotkeeper.domain.zones import DAY, Zone, to_datetime, weekday

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class Style(Enum):
    """How a page writes times; the names are those of ``ui.time_date_format``."""

    TWELVE_HOURS = "12h-mdy-sun"
    TWENTY_FOUR_HOURS = "24h-dmy-mon"


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock and calendar of a page."""

    zone: Zone
    style: Style

    @property
    def first_weekday(self) -> int:
        """Return the day that a week begins with, Monday = 0."""
        return 6 if self.style is Style.TWELVE_HOURS else 0

    def time(self, minute: int) -> str:
        """Return what the clock shows at an instant.

        A reading that occurs twice, when clocks go back, says which of the two it is.
        """
        hour, minutes = divmod((minute + self.zone.offset_at(minute)) % DAY, 60)
        if self.style is Style.TWENTY_FOUR_HOURS:
            text = f"{hour:02}:{minutes:02}"
        else:
            text = f"{hour % 12 or 12}:{minutes:02} {'am' if hour < 12 else 'pm'}"
        return f"{text} {self.abbreviation(minute)}" if self._occurs_twice(minute) else text

    def day(self, day: int) -> str:
        """Return a day in full, with its year."""
        it = date.fromordinal(day)
        if self.style is Style.TWENTY_FOUR_HOURS:
            return f"{WEEKDAYS[weekday(day)]} {it.day} {MONTHS[it.month - 1]} {it.year}"
        return f"{WEEKDAYS[weekday(day)]}, {MONTHS[it.month - 1]} {it.day}, {it.year}"

    def short_day(self, day: int) -> str:
        """Return a day in short, without its year."""
        it = date.fromordinal(day)
        name, month = WEEKDAYS[weekday(day)][:3], MONTHS[it.month - 1][:3]
        if self.style is Style.TWENTY_FOUR_HOURS:
            return f"{name} {it.day} {month}"
        return f"{name}, {month} {it.day}"

    def month(self, day: int) -> str:
        """Return the month and year that a day is in."""
        it = date.fromordinal(day)
        return f"{MONTHS[it.month - 1]} {it.year}"

    def span(self, start: int, end: int) -> str:
        """Return the readings at both ends; the day too where ``end`` is on another."""
        last = self.zone.day_of(end)
        ends = self.time(end)
        if last != self.zone.day_of(start):
            ends = f"{ends} ({self.short_day(last)})"
        return f"{self.time(start)} \N{EN DASH} {ends}"

    def moment(self, start: int, end: int) -> str:
        """Return a slot in full: its day and both readings."""
        return f"{self.day(self.zone.day_of(start))}, {self.span(start, end)}"

    def short_moment(self, start: int, end: int) -> str:
        """Return a slot in short: its day without the year, and both readings."""
        return f"{self.short_day(self.zone.day_of(start))}, {self.span(start, end)}"

    def abbreviation(self, minute: int) -> str:
        """Return what people call the time of the zone at an instant, such as ``CEST``.

        Zones without a name of their own have their distance from UTC.
        """
        name = to_datetime(minute).astimezone(self.zone.info).tzname() or ""
        return f"UTC{name}" if name[:1] in {"+", "-"} else name

    def _occurs_twice(self, minute: int) -> bool:
        offset = self.zone.offset_at(minute)
        others = {self.zone.offset_at(minute - DAY), self.zone.offset_at(minute + DAY)} - {offset}
        return any(self.zone.offset_at(minute + offset - each) == each for each in others)


def length_text(minutes: int) -> str:
    """Return a length in words.

    >>> length_text(90), length_text(1440)
    ('1 hour 30 minutes', '1 day')
    """
    counts = ((minutes // DAY, "day"), (minutes % DAY // 60, "hour"), (minutes % 60, "minute"))
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in counts if count)
