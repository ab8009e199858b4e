"""The API as one application."""

from fastapi import APIRouter, FastAPI, Response
from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from slotkeeper import __version__
from slotkeeper.api import availability, bookings, calendars, errors, events, projects, resources
from slotkeeper.api.answers import empty, json_response
from slotkeeper.edge.parts import Parts

PREFIX = "/v2"

_DESCRIPTION = """
Search for free time and book it. The API is that of Timekit, version 2.

Send a key as the password of HTTP Basic with an empty user name. The app key reaches
everything of its app and stays on your server; the widget key is public and reaches what
a booking page needs. Every answer is JSON; `data` holds what was asked for.
"""

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_HEADERS_IN = [
    "Authorization",
    "Content-Type",
    "Accept",
    "Timekit-App",
    "Timekit-Context",
    "Timekit-Timezone",
    "Timekit-InputTimestampFormat",
    "Timekit-OutputTimestampFormat",
    "InputTimestampFormat",
    "OutputTimestampFormat",
]
_HEADERS_OUT = ["Timekit-TestMode", "Timekit-Request-Id", "X-RateLimit-Remaining"]


def create_api(parts: Parts) -> FastAPI:
    """Return the API, its document and the answer to health checks, made of ``parts``."""
    app = FastAPI(
        title="Slotkeeper",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.parts = parts
    errors.install(app)
    for room in (resources, calendars, events, projects, availability, bookings):
        app.include_router(room.router, prefix=PREFIX)
    app.include_router(_plumbing())
    return app


def _plumbing() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        """Tell a load balancer that this server answers."""
        return json_response({"status": "ok"})

    return router


class CrossOrigin:
    """Lets pages of other origins call the API, and nothing else of the server.

    A page must be able to read errors too, so this stands outside everything that makes
    answers. OPTIONS needs no key and always succeeds, also when it is no preflight.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app,
            allow_origins=["*"],
            allow_methods=_METHODS,
            allow_headers=_HEADERS_IN,
            expose_headers=_HEADERS_OUT,
            max_age=86_400,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith((f"{PREFIX}/", "/openapi")):
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS" and not _is_preflight(scope):
            await empty()(scope, receive, send)
        else:
            await self._shared(scope, receive, send)


def _is_preflight(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    return "origin" in headers and "access-control-request-method" in headers
