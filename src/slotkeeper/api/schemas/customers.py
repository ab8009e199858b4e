"""What requests about customers hold, and what their answers show."""

from typing import Any

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer
from slotkeeper.api.schemas.fields import Body, Email


class NamedCustomer(Body):
    """The customer that is meant, in any case of letters."""

    email: Email


class CustomerData(Answer):
    """Everything that is held about a customer, as it is stored."""

    email: str
    bookings: list[dict[str, Any]]
    events: list[dict[str, Any]]
    waiting_list: list[dict[str, Any]]
    announcements: list[dict[str, Any]] = Field(
        description="What webhooks and mails were told in the last 30 days, and which"
    )


class ShownErasure(Answer):
    """Of how much a person was taken out."""

    bookings: int
    events: int
    participations: int = Field(description="Bookings and events of others in which they took part")
    waiting_list: int
    announcements: int = Field(description="What webhooks and mails were told, or would have been")
    kept_answers: int = Field(description="Answers kept for repeated requests")
    bookings_ahead: int = Field(
        description="Bookings that have not ended; they were not cancelled, but nobody is known"
    )
