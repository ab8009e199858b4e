"""Requests that nobody thought of, made from the OpenAPI document: no answer is a 5xx."""

import os
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.contract.world import ACTIONS, World
from tests.support.document import document, operation, operations
from tests.support.keys import Key

from slotkeeper.domain.idempotency import HEADER

SOAK = bool(os.environ.get("SLOTKEEPER_SOAK"))

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

KEYS: Mapping[str | None, str] = {
    None: "A",
    "AppKey": "A",
    "AnyKey": "WA",
    "OwnKey": "RA",
    "PageOrOwnKey": "WRA",
    "EveryKey": "WCRA",
}
"""With which keys a route is tried, by the name of its scheme in the document."""


def reached_by(key: Key) -> BaseSchema:
    """Return the part of the document that a kind of key reaches.

    What is open to everybody is tried with the app key only. The other kinds leave out the requests
    with which the values of one parameter after the other are gone through, unless there is time:
    they would take as long again for each kind.
    """
    names = [each.name for each in operations() if key in KEYS[each.scheme]]
    schema = schemathesis.openapi.from_dict(document())
    schema.config.update(base_url="http://slotkeeper.test")
    schema.config.phases.coverage.enabled = SOAK or key is Key.APP
    return schema.include(operation_id=names)


def often(cases: int) -> hypothesis.settings:
    """Return how a test is run; the same requests each time but in the long run."""
    return hypothesis.settings(
        max_examples=1000 if SOAK else cases,
        deadline=None,
        derandomize=not SOAK,
        suppress_health_check=list(hypothesis.HealthCheck),
    )


pytestmark = pytest.mark.slow


@pytest.fixture
def statuses(world: World) -> Iterator[Counter[int]]:
    """How often each status came; requests that never succeed would show little."""
    world.mend()
    statuses: Counter[int] = Counter()
    yield statuses
    assert any(200 <= status < 300 for status in statuses), statuses


Case = schemathesis.Case[Any]


def name_of(case: Case) -> str:
    return str(case.operation.definition.raw["operationId"])


def make_usual(case: Case, world: World) -> None:
    """Turn a request into one that succeeds."""
    route = operation(name_of(case))
    case.headers.clear()
    case.query = world.query(route)
    if route.body is not None:
        case.body = world.body(route)
    aim(case, world)


def make_likely(case: Case, world: World) -> None:
    """Let most requests name what is there in this world, and some what is not."""
    lot = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if lot % 4:
        aim(case, world, lot)
    if lot % 3:
        case.body = world.place(case.body)
        case.query = world.place(case.query)


def aim(case: Case, world: World, lot: int = 1) -> None:
    """Put ids of this world into the path of a request."""
    known = {**world.targets(name_of(case)), "action": ACTIONS[lot % len(ACTIONS)]}
    for name in case.path_parameters:
        case.path_parameters[name] = known[name]
    if HEADER in case.headers:  # what is made at first is short, and used up by others
        case.headers[HEADER] = str(uuid4())


def tried(case: Case, world: World, statuses: Counter[int], key: Key) -> None:
    """Send one request with a key and hold its answer to the document; the first is a usual one.

    Who has the app key sends some with another one, or with none.
    """
    if not statuses:
        make_usual(case, world)
    else:
        make_likely(case, world)
    turn, others = divmod(statuses.total(), 6)
    if key is Key.APP and others == 5:
        key = tuple(Key)[turn % len(Key)]
    answer = world.send(case, key=world.secret(key))
    if case.method == case.operation.method.upper():
        statuses[answer.status_code] += 1
    case.validate_response(answer, checks=CHECKS)


@reached_by(Key.APP).parametrize()
@often(20)
def test_no_request_with_the_app_key_makes_the_server_fall(
    case: Case, world: World, statuses: Counter[int]
) -> None:
    tried(case, world, statuses, Key.APP)


@reached_by(Key.WIDGET).parametrize()
@often(8)
def test_no_request_with_the_widget_key_makes_the_server_fall(
    case: Case, world: World, statuses: Counter[int]
) -> None:
    tried(case, world, statuses, Key.WIDGET)


@reached_by(Key.SERVER).parametrize()
@often(8)
def test_no_request_with_a_server_token_makes_the_server_fall(
    case: Case, world: World, statuses: Counter[int]
) -> None:
    tried(case, world, statuses, Key.SERVER)


@reached_by(Key.CLIENT).parametrize()
@often(8)
def test_no_request_with_a_client_token_makes_the_server_fall(
    case: Case, world: World, statuses: Counter[int]
) -> None:
    tried(case, world, statuses, Key.CLIENT)
