"""Every row of the table: who is let in, with which status, and who is not."""

import re
from http import HTTPStatus
from uuid import uuid4

import pytest

from tests.contract.world import World
from tests.matrix.table import Row, rows
from tests.support.document import Operation, operations
from tests.support.keys import Key

SERVED = [row for row in rows() if row.served]
UNSERVED = [row for row in rows() if not row.served]


def form(path: str) -> str:
    return re.sub(r"\{\w+\}|:\w+", "*", path)


def operation_of(row: Row) -> Operation:
    """Return what the OpenAPI document says of a row; PATCH does what PUT does."""
    method = "PUT" if row.method == "PATCH" else row.method
    wanted = (method, form(f"/v2{row.path}"))
    [found] = (each for each in operations() if (each.method, form(each.path)) == wanted)
    return found


@pytest.mark.parametrize("row", SERVED, ids=str)
def test_a_row_lets_in_whom_it_says_and_nobody_else(world: World, row: Row) -> None:
    route = operation_of(row)
    for key in Key:
        address = route.address(**world.targets(route.name), action="cancel")
        answer = world.call(
            row.method,
            f"/v2{address}",
            key=world.secret(key),
            json=world.body(route),
            params=world.query(route),
            headers={"Timekit-App": world.app.slug},
        )
        refusal = HTTPStatus.UNAUTHORIZED if key is Key.NONE else HTTPStatus.FORBIDDEN
        wanted = row.ok if row.lets_in(key) else refusal
        assert answer.status_code == wanted, (key.name, answer.text)
        assert bool(answer.content) is (wanted != HTTPStatus.NO_CONTENT)


@pytest.mark.parametrize("row", UNSERVED, ids=str)
def test_a_row_that_is_not_served_is_not_there(world: World, row: Row) -> None:
    path = re.sub(r":\w+", str(uuid4()), f"/v2{row.path}")
    for key in Key:
        answer = world.call(row.method, path, key=world.secret(key), json={})
        there = f"{row} is there: the table wants whom it lets in, and with which status"
        assert answer.status_code == HTTPStatus.NOT_FOUND, there
        assert isinstance(answer.json()["error"], str)


def test_no_row_stands_in_the_table_twice() -> None:
    names = [str(row) for row in rows()]
    assert len(set(names)) == len(names)
