"""Every endpoint of the original that some client or page of its documentation names.

The table is the source of two things: a test for each row (``test_rows``), and the page
``docs/compatibility.md`` (``page``). Paths are written below ``/v2``, as the original's own
documentation writes them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from tests.support.keys import Key


@dataclass(frozen=True)
class Row:
    """One method of one path.

    ``keys`` are those that are let in, by their letters; with every other one the answer is a
    refusal. ``ok`` is the status of success. ``js``, ``php`` and ``py`` are the functions of the
    clients that call it, separated by spaces. ``why`` tells why it is not served; ``note`` what
    is different here.
    """

    method: str
    path: str
    keys: str = "A"
    ok: int = HTTPStatus.OK
    js: str = ""
    php: str = ""
    py: str = ""
    note: str = ""
    why: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def served(self) -> bool:
        return not self.why

    def lets_in(self, key: Key) -> bool:
        return key in self.keys


@dataclass(frozen=True)
class Detour:
    """A function of python-timekit that calls what the API does not have.

    ``status`` is the refusal, in JSON; ``instead`` what to call.
    """

    function: str
    method: str
    path: str
    status: int
    instead: str = ""


CREATED, EMPTY = HTTPStatus.CREATED, HTTPStatus.NO_CONTENT
ANYBODY, EVERY, OWN = "PWCRA", "WCRA", "RA"

OUTSIDE = "connecting calendars of Google and Microsoft is not built yet"
RETIRED = "retired by the original; no client calls it any more"

APPS = (
    Row("POST", "/auth", ANYBODY, js="auth", note="names the app by `Timekit-App`"),
    Row("GET", "/app", OWN, js="getApp", py="apps.get apps.list"),
    Row("POST", "/app/invite", ok=CREATED, py="apps.invite"),
    Row("POST", "/apps/invite", ok=CREATED),
    Row("GET", "/apps", OWN, js="getApps"),
    Row("GET", "/apps/:slug", OWN),
    Row("POST", "/apps", OWN, CREATED, js="createApp", note="a token must be the owner's"),
    Row("PUT", "/apps/:slug", OWN, EMPTY, js="updateApp", note="a token must be the owner's"),
    Row("DELETE", "/apps/:slug", OWN, EMPTY, js="deleteApp", note="a token must be the owner's"),
    Row("GET", "/credentials", OWN, js="getCredentials"),
    Row("POST", "/credentials", OWN, CREATED, js="createCredential"),
    Row("DELETE", "/credentials/:id", OWN, EMPTY, js="deleteCredential"),
)

RESOURCES = (
    Row("GET", "/resources", OWN, js="getResources", py="resources.list"),
    Row(
        *("POST", "/resources", "A", CREATED),
        js="createResource",
        php="createResource",
        py="resources.create",
    ),
    Row(
        *("GET", "/resources/:id", OWN),
        js="getResource",
        php="getResource",
        py="resources.retrieve",
    ),
    Row(
        *("PUT", "/resources/:id", OWN, EMPTY),
        js="updateResource",
        php="updateResource",
        py="resources.update resources.availability_constraints",
    ),
    Row("PATCH", "/resources/:id", OWN, EMPTY, py="resources.partial_update"),
    Row(
        *("DELETE", "/resources/:id", "A", EMPTY),
        js="deleteResource",
        php="deleteResource",
        py="resources.delete",
    ),
    Row("POST", "/resources/resetpassword", ANYBODY, js="resetResourcePassword"),
    Row("GET", "/resources/timezone/:email", EVERY, js="getResourceTimezone"),
    Row(
        *("POST", "/users", "PA", CREATED),
        js="createUser",
        note="without a key only where the operator lets people sign up",
    ),
    Row("GET", "/users/me", OWN, js="getUserInfo"),
    Row("PUT", "/users/me", OWN, EMPTY, js="updateUser"),
    Row("POST", "/users/resetpassword", ANYBODY, js="resetUserPassword"),
    Row("GET", "/users/timezone/:email", EVERY, js="getUserTimezone"),
    Row("GET", "/properties", OWN),
    Row("GET", "/properties/:key", OWN),
    Row("PUT", "/properties", OWN, EMPTY),
    Row("GET", "/contacts", OWN),
)

CALENDARS = (
    Row("GET", "/calendars", OWN, js="getCalendars"),
    Row("GET", "/calendars/:id", OWN, js="getCalendar"),
    Row("POST", "/calendars", OWN, CREATED, js="createCalendar"),
    Row("PUT", "/calendars/:id", OWN, EMPTY, js="updateCalendar"),
    Row("DELETE", "/calendars/:id", OWN, EMPTY, js="deleteCalendar"),
)

EVENTS = (
    Row("GET", "/events", OWN, js="getEvents"),
    Row("GET", "/events/:id", OWN, js="getEvent"),
    Row("POST", "/events", OWN, CREATED, js="createEvent"),
    Row("PUT", "/events/:id", OWN, EMPTY, js="updateEvent"),
    Row("DELETE", "/events/:id", OWN, EMPTY, js="deleteEvent"),
    Row("GET", "/events/availability", OWN),
)

ACCOUNTS = (
    Row("GET", "/accounts", js="getAccounts", why=OUTSIDE),
    Row("GET", "/accounts/google/signup", js="accountGoogleSignup", why=OUTSIDE),
    Row("GET", "/accounts/microsoft/signup", js="accountMicrosoftSignup", why=OUTSIDE),
    Row("POST", "/accounts/sync", js="accountGoogleSync", why=OUTSIDE),
    Row("POST", "/accounts/microsoft/sync", js="accountMicrosoftSync", why=OUTSIDE),
    Row("GET", "/accounts/sync", js="accountSync", why=OUTSIDE),
    Row("GET", "/accounts/sync/calendars", why=OUTSIDE),
    Row("GET", "/accounts/google/calendars", why=OUTSIDE),
)

AVAILABILITY = (
    Row(
        *("POST", "/availability", EVERY),
        js="fetchAvailability",
        php="getAvailabilities",
        py="availability.list availability.create",
    ),
    Row("POST", "/availability/dates", EVERY, js="fetchAvailabilityDates"),
    Row("POST", "/availability/count", EVERY, js="fetchAvailabilityCounts"),
    Row("POST", "/unavailable/slots", EVERY, js="fetchUnAvailableSlots"),
    Row("POST", "/findtime", EVERY, js="findTime"),
    Row("POST", "/findtime/bulk", EVERY, js="findTimeBulk"),
    Row("POST", "/findtime/team", EVERY, js="findTimeTeam"),
    Row("GET", "/findtime/filtercollections", OWN, js="getFindTimeFilterCollections"),
    Row(
        *("POST", "/findtime/filtercollections", OWN, CREATED),
        js="createFindTimeFilterCollection",
    ),
    Row(
        *("GET", "/findtime/filtercollections/:id", OWN),
        js="updateFindTimeFilterCollection",
        note="the SDK's function reads here and changes nothing, by its own mistake",
    ),
    Row("PUT", "/findtime/filtercollections/:id", OWN, EMPTY),
)

PROJECTS = (
    Row(
        *("GET", "/projects", "WRA"),
        js="getProjects getLocationProjects getServiceProjects getLocationServiceProjects",
        py="projects.list",
    ),
    Row("POST", "/projects", "A", CREATED, js="createProject", py="projects.create"),
    Row("GET", "/projects/:id", OWN, js="getProject", py="projects.retrieve"),
    Row("GET", "/projects/hosted/:slug", ANYBODY, js="getHostedProject"),
    Row("GET", "/projects/embed/:id", EVERY, js="getEmbedProject"),
    Row("PUT", "/projects/:id", "A", EMPTY, js="updateProject", py="projects.update"),
    Row("PATCH", "/projects/:id", "A", EMPTY, py="projects.partial_update"),
    Row("DELETE", "/projects/:id", "A", EMPTY, js="deleteProject", py="projects.delete"),
    Row("GET", "/projects/:id/resources", js="getProjectResources", py="projects.get_resources"),
    Row(
        *("POST", "/projects/:id/resources", "A", CREATED),
        js="addProjectResource",
        py="projects.add_resources",
    ),
    Row(
        *("PUT", "/projects/:id/resources", "A", EMPTY),
        js="setProjectResources",
        py="projects.set_resources",
    ),
    Row(
        *("DELETE", "/projects/:id/resources/:resource_id", "A", EMPTY),
        js="removeProjectResource",
    ),
    Row("GET", "/widgets", OWN, js="getWidgets"),
    Row("POST", "/widgets", OWN, CREATED, js="createWidget"),
    Row("GET", "/widgets/:id", OWN, js="getWidget"),
    Row("PUT", "/widgets/:id", OWN, EMPTY, js="updateWidget"),
    Row("DELETE", "/widgets/:id", OWN, EMPTY, js="deleteWidget"),
    Row("GET", "/widgets/hosted/:slug", ANYBODY, js="getHostedWidget"),
    Row("GET", "/widgets/embed/:id", EVERY, js="getEmbedWidget"),
    Row("GET", "/locations", "WA", js="getLocations"),
    Row("POST", "/locations", "A", CREATED, js="createLocation"),
    Row("GET", "/locations/:id", js="getLocation"),
    Row("PUT", "/locations/:id", "A", EMPTY, js="updateLocation"),
    Row("DELETE", "/locations/:id", "A", EMPTY, js="deleteLocation"),
    Row("GET", "/location/services", "WA", js="getServices"),
    Row("POST", "/location/services", "A", CREATED, js="createService"),
    Row(
        *("GET", "/location/services/:id"),
        js="getService",
        note="the SDK's function throws before it sends anything, by its own mistake",
    ),
    Row("PUT", "/location/services/:id", "A", EMPTY, js="updateService"),
    Row("DELETE", "/location/services/:id", "A", EMPTY, js="deleteService"),
)

BOOKINGS = (
    Row("GET", "/bookings", OWN, js="getBookings", py="bookings.list"),
    Row(
        *("POST", "/bookings", EVERY, CREATED),
        js="createBooking",
        php="createBooking",
        py="bookings.create",
    ),
    Row("GET", "/bookings/:id", OWN, js="getBooking", py="bookings.retrieve"),
    Row("PUT", "/bookings/:id", OWN, EMPTY, py="bookings.update_meta bookings.update"),
    Row("PATCH", "/bookings/:id", OWN, EMPTY, py="bookings.partial_update"),
    Row(
        *("PUT", "/bookings/:id/:action", OWN),
        js="updateBooking",
        php="updateBookingState",
        py="bookings.update_state",
    ),
    Row(
        *("DELETE", "/bookings/:id", "A", EMPTY),
        js="deleteBooking",
        php="deleteBooking",
        py="bookings.delete",
    ),
    Row(
        *("POST", "/bookings/:id/reschedule", "WRA"),
        js="rescheduleBooking",
        py="bookings.reschedule",
    ),
    Row("POST", "/bookings/bulk", "A", CREATED, js="createBookingsBulk"),
    Row("PUT", "/bookings/bulk", js="updateBookingsBulk"),
    Row("GET", "/bookings/groups", EVERY, js="getGroupBookings", py="bookings.groups.list"),
    Row("GET", "/bookings/groups/:id", EVERY, js="getGroupBooking", py="bookings.groups.retrieve"),
    Row("GET", "/bookings/:id/groups", EVERY, note="where the SDK asked from 1.7 to 1.17"),
    Row("POST", "/bookings/reserve", EVERY, CREATED, js="reserveBooking"),
    Row("PUT", "/bookings/reserve/extend", EVERY, js="extendReservedBooking"),
)

OTHERS = (
    Row(
        *("POST", "/webhooks", "A", CREATED),
        note="`meta.message` ends with `id <id>`, where Pipedream reads the id",
    ),
    Row("GET", "/webhooks"),
    Row("GET", "/webhooks/:id"),
    Row("PUT", "/webhooks/:id", "A", EMPTY),
    Row("DELETE", "/webhooks/:id", "A", EMPTY),
    Row("GET", "/templates", js="getEmailTemplates"),
    Row("GET", "/templates/:slug", js="getEmailTemplate"),
    Row("PUT", "/templates/:slug", "A", EMPTY, js="updateEmailTemplate"),
    Row("GET", "/bookings/graphs", OWN, note="the original tells no path for graphs"),
    Row("GET", "/bookings/graphs/:graph", OWN),
    Row("GET", "/bookings/graphs/:graph/diagram.png", OWN),
    Row("GET", "/analytics/:action", why="never released by the original"),
    Row("GET", "/meetings", why=RETIRED),
    Row("POST", "/meetings", why=RETIRED),
    Row("GET", "/meetings/:id", why=RETIRED),
    Row("PUT", "/meetings/:id", why=RETIRED),
    Row("POST", "/meetings/availability", why=RETIRED),
    Row("POST", "/meetings/book", why=RETIRED),
    Row("POST", "/meetings/:id/invite", why=RETIRED),
)

CHAPTERS: Mapping[str, tuple[Row, ...]] = {
    "Apps, keys, log-in": APPS,
    "Resources and users": RESOURCES,
    "Calendars": CALENDARS,
    "Events": EVENTS,
    "Accounts": ACCOUNTS,
    "Availability": AVAILABILITY,
    "Projects, widgets, locations, services": PROJECTS,
    "Bookings": BOOKINGS,
    "Webhooks, templates, graphs and what is gone": OTHERS,
}
"""The table, in the order in which one reads it."""

DETOURS = (
    Detour("apps.create", "POST", "/app", 405, "`POST /apps`"),
    Detour("apps.retrieve", "GET", "/app/:id", 404, "`apps.get`"),
    Detour("apps.update", "PUT", "/app/:id", 404, "`PUT /apps/:slug`"),
    Detour("apps.partial_update", "PATCH", "/app/:id", 404, "`PUT /apps/:slug`"),
    Detour("apps.delete", "DELETE", "/app/:id", 404, "`DELETE /apps/:slug`"),
    Detour("availability.retrieve", "GET", "/availability/:id", 404, "`availability.list`"),
    Detour("availability.update", "PUT", "/availability/:id", 404, "`availability.list`"),
    Detour("availability.partial_update", "PATCH", "/availability/:id", 404, "`availability.list`"),
    Detour("availability.delete", "DELETE", "/availability/:id", 404),
    Detour("bookings.create_in_bulk", "POST", "/bookings", 422, "`POST /bookings/bulk`"),
    Detour("bookings.update_in_bulk", "PUT", "/bookings", 405, "`PUT /bookings/bulk`"),
    Detour("bookings.groups.create", "POST", "/bookings/groups", 405, "`bookings.create`"),
    Detour("bookings.groups.update", "PUT", "/bookings/groups/:id", 404, "`bookings.update`"),
    Detour(
        *("bookings.groups.partial_update", "PATCH", "/bookings/groups/:id", 405),
        "`bookings.update`",
    ),
    Detour("bookings.groups.delete", "DELETE", "/bookings/groups/:id", 405, "`bookings.delete`"),
    Detour(
        *("projects.remove_resources", "PUT", "/projects/:id/resources/:resource_id", 405),
        "`projects.set_resources` with those that stay",
    ),
)
"""What python-timekit sends elsewhere, most of it because each part inherits every method."""


def rows() -> Iterator[Row]:
    """Yield the rows of all chapters."""
    for chapter in CHAPTERS.values():
        yield from chapter


def functions(client: str) -> set[str]:
    """Return the functions of a client, ``js``, ``php`` or ``py``, that the table names."""
    return {name for row in rows() for name in str(getattr(row, client)).split()}
