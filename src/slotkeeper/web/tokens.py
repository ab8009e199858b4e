"""Forms that only our own pages can send: a cookie, and its seal in a hidden field.

Another site can make a browser send our cookie, but it can read neither the cookie nor the
secret key, so it has no field that fits.
"""

import base64
import binascii
import hmac
import re
import secrets

from cryptography.exceptions import InvalidTag
from starlette.requests import Request
from starlette.responses import Response

from slotkeeper.edge.parts import parts_of, public_url

COOKIE = "slotkeeper_form"
FIELD = "form_token"

_VISITOR = re.compile(r"[A-Za-z0-9_-]{32}")


def visitor_of(request: Request) -> str:
    """Return what the cookie says, or something new and random for a first visit."""
    said = request.cookies.get(COOKIE, "")
    return said if _VISITOR.fullmatch(said) else secrets.token_urlsafe(24)


def token_for(request: Request, visitor: str) -> str:
    """Return the hidden field that goes with the cookie of ``visitor``."""
    return base64.urlsafe_b64encode(parts_of(request).vault.seal(_sealed(visitor))).decode()


def is_genuine(request: Request, token: str) -> bool:
    """Tell whether a form that brings ``token`` was made by us for this visitor."""
    said = request.cookies.get(COOKIE, "")
    try:
        opened = parts_of(request).vault.open(base64.urlsafe_b64decode(token.encode()))
    except (binascii.Error, InvalidTag, ValueError):
        return False
    return hmac.compare_digest(opened.encode(), _sealed(said).encode())


def remember(request: Request, response: Response, visitor: str) -> None:
    """Give the visitor the cookie, out of the reach of scripts and of other sites' forms."""
    response.set_cookie(
        COOKIE,
        visitor,
        httponly=True,
        samesite="lax",
        secure=public_url(request).startswith("https://"),
    )


def _sealed(visitor: str) -> str:
    return f"form of {visitor}"
