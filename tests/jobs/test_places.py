"""Who answers gets many places, who does not gets few; and not more is remembered than helps."""

from uuid import UUID

from slotkeeper.domain.delivery import Outcome
from slotkeeper.jobs.places import ANSWERING_MAX, FEW, MANY, Places

TARGET, OTHER = UUID(int=1), UUID(int=2)
TAKEN, REFUSED = Outcome(status=200), Outcome(status=500, error="answered 500")
MAILED, SILENT = Outcome(), Outcome(error="time-out after 10 s")


def test_a_target_has_few_places_until_it_answers_whatever_it_says() -> None:
    for answer in (TAKEN, REFUSED, MAILED):
        places = Places()
        assert places.are_few(TARGET)
        assert TARGET not in places.left([])
        places.note(TARGET, answer)
        assert not places.are_few(TARGET)
        assert places.left([TARGET, OTHER]) == {TARGET: None, OTHER: FEW - 1}


def test_one_attempt_without_an_answer_makes_places_few_and_the_next_answer_many_again() -> None:
    places = Places()
    for outcome in (TAKEN, SILENT):
        places.note(TARGET, outcome)
    assert places.are_few(TARGET)
    assert places.left([TARGET] * 2) == {TARGET: FEW - 2}
    places.note(TARGET, REFUSED)
    assert places.left([TARGET] * 2) == {TARGET: None}


def test_what_is_full_gets_no_more() -> None:
    places = Places()
    places.note(TARGET, TAKEN)
    assert places.left([TARGET] * (MANY - 1)) == {TARGET: None}
    assert places.left([TARGET] * MANY) == {TARGET: 0}
    assert places.left([OTHER] * FEW) == {TARGET: None, OTHER: 0}
    places.note(TARGET, SILENT)
    assert places.left([TARGET] * MANY) == {TARGET: 0}, "also where more are under way than it has"


def test_those_that_answered_last_are_remembered_and_no_more_of_them() -> None:
    places = Places()
    many = [UUID(int=10 + number) for number in range(ANSWERING_MAX)]
    for target in [TARGET, OTHER, *many[:-2], TARGET, *many[-2:]]:
        places.note(target, TAKEN)
    assert len(places.left([])) == ANSWERING_MAX
    assert not places.are_few(TARGET), "it answered again meanwhile"
    assert places.are_few(OTHER)
    for number in range(ANSWERING_MAX * 2):
        places.note(UUID(int=10_000 + number), SILENT)
    assert len(places.left([])) == ANSWERING_MAX, "silence is not remembered"
