"""Days, times and lengths as the reader of a mail writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from slotkeeper.domain.php_dates import format_php
from slotkeeper.notifications.languages import language_of

# Reading the data of a locale costs memory that an idle server shall not spend.
if TYPE_CHECKING:
    from babel import Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How somebody reads times: a language tag with or without region, and a zone.

    ``php_format`` are PHP's letters for dates, None for the form of the language;
    ``prefers_24_hours`` matters to English without a region alone, which has two clocks.
    """

    tag: str
    zone: ZoneInfo
    php_format: str | None = None
    prefers_24_hours: bool = False

    @property
    def language(self) -> str:
        """Return the language of the tag."""
        return language_of(self.tag) or "en"

    def moment(self, at: datetime) -> str:
        """Return day and time of an instant.

        >>> from datetime import UTC
        >>> reader = Reader(tag="de", zone=ZoneInfo("Europe/Berlin"))
        >>> reader.moment(datetime(2030, 5, 7, 7, 0, tzinfo=UTC))
        'Dienstag, 7. Mai 2030, 09:00'
        """
        local = at.astimezone(self.zone)
        if self.php_format:
            return format_php(local, self.php_format)
        return f"{self._day(local)}, {self._time(local)}"

    def span(self, start: datetime, end: datetime) -> str:
        """Return both ends of an interval, with the day once where it is one.

        The zone is on a second line.

        >>> from datetime import UTC
        >>> reader = Reader(tag="da", zone=ZoneInfo("Asia/Kathmandu"))
        >>> nine, ten = (datetime(2030, 5, 7, hour, tzinfo=UTC) for hour in (9, 10))
        >>> print(reader.span(nine, ten).replace("\N{EN DASH}", "to"))
        tirsdag den 7. maj 2030, 14.45 to 15.45
        (GMT+05:45)
        """
        first, last = start.astimezone(self.zone), end.astimezone(self.zone)
        if self.php_format:
            return " \N{EN DASH} ".join(format_php(each, self.php_format) for each in (first, last))
        if first.date() == last.date():
            text = f"{self._day(first)}, {self._time(first)} \N{EN DASH} {self._time(last)}"
        else:
            text = f"{self.moment(start)} \N{EN DASH} {self.moment(end)}"
        return f"{text}\n({self.zone_name(start)})"

    def zone_name(self, at: datetime) -> str:
        """Return what people call the time of the zone at an instant."""
        from babel.dates import get_timezone_name  # noqa: PLC0415 - see above

        return get_timezone_name(at.astimezone(self.zone), width="long", locale=self._locale())

    def length(self, length: timedelta) -> str:
        """Return a length of time in words, to its largest unit.

        >>> Reader(tag="de", zone=ZoneInfo("UTC")).length(timedelta(hours=1))
        '1 Stunde'
        """
        from babel.dates import format_timedelta  # noqa: PLC0415 - see above

        return format_timedelta(length, threshold=1, locale=self._locale())

    def _day(self, local: datetime) -> str:
        from babel.dates import format_date  # noqa: PLC0415 - see above

        return format_date(local, format="full", locale=self._locale())

    def _time(self, local: datetime) -> str:
        """Return what the clock shows, and which of two where a reading occurs twice."""
        from babel.dates import format_time  # noqa: PLC0415 - see above

        text = format_time(local, format="short", locale=self._locale())
        other = local.replace(fold=1 - local.fold)
        if other.utcoffset() != local.utcoffset() and _occurs(local):
            return f"{text} {local.tzname()}"
        return text

    def _locale(self) -> Locale:
        from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - see above

        if self.tag == "en" and self.prefers_24_hours:
            return Locale.parse("en_GB")
        try:
            return Locale.parse(self.tag.replace("_", "-"), sep="-")
        except (UnknownLocaleError, ValueError):
            return Locale.parse(self.language)


def _occurs(local: datetime) -> bool:
    """Tell whether the clock shows this reading at all, which is not so in a gap."""
    back = local.astimezone(ZoneInfo("UTC")).astimezone(local.tzinfo)
    return back.replace(tzinfo=None) == local.replace(tzinfo=None)
