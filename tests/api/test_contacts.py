"""Contacts: clients of before 2018 ask for them, and there are none."""

import pytest
from tests.support.client import Tenant


@pytest.mark.parametrize("path", ["/contacts", "/contacts/"])
async def test_get_contacts_is_an_empty_list(tenant: Tenant, path: str) -> None:
    doc = await tenant.resource()
    answer = await tenant.api.get(path, params={"resource_id": doc["id"]})
    assert (answer.status_code, answer.json()) == (200, {"data": []})


async def test_contacts_of_nobody_are_refused(tenant: Tenant, other_tenant: Tenant) -> None:
    assert (await tenant.api.get("/contacts")).status_code == 422
    stranger = {"resource_id": (await other_tenant.resource())["id"]}
    assert (await tenant.api.get("/contacts", params=stranger)).status_code == 404
