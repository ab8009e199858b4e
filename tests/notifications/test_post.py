"""Which way mails go, and from whom, as the settings say."""

import os
from pathlib import Path
from uuid import UUID

import pytest

from slotkeeper.bootstrap import make_post
from slotkeeper.notifications.folder import FolderPost
from slotkeeper.notifications.post import REASON_CHARACTERS_MAX, PostRefused
from slotkeeper.notifications.smtp import SmtpPost
from slotkeeper.settings import Settings
from tests.notifications.mail_servers import mail_server
from tests.notifications.test_folder import mail

APP = UUID("0c6a4d34-1ddd-4a9a-9f6e-1f6d8a2b7c11")


def settings(folder: Path, **given: str) -> Settings:
    return Settings(_env_file=None, data_dir=folder, **given)  # type: ignore[arg-type] # checked


async def test_without_a_mail_server_mails_go_into_the_data_folder(tmp_path: Path) -> None:
    post = make_post(settings(tmp_path))
    await post.send(mail("Clock tower"))
    await post.close()

    assert isinstance(post, FolderPost)
    assert len(os.listdir(tmp_path / "mails")) == 1


async def test_with_a_mail_server_they_go_there(tmp_path: Path) -> None:
    message = mail("Clock tower")
    message["From"] = "book@example.com"
    async with mail_server() as server:
        post = make_post(settings(tmp_path, smtp_url=f"smtp://localhost:{server.port}"))
        await post.send(message)
        await post.close()

    assert isinstance(post, SmtpPost)
    assert len(server.mails) == 1
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "sender"),
    [
        ({}, ("", "no-reply@localhost")),
        ({"public_url": "https://book.example.com:8443/x"}, ("", "no-reply@book.example.com")),
        ({"public_url": "http://127.0.0.1:8080"}, ("", "no-reply@localhost")),
        ({"public_url": "http://[2001:db8::1]:8080"}, ("", "no-reply@localhost")),
        ({"public_url": "http://localhost:8080"}, ("", "no-reply@localhost")),
        ({"mail_from": "doc@example.com"}, ("", "doc@example.com")),
        (
            {"mail_from": "Hill Valley <doc@x.org>", "public_url": "https://y.org"},
            ("Hill Valley", "doc@x.org"),
        ),
        ({"mail_from": '"Hill, Valley" <doc@x.org>'}, ("Hill, Valley", "doc@x.org")),
    ],
)
def test_whom_mails_come_from(
    tmp_path: Path, given: dict[str, str], sender: tuple[str, str]
) -> None:
    assert settings(tmp_path, **given).mail_sender == sender


def test_a_reason_is_one_line_that_can_be_stored() -> None:
    reason = PostRefused("550 no\r\n such\0 user" + "x" * 1000, permanent=True).reason

    assert reason.startswith("550 no such userxxx")
    assert len(reason) == REASON_CHARACTERS_MAX
