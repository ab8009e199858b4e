"""Look at an installation and say in words what is wrong with it, changing nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer

from slotkeeper.bootstrap import SecretKeyTooShort, system_clock
from slotkeeper.cli import examine_database, examine_machine, examine_mail
from slotkeeper.cli.failures import Failure
from slotkeeper.postgres.errors import PostgresUnavailable
from slotkeeper.settings import Settings

Examination = Callable[[Settings], str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What one examination found; ``is_fine`` tells whether there is anything to mend."""

    subject: str
    is_fine: bool
    text: str


def run(settings: Settings) -> None:
    """Print one line for each thing that was looked at; exit with 1 when one is wrong."""
    found = []
    for finding in findings(settings):
        found.append(finding)
        mark = "ok     " if finding.is_fine else "problem"
        typer.echo(f"{mark}  {finding.subject}: {finding.text}")
    if not all(finding.is_fine for finding in found):
        raise typer.Exit(1)


def findings(settings: Settings) -> Iterator[Finding]:
    """Examine everything, in the order in which a start needs it.

    The database is looked at only where a start would reach it: what is told about a broken
    folder need not be told again about what lies in it.
    """
    now = system_clock()
    machine: dict[str, Examination] = {
        "data folder": examine_machine.data_folder,
        "PostgreSQL": examine_machine.postgresql,
        "port": examine_machine.port,
        "certificate": lambda settings: examine_machine.certificate(settings, now=now),
        "mail": examine_mail.mail,
        "time zones": lambda _: examine_machine.time_zones(year=now.year, month=now.month),
    }
    is_reachable = True
    for subject, examine in machine.items():
        finding = _finding(subject, examine, settings)
        if subject in ("data folder", "PostgreSQL"):
            is_reachable = is_reachable and finding.is_fine
        yield finding
    if is_reachable:
        yield from _of_database(settings)


def _of_database(settings: Settings) -> Iterator[Finding]:
    if settings.database_url is None and not examine_machine.has_cluster(settings):
        yield Finding("database", True, "none yet; the first start makes it")
        return
    is_in_use = examine_machine.is_in_use(settings)  # before it is started for us
    worker = examine_database.worker if is_in_use else examine_database.resting_worker
    outbox = examine_database.outbox if is_in_use else examine_database.resting_outbox
    try:
        with examine_database.opened(settings) as (conninfo, connection):
            yield _finding(
                "connections",
                lambda settings: examine_database.connections(settings, connection),
                settings,
            )
            schema = _finding("schema", lambda _: examine_database.schema(connection), settings)
            yield schema
            if schema.is_fine:
                yield _finding(
                    "secret key",
                    lambda settings: examine_database.secret_key(settings, conninfo),
                    settings,
                )
                yield _finding("worker", lambda _: worker(settings, conninfo), settings)
                yield _finding("outbox", lambda _: outbox(settings, conninfo), settings)
    except (Failure, PostgresUnavailable) as failure:
        yield Finding("database", False, str(failure))


def _finding(subject: str, examine: Examination, settings: Settings) -> Finding:
    try:
        return Finding(subject, True, examine(settings))
    except (Failure, PostgresUnavailable, SecretKeyTooShort) as failure:
        return Finding(subject, False, " ".join(str(failure).split()))
