"""Apps and keys from the command line, beside whatever else uses the database."""

import json
from pathlib import Path

import httpx
import pytest

from slotkeeper.bootstrap import create_app, dressed, make_parts
from slotkeeper.settings import Settings
from tests.cli.commands import slotkeeper
from tests.conftest import new_database
from tests.support.client import basic


@pytest.fixture
def database(postgres: str, worker_id: str) -> str:
    return new_database(postgres, f"cli_apps_{worker_id}")


async def test_an_app_is_made_with_keys_that_work(database: str, tmp_path: Path) -> None:
    where = ("--data-dir", tmp_path, "--database-url", database)
    done = slotkeeper("app", "create", "Hill Valley", "--owner", "o@example.com", "--json", *where)

    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    made = json.loads(done.stdout)
    assert list(made) == ["id", "slug", "api_key", "widget_key", "webhook_secret"]
    assert made["slug"] == "hill-valley"
    assert made["api_key"].startswith("live_api_key_")

    more = slotkeeper("keys", "create", "hill-valley", "--name", "a second one", *where)
    assert more.returncode == 0, more.stderr
    listed = slotkeeper("keys", "list", "hill-valley", *where)
    lines = listed.stdout.splitlines()
    assert sorted(line.split("  ")[-1] for line in lines) == [
        "a second one",
        "first api key",
        "first widget key",
    ]
    assert made["api_key"] not in listed.stdout
    assert await _status(tmp_path, database, more.stdout.strip()) == 200

    [second] = [line.split()[0] for line in lines if "second" in line]
    assert slotkeeper("keys", "revoke", "hill-valley", second, *where).returncode == 0
    assert await _status(tmp_path, database, more.stdout.strip()) == 401
    assert await _status(tmp_path, database, made["api_key"]) == 200

    again = slotkeeper("keys", "revoke", "hill-valley", second, *where)
    assert again.returncode == 1
    assert again.stderr == f"slotkeeper: the app hill-valley has no valid key {second}\n"


def test_without_json_an_app_of_tests_is_told_in_words(database: str, tmp_path: Path) -> None:
    where = ("--data-dir", tmp_path, "--database-url", database)
    done = slotkeeper("app", "create", "Try", "--owner", "o@example.com", "--test", *where)

    assert done.returncode == 0, done.stderr
    assert "The app 'Try' is made." in done.stdout
    assert "test_api_key_" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (("app", "create", " ", "--owner", "o@x.org"), 1, "The name field is required."),
        (("app", "create", "X", "--owner", "o"), 1, "The owner must be a valid email address."),
        (("keys", "list", "nobody"), 1, "there is no app nobody"),
    ],
)
def test_what_cannot_be_is_told_in_one_sentence(
    database: str, tmp_path: Path, arguments: tuple[str, ...], code: int, sentence: str
) -> None:
    done = slotkeeper(*arguments, "--data-dir", tmp_path, "--database-url", database)

    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr == f"slotkeeper: {sentence}\n"


def test_a_database_out_of_reach_is_told_in_one_sentence(tmp_path: Path) -> None:
    done = slotkeeper(
        *("app", "create", "X", "--owner", "o@example.com", "--data-dir", tmp_path),
        DATABASE_URL="postgresql://somebody:hidden@127.0.0.1:1/x",
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("slotkeeper: the database cannot be reached: ")
    assert done.stderr.count("\n") == 1
    assert "hidden" not in done.stderr


async def _status(data_dir: Path, database: str, key: str) -> int:
    """Return the status with which a server of this installation answers to a key."""
    settings = Settings(_env_file=None, data_dir=data_dir)
    parts = make_parts(settings, database)
    await parts.database.open()
    try:
        transport = httpx.ASGITransport(dressed(create_app(parts), settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://x.test") as client:
            headers = {"Authorization": basic(key)}
            return (await client.get("/v2/resources", headers=headers)).status_code
    finally:
        await parts.database.close()
