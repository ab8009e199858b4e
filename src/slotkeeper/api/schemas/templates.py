"""What requests about mail templates hold, and what their answers show."""

from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import Body, Id, Text, Title


def _one_line(text: str) -> str:
    """Refuse what would begin another header of the mail."""
    if not text.isprintable():
        raise PydanticCustomError("one_line", "must be one line of text.")
    return text


class UpdateTemplate(Body):
    """What changes of a template; what is left out stays."""

    subject: Annotated[Title, AfterValidator(_one_line)] | None = Field(
        default=None, examples=["See you soon: {{event.what}}"]
    )
    body: Text | None = Field(
        default=None,
        min_length=1,
        description="HTML; `{{customer.name}}` and its like stand for what the mail is about",
    )
    enabled: bool | None = Field(default=None, description="Whether this mail is sent at all")
    reset: bool | None = Field(
        default=None, description="With true everything else goes back to what every app has"
    )


class PreviewTemplate(Body):
    """What to try out. What is left out is as the app has it; nothing is kept."""

    subject: Annotated[Title, AfterValidator(_one_line)] | None = Field(
        default=None, examples=["See you soon: {{event.what}}"]
    )
    body: Text | None = Field(default=None, min_length=1, description="HTML, with its names")
    language: Text | None = Field(
        default=None,
        description="A tag such as `de` or `pt-BR`; the reader's language unless given",
        examples=["de"],
    )
    booking_id: Id | None = Field(
        default=None, description="The booking to tell of, an example unless given"
    )


class Preview(Answer):
    """What a mail would say: its subject, a whole page of HTML, and the same as text."""

    subject: str
    html: str
    text: str


class ShownTemplate(Answer):
    """A template of a mail, as the app has it and as every app begins with it."""

    slug: str
    name: str
    subject: str
    body: str
    enabled: bool
    default_subject: str
    default_body: str
    updated_at: Stamp | None = Field(description="Null where the app changed nothing")
