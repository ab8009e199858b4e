"""The socket a server listens on, its TLS, and the address it is found at."""

import errno
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

from slotkeeper.cli.failures import Failure, Usage
from slotkeeper.settings import Settings

BACKLOG = 2048
PROBE_SECONDS = 1.0
PROBE_PAUSE_SECONDS = 0.02


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes any free one. Refuses a port that is taken."""
    try:
        family, _, _, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise Usage(f"cannot listen on {host}: {error.strerror or error}") from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise Failure(_refusal(error, host, port)) from error
    listener.setblocking(False)
    return listener


def _refusal(error: OSError, host: str, port: int) -> str:
    match error.errno:
        case errno.EADDRINUSE:
            return f"port {port} on {host} is taken; stop what uses it, or choose another --port"
        case errno.EACCES:
            return f"this account may not listen on port {port}; choose one from 1024 on"
        case errno.EADDRNOTAVAIL:
            return f"{host} is no address of this machine; choose another --host"
        case _:
            return f"cannot listen on port {port} of {host}: {error.strerror}"


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """Return the TLS of the server, 1.2 at least, or None where it speaks plain HTTP."""
    cert, key = settings.tls_cert, settings.tls_key
    if cert is None and key is None:
        return None
    if cert is None or key is None:
        raise Usage("TLS needs both --tls-cert and --tls-key")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    for path in (cert, key):
        _check_readable(path)
    try:
        context.load_cert_chain(cert, key)
    except ssl.SSLError as error:
        reason = (error.reason or str(error)).replace("_", " ").lower()
        raise Usage(f"{cert} and {key} are no certificate with its key: {reason}") from error
    return context


def _check_readable(path: Path) -> None:
    try:
        path.open("rb").close()
    except OSError as error:
        raise Usage(f"cannot read {path}: {error.strerror}") from error


def await_health(
    listener: socket.socket, settings: Settings, *, is_over: Callable[[], bool]
) -> bool:
    """Ask ``/healthz`` until it answers 200; return False when ``is_over`` says so before."""
    while not is_over():
        if is_healthy(listener, settings):
            return True
        time.sleep(PROBE_PAUSE_SECONDS)
    return False


def is_healthy(listener: socket.socket, settings: Settings) -> bool:
    """Tell whether ``/healthz`` answers 200 now on this socket."""
    host, port = listener.getsockname()[:2]
    return answers_health(host, port, is_tls=settings.tls_cert is not None)


def answers_health(host: str, port: int, *, is_tls: bool) -> bool:
    """Tell whether ``/healthz`` of a Slotkeeper on this machine answers 200 now."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    connection: http.client.HTTPConnection
    if is_tls:
        # Nothing is told to it, and its certificate names a public address, not this one.
        context = ssl._create_unverified_context()
        connection = http.client.HTTPSConnection(host, port, timeout=PROBE_SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(host, port, timeout=PROBE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        return answer.status == 200 and json.loads(answer.read())["status"] == "ok"
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError):
        return False
    finally:
        connection.close()
