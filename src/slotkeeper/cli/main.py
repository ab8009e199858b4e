"""The commands, their options and help; what each does stands in a module of its own.

Those modules are imported when their command runs: the whole server takes most of a second
to import, and ``--help`` needs none of it.
"""

# ruff: noqa: PLC0415, PLR0913, PLR0917 - see above; an option is an argument
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from slotkeeper import __version__
from slotkeeper.cli.failures import Program
from slotkeeper.cli.options import DatabaseUrl, DataDir, settings_of
from slotkeeper.domain.app import KeyKind

app = Program(
    name="slotkeeper",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app_commands = typer.Typer(no_args_is_help=True, help="Make the apps that use the server.")
app.add_typer(app_commands, name="app")
key_commands = typer.Typer(no_args_is_help=True, help="List, make and revoke the keys of an app.")
app.add_typer(key_commands, name="keys")
customer_commands = typer.Typer(
    no_args_is_help=True, help="Give customers their data, or forget them."
)
app.add_typer(customer_commands, name="customer")

Host = Annotated[str | None, typer.Option(help="Address to listen on [127.0.0.1].")]
Port = Annotated[int | None, typer.Option(help="Port to listen on; 0 takes any free one [8080].")]
CustomerEmail = Annotated[
    str, typer.Argument(metavar="EMAIL", help="The address they booked with.")
]
AppSlug = Annotated[str, typer.Argument(metavar="APP", help="The slug of the app.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"slotkeeper {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help="Print the version and exit."
        ),
    ] = False,
) -> None:
    """A scheduling and booking server of your own."""


@app.command()
def serve(
    host: Host = None,
    port: Port = None,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
    no_worker: Annotated[
        bool,
        typer.Option(
            "--no-worker",
            help="Leave what time does to bookings to other processes, see the command worker.",
        ),
    ] = False,
    processes: Annotated[int | None, typer.Option(help="Server processes [1].")] = None,
    tls_cert: Annotated[
        Path | None, typer.Option(help="Certificate chain, PEM; with it the server speaks https.")
    ] = None,
    tls_key: Annotated[Path | None, typer.Option(help="Private key of the certificate.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Make a demo app if there is none, and show it.")
    ] = False,
) -> None:
    """Run the server.

    It brings a PostgreSQL of its own unless a database is given, prints one line when it is
    ready, and stops on SIGTERM or Ctrl-C.
    """
    from slotkeeper.cli import serve as serving

    settings = settings_of(
        host=host,
        port=port,
        data_dir=data_dir,
        database_url=database_url,
        processes=processes,
        tls_cert=tls_cert,
        tls_key=tls_key,
    )
    serving.serve(settings, with_demo=demo, with_worker=not no_worker)


@app.command()
def worker(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Do what time does to bookings; serve does so by itself.

    Payments time out, reservations expire, visits end. Run as many as you like beside servers
    that have --no-worker. It prints one line when it is at work, and stops on SIGTERM or Ctrl-C.
    """
    from slotkeeper.cli import worker as working

    working.run(settings_of(data_dir=data_dir, database_url=database_url))


@app.command()
def migrate(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Bring the database up to date; serve does so by itself."""
    from slotkeeper.cli import migrate as migrating

    migrating.run(settings_of(data_dir=data_dir, database_url=database_url))


@app_commands.command("create")
def create_app(
    name: Annotated[str, typer.Argument(help="What people call the app.")],
    owner: Annotated[str, typer.Option(help="E-mail address of its owner.")],
    test: Annotated[
        bool, typer.Option("--test", help="Make an app for tests, with test keys.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make an app, and print its keys and its webhook secret."""
    from slotkeeper.cli import apps

    settings = settings_of(data_dir=data_dir, database_url=database_url)
    apps.create(settings, name, owner=owner, test_mode=test, as_json=as_json)


@app.command()
def demo(data_dir: DataDir = None, database_url: DatabaseUrl = None) -> None:
    """Make an app to look at, and print its addresses.

    It has people, hours, ways of booking and bookings. An app that is there is left as it is.
    """
    from slotkeeper.cli import demo as showing

    showing.run(settings_of(data_dir=data_dir, database_url=database_url))


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not exist.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Write the database to a file; the server may go on."""
    from slotkeeper.cli import backup as keeping

    keeping.backup(settings_of(data_dir=data_dir, database_url=database_url), file)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that backup has written.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Fill an empty database from a backup."""
    from slotkeeper.cli import backup as keeping

    keeping.restore(settings_of(data_dir=data_dir, database_url=database_url), file)


@key_commands.command("list")
def list_keys(
    app_slug: AppSlug, data_dir: DataDir = None, database_url: DatabaseUrl = None
) -> None:
    """List the keys of an app, without their texts."""
    from slotkeeper.cli import keys

    keys.list_keys(settings_of(data_dir=data_dir, database_url=database_url), app_slug)


@key_commands.command("create")
def create_key(
    app_slug: AppSlug,
    kind: Annotated[
        KeyKind, typer.Option(help="api reaches everything of the app; widget is for pages.")
    ] = KeyKind.API,
    name: Annotated[str, typer.Option(help="What the key is for.")] = "made by hand",
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make one more key for an app, and print it."""
    from slotkeeper.cli import keys

    settings = settings_of(data_dir=data_dir, database_url=database_url)
    keys.create(settings, app_slug, kind, name=name)


@key_commands.command("revoke")
def revoke_key(
    app_slug: AppSlug,
    key_id: Annotated[UUID, typer.Argument(help="Its id, from `keys list`.")],
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Make a key invalid, at once and for good."""
    from slotkeeper.cli import keys

    keys.revoke(settings_of(data_dir=data_dir, database_url=database_url), app_slug, key_id)


@customer_commands.command("export")
def export_customer(
    app_slug: AppSlug,
    email: CustomerEmail,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Print all that an app holds about a customer, as JSON."""
    from slotkeeper.cli import customers

    customers.export(settings_of(data_dir=data_dir, database_url=database_url), app_slug, email)


@customer_commands.command("erase")
def erase_customer(
    app_slug: AppSlug,
    email: CustomerEmail,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data_dir: DataDir = None,
    database_url: DatabaseUrl = None,
) -> None:
    """Take a person out of all that an app holds; the time of their bookings stays.

    Bookings to come are not cancelled. Nothing of it can be undone.
    """
    from slotkeeper.cli import customers

    if not yes:
        typer.confirm(f"Erase {email} from {app_slug}? Nothing of it can be undone", abort=True)
    customers.erase(settings_of(data_dir=data_dir, database_url=database_url), app_slug, email)


@app.command()
def doctor(
    host: Host = None, port: Port = None, data_dir: DataDir = None, database_url: DatabaseUrl = None
) -> None:
    """Say what is wrong with the installation.

    Each line is one thing that was looked at, with a remedy where one is needed. Nothing is
    changed. The exit code is 1 when something is wrong.
    """
    from slotkeeper.cli import doctor as examining

    examining.run(settings_of(host=host, port=port, data_dir=data_dir, database_url=database_url))
