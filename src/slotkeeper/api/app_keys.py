"""The keys of an app and the secret of its webhooks over HTTP: make, look at, replace."""

from uuid import UUID

from fastapi import APIRouter, Request, Response

from slotkeeper.api.answers import data, empty
from slotkeeper.api.auth import AppKey
from slotkeeper.api.route import ApiRoute
from slotkeeper.api.schemas.answers import Data, answers
from slotkeeper.api.schemas.apps import CreateKey, ShownKey, ShownNewKey, ShownSecret
from slotkeeper.api.show import Shown
from slotkeeper.api.times import stamp
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.services import apps, keys, own_apps
from slotkeeper.services.keys import Key

router = APIRouter(prefix="/app", tags=["Apps"], route_class=ApiRoute)


@router.get("/keys", responses=answers(Data[list[ShownKey]]))
async def list_keys(request: Request, caller: AppKey) -> Response:
    """List the keys of the app, revoked ones too, oldest first; their texts are not told."""
    tx = transaction_of(request)
    found = await keys.list_keys(tx, await apps.get(tx, caller.app_id))
    return data([_shown(each) for each in found])


@router.post("/keys", status_code=201, responses=answers(Data[ShownNewKey], 201))
async def create_key(request: Request, caller: AppKey, body: CreateKey) -> Response:
    """Make one more key; the answer is the only one that tells its text."""
    tx, vault = transaction_of(request), parts_of(request).vault
    app = await apps.get(tx, caller.app_id)
    made, text = await keys.issue(tx, vault, app, body.kind, name=body.name)
    return data({**_shown(made), "key": text}, 201)


@router.delete("/keys/{key_id}", status_code=204, responses=answers(None, 204))
async def revoke_key(request: Request, caller: AppKey, key_id: UUID) -> Response:
    """Make a key invalid, at once and for good; the last API key stays."""
    tx = transaction_of(request)
    await keys.retire(tx, await apps.get(tx, caller.app_id), key_id)
    return empty()


@router.post("/webhook_secret", status_code=201, responses=answers(Data[ShownSecret], 201))
async def rotate_webhook_secret(request: Request, caller: AppKey) -> Response:
    """Replace the secret that signs webhooks; the one before signs nothing from then on."""
    tx, vault = transaction_of(request), parts_of(request).vault
    secret = await own_apps.rotate_webhook_secret(tx, vault, caller.app_id)
    return data({"webhook_secret": secret}, 201)


def _shown(key: Key) -> Shown:
    return {
        "id": key.id,
        "kind": key.kind,
        "name": key.name,
        "created_at": stamp(key.created_at),
        "last_used_at": stamp(key.last_used_at) if key.last_used_at else None,
        "revoked_at": stamp(key.revoked_at) if key.revoked_at else None,
    }
