"""Customers who book at random, ask again until they are answered, and remember what they heard."""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from slotkeeper.bootstrap import system_clock
from slotkeeper.domain.booking import AUTO_COMPLETE_AFTER
from slotkeeper.domain.graphs import GRAPHS, RESERVATION
from tests.races.arena import Answered, Client, Request, action, move, order, reserve, seat, slot

ANSWER_SECONDS_MAX = 8.0
"""How long a customer waits for an answer before asking again."""

AGAIN_SECONDS = 0.1
"""How long a customer waits after an answer that did not come."""

OF_TIME = {"timeout", "expire", "complete"}
"""What time does to bookings; the customers leave these to it."""


@dataclass(frozen=True)
class Shop:
    """What there is to book: people, two classes with a few seats, and a person who shares."""

    people: Sequence[str]
    classes: Sequence[Any]
    shared: str


@dataclass
class Memory:
    """What all customers were told: of each booking its steps, in order, and figures.

    ``silence`` is the longest time, in seconds, in which none of them was answered.
    """

    steps: dict[UUID, list[str]] = field(default_factory=dict)
    answers: Counter[int] = field(default_factory=Counter)
    interrupted: int = 0
    replayed: int = 0
    silence: float = 0.0
    heard_at: float = field(default_factory=time.monotonic)

    def hear(self, answer: Answered) -> None:
        """Count an answer."""
        now = time.monotonic()
        self.silence, self.heard_at = max(self.silence, now - self.heard_at), now
        self.answers[answer.status] += 1
        self.replayed += answer.replayed


class Customer:
    """One who does one thing after the other, each under an Idempotency-Key of its own."""

    def __init__(
        self, number: int, *, server: Callable[[], str], key: str, shop: Shop, memory: Memory
    ) -> None:
        self._chance = random.Random(number)
        self._server = server
        self._key = key
        self._shop = shop
        self._memory = memory
        self._client = Client(server(), key)
        self._address = server()
        self._mine: list[Any] = []
        self._reserved: list[Any] = []

    async def live(self, over: asyncio.Event) -> None:
        """Book and change bookings until it is over; what was asked last is answered first."""
        begin = [self._book, self._ask, self._pay_later, self._take_seat, self._reserve]
        more = [self._book_several, self._visit, self._take_over, *[self._change] * 5]
        try:
            while not over.is_set():
                await self._chance.choice([*begin, *more])()
        finally:
            await self._client.close()

    async def _book(self) -> None:
        await self._begin(order(self._who(), self._when()))

    async def _book_several(self) -> None:
        people = self._chance.sample(list(self._shop.people), 2)
        await self._begin(order(None, self._when(), resources=people))

    async def _ask(self) -> None:
        await self._begin(order(self._who(), self._when(), graph="confirm_decline"))

    async def _pay_later(self) -> None:
        await self._begin(
            order(self._who(), self._when(), graph="instant_payment", timeout=self._timeout())
        )

    async def _take_seat(self) -> None:
        owner = self._chance.choice(self._shop.classes)
        if self._chance.random() < 0.5:
            await self._begin(seat(owner))
        else:
            await self._begin(seat(owner, graph="group_customer_payment", timeout=self._timeout()))

    async def _visit(self) -> None:
        """Note a visit that is over, and completes in a moment."""
        end = system_clock() - AUTO_COMPLETE_AFTER + timedelta(seconds=self._seconds())
        times = {
            "start": (end - timedelta(minutes=30)).isoformat(),
            "end": end.isoformat(),
        }
        settings = {"allow_double_bookings": True}
        await self._begin(order(self._shop.shared, times, settings=settings))

    async def _reserve(self) -> None:
        request = reserve(self._who(), self._when(), seconds=self._seconds(), graph="instant")
        answer = await self._answered(request)
        if answer.status == 201:
            self._remember(answer.body["data"])
            self._reserved.append(answer.body["data"])

    async def _take_over(self) -> None:
        if not self._reserved:
            return
        reservation = self._reserved.pop()
        answer = await self._answered(order(None, {}, reservation_id=reservation["id"]))
        if answer.status == 201:
            self._memory.steps[UUID(reservation["id"])].append("convert")
            self._mine.append(answer.body["data"])
            self._remember(answer.body["data"])

    async def _change(self) -> None:
        """Do one of the things that can be done with a booking that was made before."""
        if not self._mine:
            return
        booking = self._mine.pop(self._chance.randrange(len(self._mine)))
        name = self._chance.choice([*set(booking["available_actions"]) - OF_TIME] or ["cancel"])
        if name == "reschedule_by_customer":
            await self._reschedule(booking)
            return
        answer = await self._answered(action(booking, name))
        if answer.status == 200:
            self._memory.steps[UUID(booking["id"])].append(name)
            self._mine.append(answer.body["data"])

    async def _reschedule(self, booking: Any) -> None:
        answer = await self._answered(move(booking, self._when()))
        if answer.status in (200, 201):
            self._memory.steps[UUID(booking["id"])].append("reschedule_by_customer")
            self._mine.append(answer.body["data"])
            self._remember(answer.body["data"])

    async def _begin(self, request: Request) -> None:
        answer = await self._answered(request)
        if answer.status == 201:
            self._mine.append(answer.body["data"])
            self._remember(answer.body["data"])

    def _remember(self, booking: Any) -> None:
        booking_id = UUID(booking["id"])
        assert booking_id not in self._memory.steps, "one booking was given to two requests"
        graph = RESERVATION if booking["graph"] == "reservation" else GRAPHS[booking["graph"]]
        self._memory.steps[booking_id] = [graph.initial]

    async def _answered(self, request: Request) -> Answered:
        """Send a request until it is answered by more than "something went wrong"."""
        key = str(uuid4())
        while True:
            if self._address != self._server():
                await self._reconnect()
            try:
                async with asyncio.timeout(ANSWER_SECONDS_MAX):
                    answer = await self._client.send(request, under=key)
            except (OSError, asyncio.IncompleteReadError, TimeoutError):
                answer = None
            if answer is not None and answer.status < 500:
                break
            self._memory.interrupted += 1
            await self._reconnect()
            await asyncio.sleep(AGAIN_SECONDS)
        self._memory.hear(answer)
        assert answer.status in (200, 201, 422), answer
        return answer

    async def _reconnect(self) -> None:
        await self._client.close()
        self._address = self._server()
        self._client = Client(self._address, self._key)

    def _who(self) -> str:
        return self._chance.choice(self._shop.people)

    def _when(self) -> dict[str, str]:
        return slot(self._chance.randrange(23), day=self._chance.randrange(1, 29))

    def _seconds(self) -> int:
        return self._chance.randrange(1, 4)

    def _timeout(self) -> dict[str, object]:
        return {"time": self._seconds(), "unit": "sec"}
