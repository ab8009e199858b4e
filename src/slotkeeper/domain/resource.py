"""Resources: the people, rooms and things whose time can be taken."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A person, room or thing. ``timezone`` is the name of a zone of the tz database.

    ``availability_constraints`` are kept exactly as they were sent. ``email_verified_at`` is
    when the owner of the address proved to be its owner. A resource with a ``deleted_at`` is a
    former one: of it there is left what its bookings show.
    """

    id: UUID
    name: str
    first_name: str
    last_name: str | None
    email: str | None
    email_verified_at: datetime | None
    timezone: str
    image: str | None
    meta: Mapping[str, object]
    availability_constraints: Sequence[Mapping[str, object]]
    enabled_email_notification: bool
    conference_enabled: bool
    conference_type: str | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None


def full_name(first_name: str | None, last_name: str | None) -> str:
    """Return the display name made of two parts, as the older user routes do.

    The space stays when there is no last name; clients of that time compare it so.

    >>> full_name("Marty", "McFly"), full_name("test", None)
    ('Marty McFly', 'test ')
    """
    return f"{first_name or ''} {last_name or ''}"
