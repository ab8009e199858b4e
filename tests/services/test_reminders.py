"""Reminders with their bookings: planned, moved along, taken away, and rung."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from slotkeeper.domain import app_settings
from slotkeeper.domain.booking import Booking
from slotkeeper.domain.order import Order
from slotkeeper.domain.reminder import LATE_AFTER
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import apps, customers, projects, reminders, reservations
from slotkeeper.services.vault import Vault
from slotkeeper.storage import apps as stored_apps
from tests.services.shop import MARTY, Shop, at

HOOK = "https://hill.example/hook"


def mail(kind: str, hours: int, recipient: str = "customer", subject: str = "Soon") -> Any:
    settings = {"recipient": recipient, "subject": subject}
    when = {"type": kind, "unit": "hours", "time": hours}
    return {"type": "email", "settings": settings, "when": when}


def call(kind: str, hours: int) -> Any:
    settings = {"url": HOOK, "method": "get", "expected_response_code": "201"}
    return {**mail(kind, hours), "type": "webhook", "settings": settings}


BEFORE_AND_AFTER = [mail("before", 1), call("after", 2)]


async def planned(shop: Shop, *of: Booking) -> list[datetime]:
    """Return when the bookings, or all of the shop, are reminded of, in order."""
    found = await shop.tx.dicts(
        "SELECT booking_id, due_at FROM reminders WHERE app_id = %s ORDER BY due_at, booking_id",
        (shop.app_id,),
    )
    ids = {booking.id for booking in of}
    return [row["due_at"] for row in found if not ids or row["booking_id"] in ids]


async def rung(shop: Shop, now: datetime) -> list[tuple[Any, ...]]:
    """Let the moment come; return what was announced by it: who hears, of which booking, what."""
    later = replace(shop.tx, now=now)
    while await reminders.ring_due(later):
        pass
    found = await shop.tx.dicts(
        "SELECT channel, letter, audience, call, facts, announcements.booking_id, kind, "
        "booking ->> 'id' AS snapshot, happened_at "
        "FROM deliveries JOIN announcements USING (app_id) "
        "WHERE app_id = %s AND announcements.number = announcement AND kind = 'reminder' "
        "AND happened_at = %s ORDER BY deliveries.number",
        (shop.app_id, now),
    )
    assert all(UUID(row["snapshot"]) == row["booking_id"] for row in found)
    return [
        (
            row["booking_id"],
            (row["letter"], row["audience"], row["facts"].get("subject"))
            if row["channel"] == "mail"
            else row["call"],
        )
        for row in found
    ]


def to_customer(booking: Booking, subject: str = "Soon") -> tuple[Any, ...]:
    return (booking.id, ("reminder_customer", "customer", subject))


async def set_of_app(shop: Shop, **settings: object) -> None:
    app = await apps.get(shop.tx, shop.app_id)
    every = app_settings.merged(app.settings, settings)
    await stored_apps.save_settings(shop.tx, app.id, every, name=app.name)


async def test_they_are_planned_with_the_booking_and_rung_once_at_their_moments(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    given = [mail("before", 1), mail("before", 24, "owner", ""), call("after", 2)]
    visit = await shop.book(doc.id, at(12), at(13), reminders=given)
    assert visit.reminders == given
    assert await planned(shop) == [at(12, day=6), at(11), at(14)]

    assert await rung(shop, at(11, 59, day=6)) == []
    owner = (visit.id, ("reminder_owner", "owner", ""))
    assert await rung(shop, at(12, day=6)) == [owner]
    assert await rung(shop, at(11)) == [to_customer(visit)]
    assert await rung(shop, at(11, 1)) == []
    called = {"url": HOOK, "method": "get", "expected_response_code": 201}
    assert await rung(shop, at(14)) == [(visit.id, called)]
    assert await planned(shop) == []


async def test_what_is_past_when_the_booking_is_made_is_not_sent(shop: Shop) -> None:
    doc = await shop.resource()
    await shop.book(doc.id, at(12), at(13), reminders=[mail("before", 48), mail("before", 28)])
    assert await planned(shop) == [at(8, day=6)], "now, eight o'clock on the sixth, is not past"


async def test_the_list_of_the_booking_comes_before_that_of_project_and_app(shop: Shop) -> None:
    doc = await shop.resource()
    plain = await shop.project(doc.id)
    reminding = await shop.project(doc.id, name="R", reminders=[mail("before", 2)])

    async def moments(hour: int, **given: Any) -> list[datetime]:
        made = await shop.book(doc.id, at(hour, day=8), at(hour + 1, day=8), **given)
        return await planned(shop, made) if made.reminders else []

    assert await moments(0) == []
    await set_of_app(shop, event_notifications=[mail("before", 3)])
    assert await moments(10) == [at(7, day=8)]
    assert await moments(11, project_id=plain.id) == [at(8, day=8)]
    assert await moments(12, project_id=reminding.id) == [at(10, day=8)]
    own = [mail("before", 1)]
    assert await moments(13, project_id=reminding.id, reminders=own) == [at(12, day=8)]
    assert await moments(14, project_id=reminding.id, reminders=[]) == []
    assert await moments(15, reminders=[]) == []
    await set_of_app(shop, reminders=None)
    assert await moments(16) == []


async def test_what_changes_in_the_project_later_changes_no_booking(shop: Shop) -> None:
    doc = await shop.resource()
    project = await shop.project(doc.id, reminders=[mail("before", 2)])
    visit = await shop.book(doc.id, at(12), at(13), project_id=project.id)
    await projects.change(shop.tx, shop.app_id, project.id, {"reminders": []})
    moved = await shop.move(visit, at(15), at(16))
    assert await planned(shop) == await planned(shop, moved) == [at(13)]


@pytest.mark.parametrize(
    ("graph", "steps", "planned_after"),
    [
        ("instant", (), True),
        ("instant", ("cancel",), False),
        ("instant", ("cancel_by_customer",), False),
        ("confirm_decline", (), False),
        ("confirm_decline", ("decline",), False),
        ("confirm_decline", ("confirm",), True),
        ("confirm_decline", ("confirm", "cancel"), False),
        ("instant_payment", (), False),
        ("instant_payment", ("pay",), True),
        ("instant_payment", ("pay", "cancel"), False),
        ("group_owner", (), True),
        ("group_owner", ("cancel",), False),
    ],
)
async def test_they_are_planned_while_the_booking_takes_place(
    shop: Shop, graph: str, steps: Sequence[str], planned_after: bool
) -> None:
    doc = await shop.resource()
    settings = {"max_seats": 2} if graph == "group_owner" else {}
    visit = await shop.book(
        doc.id, at(12), at(13), graph=graph, settings=settings, reminders=BEFORE_AND_AFTER
    )
    for step in steps:
        visit = await shop.act(visit, step)
    assert await planned(shop) == ([at(11), at(14)] if planned_after else [])
    assert len(await rung(shop, at(11))) == (planned_after and graph != "group_owner")


async def test_after_the_visit_only_those_after_it_are_sent(shop: Shop) -> None:
    visit = await shop.book((await shop.resource()).id, at(12), at(13), reminders=BEFORE_AND_AFTER)
    await shop.act(visit, "complete")
    assert await rung(shop, at(11)) == []
    assert [booking_id for booking_id, _ in await rung(shop, at(14))] == [visit.id]


async def test_a_booking_that_moves_takes_its_reminders_along(shop: Shop) -> None:
    doc = await shop.resource()
    old = await shop.book(doc.id, at(12), at(13), reminders=BEFORE_AND_AFTER)
    new = await shop.move(old, at(16), at(17))
    assert await planned(shop, old, new) == await planned(shop, new) == [at(15), at(18)]
    assert await rung(shop, at(11)) == []
    assert await rung(shop, at(15)) == [to_customer(new)]


async def test_one_that_was_sent_is_sent_again_for_the_new_time(shop: Shop) -> None:
    old = await shop.book((await shop.resource()).id, at(12), at(13), reminders=[mail("before", 1)])
    assert await rung(shop, at(11)) == [to_customer(old)]
    later = Shop(replace(shop.tx, now=at(11, 1)), shop.app_id)
    new = await later.move(old, at(16), at(17))
    assert await rung(shop, at(15)) == [to_customer(new)]


async def test_what_a_reservation_becomes_is_reminded_of(shop: Shop) -> None:
    doc = await shop.resource()
    await set_of_app(shop, reminders=[mail("before", 1)])
    order = Order(start=at(12), end=at(13), resource_id=doc.id, what="Visit")
    held = await reservations.reserve(
        shop.tx, shop.app_id, order, seconds=60, actor="api_key", shuffle=Shuffle(seed=1)
    )
    assert await planned(shop) == []
    visit = await shop.book(None, at(12), at(13), reservation_id=held.id)
    assert await planned(shop) == await planned(shop, visit) == [at(11)]


async def test_a_class_reminds_everybody_who_has_a_seat_then(shop: Shop) -> None:
    doc = await shop.resource()
    everybody = [mail("before", 1), mail("after", 2, subject="How was it?")]
    project = await shop.project(
        doc.id, booking={"graph": "group_owner"}, reminders=[*everybody, mail("before", 1, "owner")]
    )
    of_class = await shop.book(
        doc.id, at(12), at(13), project_id=project.id, settings={"max_seats": 9}, customer=None
    )

    async def seat(graph: str = "group_customer", **given: Any) -> Booking:
        return await shop.book(
            None, at(12), at(13), graph=graph, owner_booking_id=of_class.id, **given
        )

    coming, paid = await seat(), await seat("group_customer_payment")
    await shop.act(paid, "pay")
    await seat("group_customer_payment")  # not paid yet
    await shop.act(await seat(), "cancel_by_customer")
    await seat(reminders=[])
    own = await seat(reminders=[mail("before", 2, subject="Mine")])
    assert coming.reminders is None

    assert await rung(shop, at(10)) == [to_customer(own, "Mine")]
    owner = (of_class.id, ("reminder_owner", "owner", "Soon"))
    *seats, last = await rung(shop, at(11))
    assert sorted(seats) == sorted([to_customer(coming), to_customer(paid)])
    assert last == owner
    await shop.act(of_class, "complete")
    after = [to_customer(each, "How was it?") for each in (coming, paid)]
    assert sorted(await rung(shop, at(14))) == sorted(after)


async def test_an_app_whose_mails_are_off_sends_none_but_calls(shop: Shop) -> None:
    doc = await shop.resource()
    both = [mail("before", 1), call("before", 1)]
    visit = await shop.book(doc.id, at(12), at(13), reminders=both)
    await set_of_app(shop, disableEmail=True)
    [(booking_id, said)] = await rung(shop, at(11))
    assert (booking_id, said["url"]) == (visit.id, HOOK)


async def test_after_downtime_what_is_still_of_use_is_sent_and_the_rest_dropped(
    shop: Shop,
) -> None:
    doc = await shop.resource()
    given = [mail("before", 3), mail("after", 1)]
    begun = await shop.book(doc.id, at(12), at(13), reminders=given)
    ahead = await shop.book(doc.id, at(15), at(16), reminders=given)
    assert await rung(shop, at(14)) == [to_customer(ahead), to_customer(begun)]
    assert await planned(shop) == [at(16)]
    assert await rung(shop, at(16) + LATE_AFTER + timedelta(seconds=1)) == []
    assert await planned(shop) == []


async def test_a_booking_without_reminders_costs_no_statement(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    doc = await shop.resource()
    sent: list[str] = []
    execute = type(shop.tx.connection).execute

    async def counted(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        sent.append(str(query))
        return await execute(self, query, *given, **named)

    monkeypatch.setattr(type(shop.tx.connection), "execute", counted)
    visit = await shop.book(doc.id, at(12), at(13))
    moved = await shop.move(visit, at(14), at(15))
    await shop.act(moved, "cancel")
    assert any("INSERT INTO bookings" in query for query in sent)
    assert not any(" reminders (" in query or "FROM reminders" in query for query in sent)


async def test_a_deleted_booking_leaves_none(shop: Shop) -> None:
    visit = await shop.book(
        (await shop.resource()).id, at(12), at(13), reminders=[call("after", 9)]
    )
    await shop.act(visit, "complete")
    assert len(await planned(shop)) == 1
    await shop.tx.run("DELETE FROM bookings WHERE id = %s", (visit.id,))
    assert await planned(shop) == []


async def test_a_customer_who_is_forgotten_is_not_reminded(shop: Shop) -> None:
    doc = await shop.resource()
    named = [mail("before", 1, "owner", f"{MARTY.name} comes")]
    await shop.book(doc.id, at(12), at(13), reminders=named)
    request = await shop.book(doc.id, at(14), at(15), graph="confirm_decline", reminders=named)
    exported = await customers.export(shop.tx, shop.app_id, MARTY.email)
    assert [each["reminders"] for each in exported["bookings"]] == [named, named]

    await customers.erase(shop.tx, Vault("x"), shop.app_id, MARTY.email, actor="api_key")

    assert await planned(shop) == []
    await shop.act(request, "confirm")
    assert await planned(shop) == []
    kept = await shop.tx.values(
        "SELECT reminders::text FROM bookings WHERE app_id = %(app)s "
        "UNION ALL SELECT booking::text || facts::text FROM announcements WHERE app_id = %(app)s",
        {"app": shop.app_id},
    )
    assert len(kept) > 2
    assert not any(MARTY.name in text for text in kept if text)


async def test_reminders_of_another_app_are_not_those_of_this_one(
    shop: Shop, other_shop: Shop
) -> None:
    await set_of_app(other_shop, reminders=[mail("before", 1)])
    visit = await shop.book((await shop.resource()).id, at(12), at(13))
    assert visit.reminders is None
    theirs = await other_shop.book((await other_shop.resource()).id, at(12), at(13))
    assert await planned(shop) == []
    assert await planned(other_shop, theirs) == [at(11)]
