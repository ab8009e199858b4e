"""Turn failures that an operator can mend into one sentence and an exit code."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg_pool
import typer

from slotkeeper.bootstrap import SecretKeyTooShort
from slotkeeper.domain.errors import DomainError
from slotkeeper.postgres.errors import PostgresUnavailable


class Failure(Exception):
    """Something the operator can mend; the message is one sentence that says what."""


class Usage(Failure):
    """The command, or a setting, was given something it cannot take."""


class Program(typer.Typer):
    """The commands, whose known failures are told without a traceback."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run the command that the command line names, and exit."""
        with explained():
            return super().__call__(*args, **kwargs)


@contextmanager
def explained() -> Iterator[None]:
    """Turn known failures of the block into a sentence on standard error and a SystemExit.

    Exit code 2 means that the command was asked wrongly, 1 that it could not be done.
    Anything else is a mistake of ours and keeps its traceback.
    """
    try:
        yield
    except Usage as failure:
        raise _told(str(failure), code=2) from failure
    except (Failure, PostgresUnavailable, SecretKeyTooShort, DomainError) as failure:
        raise _told(str(failure), code=1) from failure
    except (psycopg.OperationalError, psycopg_pool.PoolTimeout) as failure:
        raise _told(f"the database cannot be reached: {failure}", code=1) from failure
    except OSError as failure:
        if failure.filename is None:
            raise
        raise _told(f"cannot use {failure.filename}: {failure.strerror}", code=1) from failure


def _told(sentence: str, *, code: int) -> SystemExit:
    line = " ".join(sentence.split())
    typer.echo(f"slotkeeper: {line}", err=True)
    return SystemExit(code)
