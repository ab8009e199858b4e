"""ETag and If-None-Match: what the caller has already is not sent again."""

import re

import pytest
from tests.support.client import Tenant
from tests.support.document import Operation, operations

TAG = re.compile('"[0-9a-f]{24}"')


async def test_a_read_is_not_sent_again_to_who_has_it(tenant: Tenant) -> None:
    doc = await tenant.resource()
    for path in (f"/resources/{doc['id']}", "/resources", "/events?start=today&end=2 days"):
        first = await tenant.api.get(path)
        tag = first.headers["etag"]
        assert TAG.fullmatch(tag)
        for given in (tag, f"W/{tag}", f'"x", {tag}', "*", f'W/"y",W/{tag}'):
            again = await tenant.api.get(path, headers={"If-None-Match": given})
            assert (again.status_code, again.content) == (304, b""), given
            assert again.headers["etag"] == tag
            assert again.headers["cache-control"] == first.headers["cache-control"]
            assert "content-type" not in again.headers


async def test_what_has_changed_is_sent_with_another_tag(tenant: Tenant) -> None:
    doc = await tenant.resource()
    address = f"/resources/{doc['id']}"
    tag = (await tenant.api.get(address)).headers["etag"]
    await tenant.api.put(address, {"name": "Marty"})
    again = await tenant.api.get(address, headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert again.json()["data"]["name"] == "Marty"
    assert again.headers["etag"] != tag


@pytest.mark.parametrize(
    "sent", [{"Timekit-Timezone": "Asia/Tokyo"}, {"OutputTimestampFormat": "U"}]
)
async def test_the_same_thing_written_otherwise_has_another_tag(
    tenant: Tenant, sent: dict[str, str]
) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created(
        "/bookings", tenant.order(doc["id"], "2030-05-07T09:00:00Z", "2030-05-07T10:00:00Z")
    )
    address = f"/bookings/{booking['id']}"
    tag = (await tenant.api.get(address)).headers["etag"]
    again = await tenant.api.get(address, headers={"If-None-Match": tag, **sent})
    assert (again.status_code, again.headers["etag"] != tag) == (200, True)


async def test_only_good_answers_to_reads_have_a_tag(tenant: Tenant) -> None:
    doc = await tenant.resource()
    address, star = f"/resources/{doc['id']}", {"If-None-Match": "*"}
    for answer, status in (
        (await tenant.api.get(f"{address[:-2]}00", headers=star), 404),
        (await tenant.anonymous.get(address, headers=star), 401),
        (await tenant.widget.get(address, headers=star), 403),
        (await tenant.api.get("/resources?limit=0", headers=star), 422),
        (await tenant.api.put(address, {"name": "x"}, headers=star), 204),
        (await tenant.api.post("/availability", {"resources": [doc["id"]]}, headers=star), 200),
    ):
        assert answer.status_code == status
        assert "etag" not in answer.headers


async def test_nobody_learns_from_a_tag_what_is_not_theirs(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    doc = await tenant.resource()
    address = f"/resources/{doc['id']}"
    tag = (await tenant.api.get(address)).headers["etag"]
    answer = await other_tenant.api.get(address, headers={"If-None-Match": tag})
    assert answer.status_code == 404


async def test_test_mode_is_told_with_the_short_answer_too(other_tenant: Tenant) -> None:
    answer = await other_tenant.api.get("/resources", headers={"If-None-Match": "*"})
    assert (answer.status_code, answer.headers["timekit-testmode"]) == (304, "true")


@pytest.mark.parametrize(
    "route", [each for each in operations() if each.method == "GET"], ids=lambda each: each.name
)
def test_every_read_says_that_it_may_answer_304(route: Operation) -> None:
    assert "304" in route.told["responses"]
