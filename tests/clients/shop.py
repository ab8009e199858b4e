"""What somebody offers in these tests: a person with hours and a project, made over HTTP."""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx
from tests.support.client import Json

ZONE = "Europe/Berlin"
HOURS = range(8, 12)
"""The hours, in the wall time of ``ZONE``, at which a slot of a shop begins."""

FIELDS = {
    "name": {"title": "Your name", "required": True},
    "email": {"title": "E-mail", "format": "email", "required": True},
    "phone": {"title": "Phone", "format": "tel"},
    "topic": {"title": "What is it about?", "format": "select", "enum": ["Clock", "Dog"]},
    "comment": {"title": "Anything else?", "format": "textarea"},
}


@dataclass(frozen=True)
class Shop:
    """A project with one resource, as the API knows them."""

    api: httpx.Client
    resource_id: str
    project_id: str
    slug: str

    def slots(self, zone: str = "UTC") -> Sequence[Json]:
        """Return what the project offers, in ``zone``."""
        body = {"project_id": self.project_id, "output_timezone": zone}
        answer = self.api.post("availability", json=body)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])

    def book(self, slot: Json) -> Json:
        """Book a slot by the API, as another customer would, and return the booking."""
        body = {
            "project_id": self.project_id,
            "resource_id": self.resource_id,
            "start": slot["start"],
            "end": slot["end"],
            "customer": {"name": "Biff", "email": "biff@example.com", "timezone": ZONE},
        }
        answer = self.api.post("bookings", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def open_class(self, slot: Json, *, seats: int = 2) -> Json:
        """Offer a class at the time of a slot, and return it."""
        body = {
            "graph": "group_owner",
            "project_id": self.project_id,
            "resource_id": self.resource_id,
            "start": slot["start"],
            "end": slot["end"],
            "what": "Guitar for beginners",
            "where": "The gym",
            "settings": {"max_seats": seats},
        }
        answer = self.api.post("bookings", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def take_seat(self, of_class: Json, name: str = "Biff") -> Json:
        """Book a seat in a class by the API, and return the booking."""
        body = {
            "graph": "group_customer",
            "related": {"owner_booking_id": of_class["id"]},
            "customer": {"name": name, "email": "biff@example.com", "timezone": ZONE},
        }
        answer = self.api.post("bookings", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    def seats_taken(self, of_class: Json) -> int:
        """Return how many seats of a class are taken now."""
        answer = self.api.get(f"bookings/groups/{of_class['id']}")
        assert answer.status_code == 200, answer.text
        taken: int = answer.json()["data"]["attributes"]["group_booking"]["current_seats"]
        return taken

    def bookings(self, include: str = "") -> Sequence[Json]:
        """Return the bookings of the project, newest first."""
        query = {"search": f"project.id:{self.project_id}", "include": include}
        answer = self.api.get("bookings", params=query)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["data"])


def open_shop(api: httpx.Client, **given: Json) -> Shop:
    """Make a resource and a project: four slots of an hour on each of the next days.

    The days come from the server's clock, the hours from the constraints: tests know the
    hours and read the days from an answer. "Tomorrow" changes at midnight only, so that two
    answers of one test agree although an hour passed between them.
    """
    person = {"name": "Doc Brown", "timezone": ZONE}
    resource = api.post("resources", json=person).raise_for_status().json()["data"]
    body = {
        "name": "Clock repair",
        "resources": [resource["id"]],
        "availability": {
            "mode": "roundrobin_random",
            "length": "1 hour",
            "from": "tomorrow",
            "to": "15 days",
        },
        "availability_constraints": [
            {"allow_hours": {"start": HOURS.start, "end": HOURS.stop}},
        ],
        "booking": {"graph": "instant", "what": "Clock repair", "where": "Hill Valley"},
        "customer_fields": FIELDS,
        **given,
    }
    project = api.post("projects", json=body).raise_for_status().json()["data"]
    return Shop(api, resource["id"], project["id"], project["slug"])
