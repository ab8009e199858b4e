"""The byte form: what PHP decodes and encodes again is what was sent, whatever stands in it."""

import base64
import hashlib
import hmac
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from slotkeeper.notifications.byte_form import php_json
from tests.support.bridge import Bridge

RECEIVER = Path(__file__).parents[1] / "clients" / "php" / "receiver.php"

SECRET = "the secret of an app"

with_php = pytest.mark.skipif(not shutil.which("php"), reason="PHP is not on this machine")

# What JSON texts of requests can hold: no halves of surrogate pairs, and no NUL, which the
# database refuses. PHP cannot hold an object whose key begins with one either.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
numbers = (
    st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.floats(-180, 180)
    | st.decimals(-1000, 1000, places=3).map(float)
)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
documents = st.dictionaries(texts, values, max_size=6)


@pytest.fixture(scope="module")
def php() -> Iterator[Bridge]:
    with Bridge(["php", "-d", "display_errors=stderr", RECEIVER]) as bridge:
        yield bridge


def answer_of(php: Bridge, body: bytes, signature: str) -> Any:
    sent = {"body": base64.b64encode(body).decode(), "signature": signature, "secret": SECRET}
    return php.ask(**sent)


@pytest.mark.slow
@with_php
@settings(max_examples=400)
@given(documents)
@example({})
@example({"": {}, "0": [], "a/b": "</script>", "\x7f": "\\u007f \x7f", "emoji": "\U0001f600 é"})
@example({"separators": "\u2028\u2029", "controls": "\b\f\n\r\t\x01\x1f"})
@example({"floats": [0.1 + 0.2, 1e17, 1e16, -0.0, 5e-324, 1.7976931348623157e308, 1e-5, 1e-4]})
@example({"ints": [2**63 - 1, -(2**63), 2**63, 2**64 - 1]})
def test_php_gets_the_same_bytes_again(php: Bridge, document: dict[str, Any]) -> None:
    body = php_json(document).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    answer = answer_of(php, body, signature)

    assert base64.b64decode(answer["again"]) == body
    assert answer["is_genuine"]


@with_php
def test_php_does_not_take_what_was_changed_on_the_way(php: Bridge) -> None:
    body = php_json({"state": "confirmed"}).encode()
    signature = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()

    assert not answer_of(php, body.replace(b"confirmed", b"cancelled"), signature)["is_genuine"]


@given(documents)
def test_nothing_is_lost(document: dict[str, Any]) -> None:
    assert json.loads(php_json(document)) == as_php_numbers(document)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Europe/Paris", r'"Europe\/Paris"'),
        ("Zoë", r'"Zo\u00eb"'),
        ("\U0001f600", r'"\ud83d\ude00"'),
        ({}, "{}"),
        ([], "[]"),
        (2.0, "2"),
        (-0.0, "0"),
        (0.1, "0.1"),
        (1e17, "1.0e+17"),
        (1.5e-7, "1.5e-7"),
        (2**63, "9.223372036854776e+18"),
        (True, "true"),
        (1, "1"),
    ],
)
def test_form(value: object, text: str) -> None:
    assert php_json(value) == text


def as_php_numbers(value: Any) -> Any:
    """Return a document with integers that PHP cannot hold as the floats that it reads."""
    match value:
        case dict():
            return {key: as_php_numbers(each) for key, each in value.items()}
        case list():
            return [as_php_numbers(each) for each in value]
        case int() if not isinstance(value, bool) and not -(2**63) <= value < 2**63:
            return float(value)
        case _:
            return value
