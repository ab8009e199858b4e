"""Mails before they are written out: with what, to whom, and what they tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from slotkeeper.domain.app import App
from slotkeeper.services.vault import Vault


class Person(NamedTuple):
    """Somebody who gets mail: a name, which may be empty, and an address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """With what mails are written.

    ``site`` is the public address of the installation, without a slash behind. ``sender`` is
    from whom mails come, but that an app has a name of its own.
    """

    vault: Vault
    site: str
    sender: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Whom a mail is for, and what the names in its template stand for.

    ``language`` is a tag. ``subject`` is said instead of the template's, None leaves that.
    ``unsubscribe`` is where the reader asks for no more of such mails. ``invitation`` is a
    calendar entry.
    """

    app: App
    slug: str
    to: Sequence[Person]
    language: str
    facts: Mapping[str, object]
    reply_to: Person | None = None
    subject: str | None = None
    unsubscribe: str | None = None
    invitation: bytes | None = field(default=None, repr=False)
