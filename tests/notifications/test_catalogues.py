"""Every sentence of every mail is there in every language, with the same names in it."""

import re
from importlib.resources import files

import pytest
from babel.messages.pofile import read_po

from slotkeeper.domain.wordings import WORDINGS, reasons, unsubscribe, wordings
from slotkeeper.notifications.languages import LANGUAGES, first_known, language_of, say_in

OTHERS = [each for each in LANGUAGES if each != "en"]


def sentences() -> list[str]:
    said: list[str] = []

    def say(sentence: str) -> str:
        said.append(sentence)
        return sentence

    wordings(say), reasons(say), unsubscribe(say)
    return list(dict.fromkeys(said))


def names_in(text: str) -> list[str]:
    return sorted(re.findall(r"{{(.*?)}}", text))


def catalogue(language: str) -> dict[str, str]:
    path = files("slotkeeper.notifications").joinpath("locale", language, "LC_MESSAGES", "mails.po")
    with path.open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, abort_invalid=True)}


@pytest.mark.parametrize("language", OTHERS)
def test_a_catalogue_holds_every_sentence_and_no_other(language: str) -> None:
    there = catalogue(language)
    del there[""]
    assert set(there) == set(sentences())
    for english, translated in there.items():
        assert translated.strip() == translated != ""
        assert names_in(translated) == names_in(english), english
        assert not re.search(r"[<>&]|{%", translated), english


@pytest.mark.parametrize("language", OTHERS)
def test_a_language_is_not_english(language: str) -> None:
    say = say_in(language)
    same = {each for each in sentences() if say(each) == each}
    assert same <= {"E-mail"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_the_same_form(language: str) -> None:
    tags = re.compile(r"<[^>]+>|{%.*?%}|{{.*?}}")
    for slug, wording in wordings(say_in(language)).items():
        assert sorted(tags.findall(wording.body)) == sorted(tags.findall(WORDINGS[slug].body))


@pytest.mark.parametrize(
    ("tags", "first"),
    [
        (["de-AT", "fr"], "de-AT"),
        (["", None, 7, "pt_BR"], "pt_BR"),
        (["zh-Hans", "ES"], "ES"),
        (["tlh"], "en"),
        (["de-\r\nBcc: all@example.com", "de AT", "fr"], "fr"),
        ([], "en"),
    ],
)
def test_the_first_language_that_is_known_counts(tags: list[object], first: str) -> None:
    assert first_known(tags) == first
    assert language_of(first) in LANGUAGES
