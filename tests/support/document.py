"""The OpenAPI document of the API, and what it says of one answer."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import httpx
import jsonschema_rs
from starlette.types import ASGIApp

from slotkeeper.bootstrap import create_app, make_parts
from slotkeeper.settings import Settings

Json = Any

METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True)
class Operation:
    """One route of the document."""

    method: str
    path: str
    told: Mapping[str, Json]

    @property
    def name(self) -> str:
        return str(self.told["operationId"])

    @property
    def scheme(self) -> str | None:
        """Return the kind of key that the route wants, None for a public route."""
        security = self.told.get("security")
        return next(iter(security[0])) if security else None

    @property
    def body(self) -> Json:
        """Return the schema of the request body, None for a route without one."""
        if "requestBody" not in self.told:
            return None
        return self.told["requestBody"]["content"]["application/json"]["schema"]

    def address(self, **ids: str) -> str:
        """Return the path below ``/v2`` with every parameter filled in."""
        return self.path.removeprefix("/v2").format(**ids)

    def matches(self, method: str, path: str) -> bool:
        return method == self.method and self._form.fullmatch(path) is not None

    @cached_property
    def _form(self) -> re.Pattern[str]:
        return re.compile(re.sub(r"\{\w+\}", "[^/]+", self.path))


@cache
def document() -> dict[str, Json]:
    """Return the document that the application serves."""
    settings = Settings(
        _env_file=None, secret_key="a secret key for tests alone, 2030", public_url=None
    )
    return create_app(make_parts(settings, "")).openapi()


@cache
def operations() -> tuple[Operation, ...]:
    """Return every route of the document, in its order."""
    return tuple(
        Operation(method.upper(), path, told)
        for path, methods in document()["paths"].items()
        for method, told in methods.items()
        if method in METHODS
    )


def operation(name: str) -> Operation:
    return next(each for each in operations() if each.name == name)


def schema(part: Json) -> dict[str, Json]:
    """Return a part of the document as a schema that stands alone."""
    return {"components": document()["components"], **part}


def problems(part: Json, value: Json) -> list[str]:
    """Return what a schema of the document finds wrong with a value."""
    errors = _validator(json.dumps(part)).iter_errors(value)
    return [f"{error.instance_path}: {error.message}" for error in errors]


@cache
def _validator(part: str) -> jsonschema_rs.Draft202012Validator:
    """Return what checks values against a part of the document, which takes long to make."""
    return jsonschema_rs.Draft202012Validator(schema(json.loads(part)), validate_formats=True)


async def conform(answer: httpx.Response) -> None:
    """Hold an answer of a documented route to its document: status, type and body."""
    path = answer.request.url.path.rstrip("/")
    told = next(_told_of(answer.request.method, path), None)
    if told is None or answer.status_code == 405:
        return
    await answer.aread()
    promised = told["responses"].get(str(answer.status_code))
    assert promised is not None, f"{answer.status_code} is not promised: {answer.text}"
    if "content" not in promised:
        assert answer.content == b"", answer.text
        return
    kind = answer.headers["content-type"]
    assert kind in promised["content"], f"{kind} is not promised"
    shape = promised["content"][kind]
    if kind != "application/json":
        return
    wrong = problems(shape["schema"], answer.json())
    assert not wrong, f"{answer.request.method} {path} {answer.status_code}: {wrong}"


def client_held_to_document(app: ASGIApp) -> httpx.AsyncClient:
    """Return a client of the whole application that holds each answer to the document."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app),
        base_url="http://slotkeeper.test",
        event_hooks={"response": [conform]},
    )


def _told_of(method: str, path: str) -> Iterator[Mapping[str, Json]]:
    # A path may fit two routes, /meta and /{action}; the document names the narrow one first.
    return (each.told for each in operations() if each.matches(method, path))
