"""What a project's page cannot do without, and the addresses of projects."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.project import complete_ui, slug_of

# What the official widget reads when it has a project; without these it stops.
NEEDED = {
    "display_name",
    "avatar",
    "availability_view",
    "time_date_format",
    "show_credits",
    "show_timezone_helper",
    "localization",
}
TEXTS = {"submit_button", "allocated_resource_prefix", "success_message"}


def texts(ui: dict[str, object]) -> dict[str, object]:
    localization = ui["localization"]
    assert isinstance(localization, dict)
    return localization


def test_an_empty_ui_gets_everything_that_the_widget_needs() -> None:
    ui = complete_ui({})

    assert ui.keys() == NEEDED
    assert texts(ui).keys() == TEXTS
    assert "%s" in str(texts(ui)["success_message"])


def test_what_was_given_counts_and_unknown_keys_stay() -> None:
    ui = complete_ui({"show_credits": False, "localization": {"submit_button": "Go"}, "mine": [1]})

    assert ui["show_credits"] is False
    assert ui["mine"] == [1]
    assert texts(ui) == {
        "submit_button": "Go",
        "allocated_resource_prefix": "with",
        "success_message": "We have received your booking and sent a confirmation to %s",
    }


@pytest.mark.parametrize("nothing", [None, ""])
def test_nulls_and_empty_texts_count_as_not_given(nothing: object) -> None:
    ui = complete_ui({"timezone": nothing, "time_date_format": nothing, "localization": nothing})

    assert "timezone" not in ui
    assert ui["time_date_format"] == "12h-mdy-sun"
    assert texts(ui).keys() == TEXTS


def test_a_null_among_the_texts_does_not_hide_the_usual_one() -> None:
    ui = complete_ui({"localization": {"success_message": None, "submit_button": ""}})

    assert texts(ui)["success_message"] == texts(complete_ui({}))["success_message"]
    assert texts(ui)["submit_button"] == "Book it"


@pytest.mark.parametrize("odd", [[], "text", 7, True])
def test_texts_that_are_no_object_are_replaced(odd: object) -> None:
    assert texts(complete_ui({"localization": odd})).keys() == TEXTS


def test_what_was_given_is_not_changed() -> None:
    given = {"localization": {"submit_button": "Go"}, "avatar": None}

    complete_ui(given)

    assert given == {"localization": {"submit_button": "Go"}, "avatar": None}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Consultation", "consultation"),
        ("  Two   words  ", "two-words"),
        ("Doc's Café", "docs-cafe"),
        ("Ærø — Øl & Å", "aero-ol-a"),
        ("100% free!", "100-free"),
        ("診察", ""),
        ("---", ""),
        ("", ""),
        ("ﬁne №1", "fine-no1"),
        ("x" * 80, "x" * 60),
        ("../../etc/passwd", "etc-passwd"),
    ],
)
def test_a_slug_is_the_name_in_the_letters_of_an_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@given(st.text(max_size=200))
def test_every_name_makes_a_slug_that_is_fit_for_an_address(name: str) -> None:
    assert re.fullmatch(r"|[a-z0-9]([a-z0-9-]{0,59})?", slug_of(name))


@given(st.text(max_size=200))
def test_the_slug_of_a_slug_is_itself(name: str) -> None:
    assert slug_of(slug_of(name)) == slug_of(name)
