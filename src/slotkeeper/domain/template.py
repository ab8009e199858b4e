"""Templates of mails: what an app says to its customers and owners, and when."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What a mail says unless an app changes it; ``body`` is HTML.

    ``{{customer.name}}`` and its like stand for what is known when the mail is made: values
    are escaped, and a name that means nothing becomes empty.
    """

    name: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What an app changed of a template; None where it left what every app has."""

    slug: str
    subject: str | None
    body: str | None
    enabled: bool
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as one app has it. ``updated_at`` is None where the app changed nothing."""

    slug: str
    wording: Wording
    subject: str
    body: str
    enabled: bool
    updated_at: datetime | None


def template(slug: str, wording: Wording, changed: Changes | None) -> Template:
    """Return the template of an app: what it changed over what every app has."""
    if changed is None:
        return Template(
            slug=slug,
            wording=wording,
            subject=wording.subject,
            body=wording.body,
            enabled=True,
            updated_at=None,
        )
    return Template(
        slug=slug,
        wording=wording,
        subject=wording.subject if changed.subject is None else changed.subject,
        body=wording.body if changed.body is None else changed.body,
        enabled=changed.enabled,
        updated_at=changed.updated_at,
    )
