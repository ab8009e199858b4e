"""What requests about series hold, and what their answers show."""

from pydantic import ConfigDict, Field

from slotkeeper.api.schemas.answers import Answer, Stamp, Time
from slotkeeper.api.schemas.booking_answers import ShownBooking
from slotkeeper.api.schemas.bookings import CreateBooking, OptionalZone
from slotkeeper.api.schemas.fields import Body, Id, Text, Timestamp
from slotkeeper.domain.series import Mode


class CreateSeries(CreateBooking):
    """A booking to make again and again; start and end are those of the first one."""

    model_config = ConfigDict(json_schema_extra={})

    rrule: Text = Field(
        description="When it repeats, in the words of RFC 5545; it must end, by COUNT or UNTIL",
        examples=["FREQ=WEEKLY;BYDAY=TU;COUNT=10"],
    )
    timezone: OptionalZone = Field(
        default=None,
        description="On whose clock the time of day stays the same; "
        "the customer's unless given, else that of the resource",
    )
    mode: Mode = Field(
        default=Mode.ALL_OR_NOTHING,
        description="Whether a time that is taken spoils the series or is left out of it",
    )


class CancelSeries(Body):
    """From when on a series is called off."""

    since: Timestamp | None = Field(
        default=None, alias="from", description="Bookings that start earlier stay; now unless given"
    )
    message: Text | None = Field(default=None, examples=["The course is over"])


class ShownOccurrence(Answer):
    """One time of a series: its booking, or why there is none."""

    start: Time
    end: Time
    booking: ShownBooking | None
    error: str | None = Field(default=None, examples=["The requested timeslot is not available"])


class SeriesFields(Answer):
    """A series as it was asked for."""

    id: Id
    rrule: str
    timezone: str
    mode: Mode
    start: Time
    end: Time
    created_at: Stamp


class MadeSeries(SeriesFields):
    """A new series, with what became of each of its times."""

    occurrences: list[ShownOccurrence]


class ShownSeries(SeriesFields):
    """A series with its bookings, earliest first, also those that have ended."""

    bookings: list[ShownBooking]
