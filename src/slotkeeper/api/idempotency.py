"""Requests with an Idempotency-Key: carried out once, answered as often as they are asked."""

from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from fastapi import Request, Response

from slotkeeper.api.answers import encoded_response
from slotkeeper.api.auth import find_caller
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.idempotency import (
    HEADER,
    KEY_CHARACTERS_MAX,
    FirstAnswer,
    IdempotencyKey,
    checked,
    fingerprint,
)
from slotkeeper.edge.parts import parts_of, transaction_of
from slotkeeper.edge.route import Answering
from slotkeeper.services import idempotency
from slotkeeper.services.vault import Vault

REPLAYED = "Idempotent-Replayed"
"""The header of an answer that was given before."""

PARAMETER: Mapping[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": (
        "A text of your own, best a random UUID, that you send again with the same request "
        "when you do not know whether it arrived. Within 24 hours the request is carried out "
        f"once: later ones get the first answer with the header `{REPLAYED}: true`, and "
        "another request under the same key is refused with 422. Refusals are not kept."
    ),
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": KEY_CHARACTERS_MAX,
        "pattern": "^[!-~]+$",
    },
}
"""What the OpenAPI document says of the header."""

# They say how times in the body are meant and how those of the answer are written.
_HEADERS_THAT_MATTER = (
    "Timekit-Timezone",
    "Timekit-InputTimestampFormat",
    "InputTimestampFormat",
    "Timekit-OutputTimestampFormat",
    "OutputTimestampFormat",
)


async def answered_once(request: Request, answer: Answering) -> Response:
    """Return the answer to a request that carries the header: its own, or the first one's.

    Works inside the transaction of the request, so a key is used up if and only if the
    request has its effect. Whoever shows no valid key goes on and is refused as usual.
    """
    caller = await find_caller(request)
    if caller is None:
        return await answer(request)
    tx = transaction_of(request)
    key = IdempotencyKey(app_id=caller.app_id, key_id=caller.key_id, text=_key_of(request))
    first = await idempotency.recall(tx, key, fingerprint=await _fingerprint_of(request))
    vault = parts_of(request).vault
    if first is not None:
        return _again(vault, first)
    response = await answer(request)
    # An answer may tell a new key or token, which stands nowhere in the database in clear.
    sealed = vault.seal(bytes(response.body).decode()) if response.body else b""
    await idempotency.remember(tx, key, FirstAnswer(response.status_code, sealed))
    return response


def _key_of(request: Request) -> str:
    given = request.headers.getlist(HEADER)
    if len(given) > 1:
        raise InvalidInput.field(HEADER, f"The {HEADER} header may be given only once.")
    return checked(given[0])


async def _fingerprint_of(request: Request) -> bytes:
    """Return what the same request has again and another one has not."""
    headers = (request.headers.get(name, "") for name in _HEADERS_THAT_MATTER)
    return fingerprint(
        request.method.encode(),
        request.scope["path"].encode("utf-8", "surrogatepass"),
        request.scope["query_string"],
        *(text.encode() for text in headers),
        await request.body(),
    )


def _again(vault: Vault, first: FirstAnswer) -> Response:
    replayed = {REPLAYED: "true"}
    if not first.body:
        return Response(status_code=first.status, headers=replayed)
    try:
        body = vault.open(first.body).encode()
    except InvalidTag:  # kept before answers were sealed
        body = first.body
    return encoded_response(body, first.status, headers=replayed)
