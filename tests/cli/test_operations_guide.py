"""The guide for operators names everything that there is to set and to run, and nothing else."""

import re
from pathlib import Path

from slotkeeper.settings import Settings
from tests.cli.test_help import commands

GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()


def test_every_setting_has_a_row_in_the_guide() -> None:
    rows = re.findall(r"^\| `(SLOTKEEPER_\w+)` \|", GUIDE, re.MULTILINE)

    assert rows == [f"SLOTKEEPER_{name.upper()}" for name in Settings.model_fields]


def test_every_command_has_a_row_in_the_guide() -> None:
    rows = re.findall(r"^\| `slotkeeper ([^`]+)` \|", GUIDE, re.MULTILINE)
    named = {
        " ".join(word for word in row.split() if word.isalpha() and word.islower()) for row in rows
    }

    assert named == set(commands())


def test_every_option_of_serve_is_in_the_guide() -> None:
    for option in commands()["serve"] - {"--help"}:
        assert f"`{option}`" in GUIDE or f"`{option} " in GUIDE, option


def test_defaults_in_the_guide_are_those_of_the_settings() -> None:
    rows = dict(re.findall(r"^\| `SLOTKEEPER_(\w+)` \| `([^`]+)` \|", GUIDE, re.MULTILINE))
    for name, field in Settings.model_fields.items():
        if field.default_factory is None and field.default is not None:
            default = str(field.default)
            shown = default.lower() if isinstance(field.default, bool) else default
            assert rows[name.upper()] == shown, name
