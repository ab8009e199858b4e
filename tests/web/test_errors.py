"""Errors as pages for people, and as JSON for programs."""

import httpx
import pytest
from fastapi import FastAPI

from slotkeeper.bootstrap import create_app, dressed
from slotkeeper.edge.parts import Parts
from tests.support.client import Tenant
from tests.web.conftest import Visitor, page_of
from tests.web.pages import Page


@pytest.mark.parametrize(
    "path", ["/nothing", "/no/such/page", "/static/nothing.css", "/no-such-page/book"]
)
async def test_browsers_get_a_page_where_nothing_is(visitor: Visitor, path: str) -> None:
    page = await visitor.open(path)
    assert page.status == 404
    assert page.one("h1").text == "There is nothing here"
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize("path", ["/v2/nothing", "/v1/bookings", "/v2", "/v2/projects/x/book"])
async def test_the_api_answers_in_json_whoever_asks(visitor: Visitor, path: str) -> None:
    answer = await visitor.http.get(path)
    assert answer.status_code in {401, 404}
    assert "error" in answer.json()


async def test_programs_get_json_everywhere(http: httpx.AsyncClient) -> None:
    answer = await http.get("/nothing", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert answer.json()["error"]


async def test_a_wrong_method_is_a_page_too(tenant: Tenant, visitor: Visitor) -> None:
    answer = await visitor.send(await page_of(tenant), {})
    assert Page(answer).status == 405
    assert answer.headers["allow"] == "GET"


async def test_a_request_that_breaks_is_told_in_the_form_of_who_asked(parts: Parts) -> None:
    app: FastAPI = create_app(parts)

    async def broken() -> None:
        raise RuntimeError

    app.router.routes.clear()
    app.add_api_route("/broken", broken)
    transport = httpx.ASGITransport(dressed(app, parts.settings))
    async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
        page = Page(await client.get("/broken", headers={"Accept": "text/html"}))
        assert page.status == 500
        assert page.answer.headers["timekit-request-id"] in page.text
        plain = await client.get("/broken")
    assert plain.status_code == 500
    assert plain.json()["error"]


async def test_the_first_page_leads_to_the_documentation_and_names_no_project(
    tenant: Tenant, visitor: Visitor
) -> None:
    address = await page_of(tenant)
    page = await visitor.open("/")
    assert {each["href"] for each in page.all("a")} == {"#content", "/docs", "/openapi.json"}
    assert address not in page.answer.text


async def test_static_files_are_kept_as_long_as_they_do_not_change(visitor: Visitor) -> None:
    page = await visitor.open("/")
    address = page.one("link", rel="stylesheet")["href"]
    first = await visitor.http.get(address)
    assert first.headers["content-type"] == "text/css; charset=utf-8"
    assert "immutable" in first.headers["cache-control"]
    again = await visitor.http.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    unversioned = await visitor.http.get(address.partition("?")[0])
    assert "immutable" not in unversioned.headers["cache-control"]


async def test_monitors_may_ask_with_head_and_get_no_body(
    tenant: Tenant, http: httpx.AsyncClient
) -> None:
    for path in ("/healthz", "/", await page_of(tenant)):
        answer = await http.head(path)
        assert (answer.status_code, answer.content) == (200, b""), path
        assert int(answer.headers["content-length"]) > 0
    assert (await http.head("/v2/resources")).status_code == 405
