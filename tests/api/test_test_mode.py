"""Test apps whose bookings are for the owner and the booked resource only, if switched on."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx
import pytest
from tests.conftest import new_tenant
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

from slotkeeper.bootstrap import create_app, dressed, make_parts
from slotkeeper.edge.parts import Parts

NINE, TEN = "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z"


@pytest.fixture
async def strict(parts: Parts, database_url: str, clock: TestClock) -> AsyncIterator[Parts]:
    """A server whose operator has switched the rule on."""
    settings = parts.settings.model_copy(update={"test_mode_customers": True})
    made = make_parts(settings, database_url, clock=clock, seed=1)
    await made.database.open()
    yield replace(made, vault=parts.vault)
    await made.database.close()


async def on(parts: Parts, *, test_mode: bool) -> Tenant:
    transport = httpx.ASGITransport(dressed(create_app(parts), parts.settings))
    http = httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test")
    return await new_tenant(parts, http, test_mode=test_mode)


async def order(tenant: Tenant, email: str) -> Json:
    doc = await tenant.resource(email=f"doc-{email}", name="Doc")
    customer = {"name": "Marty", "email": email}
    return tenant.order(doc["id"], NINE, TEN, customer=customer)


async def test_a_stranger_is_refused_and_nothing_is_booked(strict: Parts) -> None:
    tenant = await on(strict, test_mode=True)
    body = await order(tenant, "marty@example.com")
    for caller in (tenant.api, tenant.widget):
        answer = await caller.post("/bookings", body)
        assert (answer.status_code, list(answer.json()["errors"])) == (422, ["customer"])
    bulk = await tenant.api.post("/bookings/bulk", {"bookings": [body]})
    assert (bulk.status_code, list(bulk.json()["errors"])) == (422, ["bookings.0.customer"])
    assert await tenant.api.found("/bookings") == []
    body["customer"]["email"] = "OWNER@example.com"
    assert (await tenant.api.post("/bookings", body)).status_code == 201


async def test_the_owner_and_the_booked_resource_are_customers(strict: Parts) -> None:
    tenant = await on(strict, test_mode=True)
    body = await order(tenant, "marty@example.com")
    body["customer"]["email"] = "DOC-marty@example.com"
    assert (await tenant.api.post("/bookings", body)).status_code == 201


async def test_live_apps_have_customers_of_any_address(strict: Parts) -> None:
    tenant = await on(strict, test_mode=False)
    body = await order(tenant, "marty@example.com")
    assert (await tenant.api.post("/bookings", body)).status_code == 201


async def test_the_rule_is_off_by_default(other_tenant: Tenant) -> None:
    body = await order(other_tenant, "marty@example.com")
    assert (await other_tenant.api.post("/bookings", body)).status_code == 201
