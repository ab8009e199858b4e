"""Make keys, recognise them, and seal what must be given back later."""

import hashlib
import os
import secrets
import string
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from slotkeeper.domain.app import KeyKind

_LETTERS = string.ascii_letters + string.digits
_NONCE_BYTES = 12


def new_key(kind: KeyKind, *, test_mode: bool) -> str:
    """Return a new random key in the form that clients know.

    The API documentation shows ``live_api_key_`` and 32 letters and digits, ``test_`` for
    test apps and ``widget`` for the key that browsers get.
    """
    mode = "test" if test_mode else "live"
    return f"{mode}_{kind}_key_{_random(32)}"


def new_token() -> str:
    """Return a new random token for a resource."""
    return _random(40)


def new_webhook_secret() -> str:
    """Return a new random secret for signing webhooks."""
    return _random(40)


def digest_of(key: str) -> bytes:
    """Return the SHA-256 by which a key is found; the keys are random, so no salt is needed."""
    return hashlib.sha256(key.encode()).digest()


class Vault:
    """Seals and opens texts with the secret key of the installation (AES-256-GCM)."""

    def __init__(self, secret_key: str) -> None:
        self._secret_key = secret_key.encode()
        self._cipher = AESGCM(self.key_for("stored secrets"))

    def seal(self, text: str) -> bytes:
        """Return ``text`` encrypted, different at every call."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, text.encode(), None)

    def open(self, sealed: bytes) -> str:
        """Return the text; raises cryptography.exceptions.InvalidTag under another key."""
        return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None).decode()

    def key_for(self, purpose: str) -> bytes:
        """Return 32 secret bytes for one purpose, the same at every call.

        Whoever learns those of one purpose knows nothing of any other.
        """
        return _derived(self._secret_key, purpose)


@lru_cache(maxsize=32)
def _derived(secret_key: bytes, purpose: str) -> bytes:
    info = f"slotkeeper: {purpose}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret_key)


def _random(length: int) -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
