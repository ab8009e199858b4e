"""The pages in a real browser: with and without scripts, by keyboard, small and large, dark."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.node import CHROMIUM, installed
from tests.support.server import Server, serving

pytestmark = pytest.mark.browser

DESK, PHONE = (1280, 900), (390, 844)
DRIVER = Path(__file__).with_name("browser") / "pages.mjs"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(tmp_path_factory.mktemp("pages") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def api(server: Server) -> Iterator[httpx.Client]:
    app = server.new_app("Hill Valley")
    with httpx.Client(base_url=f"{server.url}/v2", auth=("", app.api_key)) as client:
        yield client


@pytest.fixture(scope="module")
def bridge() -> Iterator[Bridge]:
    assert CHROMIUM, "these tests need Chromium"
    assert installed().is_dir()
    with Bridge(["node", DRIVER, CHROMIUM]) as bridge:
        yield bridge


class Browser:
    """One window of a browser, and what it shows."""

    def __init__(self, bridge: Bridge, pictures: Path) -> None:
        self._bridge, self._pictures = bridge, pictures

    def open(
        self,
        url: str,
        *,
        zone: str = "Europe/Berlin",
        size: tuple[int, int] = DESK,
        scheme: str = "light",
        script: bool = True,
    ) -> None:
        width, height = size
        self.ask("open", url=url, zone=zone, width=width, height=height, scheme=scheme,
                 script=script)  # fmt: skip

    def ask(self, command: str, **call: Any) -> Any:
        return self._bridge.ask(command=command, **call)

    def look(self) -> Any:
        return self.ask("look")

    def picture(self, name: str, *, full: bool = True) -> Path:
        path = self._pictures / f"{name}.png"
        self.ask("picture", path=str(path), full=full)
        return path

    def fill_in(self, **answers: str) -> None:
        for key, text in answers.items():
            self.ask("fill", selector=f"[name='customer.{key}']", text=text)

    def choose_and_book(self) -> None:
        self.ask("follow", selector="a.slot")
        self.fill_in(name="Marty McFly", email="marty@example.com")
        self.ask("follow", selector="main button")


@pytest.fixture
def browser(bridge: Bridge, tmp_path: Path) -> Browser:
    return Browser(bridge, tmp_path)


@pytest.fixture
def address(server: Server, api: httpx.Client) -> str:
    """The page of a project in Berlin: three slots a day, from tomorrow on."""
    person = {"name": "Doc Brown", "timezone": "Europe/Berlin"}
    resource = created(api, "resources", person)
    project = created(
        api,
        "projects",
        {
            "name": "Clock repair",
            "slug": f"clock-{uuid4().hex[:12]}",
            "resources": [resource["id"]],
            "availability": {"length": "1 hour", "from": "tomorrow", "to": "20 days"},
            "availability_constraints": [{"allow_hours": {"start": 13, "end": 16}}],
            "booking": {"graph": "instant", "where": "Hill Valley"},
            "ui": {"time_date_format": "24h-dmy-mon"},
        },
    )
    return f"{server.url}/{project['slug']}"


@pytest.fixture
def school(server: Server, api: httpx.Client) -> str:
    """The page of a project with payments and two classes: one full, one with two seats."""
    person = {"name": "Doc Brown", "timezone": "Europe/Berlin"}
    resource = created(api, "resources", person)
    booking = {"graph": "group_customer_payment", "where": "The gym"}
    body = {
        "name": "Guitar school",
        "slug": f"school-{uuid4().hex[:12]}",
        "resources": [resource["id"]],
        "availability": {},
        "booking": booking,
        "ui": {"time_date_format": "24h-dmy-mon", "timezone": "Europe/Berlin"},
    }
    project = created(api, "projects", body)
    for day, seats in ((7, 1), (8, 2)):
        lesson = {
            "graph": "group_owner",
            "project_id": project["id"],
            "resource_id": resource["id"],
            "start": f"2040-05-0{day}T18:00:00+02:00",
            "end": f"2040-05-0{day}T19:00:00+02:00",
            "what": "Guitar for absolute and other beginners, with sheet music for everybody",
            "settings": {"max_seats": seats},
        }
        made = created(api, "bookings", lesson)
        if seats == 1:
            biff = {"name": "Biff", "email": "biff@example.com"}
            related = {"owner_booking_id": made["id"]}
            created(
                api, "bookings", {"graph": "group_customer", "related": related, "customer": biff}
            )
    return f"{server.url}/{project['slug']}"


def created(api: httpx.Client, path: str, body: Json) -> Json:
    answer = api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]


def bookings(api: httpx.Client) -> list[Json]:
    """Return the bookings of the app, the newest first."""
    found: list[Json] = api.get("bookings", params={"include": "attributes,logs"}).json()["data"]
    return found


def test_without_scripts_a_slot_is_chosen_and_booked(
    browser: Browser, address: str, api: httpx.Client
) -> None:
    browser.open(address, script=False)
    assert browser.look()["slots"] == ["13:00", "14:00", "15:00"]
    browser.choose_and_book()
    assert "Booked" in browser.look()["text"]
    assert bookings(api)[0]["customers"][0]["email"] == "marty@example.com"


def test_the_page_opens_in_the_zone_of_the_browser_and_books_that_instant(
    browser: Browser, address: str, api: httpx.Client
) -> None:
    browser.open(address, zone="Asia/Kathmandu")
    seen = browser.look()
    assert "Times in Asia/Kathmandu" in seen["text"]
    assert len(seen["slots"]) == 3
    assert {text.partition(":")[2] for text in seen["slots"]} == {"45"}
    browser.choose_and_book()
    assert "Time in Asia/Kathmandu" in browser.look()["text"]
    assert bookings(api)[0]["customers"][0]["timezone"] == "Asia/Kathmandu"


def test_everything_can_be_done_with_the_keyboard_alone(
    browser: Browser, address: str, api: httpx.Client
) -> None:
    browser.open(address)
    before = len(bookings(api))
    assert browser.ask("tabTo", selector="a.skip")["presses"] == 1
    browser.ask("tabTo", selector="a.day:not(.shown)")
    browser.ask("enter")
    assert browser.ask("tabTo", selector="a.slot")["outline"] == "solid"
    browser.ask("enter")
    for key, text in {"name": "Marty", "email": "marty@example.com"}.items():
        assert browser.ask("tabTo", selector=f"[name='customer.{key}']")["outline"] == "solid"
        browser.ask("type", text=text)
    browser.ask("tabTo", selector="main button")
    browser.ask("enter")
    assert "Booked" in browser.look()["text"]
    assert len(bookings(api)) == before + 1


def test_a_seat_is_booked_by_keyboard_without_scripts_and_a_full_class_has_no_focus(
    browser: Browser, school: str, api: httpx.Client
) -> None:
    browser.open(school, script=False)
    assert "2 seats left" in browser.look()["text"]
    assert "Full" in browser.look()["text"]
    assert browser.ask("tabTo", selector="main a, main .class")["outline"] == "solid"
    browser.ask("enter")
    assert "8 May 2040" in browser.look()["text"], "the first class is full and was passed over"
    for key, text in {"name": "Marty", "email": "marty@example.com"}.items():
        browser.ask("tabTo", selector=f"[name='customer.{key}']")
        browser.ask("type", text=text)
    browser.ask("tabTo", selector="main button")
    browser.ask("enter")
    assert "Held for you until" in browser.look()["text"]
    assert bookings(api)[0]["graph"] == "group_customer_payment"


def test_a_slot_that_is_taken_meanwhile_leads_to_another(
    browser: Browser, address: str, api: httpx.Client
) -> None:
    browser.open(address)
    browser.ask("follow", selector="a.slot")
    form = browser.look()["url"]
    browser.fill_in(name="Marty McFly", email="marty@example.com")
    taken = form.partition("slot=")[2].partition("&")[0].replace("%3A", ":").split("_")
    order = {
        "resource_id": taken[2],
        "start": taken[0],
        "end": taken[1],
        "graph": "instant",
        "what": "Taken",
        "where": "Here",
        "description": "",
        "customer": {"name": "Biff", "email": "biff@example.com", "timezone": "UTC"},
    }
    created(api, "bookings", order)
    browser.ask("follow", selector="main button")
    seen = browser.look()
    assert "no longer free" in seen["text"]
    assert "Error" in seen["title"]
    browser.ask("tick", selector="input[type=radio]")
    browser.ask("follow", selector="main button")
    assert "Booked" in browser.look()["text"]
    assert bookings(api)[0]["customers"][0]["name"] == "Marty McFly"


def test_nothing_is_asked_of_other_hosts_and_the_policy_refuses_nothing(
    browser: Browser, address: str, server: Server
) -> None:
    for url in (address, f"{server.url}/docs", server.url):
        browser.open(url)
        seen = browser.ask("requests")
        assert {urlsplit(each).netloc for each in seen["asked"]} == {urlsplit(server.url).netloc}
        assert seen["complaints"] == []


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_window_are_legible_and_easy_to_touch(
    browser: Browser, address: str, server: Server, size: tuple[int, int], scheme: str
) -> None:
    def look_at(name: str) -> None:
        # The list of all routes is too long for a picture of the whole.
        browser.picture(f"{name}-{size[0]}-{scheme}", full=name != "docs")
        seen = browser.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = browser.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)

    browser.open(address, size=size, scheme=scheme)
    look_at("choose")
    browser.ask("follow", selector="a.slot")
    look_at("form")
    browser.fill_in(name=" ", email="marty@example.com")
    browser.ask("follow", selector="main button")
    look_at("refused")
    browser.fill_in(name="Marty McFly")
    browser.ask("follow", selector="main button")
    look_at("booked")
    for name in ("docs", "", "nothing"):
        browser.open(f"{server.url}/{name}", size=size, scheme=scheme)
        look_at(name or "home")


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_classes_fit_the_window_are_legible_and_easy_to_touch(
    browser: Browser, school: str, size: tuple[int, int], scheme: str
) -> None:
    def look_at(name: str) -> None:
        browser.picture(f"{name}-{size[0]}-{scheme}")
        seen = browser.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = browser.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)

    browser.open(school, size=size, scheme=scheme)
    look_at("classes")
    browser.ask("follow", selector="a.class")
    look_at("seat-form")
    address = browser.look()["url"]
    browser.fill_in(name="Marty McFly", email="marty@example.com")
    browser.ask("follow", selector="main button")
    look_at("held")
    browser.open(address.partition("class=")[0] + "class=0", size=size, scheme=scheme)
    look_at("other-classes")
