"""The ways on which deliveries leave the house: webhooks by HTTP, mails by post."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from uuid import UUID

from slotkeeper.domain.delivery import Delivery, Outcome
from slotkeeper.notifications.http import HttpSender
from slotkeeper.notifications.post import Post, PostRefused
from slotkeeper.services import mails, webhook_calls
from slotkeeper.services.mail_drafts import Desk
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


@dataclass(frozen=True, slots=True)
class _Mail:
    """A mail that is ready to be sent."""

    message: EmailMessage
    post: Post

    async def send(self) -> Outcome:
        """Hand it over once."""
        try:
            await self.post.send(self.message)
        except PostRefused as refusal:
            return Outcome(error=refusal.reason, is_final=refusal.permanent)
        return Outcome()


class MailWay:
    """Mails, written at ``desk`` and handed over to ``post``."""

    def __init__(self, desk: Desk, post: Post) -> None:
        self._desk = desk
        self._post = post

    async def prepare(
        self, tx: Transaction, taken: Sequence[Delivery]
    ) -> Mapping[UUID, _Mail | None]:
        """Return the mail that each delivery is; see ``mails.prepare``."""
        found: dict[UUID, _Mail | None] = {}
        for each in taken:
            message = await mails.prepare(tx, self._desk, each)
            found[each.id] = None if message is None else _Mail(message, self._post)
        return found

    async def close(self) -> None:
        """Take leave of the mail server."""
        await self._post.close()
