"""Types of the fields that requests carry: strict in meaning, lenient in form."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from slotkeeper.domain.email import is_email
from slotkeeper.domain.errors import UnknownZone
from slotkeeper.domain.zones import find_zone


class Body(BaseModel):
    """A JSON object of a request.

    Unknown keys are ignored, because clients send them. ``[]`` stands for ``{}``, because
    that is how PHP writes an empty object.
    """

    model_config = ConfigDict(extra="ignore", str_max_length=20_000)

    @model_validator(mode="before")
    @classmethod
    def _from_php(cls, given: object) -> object:
        return {} if given == [] else given

    def given(self, *, clearable: frozenset[str] = frozenset()) -> dict[str, Any]:
        """Return the fields that the request holds; null only where it may clear a value."""
        return {
            name: value
            for name in self.model_fields_set
            if (value := getattr(self, name)) is not None or name in clearable
        }


def _as_text(value: object) -> object:
    """Turn a number into its text; clients send telephone numbers and titles as numbers."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if is_number else value


def as_object(value: object) -> object:
    """Take ``[]`` for ``{}``: how PHP writes an empty object."""
    return {} if value == [] else value


def as_list(value: object) -> object:
    """Take ``{}`` for ``[]``: what PHP and the widget make of an empty list."""
    return [] if value == {} else value


def with_reminders(given: Any) -> Any:
    """Take ``event_notifications``, as older clients call them, for ``reminders``."""
    if not isinstance(given, dict) or given.get("reminders") is not None:
        return given
    older = given.get("event_notifications")
    return given if older is None else {**given, "reminders": older}


def _zone(name: str) -> str:
    try:
        return find_zone(name).name
    except UnknownZone:
        raise PydanticCustomError("zone", "must be a valid zone.") from None


def _email(text: str) -> str:
    if not is_email(text.strip()):
        raise PydanticCustomError("email", "must be a valid email address.")
    return text.strip()


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "field is required.")
    return text


Text = Annotated[str, BeforeValidator(_as_text)]
Title = Annotated[str, BeforeValidator(_as_text), AfterValidator(_not_blank), Field(max_length=255)]
ZoneName = Annotated[str, AfterValidator(_zone), Field(examples=["Europe/Copenhagen"])]
Email = Annotated[str, AfterValidator(_email), Field(examples=["doc@example.com"])]
Document = Annotated[dict[str, Any], BeforeValidator(as_object)]
Id = UUID
Timestamp = Annotated[
    str,
    BeforeValidator(_as_text),
    Field(
        description="RFC 3339, or the format of the input timestamp header; "
        "without an offset it is read in the zone of the request",
        examples=["2030-05-06T09:00:00+02:00"],
    ),
]
ReminderList = Annotated[
    list[Any],
    BeforeValidator(as_list),
    Field(
        description="Mails and webhooks before or after the start; an older name of the field is "
        "`event_notifications`",
        examples=[
            [
                {
                    "type": "email",
                    "settings": {"recipient": "customer", "subject": "See you tomorrow"},
                    "when": {"type": "before", "unit": "hours", "time": 24},
                }
            ]
        ],
    ),
]
ConstraintList = Annotated[
    list[Any],
    BeforeValidator(as_list),
    Field(
        description="Rules that open or close time, each an object with its type as only key",
        examples=[[{"allow_hours": {"start": 9, "end": 17}}, {"block_weekends": {}}]],
        max_length=1000,
    ),
]
