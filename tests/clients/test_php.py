"""What the PHP SDK sends, written by PHP itself: empty arrays where objects are meant."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clients.shop import Shop
from tests.matrix.table import functions
from tests.support.bridge import Bridge
from tests.support.client import Json
from tests.support.server import App, Server

DRIVER = Path(__file__).parent / "php" / "driver.php"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not shutil.which("php"), reason="PHP is not on this machine"),
]


class Php:
    """The calls of the PHP SDK with one key."""

    def __init__(self, bridge: Bridge, url: str, key: str) -> None:
        self._bridge, self._url, self._key = bridge, url, key

    def call(self, function: str, *args: Json) -> Json:
        """Return ``status``, ``data`` and the body as ``sent``."""
        return self._bridge.ask(url=self._url, key=self._key, call=function, args=args)


@pytest.fixture(scope="session")
def bridge() -> Iterator[Bridge]:
    with Bridge(["php", "-d", "display_errors=stderr", DRIVER]) as bridge:
        yield bridge


@pytest.fixture
def php(bridge: Bridge, server: Server, live: App) -> Php:
    return Php(bridge, server.url, live.api_key)


def test_constraints_without_parameters_arrive_as_empty_arrays_and_come_back_so(php: Php) -> None:
    rules = [{"block_weekends": {}}, {"allow_hours": {"start": "09:00", "end": "17:30"}}]
    body = {"name": "Doc", "timezone": "Europe/Paris", "availability_constraints": rules}

    made = php.call("createResource", body)

    assert '{"block_weekends":[]}' in made["sent"]
    assert made["status"] == 201
    shown = php.call("getResource", made["data"]["data"]["id"])["data"]["data"]
    assert shown["availability_constraints"] == json.loads(made["sent"])["availability_constraints"]


def test_a_resource_changes_by_put_and_answers_nothing(php: Php) -> None:
    made = php.call("createResource", {"name": "Doc", "timezone": "Europe/Paris", "meta": {}})
    assert '"meta":[]' in made["sent"]
    resource = made["data"]["data"]
    answer = php.call("updateResource", resource["id"], {"name": "Emmett", "meta": {}})
    assert (answer["status"], answer["data"]) == (204, None)
    shown = php.call("getResource", resource["id"])["data"]["data"]
    assert (shown["name"], shown["meta"]) == ("Emmett", {})


def test_a_project_takes_empty_arrays_for_its_objects(php: Php, shop: Shop) -> None:
    body = {
        "name": "Time travel",
        "resources": [shop.resource_id],
        "availability": {},
        "booking": {"graph": "instant"},
        "ui": {},
        "meta": {},
    }
    made = php.call("createProject", body)
    assert '"availability":[]' in made["sent"]
    assert made["status"] == 201, made
    assert made["data"]["data"]["availability"] == {}


def test_a_resource_is_deleted(php: Php) -> None:
    made = php.call("createResource", {"name": "Doc", "timezone": "Europe/Paris"})
    resource = made["data"]["data"]
    assert php.call("deleteResource", resource["id"])["status"] == 204
    assert php.call("getResource", resource["id"])["status"] == 404


def test_a_project_is_read_although_the_request_has_a_body(php: Php, shop: Shop) -> None:
    found = php.call("getProject", shop.project_id)
    assert found["sent"] == "[]"
    assert found["status"] == 200
    assert found["data"]["data"]["id"] == shop.project_id


def test_projects_are_searched_and_their_resources_listed(php: Php, shop: Shop) -> None:
    (project,) = php.call("getProjects", f"slug:{shop.slug}")["data"]["data"]
    assert project["id"] == shop.project_id
    (resource,) = php.call("getProjectResources", shop.project_id)["data"]["data"]
    assert resource["id"] == shop.resource_id


def test_a_search_with_a_constraint_written_as_an_empty_array(php: Php, shop: Shop) -> None:
    query = {"project_id": shop.project_id, "constraints": [{"block_weekends": {}}]}
    found = php.call("getAvailabilities", query)
    assert '{"block_weekends":[]}' in found["sent"]
    assert found["status"] == 200
    starts = {slot["start"] for slot in found["data"]["data"]}
    assert starts
    assert starts < {slot["start"] for slot in shop.slots("UTC")}


def test_a_booking_is_made_cancelled_with_an_empty_array_and_deleted(php: Php, shop: Shop) -> None:
    slot = shop.slots()[0]
    body = {
        "project_id": shop.project_id,
        "resource_id": shop.resource_id,
        "graph": "instant",
        "start": slot["start"],
        "end": slot["end"],
        "what": "Clock repair",
        "where": "Hill Valley",
        "description": "",
        "customer": {"name": "Marty", "email": "marty@example.com", "timezone": "Europe/Paris"},
        "participants": [],
        "settings": {},
        "meta": {},
    }
    made = php.call("createBooking", body)
    assert made["status"] == 201, made
    booking = made["data"]["data"]

    cancelled = php.call("updateBookingState", booking["id"], "cancel")
    assert cancelled["sent"] == "[]"
    assert (cancelled["status"], cancelled["data"]["data"]["state"]) == (200, "cancelled")
    assert slot in shop.slots()
    assert php.call("deleteBooking", booking["id"])["status"] == 204


def test_a_payment_and_a_seat_change_state_with_an_empty_array(php: Php, shop: Shop) -> None:
    marty = {"name": "Marty McFly", "email": "marty@example.com", "timezone": "Europe/Paris"}
    first, second = shop.slots()[:2]
    bought = {
        "project_id": shop.project_id,
        "resource_id": shop.resource_id,
        "graph": "instant_payment",
        "start": first["start"],
        "end": first["end"],
        "customer": marty,
        "meta": {},
    }
    held = php.call("createBooking", bought)["data"]["data"]
    assert held["state"] == "tentative"
    paid = php.call("updateBookingState", held["id"], "pay")
    assert (paid["sent"], paid["data"]["data"]["state"]) == ("[]", "paid")

    lesson = shop.open_class(second)
    related = {"owner_booking_id": lesson["id"]}
    wanted = {"graph": "group_customer", "related": related, "customer": marty, "settings": {}}
    taken = php.call("createBooking", wanted)["data"]["data"]
    assert (taken["state"], shop.seats_taken(lesson)) == ("confirmed", 1)
    gone = php.call("updateBookingState", taken["id"], "cancel_by_customer")
    assert gone["data"]["data"]["state"] == "cancelled_by_customer"
    assert shop.seats_taken(lesson) == 0


@pytest.mark.parametrize("function", sorted(functions("php")))
def test_every_function_that_the_table_names_is_called(function: str) -> None:
    assert f"public function {function}(" in DRIVER.read_text()
    assert f'php.call("{function}"' in Path(__file__).read_text()


def test_a_refusal_is_json_that_php_can_read(bridge: Bridge, server: Server) -> None:
    answer = Php(bridge, server.url, "live_api_key_wrong").call("getAvailabilities", {})
    assert answer["status"] == 401
    assert answer["data"] == {"error": {"message": "Invalid credentials supplied"}}
