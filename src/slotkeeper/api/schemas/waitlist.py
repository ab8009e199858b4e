"""What requests about waiting lists hold, and what their answers show."""

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer, Stamp, Time
from slotkeeper.api.schemas.booking_answers import ShownTransition
from slotkeeper.api.schemas.bookings import CustomerFields, Related
from slotkeeper.api.schemas.fields import Body, Document, Id, Text, Timestamp
from slotkeeper.api.times import Times
from slotkeeper.domain.order import Order


class JoinWaitlist(Body):
    """Who wants to wait, and for what: a seat of a class, or a time that is taken."""

    related: Related | None = Field(default=None, description="The class that is full")
    resource_id: Id | None = Field(default=None, description="Whose time is wanted")
    project_id: Id | None = Field(
        default=None, description="Without a resource, any of this project will do"
    )
    start: Timestamp | None = Field(default=None, description="Not for a class, which has its own")
    end: Timestamp | None = None
    customer: CustomerFields | None = None
    graph: Text | None = Field(
        default=None,
        description="That of the booking to come; as the project says, else `group_customer` for "
        "a class and `instant` for a time",
        examples=["instant"],
    )
    what: Text | None = Field(default=None, examples=["Consultation"])
    where: Text | None = Field(default=None, examples=["Courthouse Square"])
    description: Text | None = None
    meta: Document | None = None
    hold_time: int | Text | None = Field(
        default=None,
        description="How long an offer lasts, in seconds or in words; with the app key. As the "
        "project's `booking.waitlist.hold_time` says, else 15 minutes",
        examples=["30 minutes"],
    )

    def order(self, times: Times) -> Order:
        """Return what is waited for; refuse times that cannot be read."""
        return Order(
            start=times.read("start", self.start) if self.start is not None else None,
            end=times.read("end", self.end) if self.end is not None else None,
            resource_id=self.resource_id,
            project_id=self.project_id,
            owner_booking_id=self.related.owner_booking_id if self.related else None,
            graph=self.graph or None,
            what=self.what,
            where=self.where,
            description=self.description,
            customer=self.customer.customer() if self.customer else None,
            meta=self.meta or {},
        )


class ShownWaiting(Answer):
    """Who waits, as the app key sees them."""

    name: str
    email: str
    phone: str
    voip: str
    timezone: str


class ShownEntry(Answer):
    """A place in a line. With the widget key, what is the app's alone is left out."""

    id: Id | None = Field(
        description="Null for the widget key where somebody with this address stood in line before"
    )
    state: str = Field(examples=["waiting"])
    position: int | None = Field(description="From 1, while the state is `waiting`")
    owner_booking_id: Id | None
    resource_id: Id | None
    project_id: Id | None
    start: Time
    end: Time
    graph: str
    offered_until: Stamp | None = Field(description="When the offer runs out")
    reservation_id: Id | None = Field(description="The offer: book with it")
    booking_id: Id | None = Field(description="What was made of the offer")
    hold_time: int | None = Field(default=None, description="Seconds that an offer lasts")
    customer: ShownWaiting | None = None
    meta: Document | None = None
    take_url: str | None = Field(
        default=None,
        description="For the customer: a page that shows the place and takes the offer; null once "
        "the entry has ended",
    )
    logs: list[ShownTransition] | None = Field(default=None, description="With `include=logs`")
    created_at: Stamp
    updated_at: Stamp
