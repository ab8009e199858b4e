"""Writing what a caller changed, and only that."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from slotkeeper.storage import changes
from slotkeeper.storage import resources as table
from tests.services.shop import Shop

LATER = datetime(2031, 1, 1, tzinfo=UTC)


async def test_only_the_named_columns_and_the_time_of_change_change(shop: Shop) -> None:
    doc = await shop.resource(meta={"a": 1}, email="doc@example.com")
    tx = type(shop.tx)(shop.tx.connection, LATER)

    done = await changes.update(
        tx, "resources", app_id=shop.app_id, row_id=doc.id, changes={"name": "Emmett"}
    )

    assert done
    after = await table.find(shop.tx, shop.app_id, doc.id)
    assert after is not None
    assert (after.name, after.updated_at, after.created_at) == ("Emmett", LATER, doc.created_at)
    assert (after.meta, after.email, after.first_name) == (doc.meta, doc.email, doc.first_name)


async def test_a_row_of_another_app_is_not_changed_and_not_deleted(
    shop: Shop, other_shop: Shop
) -> None:
    doc = await other_shop.resource()

    for row_id in (doc.id, uuid4()):
        where: dict[str, Any] = {"app_id": shop.app_id, "row_id": row_id}
        assert not await changes.update(shop.tx, "resources", **where, changes={"name": "Mine"})
        assert not await changes.delete(shop.tx, "resources", **where)

    assert await table.find(shop.tx, other_shop.app_id, doc.id) == doc


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"b": 1, "a": {"z": [1, 2.5, None, True, "é \U0001f600"]}},
        {"big": 2**53, "tiny": 1e-9, "": ""},
    ],
)
async def test_documents_come_back_as_they_were_written(
    shop: Shop, document: dict[str, object]
) -> None:
    doc = await shop.resource(meta=document)
    reminder = {
        "type": "email",
        "settings": {"recipient": "owner", "more": document},
        "when": {"type": "before", "unit": "mins", "time": 15},
    }
    project = await shop.project(ui=document, reminders=[reminder], meta=document)

    assert doc.meta == document
    assert (project.ui, project.reminders, project.meta) == (document, [reminder], document)


async def test_lists_of_texts_are_arrays_not_documents(shop: Shop) -> None:
    doc = await shop.resource()
    from_quotes = ['a"b', "c,d", "{e}", "NULL", ""]

    event = await shop.event(doc.id, LATER, LATER.replace(hour=1), participants=from_quotes)

    assert event.participants == from_quotes


@pytest.mark.parametrize(
    "text", ["'; DROP TABLE resources; --", "%s %(x)s", "\\", "é\U0001f600", ""]
)
async def test_no_text_is_more_than_text(shop: Shop, text: str) -> None:
    doc = await shop.resource(name=text or "x", image=text)

    assert doc.image == text
    assert await shop.count("resources") == 1
