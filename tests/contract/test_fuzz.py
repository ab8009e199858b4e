"""Requests that nobody thought of, made from the OpenAPI document: no answer is a 5xx."""

import os
import zlib
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
import schemathesis
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.contract.world import ACTIONS, World
from tests.support.document import document

from slotkeeper.api.examples import EXAMPLES
from slotkeeper.domain.idempotency import HEADER

SOAK = bool(os.environ.get("SLOTKEEPER_SOAK"))
CASES = 1000 if SOAK else 20

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]

schema = schemathesis.openapi.from_dict(document())
schema.config.update(base_url="http://slotkeeper.test")

pytestmark = pytest.mark.slow


@pytest.fixture
def statuses() -> Iterator[Counter[int]]:
    """How often each status came; requests that never succeed would show little."""
    statuses: Counter[int] = Counter()
    yield statuses
    assert any(200 <= status < 300 for status in statuses), statuses


@schema.parametrize()
@hypothesis.settings(
    max_examples=CASES,
    deadline=None,
    derandomize=not SOAK,
    suppress_health_check=list(hypothesis.HealthCheck),
)
def test_no_request_makes_the_server_fall(
    case: schemathesis.Case[Any], world: World, statuses: Counter[int]
) -> None:
    operation = case.operation.definition.raw["operationId"]
    lot = zlib.crc32(repr((case.path_parameters, case.query, case.body)).encode())
    if case.body == EXAMPLES.get(operation):
        lot = 1  # the example must get through, with the ids of this world
    if lot % 4:
        known = {**world.targets(operation), "action": ACTIONS[lot % len(ACTIONS)]}
        for name in case.path_parameters:
            case.path_parameters[name] = known[name]
        if HEADER in case.headers:  # what is made at first is short, and used up by others
            case.headers[HEADER] = str(uuid4())
    if lot % 3:
        case.body = world.place(case.body)
        case.query = world.place(case.query)
    others = [world.app.widget_key, *world.tokens]
    turn = statuses.total() % 8  # not by lot: what asks for nothing special always has the same
    key = others[turn - 5] if turn >= 5 and lot != 1 else world.app.api_key
    answer = world.send(case, key=key)
    if case.method == case.operation.method.upper():
        statuses[answer.status_code] += 1
    case.validate_response(answer, checks=CHECKS)
