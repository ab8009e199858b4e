"""The API as one application."""

from fastapi import APIRouter, FastAPI, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from slotkeeper import __version__
from slotkeeper.api import (
    app_keys,
    apps,
    availability,
    booking_deliveries,
    bookings,
    bulk,
    calendars,
    contacts,
    credentials,
    customers,
    errors,
    events,
    examples,
    explain,
    feeds,
    filter_collections,
    find_time,
    graphs,
    groups,
    invitations,
    location_services,
    locations,
    overviews,
    projects,
    properties,
    reservations,
    resources,
    series,
    templates,
    users,
    waitlist,
    webhook_deliveries,
    webhooks,
    widgets,
)
from slotkeeper.api.answers import json_response
from slotkeeper.api.idempotency import REPLAYED
from slotkeeper.api.route import ApiRoute
from slotkeeper.domain.idempotency import HEADER
from slotkeeper.edge.middleware import API_ROOTS, is_below
from slotkeeper.edge.parts import Parts

PREFIX = "/v2"

# What has a name below /bookings comes before what is called by its id, /bookings/{id}. The
# framework asks one room after another, so what customers wait for comes first.
_ROOMS = (
    *(availability, overviews, groups, reservations, bulk, waitlist, series, graphs, bookings),
    *(
        resources,
        calendars,
        events,
        feeds,
        projects,
        locations,
        location_services,
        templates,
        widgets,
    ),
    *(apps, app_keys, credentials, users, invitations, properties, contacts, customers),
    *(explain, filter_collections, find_time, webhooks, webhook_deliveries, booking_deliveries),
)

_CHAPTERS = (
    *("Apps", "Credentials", "Users", "Resources", "Customers", "Calendars and events"),
    *("Projects", "Locations", "Templates", "Availability", "Bookings", "Waiting lists"),
    *("Webhooks", "Widgets (older)", "Find time (older)"),
)
"""The tags of the routes, in the order in which one reads of them."""

_DESCRIPTION = """
Search for free time and book it. The API is that of Timekit, version 2.

Send a key as the password of HTTP Basic with an empty user name. The app key reaches
everything of its app and stays on your server; the widget key is public and reaches what
a booking page needs. A person calls with the e-mail address as user name and a token as
password, and reaches what is theirs. Every answer is JSON; `data` holds what was asked for.

A read has an `ETag`: send it back as `If-None-Match` to get 304 and no body while nothing has
changed. Where the operator limits requests, `X-RateLimit-Remaining` counts them down.
"""

_METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_HEADERS_IN = [
    "Authorization",
    "Content-Type",
    "Accept",
    HEADER,
    "If-None-Match",
    "Timekit-App",
    "Timekit-Context",
    "Timekit-Timezone",
    "Timekit-InputTimestampFormat",
    "Timekit-OutputTimestampFormat",
    "InputTimestampFormat",
    "OutputTimestampFormat",
]
_HEADERS_OUT = [
    "Timekit-TestMode",
    "Timekit-Request-Id",
    "X-RateLimit-Remaining",
    "Retry-After",
    "ETag",
    REPLAYED,
]

_SHARED = (*API_ROOTS, "/openapi.json")
_ANSWER = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": ", ".join(_HEADERS_OUT),
}
_PREFLIGHT = {
    **_ANSWER,
    "Access-Control-Allow-Methods": ", ".join(_METHODS),
    "Access-Control-Allow-Headers": ", ".join(_HEADERS_IN),
    "Access-Control-Max-Age": "86400",
}


def create_api(parts: Parts) -> FastAPI:
    """Return the API, its document and the answer to health checks, made of ``parts``."""
    app = FastAPI(
        title="Slotkeeper",
        version=__version__,
        description=_DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=[{"name": chapter} for chapter in _CHAPTERS],
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.parts = parts
    errors.install(app)
    for room in _ROOMS:
        examples.show(room.router.routes)
        for route in room.router.routes:
            if isinstance(route, ApiRoute):
                route.describe()
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
    answers. OPTIONS needs no key and always succeeds: what it tells is the same for every
    path, and the browser compares. No cookies are used, so any origin may ask.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not is_below(scope["path"], *_SHARED):
            await self._app(scope, receive, send)
        elif scope["method"] == "OPTIONS":
            await Response(status_code=204, headers=_PREFLIGHT)(scope, receive, send)
        else:
            await self._app(scope, receive, _sharing(send))


def _sharing(send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).update(_ANSWER)
        await send(message)

    return send_with_headers
