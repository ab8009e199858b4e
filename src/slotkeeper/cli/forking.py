"""Run something in a forked child, which then ends without touching what its parent holds."""

import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)
"""The signals that stop a server."""


def forked(work: Callable[[], None]) -> int:
    """Start a child that does ``work`` and ends with exit code 0; return its process id.

    The code of a ``SystemExit`` counts; any other exception is printed and makes it 1. Call it
    before any thread is started: a lock that a thread holds would never be given back in the
    child.
    """
    # A signal between the fork and the child's own try would unwind the parent's work there.
    with _deaf():
        pid = os.fork()
        if pid:
            return pid
    return _child(work)


def run_forked(work: Callable[[], None]) -> int:
    """Do ``work`` in a child and return its exit code, negative for the signal that ended it."""
    _, status = os.waitpid(forked(work), 0)
    return os.waitstatus_to_exitcode(status)


def _child(work: Callable[[], None]) -> NoReturn:
    code = 1
    try:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, STOP_SIGNALS)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


@contextmanager
def _deaf() -> Iterator[None]:
    """Hold back the signals that stop a server; a child that is forked meanwhile stays deaf."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOP_SIGNALS)
    parent = os.getpid()
    try:
        yield
    finally:
        if os.getpid() == parent:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
