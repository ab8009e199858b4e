"""Limits on the requests of an app: off unless set, 503 for live apps, 429 in test mode."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import httpx
import pytest
from tests.support.client import Caller, Tenant
from tests.support.clock import TestClock
from tests.support.document import conform

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.edge.parts import Parts
from slotkeeper.edge.rates import rate_limiter

Limited = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def limited(parts: Parts) -> Limited:
    """Servers on the same database with a limit."""

    @asynccontextmanager
    async def serving(**rates: str) -> AsyncIterator[httpx.AsyncClient]:
        settings = parts.settings.model_copy(update=rates)
        app = create_app(replace(parts, settings=settings, limiter=rate_limiter(settings)))
        transport = httpx.ASGITransport(dressed(app, settings))
        async with httpx.AsyncClient(
            transport=transport,
            base_url="http://slotkeeper.test",
            event_hooks={"response": [conform]},
        ) as http:
            yield http

    return serving


async def asked(caller: Caller, path: str = "/resources") -> tuple[int, str | None]:
    answer = await caller.get(path)
    return answer.status_code, answer.headers.get("x-ratelimit-remaining")


async def test_without_a_setting_nothing_is_counted(tenant: Tenant) -> None:
    assert await asked(tenant.api) == (200, None)


async def test_a_live_app_above_its_limit_gets_503_until_there_is_room(
    tenant: Tenant, limited: Limited, clock: TestClock
) -> None:
    async with limited(rate_limit="3/min") as http:
        caller = Caller(http, tenant.api.key)
        assert [await asked(caller) for _ in range(3)] == [(200, "2"), (200, "1"), (200, "0")]
        refused = await caller.get("/resources", headers={"Origin": "https://shop.example"})
        assert refused.status_code == 503
        assert refused.json() == {"error": "Too many requests; try again in 20 seconds."}
        assert refused.headers["retry-after"] == "20"
        assert refused.headers["x-ratelimit-remaining"] == "0"
        assert refused.headers["access-control-allow-origin"] == "*"
        clock.advance(timedelta(seconds=20))
        assert [(await asked(caller))[0] for _ in range(2)] == [200, 503]


async def test_an_app_in_test_mode_gets_429(other_tenant: Tenant, limited: Limited) -> None:
    async with limited(rate_limit="1/hour") as http:
        caller = Caller(http, other_tenant.api.key)
        assert await asked(caller) == (200, "0")
        refused = await caller.get("/resources")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "3600")
        assert refused.headers["timekit-testmode"] == "true"


async def test_apps_in_test_mode_may_have_a_limit_of_their_own(
    tenant: Tenant, other_tenant: Tenant, limited: Limited
) -> None:
    async with limited(rate_limit="3/sec", rate_limit_test="2/day") as http:
        live, test = Caller(http, tenant.api.key), Caller(http, other_tenant.api.key)
        assert [await asked(test) for _ in range(3)] == [(200, "1"), (200, "0"), (429, "0")]
        assert [await asked(live) for _ in range(4)] == [
            (200, "2"), (200, "1"), (200, "0"), (503, "0"),
        ]  # fmt: skip
    async with limited(rate_limit_test="1/day") as http:
        live, test = Caller(http, tenant.api.key), Caller(http, other_tenant.api.key)
        assert [await asked(live) for _ in range(2)] == [(200, None)] * 2
        assert [await asked(test) for _ in range(2)] == [(200, "0"), (429, "0")]


async def test_every_key_of_an_app_counts_and_no_other_app_does(
    tenant: Tenant, other_tenant: Tenant, limited: Limited
) -> None:
    async with limited(rate_limit="2/min") as http:
        assert await asked(Caller(http, tenant.widget.key), "/projects") == (200, "1")
        assert await asked(Caller(http, tenant.api.key)) == (200, "0")
        assert (await asked(Caller(http, tenant.widget.key), "/projects"))[0] == 503
        assert await asked(Caller(http, other_tenant.api.key)) == (200, "1")
        assert await asked(Caller(http, None)) == (401, None)


async def test_what_is_refused_for_other_reasons_counts_once(
    tenant: Tenant, limited: Limited
) -> None:
    async with limited(rate_limit="9/min") as http:
        caller = Caller(http, tenant.api.key)
        assert await asked(caller, f"/resources/{uuid4()}") == (404, "8")
        assert await asked(Caller(http, tenant.widget.key)) == (403, "7")
        key = {"Idempotency-Key": str(uuid4())}
        made = await caller.post("/resources", {"name": "x", "timezone": "UTC"}, headers=key)
        assert (made.status_code, made.headers["x-ratelimit-remaining"]) == (201, "6")
        again = await caller.post("/resources", {"name": "x", "timezone": "UTC"}, headers=key)
        assert (again.status_code, again.headers["x-ratelimit-remaining"]) == (201, "5")


async def test_a_refused_request_changes_nothing_under_an_idempotency_key(
    tenant: Tenant, limited: Limited, clock: TestClock
) -> None:
    async with limited(rate_limit="1/min") as http:
        caller, key = Caller(http, tenant.api.key), {"Idempotency-Key": str(uuid4())}
        await caller.get("/resources")
        body = {"name": "Late", "timezone": "UTC"}
        assert (await caller.post("/resources", body, headers=key)).status_code == 503
        clock.advance(timedelta(minutes=1))
        assert (await caller.post("/resources", body, headers=key)).status_code == 201
    assert len(await tenant.api.found("/resources?search=name:Late")) == 1
