"""One server process: uvicorn on a socket that listens already, until it is told to stop."""

import asyncio
import gc
import logging
import os
import signal
import socket
import ssl
from collections.abc import Callable
from importlib import import_module
from types import FrameType
from typing import Any

import structlog
import uvicorn

from slotkeeper.bootstrap import create_app, dressed, make_jobs, make_parts
from slotkeeper.cli.forking import STOP_SIGNALS
from slotkeeper.edge import logs
from slotkeeper.settings import Settings

STOP_SECONDS_MAX = 5
"""How long requests may still run after the server was told to stop."""


class Stop:
    """Remembers that the process was told to stop.

    Until ``is_serving``, the signal ends the program where it stands, which cleans up on its
    way out; from then on uvicorn sees to an orderly end.
    """

    def __init__(self) -> None:
        self.is_asked = False
        self.is_serving = False

    def listen(self) -> None:
        """Take the signals that stop a server from now on."""
        for number in STOP_SIGNALS:
            signal.signal(number, self._take)

    def _take(self, number: int, frame: FrameType | None) -> None:
        was_asked, self.is_asked = self.is_asked, True
        if not self.is_serving and not was_asked:
            raise SystemExit(0)


class _Server(uvicorn.Server):
    """uvicorn, which stops also when its parent has gone, and tells when it is over."""

    def __init__(self, config: uvicorn.Config, stop: Stop, parent: int | None) -> None:
        super().__init__(config)
        self._stop = stop
        self._parent = parent

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self._stop.is_asked:  # between the start of the program and that of uvicorn
            self.should_exit = True
        if self._parent is not None:
            asyncio.get_running_loop().add_reader(self._parent, self._left_alone)

    def _left_alone(self) -> None:
        assert self._parent is not None
        asyncio.get_running_loop().remove_reader(self._parent)
        self.should_exit = True


class _ToLog(logging.Handler):
    """Brings what libraries log into the form of our own log lines."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        structlog.get_logger().log(
            record.levelno, record.getMessage(), source=record.name, exc_info=record.exc_info
        )


def serve_here(
    settings: Settings,
    conninfo: str,
    listener: socket.socket,
    *,
    tls: ssl.SSLContext | None,
    stop: Stop,
    with_worker: bool,
    parent: int | None = None,
) -> None:
    """Answer requests until the process is told to stop; requests under way are finished.

    ``with_worker`` lets a worker run beside them. ``parent`` is the reading end of a pipe that
    closes when the parent process ends.
    """
    configure_logs(settings)
    parts = make_parts(settings, conninfo)
    jobs = make_jobs(parts) if with_worker else []
    app = dressed(create_app(parts, jobs=jobs), settings)
    gc.freeze()  # what is made so far stays; looking through it again would only hold up requests
    server = _Server(_config(app, settings, tls), stop, parent)
    stop.is_serving = True
    server.run(sockets=[listener])


def preload() -> None:
    """Import what answers requests, so that processes forked from this one share its memory."""
    for module in ("slotkeeper.api.app", "slotkeeper.web.app", "uvicorn.protocols.http"):
        import_module(module)


def configure_logs(settings: Settings) -> None:
    """Write log lines, those of libraries from warnings on included, as the settings say."""
    logs.configure(form=settings.log_format, level=settings.log_level)
    logging.basicConfig(handlers=[_ToLog()], level=logging.WARNING, force=True)


def _config(app: Any, settings: Settings, tls: ssl.SSLContext | None) -> uvicorn.Config:
    factory: Callable[..., ssl.SSLContext] | None = None
    if tls is not None:
        context = tls
        factory = lambda *_: context  # noqa: E731 - uvicorn asks for a factory, we have the thing
    return uvicorn.Config(
        app,
        loop="uvloop" if os.name == "posix" else "asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,  # edge.middleware writes one line a request
        server_header=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=STOP_SECONDS_MAX,
        ssl_context_factory=factory,
    )
