"""Claims: what the database itself refuses, whoever asks."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from slotkeeper.storage import claims
from tests.services.shop import Shop, at

NINE, TEN = at(9), at(10)


async def take(
    shop: Shop,
    *resource_ids: UUID,
    start: datetime = NINE,
    end: datetime = TEN,
    exclusive: bool = True,
    booking_id: UUID | None = None,
) -> bool:
    return await claims.take(
        shop.tx,
        shop.app_id,
        booking_id=booking_id or uuid4(),
        resource_ids=resource_ids,
        start=start,
        end=end,
        exclusive=exclusive,
    )


async def insert_raw(shop: Shop, resource_id: UUID, during: str) -> None:
    await shop.tx.run(
        "INSERT INTO claims (app_id, booking_id, resource_id, during, exclusive) "
        "VALUES (%s, %s, %s, %s::tstzrange, true)",
        (shop.app_id, uuid4(), resource_id, during),
    )


@pytest.mark.parametrize(
    "during",
    [
        "[2030-05-07 09:00Z, 2030-05-07 10:00Z]",
        "(2030-05-07 09:00Z, 2030-05-07 10:00Z)",
        "(2030-05-07 09:00Z, 2030-05-07 10:00Z]",
        "[2030-05-07 09:00Z, 2030-05-07 09:00Z)",
        "empty",
        "[2030-05-07 09:00Z,)",
        "(,2030-05-07 09:00Z)",
        "(,)",
    ],
)
async def test_a_claim_is_half_open_finite_and_not_empty(shop: Shop, during: str) -> None:
    doc = await shop.resource()

    with pytest.raises(psycopg.errors.CheckViolation, match="claims_are_half_open"):
        await insert_raw(shop, doc.id, during)


@pytest.mark.parametrize(
    "during", ["[2030-05-07 09:00Z,infinity)", "[-infinity,2030-05-07 09:00Z)"]
)
async def test_a_claim_does_not_reach_into_infinity(shop: Shop, during: str) -> None:
    """PostgreSQL has an infinite instant too, which is no missing end."""
    doc = await shop.resource()

    with pytest.raises(psycopg.errors.CheckViolation, match="claims_are_half_open"):
        await insert_raw(shop, doc.id, during)


async def test_a_proper_claim_is_let_in(shop: Shop) -> None:
    doc = await shop.resource()

    await insert_raw(shop, doc.id, "[2030-05-07 09:00Z, 2030-05-07 10:00Z)")

    assert await shop.count("claims") == 1


async def test_a_plain_insert_cannot_get_around_the_constraint(shop: Shop) -> None:
    doc = await shop.resource()
    assert await take(shop, doc.id)

    with pytest.raises(psycopg.errors.ExclusionViolation, match="claims_do_not_overlap"):
        await insert_raw(shop, doc.id, "[2030-05-07 09:59Z, 2030-05-07 10:01Z)")


@pytest.mark.parametrize(
    ("start", "end", "free"),
    [
        (at(8), at(9), True),
        (at(10), at(11), True),
        (at(8), at(9) + timedelta(microseconds=1), False),
        (at(10) - timedelta(microseconds=1), at(11), False),
        (at(9), at(10), False),
        (at(9, 15), at(9, 30), False),
        (at(8), at(11), False),
    ],
)
async def test_touching_is_not_overlapping(
    shop: Shop, start: datetime, end: datetime, free: bool
) -> None:
    doc = await shop.resource()
    assert await take(shop, doc.id)

    assert await take(shop, doc.id, start=start, end=end) is free


async def test_of_several_resources_all_must_be_free(shop: Shop) -> None:
    one, two, three = [(await shop.resource()).id for _ in range(3)]
    assert await take(shop, three, one)

    assert not await take(shop, two, three)


async def test_apps_and_resources_do_not_meet(shop: Shop, other_shop: Shop) -> None:
    one, two = await shop.resource(), await shop.resource()
    stranger = await other_shop.resource()

    assert await take(shop, one.id)
    assert await take(shop, two.id)
    assert await take(other_shop, stranger.id)


async def test_a_claim_outside_the_constraint_neither_blocks_nor_is_blocked(shop: Shop) -> None:
    """It is for the service to look at it; the constraint does not."""
    doc = await shop.resource()

    assert await take(shop, doc.id, exclusive=False)
    assert await take(shop, doc.id, exclusive=True)
    assert await take(shop, doc.id, exclusive=False)
    assert not await take(shop, doc.id, exclusive=True)


async def test_what_is_released_can_be_taken_in_the_same_transaction(shop: Shop) -> None:
    doc = await shop.resource()
    booking_id = uuid4()
    assert await take(shop, doc.id, booking_id=booking_id)

    await claims.release(shop.tx, shop.app_id, booking_id)

    assert await take(shop, doc.id)


async def test_a_claim_without_its_booking_does_not_outlive_the_transaction(shop: Shop) -> None:
    doc = await shop.resource()
    assert await take(shop, doc.id)

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await shop.tx.run("SET CONSTRAINTS ALL IMMEDIATE")


async def test_a_claim_names_a_resource_of_its_own_app(shop: Shop, other_shop: Shop) -> None:
    stranger = await other_shop.resource()

    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await take(shop, stranger.id)


@pytest.mark.parametrize("column", ["during", "resource_id", "booking_id", "exclusive"])
async def test_a_claim_has_everything(shop: Shop, column: str) -> None:
    row: dict[str, Any] = {
        "app_id": shop.app_id,
        "booking_id": uuid4(),
        "resource_id": (await shop.resource()).id,
        "during": "[2030-05-07 09:00Z, 2030-05-07 10:00Z)",
        "exclusive": True,
        column: None,
    }

    with pytest.raises(psycopg.errors.NotNullViolation):
        await shop.tx.run(
            "INSERT INTO claims (app_id, booking_id, resource_id, during, exclusive) "
            "VALUES (%(app_id)s, %(booking_id)s, %(resource_id)s, %(during)s::tstzrange, "
            "%(exclusive)s)",
            row,
        )
