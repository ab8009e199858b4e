"""Shapes of answers that many routes share, for the OpenAPI document.

Answers are built as plain values and sent as bytes; these models say what they hold, and
the contract tests hold the two against each other.
"""

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field

Shown = TypeVar("Shown")

Stamp = Annotated[str, Field(examples=["2030-05-06T09:00:00+0000"])]
"""When a thing was made or changed: ``2017-12-19T07:37:36+0000``."""

Time = Annotated[str, Field(examples=["2030-05-06T09:00:00+02:00"])]
"""An instant: ``2030-05-06T09:00:00+02:00``, or in the format of the output timestamp header."""


class Answer(BaseModel):
    """Something that an answer holds; more may be added, so readers ignore what is new."""

    model_config = ConfigDict(extra="allow")


class Data(Answer, Generic[Shown]):
    """One thing."""

    data: Shown


class ListOf(Answer, Generic[Shown]):
    """One page of a list."""

    total: int
    per_page: int | str = Field(description="A string when the request named a limit")
    current_page: int
    last_page: int
    next_page_url: str | None
    prev_page_url: str | None
    first: int | None = Field(alias="from")
    last: int | None = Field(alias="to")
    data: list[Shown]


class Refusal(Answer):
    """Why the request was not carried out."""

    error: str


class KeyRefusal(Answer):
    """Why the key was not accepted."""

    error: dict[str, str] = Field(examples=[{"message": "Invalid credentials supplied"}])


class Missing(Answer):
    """What is not there, or not within reach of the key."""

    error: str = Field(examples=["Resource does not exist"])
    model: str = ""


class Invalid(Answer):
    """What is wrong with the request: messages by field, or one reason."""

    errors: dict[str, list[str]] | None = Field(
        default=None, examples=[{"name": ["The name field is required."]}]
    )
    error: Any = None


_PUBLIC: dict[int | str, dict[str, Any]] = {
    400: {"model": Refusal, "description": "The body is not JSON"},
    404: {"model": Missing, "description": "No such thing within reach of the key"},
    413: {"model": Invalid, "description": "The body has more than 64 000 characters"},
    422: {"model": Invalid, "description": "The request is understood and refused"},
    429: {"model": Refusal, "description": "Too many requests of an app in test mode"},
    503: {
        "model": Refusal,
        "description": "The database cannot be reached, or too many requests of a live app",
    },
}

PUBLIC_REFUSALS = _PUBLIC
"""How a route that needs no key may refuse."""

GUESS_REFUSALS: dict[int | str, dict[str, Any]] = {
    429: {"model": Refusal, "description": "Too many attempts; `Retry-After` says how long to wait"}
}
"""How a route may refuse on which passwords or addresses can be tried."""

REFUSALS: dict[int | str, dict[str, Any]] = {
    **_PUBLIC,
    401: {"model": KeyRefusal, "description": "No key, or an unknown one"},
    403: {"model": KeyRefusal, "description": "The key does not reach this route"},
}
"""How a route with a key may refuse."""


def answers(
    model: type[BaseModel] | None, status: int = 200, description: str = "Done"
) -> dict[int | str, dict[str, Any]]:
    """Return the ``responses`` of a route: one success, and the usual refusals."""
    success: dict[str, Any] = {"description": description}
    if model is not None:
        success["model"] = model
    return {status: success, **REFUSALS}
