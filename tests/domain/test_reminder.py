"""Reminders: what can be asked for, when it is due, and when it comes too late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.mails import Audience
from slotkeeper.domain.reminder import (
    LATE_AFTER,
    LATE_BEFORE,
    REMINDERS_MAX,
    SPAN_MAX,
    SUBJECT_CHARACTERS_MAX,
    URL_CHARACTERS_MAX,
    Call,
    Mail,
    due_moments,
    find_reminder,
    parse_reminders,
)

NINE = datetime(2030, 5, 7, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def mail(kind: str = "before", time: object = 15, unit: object = "mins", **said: object) -> Any:
    settings = {"recipient": "customer", "subject": "Soon", **said}
    return {
        "type": "email",
        "settings": settings,
        "when": {"type": kind, "unit": unit, "time": time},
    }


def call(**said: object) -> Any:
    settings = {"url": "https://hill.example/hook", "method": "post", **said}
    return {**mail("after", 1, "hours"), "type": "webhook", "settings": settings}


def test_a_mail_says_whom_it_is_for_and_its_subject() -> None:
    [found] = parse_reminders([mail(recipient="owner", subject=" See\r\nBcc: x@example.com ")])
    assert found.message == Mail(recipient=Audience.OWNER, subject="See Bcc: x@example.com")


def test_a_mail_without_a_subject_leaves_it_to_the_template() -> None:
    without = mail()
    del without["settings"]["subject"]
    [found] = parse_reminders([without])
    assert found.message == Mail(recipient=Audience.CUSTOMER, subject="")


@pytest.mark.parametrize(
    ("said", "code"), [(201, 201), ("201", 201), (None, None), ("", None), (100, 100), (599, 599)]
)
def test_a_call_may_expect_a_status_as_number_or_text(said: object, code: int | None) -> None:
    [found] = parse_reminders([call(expected_response_code=said)])
    url = "https://hill.example/hook"
    assert found.message == Call(url=url, method="post", expected_response_code=code)


@pytest.mark.parametrize(
    ("unit", "time", "span"),
    [
        ("secs", 90, timedelta(seconds=90)),
        ("mins", "15", timedelta(minutes=15)),
        ("min", 0, timedelta()),
        ("Hours", 24, timedelta(days=1)),
        ("hour", 1, timedelta(hours=1)),
        ("days", 366, SPAN_MAX),
    ],
)
def test_the_distance_is_a_number_of_units(unit: str, time: object, span: timedelta) -> None:
    before, after = parse_reminders([mail("before", time, unit), mail("after", time, unit)])
    assert (before.due_at(NINE), after.due_at(NINE)) == (NINE - span, NINE + span)


@pytest.mark.parametrize(
    ("wrong", "about"),
    [
        ("soon", ""),
        ({}, ".settings"),
        ({**mail(), "type": "sms"}, ".type"),
        ({**mail(), "type": None}, ".type"),
        ({**mail(), "settings": []}, ".settings"),
        ({**mail(), "when": "before"}, ".when"),
        (mail(recipient="everybody"), ".settings.recipient"),
        (mail(recipient=["owner"]), ".settings.recipient"),
        (mail(subject={"de": "Bald"}), ".settings.subject"),
        (mail(subject="x" * (SUBJECT_CHARACTERS_MAX + 1)), ".settings.subject"),
        (mail("during"), ".when.type"),
        (mail(unit="fortnights"), ".when.unit"),
        (mail(unit=60), ".when.unit"),
        (mail(time=-1), ".when.time"),
        (mail(time=1.5), ".when.time"),
        (mail(time="-1"), ".when.time"),
        (mail(time="²"), ".when.time"),
        (mail(time=True), ".when.time"),
        (mail(time=None), ".when.time"),
        (mail(time=367, unit="days"), ".when.time"),
        (mail(time="9" * 5000), ".when.time"),
        (mail(time=10**400), ".when.time"),
        (call(url=None), ".settings.url"),
        (call(url="hill.example/hook"), ".settings.url"),
        (call(url="ftp://hill.example"), ".settings.url"),
        (call(url="https:///hook"), ".settings.url"),
        (call(url="https://hill.example:port/"), ".settings.url"),
        (call(url="https://[::1/"), ".settings.url"),
        (call(url="https://hill.example/a b"), ".settings.url"),
        (call(url="https://hill.example/\n"), ".settings.url"),
        (call(url="https://hill.example/" + "x" * URL_CHARACTERS_MAX), ".settings.url"),
        (call(method="delete"), ".settings.method"),
        (call(method=1), ".settings.method"),
        (call(expected_response_code="ok"), ".settings.expected_response_code"),
        (call(expected_response_code=99), ".settings.expected_response_code"),
        (call(expected_response_code=600), ".settings.expected_response_code"),
        (call(expected_response_code=False), ".settings.expected_response_code"),
    ],
)
def test_what_nobody_could_carry_out_is_refused(wrong: object, about: str) -> None:
    if wrong == {}:
        wrong = {"type": "email"}
    with pytest.raises(InvalidInput) as refused:
        parse_reminders([mail(), wrong])
    [message] = refused.value.errors["reminders"]
    assert message.startswith(f"The reminders.1{about} must be")
    assert find_reminder(wrong) is None


def test_all_that_is_wrong_is_told_at_once_under_one_key() -> None:
    with pytest.raises(InvalidInput) as refused:
        parse_reminders([{"type": "sms"}, mail(), mail("during")])
    assert refused.value.errors.keys() == {"reminders"}
    assert [text[:15] for text in refused.value.errors["reminders"]] == [
        "The reminders.0",
        "The reminders.2",
    ]


def test_there_may_be_so_many_and_no_more() -> None:
    assert len(parse_reminders([mail()] * REMINDERS_MAX)) == REMINDERS_MAX
    for wrong in ([mail()] * (REMINDERS_MAX + 1), "text", {"0": mail()}, 1):
        with pytest.raises(InvalidInput):
            parse_reminders(wrong)


def test_what_was_stored_before_anybody_checked_spoils_nothing() -> None:
    stored = [{"type": "email"}, mail(time=30), None, mail(time=5)]
    assert due_moments(stored, start=NINE, now=NINE - timedelta(hours=1)) == [
        (1, NINE - timedelta(minutes=30)),
        (3, NINE - timedelta(minutes=5)),
    ]


@given(st.sampled_from(["before", "after"]), st.integers(0, 5000), st.integers(-6000, 6000))
def test_what_is_past_is_left_out_and_what_is_due_now_is_not(
    kind: str, minutes: int, now: int
) -> None:
    stored, moment = [mail(kind, minutes)], NINE + timedelta(minutes=now)
    due_at = NINE + timedelta(minutes=-minutes if kind == "before" else minutes)
    found = due_moments(stored, start=NINE, now=moment)
    assert found == ([(0, due_at)] if due_at >= moment else [])


@pytest.mark.parametrize(
    ("reminder", "last"),
    [
        (mail("before", 24, "hours"), NINE - SECOND),
        (mail("before", 1, "hours"), NINE - SECOND),
        (mail("before", 2, "mins"), NINE + LATE_BEFORE - timedelta(minutes=2)),
        (mail("before", 0), NINE + LATE_BEFORE),
        (mail("after", 0), NINE + LATE_AFTER),
        (mail("after", 30, "days"), NINE + timedelta(days=30) + LATE_AFTER),
    ],
)
def test_late_is_sent_as_long_as_it_is_of_use(reminder: Any, last: datetime) -> None:
    [found] = parse_reminders([reminder])
    assert not found.is_stale(NINE, now=found.due_at(NINE))
    assert not found.is_stale(NINE, now=last)
    assert found.is_stale(NINE, now=last + SECOND)
