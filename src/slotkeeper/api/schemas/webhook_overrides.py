"""What a booking says about webhooks, in the request that makes it."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from slotkeeper.api.schemas.fields import Body, Text
from slotkeeper.api.schemas.webhooks import Code, Method
from slotkeeper.domain.webhook import WEBHOOKS_MAX


class WebhookOverride(Body):
    """One of the app's webhooks for this booking, or one that only this booking has."""

    enabled: bool | None = Field(
        default=None, description="Whether the webhook at this place is told of the booking"
    )
    url: Text | None = Field(
        default=None, description="Told of this booking as well", examples=["https://hill.example"]
    )
    graph: Text | None = None
    state: Text | None = Field(default=None, description="Every state unless given")
    method: Method | None = None
    expected_response_code: Code = None

    def said(self) -> dict[str, Any]:
        """Return what was said, and nothing for what was left open or empty."""
        return {name: value for name, value in self.given().items() if value != ""}


def _in_places(given: object) -> object:
    """Return a list of what PHP writes with keys, because some places of it are empty."""
    if isinstance(given, dict) and all(_is_place(key) for key in given):
        last = max(map(int, given), default=-1)
        given = [given.get(str(place)) for place in range(last + 1)]
    return [{} if each is None else each for each in given] if isinstance(given, list) else given


def _is_place(key: object) -> bool:
    return isinstance(key, str) and key.isdecimal() and str(int(key[:4])) == key


WebhookOverrides = Annotated[
    list[WebhookOverride],
    BeforeValidator(_in_places),
    Field(
        max_length=WEBHOOKS_MAX,
        description="Place by place, the app's webhooks in the order in which they were made, "
        "from 0: `enabled` false silences that one for this booking. An entry with a `url` is "
        "one more, for this booking alone",
    ),
]
