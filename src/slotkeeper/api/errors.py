"""Errors in the API's own four forms; the only place that knows statuses of refusals.

``{"errors": {field: [text]}}`` for what a request carries, ``{"error": text, "model": kind}``
for what is not there, ``{"error": {"message": text}}`` for keys, ``{"error": text}`` else.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from psycopg import DataError, OperationalError
from psycopg_pool import PoolTimeout
from starlette.exceptions import HTTPException
from starlette.responses import Response

from slotkeeper.api.answers import json_response
from slotkeeper.domain.errors import (
    AllRefused,
    DomainError,
    InvalidInput,
    KeyReused,
    LimitReached,
    LinkExpired,
    LinkInvalid,
    NotAllowed,
    NotFound,
    SlotTaken,
    TransitionRefused,
    UnknownZone,
)

log = structlog.get_logger(__name__)

STATUS_OF: Mapping[type[DomainError], HTTPStatus] = {
    AllRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    KeyReused: HTTPStatus.UNPROCESSABLE_ENTITY,
    LimitReached: HTTPStatus.UNPROCESSABLE_ENTITY,
    LinkExpired: HTTPStatus.GONE,
    LinkInvalid: HTTPStatus.FORBIDDEN,
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    SlotTaken: HTTPStatus.UNPROCESSABLE_ENTITY,
    TransitionRefused: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnknownZone: HTTPStatus.UNPROCESSABLE_ENTITY,
}

_PREDICATES: Mapping[str, str] = {
    "missing": "field is required.",
    "bool_parsing": "field must be true or false.",
    "bool_type": "field must be true or false.",
    "int_parsing": "must be an integer.",
    "int_type": "must be an integer.",
    "int_from_float": "must be an integer.",
    "int_parsing_size": "must be an integer of ordinary size.",
    "float_parsing": "must be a number.",
    "float_type": "must be a number.",
    "string_type": "must be a string.",
    "uuid_parsing": "must be a valid UUID.",
    "uuid_type": "must be a valid UUID.",
    "list_type": "must be an array.",
    "dict_type": "must be an object.",
    "model_type": "must be an object.",
    "model_attributes_type": "must be an object.",
    "enum": "is invalid.",
    "literal_error": "is invalid.",
    "string_too_long": "may not be greater than {max_length} characters.",
    "string_too_short": "must be at least {min_length} characters.",
    "too_long": "may not have more than {max_length} items.",
    "too_short": "must have at least {min_length} items.",
    "greater_than_equal": "must be at least {ge}.",
    "less_than_equal": "may not be greater than {le}.",
    "greater_than": "must be greater than {gt}.",
    "string_pattern_mismatch": "format is invalid.",
}
"""What the validator found, in the words of the API: behind "The <field> "."""


def install(app: FastAPI) -> None:
    """Make every error of ``app`` answer in the API's forms."""
    app.add_exception_handler(DomainError, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(DataError, _unstorable)
    app.add_exception_handler(OperationalError, _unreachable)
    app.add_exception_handler(PoolTimeout, _unreachable)
    app.add_exception_handler(Exception, _fallen)


def sentence(field: str, problem: Mapping[str, Any]) -> str:
    """Return what is wrong with ``field`` as a sentence, in the default texts of Laravel.

    >>> sentence("resource_id", {"type": "uuid_parsing"})
    'The resource id must be a valid UUID.'
    >>> sentence("customer.timezone", {"type": "zone", "msg": "must be a valid zone."})
    'The customer.timezone must be a valid zone.'
    """
    kind = problem["type"]
    if kind in {"too_long", "too_short"} and isinstance(problem.get("input"), str):
        kind = f"string_{kind}"  # the validator counts "items" of a text that passed a function
    predicate = _PREDICATES.get(kind, str(problem.get("msg", "is invalid.")))
    return f"The {field.replace('_', ' ')} {predicate.format(**problem.get('ctx', {}))}"


def invalid(problems: Sequence[Mapping[str, Any]]) -> dict[str, list[str]]:
    """Return the messages of a failed validation by dotted field, first met first."""
    errors: dict[str, list[str]] = {}
    for problem in problems:
        place = [str(part) for part in problem["loc"][1:] if not _is_branch(part)]
        field = ".".join(place) or "body"
        text = sentence(field, problem)
        if text not in errors.setdefault(field, []):
            errors[field].append(text)
    return errors


async def _refused(_: Request, error: Exception) -> Response:
    assert isinstance(error, DomainError)
    status = STATUS_OF[type(error)]
    if isinstance(error, InvalidInput):
        return json_response({"errors": error.errors}, status)
    if isinstance(error, AllRefused):
        return json_response({"error": str(error), "errors": error.errors}, status)
    if isinstance(error, NotFound):
        return json_response({"error": str(error), "model": error.model}, status)
    if isinstance(error, NotAllowed):
        return json_response({"error": {"message": str(error)}}, status)
    return json_response({"error": str(error)}, status)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = error.errors()
    for place in (problem["loc"] for problem in problems):
        if place[0] == "path":  # an id that is no UUID is the id of nothing
            return await _refused(request, NotFound(place[1].removesuffix("_id").capitalize()))
    return json_response({"errors": invalid(problems)}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _http(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    body: dict[str, object]
    match error.status_code:
        case 401 | 403:
            body = {"error": {"message": error.detail}}
        case 413:
            body = {"errors": {"body": [error.detail]}}
        case _:
            body = {"error": error.detail}
    return json_response(body, error.status_code, headers=error.headers)


async def _unstorable(request: Request, error: Exception) -> Response:
    log.error("unstorable", path=request.url.path, reason=type(error).__name__)
    text = "The request holds a value that cannot be stored."
    return json_response({"errors": {"body": [text]}}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _unreachable(request: Request, error: Exception) -> Response:
    log.error("database_unreachable", path=request.url.path, reason=type(error).__name__)
    text = "The database cannot be reached; try again in a moment."
    return json_response(
        {"error": text}, HTTPStatus.SERVICE_UNAVAILABLE, headers={"Retry-After": "2"}
    )


async def _fallen(_: Request, error: Exception) -> Response:
    """Let what nobody foresaw fall on, to what answers and logs it as an error of ours.

    Without this the framework would answer for itself, and not in JSON.
    """
    raise error


def _is_branch(part: object) -> bool:
    """Tell whether a step of a place is the validator's own, not one of the request's."""
    return isinstance(part, str) and (part.startswith("function-") or "[" in part)
