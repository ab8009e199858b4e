"""Passwords cannot be tried without end: by person, by network, and at one time."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.clock import TestClock
from tests.support.document import conform

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.edge import rates
from slotkeeper.edge.parts import Parts
from slotkeeper.edge.rates import guess_limiter
from slotkeeper.settings import Settings

Door = Callable[..., Caller]
Guarded = Callable[..., AbstractAsyncContextManager[Door]]

LIMITS = ("guess_limit", "guess_limit_client")
DOC, PASSWORD = "doc@example.com", "1.21 gigawatts"


@pytest.fixture
def guarded(parts: Parts) -> Guarded:
    """Servers on the same database that count guesses, reached from any address."""

    @asynccontextmanager
    async def serving(**given: Json) -> AsyncIterator[Door]:
        settings = parts.settings.model_copy(update=given)
        app = create_app(replace(parts, settings=settings, guesses=guess_limiter(settings)))
        opened: list[httpx.AsyncClient] = []

        def door(host: str = "192.0.2.1", key: str | None = None) -> Caller:
            transport = httpx.ASGITransport(dressed(app, settings), client=(host, 4711))
            hooks = {"response": [conform]}
            opened.append(
                httpx.AsyncClient(
                    transport=transport, base_url="http://slotkeeper.test", event_hooks=hooks
                )
            )
            return Caller(opened[-1], key)

        yield door
        for each in opened:
            await each.aclose()

    return serving


async def tried(caller: Caller, tenant: Tenant, email: str, password: str = "wrong") -> int:
    headers = {"Timekit-App": tenant.slug}
    body = {"email": email, "password": password}
    return (await caller.post("/auth", body, headers=headers)).status_code


async def test_one_person_can_be_tried_so_often_and_then_as_time_goes_by(
    tenant: Tenant, other_tenant: Tenant, guarded: Guarded, clock: TestClock
) -> None:
    await tenant.resource(email=DOC, password=PASSWORD)
    async with guarded(guess_limit="3/hour") as door:
        from_everywhere = [door(f"192.0.2.{n}") for n in range(4)]
        got = [await tried(each, tenant, DOC) for each in from_everywhere]
        assert got == [401, 401, 401, 429]
        refused = await door("192.0.2.9").post(
            "/auth",
            {"email": " DOC@example.com", "password": PASSWORD},
            headers={"Timekit-App": tenant.slug},
        )
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "1200")
        assert refused.json() == {"error": "Too many attempts; try again in 1200 seconds."}
        assert await tried(from_everywhere[0], tenant, "marty@example.com") == 401
        assert await tried(from_everywhere[0], other_tenant, DOC) == 401
        clock.advance(timedelta(minutes=20))
        assert await tried(from_everywhere[0], tenant, DOC, PASSWORD) == 200
        assert await tried(from_everywhere[0], tenant, DOC) == 401
        assert await tried(from_everywhere[0], tenant, DOC) == 429


async def test_who_knows_the_password_is_not_counted(tenant: Tenant, guarded: Guarded) -> None:
    await tenant.resource(email=DOC, password=PASSWORD)
    async with guarded(guess_limit="1/day", guess_limit_client="1/day") as door:
        assert [await tried(door(), tenant, DOC, PASSWORD) for _ in range(3)] == [200] * 3
        assert await tried(door(), tenant, DOC) == 401
        assert await tried(door(), tenant, DOC, PASSWORD) == 429


@pytest.mark.parametrize(
    ("first", "second", "left"),
    [
        ("192.0.2.1", "192.0.2.2", 401),
        ("192.0.2.1", "::ffff:192.0.2.1", 429),
        ("2001:db8:0:1::1", "2001:db8:0:1:ffff::9", 429),
        ("2001:db8:0:1::1", "2001:db8:0:2::1", 401),
        ("testclient", "testclient", 429),
    ],
)
async def test_one_network_can_try_so_many_people(
    tenant: Tenant, guarded: Guarded, first: str, second: str, left: int
) -> None:
    async with guarded(guess_limit_client="2/hour") as door:
        for email in ("a@example.com", "b@example.com"):
            assert await tried(door(first), tenant, email) == 401
        assert await tried(door(first), tenant, "c@example.com") == 429
        assert await tried(door(second), tenant, "d@example.com") == left


async def test_a_server_with_the_app_key_asks_for_many_and_not_for_one_without_end(
    tenant: Tenant, guarded: Guarded
) -> None:
    async with guarded(guess_limit="2/hour", guess_limit_client="1/hour") as door:
        server = door(key=tenant.api.key)
        emails = ["a@example.com", "b@example.com", "b@example.com", "b@example.com"]
        assert [await tried(server, tenant, each) for each in emails] == [401, 401, 401, 429]
        page = door(key=tenant.widget.key)
        assert [await tried(page, tenant, each) for each in ("c@x.org", "d@x.org")] == [401, 429]


@pytest.mark.parametrize("kind", ["users", "resources"])
async def test_links_for_forgotten_passwords_are_limited_whether_or_not_one_is_known(
    tenant: Tenant, guarded: Guarded, kind: str
) -> None:
    await tenant.resource(email=DOC)
    async with guarded(guess_limit="2/hour") as door:
        headers = {"Timekit-App": tenant.slug}
        for email in (DOC, "nobody@example.com"):
            got = [
                await door().post(f"/{kind}/resetpassword", {"email": email}, headers=headers)
                for _ in range(3)
            ]
            assert [each.status_code for each in got] == [200, 200, 429]
        assert await tried(door(), tenant, DOC) == 401, "logging in is counted by itself"


async def test_signing_up_is_limited_by_network(tenant: Tenant, guarded: Guarded) -> None:
    async with guarded(public_sign_up=True, guess_limit_client="1/hour") as door:
        headers = {"Timekit-App": tenant.slug}
        new = {"first_name": "Marty", "last_name": "McFly", "timezone": "UTC", "password": PASSWORD}
        got = [
            await door().post("/users", {**new, "email": f"{n}@example.com"}, headers=headers)
            for n in range(2)
        ]
        assert [each.status_code for each in got] == [201, 429]


async def test_passwords_leave_room_for_everybody_else(
    tenant: Tenant, guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each takes a processor with a connection in hand, so they come few at a time."""
    monkeypatch.setattr(rates, "WAITING_MAX", 5)
    await tenant.resource(email=DOC, password=PASSWORD)
    async with guarded(connections_max=4) as door:
        caller = door()
        got = await asyncio.gather(*(tried(caller, tenant, DOC) for _ in range(12)))
        assert (got.count(401), got.count(503)) == (6, 6)
        assert await tried(caller, tenant, DOC, PASSWORD) == 200


async def test_what_nobody_set_is_limited_all_the_same(tenant: Tenant, guarded: Guarded) -> None:
    usual = {name: Settings.model_fields[name].default for name in LIMITS}
    async with guarded(**usual) as door:
        got = [await tried(door(), tenant, DOC) for _ in range(31)]
        assert got == [401] * 30 + [429]
