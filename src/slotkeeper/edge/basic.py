"""HTTP Basic, the form in which keys and tokens arrive."""

import base64


def pair_of(authorization: str) -> tuple[str, str] | None:
    """Return user name and password in an Authorization header, or None where there are none.

    One of them may be empty, not both.

    >>> pair_of("Basic OmtleQ==")
    ('', 'key')
    """
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:  # no base64, no ASCII, or no UTF-8 within
        return None
    user, colon, password = decoded.partition(":")
    return (user, password) if colon and (user or password) else None
