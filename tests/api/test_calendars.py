"""Calendars over HTTP."""

import asyncio

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


# --- Rows of the endpoint matrix ------------------------------------------------------------


async def test_post_calendars_makes_a_calendar_of_our_own(tenant: Tenant) -> None:
    doc = await tenant.resource()
    made = await tenant.api.created("/calendars/", {"resource_id": doc["id"], "name": "Second"})
    told = ("provider", "provider_id", "provider_access", "provider_primary", "provider_sync")
    assert [made[each] for each in told] == ["timekit", None, "owner", False, False]
    assert (made["description"], made["display_name"], made["primary"]) == (None, "Second", False)


async def test_get_calendars_searches_orders_and_pages(tenant: Tenant) -> None:
    doc = await tenant.resource()
    for name in ("Beta", "Alpha"):
        body = {"resource_id": doc["id"], "name": name, "description": f"100% {name}"}
        await tenant.api.created("/calendars", body)
    await tenant.api.put(f"/calendars/{doc['calendars'][0]['id']}", {"primary": True})
    for query, names in (
        ("", ["Bookings", "Beta", "Alpha"]),
        ("orderBy=name&sortedBy=desc", ["Bookings", "Beta", "Alpha"]),
        ("orderBy=name", ["Alpha", "Beta", "Bookings"]),
        ("search=description:100% b", ["Beta"]),
        ("search=primary:true", ["Bookings"]),
        (f"search=primary:false;resource.id:{doc['id']}&orderBy=name", ["Alpha", "Beta"]),
        ("orderBy=name&limit=1&page=2", ["Beta"]),
    ):
        found = await tenant.api.found(f"/calendars?{query}")
        assert sorted(each["name"] for each in found) == sorted(names), query
        if "orderBy" in query:
            assert [each["name"] for each in found] == names, query


async def test_get_calendars_id_shows_events_when_they_are_included(tenant: Tenant) -> None:
    doc = await tenant.resource()
    second = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Second"})
    events = [
        await tenant.api.created(
            "/events",
            {"calendar_id": second["id"], "what": "Lunch",
             "start": f"2030-05-{day}T09:00:00Z", "end": f"2030-05-{day}T10:00:00Z"},
        )
        for day in ("08", "07")
    ]  # fmt: skip
    tokyo = {"Timekit-Timezone": "Asia/Tokyo"}
    address = f"/calendars/{second['id']}"
    plain = await tenant.api.found(address)
    shown = await tenant.api.found(f"{address}?include=events", headers=tokyo)
    listed = await tenant.api.found("/calendars?include=events&search=name:Second", headers=tokyo)
    assert "events" not in plain
    assert [shown] == listed
    assert [each["id"] for each in shown.pop("events")] == [each["id"] for each in events[::-1]]
    assert shown == plain
    assert listed[0]["events"][0]["start"] == "2030-05-07T18:00:00+09:00"
    made = await tenant.api.created(
        "/calendars?include=events", {"resource_id": doc["id"], "name": "Third"}
    )
    assert made["events"] == []
    answer = await tenant.api.get("/calendars?limit=1000&include=events")
    assert answer.json()["per_page"] == "100"


@pytest.mark.parametrize("sync", [True, False])
async def test_put_calendars_id_takes_provider_sync_of_calendars_that_have_no_provider(
    tenant: Tenant, sync: bool
) -> None:
    doc = await tenant.resource()
    address = f"/calendars/{doc['calendars'][0]['id']}"
    before = await tenant.api.found(address)
    answer = await tenant.api.put(address, {"provider_sync": sync})
    assert (answer.status_code, answer.content) == (204, b"")
    assert await tenant.api.found(address) == before


async def test_delete_calendars_id_leaves_the_bookings_to_the_first_of_the_others(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    second = await tenant.api.created("/calendars", {"resource_id": doc["id"], "name": "Second"})
    await tenant.api.put(f"/calendars/{second['id']}", {"primary": True})
    span = ("2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], *span))
    assert booking["calendar"]["id"] == second["id"]
    assert (await tenant.api.delete(f"/calendars/{second['id']}")).status_code == 204

    again = await tenant.api.post("/bookings", tenant.order(doc["id"], *span))
    assert again.status_code == 422, "the time of the booking stays taken"
    assert (await tenant.api.found(f"/bookings/{booking['id']}"))["state"] == "confirmed"
    later = tenant.order(doc["id"], "2030-05-07T10:00:00Z", "2030-05-07T11:00:00Z")
    booking = await tenant.api.created("/bookings", later)
    assert booking["calendar"]["id"] == doc["calendars"][0]["id"]


async def test_of_all_calendars_deleted_at_once_one_stays(tenant: Tenant) -> None:
    doc = await tenant.resource()
    ids = [doc["calendars"][0]["id"]]
    for number in range(5):
        body = {"resource_id": doc["id"], "name": f"Number {number}"}
        ids.append((await tenant.api.created("/calendars", body))["id"])
    answers = await asyncio.gather(*(tenant.api.delete(f"/calendars/{each}") for each in ids))
    assert sorted(answer.status_code for answer in answers) == [204] * 5 + [422]
    assert len(await tenant.api.found("/calendars")) == 1


async def test_of_all_calendars_marked_at_once_one_is_primary(tenant: Tenant) -> None:
    doc = await tenant.resource()
    ids = [doc["calendars"][0]["id"]]
    for number in range(5):
        body = {"resource_id": doc["id"], "name": f"Number {number}"}
        ids.append((await tenant.api.created("/calendars", body))["id"])
    calls = (tenant.api.put(f"/calendars/{each}", {"primary": True}) for each in ids)
    answers = await asyncio.gather(*calls)
    assert [answer.status_code for answer in answers] == [204] * 6
    assert len(await tenant.api.found("/calendars?search=primary:true")) == 1
