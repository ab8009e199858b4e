"""What a search for time holds, and what its answer shows."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from slotkeeper.api.schemas.answers import Answer, Time
from slotkeeper.api.schemas.fields import Body, Id, as_list
from slotkeeper.api.schemas.projects import ResourceId


class FindAvailability(Body):
    """A search for slots. What it names counts before what the project says.

    Every value may be null, which means "not given"; the official widget sends the project's
    own settings back that way.
    """

    project_id: Id | None = Field(default=None, description="Where everything else comes from")
    resources: Annotated[list[ResourceId] | None, BeforeValidator(as_list)] = Field(
        default=None, description="Whose time; instead of the project's resources"
    )
    constraints: Annotated[list[Any] | None, BeforeValidator(as_list)] = Field(
        default=None, description="Rules of this search; those of project and resources hold too"
    )
    mode: Any = Field(
        default=None,
        description="`mutual`, `exclusive`, `roundrobin_random`, `roundrobin_prioritized` or "
        "`roundrobin_balanced`",
        examples=["roundrobin_random"],
    )
    length: Any = Field(
        default=None,
        description="How long a slot is; explicit null gives the free intervals themselves",
        examples=["30 minutes"],
    )
    start: Any = Field(
        default=None, alias="from", description="Where the search begins", examples=["1 hour"]
    )
    end: Any = Field(
        default=None,
        alias="to",
        description="Where it ends, counted from now like `from`; at most 6 months ahead",
        examples=["4 weeks"],
    )
    buffer: Any = Field(
        default=None,
        description="Time kept free around busy time; also `{before, after}`",
        examples=["15 minutes"],
    )
    minimum_gap: Any = Field(
        default=None,
        description="Time kept free between two bookings; events of the owner have `buffer`",
        examples=["10 minutes"],
    )
    limits: Any = Field(
        default=None,
        description="Most bookings that may start in a `day`, `week` or `month`: under "
        "`resource` all those of a resource, under `project` those of the project",
        examples=[{"resource": {"day": 8, "week": 30}, "project": {"month": 100}}],
    )
    timeslot_increments: Any = Field(
        default=None, description="Step between the starts of slots", examples=["15 minutes"]
    )
    output_timezone: Any = Field(
        default=None, description="Zone of the answer", examples=["Europe/Copenhagen"]
    )
    round_to_nearest_hour: Any = Field(
        default=None, description="Begin at the next full hour; true unless given"
    )
    ignore_all_day_events: Any = Field(
        default=None, description="All-day events take no time; false unless given"
    )
    closest_time_interval: Any = Field(
        default=None, description="Begin at the next multiple of this instead of the full hour"
    )
    round_to_next_hour: Any = Field(
        default=None, description="Another name for `round_to_nearest_hour`"
    )

    def settings(self) -> dict[str, object]:
        """Return what the request says of the search, under the names of the API."""
        others = {"project_id", "resources", "constraints"}
        return self.model_dump(by_alias=True, exclude_unset=True, exclude=others)


class SlotResource(Answer):
    """Who can serve a slot."""

    id: Id
    name: str
    timezone: str


class ShownSlot(Answer):
    """An interval on offer."""

    start: Time
    end: Time
    resources: list[SlotResource]
