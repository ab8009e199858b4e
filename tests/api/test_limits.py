"""The rules of a booking window over HTTP: limits, gap, enforcing them, and whose turn it is."""

from typing import Any

import pytest
from tests.support.client import Caller, Json, Tenant

TAKEN = {"error": "The requested timeslot is not available"}
DAY = {"from": "2030-05-07", "to": "2030-05-08"}


def hour(start: int, day: int = 7) -> tuple[str, str]:
    return (
        f"2030-05-{day:02}T{start:02}:00:00+00:00",
        f"2030-05-{day:02}T{start + 1:02}:00:00+00:00",
    )


async def starts(caller: Caller, body: Json) -> list[str]:
    answer = await caller.post("/availability", {**DAY, **body})
    assert answer.status_code == 200, answer.text
    return [slot["start"][11:16] for slot in answer.json()["data"]]


async def strict(tenant: Tenant, *resource_ids: str, **availability: Any) -> Json:
    """Make a project that enforces its rules."""
    return await tenant.project(
        *resource_ids,
        availability={"mode": "roundrobin_prioritized", "length": "1 hour", **availability},
        availability_constraints=[{"allow_hours": {"start": 9, "end": 17}}],
        booking={"graph": "instant", "settings": {"enforce_availability": True}},
    )


async def test_a_full_day_offers_nothing_to_either_key(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(doc["id"], *hour(9)))
    body = {"resources": [doc["id"]], "limits": {"resource": {"day": 1}}}

    for caller in (tenant.api, tenant.widget):
        assert await starts(caller, body) == []
        assert len(await starts(caller, {**body, "limits": {"resource": {"day": "2"}}})) == 23


async def test_bookings_keep_their_gap(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(doc["id"], *hour(9)))

    found = await starts(tenant.widget, {"resources": [doc["id"]], "minimum_gap": "90 minutes"})

    assert found[:8] == [f"{each:02}:00" for each in range(7)] + ["11:30"]


@pytest.mark.parametrize(
    "nothing", [{}, [], None, "", {"resource": None}, {"project": {"day": None}}]
)
async def test_a_project_keeps_its_limits_as_they_were_sent_and_the_widget_sends_them_back(
    tenant: Tenant, nothing: Json
) -> None:
    doc = await tenant.resource()
    project = await tenant.project(
        doc["id"], availability={"limits": nothing, "minimum_gap": None, "length": "1 hour"}
    )

    assert project["availability"]["limits"] == nothing
    body = {"project_id": project["id"], **project["availability"]}
    assert len(await starts(tenant.widget, body)) == 24


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"limits": 3}, "limits"),
        ({"limits": {"day": 3}}, "limits.day"),
        ({"limits": {"resource": {"day": 0}}}, "limits.resource.day"),
        ({"limits": {"project": {"hour": 3}}}, "limits.project.hour"),
        ({"minimum_gap": "a while"}, "minimum_gap"),
    ],
)
async def test_what_makes_no_sense_is_refused_under_its_name(
    tenant: Tenant, given: dict[str, Json], field: str
) -> None:
    doc = await tenant.resource()

    asked = await tenant.widget.post("/availability", {"resources": [doc["id"]], **given})
    project = {"name": "X", "resources": [doc["id"]], "booking": {"graph": "instant"}}
    made = await tenant.api.post("/projects", {**project, "availability": given})

    assert (asked.status_code, made.status_code) == (422, 422)
    assert asked.json()["errors"].keys() == {field}
    assert made.json()["errors"].keys() == {f"availability.{field}"}


async def test_dates_and_counts_know_the_limits_too(tenant: Tenant) -> None:
    doc = await tenant.resource()
    await tenant.api.created("/bookings", tenant.order(doc["id"], *hour(9)))
    body = {
        "resources": [doc["id"]], "from": "2030-05-07", "to": "2030-05-09",
        "limits": {"resource": {"day": 1}},
    }  # fmt: skip

    dates = await tenant.widget.post("/availability/dates", body)
    count = await tenant.widget.post("/availability/count", body)

    assert [each["date"] for each in dates.json()["data"]] == ["2030-05-08", "2030-05-09"]
    assert count.json() == {"data": {"total": 24}}


# Enforced.


async def test_what_a_project_does_not_offer_cannot_be_booked_in_it_with_any_key(
    tenant: Tenant,
) -> None:
    doc = await tenant.resource()
    project = await strict(tenant, doc["id"])

    for caller in (tenant.api, tenant.widget):
        for resource_id in (doc["id"], None):
            order = tenant.order(resource_id, *hour(18), project_id=project["id"])
            answer = await caller.post("/bookings", order)
            assert (answer.status_code, answer.json()) == (422, TAKEN)
    await tenant.widget.created(
        "/bookings", tenant.order(doc["id"], *hour(9), project_id=project["id"])
    )


async def test_an_order_cannot_switch_the_rules_off(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await strict(tenant, doc["id"])

    for settings in ({"enforce_availability": False}, {"allow_double_bookings": True}):
        order = tenant.order(doc["id"], *hour(18), project_id=project["id"], settings=settings)
        answer = await tenant.api.post("/bookings", order)
        assert (answer.status_code, answer.json()) == (422, TAKEN)


async def test_every_slot_on_offer_can_be_booked_until_the_day_is_full(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(timezone="Europe/Copenhagen")
    limits = {"resource": {"day": 2}, "project": {"day": 3}}
    project = await strict(
        tenant, doc["id"], marty["id"], limits=limits, minimum_gap="30 minutes", buffer="5 minutes"
    )
    booked = []
    while True:
        body = {"project_id": project["id"], **DAY}
        slots = (await tenant.widget.post("/availability", body)).json()["data"]
        if not slots:
            break
        slot = slots[-1]
        order = tenant.order(
            slot["resources"][0]["id"], slot["start"], slot["end"], project_id=project["id"]
        )
        booked.append(await tenant.widget.created("/bookings", order))
    assert len(booked) == 3


async def test_rescheduling_is_bound_by_the_rules(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await strict(tenant, doc["id"], limits={"resource": {"day": 1}})
    order = tenant.order(doc["id"], *hour(9), project_id=project["id"])
    booking = await tenant.api.created("/bookings", order)

    late, later = hour(17), hour(10)
    path = f"/bookings/{booking['id']}/reschedule"
    refused = await tenant.api.post(path, {"start": late[0], "end": late[1]})
    moved = await tenant.api.post(path, {"start": later[0], "end": later[1]})

    assert (refused.status_code, refused.json()) == (422, TAKEN)
    assert moved.status_code == 200


async def test_a_project_that_enforces_nothing_is_as_it_always_was(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(
        doc["id"],
        availability={"limits": {"resource": {"day": 1}}, "from": "3 days"},
        availability_constraints=[{"allow_hours": {"start": 9, "end": 17}}],
    )

    for start in (17, 18):
        order = tenant.order(doc["id"], *hour(start), project_id=project["id"])
        await tenant.widget.created("/bookings", order)


# Whose turn it is.


async def test_a_balanced_project_names_and_books_who_has_least_to_do(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(
        doc["id"], marty["id"], availability={"mode": "roundrobin_balanced", **DAY}
    )
    chosen = []
    for start in range(9, 13):
        slots = (await tenant.widget.post("/availability", {"project_id": project["id"]})).json()
        [named] = {each["id"] for slot in slots["data"][:4] for each in slot["resources"]}
        order = tenant.order(None, *hour(start), project_id=project["id"])
        booking = await tenant.widget.created("/bookings?include=resource", order)
        assert booking["resource"]["id"] == named
        chosen.append(named)
    assert chosen == [doc["id"], marty["id"]] * 2
