"""The mails of an app, to be looked at while no mail server is set.

Whoever has the app key sees them, with HTTP Basic as in the API. A mail is shown in a frame
that runs no scripts, sends no forms and belongs to no site; the rest of the page is ours.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response

from slotkeeper.domain.app import KeyKind
from slotkeeper.edge.basic import pair_of
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.route import TransactionRoute
from slotkeeper.notifications.folder import MailFolder
from slotkeeper.services import apps
from slotkeeper.web.pages import HEADERS, page

# The parser of mails is imported when somebody looks at one, which is seldom.
if TYPE_CHECKING:
    from slotkeeper.web.mail_view import MailView, Summary

router = APIRouter(prefix="/admin/mails", route_class=TransactionRoute, include_in_schema=False)

PAGE_MAILS = 50
"""How many mails a page lists."""

_CHALLENGE = {"WWW-Authenticate": 'Basic realm="Mails of an app", charset="UTF-8"'}

_WITH_FRAME = HEADERS["Content-Security-Policy"] + "; frame-src 'self'"

_OF_MAIL = "; ".join(
    (
        "default-src 'none'",
        "style-src 'unsafe-inline'",  # mails have no other way
        "img-src https: data:",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "base-uri 'none'",
        # Links open in tabs, which are as free as those opened from a mail program.
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    )
)
_OF_FILE = "default-src 'none'; sandbox"


@router.get("")
async def list_mails(request: Request) -> Response:
    """List the app's mails, newest first."""
    app_id = await _app_of(request)
    if app_id is None:
        return _who_are_you()
    app = await apps.get(transaction_of(request), app_id)
    leaf = await asyncio.to_thread(_leaf, _folder(request), app_id, _page_of(request))
    return page("mails.html", app=app, leaf=leaf)


@router.get("/{name}")
async def show_mail(request: Request, name: str) -> Response:
    """Show one mail: its headers, its forms, what is attached."""
    app_id = await _app_of(request)
    if app_id is None:
        return _who_are_you()
    shown = page("mail.html", mail=await _mail(request, app_id, name))
    shown.headers["Content-Security-Policy"] = _WITH_FRAME
    return shown


@router.get("/{name}/html")
async def show_html(request: Request, name: str) -> Response:
    """Return the mail as the page that it is, for the frame in ours."""
    app_id = await _app_of(request)
    if app_id is None:
        return _who_are_you()
    html = (await _mail(request, app_id, name)).html
    if html is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not Found")
    return HTMLResponse(html, headers={**HEADERS, "Content-Security-Policy": _OF_MAIL})


@router.get("/{name}/file")
async def download_mail(request: Request, name: str) -> Response:
    """Return the whole mail as the file that mail programs open."""
    app_id = await _app_of(request)
    if app_id is None:
        return _who_are_you()
    return _download(f"{name}.eml", await _content(request, app_id, name))


@router.get("/{name}/attachments/{number}")
async def download_attachment(request: Request, name: str, number: int) -> Response:
    """Return what is attached to a mail, by its number among the parts."""
    app_id = await _app_of(request)
    if app_id is None:
        return _who_are_you()
    found = (await _mail(request, app_id, name)).find_attachment(number)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not Found")
    return _download(*found)


async def _app_of(request: Request) -> UUID | None:
    """Return the app whose key the request carries, or None; there is nothing with a server."""
    if parts_of(request).settings.smtp_url is not None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not Found")
    pair = pair_of(request.headers.get("authorization", ""))
    if pair is None:
        return None
    caller = await apps.find_caller(transaction_of(request), pair[1] or pair[0])
    return caller.app_id if caller is not None and caller.kind is KeyKind.API else None


def _who_are_you() -> Response:
    shown = page(
        "error.html",
        HTTPStatus.UNAUTHORIZED,
        title="Which app is yours?",
        text="To see the mails of an app, reload this page, leave the user name empty and give"
        " the app's API key as the password.",
    )
    shown.headers.update(_CHALLENGE)
    return shown


def _folder(request: Request) -> MailFolder:
    return MailFolder(parts_of(request).settings.mail_folder)


async def _content(request: Request, app_id: UUID, name: str) -> bytes:
    found = await asyncio.to_thread(_folder(request).find, app_id, name)
    if found is None:
        raise HTTPException(HTTPStatus.NOT_FOUND, "Not Found")
    return found


async def _mail(request: Request, app_id: UUID, name: str) -> "MailView":
    from slotkeeper.web.mail_view import MailView  # noqa: PLC0415 - see above

    return MailView(name, await _content(request, app_id, name))


def _page_of(request: Request) -> int:
    wanted = request.query_params.get("page", "1")
    return int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 9 else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Leaf:
    """What a page of the list shows: its mails, how many there are in all, and where it is."""

    mails: "list[Summary]"
    count: int
    number: int
    last: int


def _leaf(folder: MailFolder, app_id: UUID, number: int) -> _Leaf:
    """Return a page of the list; one beyond the last is the last."""
    from slotkeeper.web.mail_view import Summary  # noqa: PLC0415 - see above

    names = folder.names_of(app_id)
    last = max(1, -(-len(names) // PAGE_MAILS))
    number = min(max(number, 1), last)
    shown = names[(number - 1) * PAGE_MAILS : number * PAGE_MAILS]
    found = [(name, folder.find(app_id, name)) for name in shown]
    # Another process may have removed the oldest meanwhile.
    mails = [Summary.of(name, content) for name, content in found if content is not None]
    return _Leaf(mails=mails, count=len(names), number=number, last=last)


def _download(name: str, content: bytes) -> Response:
    headers = {
        **HEADERS,
        "Content-Security-Policy": _OF_FILE,
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
    }
    return Response(content, media_type="application/octet-stream", headers=headers)
