"""What every command shares, and what the help says."""

import subprocess
import sys

import typer.main

from slotkeeper import __version__
from slotkeeper.cli.main import app
from tests.cli.commands import environment, slotkeeper


def commands() -> dict[str, set[str]]:
    """Return the options of every command by its name, such as ``app create``."""
    found: dict[str, set[str]] = {}
    groups = [("", typer.main.get_command(app))]
    while groups:
        prefix, group = groups.pop()
        for name, command in getattr(group, "commands", {}).items():
            if getattr(command, "commands", None):
                groups.append((f"{prefix}{name} ", command))
            else:
                found[prefix + name] = {flag for each in command.params for flag in each.opts}
    return found


def test_every_command_takes_a_data_folder_and_a_database() -> None:
    for name, options in commands().items():
        assert {"--data-dir", "--database-url"} <= options, name


def test_the_help_names_every_command_with_a_line_that_is_whole() -> None:
    done = slotkeeper("--help")

    assert done.returncode == 0
    for name in commands():
        assert f"  {name.split()[0]} " in done.stdout
    assert "..." not in done.stdout.replace("[ARGS]...", ""), "a line is cut short"


def test_the_version_is_told() -> None:
    done = slotkeeper("--version")

    assert (done.returncode, done.stdout) == (0, f"slotkeeper {__version__}\n")


def test_bad_usage_is_told_without_a_traceback() -> None:
    unknown = slotkeeper("serve", "--colour", "blue")
    port = slotkeeper("serve", "--port", "65536")
    setting = slotkeeper("serve", PROCESSES="many")

    assert (unknown.returncode, port.returncode, setting.returncode) == (2, 2, 2)
    assert "No such option: --colour" in unknown.stderr
    assert port.stderr == "slotkeeper: --port: Input should be less than or equal to 65535\n"
    assert setting.stderr.startswith("slotkeeper: SLOTKEEPER_PROCESSES: Input should be a valid")
    assert all("Traceback" not in each.stderr for each in (unknown, port, setting))


def test_the_module_is_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "slotkeeper", "--help"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == slotkeeper("--help").stdout
