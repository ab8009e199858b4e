"""A small world behind the API for requests that nobody thought of: real keys, real ids."""

import itertools
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import httpx
import requests
import schemathesis
from anyio.from_thread import BlockingPortal, start_blocking_portal
from tests.support.clock import NOW, TestClock
from tests.support.document import Operation
from tests.support.keys import Key

from slotkeeper.api.examples import EXAMPLES
from slotkeeper.bootstrap import create_app, dressed, make_parts
from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps
from slotkeeper.services.apps import NewApp
from slotkeeper.settings import Settings

Json = Any

ACTIONS = ("confirm", "cancel", "cancel_by_customer", "complete", "reschedule_by_customer")

PLAUSIBLE: Mapping[str, Json] = {
    "timezone": "America/Los_Angeles",
    "graph": "instant",
    "action": "confirm",
    "mode": "exclusive",
    "length": "30 minutes",
    "from": "now",
    "to": "2 weeks",
    "future": "2 weeks",
    "filters": {"or": [{"only_weekend": []}], "and": [{"daytime": {}}]},
    "availability_constraints": [{"allow_hours": {"start": 9, "end": 17}}],
    "constraints": [{"block_weekends": []}],
    "availability": {"mode": "mutual"},
    "booking": {"graph": "instant"},
    "output_timezone": "Asia/Kolkata",
    "rrule": "FREQ=WEEKLY;COUNT=2",
    "foregroundcolor": "#25d6be",
    "backgroundcolor": "#ea1cb8",
    "rsvp": "declined",
    "my_rsvp": "declined",
}
"""Values that the document cannot describe and that a request needs to get anywhere."""

PERSON: Mapping[str, Json] = {"email": "doc@example.com", "password": "one point twenty-one"}
"""Who is known by address, and can log in."""

OWNER = "owner@example.com"
"""The address of the app's owner, who is the resource to which the world belongs."""

MADE_BY_OWNER = ("/widgets", "/findtime/filtercollections")
"""What belongs to whoever makes it, so that the owner makes it with the token."""

KINDS = ("resource", "project", "calendar", "event", "booking", "location", "service", "widget")

PATHS: Mapping[str, str] = {
    "key": "/app/keys",
    "app": "/apps",
    "service": "/location/services",
    "entry": "/bookings/waitlist",
}
"""Where the things of a kind are made, for kinds whose plural is not their path."""

USED_UP: Mapping[str, str] = {
    **{f"delete_{kind}": kind for kind in KINDS},
    "act_on_booking": "booking",
    "reschedule_booking": "booking",
    "leave_waitlist": "entry",
    "delete_credential": "credential",
    "delete_feed": "feed",
    "revoke_key": "key",
    "delete_app": "app",
    "delete_webhook": "webhook",
}
"""The kind of thing that an operation may use up."""

FEW: Mapping[str, str] = {
    "credential": "id",
    "key": "id",
    "feed": "id",
    "webhook": "id",
    "app": "slug",
}
"""Kinds of which an app or resource has a hundred at most, and how the path calls one."""

SLUGS: Mapping[str, str] = {
    "get_hosted_widget": "widget_slug",
    "get_template": "template_slug",
    "update_template": "template_slug",
    "preview_template": "template_slug",
    "get_app": "app_slug",
    "update_app": "app_slug",
}
"""What the slug in the path is, for operations in which it is not that of a project."""


@dataclass
class World:
    """An app with one of everything, kept alive however much is deleted."""

    portal: BlockingPortal
    http: httpx.AsyncClient
    app: NewApp
    hours: "itertools.count[int]" = field(default_factory=lambda: itertools.count(24))
    server_token: str = ""
    client_token: str = ""
    kept: set[str] = field(default_factory=set)
    ids: dict[str, str] = field(
        default_factory=lambda: {"graph": "instant", "template_slug": "reminder_customer"}
    )

    @classmethod
    @contextmanager
    def made(cls, settings: Settings, database_url: str) -> "Iterator[World]":
        """Yield a world on an application that runs in a thread of its own."""
        parts = make_parts(settings, database_url, clock=TestClock(), seed=1)
        transport = httpx.ASGITransport(dressed(create_app(parts), settings))
        with start_blocking_portal() as portal:
            portal.call(parts.database.open)
            try:
                world = cls(
                    portal=portal,
                    http=httpx.AsyncClient(transport=transport, base_url="http://slotkeeper.test"),
                    app=portal.call(_new_app, parts),
                )
                world.ids["app_slug"] = world.app.slug
                world.keep_owner()
                for kind in KINDS[1:]:
                    world.keep(kind)
                world.mend()
                lesson = {"graph": "group_owner", "settings": {"max_seats": 1000}}
                body = {**world._body("booking"), **lesson}
                world.ids["class_id"] = world.created("/bookings", body)["id"]
                world.ids["full_class_id"] = world.full_class()
                world.ids["owner_booking_id"] = world.full_class()
                world.keep("entry")
                world.ids["webhook_id"] = world.webhook()
                test = f"/webhooks/{world.ids['webhook_id']}/test"
                world.ids["delivery_id"] = world.created(test, {})["id"]
                world.ids["booking_delivery_id"] = world.told_of_booking()
                world.keep("feed")
                world.ids["series_id"] = world.created("/bookings/series", world._series())["id"]
                filters = world.created("/findtime/filtercollections", {})
                world.ids["filtercollection_id"] = filters["id"]
                world.keep_person()
                world.kept = {each for kind in FEW for each in world.few(kind)}
                yield world
            finally:
                portal.call(parts.database.close)

    def call(
        self, method: str, path: str, *, key: str | None = None, **sent: Any
    ) -> httpx.Response:
        """Send one request, with the app key unless another one is given.

        A token is written ``address:token``, no key at all as an empty text.
        """
        user, _, secret = (self.app.api_key if key is None else key).rpartition(":")
        auth = (user, secret) if secret else None
        return self.portal.call(partial(self.http.request, method, path, auth=auth, **sent))

    def send(self, case: schemathesis.Case[Any], *, key: str) -> httpx.Response:
        """Send what schemathesis made, as it would go over the wire."""
        wire = requests.Request(**case.as_transport_kwargs()).prepare()
        assert wire.method
        assert wire.url
        headers = {
            name: text.encode("latin-1") if isinstance(text, str) else text
            for name, text in wire.headers.items()
        }
        return self.call(wire.method, wire.url, key=key, headers=headers, content=wire.body)

    def secret(self, key: Key) -> str:
        """Return what a caller of a kind shows; the tokens are those of the owner."""
        return {
            Key.NONE: "",
            Key.WIDGET: self.app.widget_key,
            Key.CLIENT: self.client_token,
            Key.SERVER: self.server_token,
            Key.APP: self.app.api_key,
        }[key]

    def created(self, path: str, body: Json) -> Json:
        key = self.server_token if path in MADE_BY_OWNER else None
        answer = self.call("POST", f"/v2{path}", json=body, key=key)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def hour(self) -> dict[str, str]:
        """Return an hour that nothing in this world has taken yet."""
        start = NOW + timedelta(hours=next(self.hours))
        return {"start": start.isoformat(), "end": (start + timedelta(hours=1)).isoformat()}

    def reserved(self) -> str:
        """Hold an hour for as long as can be, and return the id of the reservation."""
        asked = {"what": "Consultation", "where": "Here", "reservation_time": 7 * 86400}
        body = {"resource_id": self.ids["resource_id"], **asked, **self.hour()}
        reserved: str = self.created("/bookings/reserve", body)["id"]
        return reserved

    def mend(self) -> None:
        """Put back what odd requests may have taken apart, so that usual ones succeed again."""
        project = f"/v2/projects/{self.ids['project_id']}"
        self.call("PUT", f"{project}/resources", json=[self.ids["resource_id"]])
        self.ids["reservation_id"] = self.reserved()

    def few(self, kind: str) -> list[str]:
        """Return what the paths call all things of a kind of which there may be few."""
        path = PATHS.get(kind, f"/{kind}s")
        query: dict[str, str | int] = {"limit": 1000}
        if kind == "credential":
            query["search"] = f"resource.id:{self.ids['resource_id']}"
        listed = self.call("GET", f"/v2{path}", params=query).json()["data"]
        return [each[FEW[kind]] for each in listed if each.get("revoked_at") is None]

    def make_room(self, kind: str) -> None:
        """Delete what odd requests have made of a kind of which there may be few."""
        path = PATHS.get(kind, f"/{kind}s")
        for each in self.few(kind):
            if each not in self.kept:
                assert self.call("DELETE", f"/v2{path}/{each}").status_code == 204

    def full_class(self) -> str:
        """Make a class whose only seat is taken, and return its id."""
        lesson = {"graph": "group_owner", "settings": {"max_seats": 1}}
        made = self.created("/bookings", {**self._body("booking"), **lesson})
        seat = {"graph": "group_customer", "related": {"owner_booking_id": made["id"]}}
        self.created("/bookings", {**self._body("booking"), **seat})
        return str(made["id"])

    def webhook(self) -> str:
        """Make a webhook that nothing is sent to, and return its id."""
        body = {"url": "http://hook.invalid/", "graph": "instant", "state": "error"}
        answer = self.call("POST", "/v2/webhooks", json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["meta"]["message"].split("id ")[1])

    def told_of_booking(self) -> str:
        """Return the id of something that was told about the booking that is kept."""
        answer = self.call("GET", f"/v2/bookings/{self.ids['booking_id']}/deliveries")
        return str(answer.json()["data"][0]["id"])

    def keep(self, kind: str) -> None:
        """Make a thing of a kind, to which requests will go."""
        made = self.created(PATHS.get(kind, f"/{kind}s"), self._body(kind))
        self.ids[f"{kind}_id"] = made["id"]
        if kind == "project":
            self.ids["slug"] = made["slug"]
        if kind == "widget":
            self.ids["widget_slug"] = made["slug"]

    def keep_owner(self) -> None:
        """Make the resource to which all the rest belongs, with both kinds of token."""
        owner = self.created("/resources", {**self._body("resource"), "email": OWNER})
        self.ids |= {"resource_id": owner["id"], "calendar_id": owner["calendars"][0]["id"]}
        of_page = self.created("/credentials", self._body("credential"))
        self.server_token = f"{OWNER}:{owner['api_token']}"
        self.client_token = f"{OWNER}:{of_page['token']}"

    def keep_person(self) -> None:
        """Make somebody who is known by address, and a property of the owner."""
        self.ids |= {"email": PERSON["email"], "key": "colour"}
        self.created("/resources", {**self._body("resource"), **PERSON})
        query = {"resource_id": self.ids["resource_id"]}
        self.call("PUT", "/v2/properties", params=query, json={self.ids["key"]: "red"})

    def targets(self, operation: str) -> Mapping[str, str]:
        """Return ids for one request; what it may use up is made for it alone."""
        used_up = USED_UP.get(operation)
        if operation in ("get_class", "get_class_at_old_address"):
            return {**self.ids, "booking_id": self.ids["class_id"]}
        if operation == "replay_booking_delivery":
            return {**self.ids, "delivery_id": self.ids["booking_delivery_id"]}
        if operation in SLUGS:
            return {**self.ids, "slug": self.ids[SLUGS[operation]]}
        if used_up is None:
            return self.ids
        if used_up in FEW:
            self.make_room(used_up)
        if used_up == "webhook":
            return {**self.ids, "webhook_id": self.webhook()}
        made = self.created(PATHS.get(used_up, f"/{used_up}s"), self._body(used_up))
        if operation == "delete_booking":
            self.call("PUT", f"/v2/bookings/{made['id']}/cancel")
        slug = {"slug": made["slug"]} if operation == "delete_app" else {}
        return {**self.ids, f"{used_up}_id": made["id"], **slug}

    def _places(self) -> dict[str, Json]:
        """Return lists of what belongs to a place, with the things that are there already."""
        return {
            f"{kind}s": [self.ids[f"{kind}_id"]]
            for kind in ("location", "service", "project")
            if f"{kind}_id" in self.ids
        }

    def _body(self, kind: str) -> Json:
        body: Json
        match kind:
            case "resource":
                body = {"name": "Doc", "timezone": "Europe/Copenhagen"}
            case "project":
                body = {
                    "name": "Consultation",
                    "resources": [self.ids["resource_id"]],
                    "availability": {"length": "1 hour", "to": "1 week"},
                    "booking": {"graph": "instant", "what": "Consultation", "where": "Here"},
                }
            case "key" | "app" | "credential" | "feed":
                body = self._body_of_access(kind)
            case "location" | "service" | "widget":
                body = {"name": kind, "config": {}, **self._places()}
            case "calendar":
                body = {"name": "Another", "resource_id": self.ids["resource_id"]}
            case "event":
                body = {"calendar_id": self.ids["calendar_id"], "what": "Lunch", **self.hour()}
            case "entry":
                body = {
                    "related": {"owner_booking_id": self.ids["full_class_id"]},
                    "customer": {"name": "Jennifer", "email": f"{uuid4()}@example.com"},
                }
            case _:
                body = {
                    "resource_id": self.ids["resource_id"],
                    "graph": "instant",
                    "what": "Consultation",
                    "where": "Here",
                    "customer": {"name": "Marty", "email": "marty@example.com"},
                    # Odd events may cover years; what is made here must be made regardless.
                    "settings": {"allow_double_bookings": True},
                    **self.hour(),
                }
        return body

    def _body_of_access(self, kind: str) -> Json:
        if kind == "feed":
            return {"resource_id": self.ids["resource_id"], "details": "full"}
        if kind != "credential":
            return {"name": f"One more {kind}"}
        token = {"type": "client-token", "scopes": ["widget"], "description": "Token of the shop"}
        return {"resource_id": self.ids["resource_id"], **token}

    def _series(self) -> Json:
        return {**self._body("booking"), "rrule": "FREQ=WEEKLY;COUNT=2"}

    def usual(self, operation: str) -> Json:
        """Return a body with which an operation succeeds, so that one odd value is alone."""
        verb, _, kind = operation.partition("_")
        search = {"resources": [self.ids["resource_id"]]}
        person = {"email": f"{uuid4()}@example.com"}
        older = {"resource_ids": [self.ids["resource_id"]], "future": "1 week"}
        if verb == "create" and kind in KINDS:
            return self._body(kind)
        return {
            "find_availability": search,
            "explain_availability": search,
            "find_availability_dates": search,
            "count_availability": search,
            "find_unavailable_slots": search,
            "find_time": older,
            "find_time_bulk": {"queries": [older]},
            "find_time_team": {"users": [older]},
            "create_user": {**person, "first_name": "Marty", "timezone": "UTC"},
            "reset_resource_password": person,
            "reset_user_password": person,
            "invite": person,
            "invite_to_app": person,
            "reschedule_booking": self.hour(),
            "create_series": self._series(),
            "log_in": PERSON,
            "create_app": self._body("app"),
            "create_key": self._body("key"),
            "create_credential": self._body("credential"),
            "create_feed": self._body("feed"),
            "create_bookings_bulk": {"bookings": [self._body("booking")]},
            "update_bookings_bulk": {
                "bookings": [{"id": self.ids["booking_id"], "action": "confirm"}]
            },
            "reserve": {"resource_id": self.ids["resource_id"], "what": "Visit", **self.hour()},
            "join_waitlist": self._body("entry"),
            "extend_reservation": {"reservation_id": self.ids["reservation_id"]},
            "create_webhook": {
                "url": "http://hook.invalid/",
                "graph": "instant",
                "state": "error",
            },
            "replay_webhook": {"since": NOW.isoformat()},
            "add_project_resource": {"resource_id": self.ids["resource_id"]},
            "set_project_resources": {"resources": [self.ids["resource_id"]]},
        }.get(operation, {})

    def body(self, route: Operation) -> Json:
        """Return a body with which a route succeeds for everybody whom it serves."""
        if route.body is None:
            return None
        usual = {} if route.method == "PUT" else self.usual(route.name)
        return usual or self.place(EXAMPLES[route.name])

    def query(self, route: Operation) -> dict[str, str]:
        """Return what such a request says in its query: whom and when it is about."""
        known = {"resource_id": self.ids["resource_id"], "email": OWNER, **self.hour()}
        parameters = route.told.get("parameters", ())
        names = {each["name"] for each in parameters if each["in"] == "query"}
        return {name: known[name] for name in sorted(names & known.keys())}

    def place(self, body: Json) -> Json:
        """Return a body whose ids, times and names are those of this world.

        Only what has the right type already is replaced, so that what was made wrong on
        purpose stays wrong.
        """
        if isinstance(body, list):
            return [self.ids["resource_id"] if _is_id(each) else self.place(each) for each in body]
        if not isinstance(body, dict):
            return body
        known = {**self.ids, **self._places(), **self.hour(), **PLAUSIBLE}
        real: Json = {**known, "email": f"{uuid4()}@example.com"}
        if PERSON.keys() == body.keys():
            real |= PERSON
        if "rrule" in body:  # the mode of a series, not that of a search
            real["mode"] = "as_many_as_free"
        if {"id", "action"} <= body.keys():  # an action on one of many bookings
            made = self.created("/bookings", self._body("booking"))
            real |= {"id": made["id"], "action": "cancel"}
        return {
            key: real[key]
            if key in real and type(value) is type(real[key])
            else self.place(value)
            if key in _NESTED
            else value
            for key, value in body.items()
        }


_NESTED = frozenset(
    {"customer", "related", "resources", "event", "resource_ids", "queries", "users", "bookings"}
)


async def _new_app(parts: Parts) -> NewApp:
    async with parts.database.transaction() as tx:
        return await apps.create(tx, parts.vault, name="Fuzz", owner_email=OWNER, test_mode=False)


def _is_id(value: object) -> bool:
    try:
        UUID(str(value))
    except ValueError:
        return False
    return True
