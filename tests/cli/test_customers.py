"""Customers from the command line: their data, and forgetting them."""

import asyncio
import json
import re
from pathlib import Path
from uuid import uuid4

import pytest

from slotkeeper.bootstrap import make_parts
from slotkeeper.domain.booking import Customer
from slotkeeper.domain.order import Order
from slotkeeper.edge.parts import Shuffle
from slotkeeper.services import apps, bookings, resources
from slotkeeper.settings import Settings
from tests.cli.commands import slotkeeper
from tests.conftest import new_database
from tests.services.shop import at


@pytest.fixture
def database(postgres: str, worker_id: str, tmp_path: Path) -> str:
    """The address of a database in which Marty has booked, in the app hill-valley."""
    url = new_database(postgres, f"cli_customers_{worker_id}")

    async def book() -> None:
        parts = make_parts(Settings(data_dir=tmp_path, _env_file=None), url)
        await parts.database.open()
        async with parts.database.transaction() as tx:
            made = await apps.create(
                tx, parts.vault, name="Hill Valley", owner_email="o@example.com", test_mode=False
            )
            doc = await resources.create(tx, made.id, {"name": "Doc", "timezone": "UTC"})
            marty = Customer(id=uuid4(), name="Marty McFly", email="marty@example.com")
            order = Order(
                start=at(9),
                end=at(10),
                resource_id=doc.id,
                graph="instant",
                what="Visit",
                customer=marty,
            )
            await bookings.book(tx, made.id, order, actor="api_key", shuffle=Shuffle(seed=1))
        await parts.database.close()

    asyncio.run(book())
    return url


@pytest.mark.slow
def test_a_customer_is_shown_and_then_forgotten(database: str, tmp_path: Path) -> None:
    where = ("hill-valley", "Marty@example.com", "--data-dir", tmp_path, "--database-url", database)
    shown = slotkeeper("customer", "export", *where)
    assert shown.returncode == 0, shown.stderr
    assert json.loads(shown.stdout)["bookings"][0]["customer_name"] == "Marty McFly"

    unsure = slotkeeper("customer", "erase", *where)
    assert unsure.returncode == 1, "nobody answers the question"
    assert json.loads(slotkeeper("customer", "export", *where).stdout)["bookings"]
    erased = slotkeeper("customer", "erase", *where, "--yes")

    assert erased.returncode == 0, erased.stderr
    assert re.sub(r"\d+ announcements", "n announcements", erased.stdout).splitlines() == [
        "Erased: 1 bookings, 1 events, 0 participations, 0 waiting list, n announcements, "
        "0 kept answers.",
        "Yet to come, nobody knows now for whom: 1.",
    ]
    assert json.loads(slotkeeper("customer", "export", *where).stdout)["bookings"] == []


def test_an_unknown_app_and_a_wrong_address_are_told_in_words(
    database: str, tmp_path: Path
) -> None:
    where = ("--data-dir", tmp_path, "--database-url", database)
    unknown = slotkeeper("customer", "export", "nowhere", "marty@example.com", *where)
    wrong = slotkeeper("customer", "export", "hill-valley", "marty", *where)

    assert unknown.stderr == "slotkeeper: there is no app nowhere\n"
    assert wrong.stderr == "slotkeeper: The email must be a valid email address.\n"
