"""The graphs of bookings: every state with every action, legal or not."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import UUID

import pytest

from slotkeeper.domain.booking import GRAPHS, INSTANT, Action, Booking, Customer, Graph, State
from slotkeeper.domain.errors import TransitionRefused

NOON = datetime(2030, 5, 7, 12, tzinfo=UTC)

# The table of the API documentation, written out a second time and by hand:
# from, action, to, and whether nothing can follow.
DOCUMENTED = {
    ("initialized", "confirm"): ("confirmed", False),
    ("confirmed", "cancel"): ("cancelled", True),
    ("confirmed", "cancel_by_customer"): ("cancelled_by_customer", True),
    ("confirmed", "reschedule_by_customer"): ("rescheduled_by_customer", True),
    ("confirmed", "complete"): ("completed", True),
}
REFUSED = [pair for pair in product(State, Action) if pair not in DOCUMENTED]


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


@pytest.mark.parametrize(("start", "action"), DOCUMENTED)
def test_a_documented_action_leads_where_the_documentation_says(start: str, action: str) -> None:
    end, final = DOCUMENTED[start, action]

    after = made(State(start)).after(action, at=NOON)

    assert after.state == end
    assert after.is_final is final
    assert after.updated_at == NOON


@pytest.mark.parametrize(("start", "action"), REFUSED)
def test_every_other_action_is_refused_in_the_words_clients_know(
    start: State, action: Action
) -> None:
    with pytest.raises(
        TransitionRefused, match=f"^Cannot apply action '{action}' to current state '{start}'$"
    ):
        made(start).after(action, at=NOON)


@pytest.mark.parametrize("action", ["tentative", "", "CONFIRM", "pay", "x" * 500])
def test_a_word_that_is_no_action_is_refused_and_quoted_at_most_sixty_letters_long(
    action: str,
) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        made(State.INITIALIZED).after(action, at=NOON)

    expected = f"Cannot apply action '{action[:60]}' to current state 'initialized'"
    assert str(refusal.value) == expected


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


def test_the_table_of_this_test_knows_every_state_and_action() -> None:
    ends = {end for end, _ in DOCUMENTED.values()}

    assert {start for start, _ in DOCUMENTED} | ends == set(State)
    assert {action for _, action in DOCUMENTED} == set(Action)


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.name)
def test_a_graph_is_whole(graph: Graph) -> None:
    """Its first action is possible, every state can be reached, and it comes to an end."""
    assert (State.INITIALIZED, graph.initial) in graph.transitions
    reached = {State.INITIALIZED}
    for _ in graph.transitions:
        reached |= {end for (start, _), end in graph.transitions.items() if start in reached}
    assert {start for start, _ in graph.transitions} <= reached
    assert graph.holds_time <= reached
    assert any(graph.is_final(state) for state in reached)


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
