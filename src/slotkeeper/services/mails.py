"""Write the mails that are due.

A mail is written when its turn comes, not when it becomes due: by then somebody may have
switched it off, and its links lead only to what is still possible.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from slotkeeper.domain.delivery import Delivery, Kind
from slotkeeper.domain.email import can_get_mail
from slotkeeper.domain.template import Template, template
from slotkeeper.services import account_mails, booking_mails, templates
from slotkeeper.services.mail_drafts import Desk, Draft, Person
from slotkeeper.storage.transaction import Transaction

# What makes mails is needed by who sends them, and costs memory that a server shall not spend.
if TYPE_CHECKING:
    from email.message import EmailMessage

    from slotkeeper.notifications.letters import Letter

log = structlog.get_logger(__name__)


async def prepare(tx: Transaction, desk: Desk, delivery: Delivery) -> EmailMessage | None:
    """Return the mail that a delivery is, None where there is nothing to say any more.

    The same delivery makes the same Message-ID and Date whenever it is prepared.
    """
    about = account_mails if delivery.announcement.kind is Kind.NOTICE else booking_mails
    draft = await about.draft(tx, desk, delivery)
    if draft is None:
        return None
    of_app = await templates.get(tx, delivery.app_id, draft.slug)
    if not of_app.enabled:
        return None
    return _in_envelope(desk, delivery, draft, _letter(of_app, draft))


def _letter(of_app: Template, draft: Draft) -> Letter:
    """Return what a mail says; in the words of every app where those of this one do not do.

    They were looked at when they were saved, but perhaps by an earlier version.
    """
    from slotkeeper.notifications.letters import render  # noqa: PLC0415 - see above
    from slotkeeper.notifications.sandbox import Unusable  # noqa: PLC0415 - see above

    own = of_app if draft.subject is None else replace(of_app, subject=draft.subject)
    try:
        return render(own, draft.facts, draft.language)
    except Unusable as fault:
        log.warning("template_not_used", app=draft.app.slug, slug=draft.slug, reason=str(fault))
        usual = template(of_app.slug, of_app.wording, None)
        return render(usual, draft.facts, draft.language)


def _in_envelope(desk: Desk, delivery: Delivery, draft: Draft, letter: Letter) -> EmailMessage:
    from slotkeeper.notifications.message import (  # noqa: PLC0415 - see above
        Envelope,
        Mailbox,
        compose,
    )

    envelope = Envelope(
        sender=Mailbox(*_sender(desk, draft)),
        to=[Mailbox(*each) for each in draft.to],
        reply_to=Mailbox(*draft.reply_to) if draft.reply_to else None,
        message_id=str(delivery.id),
        app_id=str(delivery.app_id),
        date=delivery.created_at,
        language=draft.language,
        unsubscribe=draft.unsubscribe,
    )
    return compose(letter, envelope, invitation=draft.invitation)


def _sender(desk: Desk, draft: Draft) -> Person:
    """Return from whom a mail comes: named after the app, from the installation's address.

    An app's own address counts where it has the same host. Mail servers take no other from
    us, and many would take it for a forgery.
    """
    settings = draft.app.settings
    name, address = settings.get("from_name"), settings.get("from_email")
    own = isinstance(address, str) and can_get_mail(address)
    if own and _host(str(address)) == _host(desk.sender.address):
        sender = str(address)
    else:
        sender = desk.sender.address
    return Person(name if isinstance(name, str) and name else draft.app.name, sender)


def _host(address: str) -> str:
    return address.rpartition("@")[2].casefold()
