"""What requests about many bookings hold, and what their answers show."""

from dataclasses import replace
from uuid import UUID, uuid4

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer
from slotkeeper.api.schemas.booking_answers import ShownBooking
from slotkeeper.api.schemas.bookings import ActOnBooking, CreateBooking
from slotkeeper.api.schemas.fields import Body, Id, Text
from slotkeeper.api.times import Times
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.order import Order
from slotkeeper.services.bulk import ITEMS_MAX, Deed, OnRefusal


class _Bulk(Body):
    """What both calls have in common."""

    stop_on_first_error: bool = Field(
        default=False, description="Whether to leave those alone that come after a refused one"
    )

    def _on_refusal(self, *, undo_all: bool) -> OnRefusal:
        if undo_all:
            return OnRefusal.UNDO_ALL
        return OnRefusal.STOP if self.stop_on_first_error else OnRefusal.GO_ON


class CreateBookings(_Bulk):
    """Many bookings to make in one call."""

    bookings: list[CreateBooking] = Field(min_length=1, max_length=ITEMS_MAX)
    delete_all_on_error: bool = Field(
        default=False, description="Whether all are made or none: then the call answers 422"
    )
    relate_bookings: bool = Field(
        default=False, description="Whether an action on one is later carried out on all"
    )

    @property
    def on_refusal(self) -> OnRefusal:
        """Return what the refusal of one means for the others."""
        return self._on_refusal(undo_all=self.delete_all_on_error)

    def orders(self, times: Times) -> list[Order]:
        """Return what is ordered; refuse all times that cannot be read, by their place."""
        bulk_id = uuid4() if self.relate_bookings else None
        orders: list[Order] = []
        errors: dict[str, list[str]] = {}
        for number, each in enumerate(self.bookings):
            try:
                orders.append(replace(each.order(times), bulk_id=bulk_id))
            except InvalidInput as refusal:
                errors |= {f"bookings.{number}.{name}": v for name, v in refusal.errors.items()}
        if errors:
            raise InvalidInput(errors)
        return orders


class ActOnNamed(ActOnBooking):
    """An action on one of many bookings, with what goes with it."""

    id: Id
    action: Text = Field(examples=["cancel"])

    def deed(self) -> Deed:
        """Return what is to be done."""
        return self.deed_on(self.id, self.action)


class ActOnBookings(_Bulk):
    """Actions on many bookings, in one call."""

    bookings: list[ActOnNamed] = Field(min_length=1, max_length=ITEMS_MAX)
    reset_all_on_error: bool = Field(
        default=False, description="Whether all are carried out or none: then it answers 422"
    )

    @property
    def on_refusal(self) -> OnRefusal:
        """Return what the refusal of one means for the others."""
        return self._on_refusal(undo_all=self.reset_all_on_error)


class RefusedItem(Answer):
    """Why one of the bookings of the call is not to be had; the others do not suffer for it."""

    index: int = Field(description="Its place in the call, from 0")
    id: UUID | None = None
    error: str | None = Field(default=None, examples=["The requested timeslot is not available"])
    errors: dict[str, list[str]] | None = None


BulkItem = ShownBooking | RefusedItem
"""What became of one of the bookings."""


class Items(Answer):
    """What became of each booking of the call, in its order."""

    data: list[BulkItem]
