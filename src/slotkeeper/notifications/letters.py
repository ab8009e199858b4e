"""Letters: what a mail says, made of a template and of what it is about."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from markupsafe import Markup

from slotkeeper.domain.template import Template, Wording
from slotkeeper.domain.wordings import reasons, unsubscribe, wordings
from slotkeeper.notifications.languages import language_of, say_in
from slotkeeper.notifications.plain import plain_text
from slotkeeper.notifications.sandbox import fill_html, fill_line
from slotkeeper.notifications.styles import styled

SUBJECT_CHARACTERS_MAX = 250
"""The longest subject; names in it may be long."""

_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a mail says: ``subject`` is one line, ``html`` a whole page, ``text`` the same."""

    subject: str
    html: str
    text: str


def render(template: Template, facts: Mapping[str, object], language: str) -> Letter:
    """Return the letter that a template becomes, in a language given as a tag.

    ``facts`` holds what the names in it stand for; of ``app.name`` and ``links.unsubscribe``
    the foot of the letter tells too. What an app wrote itself is taken as it is in every
    language; what it did not change is said in the language, English if that is not known.
    Raises Unusable where the app's words cannot be filled in.
    """
    known = language_of(language) or "en"
    wording = words_in(known)[template.slug]
    own = template.wording
    subject = wording.subject if template.subject == own.subject else template.subject
    body = wording.body if template.body == own.body else template.body
    title = fill_line(subject, facts)[:SUBJECT_CHARACTERS_MAX]
    page = fill_html(
        _layout(),
        {
            "language": known,
            "title": title,
            "name": _found(facts, "app", "name"),
            "body": Markup(styled(fill_html(body, facts))),  # escaped where it was filled in
            "reason": Markup(fill_html(_reason(template.slug, known), facts)),
            "unsubscribe": _web(_found(facts, "links", "unsubscribe")),
            "unsubscribe_text": unsubscribe(say_in(known)),
        },
    )
    return Letter(subject=title, html=page, text=plain_text(page))


@cache
def words_in(language: str) -> Mapping[str, Wording]:
    """Return what every app's mails say in a language, by slug."""
    return wordings(say_in(language))


def _reason(slug: str, language: str) -> str:
    found = reasons(say_in(language))
    return next(text for end, text in found.items() if slug.endswith(end))


def _found(facts: Mapping[str, object], group: str, name: str) -> str:
    """Return one of the facts as text, empty where it is not there."""
    there = facts.get(group)
    value = there.get(name) if isinstance(there, Mapping) else None
    return str(value) if value is not None else ""


def _web(address: str) -> str:
    return address if _ADDRESS.match(address) else ""


@cache
def _layout() -> str:
    path = files("slotkeeper.notifications").joinpath("templates", "layout.html")
    return path.read_text(encoding="utf-8")
