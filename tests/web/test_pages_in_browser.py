"""The pages in a real browser: with and without scripts, by keyboard, small and large, dark."""

from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import pytest

from tests.support.browser import DESK, PHONE, Browser, created
from tests.support.client import Json
from tests.support.server import Server

pytestmark = pytest.mark.browser


@pytest.fixture
def address(server: Server, shop: httpx.Client) -> str:
    """The page of a project in Berlin: three slots a day, from tomorrow on."""
    person = {"name": "Doc Brown", "timezone": "Europe/Berlin"}
    resource = created(shop, "resources", person)
    project = created(
        shop,
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
def full_school(server: Server, shop: httpx.Client) -> tuple[str, Json]:
    """The page of a project with waiting lists and one full class, and who has its seat."""
    return opened_school(server, shop, graph="group_customer", waitlist={"on_page": True})


@pytest.fixture
def school(server: Server, shop: httpx.Client) -> str:
    """The page of a project with payments and two classes: one full, one with two seats."""
    address, _ = opened_school(server, shop, graph="group_customer_payment")
    return address


def opened_school(server: Server, shop: httpx.Client, **booking: object) -> tuple[str, Json]:
    """Make a project with two classes, one full and one with two seats.

    Return the address of its page, and the booking of the one seat that is taken.
    """
    resource = created(shop, "resources", {"name": "Doc Brown", "timezone": "Europe/Berlin"})
    body = {
        "name": "Guitar school",
        "slug": f"school-{uuid4().hex[:12]}",
        "resources": [resource["id"]],
        "availability": {},
        "booking": {"where": "The gym", **booking},
        "ui": {"time_date_format": "24h-dmy-mon", "timezone": "Europe/Berlin"},
    }
    project = created(shop, "projects", body)
    made = []
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
        made.append(created(shop, "bookings", lesson))
    seat = {
        "graph": "group_customer",
        "related": {"owner_booking_id": made[0]["id"]},
        "customer": {"name": "Biff", "email": "biff@example.com"},
    }
    return f"{server.url}/{project['slug']}", created(shop, "bookings", seat)


def bookings(shop: httpx.Client) -> list[Json]:
    """Return the bookings of the app, the newest first."""
    found: list[Json] = shop.get("bookings", params={"include": "attributes,logs"}).json()["data"]
    return found


def test_without_scripts_a_slot_is_chosen_and_booked(
    window: Browser, address: str, shop: httpx.Client
) -> None:
    window.open(address, script=False)
    assert window.look()["slots"] == ["13:00", "14:00", "15:00"]
    window.choose_and_book()
    assert "Booked" in window.look()["text"]
    assert bookings(shop)[0]["customers"][0]["email"] == "marty@example.com"


def test_the_page_opens_in_the_zone_of_the_browser_and_books_that_instant(
    window: Browser, address: str, shop: httpx.Client
) -> None:
    window.open(address, zone="Asia/Kathmandu")
    seen = window.look()
    assert "Times in Asia/Kathmandu" in seen["text"]
    assert len(seen["slots"]) == 3
    assert {text.partition(":")[2] for text in seen["slots"]} == {"45"}
    window.choose_and_book()
    assert "Time in Asia/Kathmandu" in window.look()["text"]
    assert bookings(shop)[0]["customers"][0]["timezone"] == "Asia/Kathmandu"


def test_everything_can_be_done_with_the_keyboard_alone(
    window: Browser, address: str, shop: httpx.Client
) -> None:
    window.open(address)
    before = len(bookings(shop))
    assert window.ask("tabTo", selector="a.skip")["presses"] == 1
    window.ask("tabTo", selector="a.day:not(.shown)")
    window.ask("enter")
    assert window.ask("tabTo", selector="a.slot")["outline"] == "solid"
    window.ask("enter")
    for key, text in {"name": "Marty", "email": "marty@example.com"}.items():
        assert window.ask("tabTo", selector=f"[name='customer.{key}']")["outline"] == "solid"
        window.ask("type", text=text)
    window.ask("tabTo", selector="main button")
    window.ask("enter")
    assert "Booked" in window.look()["text"]
    assert len(bookings(shop)) == before + 1


def test_a_seat_is_booked_by_keyboard_without_scripts_and_a_full_class_has_no_focus(
    window: Browser, school: str, shop: httpx.Client
) -> None:
    window.open(school, script=False)
    assert "2 seats left" in window.look()["text"]
    assert "Full" in window.look()["text"]
    assert window.ask("tabTo", selector="main a, main .class")["outline"] == "solid"
    window.ask("enter")
    assert "8 May 2040" in window.look()["text"], "the first class is full and was passed over"
    for key, text in {"name": "Marty", "email": "marty@example.com"}.items():
        window.ask("tabTo", selector=f"[name='customer.{key}']")
        window.ask("type", text=text)
    window.ask("tabTo", selector="main button")
    window.ask("enter")
    assert "Held for you until" in window.look()["text"]
    assert bookings(shop)[0]["graph"] == "group_customer_payment"


def test_the_line_of_a_full_class_is_joined_by_keyboard_without_scripts(
    window: Browser, full_school: tuple[str, Json], shop: httpx.Client
) -> None:
    address, seat = full_school
    window.open(address, script=False)
    assert "Full · join the waiting list" in window.look()["text"]
    assert window.ask("tabTo", selector="main a.full")["outline"] == "solid"
    window.ask("enter")
    assert "This class is full." in window.look()["text"]
    for key, text in {"name": "Marty", "email": "marty@example.com"}.items():
        window.ask("tabTo", selector=f"[name='customer.{key}']")
        window.ask("type", text=text)
    window.ask("tabTo", selector="main button")
    window.ask("enter")
    seen = window.look()
    assert "You are the first." in seen["text"]
    assert "See all classes" in seen["text"]
    assert shop.put(f"bookings/{seat['id']}/cancel_by_customer", json={}).status_code == 200
    window.open(seen["url"], script=False)
    window.ask("tabTo", selector="main button[value=take]")
    window.ask("enter")
    assert "This is booked for you" in window.look()["text"]


@pytest.mark.parametrize("size", [DESK, PHONE])
def test_who_lost_the_last_seat_joins_the_line_with_one_more_button(
    window: Browser, full_school: tuple[str, Json], shop: httpx.Client, size: tuple[int, int]
) -> None:
    address, seat = full_school
    assert shop.put(f"bookings/{seat['id']}/cancel_by_customer", json={}).status_code == 200
    window.open(address, size=size)
    window.ask("follow", selector="a.class")
    window.fill_in(name="Marty McFly", email="marty@example.com")
    of_class = window.look()["url"].partition("class=")[2].partition("&")[0]
    biff = {"name": "Biff", "email": "biff@example.com"}
    again = {"graph": "group_customer", "related": {"owner_booking_id": of_class}}
    created(shop, "bookings", {**again, "customer": biff})
    window.ask("follow", selector="main button")
    window.picture(f"lost-seat-{size[0]}")
    seen = window.look()
    assert "or wait for a seat" in seen["text"]
    assert not seen["wider"]
    window.ask("follow", selector="button[name=wait]")
    assert "You are the first." in window.look()["text"]


def test_the_ways_to_other_weeks_end_with_today_and_the_horizon(
    window: Browser, address: str
) -> None:
    """Twenty days are at most four weeks, so that three steps lead to either end."""
    ended = {"href": None, "role": "link", "disabled": "true"}
    window.open(address, script=False)
    for way, where in (("next", "after"), ("prev", "before")):
        steps = 0
        while (seen := window.ask("ways"))[way]["href"] is not None:
            window.ask("follow", selector=f"a.arrow[rel={way}]")
            steps += 1
            assert steps <= 3, "it goes on beyond where anything can be free"
        assert steps >= 2
        name = f"Week {where}: nothing is free {where} this week"
        assert seen[way] == {**ended, "name": name}
        assert seen["earliest"] <= seen["shown"] <= seen["latest"]

    window.open(f"{address}?date=2099-01-01", size=PHONE)
    window.picture("beyond-the-horizon")
    seen = window.ask("ways")
    assert seen["shown"] == seen["latest"]
    assert seen["next"]["disabled"] == "true"
    assert "can be chosen now" in window.look()["text"]


def test_a_slot_that_is_taken_meanwhile_leads_to_another(
    window: Browser, address: str, shop: httpx.Client
) -> None:
    window.open(address)
    window.ask("follow", selector="a.slot")
    form = window.look()["url"]
    window.fill_in(name="Marty McFly", email="marty@example.com")
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
    created(shop, "bookings", order)
    window.ask("follow", selector="main button")
    seen = window.look()
    assert "no longer free" in seen["text"]
    assert "Error" in seen["title"]
    window.ask("tick", selector="input[type=radio]")
    window.ask("follow", selector="main button")
    assert "Booked" in window.look()["text"]
    assert bookings(shop)[0]["customers"][0]["name"] == "Marty McFly"


def test_nothing_is_asked_of_other_hosts_and_the_policy_refuses_nothing(
    window: Browser, address: str, server: Server
) -> None:
    for url in (address, f"{server.url}/docs", server.url):
        window.open(url)
        seen = window.ask("requests")
        assert {urlsplit(each).netloc for each in seen["asked"]} == {urlsplit(server.url).netloc}
        assert seen["complaints"] == []


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_fit_the_window_are_legible_and_easy_to_touch(
    window: Browser, address: str, server: Server, size: tuple[int, int], scheme: str
) -> None:
    def look_at(name: str) -> None:
        # The list of all routes is too long for a picture of the whole.
        window.picture(f"{name}-{size[0]}-{scheme}", full=name != "docs")
        seen = window.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = window.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)

    window.open(address, size=size, scheme=scheme)
    look_at("choose")
    window.ask("follow", selector="a.slot")
    look_at("form")
    window.fill_in(name=" ", email="marty@example.com")
    window.ask("follow", selector="main button")
    look_at("refused")
    window.fill_in(name="Marty McFly")
    window.ask("follow", selector="main button")
    look_at("booked")
    for name in ("docs", "", "nothing"):
        window.open(f"{server.url}/{name}", size=size, scheme=scheme)
        look_at(name or "home")


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_classes_fit_the_window_are_legible_and_easy_to_touch(
    window: Browser, school: str, size: tuple[int, int], scheme: str
) -> None:
    def look_at(name: str) -> None:
        window.picture(f"{name}-{size[0]}-{scheme}")
        seen = window.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = window.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)

    window.open(school, size=size, scheme=scheme)
    look_at("classes")
    window.ask("follow", selector="a.class")
    look_at("seat-form")
    address = window.look()["url"]
    window.fill_in(name="Marty McFly", email="marty@example.com")
    window.ask("follow", selector="main button")
    look_at("held")
    window.open(address.partition("class=")[0] + "class=0", size=size, scheme=scheme)
    look_at("other-classes")


@pytest.mark.parametrize("size", [DESK, PHONE, (320, 640)])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_of_lines_fit_the_window_are_legible_and_easy_to_touch(
    window: Browser,
    full_school: tuple[str, Json],
    size: tuple[int, int],
    scheme: str,
) -> None:
    def look_at(name: str) -> None:
        window.picture(f"{name}-{size[0]}-{scheme}")
        seen = window.look()
        assert not seen["wider"], f"{name} is wider than the window"
        assert not seen["small"], f"{name} has targets that are hard to touch"
        lowest = window.ask("contrast")
        assert lowest["ratio"] >= 4.5, (name, lowest)

    window.open(full_school[0], size=size, scheme=scheme)
    look_at("full-class")
    window.ask("follow", selector="a.class.full")
    look_at("line-form")
    window.fill_in(name="Marty McFly", email="marty@example.com")
    window.ask("follow", selector="main button")
    look_at("in-line")
