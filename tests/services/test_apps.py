"""Apps and keys: who is calling, and what is kept secret."""

import re

import pytest
from cryptography.exceptions import InvalidTag

from slotkeeper.domain.app import KeyKind
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.edge.parts import Parts
from slotkeeper.services import apps
from slotkeeper.services.apps import NewApp
from slotkeeper.services.vault import Vault, digest_of
from slotkeeper.storage.transaction import Transaction


async def made(
    tx: Transaction, parts: Parts, *, name: str = "Ørsted & Sons", test_mode: bool = False
) -> NewApp:
    return await apps.create(
        tx, parts.vault, name=name, owner_email="owner@example.com", test_mode=test_mode
    )


@pytest.mark.parametrize(("test_mode", "prefix"), [(False, "live"), (True, "test")])
async def test_keys_look_as_clients_know_them(
    tx: Transaction, parts: Parts, test_mode: bool, prefix: str
) -> None:
    app = await made(tx, parts, test_mode=test_mode)

    assert re.fullmatch(rf"{prefix}_api_key_[A-Za-z0-9]{{32}}", app.api_key)
    assert re.fullmatch(rf"{prefix}_widget_key_[A-Za-z0-9]{{32}}", app.widget_key)


async def test_a_key_tells_the_app_its_mode_and_what_it_may(tx: Transaction, parts: Parts) -> None:
    app = await made(tx, parts, test_mode=True)

    for key, kind in ((app.api_key, KeyKind.API), (app.widget_key, KeyKind.WIDGET)):
        caller = await apps.find_caller(tx, key)
        assert caller is not None
        assert (caller.app_id, caller.app_slug, caller.kind) == (app.id, app.slug, kind)
        assert caller.test_mode


@pytest.mark.parametrize("key", ["", "live_api_key_", "x" * 10_000, "é", "\x00"])
async def test_an_unknown_key_is_nobodys(tx: Transaction, parts: Parts, key: str) -> None:
    await made(tx, parts)

    assert await apps.find_caller(tx, key) is None


async def test_a_revoked_key_is_nobodys(tx: Transaction, parts: Parts) -> None:
    app = await made(tx, parts)

    await tx.run(
        "UPDATE app_keys SET revoked_at = %s WHERE digest = %s", (tx.now, digest_of(app.api_key))
    )

    assert await apps.find_caller(tx, app.api_key) is None
    assert await apps.find_key(tx, parts.vault, app.id, KeyKind.API) is None
    assert await apps.find_key(tx, parts.vault, app.id, KeyKind.WIDGET) == app.widget_key


async def test_no_secret_stands_in_the_tables_in_clear(tx: Transaction, parts: Parts) -> None:
    app = await made(tx, parts)

    rows = await tx.values(
        "SELECT a::text || encode(webhook_secret, 'escape') || k::text || encode(sealed, 'escape') "
        "FROM apps AS a JOIN app_keys AS k ON k.app_id = a.id WHERE a.id = %s",
        (app.id,),
    )

    assert len(rows) == 2
    for secret in (app.api_key, app.widget_key, app.webhook_secret):
        assert all(secret not in row and secret.encode().hex() not in row for row in rows)


async def test_the_slug_gets_a_number_where_another_app_has_it(
    tx: Transaction, parts: Parts
) -> None:
    slugs = [(await made(tx, parts, name="Flux Capacitors")).slug for _ in range(3)]

    assert slugs == ["flux-capacitors", "flux-capacitors-2", "flux-capacitors-3"]
    assert (await made(tx, parts, name="Flux")).slug == "flux"
    found = await apps.find_by_slug(tx, "flux-capacitors-2")
    assert found is not None
    assert found.name == "Flux Capacitors"


async def test_an_app_has_a_name(tx: Transaction, parts: Parts) -> None:
    with pytest.raises(InvalidInput):
        await made(tx, parts, name=" \t")
    assert (await made(tx, parts, name="診察")).slug.startswith("app")


def test_a_vault_opens_what_it_sealed_and_no_other_does() -> None:
    vault, other = Vault("one"), Vault("two")
    sealed = vault.seal("secret é")

    assert vault.open(sealed) == "secret é"
    assert vault.seal("secret é") != sealed
    with pytest.raises(InvalidTag):
        other.open(sealed)
    with pytest.raises(InvalidTag):
        vault.open(sealed[:-1] + bytes([sealed[-1] ^ 1]))
