"""Mails as they go over the wire, read back by the standard library."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default

import pytest

from slotkeeper.notifications.letters import Letter
from slotkeeper.notifications.message import Envelope, Mailbox, compose

LETTER = Letter(
    subject="Bestätigt: Tee, 你好, " + "sehr " * 40 + "gut",
    html="<p>Grüße</p>" + "x" * 5000,
    text="Grüße\n",
)
ENVELOPE = Envelope(
    sender=Mailbox("Hill Valley", "mails@book.example"),
    to=[Mailbox("Marty McFly", "marty@example.com")],
    reply_to=Mailbox("Doc", "doc@example.com"),
    message_id="3f9d6a52",
    app_id="0b8b8a3e",
    date=datetime(2030, 5, 6, 8, tzinfo=UTC),
    language="pt_BR",
)
INVITATION = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nSUMMARY:T\xc3\xa9\r\nEND:VCALENDAR\r\n"
)


def received(message: EmailMessage) -> EmailMessage:
    """Return a mail as its reader gets it; no line is longer than servers take."""
    wire = message.as_bytes()
    assert all(len(line) <= 998 for line in wire.split(b"\r\n"))
    assert b"\n" not in wire.replace(b"\r\n", b"")
    read = message_from_bytes(wire, policy=default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    return read


def part(message: EmailMessage, kind: str) -> str:
    found = message.get_body((kind,))
    assert found is not None
    return str(found.get_content())


def test_a_mail_is_a_letter_in_two_forms() -> None:
    read = received(compose(LETTER, ENVELOPE))
    assert read.get_content_type() == "multipart/alternative"
    assert [each.get_content_type() for each in read.iter_parts()] == ["text/plain", "text/html"]
    assert part(read, "plain").replace("\r\n", "\n") == LETTER.text
    assert part(read, "html").rstrip() == LETTER.html
    assert read["Subject"] == LETTER.subject
    assert (read["From"], read["To"]) == (
        "Hill Valley <mails@book.example>",
        "Marty McFly <marty@example.com>",
    )
    assert read["Reply-To"] == "Doc <doc@example.com>"
    assert read["Message-ID"] == "<3f9d6a52@book.example>"
    assert read["Date"] == "Mon, 06 May 2030 08:00:00 +0000"
    assert (read["Auto-Submitted"], read["Content-Language"]) == ("auto-generated", "pt-BR")
    assert read["List-Unsubscribe"] is None
    assert read["X-Slotkeeper-App"] == "0b8b8a3e"
    assert compose(LETTER, ENVELOPE)["Message-ID"] == read["Message-ID"]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Zoë Müller",
        "李小龍",
        'O"Brien, Jr. <root@evil.example>',
        "Eve\r\nBcc: all@example.com",
        "x" * 900,
        "ü" * 500,
        "(comment) back\\slash; semi:colon@",
        "😀 \u202ereversed",
    ],
)
def test_any_name_can_get_and_send_mail(name: str) -> None:
    boxes = replace(
        ENVELOPE,
        sender=Mailbox(name, "mails@book.example"),
        to=[Mailbox(name, "marty@example.com"), Mailbox("Doc", "doc@example.com")],
    )
    read = received(compose(LETTER, boxes))
    assert [each.addr_spec for each in read["To"].addresses] == [
        "marty@example.com",
        "doc@example.com",
    ]
    assert [each.addr_spec for each in read["From"].addresses] == ["mails@book.example"]
    assert read["Bcc"] is None
    shown = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if shown.isascii():
        assert read["To"].addresses[0].display_name == shown
    else:  # the newer reader of the library takes folds between encoded words for blanks
        raw = message_from_bytes(compose(LETTER, boxes).as_bytes())["To"]
        assert str(make_header(decode_header(raw))).startswith(shown)


def test_an_address_beyond_ascii_makes_a_mail_for_servers_that_take_it() -> None:
    boxes = replace(ENVELOPE, to=[Mailbox("Zoë", "zoë@müller.example")])
    message = compose(LETTER, boxes)
    assert "zoë@müller.example".encode() in message.as_bytes()
    assert compose(LETTER, ENVELOPE).as_bytes().isascii()


def test_an_invitation_is_a_form_of_the_letter_and_a_file() -> None:
    read = received(compose(LETTER, ENVELOPE, invitation=INVITATION))
    assert read.get_content_type() == "multipart/mixed"
    forms, file = read.iter_parts()
    assert [each.get_content_type() for each in forms.iter_parts()] == [
        "text/plain",
        "text/html",
        "text/calendar",
    ]
    calendar = list(forms.iter_parts())[-1]
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_payload(decode=True) == INVITATION
    assert (file.get_content_type(), file.get_filename()) == ("application/ics", "invite.ics")
    assert file.get_payload(decode=True) == INVITATION


def test_a_reminder_says_how_it_is_stopped() -> None:
    boxes = replace(ENVELOPE, unsubscribe="https://book.example/stop?" + "x" * 300)
    sent = compose(LETTER, boxes)
    line = f"\r\nList-Unsubscribe: <{boxes.unsubscribe}>\r\n"
    assert line.encode() in sent.as_bytes(), "as it is, for readers that decode texts only"
    read = received(sent)
    assert read["List-Unsubscribe"] == f"<{boxes.unsubscribe}>"
    assert read["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
