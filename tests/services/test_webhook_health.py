"""Targets that fail for long: who is told, when they are paused, and what waits meanwhile."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain.delivery import Channel, Delivery, Outcome
from slotkeeper.domain.webhook import Webhook
from slotkeeper.services import deliveries, delivery_log, webhook_health, webhooks
from slotkeeper.services.vault import Vault
from slotkeeper.storage import apps
from tests.services.shop import Shop, at
from tests.support.outbox import due

OK = Outcome(status=200)
BROKEN = Outcome(status=500, error="answered 500")
GONE = Outcome(status=410, error="answered 410", is_final=True)
BOUNCED = Outcome(error="the mail server is not there")

URL = "https://hill.example/hook"
VAULT = Vault("for tests")


@pytest.fixture
async def hook(shop: Shop) -> UUID:
    # Mails about bookings stay away; that to the owner of the app comes all the same.
    await apps.save_settings(shop.tx, shop.app_id, {"disableEmail": True}, name="Hill Valley")
    return await made(shop)


async def made(shop: Shop, url: str = URL, state: str = "confirmed") -> UUID:
    given = {"url": url, "graph": "instant", "state": state}
    return await webhooks.create(shop.tx, VAULT, shop.app_id, given)


def later(shop: Shop, **by: float) -> Shop:
    """Return the shop as it is so much later."""
    return replace(shop, tx=replace(shop.tx, now=shop.tx.now + timedelta(**by)))


async def taken(shop: Shop) -> list[Delivery]:
    """Take all that is due of the shop."""
    return await due(shop.tx, shop.app_id)


async def taken_for_webhooks(shop: Shop) -> list[Delivery]:
    return [each for each in await taken(shop) if each.channel is Channel.WEBHOOK]


async def round_of(shop: Shop, outcome: Outcome | Callable[[Delivery], Outcome]) -> list[Delivery]:
    """Attempt everything that is due, and return what that was."""
    found = await taken(shop)
    judged = outcome if callable(outcome) else lambda _: outcome
    await deliveries.finish(shop.tx, [(each, judged(each)) for each in found], chance=0.5)
    return found


async def until_warned(shop: Shop) -> Shop:
    """Fail for a day and a little; return the shop as it is then, with the mail waiting."""
    await booked(shop)
    await round_of(shop, BROKEN)
    shop = later(shop, hours=24, seconds=1)
    await round_of(shop, BROKEN)
    return shop


def mails(found: list[Delivery]) -> list[tuple[str | None, str | None, Any]]:
    return [
        (each.letter, each.audience, each.announcement.facts)
        for each in found
        if each.channel is Channel.MAIL
    ]


async def booked(shop: Shop) -> UUID:
    doc = await shop.resource()
    return (await shop.book(doc.id, at(9, day=20), at(10, day=20))).id


async def shown(shop: Shop, webhook_id: UUID) -> Webhook:
    return await webhooks.get(shop.tx, shop.app_id, webhook_id)


async def test_a_target_that_failed_counts_as_failing_until_it_succeeds(
    shop: Shop, hook: UUID
) -> None:
    await booked(shop)
    await round_of(shop, BROKEN)
    assert (await shown(shop, hook)).failing_since == shop.tx.now
    shop = later(shop, seconds=20)
    await round_of(shop, BROKEN)
    assert (await shown(shop, hook)).failing_since == shop.tx.now - timedelta(seconds=20)
    shop = later(shop, minutes=2)
    await round_of(shop, OK)
    assert (await shown(shop, hook)).failing_since is None


async def test_all_webhooks_with_the_address_share_its_fate(shop: Shop, hook: UUID) -> None:
    same = await made(shop, state="cancelled")
    other = await made(shop, "https://hill.example/other", state="cancelled")
    await booked(shop)
    await round_of(shop, BROKEN)
    assert (await shown(shop, same)).failing_since == shop.tx.now
    assert (await shown(shop, other)).failing_since is None
    newest = await made(shop, state="completed")
    assert (await shown(shop, newest)).failing_since == shop.tx.now


async def test_a_day_of_failures_leads_to_a_mail_first(shop: Shop, hook: UUID) -> None:
    await booked(shop)
    await round_of(shop, BROKEN)
    almost = later(shop, hours=23, minutes=59)
    await round_of(almost, BROKEN)
    assert (await shown(shop, hook)).warned_at is None

    await booked(shop)
    shop = later(shop, hours=24)
    await round_of(shop, BROKEN)

    webhook = await shown(shop, hook)
    assert (webhook.warned_at, webhook.paused_at) == (shop.tx.now, None)
    assert mails(await round_of(shop, BOUNCED)) == [
        (
            "webhook_failing",
            "app_owner",
            {
                "target": str(webhook.target),
                "url": URL,
                "failing_since": "2030-05-06T08:00:00+00:00",
                "error": "500 Internal Server Error",
            },
        )
    ]
    assert (await shown(shop, hook)).paused_at is None


async def test_it_is_paused_when_the_mail_has_arrived(shop: Shop, hook: UUID) -> None:
    shop = await until_warned(shop)
    waiting = await booked(shop)

    await round_of(shop, lambda each: OK if each.channel is Channel.MAIL else BROKEN)

    assert (await shown(shop, hook)).paused_at == shop.tx.now
    assert await round_of(later(shop, days=300), BROKEN) == []

    shop = later(shop, days=2)
    while_paused = await booked(shop)
    assert await round_of(shop, OK) == []

    await webhook_health.resume(shop.tx, shop.app_id, hook)
    told = [each.booking_id for each in await round_of(shop, OK)]
    assert told[-2:] == [waiting, while_paused]
    assert len(told) == 3
    webhook = await shown(shop, hook)
    assert (webhook.paused_at, webhook.warned_at, webhook.failing_since) == (None, None, None)


async def test_without_a_mail_it_is_paused_an_hour_later(shop: Shop, hook: UUID) -> None:
    shop = await until_warned(shop)
    await round_of(shop, BOUNCED)
    await booked(shop)
    almost = later(shop, minutes=59)
    await round_of(almost, BOUNCED)
    assert (await shown(almost, hook)).paused_at is None
    await booked(shop)
    shop = later(shop, hours=1)
    found = await round_of(shop, BOUNCED)
    assert (await shown(shop, hook)).paused_at == shop.tx.now
    assert [each for each in found if each.letter and each.attempts == 1] == []


async def test_who_recovers_before_the_mail_arrives_is_not_paused(shop: Shop, hook: UUID) -> None:
    shop = await until_warned(shop)
    await booked(shop)
    await round_of(shop, lambda each: BOUNCED if each.channel is Channel.MAIL else OK)
    shop = later(shop, seconds=11)
    assert mails(await round_of(shop, OK))
    assert (await shown(shop, hook)).paused_at is None


async def test_a_target_that_is_gone_is_paused_at_once_and_the_owner_told(
    shop: Shop, hook: UUID
) -> None:
    await booked(shop)
    waiting = await booked(shop)
    first, *_ = await taken_for_webhooks(shop)
    await deliveries.finish(shop.tx, [(first, GONE)], chance=0.5)

    assert (await shown(shop, hook)).paused_at == shop.tx.now
    ((letter, _, facts),) = mails(await round_of(shop, OK))
    assert (letter, facts["error"]) == ("webhook_failing", "410 Gone")
    # The second was under way. Whatever becomes of it, it waits now.
    assert await round_of(later(shop, days=1), OK) == []
    await webhook_health.resume(shop.tx, shop.app_id, hook)
    assert [each.booking_id for each in await round_of(shop, OK)] == [waiting]


async def test_what_fails_while_it_is_paused_goes_on_waiting(shop: Shop, hook: UUID) -> None:
    await booked(shop)
    await booked(shop)
    found = await taken_for_webhooks(shop)
    await deliveries.finish(shop.tx, [(found[0], GONE)], chance=0.5)
    await deliveries.finish(shop.tx, [(found[1], BROKEN)], chance=0.5)
    assert [each for each in await round_of(later(shop, days=9), OK) if each.webhook_id] == []


async def test_a_paused_target_can_be_tried_out(shop: Shop, hook: UUID) -> None:
    await booked(shop)
    await round_of(shop, GONE)
    await round_of(shop, OK)  # the mail
    test_id = await delivery_log.send_test(shop.tx, shop.app_id, hook)
    assert [each.id for each in await round_of(shop, OK)] == [test_id]
    assert (await shown(shop, hook)).paused_at is not None


async def test_a_test_that_fails_says_nothing_about_the_target(shop: Shop, hook: UUID) -> None:
    await delivery_log.send_test(shop.tx, shop.app_id, hook)
    await round_of(shop, replace(BROKEN, is_final=True))
    assert (await shown(shop, hook)).failing_since is None


async def test_with_another_address_a_webhook_begins_anew(shop: Shop, hook: UUID) -> None:
    await booked(shop)
    waiting = await booked(shop)
    first, *_ = await taken_for_webhooks(shop)
    await deliveries.finish(shop.tx, [(first, GONE)], chance=0.5)
    await round_of(shop, OK)

    await webhooks.change(shop.tx, VAULT, shop.app_id, hook, {"url": "https://hill.example/new"})

    webhook = await shown(shop, hook)
    assert (webhook.paused_at, webhook.failing_since) == (None, None)
    (again,) = await round_of(shop, OK)
    assert (again.booking_id, again.target) == (waiting, webhook.target)


async def test_nobody_resumes_the_target_of_another_app(
    shop: Shop, other_shop: Shop, hook: UUID
) -> None:
    theirs = await made(other_shop)
    await booked(shop)
    await round_of(shop, GONE)
    await webhook_health.resume(shop.tx, other_shop.app_id, theirs)
    assert (await shown(shop, hook)).paused_at is not None


@pytest.mark.parametrize("leave", ["delete", "change"])
async def test_what_a_booking_tells_by_itself_does_not_wait_for_a_webhook_that_left(
    shop: Shop, hook: UUID, leave: str
) -> None:
    await booked(shop)
    doc = await shop.resource()
    own = {"webhooks": [{"enabled": False}, {"url": URL}]}
    booking = await shop.book(doc.id, at(9, day=20), at(10, day=20), steps=own)
    found = [each for each in await taken_for_webhooks(shop) if each.webhook_id]
    await deliveries.finish(shop.tx, [(each, GONE) for each in found], chance=0.5)
    day_later = later(shop, days=1)
    assert not await of_url(day_later)

    if leave == "delete":
        await webhooks.delete(day_later.tx, shop.app_id, hook)
    else:
        changes = {"url": "https://hill.example/new"}
        await webhooks.change(day_later.tx, VAULT, shop.app_id, hook, changes)

    (only,) = await of_url(day_later)
    assert (only.booking_id, only.webhook_id) == (booking.id, None)


async def of_url(shop: Shop) -> list[Delivery]:
    """Attempt what is due, and return what of it went to an address of a booking itself."""
    return [each for each in await round_of(shop, OK) if each.call is not None]
