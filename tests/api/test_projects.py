"""Projects over HTTP."""

from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant

NOTHING = "3f6c1f6e-0c55-4f0b-9d52-7a1c8a1f9e00"
"""An id of nothing; the same in every process, since tests are named after it."""

UI = {
    "display_name": "",
    "avatar": "",
    "availability_view": "agendaWeek",
    "time_date_format": "12h-mdy-sun",
    "show_credits": True,
    "show_timezone_helper": True,
    "localization": {
        "submit_button": "Book it",
        "allocated_resource_prefix": "with",
        "success_message": "We have received your booking and sent a confirmation to %s",
    },
}
FIELDS = {
    "name": {"title": "Name", "required": True, "split_name": False},
    "email": {"title": "E-mail", "format": "email", "required": True},
}


async def test_a_project_is_created_with_all_that_a_widget_needs(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], name="Flux Capacitor")
    assert project == {
        "id": project["id"],
        "name": "Flux Capacitor",
        "slug": project["slug"],
        "availability": {"mode": "roundrobin_prioritized", "length": "1 hour"},
        "availability_constraints": [],
        "booking": {"graph": "instant", "what": "Consultation", "where": "Here"},
        "customer_fields": FIELDS,
        "ui": UI,
        "reminders": [],
        "meta": {},
        "allow_conference": 0,
        "allow_double_bookings": False,
        "enabled_email_notification": True,
        "reservation_time": None,
        "latitude": None,
        "longitude": None,
        "distance": None,
        "use_hours_from": None,
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    assert project["slug"].startswith("flux-capacitor")
    assert await tenant.api.found(f"/projects/{project['id']}") == project


async def test_resources_of_a_project_are_shown_when_asked_for(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty", email="m@example.com")
    project = await tenant.project(marty["id"], doc["id"])
    wanted = [marty["id"], doc["id"]]
    shown = await tenant.api.found(f"/projects/{project['id']}?include=resources")
    listed = await tenant.api.found("/projects?include=resources")
    assert (shown["resources"], listed[0]["resources"]) == (wanted, wanted)
    assert await tenant.api.found(f"/projects/{project['id']}/resources") == [
        {"id": marty["id"], "name": "Marty", "email": "m@example.com", "timezone": "UTC"},
        {"id": doc["id"], "name": "Doc", "email": None, "timezone": "UTC"},
    ]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": ""}, {"name": ["The name field is required."]}),
        ({"availability": 5}, {"availability": ["The availability must be an object."]}),
        ({"resources": ["x"]}, {"resources.0": ["The resources.0 must be a valid UUID."]}),
        ({"resources": [NOTHING]}, {"resources": ["The selected resources is invalid."]}),
        ({"booking": {"graph": "nonsense"}}, {"booking.graph": ["graph is invalid"]}),
        ({"booking": {"graph": []}}, {"booking.graph": ["graph is invalid"]}),
        (
            {"availability": {"mode": "first_come"}},
            {"availability.mode": ["The selected mode is invalid."]},
        ),
        (
            {"availability": {"output_timezone": "Mars/Base"}},
            {"availability.output_timezone": ["The output timezone must be a valid zone."]},
        ),
        (
            {"availability": {"to": "7 months"}},
            {"availability.to": ["The to may not be more than 6 months from now."]},
        ),
        ({"ui": {"timezone": "Mars"}}, {"ui.timezone": ["The ui.timezone must be a valid zone."]}),
        (
            {"customer_fields": {"name": "Name"}},
            {"customer_fields.name": ["The customer fields.name must be an object."]},
        ),
        (
            {"slug": "Not A Slug"},
            {
                "slug": [
                    "The slug may only contain lower-case letters, digits, dashes and underscores."
                ]
            },
        ),
        ({"slug": "admin"}, {"slug": ["The slug has already been taken."]}),
        ({"slug": "v2"}, {"slug": ["The slug has already been taken."]}),
    ],
)
async def test_what_is_wrong_with_a_project_is_told_by_field(
    tenant: Tenant, changes: Json, errors: Json
) -> None:
    doc = await tenant.resource()
    good = {"name": "x", "resources": [doc["id"]], "availability": {}, "booking": {}}
    answer = await tenant.api.post("/projects", {**good, **changes})
    assert answer.status_code == 422
    assert answer.json() == {"errors": errors}
    project = await tenant.project(doc["id"])
    answer = await tenant.api.put(f"/projects/{project['id']}", changes)
    assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    assert await tenant.api.found(f"/projects/{project['id']}") == project


async def test_a_project_needs_name_availability_booking_and_resources(tenant: Tenant) -> None:
    answer = await tenant.api.post("/projects", {})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        field: [f"The {field} field is required."]
        for field in ("name", "resources", "availability", "booking")
    }
    empty = {"name": "x", "resources": [], "availability": {}, "booking": {}}
    assert (await tenant.api.post("/projects", empty)).status_code == 201


async def test_a_slug_is_had_once_in_the_installation(tenant: Tenant, other_tenant: Tenant) -> None:
    slug = f"s-{uuid4()}"
    mine = await tenant.project(slug=slug)
    taken = {"name": "x", "slug": slug, "resources": [], "availability": {}, "booking": {}}
    for each in (tenant, other_tenant):
        answer = await each.api.post("/projects", taken)
        assert answer.json() == {"errors": {"slug": ["The slug has already been taken."]}}
    assert (await tenant.api.put(f"/projects/{mine['id']}", {"slug": slug})).status_code == 204
    theirs = await other_tenant.project(name=slug)
    assert theirs["slug"] != slug
    assert theirs["slug"].startswith(slug[:20])


async def test_an_update_replaces_each_part_that_it_names(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(doc["id"], meta={"a": 1}, latitude="55.6")
    address = f"/projects/{project['id']}"
    reminder = {
        "type": "email",
        "settings": {"recipient": "owner", "subject": "Soon"},
        "when": {"type": "before", "unit": "mins", "time": 15},
    }
    steps: list[tuple[Json, Json]] = [
        ({"availability_constraints": [{"block_weekends": []}]}, None),
        ({"availability": {"length": "2 hours"}}, None),
        ({"booking": {"graph": "instant", "rescheduling_url": None}}, None),
        ({"reminders": [reminder]}, None),
        ({"meta": {"b": 2}}, None),
        ({"customer_fields": {"z": {"title": "Z"}, "a": {"title": "A"}}}, None),
        ({"allow_conference": "1"}, {"allow_conference": 1}),
        ({"allow_double_bookings": True}, None),
        ({"latitude": None}, None),
        ({"name": None}, {}),
    ]
    for body, changes in steps:
        answer = await tenant.api.put(address, body)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        project |= body if changes is None else changes
        assert await tenant.api.found(address) == project
    assert list((await tenant.api.found(address))["customer_fields"]) == ["z", "a"]
    await tenant.api.put(address, {"resources": [marty["id"]]})
    assert [each["id"] for each in await tenant.api.found(f"{address}/resources")] == [marty["id"]]


async def test_resources_are_attached_and_detached(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(doc["id"])
    address = f"/projects/{project['id']}/resources"
    for _ in range(2):
        answer = await tenant.api.post(address, {"resource_id": marty["id"]})
        assert answer.status_code == 201
        assert answer.json()["data"]["id"] == project["id"]
    assert [each["name"] for each in await tenant.api.found(address)] == ["Doc", "Marty"]
    removed = await tenant.api.delete(f"{address}/{doc['id']}")
    assert (removed.status_code, removed.content) == (204, b"")
    assert (await tenant.api.delete(f"{address}/{doc['id']}")).json()["model"] == "Resource"
    assert [each["name"] for each in await tenant.api.found(address)] == ["Marty"]
    unknown = await tenant.api.post(address, {"resource_id": str(uuid4())})
    assert unknown.status_code == 422
    assert unknown.json() == {"errors": {"resource_id": ["The selected resource id is invalid."]}}


@pytest.mark.parametrize("way", ["embed", "hosted"])
async def test_a_widget_gets_its_whole_configuration(tenant: Tenant, way: str) -> None:
    doc = await tenant.resource()
    project = await tenant.project(
        doc["id"],
        meta={"secret": "plans"},
        ui={"display_name": "Doc", "timezone": "", "localization": {"submit_button": "Go"}},
        booking={"graph": "instant", "what": "x", "description": None, "rescheduling_url": None},
        availability={"mode": "mutual", "length": None, "to": "2 weeks"},
        availability_constraints=[{"block_weekends": []}],
    )
    if way == "embed":
        config = await tenant.widget.found(f"/projects/embed/{project['id']}")
        assert await tenant.api.found(f"/projects/embed/{project['id']}") == config
    else:
        config = await tenant.anonymous.found(f"/projects/hosted/{project['slug']}")
    assert config == {
        "id": project["id"],
        "slug": project["slug"],
        "name": "Consultation",
        "app_key": tenant.widget.key,
        "ui": {
            **UI,
            "display_name": "Doc",
            "localization": {**UI["localization"], "submit_button": "Go"},  # type: ignore[dict-item] # a mapping within a mapping
        },
        "availability": {"mode": "mutual", "to": "2 weeks"},
        "availability_constraints": [{"block_weekends": []}],
        "booking": {"graph": "instant", "what": "x"},
        "customer_fields": FIELDS,
    }


async def test_a_widget_lists_projects_without_what_is_private(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], meta={"secret": "plans"}, name="Roads")
    listed = await tenant.widget.found("/projects?search=name:roads&include=resources")
    assert [each["id"] for each in listed] == [project["id"]]
    assert "plans" not in str(listed)


async def test_projects_are_found_by_each_of_their_fields(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource()
    roads = await tenant.project(doc["id"], name="Roads", meta={"kind": "road"})
    await tenant.project(marty["id"], name="Rails")
    for search in (
        f"id:{roads['id']}",
        "name:ROAD",
        f"slug:{roads['slug']}",
        f"resources.id:{doc['id']}",
        f"resources.id:{doc['id']};meta.kind:road",
    ):
        found = await tenant.api.found("/projects", params={"search": search})
        assert [each["id"] for each in found] == [roads["id"]], search


async def test_a_deleted_project_is_gone_and_its_bookings_stay(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    order = tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    booking = await tenant.api.created("/bookings", {**order, "project_id": project["id"]})
    answer = await tenant.api.delete(f"/projects/{project['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in ("", "embed/", "hosted/"):
        key = project["slug"] if path == "hosted/" else project["id"]
        assert (await tenant.api.get(f"/projects/{path}{key}")).status_code == 404
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=project")
    assert shown["project"] is None
