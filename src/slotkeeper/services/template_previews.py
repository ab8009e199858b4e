"""Show a mail before anybody gets it: an app's words, filled in for a booking or an example."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import CONFIRM_DECLINE, INSTANT, State
from slotkeeper.domain.mails import Audience
from slotkeeper.notifications.languages import LANGUAGES, language_of
from slotkeeper.notifications.letters import Letter, render
from slotkeeper.notifications.sandbox import Unusable
from slotkeeper.services import apps, bookings, mail_facts, templates
from slotkeeper.services.mail_drafts import Desk
from slotkeeper.services.mail_facts import Case
from slotkeeper.storage.transaction import Transaction

LIFETIME = timedelta(days=1)
"""How long links work in what is shown."""


async def preview(
    tx: Transaction,
    desk: Desk,
    app_id: UUID,
    slug: str,
    *,
    subject: str | None,
    body: str | None,
    language: str | None,
    booking_id: UUID | None,
) -> Letter:
    """Return what a mail would say; nothing is sent or kept.

    ``subject`` and ``body`` are tried in the place of the app's own. Without a booking of the
    app, one that is made up is told of. Links lead where they would, and act on what is real;
    those that are secrets of their own, to passwords and offers, lead nowhere.
    Raises InvalidInput for words that cannot be filled in, and for a language that is not there.
    """
    templates.check(subject=subject, body=body)
    if language is not None and language_of(language) is None:
        message = f"The language must be one of {', '.join(LANGUAGES)}."
        raise InvalidInput.field("language", message)
    own = await templates.get(tx, app_id, slug)
    tried = replace(
        own,
        subject=own.subject if subject is None else subject,
        body=own.body if body is None else body,
    )
    audience = Audience.CUSTOMER if slug.endswith("_customer") else Audience.OWNER
    if booking_id is None:
        case = await _example(tx, app_id, slug, audience)
    else:
        booking = await bookings.get(tx, app_id, booking_id)
        case = await mail_facts.load(tx, app_id, booking, audience=audience, message=None)
    case = replace(case, language_asked=language)
    facts = mail_facts.facts_of(tx, desk, case)
    try:
        return render(tried, {**facts, **_further(tx, desk, case, facts)}, case.language)
    except Unusable as fault:
        # The words are right by themselves, but not for the values of this booking.
        raise InvalidInput.field("body", f"The template cannot be used: {fault}.") from None


async def _example(tx: Transaction, app_id: UUID, slug: str, audience: Audience) -> Case:
    """Return a booking that nobody has made, such as the mail would tell of."""
    start = tx.now.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    is_asked = slug == "booking_request_owner"
    booking = Booking(
        id=uuid4(),
        graph=CONFIRM_DECLINE if is_asked else INSTANT,
        state=State.TENTATIVE if is_asked else State.CONFIRMED,
        resource_id=None,
        project_id=None,
        calendar_id=None,
        start_at=start,
        end_at=start + timedelta(hours=1),
        what="Consultation",
        location="Courthouse Square",
        description="",
        participants=(),
        customer=Customer(
            id=uuid4(), name="Marty McFly", email="marty@example.com", phone="+1 555 0100"
        ),
        settings={},
        meta={},
        rescheduled_from=None,
        created_at=tx.now,
        updated_at=tx.now,
    )
    moved = "rescheduled" in slug
    before = replace(booking, start_at=start - LIFETIME, end_at=booking.end_at - LIFETIME)
    return Case(
        app=await apps.get(tx, app_id),
        booking=booking,
        present=booking,
        before=before if moved else None,
        project=None,
        resources=(),
        audience=audience,
        message=None,
    )


def _further(
    tx: Transaction, desk: Desk, case: Case, facts: dict[str, object]
) -> dict[str, object]:
    """Return what mails tell that are about no booking, as examples."""
    links = facts["links"]
    assert isinstance(links, dict), "facts of a booking have links"
    nowhere = f"{desk.site}/"
    shown = {"take": nowhere, "password": nowhere, "lifetime": case.reader.length(LIFETIME)}
    resource = {"name": "Emmett Brown", "email": "doc@example.com"}
    webhook = {
        "url": "https://hill.example/hook",
        "since": case.reader.moment(tx.now - LIFETIME),
        "error": "410 Gone",
    }
    return {
        "links": {**links, **shown},
        "offer": {"until": case.reader.moment(case.booking.start_at)},
        "webhook": webhook,
        **({} if case.resources else {"resource": resource}),
    }
