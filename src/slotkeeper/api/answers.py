"""Answers as JSON bytes."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from starlette.responses import Response


def json_response(
    body: object, status: int = HTTPStatus.OK, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return ``body`` encoded; UUIDs become text, instants must have been rendered before."""
    return encoded_response(orjson.dumps(body), status, headers=headers)


def encoded_response(
    body: bytes, status: int = HTTPStatus.OK, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return JSON that is bytes already."""
    every = {"Cache-Control": "no-cache", **(headers or {})}
    return Response(body, status, headers=every, media_type="application/json")


def data(body: object, status: int = HTTPStatus.OK) -> Response:
    """Return ``body`` in the envelope of the API."""
    return json_response({"data": body}, status)


def empty() -> Response:
    """Return the answer that says: done, and nothing to tell (204)."""
    return Response(status_code=HTTPStatus.NO_CONTENT)
