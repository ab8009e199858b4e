"""Locations over HTTP: what they hold, how far they are, and what belongs to them."""

import math
from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant

NOTHING = "3f6c1f6e-0c55-4f0b-9d52-7a1c8a1f9e00"

COPENHAGEN = {"name": "Copenhagen", "latitude": 55.6761, "longitude": 12.5683}
AARHUS = {"name": "Aarhus", "latitude": 56.1629, "longitude": 10.2039}
SYDNEY = {"name": "Sydney", "latitude": -33.8688, "longitude": 151.2093}
SUVA = {"name": "Suva", "latitude": -18.1416, "longitude": 178.4419}
APIA = {"name": "Apia", "latitude": -13.8333, "longitude": -171.7667}
CITIES = (SYDNEY, COPENHAGEN, APIA, AARHUS, SUVA)

UNKNOWN_TYPE = "The availability_constraints.0.allow_never is not a known type of constraint."

STORE = {
    "t_store_name": "Twin Pines Mall",
    "t_store_city": "Hill Valley",
    "t_store_postal_code": "95420",
    "t_latitude": "34.13",
    "t_store_capacity": "88",
}


def names(found: Json) -> list[str]:
    return [each["name"] for each in found]


def kilometres(one: Json, other: Json) -> float:
    """Return the distance by the angle between two vectors from the middle of the Earth."""

    def vector(place: Json) -> tuple[float, float, float]:
        north, east = math.radians(place["latitude"]), math.radians(place["longitude"])
        return (
            math.cos(north) * math.cos(east),
            math.cos(north) * math.sin(east),
            math.sin(north),
        )

    (a, b, c), (x, y, z) = vector(one), vector(other)
    across = math.hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return 6371 * math.atan2(across, a * x + b * y + c * z)


@pytest.fixture
async def cities(tenant: Tenant) -> Tenant:
    """An app with five cities and a place that nobody has measured."""
    for each in (*CITIES, {"name": "Somewhere"}):
        await tenant.api.created("/locations", each)
    return tenant


# --- POST /locations


async def test_post_locations_needs_a_name_and_nothing_else(tenant: Tenant) -> None:
    made = await tenant.api.created("/locations", {"name": "Hill Valley"})
    assert made == {
        "id": made["id"],
        "name": "Hill Valley",
        "description": None,
        "latitude": None,
        "longitude": None,
        "use_custom_hours": False,
        "meta": {},
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    answer = await tenant.api.post("/locations", {"description": "Nowhere"})
    assert (answer.status_code, answer.json()) == (
        422,
        {"errors": {"name": ["The name field is required."]}},
    )


async def test_post_locations_keeps_every_field_as_it_was_sent(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    service = await tenant.api.created("/location/services", {"name": "Clock repair"})
    rules: Json = [{"block_weekends": []}]
    made = await tenant.api.created(
        "/locations",
        {
            "name": "Hill Valley",
            "description": "Behind the clock tower",
            "latitude": "34.1367",
            "longitude": -118.3554,
            "use_custom_hours": True,
            "availability_constraints": rules,
            "meta": STORE,
            "resources": [doc["id"]],
            "services": [service["id"]],
            "projects": [project["id"]],
            "unknown": 1,
        },
    )
    assert (made["latitude"], made["longitude"]) == (34.1367, -118.3554)
    assert (made["use_custom_hours"], made["meta"]) == (True, STORE)
    include = "services,resources,projects,availability_constraints"
    shown = await tenant.api.found(f"/locations/{made['id']}?include={include}")
    assert [each["id"] for each in shown.pop("services")] == [service["id"]]
    assert shown.pop("resources") == [doc["id"]]
    assert shown.pop("projects") == [project["id"]]
    assert shown.pop("availability_constraints") == rules
    assert shown == made


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"latitude": 55}, {"longitude": ["The longitude field is required."]}),
        ({"longitude": 12.5}, {"latitude": ["The latitude field is required."]}),
        (
            {"latitude": 90.1, "longitude": 0},
            {"latitude": ["The latitude may not be greater than 90.0."]},
        ),
        (
            {"latitude": 0, "longitude": "-180.5"},
            {"longitude": ["The longitude must be at least -180.0."]},
        ),
        ({"latitude": "north", "longitude": 0}, {"latitude": ["The latitude must be a number."]}),
        ({"services": [NOTHING]}, {"services": ["The selected services is invalid."]}),
        ({"projects": [NOTHING]}, {"projects": ["The selected projects is invalid."]}),
        ({"resources": [NOTHING]}, {"resources": ["The selected resources is invalid."]}),
        ({"services": ["x"]}, {"services.0": ["The services.0 must be a valid UUID."]}),
        (
            {"availability_constraints": [{"allow_never": {}}]},
            {"availability_constraints.0.allow_never": [UNKNOWN_TYPE]},
        ),
    ],
)
async def test_what_is_wrong_with_a_location_is_told_by_field(
    tenant: Tenant, given: Json, errors: Json
) -> None:
    made = await tenant.api.created("/locations", {"name": "Hill Valley"})
    address = f"/locations/{made['id']}"
    for answer in (
        await tenant.api.post("/locations", {"name": "x", **given}),
        await tenant.api.put(address, given),
    ):
        assert answer.status_code == 422
        assert answer.json() == {"errors": errors}
    assert await tenant.api.found("/locations") == [made]


# --- GET /locations


async def test_get_locations_is_paged_oldest_first(cities: Tenant) -> None:
    answer = (await cities.api.get("/locations", params={"limit": 4, "page": 2})).json()
    assert (answer["total"], answer["last_page"], len(answer["data"])) == (6, 2, 2)
    by_name = await cities.api.found("/locations?orderBy=name&sortedBy=desc")
    assert names(by_name) == ["Sydney", "Suva", "Somewhere", "Copenhagen", "Apia", "Aarhus"]
    assert all("distance" not in each for each in by_name)


async def test_get_locations_works_with_the_public_key_and_shows_what_the_widget_reads(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    service = await tenant.api.created(
        "/location/services",
        {
            "name": "Clock repair",
            "description": "While you wait",
            "image_url": "https://example.com/clock.png",
            "availability": {"length": "30 minutes"},
            "meta": {"margin": "40 %"},
            "reminders": [
                {
                    "type": "webhook",
                    "settings": {"url": "https://example.com/s3cret"},
                    "when": {"type": "after", "unit": "hours", "time": 1},
                }
            ],
        },
    )
    made = await tenant.api.created(
        "/locations",
        {
            "name": "Mall",
            "meta": STORE,
            "services": [service["id"]],
            "resources": [doc["id"]],
        },
    )
    [shown] = await tenant.widget.found("/locations?include=services,resources,projects")
    [offered] = shown.pop("services")
    assert shown == made
    assert {key: offered[key] for key in ("id", "name", "description", "image_url")} == {
        "id": service["id"],
        "name": "Clock repair",
        "description": "While you wait",
        "image_url": "https://example.com/clock.png",
    }
    assert offered["availability"]["length"] == "30 minutes"
    assert (offered["meta"], offered["reminders"]) == ({}, [])


@pytest.mark.parametrize(
    ("meta", "shown"),
    [
        ({}, {"t_store_city": ""}),
        ({"t_store_city": None, "x": 1}, {"t_store_city": "", "x": 1}),
        (
            {"t_store_city": "Hill Valley", "t_store_postal_code": 95420, "t_store_name": None},
            {
                "t_store_city": "Hill Valley",
                "t_store_postal_code": "95420",
                "t_store_name": None,
            },
        ),
    ],
)
async def test_the_widget_gets_texts_where_it_searches_in_them(
    tenant: Tenant, meta: Json, shown: Json
) -> None:
    """It stops for good at a city that is missing and at a postal code that is a number."""
    made = await tenant.api.created("/locations", {"name": "Mall", "meta": meta})
    assert made["meta"] == meta
    [seen] = await tenant.widget.found("/locations?include=services")
    assert seen["meta"] == shown
    assert await tenant.api.found("/locations") == [made]


async def test_get_locations_gives_a_widget_that_does_not_page_all_of_them(
    tenant: Tenant,
) -> None:
    for number in range(51):
        await tenant.api.created("/locations", {"name": f"Store {number}"})
    assert len(await tenant.widget.found("/locations?include=services")) == 51


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("name:ap", ["Apia"]),
        ("meta.country:Denmark", ["Lejre"]),
        ("id:x", []),
        ("services.uuid:x", []),
        (f"services.id:{NOTHING}", []),
        (f"uuid:{NOTHING}", []),
    ],
)
async def test_get_locations_is_searched(cities: Tenant, search: str, found: list[str]) -> None:
    await cities.api.created("/locations", {"name": "Lejre", "meta": {"country": "Denmark"}})
    assert names(await cities.api.found("/locations", params={"search": search})) == found


async def test_get_locations_finds_those_of_a_service(cities: Tenant) -> None:
    sydney, copenhagen, *_ = await cities.api.found("/locations?orderBy=name&sortedBy=desc")
    service = await cities.api.created(
        "/location/services", {"name": "Surfing", "locations": [sydney["id"]]}
    )
    for field in ("services.uuid", "services.id"):
        search = {"search": f"{field}:{service['id']}"}
        assert names(await cities.widget.found("/locations", params=search)) == ["Sydney"]
    search = {"search": f"services.uuid:{service['id']};id:{copenhagen['id']}"}
    assert await cities.api.found("/locations", params=search) == []


async def test_get_locations_refuses_a_field_that_cannot_be_searched(tenant: Tenant) -> None:
    answer = await tenant.api.get("/locations?search=city:x")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["search"]


# --- GET /locations by distance


@pytest.mark.parametrize(
    "query",
    [
        {"latitude": "55.6761", "longitude": "12.5683"},
        {"search": "latitude:55.6761;longitude:12.5683"},
        {"search": "longitude:12.5683", "latitude": "55.6761"},
        {"search": "latitude:1;longitude:1", "latitude": "55.6761", "longitude": "12.5683"},
    ],
)
async def test_get_locations_by_distance_is_sorted_nearest_first(
    cities: Tenant, query: Json
) -> None:
    found = await cities.widget.found("/locations", params=query)
    assert names(found) == ["Copenhagen", "Aarhus", "Apia", "Suva", "Sydney"]
    for each in found:
        assert each["distance"] == pytest.approx(kilometres(each, COPENHAGEN), abs=0.001)


def far_from_copenhagen(name: str) -> float:
    return next(kilometres(each, COPENHAGEN) for each in CITIES if each["name"] == name)


async def test_get_locations_by_distance_counts_across_the_date_line(cities: Tenant) -> None:
    """Suva and Apia lie 1 150 km apart, with the line between them."""
    query = {"latitude": "-18.1416", "longitude": "178.4419", "distance": "1200"}
    found = await cities.api.found("/locations", params=query)
    assert names(found) == ["Suva", "Apia"]
    assert found[0]["distance"] == 0
    assert 1100 < found[1]["distance"] < 1200


async def test_get_locations_within_a_distance_takes_the_border_in(cities: Tenant) -> None:
    exact = kilometres(COPENHAGEN, AARHUS)
    for distance, count in ((exact + 0.001, 2), (exact - 0.001, 1), (0, 1)):
        search = f"latitude:55.6761;longitude:12.5683;distance:{distance:.6f}"
        assert len(await cities.api.found("/locations", params={"search": search})) == count


async def test_get_locations_by_distance_is_paged_searched_and_ordered(cities: Tenant) -> None:
    point = {"latitude": "55.6761", "longitude": "12.5683"}
    answer = (await cities.api.get("/locations", params={**point, "limit": 2, "page": 1})).json()
    assert (answer["total"], names(answer["data"])) == (5, ["Copenhagen", "Aarhus"])
    assert "latitude=55.6761" in answer["next_page_url"]
    named = await cities.api.found("/locations", params={**point, "search": "name:a"})
    assert names(named) == sorted(("Copenhagen", "Aarhus", "Suva", "Apia"), key=far_from_copenhagen)
    back = {**point, "orderBy": "distance", "sortedBy": "desc"}
    found = [each["distance"] for each in await cities.api.found("/locations", params=back)]
    assert found == sorted(found, reverse=True)
    alphabetical = await cities.api.found("/locations", params={**point, "orderBy": "name"})
    assert names(alphabetical) == ["Aarhus", "Apia", "Copenhagen", "Suva", "Sydney"]


async def test_the_other_side_of_the_earth_is_half_way_round(tenant: Tenant) -> None:
    await tenant.api.created("/locations", {"name": "Pole", "latitude": 90, "longitude": 7})
    [pole] = await tenant.api.found("/locations?latitude=-90&longitude=-111")
    assert pole["distance"] == round(6371 * math.pi, 3)


@pytest.mark.parametrize(
    ("query", "errors"),
    [
        ({"latitude": "55"}, {"longitude": ["The longitude field is required."]}),
        ({"distance": "5"}, {"latitude": ["The latitude field is required."]}),
        (
            {"search": "latitude:north;longitude:1"},
            {"latitude": ["The latitude must be a number."]},
        ),
        (
            {"latitude": "91", "longitude": "1"},
            {"latitude": ["The latitude must be between -90 and 90."]},
        ),
        (
            {"latitude": "1", "longitude": "nan"},
            {"longitude": ["The longitude must be a number."]},
        ),
        (
            {"latitude": "1", "longitude": "1", "distance": "-1"},
            {"distance": ["The distance must be between 0 and 25000."]},
        ),
    ],
)
async def test_get_locations_refuses_what_is_no_point(
    tenant: Tenant, query: Json, errors: Json
) -> None:
    answer = await tenant.api.get("/locations", params=query)
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})


async def test_empty_parameters_ask_for_no_distance(cities: Tenant) -> None:
    query = {"latitude": "", "longitude": "", "distance": "", "search": "", "include": ""}
    assert len(await cities.api.found("/locations", params=query)) == 6


# --- GET, PUT, DELETE /locations/:id


async def test_get_location_gives_one(tenant: Tenant) -> None:
    made = await tenant.api.created("/locations", COPENHAGEN)
    assert await tenant.api.found(f"/locations/{made['id']}") == made


async def test_put_location_changes_what_is_given_and_answers_204(tenant: Tenant) -> None:
    made = await tenant.api.created("/locations", {**COPENHAGEN, "meta": STORE})
    address = f"/locations/{made['id']}"
    changed = await tenant.api.put(address, {"latitude": 55.7, "description": "Harbour"})
    assert (changed.status_code, changed.content) == (204, b"")
    expected = {**made, "latitude": 55.7, "description": "Harbour"}
    assert await tenant.api.found(address) == expected
    cleared = {"latitude": None, "longitude": None, "description": None, "name": None}
    assert (await tenant.api.put(address, cleared)).status_code == 204
    expected |= {"latitude": None, "longitude": None, "description": None}
    assert await tenant.api.found(address) == expected
    assert (await tenant.api.put(address, [])).status_code == 204


async def test_put_location_replaces_what_belongs_to_it(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    one, two = await tenant.project(doc["id"]), await tenant.project(marty["id"])
    made = await tenant.api.created(
        "/locations",
        {"name": "Mall", "resources": [doc["id"], marty["id"]], "projects": [one["id"]]},
    )
    address = f"/locations/{made['id']}"
    given = {"resources": [marty["id"], doc["id"], marty["id"]], "projects": [two["id"]]}
    assert (await tenant.api.put(address, given)).status_code == 204
    shown = await tenant.api.found(f"{address}?include=resources,projects")
    assert shown["resources"] == [marty["id"], doc["id"]]
    assert shown["projects"] == [two["id"]]
    assert (await tenant.api.put(address, {"name": "Lone Pine Mall"})).status_code == 204
    shown = await tenant.api.found(f"{address}?include=resources,projects")
    assert (shown["resources"], shown["projects"]) == ([marty["id"], doc["id"]], [two["id"]])


async def test_delete_location_leaves_its_projects(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    made = await tenant.api.created("/locations", {"name": "Mall", "projects": [project["id"]]})
    address = f"/locations/{made['id']}"
    deleted = await tenant.api.delete(address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert await tenant.api.found("/locations") == []
    assert await tenant.api.found("/projects") == [project]
    shown = await tenant.api.found(f"/projects/{project['id']}?include=locations")
    assert shown["locations"] == []


async def test_a_location_that_is_not_there_is_404(tenant: Tenant) -> None:
    for method in ("GET", "PUT", "DELETE"):
        for wrong in (uuid4(), "x"):
            answer = await tenant.api.request(method, f"/locations/{wrong}", json={})
            assert answer.status_code == 404
            assert answer.json() == {"error": "Resource does not exist", "model": "Location"}


# --- Projects in locations


async def test_projects_are_put_into_locations_and_services_and_found_there(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    mall = await tenant.api.created("/locations", {"name": "Mall"})
    tower = await tenant.api.created("/locations", {"name": "Tower"})
    repair = await tenant.api.created("/location/services", {"name": "Repair"})
    both = await tenant.project(
        doc["id"], locations=[mall["id"], tower["id"]], services=[repair["id"]]
    )
    plain = await tenant.project(doc["id"])
    shown = await tenant.api.found(f"/projects/{both['id']}?include=locations,services")
    assert shown["locations"] == sorted([mall["id"], tower["id"]])
    assert shown["services"] == [repair["id"]]

    async def found(search: str) -> list[str]:
        return [
            each["id"] for each in await tenant.widget.found("/projects", params={"search": search})
        ]

    pair = f"locations.uuid:{mall['id']};services.uuid:{repair['id']}"
    assert await found(pair) == [both["id"]]
    [place] = await tenant.api.found(f"/locations?include=services&search=id:{mall['id']}")
    assert [each["id"] for each in place["services"]] == [repair["id"]]

    changed = {"locations": [tower["id"]]}
    assert (await tenant.api.put(f"/projects/{both['id']}", changed)).status_code == 204
    assert await found(pair) == []
    assert await found(f"locations.id:{tower['id']};services.id:{repair['id']}") == [both["id"]]
    assert {each["id"] for each in await tenant.api.found("/projects")} == {
        both["id"],
        plain["id"],
    }


@pytest.mark.parametrize("field", ["locations", "services"])
async def test_a_project_is_not_put_where_nothing_is(tenant: Tenant, field: str) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    body = {"name": "x", "resources": [], "availability": {}, "booking": {}, field: [NOTHING]}
    for answer in (
        await tenant.api.post("/projects", body),
        await tenant.api.put(f"/projects/{project['id']}", {field: [NOTHING]}),
    ):
        assert answer.status_code == 422
        assert answer.json() == {"errors": {field: [f"The selected {field} is invalid."]}}
    assert await tenant.api.found("/projects") == [project]


async def test_nothing_of_another_app_belongs_to_a_location(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    theirs = {
        "resources": (await other_tenant.resource())["id"],
        "services": (await other_tenant.api.created("/location/services", {"name": "x"}))["id"],
        "locations": (await other_tenant.api.created("/locations", COPENHAGEN))["id"],
    }
    theirs["projects"] = (await other_tenant.project(theirs["resources"]))["id"]
    mine = await tenant.api.created("/locations", {"name": "Mine"})
    service = await tenant.api.created("/location/services", {"name": "Mine"})
    project = await tenant.project()
    tries = [
        *((f"/locations/{mine['id']}", field) for field in ("resources", "services", "projects")),
        (f"/location/services/{service['id']}", "locations"),
        *((f"/projects/{project['id']}", field) for field in ("locations", "services")),
    ]
    for address, field in tries:
        answer = await tenant.api.put(address, {field: [theirs[field]]})
        assert answer.status_code == 422
        assert answer.json() == {"errors": {field: [f"The selected {field} is invalid."]}}
    assert names(await tenant.api.found("/locations?latitude=55&longitude=12")) == []
    search = f"locations.uuid:{theirs['locations']}"
    assert await tenant.api.found("/projects", params={"search": search}) == []
