"""Which mails each step of each graph leads to: the documented table, and nothing beside it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.graphs import GRAPHS, INSTANT, Graph, State
from slotkeeper.domain.mails import Audience, notices, notices_of
from slotkeeper.domain.wordings import WORDINGS

# The table of the API documentation, by hand: graph, from, to, template to the owner, to the
# customer. What is not here is not mailed.
DOCUMENTED = """
instant          initialized confirmed             confirmed             confirmed
instant          confirmed   cancelled             cancelled             cancelled
instant          confirmed   cancelled_by_customer cancelled_by_customer -
confirm_decline  initialized tentative             request               -
confirm_decline  tentative   confirmed             -                     confirmed
confirm_decline  tentative   declined              -                     declined
confirm_decline  confirmed   cancelled             cancelled             cancelled
confirm_decline  confirmed   cancelled_by_customer cancelled_by_customer -
instant_payment  tentative   paid                  confirmed             confirmed
instant_payment  paid        cancelled             cancelled             cancelled
instant_payment  paid        cancelled_by_customer cancelled_by_customer -
group_customer   initialized confirmed             confirmed             confirmed
group_customer   confirmed   cancelled_by_customer cancelled_by_customer -
group_customer   confirmed   cancelled_by_owner    -                     group
group_customer_payment tentative paid                  confirmed             confirmed
group_customer_payment tentative cancelled_by_owner    -                     group
group_customer_payment paid      cancelled_by_customer cancelled_by_customer -
group_customer_payment paid      cancelled_by_owner    -                     group
"""

BOOKED = Booking(
    id=UUID(int=1),
    graph=INSTANT,
    state=State.CONFIRMED,
    resource_id=UUID(int=2),
    project_id=None,
    calendar_id=None,
    start_at=datetime(2030, 5, 7, 9, tzinfo=UTC),
    end_at=datetime(2030, 5, 7, 10, tzinfo=UTC),
    what="Consultation",
    location="",
    description="",
    participants=(),
    customer=None,
    settings={},
    meta={},
    rescheduled_from=None,
    created_at=datetime(2030, 5, 6, tzinfo=UTC),
    updated_at=datetime(2030, 5, 6, tzinfo=UTC),
)


def documented() -> dict[tuple[str, str, str], list[tuple[str, str]]]:
    table = {}
    for line in DOCUMENTED.strip().splitlines():
        graph, start, end, owner, customer = line.split()
        mails = [(f"booking_{owner}_owner", "owner")] if owner != "-" else []
        if customer != "-":
            prefix = "group_cancelled" if customer == "group" else f"booking_{customer}"
            mails.append((f"{prefix}_customer", "customer"))
        table[graph, start, end] = mails
    return table


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=list(GRAPHS))
def test_each_step_leads_to_the_documented_mails(graph: Graph) -> None:
    known = documented()
    for (start, _), end in graph.transitions.items():
        found = notices(graph, from_state=start, to_state=end)
        expected = known.get((graph.name, start, end), [])
        assert [(mail.slug, mail.audience) for mail in found] == expected, (start, end)


def test_the_table_names_only_steps_and_templates_that_exist() -> None:
    steps = {
        (graph.name, start, end)
        for graph in GRAPHS.values()
        for (start, _), end in graph.transitions.items()
    }
    for step, mails in documented().items():
        assert step in steps
        assert {slug for slug, _ in mails} <= set(WORDINGS)


def test_a_booking_in_the_place_of_another_tells_of_the_new_time_and_is_not_new() -> None:
    moved = replace(BOOKED, id=UUID(int=3), rescheduled_from=BOOKED.id)
    slugs = [each.slug for each in notices_of(moved, from_state=State.INITIALIZED)]
    assert slugs == ["booking_rescheduled_owner", "booking_rescheduled_customer"]
    left = replace(BOOKED, state=State.RESCHEDULED_BY_CUSTOMER)
    assert notices_of(left, from_state=State.CONFIRMED) == []
    # What happens to it later is told as of any other.
    cancelled = replace(moved, state=State.CANCELLED)
    slugs = [each.slug for each in notices_of(cancelled, from_state=State.CONFIRMED)]
    assert slugs == ["booking_cancelled_owner", "booking_cancelled_customer"]


@pytest.mark.parametrize(
    ("steps", "told"),
    [
        ({}, {Audience.OWNER, Audience.CUSTOMER}),
        ({"notify_customer_by_email": {"enabled": False}}, {Audience.OWNER}),
        ({"notify_owner_by_email": {"enabled": False}}, {Audience.CUSTOMER}),
        ({"notify_owner_by_email": {"enabled": True}}, {Audience.OWNER, Audience.CUSTOMER}),
        ({"notify_owner_by_email": {}}, {Audience.OWNER, Audience.CUSTOMER}),
        ({"notify_owner_by_email": False}, {Audience.OWNER, Audience.CUSTOMER}),
    ],
)
def test_a_booking_can_switch_its_mails_off(steps: dict[str, object], told: set[Audience]) -> None:
    found = notices_of(replace(BOOKED, steps=steps), from_state=State.INITIALIZED)
    assert {each.audience for each in found} == told
