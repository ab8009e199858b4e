"""The OpenAPI document: whole, true to the specification of such documents, and unchanged.

Run with ``SLOTKEEPER_SNAPSHOTS=write`` to accept what has changed; then read the diff.
"""

import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

import jsonschema_rs
import pytest
from tests.support.client import Caller, Json, Tenant
from tests.support.document import Operation, conform, document, operations, problems
from tests.support.snapshots import DOCS, same_json

from slotkeeper.api.examples import EXAMPLES, IDS
from slotkeeper.api.route import ApiRoute
from slotkeeper.bootstrap import create_app
from slotkeeper.edge.parts import Parts

SNAPSHOTS = Path(__file__).parent / "snapshots"

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"
WITH_BODY = [each for each in operations() if each.body is not None]


def named(each: Operation) -> str:
    return each.name


def test_the_document_is_the_committed_one() -> None:
    same_json(DOCS / "openapi.json", document())


async def test_the_document_is_served(tenant: Tenant) -> None:
    answer = await tenant.anonymous.http.get("/openapi.json", headers={"Origin": "https://x.y"})
    assert answer.status_code == 200
    assert answer.json() == document()
    assert answer.headers["access-control-allow-origin"] == "*"


def test_it_is_openapi_3_1_with_sound_schemas() -> None:
    told = document()
    assert told["openapi"].startswith("3.1")
    assert {"title", "version", "description"} <= told["info"].keys()
    for name, schema in told["components"]["schemas"].items():
        jsonschema_rs.meta.validate(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
        )
        assert schema.get("description") or name.startswith(("Data_", "ListOf_")), name
    for reference in re.findall(r'"\$ref": "#/([^"]+)"', json.dumps(told)):
        part: Any = told
        for step in reference.split("/"):
            part = part[step]


@pytest.mark.parametrize("route", operations(), ids=named)
def test_every_route_says_what_it_does_and_how_it_may_end(route: Operation) -> None:
    told = route.told
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", route.name)
    assert told["summary"]
    assert told["description"]
    assert told["tags"]
    assert all(answer["description"] for answer in told["responses"].values())
    success = [status for status in told["responses"] if status.startswith("2")]
    assert len(success) == 1
    refusals = {"400", "404", "413", "422", "503"}
    if route.scheme is not None:
        refusals |= {"401", "403"}
        assert route.scheme in document()["components"]["securitySchemes"]
    assert refusals <= told["responses"].keys()
    for answer in told["responses"].values():
        for media in answer.get("content", {}).values():
            assert media["schema"], answer
    told_parameters = {each["name"] for each in told.get("parameters", []) if each["in"] == "path"}
    assert told_parameters == set(re.findall(r"\{(\w+)\}", route.path))


def test_the_document_names_its_chapters_in_the_order_of_reading() -> None:
    chapters = [tag["name"] for tag in document()["tags"]]
    assert len(set(chapters)) == len(chapters)
    assert set(chapters) == {each.told["tags"][0] for each in operations()}


def test_operation_ids_are_unique() -> None:
    names = [each.name for each in operations()]
    assert len(set(names)) == len(names)


def test_no_route_is_left_out_of_the_document(parts: Parts) -> None:
    routers = (getattr(each, "original_router", None) for each in create_app(parts).routes)
    served = {
        each.name
        for router in routers
        if router is not None
        for each in router.routes
        if isinstance(each, ApiRoute)
    }
    assert served == {each.name for each in operations()}


# --- Examples ----------------------------------------------------------------------------


def test_every_route_with_a_body_has_an_example() -> None:
    assert {each.name for each in WITH_BODY} <= EXAMPLES.keys()


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
def test_an_example_is_what_its_schema_wants(route: Operation) -> None:
    example = route.told["requestBody"]["content"]["application/json"]["example"]
    assert example == EXAMPLES[route.name]
    assert problems(route.body, example) == []


@pytest.mark.parametrize("route", WITH_BODY, ids=named)
async def test_an_example_works(tenant: Tenant, route: Operation) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    calendar = doc["calendars"][0]["id"]
    event = {"calendar_id": calendar, "start": NINE, "end": TEN, "what": "x"}
    real = {
        "resource_id": doc["id"],
        "project_id": project["id"],
        "calendar_id": calendar,
        "event_id": (await tenant.api.created("/events", event))["id"],
        "booking_id": (
            await tenant.api.created(
                "/bookings", tenant.order(doc["id"], "2030-06-03 09:00", "2030-06-03 10:00")
            )
        )["id"],
    }
    hour = {"start": "2030-06-03 11:00", "end": "2030-06-03 12:00", "what": "x"}
    reserved = await tenant.api.created(
        "/bookings/reserve", {"resource_id": doc["id"], "reservation_time": 3600, **hour}
    )
    real["reservation_id"] = reserved["id"]
    if "{filtercollection_id}" in route.path:
        made = await tenant.api.created("/findtime/filtercollections", {})
        real["filtercollection_id"] = made["id"]
    real["webhook_id"] = await tenant.webhook()
    if "waitlist" in route.path:
        real["class_id"] = await full_class(tenant, doc["id"])
    if "{series_id}" in route.path:
        lesson = tenant.order(doc["id"], "2030-06-04 09:00", "2030-06-04 10:00")
        weekly = {**lesson, "rrule": "FREQ=WEEKLY;COUNT=2"}
        real["series_id"] = (await tenant.api.created("/bookings/series", weekly))["id"]
    location = await tenant.api.created("/locations", {"name": "x"})
    service = await tenant.api.created("/location/services", {"name": "x"})
    widget = await tenant.api.created("/widgets", {"name": "x", "config": {}})
    real |= {"location_id": location["id"], "service_id": service["id"], "widget_id": widget["id"]}
    real["slug"] = "reminder_customer" if "/templates/" in route.path else f"s-{uuid4()}"
    if "/apps/" in route.path:
        real["slug"] = tenant.slug
    if route.name == "log_in":
        await tenant.resource(**EXAMPLES[route.name])
    sent = json.dumps(EXAMPLES[route.name])
    for kind in ("resource", "project", "calendar", "location", "reservation", "booking"):
        sent = sent.replace(IDS[kind], real[f"{kind}_id"])
    sent = sent.replace(IDS["class"], real.get("class_id", IDS["class"]))
    body = json.loads(sent)
    if isinstance(body, dict):
        body |= {"slug": real["slug"]} if "slug" in body else {}

    own = any(each["name"] == "resource_id" for each in route.told.get("parameters", ()))
    answer = await tenant.api.request(
        route.method,
        route.address(**real, action="cancel"),
        json=body,
        params={"resource_id": doc["id"]} if own else None,
    )
    assert answer.status_code in {200, 201, 204}, answer.text
    await conform(answer)


async def full_class(tenant: Tenant, resource_id: str) -> str:
    """Make a class whose only seat is taken, and return its id."""
    times = ("2030-06-03 13:00", "2030-06-03 14:00")
    lesson: Json = {"graph": "group_owner", "settings": {"max_seats": 1}}
    made = await tenant.api.created("/bookings", tenant.order(resource_id, *times, **lesson))
    seat: Json = {"graph": "group_customer", "related": {"owner_booking_id": made["id"]}}
    await tenant.api.created("/bookings", tenant.order(None, *times, **seat))
    return str(made["id"])


# --- Errors ------------------------------------------------------------------------------


async def test_errors_keep_their_form_and_their_words(tenant: Tenant, parts: Parts) -> None:
    doc = await tenant.resource(email="taken@example.com")
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings", order)
    booked = f"/bookings/{booking['id']}"
    nobody = str(uuid4())
    person = {"name": "x", "timezone": "UTC"}
    calls: list[tuple[str, Caller, str, str, Json]] = [
        ("no key", tenant.anonymous, "GET", "/resources", None),
        ("unknown key", Caller(tenant.api.http, "live_api_key_x"), "GET", "/resources", None),
        ("key too weak", tenant.widget, "GET", "/bookings", None),
        ("unknown route", tenant.api, "GET", "/nothing", None),
        ("unknown method", tenant.api, "DELETE", "/resources", None),
        ("unknown resource", tenant.api, "GET", f"/resources/{nobody}", None),
        ("unknown project", tenant.widget, "GET", f"/projects/embed/{nobody}", None),
        ("unknown booking", tenant.api, "GET", "/bookings/1", None),
        ("nothing given", tenant.api, "POST", "/resources", {}),
        ("nothing ordered", tenant.widget, "POST", "/bookings", {}),
        ("too long", tenant.api, "POST", "/resources", {**person, "meta": {"x": "x" * 64_000}}),
        ("name too long", tenant.api, "POST", "/resources", {**person, "name": "x" * 256}),
        ("zone", tenant.api, "POST", "/resources", {**person, "timezone": "Mars"}),
        ("taken address", tenant.api, "POST", "/resources", {**person, "email": doc["email"]}),
        ("slot taken", tenant.widget, "POST", "/bookings", order),
        ("wrong action", tenant.api, "PUT", f"{booked}/confirm", []),
        ("not ended", tenant.api, "DELETE", booked, None),
        ("unknown graph", tenant.api, "POST", "/bookings", {**order, "graph": "x"}),
        ("no resources", tenant.widget, "POST", "/availability", {}),
        (
            "bad search",
            tenant.widget,
            "POST",
            "/availability",
            {"resources": [doc["id"]], "from": "soon", "to": "7 months", "length": "x"},
        ),
        (
            "bad constraint",
            tenant.widget,
            "POST",
            "/availability",
            {"resources": [doc["id"]], "constraints": [{"allow_hours": {"start": 9.5}}]},
        ),
        ("unknown search field", tenant.api, "GET", "/calendars?search=x:1", None),
        ("unknown order", tenant.api, "GET", "/calendars?orderBy=x", None),
        ("no limit", tenant.api, "GET", "/calendars?limit=0", None),
        ("last calendar", tenant.api, "DELETE", f"/calendars/{doc['calendars'][0]['id']}", None),
        ("events of when", tenant.api, "GET", "/events", None),
    ]
    seen = {}
    for name, caller, method, path, body in calls:
        answer = await caller.request(method, path, json=body)
        seen[name] = {"status": int(answer.status_code), "body": answer.json()}
    same_json(SNAPSHOTS / "errors.json", seen)
