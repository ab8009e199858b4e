"""What happens to every request on its way in and out, in the plain form of ASGI."""

import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = structlog.get_logger(__name__)


REQUESTS_LEFT = "requests_left"
"""Where the state of a request says how many more its app may send, if that is limited."""

API_ROOTS = ("/v1", "/v2")
"""Where the API lies: this version, and the one before, which is gone."""


SECRET_PATHS = "/feeds/"
"""Below this, a path is a secret."""


class Envelope:
    """Gives every answer its id, tells test mode, logs the request, and catches what falls.

    The log holds the path and ids only, no names, addresses or keys. ``failed`` makes the
    answer to a request that broke, whose id is ``scope["state"]["request_id"]``; without it,
    the answer is that of the API.
    """

    def __init__(self, app: ASGIApp, *, failed: Callable[[Scope], Response] | None = None) -> None:
        self.app = app
        self.failed = failed or server_error

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        structlog.contextvars.clear_contextvars()  # a connection may carry many requests
        request_id = str(uuid4())
        state = scope.setdefault("state", {})
        state["request_id"] = request_id
        started = time.perf_counter()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = int(message["status"])
                headers = MutableHeaders(scope=message)
                headers["Timekit-Request-Id"] = request_id
                if state.get("test_mode"):
                    headers["Timekit-TestMode"] = "true"
                if REQUESTS_LEFT in state:
                    headers["X-RateLimit-Remaining"] = str(state[REQUESTS_LEFT])
            await send(message)

        try:
            await self.app(scope, receive, send_with_headers)
        except Exception:
            log.exception("request_failed", path=logged(scope["path"]), request_id=request_id)
            if status:
                raise  # half an answer is out; only closing the connection is honest
            await self.failed(scope)(scope, receive, send_with_headers)
        finally:
            log.info(
                "request",
                method=scope["method"],
                path=logged(scope["path"]),
                status=status,
                milliseconds=round((time.perf_counter() - started) * 1000, 1),
                request_id=request_id,
            )


class HttpsOnly:
    """Answers plain requests with 301 to the https address of the same thing.

    That lies at ``site``, such as ``https://book.example.com``; without it, at the host that
    the request names. uvicorn has already believed ``X-Forwarded-Proto`` of trusted proxies
    when this looks at the scheme.
    """

    def __init__(self, app: ASGIApp, *, site: str | None = None) -> None:
        self.app = app
        self.site = site

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["scheme"] == "https" or scope["path"] == "/healthz":
            await self.app(scope, receive, send)
            return
        site = self.site or f"https://{Headers(scope=scope).get('host', '')}"
        query = scope["query_string"].decode("latin-1")
        target = f"{site}{scope['raw_path'].decode('latin-1')}{'?' if query else ''}{query}"
        await RedirectResponse(target, status_code=301)(scope, receive, send)


class CleanPaths:
    """Serves a path that ends in a slash as the path without it, and without a redirect.

    A redirect would turn a POST into a GET; real clients post to such paths. A path that
    holds a NUL byte is of nothing that exists.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            path = scope["path"]
            if "\x00" in path:
                await JSONResponse({"error": "Not found"}, 404)(scope, receive, send)
                return
            if path != "/" and path.endswith("/"):
                scope = {**scope, "path": path.rstrip("/") or "/"}
        await self.app(scope, receive, send)


class Heads:
    """Answers HEAD as GET without the body: monitors ask pages and ``/healthz`` so.

    The API has no HEAD, as its documentation says.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if (
            scope["type"] != "http"
            or scope["method"] != "HEAD"
            or is_below(scope["path"], *API_ROOTS)
        ):
            await self.app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        await self.app({**scope, "method": "GET"}, receive, send_head)


def logged(path: str) -> str:
    """Return a path as logs may show it: the address of a feed is its secret.

    >>> logged("/feeds/3kTb9.ics"), logged("/v2/feeds/3kTb9")
    ('/feeds/…', '/v2/feeds/3kTb9')
    """
    return f"{SECRET_PATHS}…" if path.startswith(SECRET_PATHS) else path


def is_below(path: str, *roots: str) -> bool:
    """Tell whether a path is one of ``roots`` or lies below one of them."""
    return any(path == root or path.startswith(f"{root}/") for root in roots)


def server_error(scope: Scope) -> Response:
    """Return the answer of the API to a request that broke."""
    request_id = scope["state"]["request_id"]
    text = f"Something went wrong on the server; its log knows more under {request_id}."
    return JSONResponse({"error": text}, status_code=500)
