"""Calendars over HTTP."""

import pytest
from tests.support.client import Json, Tenant


async def test_a_calendar_is_created_changed_and_deleted(tenant: Tenant) -> None:
    doc = await tenant.resource()
    made = await tenant.api.created(
        "/calendars",
        {
            "resource_id": doc["id"],
            "name": "Experiments",
            "description": "Secret",
            "foregroundcolor": "#ffffff",
            "backgroundcolor": "#25D6be",
        },
    )
    first = doc["calendars"][0]
    assert made == {
        **first,
        "id": made["id"],
        "name": "Experiments",
        "display_name": "Experiments",
        "description": "Secret",
        "foregroundcolor": "#ffffff",
        "backgroundcolor": "#25D6be",
        "primary": False,
    }
    address = f"/calendars/{made['id']}"
    answer = await tenant.api.put(address, {"name": "Trials", "description": None, "junk": 1})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await tenant.api.found(address) == {
        **made,
        "name": "Trials",
        "display_name": "Trials",
        "description": None,
    }
    both = (await tenant.api.found(f"/resources/{doc['id']}"))["calendars"]
    assert {each["id"] for each in both} == {first["id"], made["id"]}
    answer = await tenant.api.delete(address)
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await tenant.api.get(address)).json()["model"] == "Calendar"


async def test_bookings_go_to_the_primary_calendar_or_the_one_asked_for(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    second = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Second"})
    third = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Third"})
    for primary in (second, third):
        await tenant.api.put(f"/calendars/{primary['id']}", {"primary": True})
    shown = await tenant.api.found(f"/resources/{doc['id']}")
    assert [each["name"] for each in shown["calendars"] if each["primary"]] == ["Third"]

    usual = tenant.order(doc["id"], "2030-05-07 09:00", "2030-05-07 10:00")
    booking = await tenant.api.created("/bookings", usual)
    assert booking["calendar"]["name"] == "Third"
    asked = tenant.order(doc["id"], "2030-05-07 10:00", "2030-05-07 11:00")
    booking = await tenant.api.created("/bookings", {**asked, "calendar_id": second["id"]})
    assert booking["calendar"]["name"] == "Second"

    wrong = {**asked, "resource_id": marty["id"], "calendar_id": second["id"]}
    answer = await tenant.api.post("/bookings", wrong)
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"calendar_id": ["The selected calendar id is invalid."]}}


async def test_the_last_calendar_of_a_resource_stays(tenant: Tenant) -> None:
    doc = await tenant.resource()
    address = f"/calendars/{doc['calendars'][0]['id']}"
    answer = await tenant.api.delete(address)
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {"id": ["The last calendar of a resource cannot be deleted."]}
    }
    assert (await tenant.api.get(address)).status_code == 200


async def test_a_deleted_calendar_takes_its_events_and_gives_their_time_back(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    second = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Second"})
    span = {"start": "2030-05-07T09:00:00Z", "end": "2030-05-07T10:00:00Z"}
    event = {"calendar_id": second["id"], "what": "Lunch", **span}
    made = await tenant.api.created("/events", event)
    order = tenant.order(doc["id"], span["start"], span["end"])
    assert (await tenant.api.post("/bookings", order)).status_code == 422
    await tenant.api.delete(f"/calendars/{second['id']}")
    assert (await tenant.api.get(f"/events/{made['id']}")).status_code == 404
    assert (await tenant.api.post("/bookings", order)).status_code == 201


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"name": None}, {"name": ["The name must be a string."]}),
        ({"name": "  "}, {"name": ["The name field is required."]}),
        ({"resource_id": "x"}, {"resource_id": ["The resource id must be a valid UUID."]}),
        (
            {"foregroundcolor": "red"},
            {"foregroundcolor": ["The foregroundcolor format is invalid."]},
        ),
    ],
)
async def test_what_is_wrong_with_a_calendar_is_told_by_field(
    tenant: Tenant, changes: Json, errors: Json
) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.post(
        "/calendars", {"resource_id": doc["id"], "name": "Second", **changes}
    )
    assert answer.status_code == 422
    assert answer.json() == {"errors": errors}


async def test_calendars_are_found_by_each_of_their_fields(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    wanted = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Trials"})
    for search in (f"id:{wanted['id']}", "name:trial", f"resource.id:{doc['id']};name:Trials"):
        found = await tenant.api.found("/calendars", params={"search": search})
        assert [each["id"] for each in found] == [wanted["id"]]
    of_marty = await tenant.api.found(f"/calendars?search=resource.id:{marty['id']}")
    assert [each["id"] for each in of_marty] == [marty["calendars"][0]["id"]]
