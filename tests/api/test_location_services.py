"""Services over HTTP: one hidden project for each location, and what follows a change."""

import asyncio
from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant

SERVICES = "/location/services"

REPAIR: Json = {
    "name": "Clock repair",
    "description": "While you wait",
    "image_url": "https://example.com/clock.png",
    "availability": {"mode": "roundrobin_prioritized", "length": "1 hour", "from": "now"},
    "availability_constraints": [{"allow_hours": {"start": 9, "end": 12}}],
    "booking": {"graph": "instant"},
    "customer_fields": {"name": {"title": "You", "required": True}},
    "ui": {"time_date_format": "24h-dmy-mon"},
    "reminders": [
        {
            "type": "email",
            "settings": {"recipient": "owner"},
            "when": {"type": "before", "unit": "mins", "time": 15},
        }
    ],
    "meta": {"margin": "40 %"},
}


class Chain:
    """A service at two locations, with somebody at each."""

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant
        self.service: Json = None
        self.mall: Json = None
        self.tower: Json = None
        self.doc: Json = None
        self.marty: Json = None

    async def opened(self) -> "Chain":
        api = self.tenant.api
        self.doc = await self.tenant.resource()
        self.marty = await self.tenant.resource(name="Marty")
        self.mall = await api.created(
            "/locations",
            {"name": "Mall", "latitude": 34, "longitude": -118, "resources": [self.doc["id"]]},
        )
        self.tower = await api.created(
            "/locations", {"name": "Tower", "resources": [self.marty["id"]]}
        )
        places = [self.mall["id"], self.tower["id"]]
        self.service = await api.created(SERVICES, {**REPAIR, "locations": places})
        return self

    @property
    def address(self) -> str:
        return f"{SERVICES}/{self.service['id']}"

    async def project(self, location: Json) -> Json:
        """Return the hidden project of the service at a location, as the owner sees it."""
        search = f"locations.uuid:{location['id']};services.uuid:{self.service['id']}"
        [found] = await self.tenant.api.found("/projects", params={"search": search})
        return found

    async def projects(self) -> list[Json]:
        """Return all hidden projects of the service, in the order of their locations' names."""
        search = f"services.uuid:{self.service['id']}"
        found = await self.tenant.api.found(
            "/projects", params={"search": search, "orderBy": "name"}
        )
        return list(found)

    async def changed(self, address: str, changes: Json) -> None:
        answer = await self.tenant.api.put(address, changes)
        assert (answer.status_code, answer.content) == (204, b""), answer.text


@pytest.fixture
async def chain(tenant: Tenant) -> Chain:
    return await Chain(tenant).opened()


# --- POST and GET /location/services


async def test_post_location_services_needs_a_name_and_nothing_else(tenant: Tenant) -> None:
    made = await tenant.api.created(SERVICES, {"name": "Clock repair"})
    assert made == {
        "id": made["id"],
        "name": "Clock repair",
        "description": None,
        "image_url": None,
        "availability": {},
        "availability_constraints": [],
        "booking": {},
        "customer_fields": {
            "name": {"title": "Name", "required": True, "split_name": False},
            "email": {"title": "E-mail", "format": "email", "required": True},
        },
        "ui": {},
        "reminders": [],
        "meta": {},
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    answer = await tenant.api.post(SERVICES, [])
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"name": ["The name field is required."]}}


async def test_post_location_services_keeps_every_field_as_it_was_sent(chain: Chain) -> None:
    kept = {key: chain.service[key] for key in REPAIR}
    assert kept == REPAIR
    assert list(chain.service["availability"]) == list(REPAIR["availability"])


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"availability": {"length": "soon"}}, "availability.length"),
        ({"availability": {"mode": "first_come"}}, "availability.mode"),
        ({"availability_constraints": [{"allow_hours": {}}]}, "availability_constraints"),
        ({"booking": {"graph": "nonsense"}}, "booking.graph"),
        ({"ui": {"timezone": "Mars"}}, "ui.timezone"),
        ({"customer_fields": {"name": "Name"}}, "customer_fields.name"),
        ({"locations": [str(uuid4())]}, "locations"),
        ({"locations": ["x"]}, "locations.0"),
    ],
)
async def test_settings_with_which_nothing_could_be_booked_are_refused(
    chain: Chain, given: Json, field: str
) -> None:
    before = await chain.projects()
    for answer in (
        await chain.tenant.api.post(SERVICES, {"name": "x", **given}),
        await chain.tenant.api.put(chain.address, given),
    ):
        assert answer.status_code == 422
        told = answer.json()["errors"]
        assert {each for each in told if each == field or each.startswith(f"{field}.")} == {*told}
    assert await chain.tenant.api.found(SERVICES) == [chain.service]
    assert await chain.projects() == before


async def test_get_location_services_lists_them_with_their_locations(chain: Chain) -> None:
    [shown] = await chain.tenant.widget.found(f"{SERVICES}?include=locations")
    assert sorted(shown.pop("locations"), key=lambda each: each["name"]) == [
        {**chain.mall, "meta": {"t_store_city": ""}},
        {**chain.tower, "meta": {"t_store_city": ""}},
    ]
    assert shown == {**chain.service, "meta": {}, "reminders": []}
    [shown] = await chain.tenant.api.found(f"{SERVICES}?include=locations")
    assert {each["name"]: each for each in shown.pop("locations")} == {
        "Mall": chain.mall,
        "Tower": chain.tower,
    }
    assert shown == chain.service
    assert await chain.tenant.api.found(SERVICES) == [chain.service]


async def test_get_location_services_is_searched_ordered_and_paged(chain: Chain) -> None:
    api = chain.tenant.api
    other = await api.created(SERVICES, {"name": "Dog walking", "meta": {"dog": "Einstein"}})

    async def found(search: str) -> list[str]:
        listed = await api.found(SERVICES, params={"search": search})
        return [each["name"] for each in listed]

    assert await found("name:DOG") == ["Dog walking"]
    assert await found("meta.dog:Einstein") == ["Dog walking"]
    assert await found(f"id:{other['id']}") == ["Dog walking"]
    assert await found(f"locations.uuid:{chain.mall['id']}") == ["Clock repair"]
    assert await found(f"locations.id:{chain.mall['id']};name:dog") == []
    answer = (await api.get(SERVICES, params={"orderBy": "name", "limit": 1})).json()
    assert (answer["total"], answer["data"][0]["name"]) == (2, "Clock repair")


async def test_the_public_key_cannot_guess_at_what_it_does_not_see(chain: Chain) -> None:
    search = {"search": "meta.margin:40 %"}
    assert await chain.tenant.api.found(SERVICES, params=search) == [chain.service]
    answer = await chain.tenant.widget.get(SERVICES, params=search)
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == ["search"]


# --- GET, PUT, DELETE /location/services/:id


async def test_get_location_service_gives_one(chain: Chain) -> None:
    assert await chain.tenant.api.found(chain.address) == chain.service
    shown = await chain.tenant.api.found(f"{chain.address}?include=locations")
    assert {each["id"] for each in shown["locations"]} == {chain.mall["id"], chain.tower["id"]}


async def test_put_location_service_changes_what_is_given_and_answers_204(chain: Chain) -> None:
    await chain.changed(chain.address, {"description": None, "image_url": None, "name": None})
    expected = {**chain.service, "description": None, "image_url": None}
    assert await chain.tenant.api.found(chain.address) == expected


async def test_delete_location_service_takes_its_hidden_projects_along(chain: Chain) -> None:
    hidden = await chain.projects()
    deleted = await chain.tenant.api.delete(chain.address)
    assert (deleted.status_code, deleted.content) == (204, b"")
    for each in hidden:
        assert (await chain.tenant.api.get(f"/projects/{each['id']}")).status_code == 404
    places = await chain.tenant.api.found("/locations?include=services&orderBy=name")
    assert [(each["name"], each["services"]) for each in places] == [("Mall", []), ("Tower", [])]


async def test_a_service_that_is_not_there_is_404(tenant: Tenant) -> None:
    for method in ("GET", "PUT", "DELETE"):
        for wrong in (uuid4(), "x"):
            answer = await tenant.api.request(method, f"{SERVICES}/{wrong}", json={})
            assert answer.status_code == 404
            assert answer.json() == {"error": "Resource does not exist", "model": "Service"}


# --- Hidden projects


async def test_each_pair_of_location_and_service_has_a_hidden_project(chain: Chain) -> None:
    mall, tower = await chain.projects()
    assert mall["id"] != tower["id"]
    assert (mall["name"], tower["name"]) == ("Clock repair, Mall", "Clock repair, Tower")
    for project in (mall, tower):
        for part in ("availability", "customer_fields", "reminders", "availability_constraints"):
            assert project[part] == REPAIR[part]
        assert project["ui"]["time_date_format"] == "24h-dmy-mon"
        assert project["use_hours_from"] == "service"
    assert mall["booking"] == {"graph": "instant", "what": "Clock repair", "where": "Mall"}
    assert (mall["latitude"], mall["longitude"]) == ("34.0", "-118.0")
    assert (tower["latitude"], tower["longitude"]) == (None, None)
    shown = await chain.tenant.api.found(
        f"/projects/{mall['id']}?include=resources,locations,services"
    )
    assert shown["resources"] == [chain.doc["id"]]
    assert shown["locations"] == [chain.mall["id"]]
    assert shown["services"] == [chain.service["id"]]


async def test_hidden_projects_are_in_no_list_that_does_not_name_them(chain: Chain) -> None:
    api = chain.tenant.api
    mall = await chain.project(chain.mall)
    plain = await chain.tenant.project(chain.doc["id"], name="Clock repair at home")
    for query in ("", "?search=name:clock", f"?search=resources.id:{chain.doc['id']}"):
        assert await api.found(f"/projects{query}") == [plain]
    assert (await api.get("/projects")).json()["total"] == 1
    for search in (
        f"id:{mall['id']}",
        f"slug:{mall['slug']}",
        f"locations.uuid:{chain.mall['id']}",
        f"services.uuid:{chain.service['id']};locations.uuid:{chain.mall['id']}",
    ):
        assert await api.found("/projects", params={"search": search}) == [mall]
    assert await api.found("/projects?search=services.uuid:x") == []


async def test_a_hidden_project_has_a_page(chain: Chain) -> None:
    tower = await chain.project(chain.tower)
    page = await chain.tenant.anonymous.http.get(f"/{tower['slug']}")
    assert page.status_code == 200
    assert "Clock repair, Tower" in page.text
    hosted = await chain.tenant.anonymous.found(f"/projects/hosted/{tower['slug']}")
    assert hosted["id"] == tower["id"]


async def test_the_appointments_widget_gets_from_a_service_to_a_booking(chain: Chain) -> None:
    """Every call it makes, with the public key, raw semicolon included."""
    widget = chain.tenant.widget
    [service] = await widget.found(f"{SERVICES}?include=locations")
    tower = next(each for each in service["locations"] if each["name"] == "Tower")
    [project] = await widget.found(
        f"/projects?search=locations.uuid:{tower['id']};services.uuid:{service['id']}"
    )
    config = await widget.found(f"/projects/embed/{project['id']}")
    asked = {"project_id": project["id"], "output_timezone": "UTC", **config["availability"]}
    slots = (await widget.post("/availability", asked)).json()["data"]
    assert slots[0]["resources"][0]["id"] == chain.marty["id"]
    assert {slot["start"][11:13] for slot in slots} == {"09", "10", "11"}
    order = {
        "project_id": project["id"],
        "resource_id": slots[0]["resources"][0]["id"],
        "start": slots[0]["start"],
        "end": slots[0]["end"],
        "description": "It stopped",
        "customer": {"name": "Jennifer", "email": "jennifer@example.com", "timezone": "UTC"},
        **config["booking"],
    }
    booking = await widget.created("/bookings?include=attributes,event,user", order)
    assert booking["event"]["what"] == "Clock repair"
    assert booking["event"]["where"] == "Tower"
    again = (await widget.post("/availability", asked)).json()["data"]
    assert slots[0] not in again


async def test_changes_of_a_service_reach_all_its_hidden_projects(chain: Chain) -> None:
    changes = {
        "availability": {"length": "2 hours", "buffer": "15 minutes"},
        "availability_constraints": [{"allow_hours": {"start": 13, "end": 17}}],
        "booking": {"graph": "confirm_decline", "where": "At your home"},
        "customer_fields": {"email": {"title": "E-mail", "format": "email"}},
        "ui": {"display_name": "Doc"},
        "reminders": [],
    }
    await chain.changed(chain.address, changes)
    for project in await chain.projects():
        for part in ("availability", "availability_constraints", "customer_fields", "reminders"):
            assert project[part] == changes[part]
        assert project["ui"]["display_name"] == "Doc"
        assert project["booking"] == {
            "graph": "confirm_decline",
            "what": "Clock repair",
            "where": "At your home",
        }
    asked = {"project_id": (await chain.project(chain.mall))["id"], "output_timezone": "UTC"}
    slots = (await chain.tenant.widget.post("/availability", asked)).json()["data"]
    assert {slot["start"][11:16] for slot in slots} >= {"13:00", "15:00"}
    assert {slot["end"][11:13] for slot in slots} <= {"14", "15", "16", "17"}


async def test_new_names_reach_hidden_projects_and_what_they_book(chain: Chain) -> None:
    slugs = [each["slug"] for each in await chain.projects()]
    await chain.changed(chain.address, {"name": "Watch repair"})
    await chain.changed(f"/locations/{chain.mall['id']}", {"name": "Lone Pine Mall"})
    mall, tower = await chain.projects()
    assert mall["name"] == "Watch repair, Lone Pine Mall"
    assert (mall["booking"]["what"], mall["booking"]["where"]) == (
        "Watch repair",
        "Lone Pine Mall",
    )
    assert tower["booking"]["where"] == "Tower"
    assert [mall["slug"], tower["slug"]] == slugs, "links that were given away stay good"


async def test_what_a_change_does_not_touch_stays_as_the_project_has_it(chain: Chain) -> None:
    mall = await chain.project(chain.mall)
    own = {"length": "3 hours"}
    await chain.changed(f"/projects/{mall['id']}", {"availability": own, "meta": {"own": 1}})
    await chain.changed(chain.address, {"ui": {"display_name": "Doc"}, **{"meta": {"x": 1}}})
    changed = await chain.project(chain.mall)
    assert (changed["availability"], changed["meta"]) == (own, {"own": 1})
    assert changed["ui"]["display_name"] == "Doc"
    await chain.changed(chain.address, {"availability": {"length": "2 hours"}})
    assert (await chain.project(chain.mall))["availability"] == {"length": "2 hours"}


async def test_a_location_with_custom_hours_uses_its_own(chain: Chain) -> None:
    address = f"/locations/{chain.mall['id']}"
    own = [{"allow_hours": {"start": 20, "end": 22}}]
    await chain.changed(address, {"availability_constraints": own})
    mall = await chain.project(chain.mall)
    assert mall["availability_constraints"] == REPAIR["availability_constraints"]

    await chain.changed(address, {"use_custom_hours": True})
    mall, tower = await chain.projects()
    assert (mall["use_hours_from"], mall["availability_constraints"]) == ("location", own)
    assert tower["use_hours_from"] == "service"

    new_hours = [{"allow_hours": {"start": 6, "end": 8}}]
    await chain.changed(chain.address, {"availability_constraints": new_hours})
    mall, tower = await chain.projects()
    assert mall["availability_constraints"] == own
    assert tower["availability_constraints"] == new_hours

    await chain.changed(address, {"use_custom_hours": False})
    mall = await chain.project(chain.mall)
    assert (mall["use_hours_from"], mall["availability_constraints"]) == ("service", new_hours)


async def test_a_hidden_project_may_have_hours_of_its_own(chain: Chain) -> None:
    mall = await chain.project(chain.mall)
    own = [{"allow_hours": {"start": 1, "end": 2}}]
    given = {"use_hours_from": "project", "availability_constraints": own}
    await chain.changed(f"/projects/{mall['id']}", given)
    await chain.changed(chain.address, {"availability_constraints": []})
    await chain.changed(f"/locations/{chain.mall['id']}", {"use_custom_hours": True})
    mall = await chain.project(chain.mall)
    assert (mall["use_hours_from"], mall["availability_constraints"]) == ("project", own)


async def test_new_resources_of_a_location_serve_its_hidden_projects(chain: Chain) -> None:
    wanted = [chain.marty["id"], chain.doc["id"]]
    await chain.changed(f"/locations/{chain.mall['id']}", {"resources": wanted})
    shown = {
        each["name"]: each["resources"]
        for each in await chain.tenant.api.found(
            "/projects",
            params={
                "search": f"services.uuid:{chain.service['id']}",
                "include": "resources",
            },
        )
    }
    assert shown == {
        "Clock repair, Mall": wanted,
        "Clock repair, Tower": [chain.marty["id"]],
    }


async def test_a_service_goes_where_it_is_sent_and_nowhere_else(chain: Chain) -> None:
    api = chain.tenant.api
    mall, tower = await chain.projects()
    airport = await api.created("/locations", {"name": "Airport"})
    await chain.changed(chain.address, {"locations": [airport["id"], chain.tower["id"]]})
    now = await chain.projects()
    assert [each["name"] for each in now] == ["Clock repair, Airport", "Clock repair, Tower"]
    assert now[1] == tower, "where it stays, its project stays"
    assert (await api.get(f"/projects/{mall['id']}")).status_code == 404

    await chain.changed(f"/locations/{airport['id']}", {"services": []})
    assert await chain.projects() == [tower]
    await chain.changed(f"/locations/{chain.mall['id']}", {"services": [chain.service["id"]]})
    [renewed, _] = await chain.projects()
    assert renewed["name"] == "Clock repair, Mall"
    assert renewed["id"] != mall["id"]


async def test_deleting_a_hidden_project_takes_the_service_out_of_the_location(
    chain: Chain,
) -> None:
    mall = await chain.project(chain.mall)
    assert (await chain.tenant.api.delete(f"/projects/{mall['id']}")).status_code == 204
    shown = await chain.tenant.api.found(f"{chain.address}?include=locations")
    assert [each["name"] for each in shown["locations"]] == ["Tower"]


async def test_deleting_a_location_keeps_the_bookings_made_there(chain: Chain) -> None:
    mall = await chain.project(chain.mall)
    order = chain.tenant.order(
        chain.doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z", project_id=mall["id"]
    )
    booking = await chain.tenant.api.created("/bookings", order)
    deleted = await chain.tenant.api.delete(f"/locations/{chain.mall['id']}")
    assert deleted.status_code == 204
    assert [each["name"] for each in await chain.projects()] == ["Clock repair, Tower"]
    assert (await chain.tenant.api.found(f"/bookings/{booking['id']}"))["state"] == "confirmed"
    again = await chain.tenant.api.post("/bookings", {**order, "project_id": None})
    assert again.status_code == 422, "the time stays taken"


@pytest.mark.parametrize("field", ["locations", "services"])
async def test_a_hidden_project_stays_where_its_service_put_it(chain: Chain, field: str) -> None:
    mall = await chain.project(chain.mall)
    answer = await chain.tenant.api.put(f"/projects/{mall['id']}", {field: []})
    assert answer.status_code == 422
    message = f"The {field} of the project of a service cannot be changed."
    assert answer.json() == {"errors": {field: [message]}}
    placed = await chain.tenant.api.put(
        f"/locations/{chain.tower['id']}", {"projects": [mall["id"]]}
    )
    assert placed.status_code == 422
    assert await chain.project(chain.mall) == mall


async def test_changes_at_the_same_moment_leave_one_project_for_each_pair(chain: Chain) -> None:
    """Service and location are changed at once, from both sides, many times."""
    api = chain.tenant.api
    places = [chain.mall["id"], chain.tower["id"]]
    for length in range(1, 6):
        answers = await asyncio.gather(
            api.put(chain.address, {"availability": {"length": f"{length} hours"}}),
            api.put(chain.address, {"locations": places}),
            *(
                api.put(f"/locations/{each}", {"services": [chain.service["id"]]})
                for each in places
            ),
            *(api.put(f"/locations/{each}", {"use_custom_hours": True}) for each in places),
        )
        assert [each.status_code for each in answers] == [204] * 6
        now = await chain.projects()
        assert [each["name"] for each in now] == ["Clock repair, Mall", "Clock repair, Tower"]
        assert [each["availability"]["length"] for each in now] == [f"{length} hours"] * 2
        assert (await api.put(chain.address, {"locations": []})).status_code == 204
        assert await chain.projects() == []
