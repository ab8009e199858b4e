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


async def test_delete_resources_id_leaves_projects_and_bookings_go_on_showing_who_it_was(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource(email="doc@example.com", meta={"private": 1})
    marty = await tenant.resource(name="Marty")
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
    assert (shown["state"], shown["event"]) == ("confirmed", None)
    former = shown["resource"]
    assert shown["user"] == former
    assert (former["id"], former["name"], former["timezone"]) == (doc["id"], "Doc", "UTC")
    assert (former["email"], former["meta"], former["calendars"]) == (None, {}, [])
    assert former["deleted_at"] == "2030-05-06T08:00:00+0000"
    search = {"search": f"resource.id:{doc['id']}"}
    assert len(await tenant.api.found("/bookings", params=search)) == 1
    assert (await tenant.api.put(f"/bookings/{booking['id']}/cancel")).status_code == 200


async def test_delete_resources_id_permanently_leaves_nothing(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    booking = await tenant.api.created("/bookings", order)
    assert (await tenant.api.delete(f"{PEOPLE}/{doc['id']}")).status_code == 204
    erase = f"{PEOPLE}/{doc['id']}?permanently=true"
    assert (await tenant.api.delete(erase)).status_code == 204
    shown = await tenant.api.found(f"/bookings/{booking['id']}?include=resource")
    assert (shown["state"], shown["resource"]) == ("confirmed", None)
    assert (await tenant.api.delete(erase)).status_code == 404


async def test_a_deleted_resource_is_in_no_list_and_not_on_offer(tenant: Tenant) -> None:
    doc = await tenant.resource(email="doc@example.com")
    marty = await tenant.resource(name="Marty")
    project = await tenant.project(doc["id"], marty["id"])
    order = tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    booking = await tenant.api.created("/bookings", order)
    await tenant.api.delete(f"{PEOPLE}/{doc['id']}")

    assert [each["id"] for each in await tenant.api.found(PEOPLE)] == [marty["id"]]
    for search in (f"id:{doc['id']}", "email:doc@example.com", "name:Doc"):
        assert await tenant.api.found(PEOPLE, params={"search": search}) == []
    calendars = await tenant.api.found("/calendars")
    assert {each["resource_id"] for each in calendars} == {marty["id"]}
    slots = await tenant.api.post("/availability", {"project_id": project["id"]})
    served = {each["id"] for slot in slots.json()["data"] for each in slot["resources"]}
    assert served == {marty["id"]}
    for body in ({"resources": [doc["id"]]}, {"resources": [doc["id"], marty["id"]]}):
        assert (await tenant.api.post("/availability", body)).status_code == 404
    again = {**order, "start": "2030-05-08T09:00:00Z", "end": "2030-05-08T10:00:00Z"}
    assert (await tenant.api.post("/bookings", again)).status_code == 404
    moved = await tenant.widget.post(f"/bookings/{booking['id']}/reschedule", again)
    assert moved.status_code == 404
    attach = {"resource_id": doc["id"]}
    attached = await tenant.api.post(f"/projects/{project['id']}/resources", attach)
    assert attached.status_code == 422
    assert (await tenant.api.put(f"{PEOPLE}/{doc['id']}", {"name": "x"})).status_code == 404


async def test_a_class_of_a_deleted_resource_keeps_its_seats_and_gives_no_more(
    tenant: Tenant,
) -> None:
    doc, kept = await tenant.resource(), await tenant.resource(name="Marty")
    span = ("2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    class_given: Json = {"graph": "group_owner", "settings": {"max_seats": 9}, "customer": None}
    classes = [
        await tenant.api.created("/bookings", tenant.order(doc["id"], *span, **class_given)),
        await tenant.api.created("/bookings", tenant.order(kept["id"], *span, **class_given)),
    ]
    seat_given: Json = {
        "graph": "group_customer",
        "related": {"owner_booking_id": classes[0]["id"]},
    }
    seat = await tenant.api.created("/bookings", tenant.order(None, *span, **seat_given))

    await tenant.api.delete(f"{PEOPLE}/{doc['id']}")

    listed = await tenant.widget.found("/bookings/groups")
    assert [each["id"] for each in listed] == [classes[1]["id"]]
    again = await tenant.widget.post("/bookings", tenant.order(None, *span, **seat_given))
    assert (again.status_code, again.json()) == (422, {"error": "The class cannot be booked now"})
    assert (await tenant.api.found(f"/bookings/{seat['id']}"))["state"] == seat["state"]


async def test_the_second_resource_of_a_booking_stays_with_it_too(tenant: Tenant) -> None:
    doc, room = await tenant.resource(), await tenant.resource(name="Laboratory")
    span = ("2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    both = [doc["id"], room["id"]]
    await tenant.api.created("/bookings", {**tenant.order(None, *span), "resources": both})
    await tenant.api.delete(f"{PEOPLE}/{room['id']}")
    erased = await tenant.api.delete(f"{PEOPLE}/{room['id']}?permanently=true")
    assert erased.status_code == 204, "it was not deleted for good"


async def test_the_events_of_calendars_are_shown_when_asked_for(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(name="Doc"), await tenant.resource(name="Marty")
    made = [
        await tenant.api.created(
            "/events",
            {
                "calendar_id": doc["calendars"][0]["id"],
                "start": f"2030-05-{day}T09:00:00+02:00",
                "end": f"2030-05-{day}T10:00:00+02:00",
                "what": "Lunch",
            },
        )
        for day in ("08", "07", "01")
    ]
    query = {"include": "calendars.events", "Timekit-Timezone": "Asia/Tokyo"}
    shown = await tenant.api.found(f"{PEOPLE}/{doc['id']}", params=query)
    events = shown["calendars"][0]["events"]
    assert [each["id"] for each in events] == [each["id"] for each in reversed(made)]
    assert events[0]["start"] == "2030-05-01T16:00:00+09:00"
    listed = await tenant.api.found(f"{PEOPLE}?include=calendars.events")
    assert {each["name"]: len(each["calendars"][0]["events"]) for each in listed} == {
        "Doc": 3,
        "Marty": 0,
    }
    for include in ("calendars", "events", ""):
        plain = await tenant.api.found(f"{PEOPLE}/{marty['id']}?include={include}")
        assert plain == marty


async def test_a_page_with_events_has_a_hundred_resources_at_most(tenant: Tenant) -> None:
    answer = await tenant.api.get(f"{PEOPLE}?limit=1000&include=calendars.events")
    assert answer.json()["per_page"] == "100"
    assert (await tenant.api.get(f"{PEOPLE}?limit=1000")).json()["per_page"] == "1000"


async def test_accounts_are_shown_when_asked_for_and_there_are_none(tenant: Tenant) -> None:
    doc = await tenant.api.created(
        f"{PEOPLE}?include=accounts,credit", {"name": "x", "timezone": "UTC"}
    )
    assert doc["accounts"] == []
    assert "accounts" not in await tenant.api.found(f"{PEOPLE}/{doc['id']}")


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("name:brown", "D"),
        ("name:r", "DM"),
        ("first_name:marty", "M"),
        ("last_name:FLY", "M"),
        ("email:DOC@example.com", "D"),
        ("email:doc", ""),
        ("timezone:Europe/Paris", "M"),
        ("timezone:Europe", ""),
        ("meta.store:7", "DM"),
        ("meta.store:7;meta.open:true", "D"),
        ("meta.note:a:b", "M"),
        ("meta.store:", ""),
        ("name:%", ""),
        ("name:r;email:doc@example.com", "D"),
        ("name%3Abrown%3Bmeta.store%3A7", "D"),
        ("id:nothing", ""),
    ],
)
async def test_get_resources_searches_every_listed_field(
    tenant: Tenant, search: str, found: str
) -> None:
    await tenant.resource(
        name="Doc Brown", email="doc@example.com", meta={"store": "7", "open": True}
    )
    await tenant.api.created(
        PEOPLE,
        {
            **{"first_name": "Marty", "last_name": "McFly Jr", "timezone": "Europe/Paris"},
            "meta": {"store": 7, "note": "a:b"},
        },
    )
    listed = await tenant.api.found(f"{PEOPLE}?search={search}")
    assert "".join(sorted(each["name"][0] for each in listed)) == found


async def test_get_resources_orders_and_pages(tenant: Tenant) -> None:
    for name in ("B", "A", "C"):
        await tenant.resource(name=name, email=f"{name}@example.com")
    query = {"orderBy": "name", "sortedBy": "desc", "limit": "2"}
    first = await tenant.api.get(PEOPLE, params=query)
    second = await tenant.api.get(PEOPLE, params={**query, "page": "2"})
    names = [each["name"] for answer in (first, second) for each in answer.json()["data"]]
    assert names == ["C", "B", "A"]
    assert (first.json()["total"], second.json()["next_page_url"]) == (3, None)


async def test_a_resource_keeps_any_text_as_it_is(tenant: Tenant) -> None:
    meta: dict[str, Any] = {"📞": "☎\u202e", "nested": {"list": [1, None, True, {"": ""}]}}
    doc = await tenant.resource(name="Œdipe 👑 <b>'\"\\", meta=meta)
    assert (doc["name"], doc["meta"]) == ("Œdipe 👑 <b>'\"\\", meta)


async def test_ids_are_random_uuids(tenant: Tenant) -> None:
    doc = await tenant.resource(id=str(uuid4()))
    assert UUID(doc["id"]).version == 4
    assert UUID(doc["calendars"][0]["id"]).version == 4
