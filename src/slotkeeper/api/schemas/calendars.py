"""What requests about calendars and events hold."""

import re
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator

from slotkeeper.api.schemas.answers import Answer, Time
from slotkeeper.api.schemas.booking_answers import ShownEvent
from slotkeeper.api.schemas.fields import Body, Id, Text, Timestamp, Title, ZoneName
from slotkeeper.api.times import Times
from slotkeeper.domain.rrule import TEXT_MAX, rule_text
from slotkeeper.domain.zones import find_zone
from slotkeeper.services.days import Written
from slotkeeper.services.repeating import DATES_MAX

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

    resource_id: Id | None = Field(default=None, description="Whose; needed with the app key")
    name: Title


class UpdateCalendar(CalendarFields):
    """What changes of a calendar."""

    primary: bool | None = Field(
        default=None, description="Whether the bookings of the resource go here"
    )
    provider_sync: bool | None = Field(
        default=None,
        description="Taken and without effect: for calendars of connected accounts, which there "
        "are not yet. The events of a calendar made here always count.",
    )

    def changes(self) -> dict[str, Any]:
        """Return the columns that change."""
        changes = self.given(clearable=CALENDAR_CLEARABLE)
        changes.pop("provider_sync", None)
        if "primary" in changes:
            changes["is_primary"] = changes.pop("primary")
        return changes


Dates = Annotated[list[Timestamp], Field(max_length=DATES_MAX)]

EVENT_CLEARABLE = frozenset({"rrule", "rdate", "exdate", "timezone"})
"""Fields of an event that null empties."""

_WITHOUT_OFFSET = re.compile(r"\d{4}-\d\d-\d\d([T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?)?", re.ASCII)
_COLUMNS = {"start": "start_at", "end": "end_at", "where": "location"}
_FOR_PROVIDERS = "Taken and without effect: for calendars of connected accounts"


class EventFields(Body):
    """The fields of an event that a caller may set."""

    calendar_id: Id | None = None
    start: Timestamp | None = None
    end: Timestamp | None = None
    what: Text | None = None
    where: Text | None = None
    description: Text | None = None
    participants: list[Text] | None = Field(default=None, max_length=200)
    rsvp: Rsvp | None = Field(
        default=None,
        description="What the owner of the calendar answered; a declined event takes no time",
    )
    my_rsvp: Rsvp | None = Field(
        default=None,
        description="The same, but without effect unless the e-mail address of the resource is "
        "among the participants",
    )
    busy: bool | None = Field(
        default=None, description="Whether it takes the time of its resource; it does unless false"
    )
    invite: bool | None = Field(default=None, description=_FOR_PROVIDERS)
    sync_provider: bool | None = Field(default=None, description=_FOR_PROVIDERS)
    all_day: bool | None = Field(
        default=None, description="Covers whole local days of the resource"
    )
    rrule: Text | None = Field(
        default=None,
        description="When it repeats, as RFC 5545 writes it; null ends that",
        examples=["FREQ=WEEKLY;BYDAY=MO,TH"],
        max_length=TEXT_MAX,
    )
    rdate: Dates | None = Field(
        default=None, description="Starts of occurrences beside those of the rule"
    )
    exdate: Dates | None = Field(
        default=None, description="Starts of occurrences that do not take place"
    )
    timezone: ZoneName | None = Field(
        default=None,
        description="The clock that the repetitions follow; that of the resource unless given",
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
        columns = self.given(clearable=EVENT_CLEARABLE)
        for field in ("invite", "sync_provider"):
            columns.pop(field, None)
        if self.timezone is not None and times.asked_zone is None:
            times = replace(times, asked_zone=find_zone(self.timezone))
        if self.rrule is not None:
            columns["rrule"] = rule_text(self.rrule)
        for field in columns.keys() & {"rdate", "exdate"}:
            columns[field] = [_moment(times, field, each) for each in columns[field] or ()]
        for field in columns.keys() & {"start", "end", "recurrence_id"}:
            columns[field] = _moment(times, field, columns[field])
        return {_COLUMNS.get(field, field): value for field, value in columns.items()}


def _moment(times: Times, field: str, text: object) -> datetime | Written:
    """Return the instant that a field means; without an offset, also what was written."""
    moment, written = times.read(field, text), str(text).strip()
    if _WITHOUT_OFFSET.fullmatch(written) is None:
        return moment
    return Written(datetime.fromisoformat(written), moment)


class CreateEvent(EventFields):
    """A new event, which takes the time of its calendar's resource."""

    calendar_id: Id
    start: Timestamp
    end: Timestamp
    what: Text
    series_id: Id | None = Field(
        default=None, description="The event that repeats, of which this replaces one occurrence"
    )
    recurrence_id: Timestamp | None = Field(
        default=None, description="When the occurrence would begin that this event replaces"
    )

    def columns(self, times: Times) -> dict[str, Any]:
        """Return the columns of the new event, with what was left out filled in."""
        empty = {"location": "", "description": "", "participants": []}
        return {**empty, **super().columns(times)}


class UpdateEvent(EventFields):
    """What changes of an event."""


class CalendarEvent(ShownEvent):
    """An event, or in a list one occurrence of an event that repeats.

    What is said here is left out where there is nothing to say. An occurrence has the id of
    its event, which is its ``series_id`` too, and its own start as ``recurrence_id``.
    """

    rrule: str = ""
    rdate: list[Time] = Field(default=[])
    exdate: list[Time] = Field(default=[])
    timezone: str = ""
    series_id: Id | None = None
    recurrence_id: Time = ""


class ShownBusyTime(Answer):
    """Some time that a resource cannot give, and nothing about what it is taken for."""

    what: str = Field(examples=["Doc is busy!"])
    where: str = Field(examples=["Undisclosed"])
    start: Time
    end: Time
    all_day: bool = Field(alias="allDay")


class BusyTimes(Answer):
    """When a resource is busy."""

    data: list[ShownBusyTime]
