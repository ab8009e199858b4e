"""One of everything that the API knows, for tests that want to reach it from where they may not."""

from tests.support.client import Caller, Json, Tenant

NINE, TEN = "2030-05-07T09:00:00+00:00", "2030-05-07T10:00:00+00:00"


class Owned:
    """One of everything, in one app, that belongs to one resource where it can."""

    def __init__(self, of: Tenant, **resource: Json) -> None:
        self.of = of
        self.resource = resource
        self.ids: dict[str, str] = {}
        self.slug = ""

    async def made(self) -> "Owned":
        resource = await self.of.resource(**self.resource)
        project = await self.of.project(resource["id"])
        webhook_id = await self.of.webhook()
        booking = await self.of.api.created("/bookings", self.of.order(resource["id"], NINE, TEN))
        [delivery] = await self.of.api.found(f"/webhooks/{webhook_id}/deliveries")
        calendar = resource["calendars"][0]["id"]
        event = await self.of.api.created(
            "/events",
            {"calendar_id": calendar, "start": TEN, "end": "2030-05-07T11:00:00Z", "what": "x"},
        )
        filters = await self.of.api.created("/findtime/filtercollections", {})
        series = await self.of.api.created(
            "/bookings/series",
            {
                **self.of.order(resource["id"], "2030-05-08 09:00", "2030-05-08 10:00"),
                "rrule": "FREQ=WEEKLY;COUNT=2",
            },
        )
        location = await self.of.api.created(
            "/locations", {"name": "x", "resources": [resource["id"]], "projects": [project["id"]]}
        )
        service = await self.of.api.created(
            "/location/services", {"name": "x", "locations": [location["id"]]}
        )
        widget = await self.of.api.created("/widgets", {"name": "x", "config": {}})
        entry = await self.of.api.created(
            "/bookings/waitlist", self.of.order(resource["id"], NINE, TEN)
        )
        key = await self.of.api.created("/app/keys", {"name": "x", "kind": "widget"})
        token = {"type": "client-token", "scopes": "widget", "description": "x"}
        credential = await self.of.api.created(
            "/credentials", {"resource_id": resource["id"], **token}
        )
        feed = await self.of.api.created(
            "/feeds", {"resource_id": resource["id"], "details": "full"}
        )
        self.slug = project["slug"]
        self.ids = {
            "resource_id": resource["id"],
            "project_id": project["id"],
            "booking_id": booking["id"],
            "series_id": series["id"],
            "calendar_id": calendar,
            "event_id": event["id"],
            "filtercollection_id": filters["id"],
            "location_id": location["id"],
            "service_id": service["id"],
            "widget_id": widget["id"],
            "key_id": key["id"],
            "credential_id": credential["id"],
            "entry_id": entry["id"],
            "webhook_id": webhook_id,
            "delivery_id": delivery["id"],
            "feed_id": feed["id"],
            "action": "cancel",
        }
        return self


async def snapshot(api: Caller) -> list[Json]:
    """Return everything that an app holds, as it shows it."""
    lists = ["/resources?include=availability_constraints", "/projects?include=resources"]
    lists += ["/bookings?include=logs,event,meta", "/calendars", "/bookings/waitlist?include=logs"]
    lists += ["/events?start=2030-01-01&end=2031-01-01", "/widgets", "/templates"]
    lists += ["/feeds", "/credentials", "/app/keys", "/app?include=app_token,widget_token"]
    lists += ["/locations?include=services,resources,projects", "/location/services"]
    lists += [
        f"/{kind}/{each['id']}/deliveries"
        for kind in ("webhooks", "bookings")
        for each in await api.found(f"/{kind}")
    ]
    lists += ["/webhooks"]
    return [await api.found(each) for each in lists]
