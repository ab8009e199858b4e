"""The fields of a form, as the ``customer_fields`` of a project describe them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from slotkeeper.domain.project import CUSTOMER_FIELDS

PREFIX = "customer."
"""What stands before the key of a field, in forms and in addresses that fill them in."""

_LINK = re.compile(r"\(\(([^(),]*),([^()]*)\)\)")
_LINK_SCHEMES = ("https://", "http://", "mailto:", "tel:", "/")
_AUTOCOMPLETE = {
    "name": "name",
    "first_name": "given-name",
    "last_name": "family-name",
    "email": "email",
    "phone": "tel",
}


class Format(StrEnum):
    """How a field looks; the names are those of the official widget."""

    TEXT = "text"
    EMAIL = "email"
    TEL = "tel"
    TEXTAREA = "textarea"
    SELECT = "select"
    CHECKBOX = "checkbox"
    LABEL = "label"


_FORMAT_OF_KEY = {"comment": Format.TEXTAREA, "phone": Format.TEL, "email": Format.EMAIL}


@dataclass(frozen=True, slots=True, kw_only=True)
class TitlePart:
    """A piece of a title: plain text, or a link where there is an address."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of a form, with what stands in it."""

    key: str
    title: str
    format: Format
    required: bool = False
    readonly: bool = False
    hidden: bool = False
    options: Sequence[str] = ()
    values: Sequence[str] = ()

    @property
    def name(self) -> str:
        """Return the name under which a form sends the field."""
        return PREFIX + self.key

    @property
    def value(self) -> str:
        """Return what stands in a field that holds one thing."""
        return self.values[0] if self.values else ""

    @property
    def autocomplete(self) -> str | None:
        """Return what browsers may fill in here, if they know such a thing."""
        return _AUTOCOMPLETE.get(self.key)

    @property
    def is_answered(self) -> bool:
        """Tell whether the form sends something for the field."""
        return self.format is not Format.LABEL

    @property
    def title_parts(self) -> list[TitlePart]:
        """Return the title with each ``((text, address))`` made a link.

        An address of any other scheme than the web, mail and telephone stays text: it might
        be a script.
        """
        pieces = _LINK.split(self.title)
        parts = [TitlePart(text=pieces[0])]
        for text, url, rest in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
            safe = url.strip() if url.strip().lower().startswith(_LINK_SCHEMES) else None
            parts += [TitlePart(text=text.strip(), url=safe), TitlePart(text=rest)]
        return [part for part in parts if part.text]

    def filled(self, values: Sequence[str]) -> "Field":
        """Return the field with ``values`` in it."""
        return replace(self, values=tuple(values))


def fields_of(customer_fields: Mapping[str, object]) -> list[Field]:
    """Return the fields in the order of the project, name and e-mail first where they lack.

    A booking's customer is known by name and address, so a form always asks for both.
    """
    missing = {key: told for key, told in CUSTOMER_FIELDS.items() if key not in customer_fields}
    fields: list[Field] = []
    for key, told in {**missing, **customer_fields}.items():
        if isinstance(told, Mapping):
            fields.extend(_fields(key, told))
    return fields


def _fields(key: str, told: Mapping[str, object]) -> Iterator[Field]:
    field = Field(
        key=key,
        title=_text(told.get("title")) or key.replace("_", " ").capitalize(),
        format=_format(key, told),
        required=_is_on(told, "required") and not _is_on(told, "hidden"),
        readonly=_is_on(told, "readonly"),
        hidden=_is_on(told, "hidden"),
        options=_options(told.get("enum")),
        values=_prefilled(told.get("prefilled")),
    )
    if key == "name" and _is_on(told, "split_name"):
        first, _, last = field.value.partition(" ")
        yield replace(field, key="first_name", title="First name", values=(first,))
        yield replace(field, key="last_name", title="Last name", values=(last,))
    else:
        yield field


def _format(key: str, told: Mapping[str, object]) -> Format:
    asked = _text(told.get("format"))
    if asked == Format.SELECT and not _options(told.get("enum")):
        return Format.TEXT  # nothing to select from
    try:
        return Format(asked)
    except ValueError:
        return _FORMAT_OF_KEY.get(key, Format.TEXT)


def _options(enum: object) -> tuple[str, ...]:
    if not isinstance(enum, Sequence) or isinstance(enum, str):
        return ()
    return tuple(_text(each) for each in enum if _text(each))


def _prefilled(value: object) -> tuple[str, ...]:
    if value is True:
        return ("true",)  # a box that is ticked to begin with
    if isinstance(value, Sequence) and not isinstance(value, str):
        return tuple(map(_text, value))
    return (_text(value),) if _text(value) else ()


def _text(value: object) -> str:
    """Return a string, or a number as one; whatever else an app may have stored is empty."""
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        return str(value)
    return ""


def _is_on(told: Mapping[str, object], key: str) -> bool:
    return told.get(key) not in (None, False, "", 0, "0", "false")
