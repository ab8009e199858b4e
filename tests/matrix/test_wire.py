"""What clients were seen to send, row by row of ``wire.QUIRKS``: each must be survived."""

import json

import pytest

from tests.matrix.wire import QUIRKS, Quirk
from tests.support.client import Json, Tenant
from tests.support.document import operations

NINE, TEN, ELEVEN = (f"2030-05-07T{hour:02}:00:00+00:00" for hour in (9, 10, 11))


@pytest.mark.parametrize("quirk", QUIRKS, ids=lambda quirk: quirk.name)
def test_each_row_has_a_test_that_is_named_after_it(quirk: Quirk) -> None:
    assert any(name.startswith(f"test_{quirk.name}") for name in globals())


@pytest.mark.parametrize("end", ["", "/", "//"])
async def test_slash_at_the_end(tenant: Tenant, end: str) -> None:
    doc = await tenant.resource()
    made = {"resource_id": doc["id"], "name": "Second"}
    calendar = await tenant.api.created(f"/calendars{end}", made)
    assert (await tenant.api.found(f"/calendars/{calendar['id']}{end}"))["name"] == "Second"
    project = await tenant.api.created(
        f"/projects{end}",
        {"name": "x", "resources": [doc["id"]], "availability": {}, "booking": {}},
    )
    changed = await tenant.api.put(f"/projects/{project['id']}{end}?a=b", {"name": "y"})
    assert changed.status_code == 204
    booking = await tenant.api.created(f"/bookings{end}", tenant.order(doc["id"], NINE, TEN))
    moved = await tenant.widget.post(
        f"/bookings/{booking['id']}/reschedule{end}",
        {"start": TEN, "end": ELEVEN, "resource_id": doc["id"]},
    )
    assert moved.status_code == 200


async def test_snake_case(tenant: Tenant) -> None:
    doc = await tenant.resource(first_name="Emmett", meta={"my_key": {"of_mine": 1}, "myKey": 2})
    assert doc["first_name"] == "Emmett"
    assert doc["meta"] == {"my_key": {"of_mine": 1}, "myKey": 2}
    event = {"calendar_id": doc["calendars"][0]["id"], "start": NINE, "end": TEN, "what": "x"}
    for spelling in ("all_day", "allDay"):
        assert (await tenant.api.created("/events", {**event, spelling: True}))["allDay"] is True
    for spelling, value in (("disable_email", True), ("disableEmail", False)):
        changed = await tenant.api.put(f"/apps/{tenant.slug}", {"settings": {spelling: value}})
        assert changed.status_code == 204
        assert (await tenant.api.found("/app"))["settings"]["disableEmail"] is value


@pytest.mark.parametrize("path", ["/bookings", "/resources", "/projects"])
async def test_empty_include(tenant: Tenant, path: str) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings?include=", order)
    for address in (path, f"/bookings/{booking['id']}", f"/resources/{doc['id']}"):
        assert (await tenant.api.get(f"{address}?include=")).status_code == 200


@pytest.mark.parametrize(("query", "page"), [("page=1include=", 1), ("page=2include=event", 2)])
async def test_missing_ampersand(tenant: Tenant, query: str, page: int) -> None:
    answer = await tenant.api.get(f"/bookings?limit=50&{query}")
    assert answer.status_code == 200
    assert (answer.json()["per_page"], answer.json()["current_page"]) == ("50", page)


@pytest.mark.parametrize("path", ["/resources", "/projects"])
async def test_empty_search(tenant: Tenant, path: str) -> None:
    doc = await tenant.resource()
    await tenant.project(doc["id"])
    for query in ("limit=50&page=1&search=", "search=&include=&orderBy=&sortedBy="):
        assert len(await tenant.api.found(f"{path}?{query}")) == 1


async def test_raw_search(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    place = await tenant.api.created("/locations", {"name": "x", "projects": [project["id"]]})
    other = await tenant.api.created("/locations", {"name": "y"})
    for separator in (";", "%3B"):
        for location, found in ((place, [project["id"]]), (other, [])):
            terms = f"locations.uuid:{location['id']}{separator}name:consult"
            shown = await tenant.widget.found(f"/projects?search={terms}")
            assert [each["id"] for each in shown] == found
    encoded = f"locations.uuid%3A{place['id']}%3Bname%3Aconsult"
    assert len(await tenant.widget.found(f"/projects?search={encoded}")) == 1


@pytest.mark.parametrize("body", [b"[]", b"{}", b"  {} ", b'{"meta": []}'])
async def test_empty_array(tenant: Tenant, body: bytes) -> None:
    doc = await tenant.resource(meta=[])
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    answer = await tenant.api.request("PUT", f"/bookings/{booking['id']}/cancel", content=body)
    assert answer.status_code == 200
    assert answer.json()["data"]["state"] == "cancelled"


async def test_empty_array_within_a_body(tenant: Tenant) -> None:
    doc = await tenant.resource(meta=[])
    assert doc["meta"] == {}
    project = await tenant.project(doc["id"], meta=[], ui=[], customer_fields=[])
    assert (project["meta"], project["customer_fields"]) == ({}, {})
    assert project["ui"]["localization"]["success_message"]
    order = tenant.order(doc["id"], NINE, TEN, meta=[], settings=[])
    assert (await tenant.api.created("/bookings?include=meta", order))["meta"] == {}


async def test_no_body(tenant: Tenant) -> None:
    doc = await tenant.resource()
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    answer = await tenant.api.request("PUT", f"/bookings/{booking['id']}/cancel")
    assert answer.request.content == b""
    assert answer.json()["data"]["state"] == "cancelled"


@pytest.mark.parametrize("body", [b"", b"[]"])
async def test_no_body_changes_nothing(tenant: Tenant, body: bytes) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    for path in (
        f"/resources/{doc['id']}",
        f"/projects/{project['id']}",
        f"/bookings/{booking['id']}",
        f"/calendars/{doc['calendars'][0]['id']}",
    ):
        answer = await tenant.api.request("PUT", path, content=body)
        assert (answer.status_code, answer.content) == (204, b"")
    assert (await tenant.api.found(f"/projects/{project['id']}"))["name"] == "Consultation"


async def test_bare_array(tenant: Tenant) -> None:
    doc, marty = await tenant.resource(), await tenant.resource(name="Marty")
    project = await tenant.project(doc["id"])
    address = f"/projects/{project['id']}/resources"
    forms: list[Json] = [
        [marty["id"], doc["id"]],
        {"resources": [doc["id"], marty["id"]]},
        [{"id": marty["id"]}, {"resource_id": doc["id"]}],
        [],
        {"resources": [{"id": doc["id"]}]},
        {"resources": []},
        [doc["id"], doc["id"]],
    ]
    wanted = ["MD", "DM", "MD", "", "D", "", "D"]
    for body, names in zip(forms, wanted, strict=True):
        answer = await tenant.api.put(address, body)
        assert answer.status_code == 204, answer.text
        assert answer.content == b""
        assert "".join(each["name"][0] for each in await tenant.api.found(address)) == names


async def test_delete_with_body(tenant: Tenant) -> None:
    for content in (b'{"id": "x"}', b"{", b"\xff", b" " * 70_000):
        doc = await tenant.resource()
        address = f"/resources/{doc['id']}"
        assert (await tenant.api.delete(address, content=content)).status_code == 204
        assert (await tenant.api.get(address)).status_code == 404


async def test_get_with_body(tenant: Tenant) -> None:
    for content in (b"{}", b'{"search": "x"}', b"{"):
        assert (await tenant.api.get("/resources", content=content)).status_code == 200


async def test_get_with_content_type(tenant: Tenant) -> None:
    content = {"Content-Type": "application/json"}
    for path in ("/resources", "/projects", "/bookings"):
        assert (await tenant.api.get(path, headers=content)).status_code == 200


async def test_unknown_keys(tenant: Tenant) -> None:
    strange: Json = {"fakingit": True, "tags": ["a"], "id": "x"}
    doc = await tenant.resource(**strange)
    assert "fakingit" not in doc
    project = await tenant.project(doc["id"], fakingit=[], widget_id="x")
    junk: Json = {"fakingit": {}, "buffer": "1 hour", "widget_id": "x", "rescheduling_url": None}
    order = tenant.order(doc["id"], NINE, TEN, **junk)
    await tenant.api.created("/bookings", {**order, "project_id": project["id"]})
    search = {"project_id": project["id"], "future": "2 days", "date": "x", "fakingit": 1}
    assert (await tenant.api.post("/availability", search)).status_code == 200


async def test_accept_text_plain(tenant: Tenant) -> None:
    for path, status in (("/resources", 200), ("/resources/x", 404)):
        answer = await tenant.api.get(path, headers={"Accept": "text/plain"})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/json"
        assert isinstance(answer.json(), dict)


def test_statuses_of_success_are_three() -> None:
    every = {status for each in operations() for status in each.told["responses"]}
    assert {status for status in every if status.startswith("2")} == {"200", "201", "204"}


async def test_errors_by_field(tenant: Tenant) -> None:
    doc = await tenant.resource()
    calls: list[tuple[str, str, Json, str]] = [
        ("POST", "/resources", {}, "name"),
        ("POST", "/projects", {}, "name"),
        ("POST", "/bookings", {"customer": {"email": "nobody"}}, "customer.email"),
        ("POST", "/availability", {"resources": [doc["id"]], "from": "soon"}, "from"),
        ("POST", "/events", {}, "start"),
        ("GET", "/bookings?search=nothing:1", None, "search"),
    ]
    for method, path, body, field in calls:
        answer = await tenant.api.request(method, path, json=body)
        assert answer.status_code == 422, path
        assert all(isinstance(text, str) for text in answer.json()["errors"][field])


async def test_errors_by_field_or_one_sentence(tenant: Tenant) -> None:
    doc = await tenant.resource()
    order = tenant.order(doc["id"], NINE, TEN)
    booking = await tenant.api.created("/bookings", order)
    taken = await tenant.api.post("/bookings", order)
    impossible = await tenant.api.put(f"/bookings/{booking['id']}/confirm")
    for answer in (taken, impossible):
        assert answer.status_code == 422
        assert answer.json().keys() == {"error"}


async def test_paging_beside_data(tenant: Tenant) -> None:
    for path in ("/resources", "/projects", "/bookings", "/calendars", "/locations"):
        body = (await tenant.api.get(f"{path}?limit=10")).json()
        assert isinstance(body.pop("data"), list)
        assert (body.pop("total"), body.pop("per_page")) == (0, "10")
        pages = {"current_page", "last_page", "next_page_url", "prev_page_url", "from", "to"}
        assert body.keys() == pages


async def test_last_page(tenant: Tenant) -> None:
    for name in ("Doc", "Marty"):
        await tenant.resource(name=name)
    first = (await tenant.api.get("/resources?limit=1")).json()
    assert first["next_page_url"].endswith("page=2")
    last = (await tenant.api.get("/resources?limit=1&page=2")).json()
    assert last["next_page_url"] is None


async def test_test_mode_in_pages(tenant: Tenant, other_tenant: Tenant) -> None:
    for caller, told in ((other_tenant.widget, "true"), (tenant.widget, None)):
        answer = await caller.get("/bookings/groups", headers={"Origin": "https://shop.example"})
        assert answer.headers.get("timekit-testmode") == told
        exposed = answer.headers["access-control-expose-headers"].lower().split(", ")
        assert "timekit-testmode" in exposed
        assert answer.headers["access-control-allow-origin"] == "*"


async def test_put_for_delete(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    answer = await tenant.api.put(f"/projects/{project['id']}/resources/{doc['id']}", {})
    assert answer.status_code == 405
    assert "error" in answer.json()
    left = await tenant.api.found(f"/projects/{project['id']}/resources")
    assert [each["id"] for each in left] == [doc["id"]]


async def test_bulk_at_the_wrong_address(tenant: Tenant) -> None:
    doc = await tenant.resource()
    many = {"bookings": [tenant.order(doc["id"], NINE, TEN)]}
    for method, status in (("POST", 422), ("PUT", 405)):
        answer = await tenant.api.request(method, "/bookings", json=many)
        assert answer.status_code == status
        assert answer.json().keys() & {"error", "errors"}
    assert await tenant.api.found("/bookings") == []


async def test_patch(tenant: Tenant) -> None:
    doc = await tenant.resource()
    project = await tenant.project(doc["id"])
    booking = await tenant.api.created("/bookings", tenant.order(doc["id"], NINE, TEN))
    for path, body in (
        (f"/resources/{doc['id']}", {"name": "Emmett"}),
        (f"/projects/{project['id']}", {"name": "Repair"}),
        (f"/bookings/{booking['id']}", {"meta": {"car": "DMC"}}),
    ):
        answer = await tenant.api.request("PATCH", path, json=body)
        assert (answer.status_code, answer.content) == (204, b"")
        shown = await tenant.api.found(f"{path}?include=meta")
        assert {name: shown[name] for name in body} == body
        refused = await tenant.widget.request("PATCH", path, json=body)
        assert refused.status_code == 403


async def test_headers_of_the_sdk(tenant: Tenant) -> None:
    doc = await tenant.resource()
    headers = {
        "Timekit-App": tenant.slug,
        "Timekit-Timezone": "America/Los_Angeles",
        "Timekit-InputTimestampFormat": "Y-m-d h:ia",
        "Timekit-OutputTimestampFormat": "Y-m-d h:ia",
    }
    order = tenant.order(doc["id"], "2030-05-07 02:00am", "2030-05-07 03:00am")
    booking = await tenant.api.created("/bookings", order, headers=headers)
    assert booking["attributes"]["event_info"]["start"] == "2030-05-07 02:00am"
    plain = await tenant.api.found(f"/bookings/{booking['id']}")
    assert plain["attributes"]["event_info"]["start"] == NINE


async def test_service_by_id(tenant: Tenant) -> None:
    service = await tenant.api.created("/location/services", {"name": "Haircut"})
    assert (await tenant.api.found(f"/location/services/{service['id']}"))["name"] == "Haircut"


async def constraint_comes_back(tenant: Tenant, name: str, value: Json) -> None:
    """Give a constraint to a resource and to a project; it must be there and work again."""
    constraints = [{name: value}]
    doc = await tenant.resource(availability_constraints=constraints)
    address = f"/resources/{doc['id']}?include=availability_constraints"
    assert (await tenant.api.found(address))["availability_constraints"] == constraints
    project = await tenant.project(doc["id"], availability_constraints=constraints)
    config = await tenant.widget.found(f"/projects/embed/{project['id']}")
    assert config["availability_constraints"] == constraints
    again = {"project_id": project["id"], "constraints": config["availability_constraints"]}
    assert (await tenant.widget.post("/availability", again)).status_code == 200


@pytest.mark.parametrize(
    "hours",
    [{"start": 9, "end": 17}, {"start": "09:00", "end": "17:30"}, {"start": "09:00", "end": 17}],
    ids=json.dumps,
)
async def test_hours_as_numbers_or_texts(tenant: Tenant, hours: Json) -> None:
    await constraint_comes_back(tenant, "allow_hours", hours)


@pytest.mark.parametrize("name", ["block_weekends", "allow_weekdays", "allow_weekends"])
@pytest.mark.parametrize("value", [[], {}, None], ids=json.dumps)
async def test_constraints_without_parameters(tenant: Tenant, name: str, value: Json) -> None:
    await constraint_comes_back(tenant, name, value)
