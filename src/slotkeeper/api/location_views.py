"""Locations and services as the API shows them, with what is asked for beside them."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.domain.app import Caller, KeyKind
from slotkeeper.domain.location import Location
from slotkeeper.domain.location_service import LocationService
from slotkeeper.services import location_services, locations
from slotkeeper.storage.transaction import Transaction

_METRES = 3
"""Distances are shown to the metre: with so many digits after the point of a kilometre."""


_CITY = "t_store_city"
_SEARCHED_BY_WIDGET = (_CITY, "t_store_name", "t_store_postal_code")


async def shown_locations(
    tx: Transaction, caller: Caller, found: Sequence[Location], includes: frozenset[str]
) -> list[Shown]:
    """Return locations with what ``includes`` names; a widget never sees who works there."""
    ids = [each.id for each in found]
    beside: dict[UUID, Shown] = {each: {} for each in ids}
    if "services" in includes:
        offered = await location_services.at_locations(tx, caller.app_id, ids)
        known = {one.id: one for each in ids for one in offered[each]}
        shown = {one.id: service(one, caller) for one in known.values()}
        for each in ids:
            beside[each]["services"] = [shown[one.id] for one in offered[each]]
    if includes & {"resources", "projects"} and caller.kind is not KeyKind.WIDGET:
        attached = await locations.attached_to_all(tx, caller.app_id, ids)
        for each in ids:
            both = {
                "resources": attached[each].resource_ids,
                "projects": attached[each].project_ids,
            }
            beside[each] |= {name: both[name] for name in both.keys() & includes}
    if "availability_constraints" in includes:
        for one in found:
            beside[one.id]["availability_constraints"] = one.availability_constraints
    return [{**location(each, caller), **beside[each.id]} for each in found]


async def shown_services(
    tx: Transaction, caller: Caller, found: Sequence[LocationService], includes: frozenset[str]
) -> list[Shown]:
    """Return services, with their locations where ``includes`` names them."""
    shown = [service(each, caller) for each in found]
    if "locations" in includes:
        at = await locations.of_services(tx, caller.app_id, [each.id for each in found])
        known = {one.id: one for each in found for one in at[each.id]}
        places = {one.id: location(one, caller) for one in known.values()}
        for each in shown:
            each["locations"] = [places[one.id] for one in at[each["id"]]]
    return shown


def location(shown: Location, caller: Caller) -> Shown:
    """Return a location, with its distance where the list was asked for by distance."""
    far = shown.distance_km
    is_for_widget = caller.kind is KeyKind.WIDGET
    return {
        "id": shown.id,
        "name": shown.name,
        "description": shown.description,
        "latitude": shown.latitude,
        "longitude": shown.longitude,
        **({} if far is None else {"distance": round(far, _METRES)}),
        "use_custom_hours": shown.use_custom_hours,
        "meta": _searched_by_widget(shown.meta) if is_for_widget else shown.meta,
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }


def _searched_by_widget(meta: Mapping[str, object]) -> Shown:
    """Return metadata in which the official widget can search without stopping.

    It takes these values for texts without looking, and the city for one that is there.
    """
    texts = {key: _text(meta[key]) for key in _SEARCHED_BY_WIDGET if meta.get(key) is not None}
    return {**meta, _CITY: "", **texts}


def _text(value: object) -> str:
    return value if isinstance(value, str) else str(value)


def service(shown: LocationService, caller: Caller) -> Shown:
    """Return a service; the public widget key sees neither metadata nor reminders of it."""
    private: Shown = {"reminders": shown.reminders, "meta": shown.meta}
    if caller.kind is KeyKind.WIDGET:
        private = {"reminders": [], "meta": {}}
    return {
        "id": shown.id,
        "name": shown.name,
        "description": shown.description,
        "image_url": shown.image_url,
        "availability": shown.availability,
        "availability_constraints": shown.availability_constraints,
        "booking": shown.booking,
        "customer_fields": shown.customer_fields,
        "ui": shown.ui,
        **private,
        "created_at": stamp(shown.created_at),
        "updated_at": stamp(shown.updated_at),
    }
