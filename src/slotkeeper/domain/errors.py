"""The refusals of the domain: what others ask for and cannot have.

The text of a refusal is written for the person who reads the answer. Which status it
becomes is decided at the border, never here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar


class DomainError(Exception):
    """A request that is understood and refused; ``str(error)`` says why."""

    code: ClassVar[str] = "refused"


class AllRefused(DomainError):
    """Several things were asked for at once, and all of them are undone.

    ``errors`` maps the place of each that could not be had to the reasons.
    """

    code = "all_refused"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        assert errors, "something could not be had"
        self.errors = dict(errors)
        super().__init__(next(iter(self.errors.values()))[0])


class InvalidInput(DomainError):
    """Fields that hold something they must not.

    ``errors`` maps the dotted name of each field to its messages.

    >>> InvalidInput.field("length", "The length must be a duration.").errors
    {'length': ['The length must be a duration.']}
    """

    code = "invalid_input"

    def __init__(self, errors: Mapping[str, list[str]]) -> None:
        assert errors, "a refusal names at least one field"
        self.errors = dict(errors)
        super().__init__(next(iter(self.errors.values()))[0])

    @classmethod
    def field(cls, name: str, message: str) -> InvalidInput:
        """Refuse one field for one reason."""
        return cls({name: [message]})


class KeyReused(DomainError):
    """An Idempotency-Key comes again with another request than the first."""

    code = "idempotency_key_reused"

    def __init__(self) -> None:
        super().__init__("The Idempotency-Key was used for another request")


class LinkExpired(DomainError):
    """A link is genuine, but too old."""

    code = "link_expired"

    def __init__(self) -> None:
        super().__init__("This link has expired")


class LinkInvalid(DomainError):
    """A link is not one that the installation or the booking's app has signed."""

    code = "link_invalid"

    def __init__(self) -> None:
        super().__init__("This link is not valid")


class NotAllowed(DomainError):
    """Whoever asks is known and may not do this."""

    code = "not_allowed"


class NotFound(DomainError):
    """Nothing with that id is within reach of whoever asks; ``model`` is its kind."""

    code = "not_found"

    def __init__(self, model: str) -> None:
        self.model = model
        super().__init__("Resource does not exist")


class SlotTaken(DomainError):
    """Another booking or event holds part of the requested time."""

    code = "slot_taken"

    def __init__(self, message: str = "The requested timeslot is not available") -> None:
        super().__init__(message)


class LimitReached(SlotTaken):
    """A customer has as many bookings as the app allows one; no other time of that period helps."""

    code = "limit_reached"

    def __init__(self) -> None:
        super().__init__("The customer has reached the limit of bookings")


class TransitionRefused(DomainError):
    """The action is not possible in the state the booking is in."""

    code = "transition_refused"


class UnknownZone(DomainError):
    """The name is not one of the tz database."""

    code = "unknown_zone"
