"""Letters: their words, in every language, as HTML and as text."""

import re
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from slotkeeper.domain.template import template
from slotkeeper.domain.wordings import WORDINGS
from slotkeeper.notifications.languages import LANGUAGES
from slotkeeper.notifications.letters import Letter, render
from slotkeeper.notifications.moments import Reader
from slotkeeper.notifications.plain import plain_text
from slotkeeper.notifications.styles import styled

NINE = datetime(2030, 5, 7, 9, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
FACTS: dict[str, Any] = {
    "app": {"name": "Hill Valley"},
    "event": {
        "what": "Tea & <cake>",
        "when": "Tuesday\n(UTC)",
        "where": "",
        "description": "Comment: late",
    },
    "customer": {"name": "Marty McFly", "email": "marty@example.com", "phone": ""},
    "resource": {"name": "Doc Brown"},
    "message": "Sorry,\nMarty",
    "offer": {"until": "noon"},
    "webhook": {"url": "https://hill.example/hook", "since": "Monday", "error": "500"},
    "links": {
        **{name: f"https://x.example/{name}?a=1&b=2" for name in ("confirm", "decline", "cancel")},
        **{name: f"https://x.example/{name}" for name in ("reschedule", "take", "password")},
        **{name: f"https://x.example/{name}?a=1&b=2" for name in ("google", "outlook", "ics")},
        "lifetime": "1 hour",
    },
}
VOID = {"meta", "br", "img", "hr", "link"}


class Nesting(HTMLParser):
    """Fails where tags do not close in the order in which they were opened."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def ascii_dashes(text: str) -> str:
    """Return a text whose signs no reader of this file mistakes for others."""
    return text.replace("\N{EN DASH}", "to").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def letter(slug: str, language: str = "en", **facts: Any) -> Letter:
    return render(template(slug, WORDINGS[slug], None), {**FACTS, **facts}, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", WORDINGS)
def test_every_letter_is_whole_in_every_language(slug: str, language: str) -> None:
    made = letter(slug, language)
    assert f'<html lang="{language}"' in made.html
    nesting = Nesting()
    nesting.feed(made.html)
    assert nesting.open == []
    for text in (made.subject, made.html, made.text):
        assert "{{" not in text
        assert "{%" not in text
    assert made.subject.isprintable()
    assert "Hill Valley" in made.text
    if slug.endswith("_owner"):
        assert "Doc Brown" in made.text
        assert "marty@example.com" in made.text
    if slug.endswith("_customer"):
        assert "Marty McFly" in made.text
    assert "<" not in made.text.replace("<cake>", "")
    assert not re.search(r"\n\n\n| \n|\A\s", made.text)


def test_what_people_wrote_is_text_and_its_lines_stay() -> None:
    made = letter("booking_declined_customer")
    assert "Tea &amp; &lt;cake&gt;" in made.html
    assert "Sorry,<br>\nMarty" in made.html
    assert "Sorry,\nMarty\n" in made.text
    assert "What: Tea & <cake>\n" in made.text
    assert made.subject == "Declined: Tea & <cake>"


def test_what_is_empty_has_no_row_and_what_cannot_be_done_no_button() -> None:
    links = {"confirm": "https://x.example/confirm"}
    made = letter("booking_request_owner", links=links, message=None)
    assert "Where" not in made.text
    assert "Telephone" not in made.text
    assert "Confirm: https://x.example/confirm\n" in made.text
    assert "Decline" not in made.text
    assert "blockquote" not in made.html.partition("</head>")[2]


def test_links_are_whole_in_both_forms() -> None:
    made = letter("booking_request_owner")
    assert 'href="https://x.example/confirm?a=1&amp;b=2"' in made.html
    assert "Confirm: https://x.example/confirm?a=1&b=2\n" in made.text


ADD = ("Google", "Outlook", "Apple and others (.ics)")


@pytest.mark.parametrize("slug", WORDINGS)
def test_only_what_customers_look_forward_to_can_be_put_into_a_calendar(slug: str) -> None:
    made = letter(slug)
    is_ahead = slug.removesuffix("_customer") in {
        "booking_confirmed",
        "booking_rescheduled",
        "reminder",
    }
    for name, label in zip(("google", "outlook", "ics"), ADD, strict=True):
        address = f"https://x.example/{name}?a=1&b=2"
        assert (f"\n{label}: {address}\n" in made.text) is is_ahead
        assert (f'href="{escape(address)}"' in made.html) is is_ahead
    assert ("\n\nAdd to calendar:\nGoogle: " in made.text) is is_ahead


def test_what_cannot_be_put_into_a_calendar_has_no_row_for_it() -> None:
    made = letter("reminder_customer", links={"cancel": "https://x.example/cancel", "ics": ""})
    assert "Cancel the booking" in made.text
    assert "calendar" not in made.text
    assert 'class="small"' not in made.html


def test_what_an_app_wrote_is_the_same_in_every_language_and_the_rest_is_translated() -> None:
    plain = template("reminder_customer", WORDINGS["reminder_customer"], None)
    own = replace(plain, body='<p class="x">See you, {{customer.name}}</p>')
    made = render(own, FACTS, "de-AT")
    assert made.subject == "Erinnerung: Tea & <cake>"
    assert "See you, Marty McFly" in made.text
    assert "weil Sie bei Hill Valley gebucht haben" in made.text
    assert '<p class="x" style="margin' in made.html


def test_a_reminder_can_be_stopped_from_its_foot() -> None:
    links = {"unsubscribe": "https://x.example/stop?a=1&b=2"}
    made = letter("reminder_customer", "fr", links=links)
    assert 'href="https://x.example/stop?a=1&amp;b=2"' in made.html
    assert "Ne plus recevoir de rappels: https://x.example/stop?a=1&b=2" in made.text
    odd = letter("reminder_customer", links={"unsubscribe": "javascript:alert(1)"})
    assert "javascript:" not in odd.html


def test_a_subject_has_an_end() -> None:
    assert len(letter("reminder_customer", event={"what": "x" * 9000}).subject) == 250


def test_a_language_that_nobody_speaks_is_english() -> None:
    assert letter("reminder_customer", "tlh").subject == "Reminder: Tea & <cake>"


@pytest.mark.parametrize(
    ("tag", "text"),
    [
        (
            "en",
            "Tuesday, May 7, 2030, 11:00\u202fAM to 12:00\u202fPM\n(Central European Summer Time)",
        ),
        ("en-GB", "Tuesday, 7 May 2030, 11:00 to 12:00\n(Central European Summer Time)"),
        ("de", "Dienstag, 7. Mai 2030, 11:00 to 12:00\n(Mitteleuropäische Sommerzeit)"),
        ("de_AT", "Dienstag, 7. Mai 2030, 11:00 to 12:00\n(Mitteleuropäische Sommerzeit)"),
        ("fr", "mardi 7 mai 2030, 11:00 to 12:00\n(heure d'été d'Europe centrale)"),
        ("es", "martes, 7 de mayo de 2030, 11:00 to 12:00\n(hora de verano de Europa central)"),
        (
            "pt-BR",
            "terça-feira, 7 de maio de 2030, 11:00 to 12:00\n(Horário de Verão da Europa Central)",
        ),
        ("da", "tirsdag den 7. maj 2030, 11.00 to 12.00\n(Centraleuropæisk sommertid)"),
        (
            "de-XX-odd",
            "Dienstag, 7. Mai 2030, 11:00 to 12:00\n(Mitteleuropäische Sommerzeit)",
        ),
    ],
)
def test_times_are_written_as_in_the_language(tag: str, text: str) -> None:
    reader = Reader(tag=tag, zone=BERLIN)
    assert ascii_dashes(reader.span(NINE, NINE + timedelta(hours=1))) == text


def test_english_without_a_region_has_the_clock_of_the_page() -> None:
    reader = Reader(tag="en", zone=BERLIN, prefers_24_hours=True)
    assert reader.moment(NINE) == "Tuesday, 7 May 2030, 11:00"
    assert replace(reader, tag="en-US").moment(NINE).endswith("11:00\u202fAM")


def test_an_end_on_another_day_has_its_day() -> None:
    reader = Reader(tag="de", zone=BERLIN)
    night = ascii_dashes(reader.span(NINE + timedelta(hours=12), NINE + timedelta(days=1)))
    assert night.startswith("Dienstag, 7. Mai 2030, 23:00 to Mittwoch, 8. Mai 2030, 11:00\n")


def test_an_hour_that_comes_twice_says_which_it_is() -> None:
    reader = Reader(tag="de", zone=BERLIN)
    change = datetime(2030, 10, 27, 0, 30, tzinfo=UTC)
    first, second, later = (reader.moment(change + timedelta(hours=n)) for n in range(3))
    assert (first[-10:], second[-9:]) == ("02:30 CEST", "02:30 CET")
    assert later.endswith("03:30")
    gap = datetime(2030, 3, 31, 1, 30, tzinfo=UTC)
    assert reader.moment(gap).endswith("03:30")


def test_letters_of_php_say_how_times_are_written() -> None:
    reader = Reader(tag="fr", zone=BERLIN, php_format="Y-m-d h:ia (P e)")
    assert reader.moment(NINE) == "2030-05-07 11:00am (+02:00 Europe/Berlin)"
    assert ascii_dashes(reader.span(NINE, NINE + timedelta(hours=1))) == (
        "2030-05-07 11:00am (+02:00 Europe/Berlin) to 2030-05-07 12:00pm (+02:00 Europe/Berlin)"
    )


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<br><br>c", "a\nb\n\nc\n"),
        ("<p>a  b\n c</p><p>d</p>", "a b c\n\nd\n"),
        ("<ul><li>a</li><li>b <b>c</b></li></ul>", "- a\n- b c\n"),
        ('<a href="mailto:doc@x.example">doc@x.example</a>', "doc@x.example\n"),
        ('<a href="https://x.example">x</a>', "x: https://x.example\n"),
        ("<style>p { color: red }</style><script>alert(1)</script>a", "a\n"),
        ("a&nbsp;&amp;&lt;b&gt;", "a &<b>\n"),
        ("<b>bold</b>ly, <i>now</i> !", "boldly, now !\n"),
        ('<img src="x" alt="A map"> here', "A map here\n"),
        ("<table><tr><th>a</th><td>b</td><td>c</td></tr></table>", "a: b c\n"),
        ("<p>never closed <td>odd</p></div>", "never closed odd\n"),
        ("", "\n"),
    ],
)
def test_html_as_text(html: str, text: str) -> None:
    assert plain_text(html) == text


@pytest.mark.parametrize(
    "piece",
    [
        "<!--",
        "<![a",
        "<a ",
        "<p '",
        "<p x='",
        "</",
        "<!",
        "&",
        "&#",
        "<a href='x'>",
        "<script>",
        "<p>",
    ],
)
def test_odd_html_takes_no_longer_than_any_other(piece: str) -> None:
    text = piece * (200_000 // len(piece))
    begun = time.monotonic()
    plain_text(text)
    styled(text)
    assert time.monotonic() - begun < 5  # it would be minutes
