"""Refusals say why, and are told apart by codes that never change."""

from slotkeeper.domain.errors import (
    DomainError,
    InvalidInput,
    NotFound,
    SlotTaken,
    TransitionRefused,
    UnknownZone,
)


def test_codes_tell_refusals_apart() -> None:
    kinds = (InvalidInput, NotFound, SlotTaken, TransitionRefused, UnknownZone)
    assert all(issubclass(kind, DomainError) for kind in kinds)
    assert [kind.code for kind in kinds] == [
        "invalid_input",
        "not_found",
        "slot_taken",
        "transition_refused",
        "unknown_zone",
    ]


def test_refusals_speak_as_the_api_does() -> None:
    assert str(NotFound("Project")) == "Resource does not exist"
    assert NotFound("Project").model == "Project"
    assert str(SlotTaken()) == "The requested timeslot is not available"


def test_invalid_input_names_its_fields_and_speaks_through_the_first() -> None:
    refusal = InvalidInput({"to": ["Too far.", "Too late."], "from": ["Odd."]})
    assert str(refusal) == "Too far."
    assert refusal.errors == {"to": ["Too far.", "Too late."], "from": ["Odd."]}
    assert InvalidInput.field("mode", "Unknown.").errors == {"mode": ["Unknown."]}
