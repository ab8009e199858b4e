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


@cache
def _modern_names() -> Mapping[str, str]:
    """Return the listed name of each name that is not listed but means the same.

    Browsers still say Asia/Katmandu where people choose Asia/Kathmandu.
    """
    rules = files("tzdata").joinpath("zoneinfo/tzdata.zi").read_text()
    links = [line.split()[1:3] for line in rules.splitlines() if line.startswith("L ")]
    return {old: name for name, old in links if is_listed(name) and not is_listed(old)}


def visitor_zone(asked: str, project: Project, resources: Sequence[Resource]) -> Zone:
    """Return the zone that a page speaks in.

    The one asked for if there is such a zone, else that of the project's page, else that of
    the first resource; under its modern name, by which it is found in the list.
    """
    own = str(project.ui.get("timezone") or "")
    for name in (asked, own, *(resource.timezone for resource in resources[:1])):
        if zone := _find(name):
            return zone
    return find_zone("UTC")


def _find(name: str) -> Zone | None:
    if not name:
        return None
    try:
        zone = find_zone(name)
        return find_zone(_modern_names().get(zone.name, zone.name))
    except UnknownZone:
        return None
