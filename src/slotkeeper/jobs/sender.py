"""The sender: carries to their targets what was announced, in order, until each has it."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol
from uuid import UUID

import structlog

from slotkeeper.domain.delivery import LEASE, Channel, Delivery, Outcome
from slotkeeper.jobs.loop import FINISH_SECONDS_MAX, Loop
from slotkeeper.jobs.places import FEW, Places
from slotkeeper.services import deliveries
from slotkeeper.storage.transaction import Database, Transaction

BATCH = 50
"""How many deliveries are taken at once."""

UNDER_WAY_MAX = 200
"""How many attempts one sender makes at the same time."""

PAUSE_SECONDS_MAX = 0.3
"""How long nobody looks at most, when nothing is under way."""

GATHER_SECONDS = 0.01
"""How long to wait for further outcomes, so that many are noted together."""

ATTEMPT_SECONDS_MAX = LEASE.total_seconds() * 3 / 4
"""How long an attempt may take: what came of it is noted before it counts as lost."""

log = structlog.get_logger(__name__)


class Parcel(Protocol):
    """What is ready to be sent."""

    async def send(self) -> Outcome:
        """Make one attempt; raises nothing for what a target does."""
        ...


class Way(Protocol):
    """How deliveries of one channel are made."""

    async def prepare(
        self, tx: Transaction, taken: Sequence[Delivery]
    ) -> Mapping[UUID, Parcel | None]:
        """Return what to send by the id of the delivery; None has nothing to say any more."""
        ...

    async def close(self) -> None:
        """Close what is open; nothing is sent any more."""
        ...


class _Unprepared:
    """What cannot be prepared. Its attempt fails when it is made, as all others do.

    Until then the transaction that took it may still be undone, and the attempt with it.
    """

    async def send(self) -> Outcome:
        """Ask nobody, and say so."""
        return Outcome(error="it could not be prepared")


class Sender(Loop):
    """Sends what is due on one channel until it is told to stop; any number share one database.

    Each channel has senders of its own: a mail server that hangs holds up no webhook.
    """

    def __init__(self, database: Database, channel: Channel, way: Way) -> None:
        super().__init__(database)
        self.name = f"{channel} sender"
        self._channel = channel
        self._way = way
        self._under_way: dict[asyncio.Task[None], Delivery] = {}
        self._done: list[tuple[Delivery, Outcome]] = []
        self._places = Places()

    async def _round(self) -> float:
        """Note what came of attempts, start those whose turn has come; return when to look."""
        if self._done and self._under_way:
            await asyncio.sleep(GATHER_SECONDS)
        done, self._done = self._done, []
        most = min(BATCH, UNDER_WAY_MAX - len(self._under_way))
        try:
            async with self._transaction() as tx:
                if done:
                    await deliveries.finish(tx, done, chance=self._random.random())
                taken = await self._taken(tx, most=most) if most else []
                parcels = await self._prepared(tx, taken)
        except BaseException:
            self._done = [*done, *self._done]
            raise
        for delivery in taken:
            parcel = parcels[delivery.id]
            if parcel is not None:
                task = asyncio.create_task(self._attempt(delivery, parcel))
                self._under_way[task] = delivery
                task.add_done_callback(self._under_way.pop)
        # Where only a few were taken of many to one target, those to others may stand behind them.
        is_cut = len(taken) == most or any(self._places.are_few(each.target) for each in taken)
        if done or (taken and is_cut):
            return 0.0
        return PAUSE_SECONDS_MAX * self._random.uniform(0.7, 1.0)

    async def _leave(self) -> None:
        """Wait a while for the attempts under way, and note what came of them."""
        if self._under_way:
            await asyncio.wait(set(self._under_way), timeout=FINISH_SECONDS_MAX / 2)
        for task in self._under_way:
            task.cancel()
        if self._done:
            async with self._transaction() as tx:
                await deliveries.finish(tx, self._done, chance=self._random.random())
        await self._way.close()

    async def _taken(self, tx: Transaction, *, most: int) -> list[Delivery]:
        """Take what is due, as far as its targets have places left."""
        places = self._places.left(delivery.target for delivery in self._under_way.values())
        return await deliveries.take(tx, self._channel, most=most, places=places, few=FEW)

    async def _prepared(
        self, tx: Transaction, taken: Sequence[Delivery]
    ) -> Mapping[UUID, Parcel | None]:
        """Return what to send; what has nothing to say any more is noted so."""
        parcels = await self._tried(tx, taken) if taken else {}
        await deliveries.drop(tx, [each for each in taken if parcels[each.id] is None])
        return parcels

    async def _tried(
        self, tx: Transaction, taken: Sequence[Delivery]
    ) -> Mapping[UUID, Parcel | None]:
        """Prepare deliveries together; when that fails, each alone, so that one fails."""
        try:
            async with tx.connection.transaction():
                return await self._way.prepare(tx, taken)
        except Exception as error:
            if tx.connection.broken:
                raise
            if len(taken) > 1:
                alone = [await self._tried(tx, [each]) for each in taken]
                return {id_: parcel for each in alone for id_, parcel in each.items()}
            log.error("delivery_not_prepared", delivery_id=str(taken[0].id), exc_info=error)
            return {taken[0].id: _Unprepared()}

    async def _attempt(self, delivery: Delivery, parcel: Parcel) -> None:
        started = time.perf_counter()
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS_MAX):
                outcome = await parcel.send()
        except TimeoutError:
            outcome = Outcome(error=f"time-out after {ATTEMPT_SECONDS_MAX:g} s")
        except Exception:
            log.exception("delivery_failed", delivery_id=str(delivery.id))
            outcome = Outcome(error="it could not be sent")
        self._places.note(delivery.target, outcome)
        milliseconds = outcome.milliseconds or round((time.perf_counter() - started) * 1000)
        self._done.append((delivery, replace(outcome, milliseconds=milliseconds)))
        self._wake.set()
