"""Resources as the API shows them, with what is asked for beside them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from slotkeeper.api import show
from slotkeeper.api.show import Shown
from slotkeeper.api.times import Times
from slotkeeper.domain.calendar import Calendar, Event
from slotkeeper.domain.credential import SCOPE, Credential
from slotkeeper.domain.resource import Resource
from slotkeeper.services import calendars, credentials, resources
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

EVENTS = "calendars.events"
"""The include that puts the events of each calendar into it."""

API_TOKEN = "api_token"
"""The include that shows the server-token of a resource, which is also shown when it is made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Everything that is needed to show some resources to whoever asked."""

    times: Times
    includes: frozenset[str]
    calendars_of: Mapping[UUID, Sequence[Calendar]]
    events_of: Mapping[UUID, Sequence[Event]]
    credentials_of: Mapping[UUID, Sequence[Shown]]
    tokens: Mapping[UUID, str]

    @classmethod
    async def of(
        cls,
        tx: Transaction,
        vault: Vault,
        app_id: UUID,
        shown: Sequence[Resource],
        *,
        times: Times,
        includes: frozenset[str],
    ) -> "Viewer":
        """Load what showing these resources needs: one query for each kind of thing."""
        ids = [each.id for each in shown]
        calendars_of = await calendars.of_resources(tx, app_id, ids)
        every = [each.id for found in calendars_of.values() for each in found]
        return cls(
            times=times,
            includes=includes,
            calendars_of=calendars_of,
            events_of=await resources.events_of(tx, app_id, every) if EVENTS in includes else {},
            credentials_of={
                each: await _credentials_of(tx, vault, app_id, each, times) for each in ids
            }
            if "credentials" in includes
            else {},
            tokens=await credentials.find_tokens(tx, vault, app_id, ids)
            if API_TOKEN in includes
            else {},
        )

    def show(self, resource: Resource) -> Shown:
        """Return a resource; each include adds a member.

        Calendars of other providers cannot be connected yet, so there are no accounts to show.
        """
        shown = show.resource(
            resource, calendars=self.calendars_of[resource.id], includes=self.includes
        )
        if EVENTS in self.includes:
            for calendar in shown["calendars"]:
                found = self.events_of[calendar["id"]]
                calendar["events"] = [show.event(each, self.times) for each in found]
        if "accounts" in self.includes:
            shown["accounts"] = []
        if "credentials" in self.includes:
            shown["credentials"] = self.credentials_of[resource.id]
        if API_TOKEN in self.includes:
            shown[API_TOKEN] = self.tokens.get(resource.id)
        return shown


async def shown_resource(
    tx: Transaction,
    vault: Vault,
    app_id: UUID,
    resource: Resource,
    *,
    times: Times,
    includes: frozenset[str],
) -> Shown:
    """Return one resource with its includes; one that is to show its token gets one."""
    if API_TOKEN in includes:
        await credentials.token_of(tx, vault, app_id, resource.id)
    viewer = await Viewer.of(tx, vault, app_id, [resource], times=times, includes=includes)
    return viewer.show(resource)


async def shown_user(
    tx: Transaction,
    vault: Vault,
    app_id: UUID,
    resource: Resource,
    *,
    times: Times,
    includes: frozenset[str],
) -> Shown:
    """Return one resource as the user routes show it, which clients of before 2018 read."""
    shown = await shown_resource(tx, vault, app_id, resource, times=times, includes=includes)
    return {**shown, "activated": True, "last_sync": None}


def shown_credential(shown: Credential, tokens: Mapping[UUID, str], times: Times) -> Shown:
    """Return a token as older clients read it; one for any site names the empty one."""
    return {
        "id": shown.id,
        "resource_id": shown.resource_id,
        "type": shown.kind,
        "description": shown.description,
        "token": tokens[shown.id],
        "scopes": [SCOPE[shown.kind]],
        "referrer": list(shown.referrers) or [""],
        "expires": times.show(shown.expires_at),
        "token_generated_at": times.show(shown.created_at),
        "last_used_at": times.show(shown.last_used_at) if shown.last_used_at else None,
    }


async def _credentials_of(
    tx: Transaction, vault: Vault, app_id: UUID, resource_id: UUID, times: Times
) -> list[Shown]:
    found = await credentials.of_resource(tx, app_id, resource_id)
    texts = await credentials.texts_of(tx, vault, app_id, found)
    return [shown_credential(each, texts, times) for each in found]
