"""What a visitor wrote into a form: read it, say what is wrong, make a customer of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl
from uuid import uuid4

from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from slotkeeper.domain.booking import Customer
from slotkeeper.domain.email import is_email
from slotkeeper.web.fields import Field, Format

FIELD_CHARACTERS_MAX = 5_000
"""The longest answer to one question of a form."""

Sent = ImmutableMultiDict[str, str]

_NATIVE = frozenset({"name", "email", "phone", "voip"})
_IN_NO_DESCRIPTION = frozenset({"name", "first_name", "last_name", "email"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """A form as it came back: the fields with what was written, and what is wrong by name."""

    fields: Sequence[Field]
    errors: Mapping[str, str]

    def customer(self, *, timezone: str) -> Customer:
        """Return whom the booking is for; only for answers without errors."""
        given = self._given()
        parts = (self._one("first_name"), self._one("last_name"))
        name = self._one("name") or " ".join(part for part in parts if part)
        custom = {key: value for key, value in given.items() if key not in _NATIVE}
        if where := self._one("location"):
            custom["where"] = where
        return Customer(
            id=uuid4(),
            name=name,
            email=self._one("email"),
            phone=self._one("phone"),
            voip=self._one("voip"),
            timezone=timezone,
            custom=custom,
        )

    def where(self) -> str | None:
        """Return the place that the customer asked for, if the form lets them."""
        return self._one("location") or None

    def description(self) -> str:
        """Return the answers as lines ``Title: value``, as the official widget composes them.

        Name and address stand with the customer and are not repeated.
        """
        lines = [
            f"{''.join(part.text for part in field.title_parts)}: {', '.join(field.values)}\n"
            for field in self.fields
            if field.is_answered and field.value and field.key not in _IN_NO_DESCRIPTION
        ]
        return "".join(lines)

    def _one(self, key: str) -> str:
        return next((field.value for field in self.fields if field.key == key), "")

    def _given(self) -> dict[str, object]:
        """Return the answers by key: a list for boxes, as the official widget sends them."""
        return {
            field.key: list(field.values) if field.format is Format.CHECKBOX else field.value
            for field in self.fields
            if field.is_answered and field.value
        }


async def form_of(request: Request) -> Sent:
    """Return what a form sent, as our pages send it; a body of another type is an empty form.

    The body is limited, and with it the number of fields.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        return ImmutableMultiDict()
    body = (await request.body()).decode("utf-8", "replace")
    return ImmutableMultiDict(parse_qsl(body, keep_blank_values=True))


def prefilled(fields: Sequence[Field], query: Sent) -> list[Field]:
    """Return the fields with what the address of the page says, ``customer.<key>=<value>``."""
    return [
        field.filled([text_of(value) for value in query.getlist(field.name)])
        if field.name in query
        else field
        for field in fields
    ]


def read(fields: Sequence[Field], sent: Sent) -> Answers:
    """Return what was written into ``fields``, without white space around it."""
    read_fields = [
        field.filled([text for value in sent.getlist(field.name) if (text := text_of(value))])
        if field.is_answered
        else field
        for field in fields
    ]
    errors = {field.name: wrong for field in read_fields if (wrong := _wrong_with(field))}
    return Answers(fields=read_fields, errors=errors)


def text_of(value: str | None) -> str:
    """Return what was sent without white space around it; NUL characters count as nothing."""
    return value.replace("\x00", "").strip() if value else ""


def _wrong_with(field: Field) -> str | None:
    """Return what the visitor must mend, or None."""
    if not field.is_answered:
        return None
    if not field.value:
        return _missing(field) if field.required else None
    if max(map(len, field.values)) > FIELD_CHARACTERS_MAX:
        return f"Please write at most {FIELD_CHARACTERS_MAX} characters."
    if field.format is Format.EMAIL and not is_email(field.value):
        return "Please enter an e-mail address such as name@example.com."
    if field.options and not set(field.values) <= set(field.options):
        return "Please choose one of the options."
    return None


def _missing(field: Field) -> str:
    match field.format:
        case Format.CHECKBOX if field.options:
            return "Please choose at least one."
        case Format.CHECKBOX:
            return "Please tick this box to go on."
        case Format.SELECT:
            return "Please choose one of the options."
        case _:
            return "Please fill this in."
