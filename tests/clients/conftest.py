"""The real server that the real clients talk to, one for all of them."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.clients.shop import Shop, open_shop
from tests.support.bridge import Bridge
from tests.support.node import FOLDER, installed
from tests.support.server import App, Server, serving


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("clients") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def live(server: Server) -> App:
    """An app in live mode. Tests share it; their resources and projects are their own."""
    return server.new_app("Hill Valley Clinic")


@pytest.fixture(scope="session")
def in_test_mode(server: Server) -> App:
    """An app in test mode."""
    return server.new_app("Hill Valley Rehearsal", test_mode=True)


@pytest.fixture(scope="session")
def api(server: Server, live: App) -> Iterator[httpx.Client]:
    """A plain HTTP client with the live app's key, to see what the clients really did."""
    with httpx.Client(base_url=f"{server.url}/v2", auth=("", live.api_key)) as client:
        yield client


@pytest.fixture(scope="session")
def modules() -> Path:
    """The folder with the JavaScript packages."""
    return installed()


@pytest.fixture(scope="session")
def sdk_bridge(modules: Path) -> Iterator[Bridge]:
    """A Node process with the JavaScript SDK loaded."""
    assert modules.is_dir()
    with Bridge(["node", FOLDER / "sdk.mjs"]) as bridge:
        yield bridge


@pytest.fixture
def shop(api: httpx.Client) -> Shop:
    """A person with hours and a project, of this test alone."""
    return open_shop(api)
