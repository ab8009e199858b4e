"""The one line that is said of an instant, word for word."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from slotkeeper.domain.limits import Unit
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Entry,
    Holder,
    Level,
    Plain,
    Reason,
    Side,
)
from slotkeeper.domain.verdict import Person, Verdict, verdict
from slotkeeper.domain.zones import find_zone, minute_floor

PARIS, TOKYO, UTC_ZONE = map(find_zone, ("Europe/Paris", "Asia/Tokyo", "UTC"))
ID = UUID(int=7)
WHEN = minute_floor(datetime(2030, 5, 7, 16, 30, tzinfo=UTC))
OFFERED = (WHEN - 1440, WHEN + 1440)


def said(*people: Person, starts: tuple[int, ...] = (), together: bool = False) -> Verdict:
    return verdict(WHEN, people, starts, offered=OFFERED, together=together, fallback=UTC_ZONE)


def doc(*reasons: Reason) -> Person:
    return Person("Doc", PARIS, reasons)


def marty(*reasons: Reason) -> Person:
    return Person("Marty", TOKYO, reasons)


def rule(entry: Entry, *, blocks: bool = False) -> ByConstraint:
    return ByConstraint(Level.RESOURCE, (0,), blocks, (entry,))


@pytest.mark.parametrize(
    ("reason", "line"),
    [
        (Plain.NOTICE, "nothing is offered before Monday 6 May 2030 18:30"),
        (Plain.HORIZON, "nothing is offered from Wednesday 8 May 2030 18:30 on"),
        (Plain.BUSY, "Doc is busy"),
        (ByHolder(Holder.EVENT, ID), f"Doc is busy (event {ID})"),
        (ByHolder(Holder.ALL_DAY_EVENT, ID), f"Doc is busy (all-day event {ID})"),
        (ByHolder(Holder.BOOKING, ID), f"Doc is booked (booking {ID})"),
        (ByBuffer(Holder.EVENT, ID, Side.AFTER), f"Doc needs the buffer after event {ID}"),
        (ByGap(ID, Side.BEFORE), f"Doc needs the minimum gap before booking {ID}"),
        (
            ByLimit(Level.RESOURCE, Unit.DAY, 8),
            "Doc has as many bookings as a day may have: 8 (limit of the resource)",
        ),
        (
            ByLimit(Level.PROJECT, Unit.WEEK, 1),
            "the project has as many bookings as a week may have: 1 (limit of the project)",
        ),
    ],
)
def test_every_reason_has_its_words(reason: Reason, line: str) -> None:
    found = said(doc(reason))
    assert found.text == f"Closed on Tuesday 7 May 2030 18:30 (Europe/Paris): {line}"
    assert not found.is_open


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"allow_hours": {"start": 9, "end": "17:00"}}, "open 09:00-17:00"),
        ({"allow_hours": {"start": "22:00", "end": 2}}, "open 22:00-02:00"),
        ({"allow_hours": {"start": 0, "end": 24}}, "open all day"),
        ({"allow_day": {"day": "monday"}}, "open Monday"),
        (
            {"allow_day_and_time": {"day": "friday", "start": 9, "end": 12}},
            "open Friday 09:00-12:00",
        ),
        ({"allow_weekdays": []}, "open Monday to Friday"),
        ({"block_weekends": None}, "closed Saturday and Sunday"),
        ({"block_days": {"days": ["tuesday", "friday"]}}, "closed Tuesday and Friday"),
        (
            {"block_period": {"start": "2030-05-01", "end": "2030-05-08"}},
            "closed from 2030-05-01 to 2030-05-08",
        ),
        (
            {"block_period": {"start": "tomorrow", "end": "1 week"}},
            "closed from tomorrow to 1 week",
        ),
        (
            {"block_dates": {"dates": ["2030-05-07", "2030-05-09"], "start": 9, "end": 12}},
            "closed on 2030-05-07, 2030-05-09 from 9 to 12",
        ),
        ({"block_holidays": {"country": "DK"}}, "closed on holidays of DK"),
        (
            {"allow_hours": {"start": 9, "end": 17, "timezone": "Asia/Tokyo"}},
            "open 09:00-17:00 Asia/Tokyo",
        ),
    ],
)
def test_every_type_of_constraint_has_its_words(entry: Entry, words: str) -> None:
    [kind] = entry
    text = said(doc(rule(entry, blocks=kind.startswith("block")))).text
    assert text.endswith(f": Doc is {words} (resource constraint 0)")


def test_few_entries_are_told_and_many_are_counted() -> None:
    def days(*names: str) -> ByConstraint:
        entries = tuple({"allow_day": {"day": name}} for name in names)
        return ByConstraint(Level.PROJECT, tuple(range(len(names))), False, entries)

    few = said(doc(days("monday", "friday"))).text
    assert few.endswith("Doc is open Monday and Friday (project constraints 0, 1)")
    many = said(doc(days("monday", "thursday", "friday", "sunday"))).text
    assert many.endswith("Doc is open at other times (project constraints 0, 1, 2, ...)")


def test_people_with_different_clocks_are_told_apart() -> None:
    office = rule({"allow_hours": {"start": 9, "end": 17}})
    assert said(doc(office), marty(office)).text == (
        "Closed on Tuesday 7 May 2030 16:30 (UTC): "
        "Doc is open 09:00-17:00 in Europe/Paris (resource constraint 0); "
        "Marty is open 09:00-17:00 in Asia/Tokyo (resource constraint 0)"
    )


def test_of_many_people_a_few_are_named() -> None:
    people = [Person(f"Doc {number}", PARIS, [Plain.BUSY]) for number in range(5)]
    assert said(*people).text.endswith(
        ": Doc 0 is busy; Doc 1 is busy; Doc 2 is busy; 2 more are closed"
    )
    ended = [Person(each.name, PARIS, [Plain.HORIZON, Plain.BUSY]) for each in people]
    assert said(*ended).text.endswith(": nothing is offered from Wednesday 8 May 2030 18:30 on")


def test_one_who_is_free_opens_it_unless_they_serve_together() -> None:
    busy = marty(Plain.BUSY)
    apart = said(doc(), busy, starts=(WHEN,))
    assert apart.is_open
    assert apart.text == "Open on Tuesday 7 May 2030 16:30 (UTC): Doc is free; a slot starts then"
    together = said(doc(), busy, starts=(WHEN,), together=True)
    assert not together.is_open
    assert together.text == "Closed on Tuesday 7 May 2030 16:30 (UTC): Marty is busy"


def test_open_time_without_a_slot_names_the_next() -> None:
    assert said(doc(), starts=(WHEN - 60, WHEN + 30)).text.endswith(
        ": Doc is free; no slot starts then, the next one does on Tuesday 7 May 2030 19:00"
    )
    assert said(doc(), doc(), starts=(WHEN - 60,)).text.endswith(
        ": Doc and Doc are free; no slot starts then or later"
    )
