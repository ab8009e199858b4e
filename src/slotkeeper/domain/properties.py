"""Properties: texts that older applications keep with a person, by key."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from slotkeeper.domain.errors import InvalidInput

KEY_CHARACTERS_MAX = 255
VALUE_CHARACTERS_MAX = 10_000
PROPERTIES_MAX = 1000
"""The most properties of one person."""

_PAIR = frozenset({"key", "value"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """A text under a key."""

    key: str
    value: str
    created_at: datetime
    updated_at: datetime


def parse_properties(body: Mapping[str, object]) -> dict[str, str]:
    """Return the properties that a request sets: one pair of key and value, or many by key.

    Every value becomes text, as PHP writes it: ``true`` is ``1``, ``false`` and null are empty.
    Refuses what is no single value.

    >>> parse_properties({"key": "sync", "value": True})
    {'sync': '1'}
    >>> parse_properties({"sync": False, "colour": "red"})
    {'sync': '', 'colour': 'red'}
    """
    pairs = {str(body["key"]): body["value"]} if body.keys() == _PAIR else body
    errors: dict[str, list[str]] = {}
    texts = {}
    for key, value in pairs.items():
        if fault := _find_fault(key, value):
            errors[key[:60] or "key"] = [fault]
        else:
            texts[key] = _text(value)
    if errors:
        raise InvalidInput(errors)
    return texts


def _find_fault(key: str, value: object) -> str | None:
    if not key.strip() or len(key) > KEY_CHARACTERS_MAX:
        return f"The key must have between 1 and {KEY_CHARACTERS_MAX} characters."
    if isinstance(value, (dict, list)):
        return f"The {key[:60]} must be a text, a number or a truth value."
    if len(_text(value)) > VALUE_CHARACTERS_MAX:
        return f"The {key[:60]} may not be greater than {VALUE_CHARACTERS_MAX} characters."
    return None


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    return "1" if value is True else str(value)
