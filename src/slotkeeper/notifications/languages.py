"""The languages of mails, and what each sentence is in them."""

import re
from collections.abc import Callable, Iterable
from functools import cache
from importlib.resources import files

LANGUAGES = ("en", "de", "fr", "es", "pt", "da")
"""The languages that mails are written in; English is what sentences are written in here."""

Say = Callable[[str], str]

# What people send as their language stands in the head of a mail later.
_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_][a-zA-Z0-9]{1,8}){0,4}")


def language_of(tag: object) -> str | None:
    """Return which of the languages a tag means, None for any other.

    The region does not matter, nor do case and the sign in between.

    >>> language_of("de-AT"), language_of("pt_BR"), language_of("zh"), language_of(None)
    ('de', 'pt', None, None)
    """
    found = _TAG.fullmatch(tag.strip()) if isinstance(tag, str) else None
    name = found[1].casefold() if found else None
    return name if name in LANGUAGES else None


def first_known(tags: Iterable[object]) -> str:
    """Return the first tag that means a language of ours, as it was given; else ``en``.

    >>> first_known([None, "tlh", " de-AT", "fr"])
    'de-AT'
    """
    return next((str(tag).strip() for tag in tags if language_of(tag)), "en")


def say_in(language: str) -> Say:
    """Return what says an English sentence in one of the languages."""
    if language == "en":
        return _as_it_is
    catalogue = _catalogue(language)
    return lambda sentence: catalogue.get(sentence, sentence)


@cache
def _catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language by the English ones, read once."""
    from babel.messages.pofile import read_po  # noqa: PLC0415 - heavy, and not needed to serve

    path = files("slotkeeper.notifications").joinpath("locale", language, "LC_MESSAGES", "mails.po")
    with path.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file) if each.id and each.string}


def _as_it_is(sentence: str) -> str:
    return sentence
