"""Keys: which kind reaches which route, and that nobody reaches another app."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import httpx
import pytest
from tests.conftest import new_tenant
from tests.support.client import Caller, Json, Tenant, basic
from tests.support.document import Operation, operation, operations
from tests.support.owned import Owned, snapshot

from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps

APP, ANY, PUBLIC = "AppKey", "AnyKey", None
OWN, PAGE_OR_OWN, EVERY = "OwnKey", "PageOrOwnKey", "EveryKey"

SCOPES: Mapping[str, str | None] = {
    "log_in": PUBLIC,
    "get_current_app": OWN,
    "list_apps": OWN,
    "create_app": OWN,
    "get_app": OWN,
    "update_app": OWN,
    "delete_app": OWN,
    "list_keys": APP,
    "create_key": APP,
    "revoke_key": APP,
    "rotate_webhook_secret": APP,
    "list_credentials": OWN,
    "create_credential": OWN,
    "delete_credential": OWN,
    "create_resource": APP,
    "list_resources": OWN,
    "get_resource": OWN,
    "update_resource": OWN,
    "delete_resource": APP,
    "get_own_resource": OWN,
    "update_own_resource": OWN,
    "reset_resource_password": PUBLIC,
    "get_resource_timezone": EVERY,
    "create_user": PUBLIC,
    "get_own_user": OWN,
    "update_own_user": OWN,
    "reset_user_password": PUBLIC,
    "get_user_timezone": EVERY,
    "invite": APP,
    "invite_to_app": APP,
    "list_properties": OWN,
    "get_property": OWN,
    "set_properties": OWN,
    "list_contacts": OWN,
    "create_calendar": OWN,
    "list_calendars": OWN,
    "get_calendar": OWN,
    "update_calendar": OWN,
    "delete_calendar": OWN,
    "create_feed": OWN,
    "list_feeds": OWN,
    "get_feed": OWN,
    "delete_feed": OWN,
    "create_event": OWN,
    "list_events": OWN,
    "get_busy_times": OWN,
    "get_event": OWN,
    "update_event": OWN,
    "delete_event": OWN,
    "create_project": APP,
    "list_projects": PAGE_OR_OWN,
    "get_hosted_project": PUBLIC,
    "get_embedded_project": EVERY,
    "get_project": OWN,
    "update_project": APP,
    "delete_project": APP,
    "list_project_resources": APP,
    "add_project_resource": APP,
    "set_project_resources": APP,
    "remove_project_resource": APP,
    "create_location": APP,
    "list_locations": ANY,
    "get_location": APP,
    "update_location": APP,
    "delete_location": APP,
    "create_service": APP,
    "list_services": ANY,
    "get_service": APP,
    "update_service": APP,
    "delete_service": APP,
    "list_templates": APP,
    "get_template": APP,
    "update_template": APP,
    "preview_template": APP,
    "create_webhook": APP,
    "list_webhooks": APP,
    "get_webhook": APP,
    "update_webhook": APP,
    "delete_webhook": APP,
    "resume_webhook": APP,
    "send_webhook_test": APP,
    "replay_webhook": APP,
    "list_deliveries": APP,
    "get_delivery": APP,
    "replay_delivery": APP,
    "list_booking_deliveries": APP,
    "replay_booking_delivery": APP,
    "create_widget": OWN,
    "list_widgets": OWN,
    "get_hosted_widget": PUBLIC,
    "get_embedded_widget": EVERY,
    "get_widget": OWN,
    "update_widget": OWN,
    "delete_widget": OWN,
    "find_availability": EVERY,
    "explain_availability": OWN,
    "find_availability_dates": EVERY,
    "count_availability": EVERY,
    "find_unavailable_slots": EVERY,
    "find_time": EVERY,
    "find_time_bulk": EVERY,
    "find_time_team": EVERY,
    "create_filter_collection": OWN,
    "list_filter_collections": OWN,
    "get_filter_collection": OWN,
    "update_filter_collection": OWN,
    "list_graphs": OWN,
    "get_graph": OWN,
    "draw_graph": OWN,
    "draw_graph_in_pixels": OWN,
    "list_classes": EVERY,
    "get_class": EVERY,
    "get_class_at_old_address": EVERY,
    "reserve": EVERY,
    "join_waitlist": ANY,
    "list_waitlist": APP,
    "get_waitlist_entry": ANY,
    "leave_waitlist": ANY,
    "extend_reservation": EVERY,
    "create_series": APP,
    "get_series": APP,
    "cancel_series": APP,
    "create_bookings_bulk": APP,
    "update_bookings_bulk": APP,
    "export_customer": APP,
    "erase_customer": APP,
    "create_booking": EVERY,
    "list_bookings": OWN,
    "get_booking": OWN,
    "update_booking": OWN,
    "delete_booking": APP,
    "update_booking_meta": OWN,
    "act_on_booking": OWN,
    "reschedule_booking": PAGE_OR_OWN,
}
"""The kind of key that each route wants, as the table of scopes in the documentation says."""

PAGE = frozenset({ANY, PAGE_OR_OWN, EVERY})
"""The schemes that let the public widget key through."""

SERVER = frozenset({OWN, PAGE_OR_OWN, EVERY})
"""Those that let a server-token through, for what belongs to its resource."""

PRIVATE = [each for each in operations() if each.scheme is not PUBLIC]
BY_ID = [each for each in operations() if re.search(r"\{\w+_id\}", each.path)]


def named(each: Operation) -> str:
    return each.name


def strangers_address(route: Operation) -> str:
    """Return the route's address with ids of nothing."""
    names = re.findall(r"\{(\w+)\}", route.path)
    return route.address(**{name: str(uuid4()) for name in names})


async def ask(caller: Caller, route: Operation, address: str, **options: Any) -> Any:
    body: Json = None if route.body is None else {}
    return await caller.request(route.method, address, json=body, **options)


@pytest.fixture(scope="module")
async def standing(parts: Parts, http: httpx.AsyncClient) -> Tenant:
    """A live app that the tests of all routes share: none of them looks at what it holds."""
    return await new_tenant(parts, http)


@pytest.fixture(scope="module")
async def other_standing(parts: Parts, http: httpx.AsyncClient) -> Tenant:
    """Another such app, in test mode."""
    return await new_tenant(parts, http, test_mode=True)


def test_every_route_has_a_place_in_the_table_of_scopes() -> None:
    assert {each.name: each.scheme for each in operations()} == SCOPES


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_without_a_key_nothing_is_reached(http: httpx.AsyncClient, route: Operation) -> None:
    answer = await ask(Caller(http, None), route, strangers_address(route))
    assert answer.status_code == 401
    assert answer.json() == {"error": {"message": "Invalid credentials supplied"}}


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_a_key_that_nobody_has_reaches_nothing(
    http: httpx.AsyncClient, route: Operation
) -> None:
    for form in ("live_api_key_", "test_api_key_", "live_widget_key_", "test_widget_key_"):
        stranger = Caller(http, form + "x" * 32)
        answer = await ask(stranger, route, strangers_address(route))
        assert answer.status_code == 401
        assert "timekit-testmode" not in answer.headers


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_the_widget_key_reaches_its_routes_and_no_other(
    standing: Tenant, other_standing: Tenant, route: Operation
) -> None:
    for widget in (standing.widget, other_standing.widget):
        answer = await ask(widget, route, strangers_address(route))
        if SCOPES[route.name] not in PAGE:
            assert answer.status_code == 403
            message = "This route is not allowed with a widget key"
            assert answer.json() == {"error": {"message": message}}
        else:
            assert answer.status_code in {200, 404, 422}, answer.text


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_the_app_key_reaches_every_route(
    standing: Tenant, other_standing: Tenant, route: Operation
) -> None:
    for api in (standing.api, other_standing.api):
        answer = await ask(api, route, strangers_address(route))
        assert answer.status_code in {200, 201, 204, 404, 422}, answer.text


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_routes_without_a_key_answer_everybody(tenant: Tenant, method: str) -> None:
    public = (each for each in operations() if each.scheme is PUBLIC and "{slug}" in each.path)
    for route in (each for each in public if each.method == method):
        for caller in (tenant.anonymous, tenant.widget, tenant.api):
            answer = await ask(caller, route, route.address(slug="of-nothing"))
            assert answer.status_code == 404


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic",
        "Basic ",
        "Basic !!!",
        "Basic é",
        "Basic Og==",  # ":" alone
        "Basic bm9jb2xvbg==",  # no colon
        "Basic /w==",  # not UTF-8
        "Bearer live_api_key_",
        "Digest username=x",
    ],
)
async def test_a_header_that_holds_no_key_is_no_key(tenant: Tenant, header: str) -> None:
    headers = {"Authorization": header.encode("latin-1")}
    answer = await tenant.anonymous.get("/resources", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == {"error": {"message": "Invalid credentials supplied"}}


async def test_a_key_counts_as_password_and_as_user_name(tenant: Tenant) -> None:
    key = tenant.api.key or ""
    understood = [basic(key), basic("", user=key), basic(key).replace("Basic", "bAsIc")]
    for header in understood:
        answer = await tenant.anonymous.get("/resources", headers={"Authorization": header})
        assert answer.status_code == 200
    both = basic(key, user="doc@example.com")
    answer = await tenant.anonymous.get("/resources", headers={"Authorization": both})
    assert answer.status_code == 401


async def test_another_apps_name_beside_an_app_key_is_ignored(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    doc = await tenant.resource()
    headers = {"Timekit-App": other_tenant.slug}
    assert (await tenant.api.found("/resources", headers=headers))[0]["id"] == doc["id"]


async def test_keys_say_what_they_are(tenant: Tenant, other_tenant: Tenant) -> None:
    keys = [tenant.api, tenant.widget, other_tenant.api, other_tenant.widget]
    forms = ["live_api_key_", "live_widget_key_", "test_api_key_", "test_widget_key_"]
    for caller, form in zip(keys, forms, strict=True):
        assert re.fullmatch(form + "[A-Za-z0-9]{32}", caller.key or "")


async def test_a_browser_is_not_made_to_ask_for_a_password(tenant: Tenant) -> None:
    answer = await tenant.anonymous.get("/resources")
    assert not answer.headers["www-authenticate"].lower().startswith("basic")


BODIES: Mapping[str, Json] = {
    "replay_webhook": {"since": "2030-05-06T08:00:00Z"},
    "reschedule_booking": {"start": "2030-05-08T09:00:00Z", "end": "2030-05-08T10:00:00Z"},
    "add_project_resource": {"resource_id": str(uuid4())},
    "set_project_resources": [],
}


@pytest.fixture(scope="module")
async def theirs(parts: Parts, http: httpx.AsyncClient) -> Owned:
    """One of everything in an app that nobody may change from another."""
    return await Owned(await new_tenant(parts, http, test_mode=True)).made()


@pytest.fixture(scope="module")
async def before(theirs: Owned) -> list[Json]:
    """What that app holds, and must hold after each try."""
    return await snapshot(theirs.of.api)


@pytest.mark.parametrize("route", BY_ID, ids=named)
async def test_an_id_of_another_app_is_an_id_of_nothing(
    standing: Tenant, theirs: Owned, before: list[Json], route: Operation
) -> None:
    body = BODIES.get(route.name, {}) if route.body is not None else None
    callers = [standing.api, *([standing.widget] if SCOPES[route.name] in PAGE else [])]
    for caller in callers:
        answer = await caller.request(route.method, route.address(**theirs.ids), json=body)
        assert answer.status_code == 404
        first = re.findall(r"\{(\w+)_id\}", route.path)[0]
        assert answer.json() == {
            "error": "Resource does not exist",
            "model": first.capitalize(),
        }
    assert await snapshot(theirs.of.api) == before


async def test_a_resource_of_another_app_is_not_detached_from_ones_own_project(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    mine, theirs = await Owned(tenant).made(), await Owned(other_tenant).made()
    route = operation("remove_project_resource")
    address = route.address(
        project_id=mine.ids["project_id"], resource_id=theirs.ids["resource_id"]
    )
    assert (await tenant.api.delete(address)).status_code == 404


async def test_ids_of_another_app_in_bodies_are_ids_of_nothing(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    mine, theirs = await Owned(tenant).made(), await Owned(other_tenant).made()
    before = await snapshot(tenant.api), await snapshot(other_tenant.api)
    stranger, own = theirs.ids, mine.ids
    order = tenant.order(own["resource_id"], "2030-05-09T09:00:00Z", "2030-05-09T10:00:00Z")
    span = {"start": "2030-05-09T09:00:00Z", "end": "2030-05-09T10:00:00Z"}
    new_event = {"what": "x", **span}
    tries: list[tuple[str, str, Json, int]] = [
        ("POST", "/bookings", {**order, "resource_id": stranger["resource_id"]}, 404),
        ("POST", "/bookings", {**order, "project_id": stranger["project_id"]}, 404),
        ("POST", "/bookings", {**order, "calendar_id": stranger["calendar_id"]}, 404),
        (
            "POST",
            f"/bookings/{own['booking_id']}/reschedule",
            {**span, "resource_id": stranger["resource_id"]},
            404,
        ),
        ("POST", "/bookings/waitlist", {**order, "resource_id": stranger["resource_id"]}, 404),
        ("POST", "/bookings/waitlist", {**order, "project_id": stranger["project_id"]}, 404),
        (
            "POST",
            "/bookings/waitlist",
            {**order, "related": {"owner_booking_id": stranger["booking_id"]}},
            404,
        ),
        ("POST", "/availability", {"project_id": stranger["project_id"]}, 404),
        ("POST", "/availability", {"resources": [stranger["resource_id"]]}, 404),
        (
            "POST",
            "/availability",
            {"project_id": own["project_id"], "resources": [stranger["resource_id"]]},
            404,
        ),
        ("POST", "/findtime", {"resource_ids": [stranger["resource_id"]]}, 404),
        ("POST", "/findtime", {"calendar_ids": [stranger["calendar_id"]]}, 404),
        (
            "POST",
            "/findtime",
            {
                "resource_ids": [own["resource_id"]],
                "filtercollection_id": stranger["filtercollection_id"],
            },
            404,
        ),
        ("POST", "/calendars", {"name": "x", "resource_id": stranger["resource_id"]}, 404),
        ("POST", "/events", {**new_event, "calendar_id": stranger["calendar_id"]}, 404),
        ("PUT", f"/events/{own['event_id']}", {"calendar_id": stranger["calendar_id"]}, 404),
        ("PUT", f"/projects/{own['project_id']}", {"resources": [stranger["resource_id"]]}, 422),
        (
            "POST",
            f"/projects/{own['project_id']}/resources",
            {"resource_id": stranger["resource_id"]},
            422,
        ),
        ("PUT", f"/projects/{own['project_id']}/resources", [stranger["resource_id"]], 422),
    ]
    for method, path, body, status in tries:
        answer = await tenant.api.request(method, path, json=body)
        assert answer.status_code == status, (path, body, answer.text)
    assert (await snapshot(tenant.api), await snapshot(other_tenant.api)) == before


async def test_a_search_by_an_id_of_another_app_finds_nothing(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    theirs = await Owned(other_tenant).made()
    for term in ("resource", "project", "calendar"):
        search = f"{term}.id:{theirs.ids[term + '_id']}"
        assert await tenant.api.found("/bookings", params={"search": search}) == []
    search = f"resources.id:{theirs.ids['resource_id']}"
    assert await tenant.api.found("/projects", params={"search": search}) == []


async def test_a_test_key_marks_every_answer_and_a_live_key_none(
    tenant: Tenant, other_tenant: Tenant
) -> None:
    calls: list[tuple[str, str, Json]] = [
        ("GET", "/resources", None),
        ("GET", f"/resources/{uuid4()}", None),
        ("POST", "/resources", {}),
        ("POST", "/availability", {}),
        ("GET", "/resources?limit=0", None),
    ]
    for method, path, body in calls:
        marked = await other_tenant.api.request(method, path, json=body)
        assert marked.headers["timekit-testmode"] == "true"
        plain = await tenant.api.request(method, path, json=body)
        assert "timekit-testmode" not in plain.headers
    refused = await other_tenant.widget.get("/resources")
    assert (refused.status_code, refused.headers["timekit-testmode"]) == (403, "true")


async def test_a_key_is_found_by_its_digest_and_stored_sealed(tenant: Tenant, parts: Parts) -> None:
    key = tenant.api.key or ""
    async with parts.database.transaction() as tx:
        rows = await tx.dicts("SELECT * FROM app_keys WHERE app_id = %s", (tenant.app_id,))
        caller = await apps.find_caller(tx, key)
    assert caller is not None
    assert caller.app_id == tenant.app_id
    assert {row["kind"] for row in rows} == {"api", "widget"}
    stored = b" ".join(
        value if isinstance(value, bytes) else str(value).encode()
        for row in rows
        for value in row.values()
    )
    assert key.encode() not in stored
