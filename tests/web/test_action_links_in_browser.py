"""The page of a link in a real browser: by keyboard, on a phone, dark, and on to another site."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import quote, urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.support.browser import DESK, PHONE, Browser, created
from tests.support.client import Json

pytestmark = pytest.mark.browser


@pytest.fixture
def booking(shop: httpx.Client) -> Json:
    """A booking of an hour in 2040, made through the page of a project."""
    person = {"name": "Dr Emmett Brown", "timezone": "Europe/Berlin"}
    resource = created(shop, "resources", person)
    project = created(
        shop,
        "projects",
        {
            "name": "Clock repair",
            "slug": f"links-{uuid4().hex[:12]}",
            "resources": [resource["id"]],
            "availability": {"length": "1 hour"},
            "booking": {"graph": "instant", "what": "Repair of the clock", "where": "Town hall"},
            "ui": {"time_date_format": "24h-dmy-mon"},
        },
    )
    order = {
        "project_id": project["id"],
        "resource_id": resource["id"],
        "start": "2040-05-07T10:00:00+02:00",
        "end": "2040-05-07T11:00:00+02:00",
        "customer": {
            "name": "Marty McFly",
            "email": "marty@example.com",
            "timezone": "Europe/Berlin",
        },
    }
    return created(shop, "bookings?include=customer_action_links", order)


def cancelling(booking: Json) -> str:
    return str(booking["customer_action_links"]["cancel_by_customer"])


def state_of(shop: httpx.Client, booking: Json) -> str:
    return str(shop.get(f"bookings/{booking['id']}").json()["data"]["state"])


@contextmanager
def shop_elsewhere() -> Iterator[str]:
    """Yield the address of another site, which sends visitors on to a third one."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            thanks = self.path.startswith("/thanks")
            self.send_response(200 if thanks else 302)
            if not thanks:
                self.send_header("Location", f"http://localhost:{server.server_port}/thanks")
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<title>Thanks</title><body>See you soon</body>")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/back"
        server.shutdown()
        thread.join()


def test_a_booking_is_cancelled_with_the_keyboard_alone_and_without_scripts(
    window: Browser, shop: httpx.Client, booking: Json
) -> None:
    window.open(cancelling(booking), script=False)
    assert "Cancel this booking?" in window.look()["text"]
    window.open(cancelling(booking))
    assert window.ask("tabTo", selector="a.skip")["presses"] == 1
    assert window.ask("tabTo", selector="textarea")["outline"] == "solid"
    window.ask("type", text="The flux capacitor broke")
    assert window.ask("tabTo", selector="main button")["outline"] == "solid"
    assert state_of(shop, booking) == "confirmed"
    window.ask("enter")
    assert "This booking was cancelled" in window.look()["text"]
    logs = shop.get(f"bookings/{booking['id']}?include=logs").json()["data"]["logs"]
    assert logs[-1]["message"] == "The flux capacitor broke"


def test_the_button_leads_on_to_another_site_and_wherever_that_leads(
    window: Browser, shop: httpx.Client, booking: Json
) -> None:
    with shop_elsewhere() as back:
        window.open(f"{cancelling(booking)}&redirect={quote(back, safe='')}")
        window.ask("follow", selector="main button")
        seen = window.look()
        assert "See you soon" in seen["text"]
        assert urlsplit(seen["url"]).path == "/thanks"
        assert window.ask("requests")["complaints"] == []
    assert state_of(shop, booking) == "cancelled_by_customer"


def test_a_link_to_move_opens_the_page_of_the_project(window: Browser, booking: Json) -> None:
    window.open(booking["customer_action_links"]["reschedule_by_customer"])
    assert "Monday 7 May 2040, 10:00" in window.look()["text"]


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_the_window_is_legible_and_easy_to_touch(
    window: Browser, booking: Json, size: tuple[int, int], scheme: str
) -> None:
    def look_at(name: str) -> None:
        window.picture(f"link-{name}-{size[0]}-{scheme}")
        seen = window.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = window.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)
        asked = window.ask("requests")
        assert {urlsplit(each).netloc for each in asked["asked"]} == {urlsplit(address).netloc}
        assert asked["complaints"] == []

    address = cancelling(booking)
    window.open(f"{address}&redirect=ftp%3A%2F%2Fx", size=size, scheme=scheme)
    look_at("asked")
    window.ask("follow", selector="main button")
    look_at("done")
    window.open(address, size=size, scheme=scheme)
    look_at("used")
    window.open(address[:-5], size=size, scheme=scheme)
    look_at("wrong")
