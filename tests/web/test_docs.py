"""The documentation of the API as a page: all of the document, and nothing but it."""

import json

import httpx
import pytest

from slotkeeper.web.docs import marked
from slotkeeper.web.reference import Reference
from tests.web.conftest import Visitor

METHODS = {"get", "post", "put", "patch", "delete"}


async def test_every_operation_model_and_field_of_the_document_is_on_the_page(
    visitor: Visitor, http: httpx.AsyncClient
) -> None:
    document = (await http.get("/openapi.json")).json()
    page = await visitor.open("/docs")
    anchors = {each["id"] for each in page.elements if each.get("id")}

    operations = [
        told
        for methods in document["paths"].values()
        for method, told in methods.items()
        if method in METHODS
    ]
    assert len(operations) > 25
    assert {each["operationId"] for each in operations} <= anchors
    assert {f"model-{name}" for name in document["components"]["schemas"]} <= anchors
    fields = {code.text for code in page.all("code")}
    for name, schema in document["components"]["schemas"].items():
        assert set(schema.get("properties", {})) <= fields, name
    for told in operations:
        for parameter in told.get("parameters", []):
            assert parameter["name"] in fields


async def test_the_example_of_every_body_is_the_one_of_the_document(
    visitor: Visitor, http: httpx.AsyncClient
) -> None:
    document = (await http.get("/openapi.json")).json()
    bodies = [
        told["requestBody"]["content"]["application/json"]["example"]
        for methods in document["paths"].values()
        for told in methods.values()
        if "requestBody" in told
    ]
    page = await visitor.open("/docs")
    shown = [json.loads(each.text) for each in page.all("pre")]
    assert len(bodies) > 15
    assert all(each in shown for each in bodies)


async def test_every_link_leads_somewhere_on_the_page_or_the_server(visitor: Visitor) -> None:
    page = await visitor.open("/docs")
    anchors = {each["id"] for each in page.elements if each.get("id")}
    for link in page.all("a"):
        assert link["href"].removeprefix("#") in anchors or link["href"] == "/openapi.json", link


@pytest.mark.slow
async def test_the_documentation_loads_nothing_and_runs_nothing(visitor: Visitor) -> None:
    page = await visitor.open("/docs")
    assert not page.all("script")
    assert not page.all("img")
    assert page.answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert (await visitor.open("/docs")).answer.text == page.answer.text


def test_types_are_said_in_words_and_models_are_linked() -> None:
    document = {"components": {"schemas": {"Doc": {"title": "The Doc", "properties": {}}}}}
    reference = Reference(document)

    def words(schema: dict[str, object]) -> str:
        return "".join(part.text for part in reference.type_of(schema))

    link = {"$ref": "#/components/schemas/Doc"}
    assert words({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}) == (
        "uuid or null"
    )
    assert words({"type": "array", "items": link}) == "array of The Doc"
    assert [part.model for part in reference.type_of(link)] == ["Doc"]
    assert words({"enum": ["a", 1]}) == '"a" or 1'
    assert words({}) == "any value"


def test_texts_of_the_document_are_never_markup() -> None:
    assert str(marked("a <b> `<i>`")) == "<p>a &lt;b&gt; <code>&lt;i&gt;</code></p>"
