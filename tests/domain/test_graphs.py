"""The seven graphs: every state with every action, legal or not."""

from itertools import product

import pytest

from slotkeeper.domain.errors import TransitionRefused
from slotkeeper.domain.graphs import (
    BOOKABLE,
    GRAPHS,
    INTERNAL,
    Action,
    Alarm,
    Graph,
    Hold,
    State,
)

# The tables of the API documentation, written out a second time and by hand:
# from, action, to. An action with a star is taken by the server alone.
DOCUMENTED = """
instant
    initialized  confirm                 confirmed
    confirmed    cancel                  cancelled
    confirmed    cancel_by_customer      cancelled_by_customer
    confirmed    reschedule_by_customer  rescheduled_by_customer
    confirmed    complete                completed
confirm_decline
    initialized  create                  tentative
    tentative    decline                 declined
    tentative    confirm                 confirmed
    confirmed    cancel                  cancelled
    confirmed    cancel_by_customer      cancelled_by_customer
    confirmed    reschedule_by_customer  rescheduled_by_customer
    confirmed    complete                completed
instant_payment
    initialized  create                  tentative
    tentative    pay                     paid
    tentative    *timeout                unpaid
    paid         cancel                  cancelled
    paid         cancel_by_customer      cancelled_by_customer
    paid         reschedule_by_customer  rescheduled_by_customer
    paid         complete                completed
group_owner
    initialized  create                  tentative
    tentative    complete                completed
    tentative    cancel                  cancelled
group_customer
    initialized  create                  confirmed
    confirmed    complete                completed
    confirmed    cancel_by_customer      cancelled_by_customer
    confirmed    cancel_by_owner         cancelled_by_owner
group_customer_payment
    initialized  create                  tentative
    tentative    pay                     paid
    tentative    *timeout                unpaid
    tentative    cancel_by_customer      cancelled_by_customer
    tentative    cancel_by_owner         cancelled_by_owner
    paid         complete                completed
    paid         cancel_by_customer      cancelled_by_customer
    paid         cancel_by_owner         cancelled_by_owner
reservation
    initialized  reserve                 reserved
    reserved     *expire                 expired
    reserved     *convert                converted
    reserved      cancel                 cancelled
"""

# What each state holds; every other state holds nothing.
HELD = {
    "instant": {"confirmed": "taken", "completed": "taken"},
    "confirm_decline": {"confirmed": "taken", "completed": "taken"},
    "instant_payment": {"tentative": "until_a_moment", "paid": "taken", "completed": "taken"},
    "group_owner": {"tentative": "taken", "completed": "taken"},
    "group_customer": {"confirmed": "taken", "completed": "taken"},
    "group_customer_payment": {
        "tentative": "until_a_moment",
        "paid": "taken",
        "completed": "taken",
    },
    "reservation": {"reserved": "until_a_moment"},
}

ALARMS = {
    "instant": {("confirmed", "complete"): "auto_complete"},
    "confirm_decline": {("confirmed", "complete"): "auto_complete"},
    "instant_payment": {
        ("tentative", "timeout"): "payment_timeout",
        ("paid", "complete"): "auto_complete",
    },
    "group_owner": {("tentative", "complete"): "auto_complete"},
    "group_customer": {("confirmed", "complete"): "auto_complete"},
    "group_customer_payment": {
        ("tentative", "timeout"): "payment_timeout",
        ("paid", "complete"): "auto_complete",
    },
    "reservation": {("reserved", "expire"): "reservation_expiry"},
}

FINAL = {
    *("declined", "unpaid", "expired", "converted", "cancelled", "cancelled_by_customer"),
    *("cancelled_by_owner", "rescheduled_by_customer", "completed"),
}


def read(tables: str) -> dict[str, dict[tuple[str, str], str]]:
    """Return the transitions by graph; the star of an internal action stays on."""
    graphs: dict[str, dict[tuple[str, str], str]] = {}
    for line in tables.strip().splitlines():
        name, *row = line.split()
        if row:
            graphs[list(graphs)[-1]][name, row[0]] = row[1]
        else:
            graphs[name] = {}
    return graphs


TABLES = read(DOCUMENTED)
ROWS = [
    (name, start, action, end) for name, t in TABLES.items() for (start, action), end in t.items()
]
LEGAL = [row for row in ROWS if not row[2].startswith("*")]
ILLEGAL = [
    (name, start, action)
    for name, start, action in product(TABLES, State, Action)
    if (start, action) not in TABLES[name]
]
EVERY = pytest.mark.parametrize("graph", GRAPHS.values(), ids=lambda graph: graph.name)


def test_there_are_the_seven_graphs_of_the_documentation() -> None:
    assert list(GRAPHS) == list(TABLES)
    assert all(graph.name == name for name, graph in GRAPHS.items())


@pytest.mark.parametrize(("name", "start", "action", "end"), LEGAL)
def test_a_documented_action_leads_where_the_documentation_says(
    name: str, start: str, action: str, end: str
) -> None:
    assert GRAPHS[name].step(State(start), action) == end
    assert action in GRAPHS[name].actions(State(start))


@pytest.mark.parametrize(("name", "start", "action"), ILLEGAL)
def test_every_other_action_is_refused_in_the_words_clients_know(
    name: str, start: State, action: Action
) -> None:
    with pytest.raises(
        TransitionRefused, match=f"^Cannot apply action '{action}' to current state '{start}'$"
    ):
        GRAPHS[name].step(start, action)
    assert action not in GRAPHS[name].actions(start)


@EVERY
def test_the_table_holds_the_documented_rows_in_their_order(graph: Graph) -> None:
    table = {(s, a.lstrip("*")): end for (s, a), end in TABLES[graph.name].items()}

    assert list(graph.transitions.items()) == list(table.items())


def test_what_the_server_does_by_itself_cannot_be_asked_for() -> None:
    starred = {(name, start, action[1:]) for name, start, action, _ in ROWS if action[0] == "*"}

    assert {action for _, _, action in starred} == INTERNAL
    assert {
        (graph.name, start, action)
        for graph in GRAPHS.values()
        for start, action in graph.transitions
        if action in INTERNAL
    } == starred


@EVERY
def test_each_state_holds_what_the_documentation_says(graph: Graph) -> None:
    for state in State:
        assert graph.hold(state) == HELD[graph.name].get(state, "nothing")
    assert {*graph.holds} <= {*graph.states}


@EVERY
def test_the_alarms_are_those_of_the_documentation(graph: Graph) -> None:
    assert graph.alarms == ALARMS[graph.name]
    assert graph.alarms.keys() <= graph.transitions.keys()


@EVERY
def test_what_is_held_until_a_moment_is_let_go_by_an_alarm(graph: Graph) -> None:
    held = {state for state in graph.states if graph.hold(state) is Hold.UNTIL_A_MOMENT}
    ringing = {
        start
        for (start, action), alarm in graph.alarms.items()
        if alarm is not Alarm.AUTO_COMPLETE
        and graph.hold(graph.transitions[start, action]) is Hold.NOTHING
    }

    assert held == ringing


@EVERY
def test_a_graph_begins_with_its_first_action_and_nothing_else(graph: Graph) -> None:
    assert graph.actions(State.INITIALIZED) == [graph.initial]


@EVERY
def test_every_state_of_a_graph_can_be_reached_and_leads_to_an_end(graph: Graph) -> None:
    reached = {State.INITIALIZED}
    for _ in graph.transitions:
        reached |= {end for (start, _), end in graph.transitions.items() if start in reached}

    assert {start for start, _ in graph.transitions} <= reached
    assert reached == {*graph.states}
    assert {state for state in reached if graph.is_final(state)} == FINAL & reached


def test_a_seat_needs_a_customer_and_a_class_does_not() -> None:
    needs = {name: (graph.needs_customer, graph.needs_seat) for name, graph in GRAPHS.items()}

    assert needs == {
        "instant": (True, False),
        "confirm_decline": (True, False),
        "instant_payment": (True, False),
        "group_owner": (False, False),
        "group_customer": (True, True),
        "group_customer_payment": (True, True),
        "reservation": (False, False),
    }


@pytest.mark.parametrize("action", ["tentative", "", "CONFIRM", "x" * 500])
def test_a_word_that_is_no_action_is_refused_and_quoted_at_most_sixty_letters_long(
    action: str,
) -> None:
    with pytest.raises(TransitionRefused) as refusal:
        GRAPHS["instant"].step(State.INITIALIZED, action)

    expected = f"Cannot apply action '{action[:60]}' to current state 'initialized'"
    assert str(refusal.value) == expected


def test_all_states_and_actions_are_those_of_some_graph() -> None:
    assert {state for graph in GRAPHS.values() for state in graph.states} == set(State)
    assert {action for graph in GRAPHS.values() for _, action in graph.transitions} == set(Action)


def test_every_graph_can_be_booked_but_for_reservations() -> None:
    assert set(GRAPHS) - BOOKABLE == {"reservation"}
