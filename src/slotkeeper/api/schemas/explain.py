"""What a question about closed time holds, and what its answer shows."""

from typing import Any, Literal

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer, Time
from slotkeeper.api.schemas.availability import FindAvailability
from slotkeeper.api.schemas.fields import Id


class ExplainAvailability(FindAvailability):
    """A search for slots, and an instant to be judged."""

    instant: Any = Field(
        default=None,
        description="A moment about which the answer says a line: a timestamp, or words "
        "counted from now",
        examples=["2030-05-07T18:30:00+02:00"],
    )

    def settings(self) -> dict[str, object]:
        """Return what the request says of the search itself."""
        return {key: value for key, value in super().settings().items() if key != "instant"}


class ShownReason(Answer):
    """Why time is closed; which of the other fields there are follows from the type."""

    type: Literal[
        "constraint",
        "event",
        "all_day_event",
        "booking",
        "buffer",
        "minimum_gap",
        "limit",
        "notice",
        "horizon",
        "busy",
    ]
    id: Id | None = Field(
        default=None, description="The event or booking: what holds the time or is kept clear of"
    )
    of: Literal["event", "all_day_event", "booking"] | None = Field(
        default=None, description="What a buffer or gap keeps clear of"
    )
    side: Literal["before", "after"] | None = Field(
        default=None, description="Whether the time kept clear is before or after it"
    )
    level: Literal["resource", "project", "request"] | None = Field(
        default=None, description="Whose constraint or limit it is"
    )
    effect: Literal["allow", "block"] | None = Field(
        default=None, description="`allow`: none of the entries allows it; `block`: one blocks it"
    )
    indexes: list[int] | None = Field(
        default=None, description="The entries in the list of the level, counted from 0"
    )
    entry: dict[str, Any] | None = Field(
        default=None, description="The constraint itself, where it is one"
    )
    unit: Literal["day", "week", "month"] | None = Field(default=None, description="What is full")
    max: int | None = Field(default=None, description="The most bookings it may have")


class OpenTime(Answer):
    """When a resource can be had."""

    start: Time
    end: Time


class ClosedTime(Answer):
    """When a resource cannot be had, and all reasons, the same throughout."""

    start: Time
    end: Time
    reasons: list[ShownReason]


class ExplainedResource(Answer):
    """The window of the search, taken apart for one resource."""

    id: Id
    name: str
    timezone: str
    open: list[OpenTime]
    closed: list[ClosedTime]


class ShownVerdict(Answer):
    """What is to be said of the instant."""

    instant: Time
    open: bool
    text: str = Field(
        examples=[
            "Closed on Tuesday 7 May 2030 18:30 (Europe/Copenhagen): "
            "Doc is open 09:00-17:00 (resource constraint 0)"
        ]
    )


class ShownExplanation(Answer):
    """Why a search offers what it offers."""

    window: OpenTime = Field(description="What the search covers")
    resources: list[ExplainedResource]
    slots_total: int = Field(description="How many slots the search itself lists")
    verdict: ShownVerdict | None = Field(description="Null where no instant was asked about")
