"""Properties: what applications of before 2018 kept with a person."""

from datetime import timedelta

import pytest
from tests.support.client import Json, Tenant
from tests.support.clock import TestClock

from slotkeeper.domain.properties import PROPERTIES_MAX


async def of(tenant: Tenant) -> dict[str, str]:
    return {"resource_id": (await tenant.resource())["id"]}


async def texts(tenant: Tenant, own: dict[str, str]) -> dict[str, str]:
    found = await tenant.api.found("/properties", params=own)
    return {each["key"]: each["value"] for each in found}


async def test_get_properties_lists_them_by_key_with_their_stamps(
    tenant: Tenant, clock: TestClock
) -> None:
    own = await of(tenant)
    assert await tenant.api.found("/properties", params=own) == []
    await tenant.api.put("/properties", {"b": "x", "a": "y"}, params=own)
    clock.advance(timedelta(minutes=1, seconds=5))
    answer = await tenant.api.put("/properties", {"b": "z"}, params=own)
    assert (answer.status_code, answer.content) == (204, b"")
    first, second = await tenant.api.found("/properties", params=own)
    made = "2030-05-06 08:00:00"
    assert first == {"key": "a", "value": "y", "created_at": made, "updated_at": made}
    changed = "2030-05-06 08:01:05"
    assert second == {"key": "b", "value": "z", "created_at": made, "updated_at": changed}


async def test_get_properties_key_gives_one(tenant: Tenant) -> None:
    own = await of(tenant)
    await tenant.api.put("/properties", {"colour": "red"}, params=own)
    found = await tenant.api.found("/properties/colour", params=own)
    assert (found["key"], found["value"]) == ("colour", "red")
    missing = await tenant.api.get("/properties/Colour", params=own)
    assert missing.status_code == 404
    assert missing.json() == {"error": "Resource does not exist", "model": "Property"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"key": "sync", "value": 1}, {"sync": "1"}),
        ({"key": "sync", "value": "on"}, {"sync": "on"}),
        ({"sync": True, "off": False, "none": None}, {"sync": "1", "off": "", "none": ""}),
        ({"key": "alone"}, {"key": "alone"}),
        ({"key": "a", "value": "b", "more": "c"}, {"key": "a", "value": "b", "more": "c"}),
        ({"half": 0.5, "📞": "☎"}, {"half": "0.5", "📞": "☎"}),
        ([], {}),
        ({}, {}),
    ],
)
async def test_put_properties_takes_one_pair_or_many_and_makes_texts_of_them(
    tenant: Tenant, body: Json, wanted: dict[str, str]
) -> None:
    own = await of(tenant)
    assert (await tenant.api.put("/properties", body, params=own)).status_code == 204
    assert await texts(tenant, own) == wanted


@pytest.mark.parametrize(
    "body",
    [
        {"good": "x", "list": [1]},
        {"good": "x", "object": {}},
        {"good": "x", "": "x"},
        {"good": "x", "k" * 256: "x"},
        {"good": "x", "long": "x" * 10_001},
        {f"key {number}": "x" for number in range(PROPERTIES_MAX + 1)},
    ],
    ids=["list", "object", "no key", "long key", "long value", "too many"],
)
async def test_put_properties_refuses_all_where_one_is_wrong(tenant: Tenant, body: Json) -> None:
    own = await of(tenant)
    answer = await tenant.api.put("/properties", body, params=own)
    assert answer.status_code == 422
    assert len(answer.json()["errors"]) == 1
    assert await texts(tenant, own) == {}


async def test_put_properties_takes_as_much_as_it_says(tenant: Tenant) -> None:
    own = await of(tenant)
    body = {f"{number}": "x" for number in range(PROPERTIES_MAX)}
    assert (await tenant.api.put("/properties", body, params=own)).status_code == 204
    largest = {"0": "x" * 10_000}
    assert (await tenant.api.put("/properties", largest, params=own)).status_code == 204
    longest = await of(tenant)
    assert (await tenant.api.put("/properties", {"k" * 255: 1}, params=longest)).is_success


async def test_properties_belong_to_one_person_of_one_app(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    own, other = await of(tenant), await of(tenant)
    await tenant.api.put("/properties", {"a": 1}, params=own)
    assert await texts(tenant, other) == {}
    for method, path in (("GET", ""), ("GET", "/a"), ("PUT", "")):
        answer = await other_tenant.api.request(
            method, f"/properties{path}", params=own, json={"a": 2} if method == "PUT" else None
        )
        assert answer.status_code == 404
    assert await texts(tenant, own) == {"a": "1"}
    await tenant.api.delete(f"/resources/{own['resource_id']}")
    assert (await tenant.api.get("/properties", params=own)).status_code == 404
    nobody = await tenant.api.get("/properties")
    assert nobody.json() == {"errors": {"resource_id": ["The resource id field is required."]}}
