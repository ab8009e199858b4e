"""Mails on their way to real mail servers, which are well, unwilling or unwell."""

import asyncio
import socket
import ssl
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import quote

import pytest

from slotkeeper.notifications import smtp
from slotkeeper.notifications.post import APP_HEADER, PostRefused
from slotkeeper.notifications.smtp import SmtpPost
from slotkeeper.notifications.smtp_address import SmtpAddress, Tls
from tests.notifications.mail_servers import PASSWORD, USER, MailServer, mail_server

LOGIN = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"


def mail(to: str = "doc@example.com", subject: str = "Clock tower") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Hill Valley <book@example.com>"
    message["To"] = to
    message["Subject"] = subject
    message[APP_HEADER] = "0c6a4d34-1ddd-4a9a-9f6e-1f6d8a2b7c11"
    message.set_content("Grüße um 22:04\n.\nEnde\n")
    return message


def post_to(server: MailServer, *, seconds_max: float = 10) -> SmtpPost:
    address = SmtpAddress.parse(f"smtp://127.0.0.1:{server.port}")
    return SmtpPost(address, seconds_max=seconds_max)


async def refusal(post: SmtpPost, message: EmailMessage | None = None) -> PostRefused:
    with pytest.raises(PostRefused) as caught:
        await post.send(message or mail())
    return caught.value


async def test_a_mail_arrives_whole_and_without_what_is_ours() -> None:
    message = mail()
    async with mail_server() as server, post_to(server) as post:
        await post.send(message)

    [taken] = server.mails
    assert (taken.mail_from, taken.rcpt_tos) == ("book@example.com", ["doc@example.com"])
    assert isinstance(taken.content, bytes)
    assert b"Subject: Clock tower\r\n" in taken.content
    assert taken.content.endswith("\r\n\r\nGrüße um 22:04\r\n.\r\nEnde\r\n".encode())
    assert APP_HEADER.encode() not in taken.content
    assert APP_HEADER in message, "the mail itself is left as it was"


async def test_several_mails_take_one_connection() -> None:
    async with mail_server() as server, post_to(server) as post:
        for number in range(5):
            await post.send(mail(subject=f"Mail {number}"))
        assert (len(server.mails), server.connections) == (5, 1)


async def test_a_connection_is_given_up_after_a_hundred_mails() -> None:
    async with mail_server() as server, post_to(server) as post:
        for _ in range(smtp.MAILS_PER_CONNECTION_MAX + 1):
            await post.send(mail())
        assert (len(server.mails), server.connections) == (101, 2)


async def test_many_at_once_take_few_connections() -> None:
    async with mail_server() as server, post_to(server) as post:
        await asyncio.gather(*(post.send(mail()) for _ in range(30)))
        assert len(server.mails) == 30
        assert server.connections == smtp.CONNECTIONS_MAX


async def test_a_server_that_vanished_meanwhile_is_asked_anew() -> None:
    async with mail_server() as server, post_to(server) as post:
        await post.send(mail())
        server.vanish()
        await asyncio.sleep(0.05)
        await post.send(mail())
        assert (len(server.mails), server.connections) == (2, 2)


# Refusals


@pytest.mark.parametrize(
    ("command", "answer", "is_permanent"),
    [
        ("RCPT", "550 no such user", True),
        ("RCPT", "450 mailbox is busy", False),
        ("RCPT", "530 log in first", False),
        ("DATA", "554 looks like spam", True),
        ("DATA", "452 no room", False),
        ("MAIL", "550 not your address", False),
        ("MAIL", "451 try later", False),
        ("MAIL", "552 too large", True),
    ],
)
async def test_what_is_refused_for_good_and_what_for_now(
    command: str, answer: str, is_permanent: bool
) -> None:
    answers = {command: lambda _: answer}
    async with mail_server(answers=answers) as server, post_to(server) as post:
        refused = await refusal(post)
        assert refused.permanent is is_permanent
        assert answer in refused.reason
        server.answers.clear()
        await post.send(mail())

    assert (len(server.mails), server.connections) == (1, 1), "the connection is still good"


async def test_a_refusal_names_the_recipient() -> None:
    answers = {"RCPT": lambda address: "550 no such user"}
    async with mail_server(answers=answers) as server, post_to(server) as post:
        assert (await refusal(post)).reason == "refused: doc@example.com: 550 no such user"


async def test_a_mail_that_some_recipients_got_is_not_tried_again() -> None:
    answers = {"RCPT": lambda address: "450 busy" if "marty" in address else None}
    async with mail_server(answers=answers) as server, post_to(server) as post:
        refused = await refusal(post, mail("doc@example.com, marty@example.com"))

    assert (refused.reason, refused.permanent) == ("not for all: marty@example.com: 450 busy", True)
    assert server.mails[0].rcpt_tos == ["doc@example.com"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_vanishes_in_the_middle(command: str) -> None:
    def vanish(_: str) -> str:
        server.vanish()
        return "250 OK"

    async with mail_server(answers={command: vanish}) as server, post_to(server) as post:
        refused = await refusal(post)
        assert (refused.reason, refused.permanent) == ("the mail server hung up", False)
        server.answers.clear()
        await post.send(mail())


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_server_that_hangs(command: str) -> None:
    async with (
        mail_server(hangs_at=command) as server,
        post_to(server, seconds_max=0.4) as post,
    ):
        refused = await refusal(post)
        assert refused.reason == "the mail server has not answered within 0.4 s"
        assert not refused.permanent
        server.hangs_at = None
        await post.send(mail())
        assert server.connections == 2, "what the first one would have heard is unknown"


async def test_a_server_that_never_greets() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = SmtpAddress.parse(f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        refused = await refusal(SmtpPost(address, seconds_max=0.3))

    assert refused.reason == "the mail server has not answered within 0.3 s"


async def test_no_server_at_all() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    refused = await refusal(SmtpPost(SmtpAddress.parse(f"smtp://127.0.0.1:{port}")))

    assert refused.reason.startswith(f"the mail server 127.0.0.1:{port} cannot be reached: ")
    assert not refused.permanent


async def test_a_recipient_cannot_begin_another_command() -> None:
    message = mail()
    message.replace_header("To", Address(username="doc> NOTIFY=NEVER <x", domain="example.com"))
    async with mail_server() as server, post_to(server) as post:
        await post.send(message)

    assert [each.rcpt_tos for each in server.mails] == [['"doc> NOTIFY=NEVER <x"@example.com']]


# TLS and logins


async def test_starttls_and_a_login(trusting: ssl.SSLContext, certified: ssl.SSLContext) -> None:
    async with mail_server(tls=certified, wants_login=True) as server:
        url = f"smtp://{LOGIN}@localhost:{server.port}?tls=starttls"
        async with SmtpPost(SmtpAddress.parse(url), tls=trusting) as post:
            await post.send(mail())
            await post.send(mail())

    assert (len(server.mails), server.logins) == (2, [USER])


async def test_tls_from_the_start_and_a_login(
    trusting: ssl.SSLContext, certified: ssl.SSLContext
) -> None:
    async with mail_server(tls=certified, implicit=True, wants_login=True) as server:
        url = f"smtps://{LOGIN}@localhost:{server.port}"
        async with SmtpPost(SmtpAddress.parse(url), tls=trusting) as post:
            await post.check()
            await post.send(mail())

    assert (len(server.mails), server.logins) == (1, [USER])


async def test_a_wrong_login_is_no_fault_of_the_mail(
    trusting: ssl.SSLContext, certified: ssl.SSLContext
) -> None:
    async with mail_server(tls=certified, wants_login=True) as server:
        url = f"smtp://marty:wrong@localhost:{server.port}?tls=starttls"
        refused = await refusal(SmtpPost(SmtpAddress.parse(url), tls=trusting))

    assert refused.reason.startswith("the mail server refuses the login: 535 ")
    assert not refused.permanent
    assert "wrong" not in refused.reason


async def test_no_password_goes_to_a_server_without_tls() -> None:
    async with mail_server(wants_login=True) as server:
        url = f"smtp://{LOGIN}@localhost:{server.port}?tls=starttls"
        refused = await refusal(SmtpPost(SmtpAddress.parse(url)))

    assert "STARTTLS" in refused.reason
    assert not refused.permanent
    assert server.logins == []


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
async def test_a_certificate_that_is_not_trusted(certified: ssl.SSLContext, scheme: str) -> None:
    async with mail_server(tls=certified, implicit=scheme == "smtps") as server:
        wanted = "?tls=starttls" if scheme == "smtp" else ""
        url = f"{scheme}://{LOGIN}@localhost:{server.port}{wanted}"
        refused = await refusal(SmtpPost(SmtpAddress.parse(url)))

    assert "certificate verify failed" in refused.reason
    assert not refused.permanent
    assert server.logins == []


# The address of a mail server


@pytest.mark.parametrize(
    ("url", "host", "port", "tls"),
    [
        ("smtp://mail.example.com", "mail.example.com", 587, Tls.STARTTLS),
        ("smtp://mail.example.com:25?tls=none", "mail.example.com", 25, Tls.NONE),
        ("smtp://mail.example.com/?tls=starttls", "mail.example.com", 587, Tls.STARTTLS),
        ("smtps://mail.example.com", "mail.example.com", 465, Tls.IMPLICIT),
        ("smtp://localhost", "localhost", 587, Tls.NONE),
        ("smtp://127.0.0.1:25", "127.0.0.1", 25, Tls.NONE),
        ("smtp://[::1]:25", "::1", 25, Tls.NONE),
        ("smtp://localhost?tls=starttls", "localhost", 587, Tls.STARTTLS),
        ("smtp://10.0.0.1:25", "10.0.0.1", 25, Tls.STARTTLS),
    ],
)
def test_ports_and_encryption_follow_from_the_address(
    url: str, host: str, port: int, tls: Tls
) -> None:
    found = SmtpAddress.parse(url)

    assert (found.host, found.port, found.tls) == (host, port, tls)
    assert (found.user, found.password) == (None, None)


def test_user_and_password_may_hold_any_character() -> None:
    found = SmtpAddress.parse(f"smtp://{LOGIN}@mail.example.com")

    assert (found.user, found.password) == (USER, PASSWORD)
    assert PASSWORD not in repr(found)


@pytest.mark.parametrize(
    "url",
    [
        *("", "mail.example.com", "http://mail.example.com", "smtp://", "smtp://:25"),
        *("smtp://a:b:c", "smtp://a:99999", "smtp://a:0", "smtp://a/path", "smtp://[::1"),
        *("smtp://secret@a", "smtp://secret:secret@a:secret", "smtp://a?tls=maybe"),
        *("smtp://a?starttls=false", "smtps://a?tls=none", "smtp://a?tls="),
    ],
)
def test_an_address_that_is_none_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - each says its own
        SmtpAddress.parse(url)
    assert "secret" not in str(refused.value)
