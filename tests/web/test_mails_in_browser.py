"""The mails that were kept, in a real browser: a mail does nothing but be looked at."""

import asyncio
from email.message import EmailMessage

import pytest

from slotkeeper.notifications.folder import FolderPost
from slotkeeper.notifications.post import APP_HEADER
from tests.support.browser import DESK, PHONE, Browser
from tests.support.server import Server

pytestmark = pytest.mark.browser

HTML = """<!doctype html><html><head><style>h1 { color: rgb(11, 107, 88) }</style></head><body>
<h1>You are booked</h1><p><a href="{link}">Your booking</a></p>
<form action="{link}"><button>Send</button></form>
<script>document.body.textContent = 'taken over'; parent.document.title = 'taken over'</script>
<img src="x" onerror="top.location = 'about:blank'"></body></html>"""
LONG = "Einladung: Zeitreise mit einem sehr langen Betreff für ein Telefon"


@pytest.fixture(scope="module")
def mails(server: Server) -> str:
    """The address of a list with a mail in it, with the key for it."""
    app = server.new_app("Hill Valley")
    message = EmailMessage()
    message["To"] = "Marty <marty.mcfly.with.a.long.address@hillvalley.example.com>"
    message["Subject"] = LONG
    message[APP_HEADER] = app.id
    message.set_content("You are booked: " + "https://book.example.com/" + "x" * 200)
    message.add_alternative(HTML.replace("{link}", f"{server.url}/docs"), subtype="html")
    asyncio.run(FolderPost(server.data_dir / "mails").send(message))
    return server.url.replace("://", f"://:{app.api_key}@") + "/admin/mails"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_mail_is_found_and_looked_at(
    window: Browser, mails: str, size: tuple[int, int], scheme: str
) -> None:
    window.open(mails, size=size, scheme=scheme, script=False)
    shown = window.look()
    assert "Mails of Hill Valley" in shown["text"]
    assert not shown["wider"]
    assert window.ask("contrast")["ratio"] >= 4.5
    assert window.ask("requests")["complaints"] == []

    window.ask("follow", selector="a.letter")
    shown = window.look()
    assert shown["title"] == LONG
    assert "You are booked: https://book.example.com/" in shown["text"]
    assert not shown["wider"]
    assert window.ask("contrast")["ratio"] >= 4.5


def test_a_mail_in_its_frame_looks_as_it_should_and_does_nothing(
    window: Browser, mails: str
) -> None:
    window.open(mails)
    window.ask("follow", selector="a.letter")
    frame = window.ask("frame", selector="h1")

    assert frame["text"] == "You are booked"
    assert frame["color"] == "rgb(11, 107, 88)", "its own styles count"
    assert window.look()["title"] == LONG
    [complaint] = window.ask("requests")["complaints"]
    assert "/x' violates" in complaint, "the image of the mail, and nothing of ours"


def test_a_link_of_a_mail_opens_a_tab_of_its_own(window: Browser, mails: str) -> None:
    window.open(mails)
    window.ask("follow", selector="a.letter")
    opened = window.ask("popup", selector="a")

    assert opened["url"].endswith("/docs")
    assert opened["alone"], "the new tab cannot reach back"
    assert "/admin/mails/" in window.look()["url"]
