"""Keep an eye on the targets of webhooks: who fails for long is told, and only then left alone.

| what happens | what follows |
|---|---|
| an attempt fails | the target counts as failing since then |
| one succeeds | it is well again |
| one fails after ``PATIENCE`` without a success | a mail to the owner of the app |
| that mail is delivered | the target is paused |
| one fails ``GRACE`` after the mail, delivered or not | the target is paused |
| the target answers 410 Gone | it is paused at once, and the mail sent |

What waits for a target that is paused is sent when somebody resumes it.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from slotkeeper.domain.delivery import Channel, Delivery, Hearers, Kind, News, Outcome
from slotkeeper.services import announcements, webhooks
from slotkeeper.storage import webhook_health
from slotkeeper.storage.transaction import Transaction

PATIENCE = timedelta(hours=24)
"""How long a target may fail without one success before the owner of its app is told."""

GRACE = timedelta(hours=1)
"""How long after that it is paused, where the mail cannot be delivered."""

LETTER = "webhook_failing"
AUDIENCE = "app_owner"
"""The mail to the owner of an app, and who gets it."""


async def note(tx: Transaction, outcomes: Sequence[tuple[Delivery, Outcome]]) -> None:
    """Learn from what came of attempts how the targets are doing, and act on it.

    Of several attempts at one target in a batch, the last one counts. A test that fails says
    nothing: somebody is at work there.
    """
    latest = {
        delivery.target: outcome
        for delivery, outcome in outcomes
        if delivery.channel is Channel.WEBHOOK and (outcome.is_success or not _is_test(delivery))
    }
    well = [target for target, outcome in latest.items() if outcome.is_success]
    if well:
        await webhook_health.recovered(tx, well)
    ill = [target for target, outcome in latest.items() if not outcome.is_success]
    if ill:
        await _judge(tx, {target: latest[target] for target in ill})
    if told := _told(outcomes):
        await webhook_health.pause(tx, told, warned_by=tx.now)
        await webhook_health.hold_back(tx, told)


async def resume(tx: Transaction, app_id: UUID, webhook_id: UUID) -> None:
    """Send what has waited for the address of a webhook, in order, and all that follows."""
    webhook = await webhooks.get(tx, app_id, webhook_id)
    await webhook_health.resume(tx, app_id, webhook.target)


async def _judge(tx: Transaction, failures: Mapping[UUID, Outcome]) -> None:
    """Note what failed; warn of what has failed for long, and pause what was warned of."""
    ill = list(failures)
    gone = [target for target in ill if failures[target].status == HTTPStatus.GONE]
    await webhook_health.failed(tx, ill)
    if gone:
        for paused in await webhook_health.pause(tx, gone, warned_by=None):
            await _tell(tx, paused, failures)
    await webhook_health.pause(tx, ill, warned_by=tx.now - GRACE)
    for failing in await webhook_health.warn(tx, ill, failing_since=tx.now - PATIENCE):
        await _tell(tx, failing, failures)
    await webhook_health.hold_back(tx, ill)


async def _tell(
    tx: Transaction, failing: Mapping[str, Any], failures: Mapping[UUID, Outcome]
) -> None:
    facts = {
        "target": str(failing["target"]),
        "url": failing["url"],
        "failing_since": failing["failing_since"].isoformat(),
        "error": _answer(failures[failing["target"]]),
    }
    news = News(kind=Kind.NOTICE, facts=facts)
    await announcements.notify(tx, failing["app_id"], news, Hearers(letters=[(LETTER, AUDIENCE)]))


def _answer(failure: Outcome) -> str | None:
    """Return what came back, as a person reads it: ``410 Gone``, or why nothing did."""
    if failure.status is None or failure.status not in set(HTTPStatus):
        return failure.error
    return f"{failure.status} {HTTPStatus(failure.status).phrase}"


def _told(outcomes: Sequence[tuple[Delivery, Outcome]]) -> list[UUID]:
    """Return the targets of which somebody has been told by a mail that has just arrived."""
    return [
        UUID(str(delivery.announcement.facts["target"]))
        for delivery, outcome in outcomes
        if delivery.letter == LETTER and outcome.is_success
    ]


def _is_test(delivery: Delivery) -> bool:
    return delivery.announcement.kind is Kind.TEST
