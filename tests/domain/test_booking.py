"""A booking as a value: what an action makes of it, what it holds, how long it is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.errors import TransitionRefused
from slotkeeper.domain.graphs import GRAPHS, INSTANT, Action, State

NOON = datetime(2030, 5, 7, 12, tzinfo=UTC)


def made(state: State = State.CONFIRMED, **given: object) -> Booking:
    booking = Booking(
        id=UUID(int=1),
        graph=INSTANT,
        state=state,
        resource_id=UUID(int=2),
        project_id=None,
        calendar_id=None,
        start_at=NOON,
        end_at=NOON + timedelta(minutes=90),
        what="Consultation",
        location="Courthouse Square",
        description="",
        participants=(),
        customer=Customer(id=UUID(int=3), name="Marty", email="marty@example.com"),
        settings={},
        meta={},
        rescheduled_from=None,
        created_at=NOON - timedelta(days=1),
        updated_at=NOON - timedelta(days=1),
    )
    return replace(booking, **given)  # type: ignore[arg-type]  # the test names real fields


def test_an_action_that_cannot_be_is_refused() -> None:
    with pytest.raises(TransitionRefused):
        made(State.CANCELLED).after("confirm", at=NOON)


def test_a_booking_is_final_where_its_graph_ends() -> None:
    assert not made().is_final
    assert made().after("cancel", at=NOON).is_final


def test_the_actions_of_a_confirmed_booking_come_in_the_order_of_the_table() -> None:
    assert made().actions == [
        Action.CANCEL,
        Action.CANCEL_BY_CUSTOMER,
        Action.RESCHEDULE_BY_CUSTOMER,
        Action.COMPLETE,
    ]


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        ("initialized", False),
        ("confirmed", True),
        ("cancelled", False),
        ("cancelled_by_customer", False),
        ("rescheduled_by_customer", False),
        ("completed", True),
    ],
)
def test_only_confirmed_and_completed_bookings_hold_their_time(state: str, holds: bool) -> None:
    assert made(State(state)).holds_time is holds


@pytest.mark.parametrize("name", ["group_customer", "group_customer_payment"])
def test_a_seat_holds_no_time_of_a_resource(name: str) -> None:
    graph = GRAPHS[name]

    assert not any(made(state, graph=graph).holds_time for state in graph.states)


def test_an_action_changes_nothing_but_state_and_time_of_change() -> None:
    before = made(meta={"shoe": 42})

    after = before.after("complete", at=NOON)

    assert replace(after, state=before.state, updated_at=before.updated_at) == before
    assert before.state is State.CONFIRMED


@pytest.mark.parametrize(
    ("value", "allowed"), [(True, True), (False, False), (None, False), ("true", False), (1, False)]
)
def test_only_a_plain_true_allows_double_bookings(value: object, allowed: bool) -> None:
    assert made(settings={"allow_double_bookings": value}).allows_double_booking is allowed


def test_the_length_is_the_time_between_the_ends() -> None:
    assert made().length == timedelta(minutes=90)
