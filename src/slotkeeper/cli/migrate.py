"""Bring the database of an installation up to date."""

import typer

from slotkeeper.cli.installation import bring_up_to_date, database_of
from slotkeeper.settings import Settings


def run(settings: Settings) -> None:
    """Migrate, and print the revision before and after."""
    with database_of(settings) as database:
        before, after = bring_up_to_date(database.conninfo)
    if before == after:
        typer.echo(f"The database is up to date, at revision {after}.")
    else:
        typer.echo(f"The database was {_named(before)} and is now at revision {after}.")


def _named(revision: str | None) -> str:
    return f"at revision {revision}" if revision else "empty"
