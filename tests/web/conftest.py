"""A visitor with a browser, and a project to visit."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.types import ASGIApp

from tests.support.bridge import Bridge
from tests.support.browser import Browser
from tests.support.client import Json, Tenant
from tests.support.node import CHROMIUM, installed
from tests.support.server import Server, serving
from tests.web.pages import Page

DRIVER = Path(__file__).with_name("browser") / "pages.mjs"


@dataclass
class Visitor:
    """Opens pages and sends forms, and keeps cookies between them."""

    http: httpx.AsyncClient

    async def open(self, address: str, **query: str) -> Page:
        return Page(await self.http.get(address, params=query or None))

    async def send(self, address: str, form: dict[str, Any]) -> httpx.Response:
        return await self.http.post(address, data=form)

    async def chooses(self, address: str, text: str) -> Page:
        """Open a page and follow the link with this text."""
        return await self.open((await self.open(address)).link(text))

    async def books(self, address: str, form: dict[str, Any]) -> Page:
        """Send a form that must succeed, and follow to where it leads."""
        answer = await self.send(f"{address}/book", form)
        assert answer.status_code == 303, answer.text
        return await self.open(answer.headers["location"])


@pytest.fixture
async def visitor(app: ASGIApp) -> AsyncIterator[Visitor]:
    """A browser of this test alone, with a cookie jar of its own."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://slotkeeper.test",
        headers={"Accept": "text/html,application/xhtml+xml"},
    ) as http:
        yield Visitor(http)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server, for tests with a real browser."""
    with serving(tmp_path_factory.mktemp("server") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def shop(server: Server) -> Iterator[httpx.Client]:
    """An app of that server, as its owner's program calls it."""
    app = server.new_app("Hill Valley")
    with httpx.Client(base_url=f"{server.url}/v2", auth=("", app.api_key)) as client:
        yield client


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A window of Chromium; its pictures lie in a folder of the test run."""
    assert CHROMIUM, "these tests need Chromium"
    assert installed().is_dir()
    with Bridge(["node", DRIVER, CHROMIUM]) as bridge:
        yield Browser(bridge, tmp_path_factory.mktemp("pictures"))


async def page_of(
    tenant: Tenant, *, zone: str = "UTC", hours: tuple[int, int] = (9, 12), **given: Json
) -> str:
    """Make a project with one resource, open on weekdays, and return the address of its page."""
    doc = await tenant.resource(name="Doc", timezone=zone)
    project = await tenant.project(
        doc["id"],
        **{
            "availability_constraints": [
                {"allow_hours": {"start": hours[0], "end": hours[1]}},
                {"block_weekends": {}},
            ],
            "ui": {"time_date_format": "24h-dmy-mon"},
            **given,
        },
    )
    return f"/{project['slug']}"
