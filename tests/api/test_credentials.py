"""Logging in, and the tokens of resources over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock
from tests.support.people import Person, person

from slotkeeper.edge.parts import Parts
from slotkeeper.services import passwords

DOC, PASSWORD = "doc@example.com", "one point twenty-one"
NOBODY = {"error": {"message": "Email and password does not match any user"}}
TOKEN = {"type": "client-token", "scopes": "widget", "description": "Shop"}


async def log_in(tenant: Tenant, **given: Json) -> Json:
    """Log in without a key, and return the answer."""
    body = {"email": DOC, "password": PASSWORD, **given}
    return await tenant.anonymous.post("/auth", body, headers={"Timekit-App": tenant.slug})


async def doc(tenant: Tenant) -> Person:
    return await person(tenant, DOC, name="Doc Brown", password=PASSWORD)


# --- POST /auth


async def test_post_auth_gives_a_person_their_token(tenant: Tenant) -> None:
    me = await doc(tenant)
    for given in ({}, {"email": DOC.upper()}, {"id": "an app, sent by older clients"}):
        answer = await log_in(tenant, **given)
        assert answer.status_code == 200
        assert answer.json()["data"] == {
            "id": me.resource_id,
            "first_name": "Doc Brown",
            "last_name": "",
            "name": "Doc Brown",
            "email": DOC,
            "image": None,
            "activated": True,
            "timezone": "UTC",
            "last_sync": None,
            "token_generated_at": "2030-05-06T08:00:00+0000",
            "api_token": me.key,
        }


async def test_post_auth_takes_the_app_from_the_address_and_from_a_key(tenant: Tenant) -> None:
    await doc(tenant)
    body = {"email": DOC, "password": PASSWORD}
    named = await tenant.anonymous.post(f"/auth?Timekit-App={tenant.slug}", body)
    assert named.status_code == 200
    assert (await tenant.widget.post("/auth", body)).status_code == 200
    assert (await tenant.anonymous.post("/auth", body)).status_code == 401


@pytest.mark.parametrize(
    "given",
    [{"password": "88mph"}, {"email": "biff@example.com"}, {"password": ""}],
    ids=["wrong password", "nobody", "no password"],
)
async def test_post_auth_refuses_everybody_else_alike(tenant: Tenant, given: Json) -> None:
    await doc(tenant)
    answer = await log_in(tenant, **given)
    assert (answer.status_code, answer.json()) == (401, NOBODY)
    assert not answer.headers["www-authenticate"].lower().startswith("basic")


async def test_post_auth_knows_nobody_of_another_app(tenant: Tenant, other_tenant: Tenant) -> None:
    await doc(tenant)
    answer = await log_in(other_tenant)
    assert (answer.status_code, answer.json()) == (401, NOBODY)
    assert answer.headers["timekit-testmode"] == "true"


async def test_who_was_never_given_a_password_cannot_log_in(tenant: Tenant) -> None:
    await person(tenant, DOC)
    assert (await log_in(tenant)).status_code == 401


async def test_post_auth_gives_another_token_when_the_old_one_has_expired(
    tenant: Tenant, clock: TestClock
) -> None:
    me = await doc(tenant)
    clock.now += timedelta(days=365)
    assert (await me.get("/users/me")).status_code == 401
    me.key = (await log_in(tenant)).json()["data"]["api_token"]
    assert (await me.get("/users/me")).status_code == 200


# --- api_token


async def test_a_resource_shows_its_token_when_made_and_when_asked(tenant: Tenant) -> None:
    me = await doc(tenant)
    path = f"/resources/{me.resource_id}"
    for caller in (tenant.api, me):
        assert "api_token" not in await caller.found(path)
        assert (await caller.found(f"{path}?include=api_token"))["api_token"] == me.key
    assert (await me.found("/users/me?include=api_token"))["api_token"] == me.key
    listed = await tenant.api.found("/resources?include=api_token,credentials")
    assert listed[0]["api_token"] == me.key
    assert [each["description"] for each in listed[0]["credentials"]] == [
        "Token generated on user creation"
    ]


async def test_who_was_invited_gets_a_token_when_it_is_asked_for(tenant: Tenant) -> None:
    invited = await tenant.api.created("/app/invite", {"email": DOC})
    path = f"/resources/{invited['id']}?include=api_token"
    token = (await tenant.api.found(path))["api_token"]
    me = Person(tenant.api.http, token, email=DOC, slug=tenant.slug)
    assert (await me.found("/users/me"))["id"] == invited["id"]


# --- /credentials


async def test_get_credentials_lists_ones_own_and_all_for_the_app(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    me, other = await doc(tenant), await person(tenant, "marty@example.com")
    await person(other_tenant, DOC)
    assert [each["token"] for each in await me.found("/credentials")] == [me.key]
    found = await tenant.api.found("/credentials")
    assert {each["token"] for each in found} == {me.key, other.key}
    for key in ("resource.id", "resource_id"):
        search = f"/credentials?search={key}:{other.resource_id}"
        assert [each["token"] for each in await tenant.api.found(search)] == [other.key]


async def test_post_credentials_makes_a_token_that_works(tenant: Tenant) -> None:
    me = await doc(tenant)
    made = await me.created("/credentials", {**TOKEN, "referrer": "https://hill.example"})
    assert made == {
        "id": made["id"],
        "resource_id": me.resource_id,
        "type": "client-token",
        "description": "Shop",
        "token": made["token"],
        "scopes": ["widget"],
        "referrer": ["https://hill.example"],
        "expires": "2031-05-06T08:00:00+00:00",
        "token_generated_at": "2030-05-06T08:00:00+00:00",
        "last_used_at": None,
    }
    assert len(made["token"]) == 40
    server = {"type": "server-token", "scopes": ["global"], "description": "Server"}
    made = await tenant.api.created("/credentials", {**server, "resource_id": me.resource_id})
    assert made["referrer"] == [""]
    again = Person(tenant.api.http, made["token"], email=DOC, slug=tenant.slug)
    assert (await again.get("/users/me")).status_code == 200
    found = await me.found(f"/credentials?search=id:{made['id']}")
    assert found[0]["last_used_at"] == "2030-05-06T08:00:00+00:00"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"type": "master-token"}, "type"),
        ({"scopes": "global"}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"expires": "2030-05-06T08:00:00Z"}, "expires"),
        ({"expires": "soon"}, "expires"),
        ({"referrer": ["https://hill.example"] * 51}, "referrer"),
    ],
)
async def test_post_credentials_refuses_what_makes_no_token(
    tenant: Tenant, given: Json, field: str
) -> None:
    me = await doc(tenant)
    answer = await me.post("/credentials", {**TOKEN, **given})
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])


async def test_post_credentials_with_the_app_key_names_a_resource_of_the_app(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    answer = await tenant.api.post("/credentials", TOKEN)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["resource_id"])
    stranger = await person(other_tenant, DOC)
    for resource_id in (stranger.resource_id, str(uuid4())):
        answer = await tenant.api.post("/credentials", {**TOKEN, "resource_id": resource_id})
        assert answer.status_code == 404


async def test_a_resource_has_a_hundred_credentials_at_most(tenant: Tenant) -> None:
    me = await doc(tenant)
    for _ in range(99):
        await me.created("/credentials", TOKEN)
    answer = await me.post("/credentials", TOKEN)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["resource_id"])


async def test_delete_credentials_ends_a_token_at_once(tenant: Tenant) -> None:
    me = await doc(tenant)
    [mine] = await me.found("/credentials")
    answer = await me.delete(f"/credentials/{mine['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert (await me.get("/users/me")).status_code == 401
    assert (await tenant.api.delete(f"/credentials/{mine['id']}")).json() == {
        "error": "Resource does not exist",
        "model": "Credential",
    }


async def test_tokens_are_stored_sealed(tenant: Tenant, parts: Parts) -> None:
    me = await doc(tenant)
    async with parts.database.transaction() as tx:
        [row] = await tx.dicts("SELECT * FROM credentials WHERE app_id = %s", (tenant.app_id,))
    stored = b" ".join(
        value if isinstance(value, bytes) else str(value).encode() for value in row.values()
    )
    assert (me.key or "").encode() not in stored


async def test_a_token_in_an_answer_that_is_kept_is_sealed_too(
    tenant: Tenant, parts: Parts
) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    made = await tenant.api.created("/app/keys", {"name": "x"}, headers=headers)
    async with parts.database.transaction() as tx:
        query = "SELECT body FROM idempotency_keys WHERE app_id = %s"
        [body] = await tx.values(query, (tenant.app_id,))
    assert made["key"].encode() not in bytes(body)
    assert await tenant.api.created("/app/keys", {"name": "x"}, headers=headers) == made


async def test_tokens_from_before_an_address_was_proved_end_with_the_proof(
    tenant: Tenant, parts: Parts
) -> None:
    """Whoever signed up under somebody's address must not stay in once its owner comes."""
    before = await doc(tenant)
    async with parts.database.transaction() as tx:
        token = await passwords.ask_for_reset(tx, tenant.app_id, DOC)
        assert token is not None
        await passwords.choose(tx, token, "another password")
    assert (await before.get("/users/me")).status_code == 401
    answer = await log_in(tenant, password="another password")
    after = Person(tenant.api.http, answer.json()["data"]["api_token"], email=DOC)
    async with parts.database.transaction() as tx:
        token = await passwords.ask_for_reset(tx, tenant.app_id, DOC)
        assert token is not None
        await passwords.choose(tx, token, "yet another password")
    assert (await after.get("/users/me")).status_code == 200


async def test_nobody_signs_up_as_the_owner_of_an_app(
    tenant: Tenant, parts: Parts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(parts.settings.__dict__, "public_sign_up", True)
    person_of = {"first_name": "Biff", "timezone": "UTC"}
    anonymous = Caller(tenant.api.http, None)
    for email, status in (("Owner@Example.com", 422), ("biff@example.com", 201)):
        answer = await anonymous.post(
            "/users", {**person_of, "email": email}, headers={"Timekit-App": tenant.slug}
        )
        assert answer.status_code == status
