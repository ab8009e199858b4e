"""What a hidden project is made of, and what it takes over when that changes."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.location import Location, Near, check_coordinates, near
from slotkeeper.domain.location_service import LocationService, Offer, changes_of, settings_at

NOW = datetime(2030, 5, 6, 8, tzinfo=UTC)
NINE_TO_FIVE = [{"allow_hours": {"start": 9, "end": 17}}]
EVENINGS = [{"allow_hours": {"start": 18, "end": 22}}]

MALL = Location(
    id=UUID(int=1),
    name="Mall",
    description=None,
    latitude=34.1,
    longitude=-118.25,
    use_custom_hours=False,
    availability_constraints=EVENINGS,
    meta={},
    distance_km=None,
    created_at=NOW,
    updated_at=NOW,
)
REPAIR = LocationService(
    id=UUID(int=2),
    name="Repair",
    description=None,
    image_url=None,
    availability={"length": "1 hour"},
    availability_constraints=NINE_TO_FIVE,
    booking={"what": None, "rescheduling_url": "https://example.com"},
    customer_fields={},
    ui={},
    reminders=[],
    meta={},
    created_at=NOW,
    updated_at=NOW,
)
OFFER = Offer(
    location_id=MALL.id, service_id=REPAIR.id, project_id=UUID(int=3), use_hours_from="service"
)


def test_what_the_service_does_not_say_is_filled_in() -> None:
    settings = settings_at(REPAIR, MALL)
    assert settings["booking"] == {
        "graph": "instant",
        "what": "Repair",
        "where": "Mall",
        "rescheduling_url": "https://example.com",
    }
    assert (settings["latitude"], settings["longitude"]) == ("34.1", "-118.25")


@pytest.mark.parametrize(
    ("custom", "source", "hours"),
    [(False, "service", NINE_TO_FIVE), (True, "location", EVENINGS)],
)
def test_hours_come_from_one_of_the_two(custom: bool, source: str, hours: object) -> None:
    settings = settings_at(REPAIR, replace(MALL, use_custom_hours=custom))
    assert settings["use_hours_from"] == source
    assert settings["availability_constraints"] == hours


def test_only_what_changes_is_taken_over() -> None:
    before = settings_at(REPAIR, MALL)
    renamed = settings_at(replace(REPAIR, name="Care", description="New"), MALL)
    changes = changes_of(OFFER, before=before, after=renamed)
    assert changes == {"name": "Care, Mall", "booking": renamed["booking"]}
    assert changes_of(OFFER, before=before, after=before) == {}


def test_a_project_with_hours_of_its_own_keeps_them() -> None:
    before = settings_at(REPAIR, MALL)
    after = settings_at(REPAIR, replace(MALL, use_custom_hours=True, name="Tower"))
    assert set(changes_of(OFFER, before=before, after=after)) == {
        *("name", "booking", "availability_constraints", "use_hours_from"),
    }
    own = replace(OFFER, use_hours_from="project")
    assert set(changes_of(own, before=before, after=after)) == {"name", "booking"}


@pytest.mark.parametrize(
    ("given", "point"),
    [
        ({}, None),
        ({"latitude": " ", "distance": ""}, None),
        (
            {"latitude": "-90", "longitude": "180"},
            Near(latitude=-90, longitude=180, within_km=None),
        ),
        (
            {"latitude": "+1.5", "longitude": "0.", "distance": "25000"},
            Near(latitude=1.5, longitude=0, within_km=25_000),
        ),
    ],
)
def test_a_point_is_read(given: dict[str, str], point: Near | None) -> None:
    assert near(given) == point


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"latitude": "90.000001", "longitude": "0"}, "latitude"),
        ({"latitude": "0", "longitude": "-180.000001"}, "longitude"),
        ({"latitude": "0", "longitude": "0", "distance": "25000.1"}, "distance"),
        *(
            ({"latitude": text, "longitude": "0"}, "latitude")
            for text in ("1e1", "1_0", "٣", "inf")
        ),
        ({"distance": "1"}, "latitude"),
        ({"latitude": "1"}, "longitude"),
    ],
)
def test_what_is_no_point_is_refused(given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        near(given)
    assert list(refused.value.errors) == [field]


def test_a_location_has_both_coordinates_or_none() -> None:
    check_coordinates(None, None)
    check_coordinates(0.0, 0.0)
    with pytest.raises(InvalidInput):
        check_coordinates(0.0, None)
    with pytest.raises(InvalidInput):
        check_coordinates(None, 0.0)
