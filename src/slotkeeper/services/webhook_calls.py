"""Make the requests that deliveries to webhooks are, and judge what is answered to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import TypeVar
from uuid import UUID

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.calendar import Calendar
from slotkeeper.domain.delivery import Delivery, Kind, Outcome
from slotkeeper.domain.graphs import GROUP_OWNER
from slotkeeper.domain.mails import Audience
from slotkeeper.domain.project import Project
from slotkeeper.domain.resource import Resource
from slotkeeper.domain.webhook import Webhook, sample_booking
from slotkeeper.notifications.http import HttpCall, HttpResult
from slotkeeper.notifications.webhook import Address, Seal, call
from slotkeeper.notifications.webhook_body import Shown, Told, reminded, told
from slotkeeper.services import action_links
from slotkeeper.services.vault import Vault
from slotkeeper.services.webhooks import headers_of
from slotkeeper.storage import webhook_calls
from slotkeeper.storage.transaction import Transaction

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A request to make, and the status that counts as success, None for every 2xx."""

    call: HttpCall
    expected: int | None = None


async def prepare(
    tx: Transaction, vault: Vault, taken: Sequence[Delivery], *, site: str | None
) -> dict[UUID, Prepared | None]:
    """Return the request of each delivery to a webhook, by the id of the delivery.

    None stands for what is not to be sent any more: its webhook is disabled or deleted. A
    handful of queries, however many there are. ``site`` is the public address of the
    installation, without a slash behind; without it the customer gets no links.
    """
    webhooks = await _webhooks_of(tx, taken)
    going = [each for each in taken if _is_wanted(each, webhooks)]
    nothing: dict[UUID, Prepared | None] = {each.id: None for each in taken}
    return nothing | await _prepared(tx, vault, going, webhooks, site=site)


async def calls(
    tx: Transaction, vault: Vault, deliveries: Sequence[Delivery], *, site: str | None
) -> dict[UUID, HttpCall]:
    """Return the request of each delivery as it would be made now, wanted or not."""
    webhooks = await _webhooks_of(tx, deliveries)
    prepared = await _prepared(tx, vault, deliveries, webhooks, site=site)
    return {delivery_id: each.call for delivery_id, each in prepared.items()}


def judge(delivery: Delivery, prepared: Prepared, result: HttpResult) -> Outcome:
    """Return what the answer to an attempt means.

    Success is the status that was expected, or any 2xx. After 410 Gone, and after a test, no
    other attempt is made.
    """
    error = result.error or _refusal(result.status, prepared.expected)
    is_gone = result.status == HTTPStatus.GONE and prepared.expected != HTTPStatus.GONE
    return Outcome(
        status=result.status,
        error=error,
        excerpt=result.excerpt,
        milliseconds=result.milliseconds,
        is_final=is_gone or delivery.announcement.kind is Kind.TEST,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Related:
    """What bookings relate to, by id."""

    calendars: Mapping[UUID, Calendar]
    resources: Mapping[UUID, Resource]
    projects: Mapping[UUID, Project]
    owners: Mapping[UUID, Booking]
    events: Mapping[UUID, UUID]
    seats: Mapping[UUID, int]

    @classmethod
    async def load(cls, tx: Transaction, told_of: Sequence[tuple[UUID, Booking]]) -> "_Related":
        return cls(
            calendars=await webhook_calls.calendars_of(
                tx, ((app, each.calendar_id) for app, each in told_of if each.calendar_id)
            ),
            resources=await webhook_calls.resources_of(
                tx, ((app, each.resource_id) for app, each in told_of if each.resource_id)
            ),
            projects=await webhook_calls.projects_of(
                tx, ((app, each.project_id) for app, each in told_of if each.project_id)
            ),
            owners=await webhook_calls.bookings_of(
                tx, ((app, each.owner_booking_id) for app, each in told_of if each.owner_booking_id)
            ),
            events=await webhook_calls.events_of(tx, ((app, each.id) for app, each in told_of)),
            seats=await webhook_calls.seats_taken(
                tx, ((app, each.id) for app, each in told_of if each.graph is GROUP_OWNER)
            ),
        )

    def about(self, booking: Booking, links: Mapping[str, str]) -> Told:
        """Return a booking with what it relates to."""
        is_class = booking.graph is GROUP_OWNER and "max_seats" in booking.settings
        return Told(
            booking=booking,
            event_id=self.events.get(booking.id),
            calendar=_of(self.calendars, booking.calendar_id),
            resource=_of(self.resources, booking.resource_id),
            project=_of(self.projects, booking.project_id),
            owner=_of(self.owners, booking.owner_booking_id),
            seats_taken=self.seats.get(booking.id, 0) if is_class else None,
            links=links,
        )


async def _prepared(
    tx: Transaction,
    vault: Vault,
    going: Sequence[Delivery],
    webhooks: Mapping[UUID, Webhook],
    *,
    site: str | None,
) -> dict[UUID, Prepared]:
    secrets = await _secrets(tx, vault, going)
    bookings = {each.id: _booking_of(each, webhooks) for each in going}
    related = await _Related.load(tx, [(each.app_id, bookings[each.id]) for each in going])
    found = {}
    for each in going:
        booking = bookings[each.id]
        about = related.about(booking, _links(tx, vault, each.app_id, booking, site=site))
        seal = Seal(delivery_id=each.id, at=int(tx.now.timestamp()), secret=secrets[each.app_id])
        address, expected = _address_of(vault, each, webhooks)
        content = _content(each.announcement.kind, about)
        found[each.id] = Prepared(call=call(address, content, seal), expected=expected)
    return found


async def _webhooks_of(tx: Transaction, deliveries: Sequence[Delivery]) -> dict[UUID, Webhook]:
    return await webhook_calls.webhooks_of(
        tx, ((each.app_id, each.webhook_id) for each in deliveries if each.webhook_id)
    )


def _is_wanted(delivery: Delivery, webhooks: Mapping[UUID, Webhook]) -> bool:
    """Tell whether there is still somebody to tell; a test also goes where nothing else does."""
    if delivery.webhook_id is None:
        return delivery.call is not None and delivery.announcement.booking is not None
    webhook = webhooks.get(delivery.webhook_id)
    if webhook is None:
        return False
    return webhook.enabled or delivery.announcement.kind is Kind.TEST


def _booking_of(delivery: Delivery, webhooks: Mapping[UUID, Webhook]) -> Booking:
    booking = delivery.announcement.booking
    if booking is not None:
        return booking
    assert delivery.webhook_id is not None, delivery.id
    webhook = webhooks[delivery.webhook_id]
    return sample_booking(webhook.graph, webhook.state, at=delivery.announcement.happened_at)


def _address_of(
    vault: Vault, delivery: Delivery, webhooks: Mapping[UUID, Webhook]
) -> tuple[Address, int | None]:
    """Return where a delivery goes, and the status that is expected."""
    if delivery.webhook_id is not None:
        webhook = webhooks[delivery.webhook_id]
        headers = headers_of(vault, webhook)
        address = Address(url=webhook.url, method=webhook.method, headers=headers)
        return address, webhook.expected_response_code
    given = delivery.call or {}
    expected = given.get("expected_response_code")
    address = Address(url=str(given["url"]), method=str(given.get("method") or "post").lower())
    return address, int(str(expected)) if expected else None


def _content(kind: Kind, about: Told) -> Shown:
    return reminded(about) if kind is Kind.REMINDER else told(about)


def _links(
    tx: Transaction, vault: Vault, app_id: UUID, booking: Booking, *, site: str | None
) -> Mapping[str, str]:
    if site is None:
        return {}
    return action_links.links(
        vault, app_id, booking, audience=Audience.CUSTOMER, site=site, now=tx.now
    )


async def _secrets(tx: Transaction, vault: Vault, going: Sequence[Delivery]) -> Mapping[UUID, str]:
    """Return the secret of each app; raises InvalidTag where another secret key sealed one."""
    sealed = await webhook_calls.sealed_secrets(tx, (each.app_id for each in going))
    return {app_id: vault.open(each) for app_id, each in sealed.items()}


def _of(found: Mapping[UUID, Row], wanted: UUID | None) -> Row | None:
    return found.get(wanted) if wanted is not None else None


def _refusal(status: int | None, expected: int | None) -> str | None:
    """Return why a status is no success, None where it is."""
    if status is None:
        return "no answer"
    if expected is not None:
        return None if status == expected else f"answered {status}, expected {expected}"
    return None if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES else f"answered {status}"
