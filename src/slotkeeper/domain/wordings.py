"""What each mail says in an app that changed nothing: built of sentences, in any language.

A sentence is English here. ``wordings`` takes a function that says each of them in another
language, so that a translator sees sentences and no tags, and all languages have one form.
"""

from collections.abc import Callable, Mapping

from slotkeeper.domain.template import Wording

Say = Callable[[str], str]
"""Returns an English sentence in a language, with the same ``{{names}}``."""


def wordings(say: Say) -> Mapping[str, Wording]:
    """Return every mail there is, by the slug of its template, in the order of lists."""
    return {
        "booking_confirmed_customer": Wording(
            name="Booking confirmed, to the customer",
            subject=say("Confirmed: {{event.what}}"),
            body=_headline(say("Your booking is confirmed"))
            + _to_customer(say, say("We look forward to seeing you."))
            + _facts_of_customer(say)
            + _add_to_calendar(say)
            + _change_or_cancel(say),
        ),
        "booking_confirmed_owner": Wording(
            name="Booking confirmed, to the owner",
            subject=say("New booking: {{event.what}} with {{customer.name}}"),
            body=_headline(say("A new booking"))
            + _to_owner(say, say("{{customer.name}} has booked with you."))
            + _facts_of_owner(say),
        ),
        "booking_request_owner": Wording(
            name="Somebody asks for a booking, to the owner",
            subject=say("Please answer: {{event.what}} with {{customer.name}}"),
            body=_headline(say("A request for a booking"))
            + _to_owner(
                say,
                say("{{customer.name}} would like this time. It is not taken until you confirm."),
            )
            + _facts_of_owner(say)
            + _buttons(("links.confirm", say("Confirm")), ("links.decline", say("Decline"))),
        ),
        "booking_declined_customer": Wording(
            name="Booking declined, to the customer",
            subject=say("Declined: {{event.what}}"),
            body=_headline(say("Your request was declined"))
            + _to_customer(say, say("Unfortunately we cannot offer you this time."))
            + _NOTE
            + _facts_of_customer(say),
        ),
        "booking_cancelled_customer": Wording(
            name="Booking cancelled by the owner, to the customer",
            subject=say("Cancelled: {{event.what}}"),
            body=_headline(say("Your booking was cancelled"))
            + _to_customer(say, say("Unfortunately this booking cannot take place."))
            + _NOTE
            + _facts_of_customer(say),
        ),
        "booking_cancelled_owner": Wording(
            name="Booking cancelled by the owner, to the owner",
            subject=say("Cancelled: {{event.what}} with {{customer.name}}"),
            body=_headline(say("A booking was cancelled"))
            + _to_owner(say, say("This booking was cancelled. The time can be booked again."))
            + _NOTE
            + _facts_of_owner(say),
        ),
        "booking_cancelled_by_customer_owner": Wording(
            name="Booking cancelled by the customer, to the owner",
            subject=say("{{customer.name}} cancelled: {{event.what}}"),
            body=_headline(say("A booking was cancelled"))
            + _to_owner(
                say, say("{{customer.name}} has cancelled this booking. It can be booked again.")
            )
            + _NOTE
            + _facts_of_owner(say),
        ),
        **_about_new_times(say),
        **_about_reminders(say),
        **_about_waiting(say),
        **_about_people(say),
        **_about_programs(say),
    }


def _about_new_times(say: Say) -> Mapping[str, Wording]:
    return {
        "booking_rescheduled_customer": Wording(
            name="Booking moved, to the customer",
            subject=say("New time: {{event.what}}"),
            body=_headline(say("Your booking has a new time"))
            + _to_customer(say, say("This is when we expect you now."))
            + _NOTE
            + _facts_of_customer(say)
            + _add_to_calendar(say)
            + _change_or_cancel(say),
        ),
        "booking_rescheduled_owner": Wording(
            name="Booking moved, to the owner",
            subject=say("New time: {{event.what}} with {{customer.name}}"),
            body=_headline(say("A booking has a new time"))
            + _to_owner(say, say("This booking was moved to another time."))
            + _NOTE
            + _facts_of_owner(say),
        ),
        "group_cancelled_customer": Wording(
            name="Class cancelled, to each customer",
            subject=say("Cancelled: {{event.what}}"),
            body=_headline(say("{{event.what}} does not take place"))
            + _to_customer(say, say("Unfortunately it was cancelled, and your place with it."))
            + _NOTE
            + _facts_of_customer(say),
        ),
    }


def _about_reminders(say: Say) -> Mapping[str, Wording]:
    return {
        "reminder_customer": Wording(
            name="Reminder, to the customer",
            subject=say("Reminder: {{event.what}}"),
            body=_headline(say("A reminder of your booking"))
            + _to_customer(say, say("You have booked this with us."))
            + _facts_of_customer(say)
            + _add_to_calendar(say)
            + _change_or_cancel(say),
        ),
        "reminder_owner": Wording(
            name="Reminder, to the owner",
            subject=say("Reminder: {{event.what}} with {{customer.name}}"),
            body=_headline(say("A reminder of a booking"))
            + _to_owner(say, say("{{customer.name}} has booked with you."))
            + _facts_of_owner(say),
        ),
    }


def _about_waiting(say: Say) -> Mapping[str, Wording]:
    return {
        "waitlist_offer_customer": Wording(
            name="What was waited for has come free, to the customer",
            subject=say("Free now: {{event.what}}"),
            body=_headline(say("Your turn has come"))
            + _to_customer(
                say,
                say("What you wait for has come free. It is held for you until {{offer.until}}."),
            )
            + _facts_of_customer(say)
            + _buttons(("links.take", say("Look at the offer"))),
        ),
    }


def _about_people(say: Say) -> Mapping[str, Wording]:
    return {
        "resource_invite": Wording(
            name="Invitation of a resource",
            subject=say("{{app.name}} invites you to take bookings"),
            body=_headline(say("You are invited"))
            + _to_owner(
                say,
                say(
                    "{{app.name}} would like to take bookings for you. Choose a password to begin."
                ),
            )
            + _buttons(("links.password", say("Choose a password")))
            + _paragraph(say("The link works for {{links.lifetime}}.")),
        ),
        "password_reset": Wording(
            name="Forgotten password, to the resource",
            subject=say("Choose a new password for {{app.name}}"),
            body=_headline(say("Choose a new password"))
            + _to_owner(
                say,
                say("Somebody, probably you, has asked for a new password at {{app.name}}."),
            )
            + _buttons(("links.password", say("Choose a password")))
            + _paragraph(
                say("The link works for {{links.lifetime}}.")
                + " "
                + say("If it was not you, do nothing: your password stays as it is.")
            ),
        ),
    }


def _about_programs(say: Say) -> Mapping[str, Wording]:
    return {
        "webhook_failing": Wording(
            name="A webhook does not answer, to the owner of the app",
            subject=say("A webhook of {{app.name}} is failing"),
            body=_headline(say("A webhook is failing"))
            + _paragraph(
                say(
                    "This address has not taken anything for a long time, so nothing more is sent "
                    "to it for now. What waits for it is kept, and goes out when you resume it."
                )
            )
            + _facts(
                (say("Address"), "webhook.url"),
                (say("Since"), "webhook.since"),
                (say("Last answer"), "webhook.error"),
            ),
        ),
    }


def reasons(say: Say) -> Mapping[str, str]:
    """Return what the foot of a mail says about why it came, by the end of a template's slug."""
    entered = say("You receive this mail because your address was entered at {{app.name}}.")
    return {
        "waitlist_offer_customer": entered,
        "_customer": say("You receive this mail because you have booked with {{app.name}}."),
        "_owner": say("You receive this mail because {{app.name}} takes bookings for you."),
        "": entered,
    }


def unsubscribe(say: Say) -> str:
    """Return what the link at the foot of a reminder says."""
    return say("No more reminders")


_NOTE = "{% if message %}<blockquote>{{message}}</blockquote>\n{% endif %}"


def _headline(text: str) -> str:
    return f"<h1>{text}</h1>\n"


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>\n"


def _to_customer(say: Say, text: str) -> str:
    return _paragraph(say("Dear {{customer.name}},")) + _paragraph(text)


def _to_owner(say: Say, text: str) -> str:
    return _paragraph(say("Hello {{resource.name}},")) + _paragraph(text)


def _facts_of_customer(say: Say) -> str:
    return _facts(*_time_and_place(say), (say("With"), "resource.name"))


def _facts_of_owner(say: Say) -> str:
    return _facts(
        *_time_and_place(say),
        (say("Customer"), "customer.name"),
        (say("E-mail"), "customer.email"),
        (say("Telephone"), "customer.phone"),
        (say("Notes"), "event.description"),
    )


def _time_and_place(say: Say) -> list[tuple[str, str]]:
    return [
        (say("What"), "event.what"),
        (say("When"), "event.when"),
        (say("Until now"), "event.when_before"),
        (say("Where"), "event.where"),
    ]


def _facts(*rows: tuple[str, str]) -> str:
    """Return a table of labels and names; what is empty has no row."""
    shown = [
        f"{{% if {name} %}}<tr><th>{label}</th><td>{{{{{name}}}}}</td></tr>\n{{% endif %}}"
        for label, name in rows
    ]
    return '<table class="facts">\n' + "".join(shown) + "</table>\n"


def _add_to_calendar(say: Say) -> str:
    """Return a quiet row of links, where the booking can be put into a calendar."""
    others = (
        ("links.google", "Google"),
        ("links.outlook", "Outlook"),
        ("links.ics", say("Apple and others (.ics)")),
    )
    shown = [f'<a class="small" href="{{{{{name}}}}}">{label}</a>\n' for name, label in others]
    label = f'<span class="label">{say("Add to calendar:")}</span>\n'
    row = f'<p class="small">{label}{"".join(shown)}</p>\n'
    return f"{{% if links.ics %}}{row}{{% endif %}}"


def _change_or_cancel(say: Say) -> str:
    return _buttons(
        ("links.reschedule", say("Choose another time")),
        ("links.cancel", say("Cancel the booking")),
    )


def _buttons(*buttons: tuple[str, str]) -> str:
    """Return a row of one or two buttons; what is not possible has none."""
    shown = [
        f'{{% if {name} %}}<a class="{look}" href="{{{{{name}}}}}">{label}</a>\n{{% endif %}}'
        for (name, label), look in zip(buttons, ("button", "button quiet"), strict=False)
    ]
    return '<p class="buttons">' + "".join(shown) + "</p>\n"


def _as_it_is(text: str) -> str:
    return text


WORDINGS: Mapping[str, Wording] = wordings(_as_it_is)
"""Every mail there is, in English."""
