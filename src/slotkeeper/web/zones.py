"""The zones that a visitor can choose from."""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.zones import Zone, find_zone


@cache
def places() -> Mapping[str, Sequence[tuple[str, str]]]:
    """Return (zone, place) by continent, in the order of the alphabet.

    The tz database lists in ``zone.tab`` the zones that are meant to be chosen, without old
    names and aliases.
    """
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text()
    names = sorted(line.split("\t")[2] for line in table.splitlines() if not line.startswith("#"))
    by_continent: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        continent, _, place = name.partition("/")
        readable = place.replace("_", " ").replace("/", " \N{EN DASH} ")
        by_continent.setdefault(continent, []).append((name, readable))
    return by_continent


@cache
def is_listed(name: str) -> bool:
    """Tell whether ``places`` has the zone."""
    return any(name == each for of in places().values() for each, _ in of)


def visitor_zone(asked: str, project: Project, resources: Sequence[Resource]) -> Zone:
    """Return the zone that a page speaks in.

    The one asked for if there is such a zone, else that of the project's page, else that of
    the first resource.
    """
    own = str(project.ui.get("timezone") or "")
    for name in (asked, own, *(resource.timezone for resource in resources[:1])):
        if zone := _find(name):
            return zone
    return find_zone("UTC")


def _find(name: str) -> Zone | None:
    try:
        return find_zone(name) if name else None
    except UnknownZone:
        return None
