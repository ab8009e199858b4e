"""The page that shows the mails of an app while no mail server is set."""

from collections.abc import AsyncIterator
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

import httpx
import pytest

from slotkeeper.bootstrap import create_app, dressed, make_parts
from slotkeeper.edge.parts import Parts
from slotkeeper.notifications.folder import FolderPost, MailFolder
from slotkeeper.notifications.post import APP_HEADER
from slotkeeper.web.mails import PAGE_MAILS
from tests.support.client import Tenant, basic
from tests.web.pages import Page

HTML = """<!doctype html><html><head><title>x</title></head><body>
<h1>Booked</h1><p>See <a href="https://book.example.com/x">your booking</a>.</p>
<script>document.title = 'taken over'</script></body></html>"""
INVITATION = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"


def mail(app_id: UUID, subject: str = "Your booking") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Hill Valley <book@example.com>"
    message["To"] = "Marty <marty@example.com>"
    message["Subject"] = subject
    message["List-Unsubscribe"] = "<https://book.example.com/unsubscribe>"
    message[APP_HEADER] = str(app_id)
    message.set_content("Grüße <Marty>,\n\nyou are booked.\n")
    message.add_alternative(HTML, subtype="html")
    message.add_alternative(INVITATION.decode(), subtype="calendar", params={"method": "REQUEST"})
    message.add_attachment(
        INVITATION, maintype="application", subtype="ics", filename="Termin ä.ics"
    )
    return message


@pytest.fixture
def folder(parts: Parts) -> Path:
    return parts.settings.mail_folder


@pytest.fixture
async def browser(http: httpx.AsyncClient, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """A browser into which somebody has written the app key."""
    http.headers["Accept"] = "text/html"
    http.headers["Authorization"] = basic(str(tenant.api.key))
    yield http
    del http.headers["Authorization"]
    http.headers["Accept"] = "*/*"


async def kept(folder: Path, *messages: EmailMessage) -> None:
    post = FolderPost(folder)
    for message in messages:
        await post.send(message)


async def the_mail(folder: Path, tenant: Tenant) -> str:
    """Keep one mail of the app and return the address of its page."""
    await kept(folder, mail(tenant.app_id))
    [name] = MailFolder(folder).names_of(tenant.app_id)
    return f"/admin/mails/{name}"


async def test_mails_are_listed_newest_first(
    browser: httpx.AsyncClient, tenant: Tenant, other_tenant: Tenant, folder: Path
) -> None:
    await kept(
        folder,
        mail(tenant.app_id, "The first"),
        mail(other_tenant.app_id, "Of somebody else"),
        mail(tenant.app_id, "The <second>"),
    )
    page = Page(await browser.get("/admin/mails"))

    assert page.status == 200
    links = [each for each in page.all("a") if each.get("class") == "letter"]
    assert [" ".join(each.text.split()[:2]) for each in links] == ["The <second>", "The first"]
    assert "to Marty <marty@example.com>" in page.text
    assert "Of somebody else" not in page.text


async def test_no_mails_yet(browser: httpx.AsyncClient) -> None:
    assert "There are no mails yet" in Page(await browser.get("/admin/mails")).text


async def test_many_mails_take_several_pages(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    await kept(folder, *(mail(tenant.app_id, f"Mail {n}") for n in range(PAGE_MAILS + 1)))

    first = Page(await browser.get("/admin/mails"))
    second = Page(await browser.get("/admin/mails", params={"page": "2"}))

    def subjects(page: Page) -> list[str]:
        return [each.text for each in page.all("span") if each.get("class") == "subject"]

    assert subjects(first) == [f"Mail {n}" for n in range(PAGE_MAILS, 0, -1)]
    assert subjects(second) == ["Mail 0"]
    assert first.link("Older") == "?page=2"
    assert second.link("Newer") == "?page=1"
    for odd in ("0", "-1", "x", "3", "9" * 30):
        assert Page(await browser.get("/admin/mails", params={"page": odd})).status == 200


async def test_a_mail_is_shown_in_all_its_forms(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    address = await the_mail(folder, tenant)
    answer = await browser.get(address)
    page = Page(answer)

    assert page.one("title").text == "Your booking"
    assert page.all("pre")[0].text.split() == ["Grüße", "<Marty>,", "you", "are", "booked."]
    assert "List-Unsubscribe: <https://book.example.com/unsubscribe>" in page.text
    [frame] = page.all("iframe")
    assert frame["src"] == f"{address}/html"
    assert frame["sandbox"] == "allow-popups allow-popups-to-escape-sandbox"
    assert "taken over" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-src 'self'" in policy


async def test_the_frame_runs_nothing(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    answer = await browser.get(f"{await the_mail(folder, tenant)}/html")

    shown = HTML.replace("<head>", '<head><base target="_blank">')
    assert answer.text.splitlines() == shown.splitlines()
    policy = answer.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"} <= set(policy)
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy
    assert not any(part.startswith("script-src") for part in policy)
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "no-store"


async def test_what_is_attached_can_be_had(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    page = Page(await browser.get(await the_mail(folder, tenant)))

    files = [each for each in page.all("a") if "download" in each.attributes]
    assert [each.text for each in files] == [
        "part-4.ics",
        "Termin ä.ics",
        "Download it for a mail program (.eml)",
    ]
    entries = [await browser.get(file["href"]) for file in files[:2]]
    for answer in entries:
        assert answer.content.replace(b"\r\n", b"\n") == INVITATION.replace(b"\r\n", b"\n")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert entries[1].headers["content-disposition"] == (
        "attachment; filename*=UTF-8''Termin%20%C3%A4.ics"
    )
    whole = await browser.get(files[-1]["href"])
    assert b"\r\nSubject: Your booking\r\n" in whole.content


async def test_a_mail_of_text_alone(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    message = EmailMessage()
    message[APP_HEADER] = str(tenant.app_id)
    message.set_content("Only words")
    await kept(folder, message)
    [name] = MailFolder(folder).names_of(tenant.app_id)

    page = Page(await browser.get(f"/admin/mails/{name}"))
    assert page.one("title").text == "(no subject)"
    assert "Only words" in page.text
    assert page.all("iframe") == []
    assert (await browser.get(f"/admin/mails/{name}/html")).status_code == 404
    for number in ("0", "1", "99", "-1"):
        assert (await browser.get(f"/admin/mails/{name}/attachments/{number}")).status_code == 404


async def test_a_broken_file_is_shown_as_well_as_it_can_be(
    browser: httpx.AsyncClient, tenant: Tenant, folder: Path
) -> None:
    address = await the_mail(folder, tenant)
    file = folder / f"{address.rpartition('/')[2]}.eml"
    head = b"Subject: \xff\xfe broken\r\nContent-Type: text/plain; charset=klingon\r\n\r\n"
    file.write_bytes(head + b"\xff\x00words")

    assert "words" in Page(await browser.get(address)).text
    assert "broken" in Page(await browser.get("/admin/mails")).text


EVERY = ("", "/{name}", "/{name}/html", "/{name}/file", "/{name}/attachments/4")


@pytest.mark.parametrize("path", EVERY)
async def test_only_the_app_key_opens_them(
    browser: httpx.AsyncClient, tenant: Tenant, other_tenant: Tenant, folder: Path, path: str
) -> None:
    address = await the_mail(folder, tenant)
    wanted = "/admin/mails" + path.format(name=address.rpartition("/")[2])

    assert (await browser.get(wanted)).status_code == 200
    for authorization in (
        "",
        "Basic",
        "Basic ???",
        "Bearer " + str(tenant.api.key),
        basic(str(tenant.widget.key)),
        basic("live_api_key_" + "x" * 32),
    ):
        answer = await browser.get(wanted, headers={"Authorization": authorization})
        assert answer.status_code == 401, authorization
        assert answer.headers["www-authenticate"].startswith("Basic realm=")
        assert "Marty" not in answer.text
    stranger = {"Authorization": basic(str(other_tenant.api.key))}
    answer = await browser.get(wanted, headers=stranger)
    assert answer.status_code == (404 if path else 200)
    assert "Marty" not in answer.text


@pytest.mark.parametrize("path", EVERY)
async def test_with_a_mail_server_there_is_no_such_page(
    parts: Parts, tenant: Tenant, folder: Path, path: str, database_url: str
) -> None:
    address = await the_mail(folder, tenant)
    settings = parts.settings.model_copy(update={"smtp_url": "smtp://mail.example.com"})
    served = make_parts(settings, database_url)
    await served.database.open()
    try:
        transport = httpx.ASGITransport(dressed(create_app(served), settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as http:
            wanted = "/admin/mails" + path.format(name=address.rpartition("/")[2])
            authorization = {"Authorization": basic(str(tenant.api.key))}
            assert (await http.get(wanted, headers=authorization)).status_code == 404
            assert (await http.get(wanted)).status_code == 404
    finally:
        await served.database.close()
