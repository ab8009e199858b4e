"""Webhooks as they are sent: what stands in the request, and how a receiver knows it is ours."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from slotkeeper import __version__
from slotkeeper.notifications.byte_form import php_json
from slotkeeper.notifications.http import HttpCall

SIGNATURE_HEADER = "x-timekit-signature"
"""Where the API documentation puts the signature: lower-case hex, nothing before it."""

USER_AGENT = f"Slotkeeper/{__version__} (webhooks)"

_SECRET_PREFIX = "whsec_"  # what the libraries of Standard Webhooks take off a secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a request goes: ``method`` is post or get, ``headers`` come beside ours."""

    url: str
    method: str = "post"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """What one attempt to deliver is signed with; ``at`` is in seconds since 1970."""

    delivery_id: UUID
    at: int
    secret: str


def call(address: Address, content: Mapping[str, object], seal: Seal) -> HttpCall:
    """Return the request that tells ``content``, signed in both ways.

    With ``get`` there is no body: ``id``, ``state`` and ``graph`` of the content join what the
    address asks already, and what is signed is the whole query as it is sent.
    """
    if address.method == "get":
        url, query = _with_query(address.url, _named(content))
        headers = {**address.headers, **_headers(query.encode(), seal)}
        return HttpCall(url=url, method="GET", headers=headers)
    body = php_json(content).encode()
    headers = {**address.headers, "Content-Type": "application/json", **_headers(body, seal)}
    return HttpCall(url=address.url, method="POST", headers=headers, body=body)


def standard_secret(secret: str) -> str:
    """Return the secret of an app as the libraries of Standard Webhooks take it.

    >>> standard_secret("secret")
    'whsec_c2VjcmV0'
    """
    return _SECRET_PREFIX + base64.b64encode(secret.encode()).decode()


def _headers(signed: bytes, seal: Seal) -> dict[str, str]:
    key = seal.secret.encode()
    content = f"{seal.delivery_id}.{seal.at}.".encode() + signed
    standard = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
    return {
        "User-Agent": USER_AGENT,
        SIGNATURE_HEADER: hmac.digest(key, signed, hashlib.sha256).hex(),
        "webhook-id": str(seal.delivery_id),
        "webhook-timestamp": str(seal.at),
        "webhook-signature": f"v1,{standard}",
    }


def _named(content: Mapping[str, object]) -> dict[str, str]:
    booking = content.get("data", content)
    assert isinstance(booking, Mapping), content
    return {name: str(booking[name]) for name in ("id", "state", "graph")}


def _with_query(url: str, values: Mapping[str, str]) -> tuple[str, str]:
    """Return the address that asks for ``values`` too, and its query.

    By the library that takes the address apart when it is sent: what is signed are the
    characters that it makes of it.
    """
    from yarl import URL  # noqa: PLC0415 - servers that never send one need not know how

    whole = URL(url).extend_query(values)
    return str(whole), whole.raw_query_string
