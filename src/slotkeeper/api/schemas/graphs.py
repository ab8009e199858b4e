"""What answers about the graphs of bookings show."""

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer


class ShownStep(Answer):
    """One step of a graph: the action that leads from one state to another."""

    from_state: str = Field(alias="from", examples=["confirmed"])
    action: str = Field(examples=["cancel"])
    to: str = Field(examples=["cancelled"])


class ShownGraph(Answer):
    """A graph: every state and action a booking in it can know, and the steps between them."""

    graph: str = Field(examples=["instant"])
    states: list[str]
    actions: list[str]
    transitions: list[ShownStep]
