"""How many attempts are under way to each target: many to one that answers, few to all others."""

from collections import Counter
from collections.abc import Iterable
from uuid import UUID

from slotkeeper.domain.delivery import Outcome

MANY = 50
"""From how many attempts on a target that answers gets no more, so that others have places."""

FEW = 5
"""How many at most are under way to one that gave no answer, or was not heard of yet.

An attempt that nobody answers keeps its place for ten seconds, all others for moments.
"""

ANSWERING_MAX = 100
"""How many targets are known to answer: when more are in use, few places for each fill them all."""


class Places:
    """Learns from what comes back which targets answer, whatever their answer is."""

    def __init__(self) -> None:
        self._answering: dict[UUID, None] = {}  # in the order of their last answers

    def note(self, target: UUID, outcome: Outcome) -> None:
        """Learn from one attempt."""
        self._answering.pop(target, None)
        if outcome.is_success or outcome.status is not None:
            self._answering[target] = None
        if len(self._answering) > ANSWERING_MAX:
            del self._answering[next(iter(self._answering))]

    def are_few(self, target: UUID) -> bool:
        """Tell whether a target has few places until it answers."""
        return target not in self._answering

    def left(self, under_way: Iterable[UUID]) -> dict[UUID, int | None]:
        """Return how many more attempts may begin at each target, ``FEW`` at those not in it.

        ``under_way`` holds the target of every attempt that is. None is no limit: where several
        senders take at once, each must see more than the others have just taken.
        """
        left: dict[UUID, int | None] = dict.fromkeys(self._answering)
        for target, count in Counter(under_way).items():
            if self.are_few(target):
                left[target] = max(FEW - count, 0)
            elif count >= MANY:
                left[target] = 0
        return left
