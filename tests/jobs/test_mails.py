"""Mails on their way: from the booking to a real mail server, through its moods, once each."""

import asyncio
import email
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default

from slotkeeper.domain.delivery import Channel
from slotkeeper.jobs.loop import at_work
from slotkeeper.jobs.sender import Sender
from slotkeeper.jobs.ways import MailWay
from slotkeeper.notifications.smtp import SmtpPost
from slotkeeper.notifications.smtp_address import SmtpAddress
from slotkeeper.services.mail_drafts import Desk, Person
from slotkeeper.services.vault import Vault
from tests.jobs.conftest import House
from tests.notifications.mail_servers import MailServer, mail_server
from tests.services.shop import at


@asynccontextmanager
async def sending(house: House, server: MailServer) -> AsyncIterator[None]:
    """Let a sender post the mails of the house to a mail server."""
    post = SmtpPost(SmtpAddress.parse(f"smtp://127.0.0.1:{server.port}?tls=none"))
    desk = Desk(
        vault=Vault("for tests"), site="https://x.example", sender=Person("", "mails@x.example")
    )
    async with at_work(Sender(house.database, Channel.MAIL, MailWay(desk, post))):
        yield


async def until(question: Callable[[], bool]) -> None:
    for _ in range(400):
        if question():
            return
        await asyncio.sleep(0.05)
    raise AssertionError("it did not come to that")


def received(server: MailServer) -> list[EmailMessage]:
    found = []
    for envelope in server.mails:
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


async def booked(house: House, *, hour: int) -> None:
    await house.within(lambda shop: shop.book(house.resource_id, at(hour), at(hour + 1)))


async def test_each_mail_arrives_once_in_the_order_of_what_happened(house: House) -> None:
    async with mail_server() as server, sending(house, server):
        booking = await house.within(
            lambda shop: shop.book(house.resource_id, at(9), at(10), graph="confirm_decline")
        )
        await house.within(lambda shop: shop.act(booking, "confirm"))
        await house.within(lambda shop: shop.act(booking, "cancel"))
        await until(lambda: len(server.mails) >= 4)
        await asyncio.sleep(0.5)
        mails = received(server)
    to_customer = [str(each["Subject"]) for each in mails if "marty" in str(each["To"])]
    assert to_customer == ["Confirmed: Consultation", "Cancelled: Consultation"]
    assert max(Counter(str(each["Message-ID"]) for each in mails).values()) == 1
    assert all(each["X-Slotkeeper-App"] is None for each in mails)  # that is for us alone


async def test_a_mail_server_that_is_busy_gets_it_again_and_one_that_refuses_does_not(
    house: House,
) -> None:
    answered: list[str] = []

    def moody(address: str) -> str | None:
        answered.append(address)
        return "550 No such user" if "marty" in address else "451 Come back later"

    async with mail_server() as server, sending(house, server):
        server.answers["RCPT"] = moody
        await booked(house, hour=9)
        await until(lambda: len(answered) >= 2)
        await asyncio.sleep(1)
        rows = house.rows("SELECT audience, status, last_error FROM deliveries ORDER BY audience")
    states = [(row["audience"], row["status"]) for row in rows]
    assert states == [("customer", "failed"), ("owner", "waiting")]
    assert "550" in rows[0]["last_error"]
    assert "451" in rows[1]["last_error"]
