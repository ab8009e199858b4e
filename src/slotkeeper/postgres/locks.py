"""Locks on files, shared by the processes that use one data folder.

A lock belongs to an open file, so the kernel gives it back however its holder ends, ``kill -9``
included. Files are opened close-on-exec: a lock reaches a child only where it is handed over.
Imported by the keeper, so it needs nothing but ``os`` and ``fcntl``.
"""

from __future__ import annotations

import fcntl
import os
import time

POLL_SECONDS = 0.01


def take(path: str, *, shared: bool = False) -> int | None:
    """Lock ``path`` and return its open file, or ``None`` when another holds it.

    Close the file to unlock. The file is made when missing and is owned like its folder, so that
    root looking at somebody's data folder does not lock its owner out. Raises ``OSError``.
    """
    lock = open_file(path)
    if take_opened(lock, shared=shared):
        return lock
    os.close(lock)
    return None


def take_opened(lock: int, *, shared: bool = False) -> bool:
    """Lock the open file ``lock`` and tell whether that was possible."""
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_for(path: str, *, timeout_seconds: float, shared: bool = False) -> int | None:
    """Lock ``path`` as :func:`take` does, waiting up to ``timeout_seconds`` for it."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        lock = take(path, shared=shared)
        if lock is not None or time.monotonic() >= deadline:
            return lock
        time.sleep(POLL_SECONDS)


def is_held(path: str) -> bool:
    """Tell whether some process holds ``path`` exclusively; writes nothing and makes no file."""
    try:
        lock = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def open_file(path: str) -> int:
    """Open ``path`` for locking and return its descriptor; :func:`take` says how it is made."""
    try:
        return os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        folder = os.stat(os.path.dirname(path))
        os.fchown(lock, folder.st_uid, folder.st_gid)
    return lock
