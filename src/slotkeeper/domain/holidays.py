"""The public holidays of countries and of their parts, as days of the calendar.

The dates are those of the ``holidays`` library. It is imported when somebody first names a
country: that takes a tenth of a second and some megabytes, which most servers never need.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

PUBLIC = "public"
"""The category that counts where none is named: the days off that the law gives to all."""

# A list of days on which people work although it is a weekend: the opposite of a holiday.
_NOT_HOLIDAYS = frozenset({"workday"})
# One year takes 0.6 ms to work out and some hundred bytes to keep.
_REMEMBERED_YEARS_MAX = 4096


@dataclass(frozen=True, slots=True)
class HolidayCalendar:
    """The holidays of a country or a part of it; the names are as the library spells them."""

    country: str
    subdivision: str | None = None
    categories: tuple[str, ...] = (PUBLIC,)

    def days(self, first: int, last: int) -> list[int]:
        """Return the holidays from the day ``first`` up to and without ``last``, in order.

        >>> christmas = date(2030, 12, 25).toordinal()
        >>> [day - christmas for day in HolidayCalendar("DK").days(christmas - 5, christmas + 5)]
        [0, 1]
        """
        first, last = max(first, date.min.toordinal()), min(last, date.max.toordinal())
        years = range(date.fromordinal(first).year, date.fromordinal(last).year + 1)
        return [day for year in years for day in _of_year(self, year) if first <= day < last]


def find_country(text: str) -> str | None:
    """Return the two letters of a country, given in any letter case.

    >>> find_country("dk"), find_country("Denmark")
    ('DK', None)
    """
    code = text.strip().upper()
    return code if code in _countries() else None


def find_subdivision(country: str, text: str) -> str | None:
    """Return a part of ``country``, given by its code or its name in any letter case.

    The code may carry the country, as in ISO 3166-2.

    >>> {find_subdivision("DE", name) for name in ("BY", "de-by", "bayern")}
    {'BY'}
    """
    name = text.strip().casefold().removeprefix(f"{country}-".casefold())
    return _names_of_parts(country).get(name)


def find_categories(country: str, names: Iterable[str]) -> tuple[str, ...] | None:
    """Return kinds of holidays of ``country`` in order, ``None`` if it lacks one of them.

    >>> find_categories("DE", ["PUBLIC", "catholic"]), find_categories("DK", ["catholic"])
    (('catholic', 'public'), None)
    """
    wanted = {name.strip().lower() for name in names}
    return tuple(sorted(wanted)) if wanted <= set(categories_of(country)) else None


@cache
def categories_of(country: str) -> tuple[str, ...]:
    """Return the kinds of holidays that a country has, sorted; ``public`` is one in each."""
    from holidays import country_holidays  # noqa: PLC0415 - see the module

    return tuple(sorted({*country_holidays(country).supported_categories} - _NOT_HOLIDAYS))


@cache
def _countries() -> frozenset[str]:
    from holidays import list_supported_countries  # noqa: PLC0415 - see the module

    return frozenset(list_supported_countries(include_aliases=False))


@cache
def _names_of_parts(country: str) -> dict[str, str]:
    from holidays import country_holidays  # noqa: PLC0415 - see the module

    known = country_holidays(country)
    named = {code: code for code in known.subdivisions} | dict(known.subdivisions_aliases)
    return {name.casefold(): code for name, code in named.items()}


@lru_cache(maxsize=_REMEMBERED_YEARS_MAX)
def _of_year(calendar: HolidayCalendar, year: int) -> tuple[int, ...]:
    from holidays import country_holidays  # noqa: PLC0415 - see the module

    with warnings.catch_warnings():
        # Some lists, such as India's, end in a near year and then warn whoever asks.
        warnings.simplefilter("ignore")
        found = country_holidays(
            calendar.country,
            subdiv=calendar.subdivision,
            categories=calendar.categories,
            years=year,
        )
    return tuple(sorted(day.toordinal() for day in found))
