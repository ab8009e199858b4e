"""What requests about calendars and events hold."""

from typing import Annotated, Any

from pydantic import Field, model_validator

from slotkeeper.api.schemas.fields import Body, Id, Text, Timestamp, Title
from slotkeeper.api.times import Times

Colour = Annotated[str, Field(pattern=r"^#[0-9A-Fa-f]{6}$", examples=["#25d6be"])]
Rsvp = Annotated[
    str, Field(pattern="^(accepted|needsAction|declined|tentative)$", examples=["accepted"])
]


class CalendarFields(Body):
    """The fields of a calendar that a caller may set."""

    name: Title | None = None
    description: Text | None = None
    foregroundcolor: Colour | None = None
    backgroundcolor: Colour | None = None


CALENDAR_CLEARABLE = frozenset({"description", "foregroundcolor", "backgroundcolor"})
"""Fields of a calendar that null empties."""


class CreateCalendar(CalendarFields):
    """A new calendar of a resource."""

    resource_id: Id
    name: Title


class UpdateCalendar(CalendarFields):
    """What changes of a calendar."""

    primary: bool | None = Field(
        default=None, description="Whether the bookings of the resource go here"
    )

    def changes(self) -> dict[str, Any]:
        """Return the columns that change."""
        changes = self.given(clearable=CALENDAR_CLEARABLE)
        if "primary" in changes:
            changes["is_primary"] = changes.pop("primary")
        return changes


class EventFields(Body):
    """The fields of an event that a caller may set."""

    calendar_id: Id | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    what: Text | None = None
    where: Text | None = None
    description: Text | None = None
    participants: list[Text] | None = Field(default=None, max_length=200)
    my_rsvp: Rsvp | None = Field(
        default=None, description="A declined event takes no time of its resource"
    )
    all_day: bool | None = Field(
        default=None, description="Covers whole local days of the resource"
    )

    @model_validator(mode="before")
    @classmethod
    def _camel_case(cls, given: Any) -> Any:
        """Take ``allDay`` too: answers spell it so."""
        if isinstance(given, dict) and "allDay" in given:
            return {"all_day": given["allDay"], **given}
        return given

    def columns(self, times: Times) -> dict[str, Any]:
        """Return the columns that the request gives; refuse times that cannot be read."""
        columns = self.given()
        for field, column in (("start", "start_at"), ("end", "end_at")):
            if field in columns:
                columns[column] = times.read(field, columns.pop(field))
        for field, column in (("where", "location"), ("my_rsvp", "rsvp")):
            if field in columns:
                columns[column] = columns.pop(field)
        return columns


class CreateEvent(EventFields):
    """A new event, which takes the time of its calendar's resource."""

    calendar_id: Id
    start: Timestamp
    end: Timestamp
    what: Text

    def columns(self, times: Times) -> dict[str, Any]:
        """Return the columns of the new event, with what was left out filled in."""
        empty = {"location": "", "description": "", "rsvp": "needsAction", "participants": []}
        return {**empty, **super().columns(times)}


class UpdateEvent(EventFields):
    """What changes of an event."""
