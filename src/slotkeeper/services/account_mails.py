"""Mails to people about themselves: links to choose a password, and word of a failing webhook."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidTag

from slotkeeper.domain.delivery import Delivery, Hearers, Kind, News
from slotkeeper.domain.email import can_get_mail
from slotkeeper.domain.errors import NotFound
from slotkeeper.domain.passwords import LIFETIME, Purpose
from slotkeeper.notifications.languages import first_known
from slotkeeper.services import announcements, apps, passwords
from slotkeeper.services.mail_drafts import Desk, Draft, Person
from slotkeeper.services.vault import Vault
from slotkeeper.storage.transaction import Transaction

if TYPE_CHECKING:
    from slotkeeper.notifications.moments import Reader

PATH = "/account/password"
"""Where a password is chosen, below the address of the installation; ``token`` is in the query."""

AUDIENCE = "resource"
"""Whom a mail with a link to choose a password is for."""

SLUGS: Mapping[Purpose, str] = {
    Purpose.RESET: "password_reset",
    Purpose.INVITATION: "resource_invite",
}
"""The template of a mail with a link, by what the link is for."""

_LANGUAGE_KEYS = ("language", "locale")


async def send_link(tx: Transaction, vault: Vault, token: str) -> None:
    """Mail the link that a token makes to whose password it is for.

    The token is kept sealed until then: it is worth as much as the password.
    """
    chooser = await passwords.get_chooser(tx, token)
    slug = SLUGS[chooser.link.purpose]
    news = News(kind=Kind.NOTICE, facts={"sealed_token": vault.seal(token).hex()})
    hearers = Hearers(letters=[(slug, AUDIENCE)])
    await announcements.notify(tx, chooser.link.app_id, news, hearers)


async def draft(tx: Transaction, desk: Desk, delivery: Delivery) -> Draft | None:
    """Return what a delivery tells that is about no booking; None where that has passed."""
    if delivery.letter in SLUGS.values():
        return await _of_link(tx, desk, delivery)
    app = await apps.get(tx, delivery.app_id)
    told, language = delivery.announcement.facts, _language(app.settings)
    if not can_get_mail(app.owner_email):
        return None
    since = _reader(language, "UTC").moment(datetime.fromisoformat(str(told["failing_since"])))
    error = str(told.get("error") or "")
    webhook = {"url": str(told["url"]), "since": f"{since} UTC", "error": error}
    return Draft(
        app=app,
        slug=delivery.letter or "",
        to=[Person("", app.owner_email)],
        language=language,
        facts={"app": {"name": app.name}, "webhook": webhook},
    )


async def _of_link(tx: Transaction, desk: Desk, delivery: Delivery) -> Draft | None:
    """Return a mail with a link; None where the link was used, has ended or cannot be read."""
    sealed = delivery.announcement.facts.get("sealed_token")
    try:
        token = desk.vault.open(bytes.fromhex(str(sealed)))
        chooser = await passwords.get_chooser(tx, token)
    except (InvalidTag, ValueError, NotFound):
        return None
    resource, app = chooser.resource, chooser.app
    if not resource.email or not can_get_mail(resource.email):
        return None
    language = _language(resource.meta, app.settings)
    lifetime = _reader(language, resource.timezone).length(LIFETIME[chooser.link.purpose])
    address = f"{desk.site}{PATH}?token={token}"
    return Draft(
        app=app,
        slug=SLUGS[chooser.link.purpose],
        to=[Person(resource.name, resource.email)],
        language=language,
        facts={
            "app": {"name": app.name},
            "resource": {"name": resource.name, "email": resource.email},
            # The API documentation's list of names knows "confirm" as the way to accept.
            "links": {"password": address, "confirm": address, "lifetime": lifetime},
        },
    )


def _language(*sources: Mapping[str, object]) -> str:
    return first_known(source.get(key) for source in sources for key in _LANGUAGE_KEYS)


def _reader(language: str, zone_name: str) -> Reader:
    from slotkeeper.notifications.moments import Reader  # noqa: PLC0415 - for mails alone

    return Reader(tag=language, zone=ZoneInfo(zone_name))
