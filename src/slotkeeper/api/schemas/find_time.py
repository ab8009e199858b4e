"""What the older find-time routes are asked, and what they show."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BeforeValidator, Field, model_validator

from slotkeeper.api.schemas.answers import Answer, Time
from slotkeeper.api.schemas.fields import Body, Id, as_list
from slotkeeper.api.schemas.projects import ResourceId
from slotkeeper.services.find_time import QUERIES_MAX

ResourceIdList = Annotated[list[ResourceId], BeforeValidator(as_list)]
IdList = Annotated[list[UUID], BeforeValidator(as_list)]
EmailList = Annotated[list[str], BeforeValidator(as_list)]
FilterList = Annotated[list[Any], BeforeValidator(as_list)]

_SETTINGS = {
    *("start", "future", "length", "buffer", "sort"),
    *("ignore_all_day_events", "all_solutions", "no_day_span"),
}


class FindTime(Body):
    """A search for time in which all who are named are free.

    At least one of `resource_ids`, `user_ids`, `calendar_ids` and `emails` names somebody.
    Every value may be null, which means "not given".
    """

    resource_ids: ResourceIdList | None = Field(default=None, description="Who must be free")
    user_ids: ResourceIdList | None = Field(
        default=None, description="An older name of `resource_ids`"
    )
    calendar_ids: IdList | None = Field(
        default=None, description="Single calendars, of whose owners nothing else counts"
    )
    emails: EmailList | None = Field(
        default=None,
        description="Who must be free, by e-mail address",
        examples=[["doc@example.com"]],
    )
    filters: Any = Field(
        default=None,
        description="`{or, and, after}`: lists of filters",
        examples=[{"or": [{"specific_day": {"day": "Monday"}}], "and": [{"business_hours": {}}]}],
    )
    filtercollection_id: Id | None = Field(
        default=None, description="Filters that are kept; those of the request hold too"
    )
    start: Any = Field(default=None, description="Where the search begins", examples=["tomorrow"])
    future: Any = Field(
        default=None,
        description="Where it ends, counted from now; 4 weeks unless given, 6 months at most",
        examples=["4 weeks"],
    )
    length: Any = Field(
        default=None, description="How long a slot is; 1 hour unless given", examples=["1 hour"]
    )
    buffer: Any = Field(
        default=None, description="Time kept free around busy time", examples=["15 minutes"]
    )
    sort: Any = Field(default=None, description="`asc` or `desc`", examples=["asc"])
    ignore_all_day_events: Any = Field(
        default=None, description="All-day events take no time; false unless given"
    )
    all_solutions: Any = Field(
        default=None, description="A slot at every quarter of an hour; false unless given"
    )
    no_day_span: Any = Field(
        default=None, description="No slot reaches into another day; false unless given"
    )

    def settings(self) -> dict[str, object]:
        """Return what the request says of the search, under the names of the API."""
        return self.model_dump(exclude_unset=True, include=_SETTINGS)

    def named_ids(self) -> Sequence[UUID]:
        """Return the resources that are named by id, under either name."""
        return [*(self.resource_ids or ()), *(self.user_ids or ())]


class FindTimeTeam(Body):
    """One search for each member of a team; other keys in a search are ignored."""

    users: list[FindTime] = Field(min_length=1, max_length=QUERIES_MAX)


class FindTimeBulk(Body):
    """Several searches at once. The list alone, without the object around it, will do too."""

    queries: list[FindTime] = Field(min_length=1, max_length=QUERIES_MAX)

    @model_validator(mode="before")
    @classmethod
    def _from_list(cls, given: object) -> object:
        return {"queries": given} if isinstance(given, list) else given


class FilterCollectionBody(Body):
    """Filters to keep. What a change leaves out stays as it is."""

    any_filters: FilterList | None = Field(
        default=None,
        alias="or",
        description="Time is open where one of them opens it",
        examples=[[{"specific_day": {"day": "Monday"}}]],
    )
    every_filters: FilterList | None = Field(
        default=None,
        alias="and",
        description="Time is open where all of them open it",
        examples=[[{"business_hours": {"timezone": "Europe/Copenhagen"}}]],
    )
    after: FilterList | None = Field(
        default=None,
        description="Which of the slots found to keep",
        examples=[[{"take_first": {"number": 5}}]],
    )

    def lists(self) -> dict[str, object]:
        """Return the lists that the request holds, under the names of the API."""
        return self.model_dump(by_alias=True, exclude_none=True)


class ShownTime(Answer):
    """A time in which all are free."""

    start: Time
    end: Time


class TeamMember(Answer):
    """Somebody who is free."""

    name: str
    email: str | None = Field(description="Only for the app key, or when the search named it")
    user_id: Id
    calendar_ids: list[Id]
    token: str | None = Field(description="Always null; the original gave a key of the user")


class ShownTeamTime(ShownTime):
    """A time in which at least one member of the team is free."""

    users: list[TeamMember]


class ShownFilterCollection(Answer):
    """Filters that are kept, as they were sent."""

    id: Id
    any_filters: list[Any] = Field(alias="or")
    every_filters: list[Any] = Field(alias="and")
    after: list[Any]
