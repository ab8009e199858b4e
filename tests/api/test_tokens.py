"""Tokens of resources: which route they reach, and that each reaches what is its own."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx
import pytest
from tests.api.test_auth import BY_ID, EVERY, PRIVATE, SCOPES, SERVER, named, strangers_address
from tests.conftest import new_tenant
from tests.support import people
from tests.support.client import Json, Tenant, basic
from tests.support.clock import TestClock
from tests.support.document import Operation
from tests.support.owned import Owned, snapshot
from tests.support.people import Person

from slotkeeper.edge.parts import Parts

DOC, MARTY = "doc@example.com", "marty.mcfly@example.com"

HOUR = {"start": "2030-05-09T09:00:00Z", "end": "2030-05-09T10:00:00Z"}
LATER = {"start": "2030-05-10T09:00:00Z", "end": "2030-05-10T10:00:00Z"}

ALL_INCLUDES = (
    "resources,locations,services,user,resource,calendars.events,event,logs,meta,settings,project,"
    "bulked_bookings,owner_booking,availability_constraints,api_token,credentials"
)


@dataclass
class Two:
    """Two people of one app with one of everything each, and both tokens of the first."""

    tenant: Tenant
    mine: Owned
    theirs: Owned
    server: Person
    client: Person


@pytest.fixture
async def two(tenant: Tenant) -> Two:
    return await two_in(tenant)


@pytest.fixture(scope="module")
async def standing(parts: Parts, http: httpx.AsyncClient) -> Two:
    """Two whom the tests of all routes share: their requests change nothing of them."""
    return await two_in(await new_tenant(parts, http))


async def two_in(tenant: Tenant) -> Two:
    mine = await Owned(tenant, email=DOC, name="Doc").made()
    theirs = await Owned(tenant, email=MARTY, name="Marty").made()
    return Two(
        tenant,
        mine,
        theirs,
        server=await token_of(tenant, mine, "server-token"),
        client=await token_of(tenant, mine, "client-token"),
    )


async def token_of(tenant: Tenant, owned: Owned, kind: str, **given: Json) -> Person:
    return await people.token_of(
        tenant, owned.ids["resource_id"], owned.resource["email"], kind, **given
    )


def body_of(route: Operation) -> Json:
    bodies: Mapping[str, Json] = {"reschedule_booking": LATER}
    return bodies.get(route.name, {}) if route.body is not None else None


# --- Which routes


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_a_client_token_reaches_the_routes_of_pages_and_no_other(
    standing: Two, route: Operation
) -> None:
    answer = await standing.client.request(
        route.method, strangers_address(route), json=body_of(route)
    )
    if SCOPES[route.name] == EVERY:
        assert answer.status_code in {200, 404, 422}, answer.text
    else:
        assert answer.status_code == 403
        message = "This route is not allowed with a client-token"
        assert answer.json() == {"error": {"message": message}}


@pytest.mark.parametrize("route", PRIVATE, ids=named)
async def test_a_server_token_reaches_the_routes_of_people_and_no_other(
    standing: Two, route: Operation
) -> None:
    answer = await standing.server.request(
        route.method, strangers_address(route), json=body_of(route)
    )
    if SCOPES[route.name] in SERVER:
        assert answer.status_code in {200, 201, 204, 403, 404, 422}, answer.text
        assert "not allowed with" not in answer.text
    else:
        assert answer.status_code == 403
        message = "This route is not allowed with a server-token"
        assert answer.json() == {"error": {"message": message}}


# --- Own data


EMBEDDED = {"get_embedded_project", "get_embedded_widget"}
"""What every key and token of an app may see of all of it, as the table of scopes says."""

OF_SOMEBODY = [each for each in BY_ID if SCOPES[each.name] in SERVER and each.name not in EMBEDDED]


@pytest.fixture(scope="module")
async def other_two(parts: Parts, http: httpx.AsyncClient) -> Two:
    """Two of whom nothing may change, whatever is tried."""
    return await two_in(await new_tenant(parts, http))


@pytest.fixture(scope="module")
async def before(other_two: Two) -> list[Json]:
    return await snapshot(other_two.tenant.api)


@pytest.mark.parametrize("route", OF_SOMEBODY, ids=named)
async def test_an_id_of_another_resource_is_an_id_of_nothing(
    other_two: Two, before: list[Json], route: Operation
) -> None:
    answer = await other_two.server.request(
        route.method, route.address(**other_two.theirs.ids), json=body_of(route)
    )
    assert answer.status_code == 404, answer.text
    assert answer.json()["error"] == "Resource does not exist"
    assert await snapshot(other_two.tenant.api) == before


@dataclass
class Related(Two):
    """Two who have a project and a booking in common, besides what is their own."""

    project_id: str = ""
    booking_id: str = ""


@pytest.fixture(scope="module")
async def related(parts: Parts, http: httpx.AsyncClient) -> Related:
    two = await two_in(await new_tenant(parts, http))
    mine, theirs, api = two.mine.ids, two.theirs.ids, two.tenant.api
    both = [mine["resource_id"], theirs["resource_id"]]
    shared = await two.tenant.project(*both)
    order = two.tenant.order(None, HOUR["start"], HOUR["end"], resources=both)
    booking = await api.created("/bookings", order)
    await api.put(f"/properties?resource_id={mine['resource_id']}", {"key": "red"})
    return Related(**vars(two), project_id=shared["id"], booking_id=booking["id"])


@pytest.mark.parametrize(
    "route",
    [each for each in PRIVATE if SCOPES[each.name] in SERVER and each.method == "GET"],
    ids=named,
)
async def test_no_answer_shows_anything_of_another_resource(
    related: Related, route: Operation
) -> None:
    two, mine, theirs = related, related.mine.ids, related.theirs.ids
    for ids in (mine, {**mine, "project_id": two.project_id, "booking_id": two.booking_id}):
        known = {**ids, "email": DOC, "key": "key", "graph": "instant", "slug": two.tenant.slug}
        address = route.address(**known)
        query = {"include": ALL_INCLUDES, "email": DOC, "start": "2030-01-01", "end": "2031-01-01"}
        answer = await two.server.get(address, params=query)
        assert answer.status_code in {200, 404}, answer.text
        secret = {theirs[f"{kind}_id"] for kind in ("calendar", "event", "credential", "feed")}
        if route.name not in {"list_bookings", "get_booking"}:  # which name who else is there
            secret |= {theirs["resource_id"], theirs["booking_id"]}
        if route.name not in {"get_embedded_project", "list_projects"} or ids is mine:
            secret.add(theirs["project_id"])
        for text in (*secret, MARTY):
            assert text not in answer.text


async def test_lists_hold_what_is_ones_own(two: Two) -> None:
    mine = two.mine.ids
    expected = {
        "/resources": mine["resource_id"],
        "/calendars": mine["calendar_id"],
        "/projects": mine["project_id"],
    }
    for path, own in expected.items():
        for query in ("", "?search=id:" + own, "?limit=1"):
            answer = (await two.server.get(path + query)).json()
            assert ([each["id"] for each in answer["data"]], answer["total"]) == ([own], 1)
    events = "/events?start=2030-01-01&end=2031-01-01"
    found = {each["calendar_id"] for each in await two.server.found(events)}
    assert found == {mine["calendar_id"]}
    bookings = await two.server.found("/bookings?include=resource")
    assert {each["resource"]["id"] for each in bookings} == {mine["resource_id"]}
    assert mine["booking_id"] in {each["id"] for each in bookings}
    tokens = await two.server.found("/credentials")
    assert {each["resource_id"] for each in tokens} == {mine["resource_id"]}


async def test_widgets_and_filters_belong_to_who_made_them(two: Two) -> None:
    other = await token_of(two.tenant, two.theirs, "server-token")
    widget = {"name": "Mine", "config": {"app": "hill-valley"}}
    filters: Json = {"or": [{"only_weekend": []}], "and": [], "after": []}
    for path, body, change in (
        ("/widgets", widget, {"name": "Changed"}),
        ("/findtime/filtercollections", filters, {"after": [{"take_first": {"number": 1}}]}),
    ):
        mine = await two.server.created(path, body)
        theirs = await other.created(path, body)
        await two.tenant.api.created(path, body)
        for caller, own, stranger in ((two.server, mine, theirs), (other, theirs, mine)):
            assert [each["id"] for each in await caller.found(path)] == [own["id"]]
            assert (await caller.get(path)).json()["total"] == 1
            assert (await caller.put(f"{path}/{own['id']}", change)).status_code == 204
            assert await caller.found(f"{path}/{own['id']}") == {**own, **change}
            assert (await caller.put(f"{path}/{stranger['id']}", change)).status_code == 404
            assert (await caller.get(f"{path}/{stranger['id']}")).status_code == 404
        assert {mine["id"], theirs["id"]} < {
            each["id"] for each in await two.tenant.api.found(path)
        }
    found = await two.tenant.widget.found("/widgets/embed/" + (await one_widget(two))["id"])
    assert found["config"] == widget["config"]


async def one_widget(two: Two) -> Json:
    return (await two.server.found("/widgets"))[0]


async def test_ones_own_filters_find_ones_own_time(two: Two) -> None:
    other = await token_of(two.tenant, two.theirs, "server-token")
    body = {"and": [{"specific_time": {"start": 9, "end": 10}}]}
    mine = await two.server.created("/findtime/filtercollections", body)
    search = {"start": "2030-05-13", "future": "2030-05-15", "filtercollection_id": mine["id"]}
    answer = await two.server.post("/findtime", search)
    assert [slot["start"][11:16] for slot in answer.json()["data"]] == ["09:00", "09:00"]
    assert (await other.post("/findtime", search)).status_code == 404


async def test_widgets_and_filters_go_with_their_resource(two: Two) -> None:
    await two.server.created("/widgets", {"name": "Mine", "config": {}})
    await two.server.created("/findtime/filtercollections", {})
    address = f"/resources/{two.mine.ids['resource_id']}"
    before = len(await two.tenant.api.found("/widgets"))
    assert (await two.tenant.api.delete(address)).status_code == 204
    assert len(await two.tenant.api.found("/widgets")) == before - 1


async def test_a_search_by_an_id_of_another_resource_finds_nothing(two: Two) -> None:
    theirs = two.theirs.ids
    for path, term in (
        ("/bookings", "resource.id"),
        ("/projects", "resources.id"),
        ("/credentials", "resource.id"),
        ("/calendars", "resource.id"),
    ):
        search = f"{term}:{theirs['resource_id']}"
        assert await two.server.found(path, params={"search": search}) == []


async def test_repeating_events_of_others_are_not_listed(two: Two) -> None:
    event = {"calendar_id": two.theirs.ids["calendar_id"], "what": "x", **HOUR}
    await two.tenant.api.created("/events", {**event, "rrule": "FREQ=DAILY;COUNT=3"})
    found = await two.server.found("/events?start=2030-05-09&end=2030-05-12")
    assert found == []


async def test_ids_of_another_resource_in_bodies_are_ids_of_nothing(two: Two) -> None:
    before = await snapshot(two.tenant.api)
    own, other = two.mine.ids, two.theirs.ids
    order = two.tenant.order(None, **HOUR)
    held = {"what": "x", **HOUR}
    lesson = await two.tenant.api.created(
        "/bookings",
        two.tenant.order(
            other["resource_id"],
            **LATER,
            graph="group_owner",
            settings={"max_seats": 5},
        ),
    )
    hold = await two.tenant.api.created(
        "/bookings/reserve", {"resource_id": other["resource_id"], **held}
    )
    before = await snapshot(two.tenant.api)
    tries: list[tuple[str, str, Json]] = [
        ("POST", "/bookings", {**order, "resource_id": other["resource_id"]}),
        ("POST", "/bookings", {**order, "resources": [own["resource_id"], other["resource_id"]]}),
        ("POST", "/bookings", {**order, "project_id": other["project_id"]}),
        ("POST", "/bookings", {**order, "calendar_id": other["calendar_id"]}),
        ("POST", "/bookings", {**order, "event": {"calendar_id": other["calendar_id"]}}),
        ("POST", "/bookings", {**order, "reservation_id": hold["id"]}),
        (
            "POST",
            "/bookings",
            {
                **order,
                "graph": "group_customer",
                "related": {"owner_booking_id": lesson["id"]},
            },
        ),
        ("POST", "/bookings/reserve", {"resource_id": other["resource_id"], **held}),
        ("POST", "/bookings/reserve", {"project_id": other["project_id"], **held}),
        ("PUT", "/bookings/reserve/extend", {"reservation_id": hold["id"]}),
        (
            "POST",
            f"/bookings/{own['booking_id']}/reschedule",
            {"resource_id": other["resource_id"], **HOUR},
        ),
        ("POST", "/calendars", {"name": "x", "resource_id": other["resource_id"]}),
        ("POST", "/events", {"calendar_id": other["calendar_id"], "what": "x", **HOUR}),
        ("PUT", f"/events/{own['event_id']}", {"calendar_id": other["calendar_id"]}),
        ("POST", "/credentials", {**TOKEN, "resource_id": other["resource_id"]}),
        ("PUT", f"/users/me?resource_id={other['resource_id']}", {"name": "x"}),
        ("PUT", f"/properties?resource_id={other['resource_id']}", {"x": "y"}),
        *(
            ("POST", path, body)
            for path in (
                "/availability",
                "/availability/dates",
                "/availability/count",
                "/availability/explain",
                "/unavailable/slots",
            )
            for body in (
                {"resources": [other["resource_id"]]},
                {"resources": [own["resource_id"], other["resource_id"]]},
                {"project_id": other["project_id"]},
            )
        ),
        ("POST", "/findtime", {"resource_ids": [other["resource_id"]]}),
        ("POST", "/findtime", {"user_ids": [other["resource_id"]]}),
        ("POST", "/findtime", {"calendar_ids": [other["calendar_id"]]}),
        ("POST", "/findtime", {"emails": [MARTY]}),
        ("POST", "/findtime", {"emails": [DOC, MARTY.upper()]}),
        ("POST", "/findtime/bulk", [{"emails": [MARTY]}]),
        ("POST", "/findtime/team", {"users": [{"emails": [DOC]}, {"emails": [MARTY]}]}),
    ]
    for method, path, body in tries:
        answer = await two.server.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, body, answer.text)
    assert await snapshot(two.tenant.api) == before


TOKEN: Mapping[str, Json] = {
    "type": "client-token",
    "scopes": ["widget"],
    "description": "Token of the shop",
}


async def test_who_names_nobody_speaks_for_themselves(two: Two) -> None:
    own = two.mine.ids
    booked = await two.server.created(
        "/bookings?include=resource,logs", two.tenant.order(None, **HOUR)
    )
    assert booked["resource"]["id"] == own["resource_id"]
    assert booked["logs"][0]["actor"] == "server_token"
    calendar = await two.server.created("/calendars", {"name": "Second"})
    assert calendar["resource_id"] == own["resource_id"]
    assert (await two.server.found("/users/me"))["id"] == own["resource_id"]
    assert (await two.server.found("/resources/me"))["email"] == DOC
    assert (await two.server.put("/properties", {"x": "y"})).status_code == 204
    assert (await two.server.found("/properties/x"))["value"] == "y"
    assert await two.server.found("/contacts") == []
    search = {"length": "1 hour", "from": "2030-05-09", "to": "2030-05-10"}
    slots = (await two.server.post("/availability", search)).json()["data"]
    assert {each["id"] for slot in slots for each in slot["resources"]} == {own["resource_id"]}
    assert (await two.server.post("/findtime", {"future": "1 day"})).json()["data"]


async def test_a_project_of_several_offers_ones_own_time_only(two: Two) -> None:
    own, other = two.mine.ids, two.theirs.ids
    shared = await two.tenant.project(other["resource_id"], own["resource_id"])
    body = {"project_id": shared["id"], "from": "2030-05-09", "to": "2030-05-10"}
    slots = (await two.server.post("/availability", body)).json()["data"]
    assert {each["id"] for slot in slots for each in slot["resources"]} == {own["resource_id"]}
    order = {**two.tenant.order(None, **HOUR), "project_id": shared["id"]}
    booked = await two.server.created("/bookings?include=resource", order)
    assert booked["resource"]["id"] == own["resource_id"]


async def test_others_in_ones_bookings_are_names_without_addresses(two: Two) -> None:
    both = [two.mine.ids["resource_id"], two.theirs.ids["resource_id"]]
    order = two.tenant.order(None, **HOUR, resources=both)
    booking = await two.tenant.api.created("/bookings", order)
    path = f"/bookings/{booking['id']}?include=resources"
    me, other = (await two.server.found(path))["resources"]
    assert (me["email"], other["name"], other["email"]) == (DOC, "Marty", None)
    assert other["calendars"] == []


async def test_acting_on_ones_booking_leaves_related_bookings_of_others(two: Two) -> None:
    orders = [
        two.tenant.order(each["resource_id"], **HOUR) for each in (two.mine.ids, two.theirs.ids)
    ]
    made = (await two.tenant.api.post("/bookings/bulk", {"bookings": orders})).json()["data"]
    mine, theirs = (each["id"] for each in made)
    shown = await two.server.found(f"/bookings/{mine}?include=bulked_bookings")
    assert shown["bulked_bookings"] == []
    answer = await two.server.put(f"/bookings/{mine}/cancel", {"apply_to_bulked_bookings": True})
    assert answer.status_code == 200
    states = [(await two.tenant.api.found(f"/bookings/{each}"))["state"] for each in (mine, theirs)]
    assert states == ["cancelled", "confirmed"]


async def test_a_client_token_sees_of_bookings_what_the_widget_key_sees(two: Two) -> None:
    order = two.tenant.order(two.theirs.ids["resource_id"], **HOUR, meta={"secret": 1})
    seen = await two.client.created("/bookings?include=resource,meta,logs", order)
    assert seen["resource"]["email"] is None
    assert "secret" not in json.dumps(seen)
    assert "logs" not in seen


# --- How a token arrives


async def statuses(two: Two, *headers: Mapping[str, str]) -> list[int]:
    http = two.tenant.anonymous
    return [(await http.get("/users/me", headers=each)).status_code for each in headers]


async def test_a_token_is_the_password_of_its_address(two: Two) -> None:
    token, slug = two.server.key or "", two.tenant.slug
    named_app = {"Timekit-App": slug}
    assert (
        await statuses(
            two,
            {"Authorization": basic(token, user=DOC), **named_app},
            {"Authorization": basic(token, user=DOC.upper()), **named_app},
            {"Authorization": basic(token, user=DOC)},  # the token itself says which app
            {"Authorization": basic(token, user=MARTY), **named_app},
            {"Authorization": basic(token)},
            {"Authorization": basic(token[:-1] + "-", user=DOC), **named_app},
            {"Authorization": basic(token, user=DOC), "Timekit-App": "of-nothing"},
        )
        == [200, 200, 200, 401, 401, 401, 401]
    )


async def test_the_app_may_stand_in_the_address(two: Two, other_tenant: Tenant) -> None:
    header = {"Authorization": basic(two.server.key or "", user=DOC)}
    for slug, status in ((two.tenant.slug, 200), (other_tenant.slug, 401)):
        answer = await two.tenant.anonymous.get(f"/users/me?Timekit-App={slug}", headers=header)
        assert answer.status_code == status


async def test_a_token_ends_when_it_expires(two: Two, clock: TestClock) -> None:
    until = (clock.now + timedelta(hours=1)).isoformat()
    token = await token_of(two.tenant, two.mine, "server-token", expires=until)
    assert (await token.get("/users/me")).status_code == 200
    clock.now += timedelta(minutes=59)
    assert (await token.get("/users/me")).status_code == 200
    clock.now += timedelta(minutes=1)
    answer = await token.get("/users/me")
    assert (answer.status_code, "timekit-testmode" in answer.headers) == (401, False)


async def test_a_client_token_works_for_pages_of_its_sites(two: Two) -> None:
    sites = ["https://hill.example", "https://valley.example/shop/"]
    token = await token_of(two.tenant, two.mine, "client-token", referrer=sites)
    path = f"/users/timezone/{DOC}"
    expected = {
        "https://hill.example": 200,
        "https://hill.example:8443": 200,
        "https://hill.example.net": 401,
        "https://hill.example@evil.example": 401,
        "https://valley.example": 401,
        "null": 401,
    }
    for origin, status in expected.items():
        assert (await token.get(path, headers={"Origin": origin})).status_code == status, origin
    page = {"Origin": "https://valley.example", "Referer": "https://valley.example/shop/clock"}
    assert (await token.get(path, headers=page)).status_code == 200
    assert (await token.get(path)).status_code == 401


async def test_a_server_token_ignores_where_it_is_used(two: Two) -> None:
    sites = ["https://hill.example"]
    token = await token_of(two.tenant, two.mine, "server-token", referrer=sites)
    assert (await token.get("/users/me")).status_code == 200


async def test_tokens_end_with_their_resource(two: Two) -> None:
    assert (await two.server.get("/users/me")).status_code == 200
    path = f"/resources/{two.mine.ids['resource_id']}"
    assert (await two.tenant.api.delete(path)).status_code == 204
    assert (await two.server.get("/users/me")).status_code == 401
    assert (await two.client.post("/availability", {})).status_code == 401


async def test_a_token_of_a_test_app_marks_its_answers(other_tenant: Tenant) -> None:
    mine = await Owned(other_tenant, email=DOC).made()
    token = await token_of(other_tenant, mine, "server-token")
    assert (await token.get("/users/me")).headers["timekit-testmode"] == "true"
