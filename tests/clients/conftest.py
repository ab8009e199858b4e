"""The real server that the real clients talk to, one for all of them."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import trustme
from tests.clients.javascript import Sdk
from tests.clients.shop import Shop, open_shop
from tests.clients.widget import ORIGINAL, WISHED, Widget
from tests.support.bridge import Bridge
from tests.support.node import CHROMIUM, FOLDER, installed
from tests.support.server import App, Server, serving
from tests.support.site import Site, site_of


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
def sdk(sdk_bridge: Bridge, server: Server, live: App) -> Sdk:
    """The SDK on somebody's own server, with the app key."""
    return Sdk(sdk_bridge, server.url, live.api_key)


@pytest.fixture
def browser_sdk(sdk_bridge: Bridge, server: Server, live: App) -> Sdk:
    """The SDK as a page has it, with the public widget key."""
    return Sdk(sdk_bridge, server.url, live.widget_key)


@pytest.fixture
def shop(api: httpx.Client) -> Shop:
    """A person with hours and a project, of this test alone."""
    return open_shop(api)


@pytest.fixture(scope="session")
def site(modules: Path) -> Iterator[Site]:
    """A site of another origin, with the files of the npm package as they are."""
    with site_of(modules / "timekit-booking" / "public") as site:
        yield site


@pytest.fixture(scope="session")
def behind_tls(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A second server on the same data, with a certificate for the original's host name."""
    folder = tmp_path_factory.mktemp("tls")
    certificate = trustme.CA().issue_cert(ORIGINAL)
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    for number, part in enumerate(certificate.cert_chain_pems):
        part.write_to_path(folder / "chain.pem", append=number > 0)
    tls = ["--tls-cert", str(folder / "chain.pem"), "--tls-key", str(folder / "key.pem")]
    with serving(server.data_dir, *tls) as running:
        yield running


@pytest.fixture(scope="session")
def browser(modules: Path, behind_tls: Server) -> Iterator[Bridge]:
    """Chromium that knows two hosts: this machine, and the original's name for it."""
    assert modules.is_dir()
    assert CHROMIUM, "the tests of the widget need Chromium"
    rules = (
        f"MAP {ORIGINAL} 127.0.0.1:{urlsplit(behind_tls.url).port}, "
        "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    )
    with Bridge(["node", FOLDER / "widget.mjs", CHROMIUM, rules]) as bridge:
        yield bridge


@pytest.fixture
def widget(browser: Bridge) -> Iterator[Widget]:
    """The widget; after each test, no stranger had been needed and no script had failed."""
    widget = Widget(browser)
    yield widget
    seen = widget.sight()
    assert seen.hosts <= {"127.0.0.1", ORIGINAL, WISHED}
    assert not seen.script_errors
