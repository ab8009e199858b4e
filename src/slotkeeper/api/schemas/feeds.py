"""What requests about feeds bring, and what they are answered."""

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import Body, Id
from slotkeeper.domain.feed import Details


class CreateFeed(Body):
    """A new feed, of a resource or of a project."""

    resource_id: Id | None = Field(
        default=None, description="Whose bookings and events it shows; not with a `project_id`"
    )
    project_id: Id | None = Field(
        default=None, description="Of which project it shows the bookings; with the app key only"
    )
    details: Details = Field(description="`full` tells everything, `busy` only when time is taken")


class ShownFeed(Answer):
    """A feed with its secret address."""

    id: Id
    resource_id: Id | None
    project_id: Id | None
    details: Details
    url: str = Field(description="For calendar programs; whoever knows it can read the feed")
    created_at: Stamp
    last_read_at: Stamp | None = Field(description="To the minute")
