"""Errors as pages, for people; programs keep getting them as JSON."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from fastapi import FastAPI, Request
from starlette.responses import Response
from starlette.types import Scope

from slotkeeper.edge.middleware import API_ROOTS, is_below, server_error
from slotkeeper.services import action_links, waitlist_links
from slotkeeper.web.pages import page

Handler = Callable[[Request, Exception], Awaitable[Response]]

_OF_PROGRAMS = (*API_ROOTS, "/openapi.json", "/healthz", "/metrics")
_OF_PEOPLE = re.compile(re.sub(r"\{\w+\}", "[^/]+", f"{action_links.PATH}|{waitlist_links.PATH}"))
"""What lies below the API and is opened by people all the same."""

_TEXTS: Mapping[int, tuple[str, str]] = {
    400: ("This request could not be read", "Please go back and try again."),
    404: (
        "There is nothing here",
        "The address may be misspelt, or what it led to is gone. "
        "Please ask whoever gave it to you.",
    ),
    405: ("There is nothing here", "This address is not one to look at. Please go back."),
    413: ("That is too much", "Please go back and write less."),
    422: ("That is not possible", "Please go back and try again."),
    503: ("One moment, please", "The server is busy. Please try again in a minute."),
}
_ELSE = ("Something went wrong", "Please try again in a moment.")


def install(app: FastAPI) -> None:
    """Answer with a page wherever ``app`` answers a browser with an error, but for the API.

    Statuses and headers stay as the handlers that are already there decide them.
    """
    for kind, handler in list(app.exception_handlers.items()):
        app.add_exception_handler(kind, _with_page(handler))


def wants_page(request: Request) -> bool:
    """Tell whether a person with a browser asks, and not for something of the API."""
    path = request.scope["path"]
    of_people = _OF_PEOPLE.fullmatch(path) is not None or not is_below(path, *_OF_PROGRAMS)
    return of_people and "text/html" in request.headers.get("accept", "")


def failed(scope: Scope) -> Response:
    """Return the answer to a request that broke: a page for browsers, else that of the API."""
    if not wants_page(Request(scope)):
        return server_error(scope)
    title, text = _ELSE
    found = f"{text} The server's log knows more under {scope['state']['request_id']}."
    return page("error.html", 500, title=title, text=found)


def _with_page(handler: Callable[..., Any]) -> Handler:
    async def answer(request: Request, error: Exception) -> Response:
        made = handler(request, error)
        as_json: Response = await made if isinstance(made, Awaitable) else made
        if request.scope["type"] != "http" or not wants_page(request):
            return as_json
        title, text = _TEXTS.get(as_json.status_code, _ELSE)
        shown = page("error.html", as_json.status_code, title=title, text=text)
        for name in ("retry-after", "allow"):
            if name in as_json.headers:
                shown.headers[name] = as_json.headers[name]
        return shown

    return answer
