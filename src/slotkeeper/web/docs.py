"""The documentation of the API as a page, made of its OpenAPI document."""

import re

from fastapi import APIRouter, Request
from markupsafe import Markup, escape
from starlette.responses import HTMLResponse, Response

from slotkeeper.web.pages import HEADERS, render
from slotkeeper.web.reference import Reference

router = APIRouter(include_in_schema=False)

_CODE = re.compile(r"``([^`]+)``|`([^`]+)`")


@router.get("/docs")
async def docs(request: Request) -> Response:
    """Show the documentation; it is put together once, because it never changes."""
    state = request.app.state
    if not hasattr(state, "docs_page"):
        reference = Reference(request.app.openapi())
        state.docs_page = render("docs.html", reference=reference, marked=marked)
    headers = {**HEADERS, "Cache-Control": "public, max-age=300"}
    return HTMLResponse(state.docs_page, headers=headers)


def marked(text: str) -> Markup:
    """Return a text with its paragraphs, and what stands in backticks as code.

    >>> str(marked("`null` means <none>"))
    '<p><code>null</code> means &lt;none&gt;</p>'
    """
    paragraphs = [part.strip() for part in text.strip().split("\n\n") if part.strip()]
    return Markup("").join(Markup("<p>{}</p>").format(_with_code(each)) for each in paragraphs)


def _with_code(text: str) -> Markup:
    shown, place = Markup(""), 0
    for code in _CODE.finditer(text):
        shown += escape(text[place : code.start()])
        shown += Markup("<code>{}</code>").format(code[1] or code[2])
        place = code.end()
    return shown + escape(text[place:])
