"""People who call the API as themselves, with a token of their own."""

from dataclasses import dataclass
from typing import Any

from tests.support.client import Caller, Json, Tenant, basic


@dataclass
class Person(Caller):
    """Calls as one resource, with its address and a token."""

    email: str = ""
    slug: str = ""
    resource_id: str = ""

    async def request(self, method: str, path: str, **options: Any) -> Any:
        headers = {
            "Authorization": basic(self.key or "", user=self.email),
            "Timekit-App": self.slug,
            **options.pop("headers", {}),
        }
        return await super().request(method, path, headers=headers, **options)


async def person(tenant: Tenant, email: str, **given: Json) -> Person:
    """Make a resource with an address, and return it as somebody who calls."""
    body = {"name": "Doc", "timezone": "UTC", "email": email, **given}
    made = await tenant.api.created("/resources", body)
    return Person(
        tenant.api.http, made["api_token"], email=email, slug=tenant.slug, resource_id=made["id"]
    )


async def token_of(
    tenant: Tenant, resource_id: str, email: str, kind: str, **given: Json
) -> Person:
    """Make another token for a resource, and return it as somebody who calls with that."""
    scope = {"server-token": "global", "client-token": "widget"}[kind]
    token = {"type": kind, "scopes": [scope], "description": "x", **given}
    made = await tenant.api.created("/credentials", {"resource_id": resource_id, **token})
    return Person(
        tenant.api.http, made["token"], email=email, slug=tenant.slug, resource_id=resource_id
    )
