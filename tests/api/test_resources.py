"""Resources over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.client import Json, Tenant

PEOPLE = "/resources"


async def test_a_resource_is_created_with_its_first_calendar(tenant: Tenant) -> None:
    doc = await tenant.resource(name="Doc Brown", timezone="America/Los_Angeles")
    UUID(doc["id"])
    calendar = doc.pop("calendars")[0]
    stamps = {"created_at": "2030-05-06T08:00:00+0000", "updated_at": "2030-05-06T08:00:00+0000"}
    assert doc == {
        "id": doc["id"],
        "name": "Doc Brown",
        "first_name": "Doc Brown",
        "last_name": "",
        "email": None,
        "email_verified": None,
        "timezone": "America/Los_Angeles",
        "image": None,
        "meta": {},
        "enabled_email_notification": True,
        "conference_enabled": False,
        "conference_type": None,
        "explicit_consent": None,
        **stamps,
    }
    assert calendar == {
        "id": calendar["id"],
        "resource_id": doc["id"],
        "name": "Bookings",
        "display_name": "Bookings",
        "description": "Created by Timekit on resource creation",
        "foregroundcolor": None,
        "backgroundcolor": None,
        "provider": "timekit",
        "provider_id": None,
        "provider_access": "owner",
        "provider_primary": False,
        "provider_sync": False,
        "primary": calendar["primary"],
        **stamps,
    }


@pytest.mark.parametrize(
    ("given", "name", "first", "last"),
    [
        ({"name": "Doc Brown"}, "Doc Brown", "Doc Brown", ""),
        ({"first_name": "Marty", "last_name": "McFly"}, "Marty McFly", "Marty", "McFly"),
        ({"first_name": "test"}, "test ", "test", None),
        ({"name": "M", "first_name": "Marty", "last_name": "McFly"}, "M", "Marty", "McFly"),
        ({"name": "M", "last_name": "McFly"}, "M", "M", "McFly"),
    ],
)
async def test_a_name_and_its_parts_are_filled_in_from_each_other(
    tenant: Tenant, given: Json, name: str, first: str, last: str | None
) -> None:
    doc = await tenant.api.created(PEOPLE, {"timezone": "UTC", **given})
    assert (doc["name"], doc["first_name"], doc["last_name"]) == (name, first, last)


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        (
            {},
            {
                "name": ["The name field is required."],
                "timezone": ["The timezone field is required."],
            },
        ),
        ({"name": " ", "timezone": "UTC"}, {"name": ["The name field is required."]}),
        ({"name": None, "timezone": "UTC"}, {"name": ["The name must be a string."]}),
        (
            {"name": "x" * 256, "timezone": "UTC"},
            {"name": ["The name may not be greater than 255 characters."]},
        ),
        (
            {"name": "x", "timezone": "UTC", "email": "nobody"},
            {"email": ["The email must be a valid email address."]},
        ),
        (
            {"name": "x", "timezone": "UTC", "availability_constraints": [{"allow_fun": {}}]},
            {
                "availability_constraints.0.allow_fun": [
                    "The availability_constraints.0.allow_fun is not a known type of constraint."
                ]
            },
        ),
        (
            {
                "name": "x",
                "timezone": "UTC",
                "availability_constraints": [
                    {"allow_hours": {"start": "25:00", "end": 17}},
                    {"allow_day": {}},
                ],
            },
            {
                "availability_constraints.0.allow_hours.start": [
                    "The availability_constraints.0.allow_hours.start "
                    "must be an hour such as 9 or 09:30."
                ],
                "availability_constraints.1.allow_day.day": [
                    "The availability_constraints.1.allow_day.day field is required."
                ],
            },
        ),
    ],
)
async def test_what_is_wrong_with_a_resource_is_told_by_field(
    tenant: Tenant, body: Json, errors: Json
) -> None:
    answer = await tenant.api.post(PEOPLE, body)
    assert answer.status_code == 422
    assert answer.json() == {"errors": errors}
    assert await tenant.api.found(PEOPLE) == []


async def test_an_address_is_had_once_in_an_app_in_any_case_and_may_be_had_in_another(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    await tenant.resource(email="Doc@Example.com")
    again = {"name": "x", "timezone": "UTC", "email": "doc@example.COM"}
    answer = await tenant.api.post(PEOPLE, again)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"email": ["The email has already been taken."]}}
    await other_tenant.resource(email="doc@example.com")
    await tenant.resource()
    await tenant.resource()


async def test_an_update_changes_what_it_names_and_nothing_else(tenant: Tenant) -> None:
    doc = await tenant.resource(
        email="doc@example.com", meta={"a": 1, "b": 2}, image="https://x/y.png", last_name="Brown"
    )
    address = f"{PEOPLE}/{doc['id']}?include=availability_constraints"
    constraints = [{"allow_hours": {"start": 9, "end": 17}}]
    steps: list[tuple[Json, Json]] = [
        ({"id": doc["id"], "timezone": "Europe/Paris"}, {"timezone": "Europe/Paris"}),
        ({"meta": {"c": 3}}, {"meta": {"c": 3}}),
        ({"availability_constraints": constraints}, {"availability_constraints": constraints}),
        ({"availability_constraints": []}, {"availability_constraints": []}),
        ({"email": "other@example.com"}, {}),
        ({"name": "Emmett"}, {"name": "Emmett"}),
        ({"first_name": "Doc"}, {"first_name": "Doc", "name": "Doc Brown"}),
        ({"image": None, "name": None}, {"image": None}),
        ({"enabled_email_notification": False}, {"enabled_email_notification": False}),
    ]
    expected = await tenant.api.found(address)
    for body, changes in steps:
        answer = await tenant.api.put(f"{PEOPLE}/{doc['id']}", body)
        assert (answer.status_code, answer.content) == (204, b""), answer.text
        expected |= changes
        assert await tenant.api.found(address) == expected, body


async def test_a_refused_update_changes_nothing(tenant: Tenant) -> None:
    doc = await tenant.resource()
    body = {"name": "New", "timezone": "Mars/Base"}
    assert (await tenant.api.put(f"{PEOPLE}/{doc['id']}", body)).status_code == 422
    assert (await tenant.api.found(f"{PEOPLE}/{doc['id']}"))["name"] == "Doc"


async def test_constraints_are_shown_only_when_asked_for(tenant: Tenant) -> None:
    doc = await tenant.resource(availability_constraints=[{"block_weekends": {}}])
    assert "availability_constraints" not in doc
    for include in ("availability_constraints", " x , availability_constraints.y ", "calendars"):
        shown = await tenant.api.found(f"{PEOPLE}/{doc['id']}", params={"include": include})
        assert ("availability_constraints" in shown) is ("availability" in include)
    listed = await tenant.api.found(f"{PEOPLE}?include=availability_constraints")
    assert listed[0]["availability_constraints"] == [{"block_weekends": {}}]


async def test_a_deleted_resource_leaves_projects_and_its_bookings_stay(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(doc["id"], marty["id"])
    order = tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    booking = await tenant.api.created("/bookings", order)

    answer = await tenant.api.delete(f"{PEOPLE}/{doc['id']}")

    assert (answer.status_code, answer.content) == (204, b"")
    assert (await tenant.api.get(f"{PEOPLE}/{doc['id']}")).status_code == 404
    assert (await tenant.api.delete(f"{PEOPLE}/{doc['id']}")).status_code == 404
    attached = await tenant.api.found(f"/projects/{project['id']}/resources")
    assert [each["id"] for each in attached] == [marty["id"]]
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=resource,user,event")
    assert shown["state"] == "confirmed"
    assert (shown["resource"], shown["user"], shown["event"]) == (None, None, None)
    assert (await tenant.api.put(f"/bookings/{booking['id']}/cancel")).status_code == 200


async def test_a_resource_keeps_any_text_as_it_is(tenant: Tenant) -> None:
    meta: dict[str, Any] = {"📞": "☎\u202e", "nested": {"list": [1, None, True, {"": ""}]}}
    doc = await tenant.resource(name="Œdipe 👑 <b>'\"\\", meta=meta)
    assert (doc["name"], doc["meta"]) == ("Œdipe 👑 <b>'\"\\", meta)


async def test_ids_are_random_uuids(tenant: Tenant) -> None:
    doc = await tenant.resource(id=str(uuid4()))
    assert UUID(doc["id"]).version == 4
    assert UUID(doc["calendars"][0]["id"]).version == 4
