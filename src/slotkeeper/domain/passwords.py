"""Passwords of people, and the links with which they choose one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

LENGTH_MIN = 8
"""The shortest password that a person may choose. What an app sets for one may be shorter."""

LENGTH_MAX = 1000
"""The longest password, in characters; a hash takes its time over every one of them."""

RESETS_AN_HOUR_MAX = 5
"""How many links for a forgotten password one person can have made within an hour."""


class Purpose(StrEnum):
    """Why somebody gets a link: they forgot their password, or somebody invited them."""

    RESET = "reset"
    INVITATION = "invitation"


LIFETIME: Mapping[Purpose, timedelta] = {
    Purpose.RESET: timedelta(hours=1),
    Purpose.INVITATION: timedelta(days=7),
}
"""How long a link can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordLink:
    """A link that lets whoever has it choose the password of one resource, once.

    It can be used before ``expires_at``.
    """

    id: UUID
    app_id: UUID
    resource_id: UUID
    purpose: Purpose
    expires_at: datetime


def find_fault(password: str) -> str | None:
    """Return what is wrong with a password that a person chose, or None.

    Length is all that counts; rules about kinds of characters make passwords worse.

    >>> find_fault("outatime")
    >>> find_fault("88mph")
    'Please choose a password of at least 8 characters.'
    """
    if len(password) < LENGTH_MIN:
        return f"Please choose a password of at least {LENGTH_MIN} characters."
    if len(password) > LENGTH_MAX:
        return f"Please choose a password of at most {LENGTH_MAX} characters."
    return None
