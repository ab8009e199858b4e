"""Time in tests is a constant, and moves only when a test says so."""

from datetime import UTC, datetime, timedelta

NOW = datetime(2030, 5, 6, 8, 0, tzinfo=UTC)
"""The moment of every request in tests: a Monday, eight o'clock in the morning, UTC."""


class TestClock:
    """A clock that a test sets."""

    __test__ = False

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, step: timedelta) -> None:
        self.now += step
