"""What holds for every route: errors, bodies, paging, searching, order, includes, CORS."""

import asyncio
import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from starlette.types import ASGIApp
from tests.support.client import Caller, Json, Tenant, basic
from tests.support.clock import TestClock

from slotkeeper.api.route import DEPTH_MAX
from slotkeeper.edge.parts import Parts
from slotkeeper.edge.route import BODY_CHARACTERS_MAX

NOTHING = "3f6c1f6e-0c55-4f0b-9d52-7a1c8a1f9e00"
"""An id of nothing; the same in every process, since tests are named after it."""

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+]0000")

EMPTY_PROJECT: Json = {"availability": {}, "booking": {}}

# --- What is not there -------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    ["/v1/resources", "/v2", "/v2/nothing", "/v2/resources/x/y/z", "/v3/bookings", "/v2/%00"],
)
async def test_a_path_that_leads_nowhere_is_404_in_json(http: httpx.AsyncClient, path: str) -> None:
    answer = await http.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/json"
    assert isinstance(answer.json()["error"], str)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", "/resources"),
        ("DELETE", "/resources"),
        ("PATCH", f"/calendars/{NOTHING}"),
        ("PUT", "/bookings"),
        ("GET", "/availability"),
        ("PUT", f"/projects/{NOTHING}/resources/{NOTHING}"),
    ],
)
async def test_a_method_that_a_path_does_not_have_is_405_in_json(
    tenant: Tenant, method: str, path: str
) -> None:
    answer = await tenant.api.request(method, path, json={})
    assert answer.status_code == 405
    assert isinstance(answer.json()["error"], str)
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("path", "model"),
    [
        ("/resources/{}", "Resource"),
        ("/projects/{}", "Project"),
        ("/projects/embed/{}", "Project"),
        ("/projects/hosted/{}", "Project"),
        ("/projects/{}/resources", "Project"),
        ("/bookings/{}", "Booking"),
        ("/calendars/{}", "Calendar"),
        ("/events/{}", "Event"),
    ],
)
@pytest.mark.parametrize("wanted", [NOTHING, "no-uuid", "1", "%F0%9F%95%B0"])
async def test_an_id_of_nothing_is_404_with_its_kind(
    tenant: Tenant, path: str, model: str, wanted: str
) -> None:
    answer = await tenant.api.get(path.format(wanted))
    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource does not exist", "model": model}


# --- Bodies ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"name=Doc",
        b'{"name": "Doc",}',
        b"{'name': 1}",
        b'{"name": NaN}',
        b'{"name": 1e999}',
        b'"\xff"',
        b'{"name": "\\ud800"}',
        b'{"name": "a\\u0000b"}',
        b'{"meta": {"a\\u0000": 1}}',
        b'{"meta": ' + b"[" * DEPTH_MAX + b"]" * DEPTH_MAX + b"}",
        b'{"meta": ' + b"[" * 5000 + b"]" * 5000 + b"}",
    ],
)
async def test_text_that_is_no_usable_json_is_400(tenant: Tenant, body: bytes) -> None:
    for method, path in (("POST", "/resources"), ("PUT", f"/resources/{uuid4()}")):
        answer = await tenant.api.request(method, path, content=body)
        assert answer.status_code == 400, answer.text
        assert isinstance(answer.json()["error"], str)


async def test_json_as_deep_as_allowed_comes_back(tenant: Tenant) -> None:
    depth = DEPTH_MAX - 2  # the body itself and its meta are two levels
    meta = {"deep": json.loads("[" * depth + "]" * depth)}
    assert (await tenant.resource(meta=meta))["meta"] == meta
    deeper: Json = {"deep": [meta["deep"]]}
    body = {"name": "x", "timezone": "UTC", "meta": deeper}
    assert (await tenant.api.post("/resources", body)).status_code == 400


@pytest.mark.parametrize(
    "number", [0, -1, 2**63, 2**64 - 1, 1e30, -1e30, 1e308, 5e-324, 0.1, 123456789.000001]
)
async def test_any_number_in_a_free_object_comes_back(tenant: Tenant, number: float) -> None:
    doc = await tenant.resource(meta={"number": number})
    assert doc["meta"]["number"] == number
    booking = await tenant.api.created(
        "/bookings?include=meta", tenant.order(doc["id"], NINE, TEN, meta={"number": number})
    )
    found = await tenant.api.found(f"/bookings/{booking['id']}?include=meta")
    assert found["meta"] == booking["meta"] == {"number": number}


@pytest.mark.parametrize("letter", ["x", "ø", "時", "🕰"])
async def test_a_body_may_have_64_000_characters_and_not_one_more(
    tenant: Tenant, letter: str
) -> None:
    start, end = '{"name": "Doc", "timezone": "UTC", "meta": {"text": "', '"}}'
    room = BODY_CHARACTERS_MAX - len(start) - len(end)
    longest = start + letter * room + end
    assert len(longest) == 64_000
    answer = await tenant.api.post("/resources", content=longest.encode())
    # The body as a whole is short enough; what is in it may still be refused for itself.
    assert answer.status_code == 201, answer.text
    answer = await tenant.api.post("/resources", content=(longest + " ").encode())
    assert answer.status_code == 413
    message = "The request may not be longer than 64000 characters."
    assert answer.json() == {"errors": {"body": [message]}}


async def test_a_body_without_end_is_refused_before_its_end(tenant: Tenant) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while True:
            sent += 1
            assert sent < 100, "the server reads on and on"
            yield b" " * 10_000

    answer = await tenant.api.post("/resources", content=endless())
    assert answer.status_code == 413


@pytest.mark.parametrize("type_", [None, "text/plain", "application/x-www-form-urlencoded", "x"])
async def test_json_is_json_whatever_its_content_type_says(
    tenant: Tenant, type_: str | None
) -> None:
    content = json.dumps({"name": "Doc", "timezone": "UTC"}).encode()
    headers = {"Content-Type": type_} if type_ else {}
    answer = await tenant.api.post("/resources", content=content, headers=headers)
    assert answer.status_code == 201


async def test_every_answer_has_an_id_of_its_own(tenant: Tenant) -> None:
    calls = [tenant.api.get("/resources"), tenant.anonymous.get("/resources")]
    calls += [tenant.api.get("/nothing"), tenant.api.post("/resources", {})]
    ids = {UUID((await call).headers["timekit-request-id"]) for call in calls}
    assert len(ids) == 4


@pytest.mark.parametrize("value", [5, "text", True, [1], [[]]])
async def test_a_body_that_is_no_object_is_refused(tenant: Tenant, value: Json) -> None:
    for method, path in (("POST", "/resources"), ("POST", "/availability"), ("POST", "/bookings")):
        answer = await tenant.api.request(method, path, content=json.dumps(value).encode())
        assert answer.status_code == 422
        assert answer.json() == {"errors": {"body": ["The body must be an object."]}}


async def test_every_wrong_field_is_named_in_the_words_of_the_framework(tenant: Tenant) -> None:
    answer = await tenant.api.post(
        "/bookings",
        {
            "resource_id": "no-uuid",
            "end": 5,
            "what": [],
            "customer": {"name": "", "email": "nobody", "timezone": "Mars/Base"},
            "participants": ["a", {}],
            "settings": 5,
        },
    )
    assert answer.status_code == 422
    assert answer.json() == {
        "errors": {
            "resource_id": ["The resource id must be a valid UUID."],
            "start": ["The start field is required."],
            "what": ["The what must be a string."],
            "customer.name": ["The customer.name field is required."],
            "customer.email": ["The customer.email must be a valid email address."],
            "customer.timezone": ["The customer.timezone must be a valid zone."],
            "participants.1": ["The participants.1 must be a string."],
            "settings": ["The settings must be an object."],
        }
    }


# --- Two at the same moment --------------------------------------------------------------


async def test_of_many_who_take_one_address_at_once_one_gets_it(tenant: Tenant) -> None:
    person = {"name": "Doc", "timezone": "UTC", "email": "doc@example.com"}
    answers = await asyncio.gather(*(tenant.api.post("/resources", person) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 7]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert refused.json() == {"errors": {"email": ["The email has already been taken."]}}

    doc = await tenant.resource()
    slug = f"s-{uuid4()}"
    project = {"name": "x", "slug": slug, "resources": [doc["id"]]} | EMPTY_PROJECT
    answers = await asyncio.gather(*(tenant.api.post("/projects", project) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201, *[422] * 7]


# --- Paging ------------------------------------------------------------------------------


async def test_a_list_is_paged_as_laravel_pages(tenant: Tenant, clock: TestClock) -> None:
    made = []
    for number in range(5):
        made.append((await tenant.resource(name=f"R{number}"))["id"])
        clock.advance(timedelta(seconds=1))
    answer = await tenant.api.get("/resources?limit=2&page=2&search=name:r&include=")
    body = answer.json()
    base = "http://slotkeeper.test/v2/resources?limit=2&search=name%3Ar&include="
    assert {**body, "data": [each["id"] for each in body["data"]]} == {
        "total": 5,
        "per_page": "2",
        "current_page": 2,
        "last_page": 3,
        "next_page_url": f"{base}&page=3",
        "prev_page_url": f"{base}&page=1",
        "from": 3,
        "to": 4,
        "data": made[2:4],
    }
    seen: list[str] = []
    url: str | None = "/v2/resources?limit=2"
    headers = {"Authorization": basic(tenant.api.key or "")}
    while url:
        page = (await tenant.api.http.get(url, headers=headers)).json()
        seen += [each["id"] for each in page["data"]]
        url = page["next_page_url"]
    assert seen == made


async def test_an_empty_list_has_one_page(tenant: Tenant) -> None:
    assert (await tenant.api.get("/projects")).json() == {
        "total": 0,
        "per_page": 50,
        "current_page": 1,
        "last_page": 1,
        "next_page_url": None,
        "prev_page_url": None,
        "from": None,
        "to": None,
        "data": [],
    }


async def test_a_page_beyond_the_last_is_empty(tenant: Tenant) -> None:
    await tenant.resource()
    body = (await tenant.api.get("/resources?page=7&limit=1")).json()
    assert (body["data"], body["total"], body["from"], body["to"]) == ([], 1, None, None)
    assert (body["current_page"], body["last_page"], body["next_page_url"]) == (7, 1, None)


@pytest.mark.parametrize(
    ("query", "per_page", "page"),
    [
        ("", 50, 1),
        ("limit=1000", "1000", 1),
        ("limit=1001", "1000", 1),
        ("limit=999999999999999999999", "1000", 1),
        ("limit=&page=", 50, 1),
        ("limit=ten&page=two", "50", 1),
        ("page=1include=", 50, 1),
        ("page=0", 50, 1),
        ("page=-3", 50, 1),
        ("page=99999999999999999999", 50, 1_000_000),
    ],
)
async def test_odd_pages_are_read_leniently(
    tenant: Tenant, query: str, per_page: int | str, page: int
) -> None:
    body = (await tenant.api.get(f"/resources?{query}")).json()
    assert (body["per_page"], body["current_page"]) == (per_page, page)


@pytest.mark.parametrize("limit", ["0", "-1", "-99999999999999"])
async def test_a_page_without_items_is_refused(tenant: Tenant, limit: str) -> None:
    answer = await tenant.api.get(f"/resources?limit={limit}")
    assert answer.status_code == 422
    assert answer.json() == {"errors": {"limit": ["The limit must be at least 1."]}}


async def test_bookings_come_a_thousand_a_page(tenant: Tenant) -> None:
    assert (await tenant.api.get("/bookings")).json()["per_page"] == 1000


# --- Searching and ordering --------------------------------------------------------------


async def names(caller: Caller, query: str) -> list[str]:
    return [each["name"] for each in await caller.found(f"/resources?{query}")]


async def test_resources_are_found_by_each_of_their_fields(tenant: Tenant) -> None:
    marty = await tenant.resource(
        name="Marty McFly",
        first_name="Marty",
        last_name="McFly",
        email="Marty@Example.com",
        timezone="America/Los_Angeles",
        meta={"t_store_id": "7", "n": 7, "url": "http://a/b?c", "on": True},
    )
    await tenant.resource(name="100% _Doc_", timezone="UTC")
    for term in (
        f"id:{marty['id']}",
        "name:mcfl",
        "first_name:MARTY",
        "last_name:fly",
        "email:marty@example.COM",
        "timezone:America/Los_Angeles",
        "meta.t_store_id:7",
        "meta.n:7",
        "meta.on:true",
        "meta.url:http://a/b?c",
        "name:marty;meta.n:7",
        "name:marty;",
        " name : Marty ; meta.n : 7 ",
    ):
        found = await tenant.api.found("/resources", params={"search": term})
        assert [each["name"] for each in found] == ["Marty McFly"], term
    for term in ("name:marty;meta.n:8", "id:no-uuid", "name:%", "email:marty", "name:1_0"):
        found = await tenant.api.found("/resources", params={"search": term})
        assert [each["name"] for each in found] == (["100% _Doc_"] if "%" in term else []), term


async def test_search_terms_arrive_raw_or_encoded(tenant: Tenant) -> None:
    await tenant.resource(name="Doc", meta={"a": "1"})
    await tenant.resource(name="Doc", meta={"a": "2"})
    raw = "search=name:Doc;meta.a:2"
    for query in (raw, "search=name%3ADoc%3Bmeta.a%3A2", f"{raw}&limit=5", f"limit=5&{raw}"):
        assert len(await names(tenant.api, query)) == 1
    assert len(await names(tenant.api, "search=")) == 2


@pytest.mark.parametrize(
    "search", ["nme:Doc", ":Doc", "name", "meta:1", "meta.:1", "app_id:1", "password:1", "1=1"]
)
@pytest.mark.parametrize("path", ["/resources", "/projects", "/bookings", "/calendars", "/events"])
async def test_a_search_for_an_unknown_field_is_refused(
    tenant: Tenant, path: str, search: str
) -> None:
    params = {"search": search, "start": NINE, "end": TEN}
    answer = await tenant.api.get(path, params=params)
    assert answer.status_code == 422, answer.text
    assert list(answer.json()["errors"]) == ["search"]


async def test_a_search_has_twenty_terms_at_most(tenant: Tenant) -> None:
    assert await names(tenant.api, "search=" + ";".join(["name:x"] * 20)) == []
    answer = await tenant.api.get("/resources?search=" + ";".join(["name:x"] * 21))
    assert answer.status_code == 422


async def test_lists_are_ordered_as_asked(tenant: Tenant, clock: TestClock) -> None:
    for name in ("Beta", "Alpha", "Gamma"):
        await tenant.resource(name=name)
        clock.advance(timedelta(seconds=1))
    assert await names(tenant.api, "") == ["Beta", "Alpha", "Gamma"]
    assert await names(tenant.api, "orderBy=name") == ["Alpha", "Beta", "Gamma"]
    assert await names(tenant.api, "orderBy=name&sortedBy=desc") == ["Gamma", "Beta", "Alpha"]
    assert await names(tenant.api, "order_by=name&sorted_by=DESC") == ["Gamma", "Beta", "Alpha"]
    assert await names(tenant.api, "orderBy=&sortedBy=") == ["Beta", "Alpha", "Gamma"]


@pytest.mark.parametrize("query", ["orderBy=app_id", "orderBy=name;--", "sortedBy=up"])
async def test_an_unknown_order_is_refused(tenant: Tenant, query: str) -> None:
    answer = await tenant.api.get(f"/resources?{query}")
    assert answer.status_code == 422
    assert list(answer.json()["errors"]) == [query.split("=", maxsplit=1)[0]]


# --- Housekeeping times ------------------------------------------------------------------


async def test_when_things_were_made_is_told_without_a_colon(
    tenant: Tenant, clock: TestClock
) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    things: list[Json] = [doc, doc["calendars"][0], project, booking, booking["calendar"]]
    for thing in things:
        assert STAMP.fullmatch(thing["created_at"]), thing
        assert STAMP.fullmatch(thing["updated_at"]), thing
    assert doc["created_at"] == "2030-05-06T08:00:00+0000"

    clock.advance(timedelta(minutes=5))
    await tenant.api.put(f"/resources/{doc['id']}", {"meta": {"a": 1}})
    changed = await tenant.api.found(f"/resources/{doc['id']}")
    assert changed["created_at"] == doc["created_at"]
    assert changed["updated_at"] == "2030-05-06T08:05:00+0000"


# --- CORS --------------------------------------------------------------------------------

ORIGIN = {"Origin": "https://shop.example"}
ALLOWED = (
    "Authorization, Content-Type, Accept, Timekit-App, Timekit-Context, Timekit-Timezone, "
    "Timekit-InputTimestampFormat, Timekit-OutputTimestampFormat, Idempotency-Key"
)


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", f"/projects/embed/{NOTHING}", "authorization,timekit-context"),
        ("GET", "/projects/hosted/doc", "timekit-context"),
        ("POST", "/availability", "authorization,content-type,timekit-context"),
        ("POST", "/availability/", "authorization,content-type,timekit-context"),
        ("POST", "/bookings", "authorization,content-type,timekit-context"),
        (
            "POST",
            f"/bookings/{NOTHING}/reschedule/",
            "authorization,content-type,timekit-context",
        ),
        ("GET", "/bookings/groups", "authorization,timekit-context,timekit-timezone"),
        (
            "PUT",
            "/no/such/path",
            "timekit-app,timekit-inputtimestampformat,timekit-outputtimestampformat",
        ),
    ],
)
async def test_browsers_may_ask_before_they_call(
    http: httpx.AsyncClient, method: str, path: str, headers: str
) -> None:
    answer = await http.options(
        f"/v2{path}",
        headers={
            **ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )
    assert answer.status_code == 204
    assert answer.content == b""
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    methods = answer.headers["access-control-allow-methods"].split(", ")
    assert set(methods) == {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
    allowed = {each.lower() for each in answer.headers["access-control-allow-headers"].split(", ")}
    assert {each.lower() for each in ALLOWED.split(", ")} <= allowed
    assert set(headers.split(",")) <= allowed


async def test_pages_of_others_can_read_errors_too(
    tenant: Tenant, other_tenant: Tenant, parts: Parts
) -> None:
    calls = [
        (200, tenant.api.get("/resources", headers=ORIGIN)),
        (401, tenant.anonymous.get("/resources", headers=ORIGIN)),
        (403, tenant.widget.get("/resources", headers=ORIGIN)),
        (404, tenant.api.get(f"/resources/{uuid4()}", headers=ORIGIN)),
        (404, tenant.api.get("/nothing", headers=ORIGIN)),
        (405, tenant.api.delete("/resources", headers=ORIGIN)),
        (422, tenant.api.post("/resources", {}, headers=ORIGIN)),
        (400, tenant.api.post("/resources", content=b"{", headers=ORIGIN)),
        (200, other_tenant.widget.get("/projects", headers=ORIGIN)),
    ]
    for status, call in calls:
        answer = await call
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "*"
        exposed = answer.headers["access-control-expose-headers"].split(", ")
        assert exposed == [
            "Timekit-TestMode",
            "Timekit-Request-Id",
            "X-RateLimit-Remaining",
            "Retry-After",
            "ETag",
            "Idempotent-Replayed",
        ]


async def test_an_error_of_the_server_is_readable_json_with_the_request_in_its_log(
    tenant: Tenant, app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the flux capacitor is out")

    monkeypatch.setattr("slotkeeper.api.resources.resources.list_resources", broken)
    # The document promises no 500, so this asks without the client that holds to it.
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test") as http:
        answer = await Caller(http, tenant.api.key).get("/resources", headers=ORIGIN)
    assert answer.status_code == 500
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["timekit-request-id"] in answer.json()["error"]
    assert "flux" not in answer.text


async def test_other_parts_of_the_server_are_not_shared_with_pages(http: httpx.AsyncClient) -> None:
    answer = await http.get("/healthz", headers=ORIGIN)
    assert answer.status_code == 200
    assert "access-control-allow-origin" not in answer.headers
