"""Mails per second with one and two workers, beside the mail client alone."""

import asyncio
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as POLICY
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from bench import fill, table
from bench.backlog import announce
from bench.bookings import booked, slots_of
from bench.measure import Spread, ratio
from bench.place import FIRST_DAY, Place, place
from bench.scene import Scene
from bench.server import worker
from slotkeeper.domain.delivery import Hearers
from slotkeeper.notifications.smtp import SmtpPost
from slotkeeper.notifications.smtp_address import SmtpAddress

WORKERS = (1, 2)


@dataclass
class Box:
    """A mail server that takes everything, and remembers when the last came."""

    count: int = 0
    last: float = 0.0
    content: bytes = b""
    came: asyncio.Condition = field(default_factory=asyncio.Condition)

    # Called by the server, by this name.
    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one mail."""
        assert isinstance(envelope.content, bytes)
        self.content = envelope.content
        self.count += 1
        self.last = time.perf_counter()
        async with self.came:
            self.came.notify_all()
        return "250 OK"

    async def until(self, count: int) -> None:
        """Wait until so many mails came."""
        async with self.came:
            await self.came.wait_for(lambda: self.count >= count)


async def run(*, quick: bool) -> None:
    """Send the confirmations that wait with one and two workers, and one mail again and again."""
    number, rounds = (100, 1) if quick else (1000, 3)
    box, loop = Box(), asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, loop=loop), "127.0.0.1", 0)
    url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with tempfile.TemporaryDirectory() as folder:
        async with server, place(Path(folder, "data"), "--no-worker") as here:
            async with here.database.transaction() as tx:
                people = await fill.add_people(tx, here.app_id, Scene(1, 0, FIRST_DAY))
            await booked(here, slots_of(people), 1, clients=1)
            sent: dict[int, list[float]] = {each: [] for each in WORKERS}
            alone: list[float] = []
            for _ in range(rounds):
                for each in WORKERS:
                    sent[each].append(await _sent(here, box, url, number, workers=each))
                alone.append(await _alone(box, url, number))
    client = Spread(tuple(alone))
    spreads = {count: Spread(tuple(each)) for count, each in sent.items()}
    table.show(
        "Confirmations leaving with an invitation, all due at once, median of rounds (least-most)",
        ("workers", "mails/s", "client alone/s", "ratio"),
        [
            (count, each.text(0), client.text(0), ratio(client.median, each.median))
            for count, each in spreads.items()
        ],
        "The mail server (in Python), the database and the workers share the machine. Alone: one",
        "of these mails from memory, again and again, by the same client.",
    )


async def _sent(here: Place, box: Box, url: str, number: int, *, workers: int) -> float:
    """Return how many mails a second leave, counted from the first to the last."""
    letters = [("booking_confirmed_customer", "customer")]
    await announce(here, number, Hearers(letters=letters))
    box.count = 0
    given = {"SLOTKEEPER_SMTP_URL": url, "SLOTKEEPER_PUBLIC_URL": "https://book.example"}
    with ExitStack() as stack:
        for _ in range(workers):
            stack.enter_context(worker(here.folder, **given))
        await box.until(1)
        began, before = time.perf_counter(), box.count
        await box.until(number)
        return (number - before) / max(box.last - began, 1e-9)


async def _alone(box: Box, url: str, number: int) -> float:
    """Return how many mails a second the bare client hands over."""
    message = message_from_bytes(box.content, EmailMessage, policy=POLICY)
    assert isinstance(message, EmailMessage)
    async with SmtpPost(SmtpAddress.parse(url)) as post:
        began = time.perf_counter()
        await asyncio.gather(*(post.send(message) for _ in range(number)))
        return number / (time.perf_counter() - began)
