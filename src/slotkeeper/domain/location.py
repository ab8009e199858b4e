"""Locations: the places at which projects are offered, and how far they are from somebody."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from slotkeeper.domain.errors import InvalidInput

LATITUDE_MAX = 90.0
LONGITUDE_MAX = 180.0

DISTANCE_MAX = 25_000.0
"""The most kilometres around a point; more than half way round the Earth means everywhere."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,9}(\.[0-9]{0,20})?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """A place. Its coordinates are degrees, north and east positive; it has both or neither.

    With ``use_custom_hours`` its ``availability_constraints`` count for what services offer
    there, in place of theirs. ``distance_km`` is known only where a list was asked for by
    distance.
    """

    id: UUID
    name: str
    description: str | None
    latitude: float | None
    longitude: float | None
    use_custom_hours: bool
    availability_constraints: Sequence[Mapping[str, object]]
    meta: Mapping[str, object]
    distance_km: float | None
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A point on Earth in degrees, and how many kilometres around it count; None: all."""

    latitude: float
    longitude: float
    within_km: float | None


def near(given: Mapping[str, str]) -> Near | None:
    """Return the point that ``latitude``, ``longitude`` and ``distance`` name, None without any.

    Refuses one coordinate without the other, a distance without a point, and what is no
    number of that kind. Empty text counts as not given.

    >>> near({"latitude": "55.68", "longitude": " 12.57", "distance": ""})
    Near(latitude=55.68, longitude=12.57, within_km=None)
    """
    texts = {name: text.strip() for name, text in given.items() if text.strip()}
    if not texts:
        return None
    latitude = _number(texts, "latitude", -LATITUDE_MAX, LATITUDE_MAX)
    longitude = _number(texts, "longitude", -LONGITUDE_MAX, LONGITUDE_MAX)
    within = _number(texts, "distance", 0, DISTANCE_MAX) if "distance" in texts else None
    return Near(latitude=latitude, longitude=longitude, within_km=within)


def check_coordinates(latitude: object, longitude: object) -> None:
    """Refuse a location that has one coordinate and not the other."""
    for value, other, field in (
        (latitude, longitude, "latitude"),
        (longitude, latitude, "longitude"),
    ):
        if value is None and other is not None:
            raise InvalidInput.field(field, f"The {field} field is required.")


def _number(texts: Mapping[str, str], field: str, least: float, most: float) -> float:
    if field not in texts:
        raise InvalidInput.field(field, f"The {field} field is required.")
    if not _NUMBER.fullmatch(texts[field]):
        raise InvalidInput.field(field, f"The {field} must be a number.")
    number = float(texts[field])
    if not least <= number <= most:
        message = f"The {field} must be between {least:g} and {most:g}."
        raise InvalidInput.field(field, message)
    return number
