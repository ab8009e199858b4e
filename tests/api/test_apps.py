"""Apps over HTTP: one's own, those made through it, their keys, and the secret of webhooks."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock
from tests.support.people import Person, person

OWNER = "owner@example.com"
"""The address of whoever owns the apps of tests."""


async def owner(tenant: Tenant) -> Person:
    return await person(tenant, OWNER, name="Owner")


async def made_through(caller: Caller, name: str = "Twin Pines") -> Json:
    return await caller.created("/apps?include=app_token,widget_token", {"name": name})


# --- The app of the caller


async def test_get_app_shows_the_app_of_the_key(tenant: Tenant, other_tenant: Tenant) -> None:
    for each, test_mode in ((tenant, False), (other_tenant, True)):
        shown = await each.api.found("/app")
        assert (shown["id"], shown["slug"]) == (str(each.app_id), each.slug)
        assert (shown["test_mode"], shown["role"]) == (test_mode, "owner")
        assert shown["settings"] == {"name": "Hill Valley"}
        assert (shown["creator_resource_id"], shown["api_trial_expires_at"]) == (None, None)
        assert len(shown["webhook_secret"]) == 40
        assert not {"app_token", "widget_token"} & shown.keys()


async def test_get_app_shows_its_keys_when_they_are_included(tenant: Tenant) -> None:
    shown = await tenant.api.found("/app?include=app_token,widget_token")
    assert (shown["app_token"], shown["widget_token"]) == (tenant.api.key, tenant.widget.key)


async def test_people_see_of_their_app_no_secret(tenant: Tenant) -> None:
    settings = {"from_email": "x@example.com", "contact_name": "Doc", "own": 1}
    await tenant.api.put(f"/apps/{tenant.slug}", settings)
    doc = await person(tenant, "doc@example.com")
    shown = await doc.found("/app?include=app_token,widget_token")
    assert shown["role"] == "resource"
    assert shown["settings"] == {"name": "Hill Valley", "contact_name": "Doc"}
    assert shown["webhook_secret"] is None
    assert not {"app_token", "widget_token"} & shown.keys()


async def test_the_owner_sees_what_the_app_key_sees(tenant: Tenant) -> None:
    me = await owner(tenant)
    path = "/app?include=app_token"
    assert await me.found(path) == await tenant.api.found(path)


# --- Apps


async def test_get_apps_lists_ones_app_and_those_made_through_it(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    made = await made_through(tenant.api)
    await made_through(other_tenant.api)
    for caller in (tenant.api, await owner(tenant)):
        answer = (await caller.get("/apps?include=app_token")).json()
        tokens = {each["slug"]: each["app_token"] for each in answer["data"]}
        assert tokens == {tenant.slug: tenant.api.key, made["slug"]: made["app_token"]}
        assert answer["total"] == 2
    doc = await person(tenant, "doc@example.com")
    assert [each["slug"] for each in await doc.found("/apps")] == [tenant.slug]


async def test_get_apps_slug_shows_one_within_reach(tenant: Tenant, other_tenant: Tenant) -> None:
    made = await made_through(tenant.api)
    doc = await person(tenant, "doc@example.com")
    assert (await tenant.api.found(f"/apps/{tenant.slug}"))["id"] == str(tenant.app_id)
    assert (await tenant.api.found(f"/apps/{made['slug']}"))["id"] == made["id"]
    assert (await doc.found(f"/apps/{tenant.slug}"))["role"] == "resource"
    for caller, slug in (
        (tenant.api, other_tenant.slug),
        (tenant.api, f"of-nothing-{uuid4()}"),
        (other_tenant.api, made["slug"]),
        (doc, made["slug"]),
    ):
        for method, body in (("GET", None), ("PUT", {"name": "x"}), ("DELETE", None)):
            answer = await caller.request(method, f"/apps/{slug}", json=body)
            if caller is doc and method != "GET":
                assert answer.status_code == 403
            else:
                assert answer.json() == {"error": "Resource does not exist", "model": "App"}
                assert answer.status_code == 404


async def test_post_apps_makes_an_app_with_keys_that_work(tenant: Tenant) -> None:
    me = await owner(tenant)
    made = await me.created(
        "/apps?include=app_token,widget_token",
        {"name": "Test 121", "settings": {"callback": "https://x.example"}, "contact_name": "Doc"},
    )
    assert made["slug"].startswith("test-121")
    assert made["creator_resource_id"] == me.resource_id
    assert (made["test_mode"], made["role"]) == (False, "owner")
    assert made["settings"] == {
        "name": "Test 121",
        "callback": "https://x.example",
        "contact_name": "Doc",
    }
    new = Caller(tenant.api.http, made["app_token"])
    assert (await new.found("/app"))["id"] == made["id"]
    assert await new.found("/resources") == []
    widget = Caller(tenant.api.http, made["widget_token"])
    assert (await widget.get("/resources")).status_code == 403


async def test_post_apps_makes_a_test_app_for_good(tenant: Tenant) -> None:
    body = {"name": "Trial", "test_mode": True}
    made = await tenant.api.created("/apps?include=app_token", body)
    assert made["test_mode"]
    assert made["app_token"].startswith("test_api_key_")
    await tenant.api.put(f"/apps/{made['slug']}", {"test_mode": False})
    assert (await tenant.api.found(f"/apps/{made['slug']}"))["test_mode"]


async def test_post_apps_wants_a_name_and_a_manager(tenant: Tenant) -> None:
    answer = await tenant.api.post("/apps", {"settings": {}})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["name"])
    doc = await person(tenant, "doc@example.com")
    answer = await doc.post("/apps", {"name": "x"})
    assert answer.status_code == 403
    message = "This is not allowed to people who do not manage the app"
    assert answer.json() == {"error": {"message": message}}


@pytest.mark.parametrize("form", ["object", "flat"])
async def test_put_apps_merges_settings_in_either_form(tenant: Tenant, form: str) -> None:
    path = f"/apps/{tenant.slug}"
    for given in ({"callback": "https://x.example", "own_key": {"a": [1]}}, {"name": "Lone Pine"}):
        answer = await tenant.api.put(path, {"settings": given} if form == "object" else given)
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await tenant.api.found("/app"))["settings"] == {
        "name": "Lone Pine",
        "callback": "https://x.example",
        "own_key": {"a": [1]},
    }
    await tenant.api.put(path, {"callback": None})
    assert "callback" not in (await tenant.api.found("/app"))["settings"]


@pytest.mark.parametrize("key", ["disableEmail", "disable_email", "disable_emails"])
async def test_put_apps_knows_three_spellings_of_disable_email(tenant: Tenant, key: str) -> None:
    assert (await tenant.api.put(f"/apps/{tenant.slug}", {key: True})).status_code == 204
    settings = (await tenant.api.found("/app"))["settings"]
    assert settings == {"name": "Hill Valley", "disableEmail": True}


async def test_put_apps_keeps_rate_limits_under_one_name_each(tenant: Tenant) -> None:
    given = {"customer_rate_limits": {"day": 1, "weekly": 3, "month": 5, "yearly": 9}}
    assert (await tenant.api.put(f"/apps/{tenant.slug}", given)).status_code == 204
    assert (await tenant.api.found("/app"))["settings"]["customer_rate_limits"] == {
        "daily": 1,
        "weekly": 3,
        "monthly": 5,
        "yearly": 9,
    }


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": None}, "name"),
        ({"name": 7}, "name"),
        ({"disable_email": "yes"}, "disableEmail"),
        ({"callback": 7}, "callback"),
        ({"resource_rate_limits": 3}, "resource_rate_limits"),
        ({"resource_rate_limits": {"day": -1}}, "resource_rate_limits.daily"),
        ({"resource_rate_limits": {"day": True}}, "resource_rate_limits.daily"),
        ({"resource_rate_limits": {"hour": 1}}, "resource_rate_limits.hour"),
        ({str(number): 1 for number in range(200)}, "settings"),
    ],
)
async def test_put_apps_refuses_what_nobody_understands(
    tenant: Tenant, given: Json, field: str
) -> None:
    before = await tenant.api.found("/app")
    answer = await tenant.api.put(f"/apps/{tenant.slug}", given)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert await tenant.api.found("/app") == before


async def test_delete_apps_removes_the_app_and_everything_in_it(tenant: Tenant) -> None:
    made = await made_through(tenant.api)
    other = Caller(tenant.api.http, made["app_token"])
    doc = await other.created("/resources", {"name": "Doc", "timezone": "UTC"})
    order = tenant.order(doc["id"], "2030-05-09T09:00:00Z", "2030-05-09T10:00:00Z")
    await other.created("/bookings", order)
    answer = await tenant.api.delete(f"/apps/{made['slug']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await other.get("/app")).status_code == 401
    assert (await tenant.api.get(f"/apps/{made['slug']}")).status_code == 404


async def test_delete_apps_is_not_for_the_apps_own_key_but_for_its_owner(tenant: Tenant) -> None:
    answer = await tenant.api.delete(f"/apps/{tenant.slug}")
    assert answer.status_code == 403
    assert answer.json()["error"]["message"] == "An app cannot be deleted with its own key"
    me = await owner(tenant)
    answer = await me.request(
        "DELETE", f"/apps/{tenant.slug}", headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 204
    assert (await tenant.api.get("/app")).status_code == 401


# --- Keys


async def test_an_app_has_several_keys_with_names(tenant: Tenant) -> None:
    made = await tenant.api.created("/app/keys", {"name": "Web server"})
    assert (made["kind"], made["name"]) == ("api", "Web server")
    assert (await Caller(tenant.api.http, made["key"]).get("/app")).status_code == 200
    widget = await tenant.api.created("/app/keys", {"name": "Blog", "kind": "widget"})
    assert widget["key"].startswith("live_widget_key_")
    found = await tenant.api.found("/app/keys")
    names = ["first api key", "first widget key", "Blog", "Web server"]
    assert sorted(each["name"] for each in found) == sorted(names)
    assert made["key"] not in str(found)
    assert all("key" not in each for each in found)


async def test_a_key_is_replaced_by_another_without_a_gap(tenant: Tenant) -> None:
    old = next(each for each in await tenant.api.found("/app/keys") if each["kind"] == "api")
    made = await tenant.api.created("/app/keys", {"name": "New"})
    new = Caller(tenant.api.http, made["key"])
    assert (await new.delete(f"/app/keys/{old['id']}")).status_code == 204
    assert (await tenant.api.get("/app")).status_code == 401
    assert (await new.found("/app?include=app_token"))["app_token"] == made["key"]
    shown = next(each for each in await new.found("/app/keys") if each["id"] == old["id"])
    assert shown["revoked_at"] == "2030-05-06T08:00:00+0000"
    assert (await new.delete(f"/app/keys/{old['id']}")).status_code == 404


async def test_the_last_api_key_stays(tenant: Tenant) -> None:
    keys = {each["kind"]: each["id"] for each in await tenant.api.found("/app/keys")}
    answer = await tenant.api.delete(f"/app/keys/{keys['api']}")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["id"])
    assert (await tenant.api.delete(f"/app/keys/{keys['widget']}")).status_code == 204
    assert (await tenant.widget.post("/availability", {})).status_code == 401
    assert (await tenant.api.found("/app?include=widget_token"))["widget_token"] is None


async def test_an_app_has_a_hundred_valid_keys_at_most(tenant: Tenant) -> None:
    for _ in range(98):
        await tenant.api.created("/app/keys", {"name": "x"})
    answer = await tenant.api.post("/app/keys", {"name": "x"})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["kind"])


async def test_a_key_tells_to_the_minute_when_it_was_used_last(
    tenant: Tenant, clock: TestClock
) -> None:
    async def used() -> dict[str, str | None]:
        found = await tenant.api.found("/app/keys")
        return {each["kind"]: each["last_used_at"] for each in found}

    assert await used() == {"api": "2030-05-06T08:00:00+0000", "widget": None}
    clock.now += timedelta(seconds=59)
    assert (await tenant.widget.get("/projects")).status_code == 200
    assert await used() == {
        "api": "2030-05-06T08:00:00+0000",
        "widget": "2030-05-06T08:00:59+0000",
    }
    clock.now += timedelta(seconds=1)
    assert (await used())["api"] == "2030-05-06T08:01:00+0000"


# --- The secret of webhooks


async def test_the_secret_of_webhooks_is_replaced(tenant: Tenant) -> None:
    before = (await tenant.api.found("/app"))["webhook_secret"]
    answer = await tenant.api.created("/app/webhook_secret", {})
    after = (await tenant.api.found("/app"))["webhook_secret"]
    assert answer == {"webhook_secret": after}
    assert (after != before, len(after)) == (True, 40)


async def test_a_repeated_rotation_under_one_key_happens_once(tenant: Tenant) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await tenant.api.created("/app/webhook_secret", {}, headers=headers)
    assert await tenant.api.created("/app/webhook_secret", {}, headers=headers) == first
