"""A caller of the API, as tests see one."""

import base64
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx

Json = Any


def basic(key: str, user: str = "") -> str:
    """Return an Authorization header with ``key`` as the password."""
    return "Basic " + base64.b64encode(f"{user}:{key}".encode()).decode()


@dataclass
class Caller:
    """Sends requests with one key and gives back what came, parsed."""

    http: httpx.AsyncClient
    key: str | None

    async def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", {}))
        if self.key is not None:
            headers.setdefault("Authorization", basic(self.key))
        return await self.http.request(method, f"/v2{path}", headers=headers, **options)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("GET", path, **options)

    async def post(self, path: str, json: Json = None, **options: Any) -> httpx.Response:
        return await self.request("POST", path, json=json, **options)

    async def put(self, path: str, json: Json = None, **options: Any) -> httpx.Response:
        return await self.request("PUT", path, json=json, **options)

    async def delete(self, path: str, **options: Any) -> httpx.Response:
        return await self.request("DELETE", path, **options)

    async def created(self, path: str, json: Json = None, **options: Any) -> Json:
        """Post something that must be created, and return it."""
        answer = await self.post(path, json, **options)
        assert answer.status_code == 201, answer.text
        return answer.json()["data"]

    async def found(self, path: str, **options: Any) -> Json:
        """Get something that must be there, and return it."""
        answer = await self.get(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


@dataclass
class Tenant:
    """An app of its own for one test, so that no test sees what another left behind."""

    app_id: UUID
    slug: str
    api: Caller
    widget: Caller
    anonymous: Caller

    async def resource(self, **given: Json) -> Json:
        """Make a resource; a name and a zone unless given. Its token is shown only this once."""
        body = {"name": "Doc", "timezone": "UTC", **given}
        made = await self.api.created("/resources", body)
        return {name: value for name, value in made.items() if name != "api_token"}

    async def project(self, *resource_ids: str, **given: Json) -> Json:
        """Make a project of the resources, open at any hour unless given."""
        body = {
            "name": "Consultation",
            "resources": list(resource_ids),
            "availability": {"mode": "roundrobin_prioritized", "length": "1 hour"},
            "booking": {"graph": "instant", "what": "Consultation", "where": "Here"},
            **given,
        }
        return await self.api.created("/projects", body)

    async def webhook(self, url: str = "http://hook.invalid/", **given: Json) -> str:
        """Make a webhook for instant bookings that are confirmed, unless given; return its id."""
        body = {"url": url, "graph": "instant", "state": "confirmed", **given}
        answer = await self.api.post("/webhooks", body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["meta"]["message"].split("id ")[1])

    def order(self, resource_id: str | None, start: str, end: str, **given: Json) -> Json:
        """Return the body of a booking."""
        body = {
            "graph": "instant",
            "start": start,
            "end": end,
            "what": "Consultation",
            "where": "Here",
            "description": "",
            "customer": {"name": "Marty McFly", "email": "marty@example.com", "timezone": "UTC"},
            **given,
        }
        return body if resource_id is None else {"resource_id": resource_id, **body}
