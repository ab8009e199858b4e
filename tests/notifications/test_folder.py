"""Mails in a folder, while no mail server is set."""

import asyncio
import os
import re
import stat
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from uuid import UUID

import pytest

from slotkeeper.notifications.folder import FolderPost, MailFolder
from slotkeeper.notifications.post import APP_HEADER, PostRefused

APP = UUID("0c6a4d34-1ddd-4a9a-9f6e-1f6d8a2b7c11")
OTHER = UUID("b1a7f0ce-8f50-4d0c-9a3e-5a4f6a0f7d22")


def mail(subject: str, app: object = APP) -> EmailMessage:
    message = EmailMessage()
    message["To"] = "doc@example.com"
    message["Subject"] = subject
    message[APP_HEADER] = str(app)
    message.set_content("Grüße")
    return message


def subjects(folder: Path, app: UUID = APP) -> list[str]:
    mails = MailFolder(folder)
    found = [mails.find(app, name) for name in mails.names_of(app)]
    return [message_from_bytes(each or b"", policy=SMTP)["Subject"] for each in found]


async def test_each_mail_is_a_file_for_its_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "mails"
    post = FolderPost(folder)
    await post.send(mail("Clock tower"))

    [file] = folder.iterdir()
    assert re.fullmatch(rf"20\d{{6}}T\d{{6}}\.\d{{9}}Z-{APP}-[0-9a-f]{{8}}\.eml", file.name)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    content = file.read_bytes()
    assert b"Subject: Clock tower\r\n" in content
    assert f"{APP_HEADER}: {APP}\r\n".encode() in content
    assert message_from_bytes(content, policy=SMTP).get_content() == "Grüße\r\n"


async def test_an_app_sees_its_own_mails_newest_first(tmp_path: Path) -> None:
    post = FolderPost(tmp_path)
    for number in range(3):
        await post.send(mail(f"Mail {number}"))
    await post.send(mail("of another", OTHER))

    assert subjects(tmp_path) == ["Mail 2", "Mail 1", "Mail 0"]
    assert subjects(tmp_path, OTHER) == ["of another"]
    [foreign] = MailFolder(tmp_path).names_of(OTHER)
    assert MailFolder(tmp_path).find(APP, foreign) is None


@pytest.mark.parametrize("app", ["../../etc/cron.d/x", "", f"{APP}/x", "a" * 300])
async def test_the_app_of_a_mail_is_no_way_out_of_the_folder(tmp_path: Path, app: str) -> None:
    folder = tmp_path / "mails"
    post = FolderPost(folder)
    await post.send(mail("Clock tower", app))

    assert os.listdir(tmp_path) == ["mails"]
    assert [file[26:31] for file in os.listdir(folder)] == ["-none"]


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    secret = tmp_path / "secret.eml"
    secret.write_text("Subject: secret\n\n")
    folder = MailFolder(tmp_path / "mails")

    for name in ("../secret", f"{secret}"[:-4], "", f"x-{APP}-x", "20300506T080000.000000000Z"):
        assert folder.find(APP, name) is None, name


async def test_an_empty_folder_and_one_that_is_not_there(tmp_path: Path) -> None:
    assert list(MailFolder(tmp_path).names_of(APP)) == []
    assert list(MailFolder(tmp_path / "none").names_of(APP)) == []


async def test_the_oldest_go_beyond_the_limit(tmp_path: Path) -> None:
    post = FolderPost(tmp_path, files_max=250)
    for number in range(251):
        await post.send(mail(f"Mail {number}"))
        assert len(os.listdir(tmp_path)) <= 250
    left = subjects(tmp_path)

    assert (len(left), left[0], left[-1]) == (151, "Mail 250", "Mail 100")


async def test_what_else_lies_in_the_folder_stays(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").touch()
    post = FolderPost(tmp_path, files_max=3)
    for number in range(10):
        await post.send(mail(f"Mail {number}"))

    assert (tmp_path / "notes.txt").exists()
    assert len(os.listdir(tmp_path)) <= 4


async def test_several_processes_may_share_a_folder(tmp_path: Path) -> None:
    posts = [FolderPost(tmp_path, files_max=20) for _ in range(4)]
    await asyncio.gather(*(post.send(mail("x")) for post in posts for _ in range(25)))

    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]
    assert len(subjects(tmp_path)) <= 20 + 3 * 20


async def test_a_folder_that_cannot_be_is_refused_for_now(tmp_path: Path) -> None:
    (tmp_path / "mails").touch()
    post = FolderPost(tmp_path / "mails")
    with pytest.raises(PostRefused, match="cannot be written") as refused:
        await post.send(mail("Clock tower"))

    assert not refused.value.permanent


async def test_nothing_is_left_of_a_mail_that_cannot_be_written_whole(tmp_path: Path) -> None:
    """A device that is full takes a file, and none of what is in it."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    large = mail("Clock tower")
    large.set_content("Grüße " * 100_000)
    post = FolderPost(tmp_path)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(PostRefused, match="File too large"):
            await post.send(large)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert os.listdir(tmp_path) == []
    await post.send(mail("Clock tower"))
    assert subjects(tmp_path) == ["Clock tower"]
