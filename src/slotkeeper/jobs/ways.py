"""The ways on which deliveries leave the house: webhooks by HTTP, mails by post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from slotkeeper.domain.delivery import Delivery, Outcome
from slotkeeper.notifications.http import HttpSender
from slotkeeper.services import webhook_calls
from slotkeeper.services.vault import Vault
from slotkeeper.services.webhook_calls import Prepared
from slotkeeper.storage.transaction import Transaction


@dataclass(frozen=True, slots=True)
class _Call:
    """A request of a webhook that is ready to be sent."""

    delivery: Delivery
    prepared: Prepared
    http: HttpSender

    async def send(self) -> Outcome:
        """Send it once, and judge the answer."""
        result = await self.http.send(self.prepared.call)
        return webhook_calls.judge(self.delivery, self.prepared, result)


class WebhookWay:
    """Webhooks, as HTTP requests. ``site`` is the address under which links lead here."""

    def __init__(self, vault: Vault, http: HttpSender, *, site: str | None) -> None:
        self._vault = vault
        self._http = http
        self._site = site

    async def prepare(
        self, tx: Transaction, taken: Sequence[Delivery]
    ) -> Mapping[UUID, _Call | None]:
        """Return the request of each delivery; see ``webhook_calls.prepare``."""
        prepared = await webhook_calls.prepare(tx, self._vault, taken, site=self._site)
        calls: dict[UUID, _Call | None] = {}
        for each in taken:
            ready = prepared[each.id]
            calls[each.id] = None if ready is None else _Call(each, ready, self._http)
        return calls

    async def close(self) -> None:
        """Close the connections that are kept."""
        await self._http.close()
