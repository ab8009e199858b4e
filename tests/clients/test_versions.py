"""The clients that are tested are those that the documentation names, locked."""

import json
import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
GUIDE = (HERE.parents[1] / "docs" / "clients.md").read_text()
PACKAGES = json.loads((HERE / "node" / "package.json").read_text())["dependencies"]
LOCK = json.loads((HERE / "node" / "package-lock.json").read_text())["packages"]
PYTHON_LOCK = (HERE / "python" / "requirements.lock").read_text()


@pytest.mark.parametrize("name", ["timekit-sdk", "timekit-booking"])
def test_the_guide_names_the_version_of_each_package_that_is_tested(name: str) -> None:
    assert re.search(rf"^\| `{name}` .*\| {re.escape(PACKAGES[name])} \|", GUIDE, re.M)


def test_the_guide_names_the_version_of_the_python_client() -> None:
    version = re.search(r"^python-timekit==(\S+)", PYTHON_LOCK, re.M)
    assert version
    assert f"| `python-timekit` | {version[1]} |" in GUIDE


def test_the_lock_pins_every_package_by_content_and_to_no_registry() -> None:
    installed = {path: entry for path, entry in LOCK.items() if path}
    assert {f"node_modules/{name}" for name in PACKAGES} <= set(installed)
    assert all(entry["integrity"].startswith("sha512-") for entry in installed.values())
    assert not any("resolved" in entry for entry in installed.values())


def test_the_python_lock_pins_every_package_by_content_and_to_no_registry() -> None:
    pinned = re.findall(r"^[a-z0-9-]+==\S+ (\\)$", PYTHON_LOCK, re.M)
    assert len(pinned) == PYTHON_LOCK.count("==")
    assert "--hash=sha256:" in PYTHON_LOCK
    assert "://" not in PYTHON_LOCK
