"""Reminders over HTTP: on apps, projects and bookings, under both of their names."""

from typing import Any
from uuid import UUID

import pytest
from tests.support.client import Tenant

from slotkeeper.domain.reminder import REMINDERS_MAX
from slotkeeper.edge.parts import Parts

START, END = "2030-05-07T12:00:00+00:00", "2030-05-07T13:00:00+00:00"

MAIL = {
    "type": "email",
    "settings": {"recipient": "owner", "subject": "Soon"},
    "when": {"type": "before", "unit": "mins", "time": 15},
}
CALL = {
    "type": "webhook",
    "settings": {"url": "https://hill.example", "method": "post", "expected_response_code": "201"},
    "when": {"type": "after", "unit": "hours", "time": "1"},
}
WRONG = {**MAIL, "type": "sms"}
REFUSAL = ["The reminders.0.type must be email or webhook."]

NAMES = pytest.mark.parametrize("name", ["reminders", "event_notifications"])


async def planned(parts: Parts, tenant: Tenant) -> list[tuple[UUID, str]]:
    """Return booking and moment of everything that is to come."""
    async with parts.database.transaction() as tx:
        found = await tx.dicts(
            "SELECT booking_id, due_at FROM reminders WHERE app_id = %s ORDER BY due_at",
            (tenant.app_id,),
        )
    return [(row["booking_id"], f"{row['due_at']:%H:%M}") for row in found]


def both(booking: Any) -> list[tuple[UUID, str]]:
    return [(UUID(booking["id"]), "11:45"), (UUID(booking["id"]), "13:00")]


@NAMES
async def test_a_booking_is_reminded_of_as_it_says(tenant: Tenant, parts: Parts, name: str) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], START, END, **{name: [MAIL, CALL]})
    made = await tenant.api.created("/bookings", order)
    assert await planned(parts, tenant) == both(made)


@NAMES
async def test_a_project_keeps_them_as_they_were_sent_under_the_newer_name(
    tenant: Tenant, parts: Parts, name: str
) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], **{name: [MAIL]})
    assert project["reminders"] == [MAIL]
    address = f"/projects/{project['id']}"
    assert (await tenant.api.put(address, {name: [MAIL, CALL]})).status_code == 204
    assert (await tenant.api.put(address, {"name": "Another"})).status_code == 204
    assert (await tenant.api.found(address))["reminders"] == [MAIL, CALL]
    order = tenant.order(doc["id"], START, END, project_id=project["id"])
    made = await tenant.api.created("/bookings", order)
    assert await planned(parts, tenant) == both(made)
    assert (await tenant.api.put(address, {name: {}})).status_code == 204
    assert (await tenant.api.found(address))["reminders"] == []


@NAMES
async def test_an_app_has_them_among_its_settings(tenant: Tenant, parts: Parts, name: str) -> None:
    address = f"/apps/{tenant.slug}"
    assert (await tenant.api.put(address, {"settings": {name: [MAIL, CALL]}})).status_code == 204
    assert (await tenant.api.found("/app"))["settings"]["reminders"] == [MAIL, CALL]
    doc = await tenant.resource()
    made = await tenant.api.created("/bookings", tenant.order(doc["id"], START, END))
    assert await planned(parts, tenant) == both(made)
    refused = await tenant.api.put(address, {name: [WRONG]})
    assert (refused.status_code, refused.json()) == (422, {"errors": {"reminders": REFUSAL}})
    assert (await tenant.api.put(address, {name: None})).status_code == 204
    assert "reminders" not in (await tenant.api.found("/app"))["settings"]


async def test_bulks_and_series_have_them_for_each_booking(tenant: Tenant, parts: Parts) -> None:
    doc = await tenant.resource()
    one = tenant.order(doc["id"], START, END, reminders=[MAIL])
    other = tenant.order(doc["id"], END, "2030-05-07T14:00:00+00:00")
    await tenant.api.created("/bookings/bulk", {"bookings": [one, other]})
    assert [moment for _, moment in await planned(parts, tenant)] == ["11:45"]
    third = tenant.order(doc["id"], "2030-05-08T12:00:00+00:00", "2030-05-08T13:00:00+00:00")
    series = {**third, "rrule": "FREQ=DAILY;COUNT=3", "reminders": [CALL]}
    await tenant.api.created("/bookings/series", series)
    assert [moment for _, moment in await planned(parts, tenant)] == ["11:45", *["13:00"] * 3]


@NAMES
@pytest.mark.parametrize("wrong", [[WRONG], "soon", 1, [None], [MAIL] * (REMINDERS_MAX + 1)])
async def test_what_nobody_could_carry_out_is_refused(
    tenant: Tenant, name: str, wrong: object
) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], START, END, **{name: wrong})
    project = {
        "name": "Consultation",
        "resources": [doc["id"]],
        "availability": {},
        "booking": {"graph": "instant"},
        name: wrong,
    }
    service = {"name": "Repair", name: wrong}
    asked = {"/bookings": order, "/projects": project, "/location/services": service}
    for path, body in asked.items():
        refused = await tenant.api.post(path, body)
        assert refused.status_code == 422, path
        assert refused.json()["errors"].keys() == {"reminders"}, path
    refused = await tenant.api.post("/bookings/bulk", {"bookings": [order]})
    assert refused.json()["errors"].keys() == {"bookings.0.reminders"}
    assert (await tenant.api.found("/bookings")) == []


async def test_the_public_key_decides_nothing_about_them(tenant: Tenant, parts: Parts) -> None:
    """Everybody has it, and a reminder sends texts and requests to wherever its author wants."""
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], reminders=[MAIL])
    for name, given in {"reminders": [CALL], "event_notifications": []}.items():
        hour = 12 if given else 13
        order = tenant.order(
            None, f"2030-05-07T{hour}:00:00Z", f"2030-05-07T{hour + 1}:00:00Z",
            project_id=project["id"], **{name: given},
        )  # fmt: skip
        await tenant.widget.created("/bookings", order)
    assert [moment for _, moment in await planned(parts, tenant)] == ["11:45", "12:45"]


async def test_a_booking_shows_them_to_who_asks_and_not_to_the_public(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"], reminders=[MAIL, CALL])
    order = tenant.order(doc["id"], START, END, project_id=project["id"])
    made = await tenant.api.created("/bookings?include=reminders", order)
    assert made["reminders"] == [MAIL, CALL]
    [listed] = await tenant.api.found("/bookings?include=reminders")
    assert listed["reminders"] == [MAIL, CALL]
    moved = await tenant.widget.post(
        f"/bookings/{made['id']}/reschedule?include=reminders",
        {"start": END, "end": "2030-05-07T14:00:00+00:00"},
    )
    assert moved.status_code == 200
    assert "reminders" not in moved.json()["data"]
    assert "reminders" not in await tenant.api.found(f"/bookings/{made['id']}")
    other = tenant.order(doc["id"], START, END)
    plain = await tenant.api.created("/bookings?include=reminders", other)
    assert plain["reminders"] == []


async def test_nulls_are_nothing_said(tenant: Tenant, parts: Parts) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], START, END, reminders=None, event_notifications=[MAIL])
    made = await tenant.api.created("/bookings", order)
    assert await planned(parts, tenant) == both(made)[:1]
