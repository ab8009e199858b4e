"""Widgets of the first version over HTTP: kept and given back."""

import re
from uuid import uuid4

import pytest
from tests.support.client import Json, Tenant

CONFIG = {
    "app": "hill-valley",
    "bookingGraph": "instant",
    "timekitFindTime": {"length": "1 hour", "filters": {"and": [{"business_hours": []}]}},
    "bookingFields": {"phone": {"enabled": True}, "comment": {"enabled": False}},
    "name": None,
}


def new(**given: Json) -> Json:
    return {"name": "Consultation", "config": CONFIG, **given}


async def test_post_widgets_keeps_the_configuration_as_it_was_sent(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new())
    assert made == {
        "id": made["id"],
        "name": "Consultation",
        "slug": made["slug"],
        "config": CONFIG,
        "created_at": "2030-05-06T08:00:00+0000",
        "updated_at": "2030-05-06T08:00:00+0000",
    }
    assert list(made["config"]) == list(CONFIG)
    assert re.fullmatch("[a-z0-9]{8}", made["slug"])


@pytest.mark.parametrize(
    ("given", "errors"),
    [
        ({"name": ""}, {"name": ["The name field is required."]}),
        ({"config": 5}, {"config": ["The config must be an object."]}),
        (
            {"slug": "Not A Slug"},
            {
                "slug": [
                    "The slug may only contain lower-case letters, digits, dashes and underscores."
                ]
            },
        ),
        ({"slug": "taken-widget"}, {"slug": ["The slug has already been taken."]}),
    ],
)
async def test_what_is_wrong_with_a_widget_is_told_by_field(
    tenant: Tenant, other_tenant: Tenant, given: Json, errors: Json
) -> None:
    theirs = await other_tenant.api.created("/widgets", new(slug="taken-widget"))
    made = await tenant.api.created("/widgets", new())
    for answer in (
        await tenant.api.post("/widgets", new(**given)),
        await tenant.api.put(f"/widgets/{made['id']}", given),
    ):
        assert (answer.status_code, answer.json()) == (422, {"errors": errors})
    assert await tenant.api.found("/widgets") == [made]
    assert (await other_tenant.api.delete(f"/widgets/{theirs['id']}")).status_code == 204


async def test_a_widget_needs_a_name_and_a_configuration(tenant: Tenant) -> None:
    answer = await tenant.api.post("/widgets", {})
    assert answer.status_code == 422
    assert answer.json()["errors"] == {
        "name": ["The name field is required."],
        "config": ["The config field is required."],
    }


async def test_get_widgets_is_paged_searched_and_ordered(tenant: Tenant) -> None:
    made = [await tenant.api.created("/widgets", new(name=name)) for name in ("B", "A", "C")]
    answer = (await tenant.api.get("/widgets", params={"limit": 2})).json()
    assert (answer["total"], answer["last_page"], len(answer["data"])) == (3, 2, 2)
    by_name = await tenant.api.found("/widgets?orderBy=name")
    assert [each["name"] for each in by_name] == ["A", "B", "C"]
    for search in (f"slug:{made[0]['slug']}", f"id:{made[0]['id']}", "name:b"):
        assert await tenant.api.found("/widgets", params={"search": search}) == [made[0]]


async def test_get_widget_gives_one(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new())
    assert await tenant.api.found(f"/widgets/{made['id']}") == made


async def test_put_widget_replaces_what_is_given_and_answers_204(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new(slug=f"w-{uuid4()}"))
    address = f"/widgets/{made['id']}"
    changed = await tenant.api.put(address, {"config": {"name": "Doc"}, "slug": made["slug"]})
    assert (changed.status_code, changed.content) == (204, b"")
    assert await tenant.api.found(address) == {**made, "config": {"name": "Doc"}}
    assert (await tenant.api.put(address, [])).status_code == 204
    assert (await tenant.api.put(address, {"config": []})).status_code == 204
    assert (await tenant.api.found(address))["config"] == {}


async def test_delete_widget_removes_it(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new())
    deleted = await tenant.api.delete(f"/widgets/{made['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    for path in (f"/widgets/{made['id']}", f"/widgets/embed/{made['id']}"):
        answer = await tenant.api.get(path)
        assert answer.status_code == 404
        assert answer.json() == {"error": "Resource does not exist", "model": "Widget"}


async def test_get_widgets_hosted_needs_no_key(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new())
    shown = await tenant.anonymous.found(f"/widgets/hosted/{made['slug']}")
    assert shown == {"id": made["id"], "slug": made["slug"], "config": CONFIG}
    answer = await tenant.anonymous.get("/widgets/hosted/nothing")
    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": "Widget"}


async def test_get_widgets_embed_works_with_the_public_key(tenant: Tenant) -> None:
    made = await tenant.api.created("/widgets", new())
    shown = await tenant.widget.found(f"/widgets/embed/{made['id']}")
    assert shown == {"id": made["id"], "slug": made["slug"], "config": CONFIG}
    assert (await tenant.anonymous.get(f"/widgets/embed/{made['id']}")).status_code == 401
