"""Take times, and say them as a median with the least and the most."""

import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Spread:
    """The figures of several rounds."""

    figures: tuple[float, ...]

    @property
    def median(self) -> float:
        return statistics.median(self.figures)

    @property
    def least(self) -> float:
        return min(self.figures)

    def text(self, digits: int = 1) -> str:
        """Return the median with the least and the most, ``12.3 (11.9-14.0)``."""
        low, high = min(self.figures), max(self.figures)
        return f"{self.median:.{digits}f} ({low:.{digits}f}-{high:.{digits}f})"


def rounds_of(work: Callable[[], object], *, rounds: int) -> Spread:
    """Return the milliseconds of ``work`` in each round, after one that is not counted."""
    work()
    figures = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        figures.append((time.perf_counter() - started) * 1000)
    return Spread(tuple(figures))


def answered(work: Callable[[], Answer], *, rounds: int) -> tuple[Answer, Spread]:
    """Return what ``work`` answers, and the milliseconds of every round, the first included.

    For work that takes seconds: it needs no round to warm up, nor one only for the answer.
    """
    answers = []
    figures = []
    for _ in range(rounds):
        started = time.perf_counter()
        answers.append(work())
        figures.append((time.perf_counter() - started) * 1000)
    return answers[-1], Spread(tuple(figures))


async def async_rounds_of(work: Callable[[], Awaitable[object]], *, rounds: int) -> Spread:
    """Return the milliseconds of ``work`` in each round, after one that is not counted."""
    await work()
    figures = []
    for _ in range(rounds):
        started = time.perf_counter()
        await work()
        figures.append((time.perf_counter() - started) * 1000)
    return Spread(tuple(figures))


def percentile(figures: Sequence[float], share: float) -> float:
    """Return the figure below which ``share`` of all lie; 0.5 is the median."""
    ordered = sorted(figures)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def ratio(figure: float, other: float, *, digits: int = 1) -> str:
    """Return how many times ``other`` goes into ``figure``."""
    return f"{figure / other:.{digits}f}x" if other else "-"
