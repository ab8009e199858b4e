"""The options that commands share, and the settings they become."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from slotkeeper.cli.failures import Usage
from slotkeeper.settings import Settings

DataDir = Annotated[
    Path | None,
    typer.Option(help="Folder for the database, the secret key and logs.", show_default=False),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        help="A PostgreSQL 15 or later to use instead of the embedded one.", show_default=False
    ),
]


def settings_of(**flags: object) -> Settings:
    """Return the settings of the environment and the .env file, with the flags over them.

    A flag that is None was not given. Refuses with the names of the settings that hold
    something they cannot.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type] # pydantic checks what a flag holds
    except ValidationError as error:
        faults = (f"{_named(each['loc'], given)}: {each['msg']}" for each in error.errors())
        raise Usage("; ".join(faults)) from None


def _named(location: tuple[int | str, ...], given: dict[str, object]) -> str:
    name = ".".join(map(str, location))
    return f"--{name.replace('_', '-')}" if name in given else f"SLOTKEEPER_{name.upper()}"
