"""One whole request for each route that takes a body, as it works; the document shows them.

A contract test sends every one of them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

IDS: Mapping[str, str] = {
    "resource": "0b8b8a3e-5f1c-4c8e-9d0a-6f0f5d1f7a11",
    "calendar": "5d3c9f0a-8a86-4b0e-b9b3-4a2a4a7f5c22",
    "reservation": "f1f0c2aa-4a51-4f5e-9a39-6f3d8a1b7e44",
    "booking": "3f9d6a52-0c7e-4b1d-8e35-7a1b9c4d2f66",
    "project": "c2f7d1be-3f0e-4f55-8f0c-1f6f9a2b7d33",
    "class": "3c1d2b7e-6f0a-4b8e-8a55-2f9e4d7c6b55",
    "location": "9e1a7c44-6d0b-4c39-a3b5-2d8c3e6f8e44",
}
"""The ids that the examples name; a reader puts in their own."""

_RESOURCE, _CALENDAR, _PROJECT = IDS["resource"], IDS["calendar"], IDS["project"]
_LOCATION = IDS["location"]

_SEARCH = {
    "project_id": _PROJECT,
    "from": "1 hour",
    "to": "2 weeks",
    "length": "30 minutes",
    "constraints": [{"block_weekends": {}}],
    "output_timezone": "America/Los_Angeles",
}

_FIND_TIME = {
    "resource_ids": [_RESOURCE],
    "filters": {"and": [{"business_hours": {"timezone": "America/Los_Angeles"}}]},
    "future": "1 week",
    "length": "1 hour",
}

_BOOKING = {
    "resource_id": _RESOURCE,
    "graph": "instant",
    "what": "Consultation",
    "where": "Courthouse Square",
    "customer": {"name": "Marty McFly", "email": "marty@example.com"},
}

EXAMPLES: Mapping[str, Any] = {
    "log_in": {"email": "doc@example.com", "password": "one point twenty-one"},
    "create_app": {"name": "Hill Valley", "settings": {"contact_email": "doc@example.com"}},
    "update_app": {"settings": {"callback": "https://hill.example/connected"}},
    "create_key": {"name": "Web server"},
    "create_credential": {
        "resource_id": _RESOURCE,
        "type": "client-token",
        "scopes": ["widget"],
        "description": "Token of the shop's site",
        "referrer": ["https://hill.example"],
    },
    "create_resource": {
        "name": "Doc Brown",
        "timezone": "America/Los_Angeles",
        "email": "doc@example.com",
        "availability_constraints": [
            {"allow_day_and_time": {"day": "Monday", "start": 9, "end": 12}},
            {"allow_day_and_time": {"day": "Tuesday", "start": "09:30", "end": "17:00"}},
        ],
        "meta": {"laboratory": "1640 Riverside Drive"},
    },
    "update_resource": {
        "timezone": "Europe/Copenhagen",
        "availability_constraints": [{"allow_hours": {"start": 9, "end": 17}}],
    },
    "update_own_resource": {"timezone": "Europe/Copenhagen", "password": "88 miles per hour"},
    "reset_resource_password": {"email": "doc@example.com"},
    "create_user": {
        "first_name": "Marty",
        "last_name": "McFly",
        "email": "marty.mcfly@example.com",
        "timezone": "America/Los_Angeles",
        "password": "88 miles per hour",
    },
    "update_own_user": {"first_name": "Martin", "timezone": "America/New_York"},
    "reset_user_password": {"email": "marty.mcfly@example.com"},
    "invite": {"email": "jennifer@example.com", "name": "Jennifer Parker"},
    "invite_to_app": {"email": "lorraine@example.com"},
    "set_properties": {"colour": "red", "notified": True},
    "create_calendar": {
        "resource_id": _RESOURCE,
        "name": "Experiments",
        "description": "Do not disturb",
        "foregroundcolor": "#ffffff",
        "backgroundcolor": "#25d6be",
    },
    "update_calendar": {"name": "Inventions", "primary": True},
    "create_event": {
        "calendar_id": _CALENDAR,
        "what": "Lunch",
        "where": "Lou's Cafe",
        "start": "2030-05-07T12:00:00-07:00",
        "end": "2030-05-07T13:00:00-07:00",
    },
    "create_feed": {"resource_id": _RESOURCE, "details": "busy"},
    "update_event": {"end": "2030-05-07T13:30:00-07:00", "rsvp": "accepted"},
    "create_project": {
        "name": "Consultation",
        "slug": "consult-doc",
        "resources": [_RESOURCE],
        "availability": {
            "mode": "roundrobin_random",
            "length": "30 minutes",
            "from": "1 hour",
            "to": "4 weeks",
            "buffer": "15 minutes",
        },
        "availability_constraints": [{"block_weekends": {}}],
        "booking": {"graph": "instant", "what": "Consultation", "where": "Courthouse Square"},
        "customer_fields": {
            "name": {"title": "Name", "required": True},
            "email": {"title": "E-mail", "format": "email", "required": True},
            "comment": {"title": "Anything else?", "format": "textarea"},
        },
        "ui": {"time_date_format": "24h-dmy-mon"},
    },
    "update_project": {"availability": {"length": "1 hour", "to": "3 months"}},
    "add_project_resource": {"resource_id": _RESOURCE},
    "set_project_resources": [_RESOURCE],
    "create_location": {
        "name": "Hill Valley",
        "description": "Behind the clock tower",
        "latitude": 34.1367,
        "longitude": -118.3554,
        "meta": {"t_store_name": "Hill Valley", "t_store_city": "Hill Valley"},
        "resources": [_RESOURCE],
        "projects": [_PROJECT],
    },
    "update_location": {
        "use_custom_hours": True,
        "availability_constraints": [{"allow_hours": {"start": 10, "end": 18}}],
    },
    "create_service": {
        "name": "Clock repair",
        "description": "While you wait",
        "availability": {"length": "30 minutes", "buffer": "15 minutes", "to": "4 weeks"},
        "availability_constraints": [{"block_weekends": {}}],
        "booking": {"graph": "instant"},
        "locations": [_LOCATION],
    },
    "update_service": {"availability": {"length": "1 hour", "to": "4 weeks"}},
    "create_webhook": {
        "url": "https://hill.example/bookings",
        "graph": "instant",
        "state": "confirmed",
        "method": "post",
    },
    "update_webhook": {"enabled": False},
    "replay_webhook": {"since": "2030-05-05T00:00:00Z"},
    "preview_template": {"subject": "See you soon: {{event.what}}", "language": "de"},
    "update_template": {"subject": "See you soon: {{event.what}}", "enabled": True},
    "create_widget": {
        "name": "Consultation",
        "config": {"bookingGraph": "instant", "timekitFindTime": {"length": "1 hour"}},
    },
    "update_widget": {"config": {"bookingGraph": "confirm_decline"}},
    "find_availability": _SEARCH,
    "explain_availability": {**_SEARCH, "instant": "tomorrow 18:30"},
    "find_availability_dates": _SEARCH,
    "count_availability": _SEARCH,
    "find_unavailable_slots": _SEARCH,
    "find_time": _FIND_TIME,
    "find_time_bulk": {"queries": [_FIND_TIME, {**_FIND_TIME, "length": "2 hours"}]},
    "find_time_team": {"users": [_FIND_TIME]},
    "create_filter_collection": {"and": [{"business_hours": {}}], "or": [], "after": []},
    "update_filter_collection": {"after": [{"take_first": {"number": 5}}]},
    "create_booking": {
        "resource_id": _RESOURCE,
        "graph": "instant",
        "start": "2030-05-07T09:00:00-07:00",
        "end": "2030-05-07T10:00:00-07:00",
        "what": "Consultation",
        "where": "Courthouse Square",
        "description": "Bring the plans",
        "customer": {
            "name": "Marty McFly",
            "email": "marty@example.com",
            "timezone": "America/Los_Angeles",
        },
    },
    "create_bookings_bulk": {
        "bookings": [
            {
                **_BOOKING,
                "start": f"2030-05-{day:02}T09:00:00-07:00",
                "end": f"2030-05-{day:02}T10:00:00-07:00",
            }
            for day in (7, 8)
        ],
        "delete_all_on_error": True,
        "relate_bookings": True,
    },
    "create_series": {
        **_BOOKING,
        "start": "2030-05-07T09:00:00-07:00",
        "end": "2030-05-07T10:00:00-07:00",
        "rrule": "FREQ=WEEKLY;BYDAY=TU;COUNT=10",
        "timezone": "America/Los_Angeles",
        "mode": "as_many_as_free",
    },
    "cancel_series": {"from": "2030-05-21T00:00:00-07:00", "message": "On holiday"},
    "update_bookings_bulk": {
        "bookings": [
            {"id": IDS["booking"], "action": "cancel", "cancel": {"message": "On holiday"}}
        ],
        "reset_all_on_error": True,
    },
    "reserve": {
        "resource_id": _RESOURCE,
        "start": "2030-05-07T09:00:00-07:00",
        "end": "2030-05-07T10:00:00-07:00",
        "what": "Consultation",
        "where": "Courthouse Square",
        "description": "Bring the plans",
        "reservation_time": 60,
    },
    "join_waitlist": {
        "related": {"owner_booking_id": IDS["class"]},
        "customer": {"name": "Jennifer Parker", "email": "jennifer@example.com"},
        "hold_time": "30 minutes",
    },
    "extend_reservation": {"reservation_id": IDS["reservation"], "reservation_time": 60},
    "export_customer": {"email": "marty@example.com"},
    "erase_customer": {"email": "marty@example.com"},
    "update_booking": {"meta": {"invoice": "1985-10"}},
    "update_booking_meta": {"meta": {"paid": True}},
    "act_on_booking": {"cancel": {"message": "The car does not start"}},
    "reschedule_booking": {
        "start": "2030-05-08T09:00:00-07:00",
        "end": "2030-05-08T10:00:00-07:00",
        "message": "An hour later, please",
    },
}
"""Bodies by the name of their route."""


def show(routes: Iterable[BaseRoute]) -> None:
    """Put the example of each route into what the document says of it."""
    for route in routes:
        if isinstance(route, APIRoute) and route.name in EXAMPLES:
            media = {"application/json": {"example": EXAMPLES[route.name]}}
            route.openapi_extra = {"requestBody": {"content": media}}
