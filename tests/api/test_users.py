"""Users, which is what resources were called before 2018, and the routes about oneself."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock
from tests.support.document import conform

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.domain.passwords import RESETS_AN_HOUR_MAX
from slotkeeper.edge.parts import Parts
from slotkeeper.services import passwords

BOTH = pytest.mark.parametrize("route", ["/users", "/resources"])
MARTY = {"first_name": "Marty", "last_name": "McFly", "timezone": "America/Los_Angeles"}

Knows = Callable[[str, str], Awaitable[bool]]


@pytest.fixture
def knows(parts: Parts, tenant: Tenant) -> Knows:
    """Tells whether somebody of the app has this address and this password."""

    async def known(email: str, password: str) -> bool:
        async with parts.database.transaction() as tx:
            found = await passwords.find_person(tx, tenant.app_id, email=email, password=password)
        return found is not None

    return known


@pytest.fixture
async def visitor(parts: Parts) -> AsyncIterator[Caller]:
    """Somebody without a key, on a server whose operator lets people sign up."""
    inviting = parts.settings.model_copy(update={"public_sign_up": True})
    app = dressed(create_app(replace(parts, settings=inviting)), inviting)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://slotkeeper.test",
        event_hooks={"response": [conform]},
    ) as http:
        yield Caller(http, None)


# --- POST /users


async def test_post_users_makes_a_resource_and_shows_what_old_clients_read(
    tenant: Tenant, knows: Knows
) -> None:
    body = {**MARTY, "email": "Marty@example.com", "password": "88mph", "image": "https://x/m.png"}
    user = await tenant.api.created("/users", body)
    assert (user["name"], user["first_name"], user["last_name"]) == (
        *("Marty McFly", "Marty", "McFly"),
    )
    assert (user["activated"], user["last_sync"]) == (True, None)
    assert (user["email"], user["image"]) == ("Marty@example.com", "https://x/m.png")
    assert [each["name"] for each in user["calendars"]] == ["Bookings"]
    assert "password" not in str(user)
    shown = await tenant.api.found(f"/resources/{user['id']}?include=api_token")
    assert {**shown, "activated": True, "last_sync": None} == user
    assert await knows("marty@EXAMPLE.com", "88mph")
    assert not await knows("marty@example.com", "88MPH")


async def test_post_users_keeps_the_space_of_a_name_without_a_last_one(tenant: Tenant) -> None:
    body = {"first_name": "test", "email": "test@example.com", "timezone": "UTC"}
    user = await tenant.api.created("/users", body)
    assert (user["name"], user["last_name"]) == ("test ", None)


async def test_post_users_tells_what_is_missing(tenant: Tenant) -> None:
    answer = await tenant.api.post("/users", {})
    assert answer.status_code == 422
    fields = {"email", "timezone", "first_name"}
    assert answer.json()["errors"].keys() == fields
    body = {**MARTY, "email": "marty@example.com", "password": ""}
    assert (await tenant.api.post("/users", body)).json()["errors"].keys() == {"password"}
    long = {**body, "password": "x" * 1001}
    assert (await tenant.api.post("/users", long)).json()["errors"].keys() == {"password"}


async def test_people_sign_up_by_themselves_only_where_that_is_switched_on(
    tenant: Tenant, visitor: Caller
) -> None:
    body = {**MARTY, "email": "marty@example.com"}
    slug = {"Timekit-App": tenant.slug}
    refused = await tenant.anonymous.post("/users", body, headers=slug)
    assert refused.status_code == 403
    text = "People cannot sign up by themselves on this server"
    assert refused.json() == {"error": {"message": text}}
    assert await tenant.api.found("/resources") == []

    by_header = await visitor.created("/users", body, headers=slug)
    other = {**body, "email": "lorraine@example.com"}
    by_query = await visitor.created("/users", other, params=slug)

    found = {each["id"] for each in await tenant.api.found("/resources")}
    assert found == {by_header["id"], by_query["id"]}


async def test_nobody_signs_up_without_naming_an_app_or_with_a_wrong_key(
    tenant: Tenant, other_tenant: Tenant, visitor: Caller
) -> None:
    body = {**MARTY, "email": "marty@example.com"}
    slug = {"Timekit-App": tenant.slug}
    for headers in ({}, {"Timekit-App": "of-nobody"}, {**slug, "Authorization": "Basic Og=="}):
        assert (await visitor.post("/users", body, headers=headers)).status_code == 401
    assert (await tenant.widget.post("/users", body, headers=slug)).status_code == 403
    rehearsal = {"Timekit-App": other_tenant.slug}
    answer = await visitor.post("/users", body, headers=rehearsal)
    assert (answer.status_code, answer.headers["timekit-testmode"]) == (201, "true")
    assert await tenant.api.found("/resources") == []


# --- GET and PUT /users/me


@BOTH
async def test_get_me_shows_whom_the_app_key_speaks_for(tenant: Tenant, route: str) -> None:
    doc = await tenant.resource(availability_constraints=[{"block_weekends": {}}])
    query = {"resource_id": doc["id"]}
    shown = await tenant.api.found(f"{route}/me", params=query)
    assert shown == {**doc, "activated": True, "last_sync": None}
    query["include"] = "availability_constraints"
    full = await tenant.api.found(f"{route}/me", params=query)
    assert full["availability_constraints"] == [{"block_weekends": {}}]


@BOTH
async def test_me_is_nobody_without_a_name_and_nobody_of_another_app(
    tenant: Tenant, other_tenant: Tenant, route: str
) -> None:
    answer = await tenant.api.get(f"{route}/me")
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"resource_id": ["The resource id field is required."]}}
    stranger = {"resource_id": (await other_tenant.resource())["id"]}
    assert (await tenant.api.get(f"{route}/me", params=stranger)).status_code == 404
    put = await tenant.api.put(f"{route}/me", {"name": "x"}, params=stranger)
    assert put.status_code == 404


@BOTH
async def test_put_me_changes_what_it_names_and_the_password(
    tenant: Tenant, knows: Knows, route: str
) -> None:
    doc = await tenant.resource(email="doc@example.com", password="first")
    body = {"first_name": "Emmett", "email": "new@example.com", "password": "second"}
    answer = await tenant.api.put(f"{route}/me", body, params={"resource_id": doc["id"]})
    assert (answer.status_code, answer.content) == (204, b"")
    shown = await tenant.api.found(f"/resources/{doc['id']}")
    assert (shown["name"], shown["email"]) == ("Emmett ", "doc@example.com")
    assert await knows("doc@example.com", "second")
    assert not await knows("doc@example.com", "first")


async def test_a_resource_without_a_password_is_known_by_none(tenant: Tenant, knows: Knows) -> None:
    await tenant.resource(email="doc@example.com")
    for password in ("", "None", "x"):
        assert not await knows("doc@example.com", password)


async def test_a_password_is_stored_as_a_slow_hash_and_nowhere_else(
    tenant: Tenant, parts: Parts
) -> None:
    doc = await tenant.resource(email="doc@example.com", password="flux capacitor")
    await tenant.api.put(f"/resources/{doc['id']}", {"password": "flux capacitor"})
    async with parts.database.transaction() as tx:
        rows = await tx.dicts("SELECT * FROM resources WHERE app_id = %s", (tenant.app_id,))
    assert rows[0]["password_hash"].startswith("$argon2id$")
    assert "flux capacitor" not in str(rows)


# --- GET /users/timezone/:email


@BOTH
@pytest.mark.parametrize(
    ("zone", "month", "offset"),
    [
        ("America/Los_Angeles", 1, -8),
        ("America/Los_Angeles", 7, -7),
        ("Europe/Stockholm", 1, 1),
        ("Asia/Kathmandu", 1, 5.75),
        ("Australia/Lord_Howe", 7, 10.5),
        ("UTC", 1, 0),
    ],
)
async def test_get_timezone_tells_the_zone_and_hours_ahead_of_utc_now(
    tenant: Tenant, clock: TestClock, route: str, zone: str, month: int, offset: float
) -> None:
    clock.now = datetime(2030, month, 15, tzinfo=UTC)
    await tenant.resource(email="Doc+time@example.com", timezone=zone)
    for caller in (tenant.widget, tenant.api):
        answer = await caller.get(f"{route}/timezone/doc+TIME@example.com")
        assert answer.json() == {"data": {"timezone": zone, "utc_offset": offset}}
        assert f'"utc_offset":{offset}}}' in answer.text, "whole hours are whole numbers"


@BOTH
async def test_get_timezone_of_an_unknown_address_is_404(
    tenant: Tenant, other_tenant: Tenant, route: str
) -> None:
    await other_tenant.resource(email="doc@example.com")
    for text in ("doc@example.com", "nobody", "%00", "%F0%9F%92%A9@x.y"):
        answer = await tenant.widget.get(f"{route}/timezone/{text}")
        assert answer.status_code == 404


# --- POST /users/resetpassword


async def links_of(parts: Parts, tenant: Tenant) -> int:
    async with parts.database.transaction() as tx:
        return int(
            await tx.value(
                "SELECT count(*) FROM password_links WHERE app_id = %s", (tenant.app_id,)
            )
        )


@BOTH
async def test_resetpassword_never_tells_who_is_known(
    tenant: Tenant, other_tenant: Tenant, parts: Parts, route: str
) -> None:
    await tenant.resource(email="doc@example.com")
    for email, made in (("DOC@example.com", 1), ("nobody@example.com", 0)):
        calls: list[tuple[Caller, dict[str, str]]] = [
            (tenant.anonymous, {"Timekit-App": tenant.slug}),
            (tenant.widget, {}),
            (tenant.api, {"Timekit-App": other_tenant.slug}),
        ]
        for caller, headers in calls:
            before = await links_of(parts, tenant)
            answer = await caller.post(f"{route}/resetpassword", {"email": email}, headers=headers)
            assert (answer.status_code, answer.json()) == (200, {})
            assert await links_of(parts, tenant) - before == made
    assert await links_of(parts, other_tenant) == 0


async def test_resetpassword_without_an_app_counts_for_an_address_of_one_app_only(
    tenant: Tenant, other_tenant: Tenant, parts: Parts
) -> None:
    await tenant.resource(email=f"{tenant.slug}@example.com")
    await tenant.resource(email=f"{tenant.slug}@example.org")
    await other_tenant.resource(email=f"{tenant.slug}@example.org")
    for host, made in (("example.com", 1), ("example.org", 1)):
        body = {"email": f"{tenant.slug}@{host}"}
        answer = await tenant.anonymous.post("/users/resetpassword", body)
        assert (answer.status_code, answer.json()) == (200, {})
        assert await links_of(parts, tenant) == made
    assert await links_of(parts, other_tenant) == 0


async def test_resetpassword_makes_few_links_an_hour_for_one_person(
    tenant: Tenant, parts: Parts, clock: TestClock
) -> None:
    await tenant.resource(email="doc@example.com")
    for _ in range(RESETS_AN_HOUR_MAX + 2):
        answer = await tenant.api.post("/users/resetpassword", {"email": "doc@example.com"})
        assert answer.status_code == 200
    assert await links_of(parts, tenant) == RESETS_AN_HOUR_MAX
    clock.advance(timedelta(hours=1))
    await tenant.api.post("/users/resetpassword", {"email": "doc@example.com"})
    assert await links_of(parts, tenant) == 1, "those that ran out are gone"


@BOTH
@pytest.mark.parametrize("body", [{}, {"email": "nobody"}, {"email": None}, []])
async def test_resetpassword_wants_an_address(tenant: Tenant, route: str, body: Json) -> None:
    answer = await tenant.anonymous.post(f"{route}/resetpassword", body)
    assert answer.status_code == 422
    assert answer.json()["errors"].keys() == {"email"}


# --- POST /app/invite


@pytest.mark.parametrize("path", ["/app/invite", "/apps/invite"])
async def test_invite_makes_a_resource_and_gives_the_address_for_its_password(
    tenant: Tenant, path: str
) -> None:
    body = {"email": "Doc@example.com", "name": "Doc Brown", "timezone": "Europe/Paris"}
    invited = await tenant.api.created(path, body)
    address = invited.pop("invitation_url")
    assert address.startswith("http://slotkeeper.test/account/password?token=")
    assert invited == await tenant.api.found(f"/resources/{invited['id']}")
    assert (invited["name"], invited["timezone"]) == ("Doc Brown", "Europe/Paris")


async def test_invite_of_somebody_who_is_there_gives_another_link_and_changes_nothing(
    tenant: Tenant, parts: Parts
) -> None:
    doc = await tenant.resource(email="doc@example.com")
    body = {"email": "DOC@example.com", "name": "Other"}
    links = [await tenant.api.created("/app/invite", body) for _ in range(2)]
    assert links[0].pop("invitation_url") != links[1].pop("invitation_url")
    assert links == [doc, doc]
    assert await links_of(parts, tenant) == 2


async def test_invite_needs_nothing_but_an_address(tenant: Tenant, other_tenant: Tenant) -> None:
    await other_tenant.resource(email="doc@example.com", name="Of another app")
    invited = await tenant.api.created("/app/invite", {"email": "doc@example.com"})
    assert (invited["name"], invited["timezone"]) == ("doc@example.com", "UTC")
    parts = {"email": "m@example.com", "first_name": "Marty", "last_name": "McFly"}
    assert (await tenant.api.created("/app/invite", parts))["name"] == "Marty McFly"
    for wrong in ({}, {"email": "nobody"}):
        answer = await tenant.api.post("/app/invite", wrong)
        assert answer.status_code == 422
        assert answer.json()["errors"].keys() == {"email"}
