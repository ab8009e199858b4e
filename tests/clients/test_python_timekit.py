"""python-timekit 1.0.2, unmodified, in a virtual environment of its own."""

import fcntl
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from tests.clients.shop import Shop
from tests.matrix.table import DETOURS, Detour, functions
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

pytestmark = pytest.mark.slow

LOCK = Path(__file__).parent / "python" / "requirements.lock"
DRIVER = LOCK.with_name("driver.py")
HOME = Path(__file__).parents[2] / ".cache" / "python-timekit"


@pytest.fixture(scope="session")
def interpreter() -> Path:
    """The interpreter of an environment with the client alone, made anew when its lock changes.

    The client pins an old version of requests, which must not meet our own packages.
    """
    python = HOME / "bin" / "python"
    stamp = HOME / ".locked"
    HOME.mkdir(parents=True, exist_ok=True)
    with (HOME / ".guard").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if not stamp.exists() or stamp.read_bytes() != LOCK.read_bytes():
            subprocess.run([sys.executable, "-m", "venv", HOME], check=True, timeout=120)
            install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            locked = ["--require-hashes", "-r", str(LOCK)]
            subprocess.run([python, *install, *locked], check=True, timeout=300)
            stamp.write_bytes(LOCK.read_bytes())
    return python


@pytest.fixture(scope="session")
def bridge(interpreter: Path) -> Iterator[Bridge]:
    """A process with the client; no module of ours can be found from it."""
    with Bridge([interpreter, "-I", DRIVER]) as bridge:
        yield bridge


@dataclass(frozen=True)
class Timekit:
    """The client with one key."""

    bridge: Bridge
    url: str
    key: str

    def tried(self, function: str, *args: Json, **named: Json) -> tuple[int, Json]:
        """Call ``component.function`` and return status and data as the client gives them."""
        answer = self.bridge.ask(url=self.url, key=self.key, call=function, args=args, named=named)
        return answer["status"], answer["data"]

    def functions(self) -> set[str]:
        """Return the names of all functions that the client has."""
        return set(self.bridge.ask(url=self.url, key=self.key)["functions"])

    def call(self, function: str, *args: Json, **named: Json) -> Json:
        """Call what must succeed and return its data; the client leaves the envelope on."""
        status, data = self.tried(function, *args, **named)
        assert status in (200, 201), (status, data)
        return data["data"]


@pytest.fixture
def timekit(bridge: Bridge, server: Server, live: App) -> Timekit:
    return Timekit(bridge, server.url, live.api_key)


def order(shop: Shop, slot: Json) -> Json:
    return {
        "project_id": shop.project_id,
        "resource_id": shop.resource_id,
        "graph": "instant",
        "start": slot["start"],
        "end": slot["end"],
        "what": "Clock repair",
        "where": "Hill Valley",
        "description": "",
        "customer": {"name": "Marty", "email": "marty@example.com", "timezone": "UTC"},
    }


@pytest.fixture
def booking(timekit: Timekit, shop: Shop) -> Json:
    return timekit.call("bookings.create", order(shop, shop.slots()[0]), ["attributes", "event"])


def test_a_resource_is_made_read_listed_changed_and_deleted(timekit: Timekit) -> None:
    body = {"name": "Doc", "last_name": "Unmistakable", "timezone": "Europe/Paris"}
    made = timekit.call("resources.create", body)
    assert timekit.call("resources.retrieve", made["id"])["timezone"] == "Europe/Paris"
    found = timekit.call("resources.list", search="last_name:Unmistakable")
    assert [each["id"] for each in found] == [made["id"]]
    assert timekit.tried("resources.update", made["id"], {"name": "Emmett"}) == (204, {})
    rules: Json = {"availability_constraints": [{"block_weekends": {}}]}
    assert timekit.tried("resources.availability_constraints", made["id"], rules)[0] == 204
    shown = timekit.call("resources.retrieve", made["id"], ["availability_constraints"])
    assert shown["name"] == "Emmett"
    assert shown["availability_constraints"] == [{"block_weekends": {}}]
    assert timekit.tried("resources.delete", made["id"]) == (204, {})
    status, data = timekit.tried("resources.retrieve", made["id"])
    assert (status, data["error"]) == (404, "Resource does not exist")


def test_the_app_is_read_and_somebody_invited(timekit: Timekit, live: App) -> None:
    shown = timekit.call("apps.get")
    assert (shown["id"], shown["slug"]) == (live.id, live.slug)
    invited = timekit.call("apps.invite", {"email": "invited@example.com"})
    assert invited["email"] == "invited@example.com"


def test_a_list_with_the_empty_search_that_is_always_sent_shows_everything(
    timekit: Timekit, shop: Shop
) -> None:
    status, data = timekit.tried("resources.list", limit=1000)
    assert status == 200
    assert shop.resource_id in [each["id"] for each in data["data"]]
    assert data["current_page"] == 1


def test_a_project_is_made_read_listed_changed_and_deleted(timekit: Timekit, shop: Shop) -> None:
    body = {
        "name": "Time travel",
        "slug": "python-time-travel",
        "resources": [shop.resource_id],
        "availability": {"length": "1 hour", "mode": "roundrobin_random"},
        "booking": {"graph": "instant"},
    }
    made = timekit.call("projects.create", body)
    found = timekit.call("projects.list", search="slug:python-time-travel")
    assert [each["id"] for each in found] == [made["id"]]
    assert timekit.tried("projects.update", made["id"], {"name": "Flight"}) == (204, {})
    assert timekit.call("projects.retrieve", made["id"])["name"] == "Flight"
    assert timekit.tried("projects.delete", made["id"]) == (204, {})
    assert timekit.tried("projects.retrieve", made["id"])[0] == 404


def test_the_resources_of_a_project_are_set_added_and_listed(timekit: Timekit, shop: Shop) -> None:
    other = timekit.call("resources.create", {"name": "Marty", "timezone": "UTC"})["id"]
    status, _ = timekit.tried("projects.add_resources", shop.project_id, {"resource_id": other})
    assert status == 201
    both = timekit.call("projects.get_resources", shop.project_id)
    assert [each["id"] for each in both] == [shop.resource_id, other]
    assert timekit.tried("projects.set_resources", shop.project_id, [other]) == (204, {})
    one = timekit.call("projects.get_resources", shop.project_id)
    assert [each["id"] for each in one] == [other]


def test_availability_lists_slots(timekit: Timekit, shop: Shop) -> None:
    asked = {"project_id": shop.project_id, "output_timezone": "America/New_York"}
    assert timekit.call("availability.list", asked) == shop.slots("America/New_York")


def test_a_booking_is_made_with_includes_and_read_back(
    timekit: Timekit, shop: Shop, booking: Json
) -> None:
    assert booking["state"] == "confirmed"
    assert booking["event"]["start"] == booking["attributes"]["event_info"]["start"]
    assert timekit.call("bookings.retrieve", booking["id"])["id"] == booking["id"]
    assert booking["event"]["start"] not in [slot["start"] for slot in shop.slots()]


def test_the_list_of_bookings_survives_the_missing_ampersand(
    timekit: Timekit, shop: Shop, booking: Json
) -> None:
    status, data = timekit.tried("bookings.list")
    assert status == 200
    assert data["current_page"] == 1
    assert booking["id"] in [each["id"] for each in data["data"]]


def test_the_list_of_bookings_searches_and_orders(
    timekit: Timekit, shop: Shop, booking: Json
) -> None:
    second = timekit.call("bookings.create", order(shop, shop.slots()[0]))
    found = timekit.call(
        "bookings.list",
        dynamic_includes=["event"],
        search=f"project.id:{shop.project_id}",
        order_by="event.start",
        sorted_by="desc",
    )
    assert [each["id"] for each in found] == [second["id"], booking["id"]]


@pytest.mark.parametrize(
    ("action", "state"),
    [("cancel", "cancelled"), ("cancel_by_customer", "cancelled_by_customer")],
)
def test_a_booking_changes_state_and_gives_its_time_back(
    timekit: Timekit, shop: Shop, booking: Json, action: str, state: str
) -> None:
    assert timekit.call("bookings.update_state", booking["id"], action)["state"] == state
    assert booking["event"]["start"] in [slot["start"] for slot in shop.slots()]


@pytest.mark.parametrize(("action", "state"), [("confirm", "confirmed"), ("decline", "declined")])
def test_a_request_is_confirmed_or_declined(
    timekit: Timekit, shop: Shop, action: str, state: str
) -> None:
    slot = shop.slots()[0]
    asked = timekit.call("bookings.create", {**order(shop, slot), "graph": "confirm_decline"})
    assert asked["state"] == "tentative"
    assert slot in shop.slots()
    assert timekit.call("bookings.update_state", asked["id"], action)["state"] == state
    assert (slot in shop.slots()) is (state == "declined")


def seat(of_class: Json, graph: str = "group_customer") -> Json:
    return {
        "graph": graph,
        "related": {"owner_booking_id": of_class["id"]},
        "customer": {"name": "Marty", "email": "marty@example.com"},
    }


def test_a_payment_is_awaited_and_the_slot_held(timekit: Timekit, shop: Shop) -> None:
    slot = shop.slots()[0]
    held = timekit.call("bookings.create", {**order(shop, slot), "graph": "instant_payment"})
    assert (held["state"], held["available_actions"]) == ("tentative", ["pay"])
    assert slot not in shop.slots()


def test_classes_are_listed_and_read(timekit: Timekit, shop: Shop) -> None:
    early, late = (shop.open_class(slot) for slot in shop.slots()[:2])
    found = timekit.call("bookings.groups.list", search=f"project.id:{shop.project_id}")
    assert [each["id"] for each in found] == [early["id"], late["id"]]
    taken = timekit.call("bookings.create", seat(early))
    shown = timekit.call("bookings.groups.retrieve", early["id"])
    assert shown["attributes"]["group_booking"] == {"max_seats": 2, "current_seats": 1}
    assert [each["id"] for each in shown["bookings"]] == [taken["id"]]


@pytest.mark.parametrize("action", ["cancel_by_owner", "cancel_by_customer"])
def test_a_seat_is_booked_and_given_back(timekit: Timekit, shop: Shop, action: str) -> None:
    lesson = shop.open_class(shop.slots()[0], seats=1)
    taken = timekit.call("bookings.create", seat(lesson))
    assert taken["state"] == "confirmed"
    refused = timekit.tried("bookings.create", seat(lesson))
    assert refused == (422, {"error": "No available seats"})
    gone = timekit.call("bookings.update_state", taken["id"], action)
    assert gone["state"] == action.replace("cancel", "cancelled")
    assert shop.seats_taken(lesson) == 0


def test_a_class_is_opened_and_called_off(timekit: Timekit, shop: Shop) -> None:
    body = {**order(shop, shop.slots()[0]), "graph": "group_owner", "settings": {"max_seats": 2}}
    lesson = timekit.call("bookings.create", {**body, "customer": None})
    taken = timekit.call("bookings.create", seat(lesson, "group_customer_payment"))
    assert taken["state"] == "tentative"
    assert timekit.call("bookings.update_state", lesson["id"], "cancel")["state"] == "cancelled"
    assert timekit.call("bookings.retrieve", taken["id"])["state"] == "cancelled_by_owner"


def test_a_booking_takes_metadata(timekit: Timekit, booking: Json) -> None:
    assert timekit.tried("bookings.update_meta", booking["id"], {"meta": {"car": "DMC"}})[0] == 204
    status, data = timekit.tried("bookings.list", dynamic_includes=["meta"])
    # The missing ampersand swallows the includes as well: nothing to see in this list.
    assert status == 200
    assert "meta" not in data["data"][0]


def test_a_booking_moves_to_another_time(timekit: Timekit, shop: Shop, booking: Json) -> None:
    new = shop.slots()[1]
    body = {"start": new["start"], "end": new["end"], "resource_id": shop.resource_id}
    moved = timekit.call("bookings.reschedule", booking["id"], body)
    assert moved["id"] != booking["id"]
    assert moved["attributes"]["event_info"]["start"] == new["start"]


def test_a_taken_slot_comes_back_as_status_and_reason(
    timekit: Timekit, shop: Shop, booking: Json
) -> None:
    taken = {"start": booking["event"]["start"], "end": booking["event"]["end"]}
    status, data = timekit.tried("bookings.create", order(shop, taken))
    assert (status, data) == (422, {"error": "The requested timeslot is not available"})


@pytest.mark.parametrize("component", ["resources", "projects"])
def test_a_partial_update_does_what_an_update_does(
    timekit: Timekit, shop: Shop, component: str
) -> None:
    thing = {"resources": shop.resource_id, "projects": shop.project_id}[component]
    changed = timekit.tried(f"{component}.partial_update", thing, {"name": "Flight"})
    assert changed == (204, {})
    assert timekit.call(f"{component}.retrieve", thing)["name"] == "Flight"


@pytest.mark.parametrize("function", ["bookings.update", "bookings.partial_update"])
def test_an_update_of_a_booking_takes_metadata(
    timekit: Timekit, api: httpx.Client, booking: Json, function: str
) -> None:
    assert timekit.tried(function, booking["id"], {"meta": {"car": "DMC"}}) == (204, {})
    shown = api.get(f"bookings/{booking['id']}?include=meta").json()["data"]
    assert shown["meta"] == {"car": "DMC"}


def test_a_booking_that_has_ended_is_deleted(timekit: Timekit, booking: Json) -> None:
    timekit.call("bookings.update_state", booking["id"], "cancel")
    assert timekit.tried("bookings.delete", booking["id"]) == (204, {})
    assert timekit.tried("bookings.retrieve", booking["id"])[0] == 404


def test_what_two_parts_inherit_happens_to_work(timekit: Timekit, shop: Shop, live: App) -> None:
    assert timekit.call("apps.list")["slug"] == live.slug
    asked = {"project_id": shop.project_id, "output_timezone": "UTC"}
    assert timekit.call("availability.create", asked) == shop.slots()


@pytest.mark.parametrize("detour", DETOURS, ids=lambda detour: detour.function)
def test_a_call_that_leads_nowhere_is_refused_in_json(
    timekit: Timekit, shop: Shop, detour: Detour
) -> None:
    verb = detour.function.rpartition(".")[2]
    args: dict[str, list[Json]] = {
        "create": [{}],
        "retrieve": [shop.project_id],
        "delete": [shop.project_id],
        "create_in_bulk": [{"bookings": []}],
        "update_in_bulk": [{"bookings": []}],
        "remove_resources": [shop.project_id, shop.resource_id],
    }
    status, data = timekit.tried(detour.function, *args.get(verb, [shop.project_id, {}]))
    assert status == detour.status
    assert {"error", "errors"} & set(data)
    assert len(timekit.call("projects.get_resources", shop.project_id)) == 1


def test_every_function_of_the_package_stands_in_the_tables(timekit: Timekit) -> None:
    found = timekit.functions()
    assert len(found) > 40
    nowhere = {each.function for each in DETOURS}
    assert found == functions("py") | nowhere
    assert not functions("py") & nowhere


@pytest.mark.parametrize("function", sorted(functions("py")))
def test_every_function_that_leads_somewhere_is_called(function: str) -> None:
    component, _, verb = function.rpartition(".")
    here = Path(__file__).read_text()
    assert f'"{function}"' in here or (f'.{verb}"' in here and f'"{component}"' in here)


def test_a_wrong_key_is_told_by_the_server_not_guessed_by_the_client(
    bridge: Bridge, server: Server
) -> None:
    stranger = Timekit(bridge, server.url, "live_api_key_wrong")
    expected = {"error": {"message": "Invalid credentials supplied"}}
    assert stranger.tried("resources.list") == (401, expected)
