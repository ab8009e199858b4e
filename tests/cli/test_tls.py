"""Encrypted and plain connections to a real server."""

import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import trustme

from tests.cli.commands import Running, serving, slotkeeper
from tests.conftest import new_database

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database(postgres: str, worker_id: str) -> str:
    return new_database(postgres, f"cli_tls_{worker_id}")


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="module")
def files(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key."""
    folder = tmp_path_factory.mktemp("tls")
    issued = authority.issue_cert("127.0.0.1")
    cert, key = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(str(key))
    return cert, key


@pytest.fixture(scope="module")
def secure(
    database: str, files: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """A server that speaks TLS, by two processes."""
    cert, key = files
    with serving(
        *("--tls-cert", cert, "--tls-key", key, "--processes", 2),
        *("--database-url", database, "--data-dir", tmp_path_factory.mktemp("data")),
    ) as server:
        yield server


def client_context(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def test_a_client_of_today_is_served(secure: Running, authority: trustme.CA) -> None:
    assert secure.url.startswith("https://")
    with httpx.Client(verify=client_context(authority)) as client:
        assert client.get(f"{secure.url}/healthz").json() == {"status": "ok"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_from_1_2_on_is_spoken(
    secure: Running, authority: trustme.CA, version: ssl.TLSVersion
) -> None:
    context = client_context(authority)
    context.minimum_version = context.maximum_version = version
    with (
        socket.create_connection((secure.host, secure.port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as connection,
    ):
        assert connection.version() == version.name.replace("_", ".")


def test_tls_1_1_is_refused(
    secure: Running, authority: trustme.CA, files: tuple[Path, Path]
) -> None:
    """The same client reaches a server that allows 1.1, so that it is ours that refuses."""
    client = client_context(authority)
    lenient = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    lenient.load_cert_chain(*files)
    for context in (client, lenient):
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1_1
            context.maximum_version = ssl.TLSVersion.TLSv1_1

    assert lenient_handshake(lenient, client) == "TLSv1.1"
    with (
        socket.create_connection((secure.host, secure.port), timeout=10) as plain,
        pytest.raises(ssl.SSLError),
    ):
        client.wrap_socket(plain, server_hostname="127.0.0.1")


def lenient_handshake(server: ssl.SSLContext, client: ssl.SSLContext) -> str | None:
    """Return the version that both agree on over a socket pair."""
    ours, theirs = socket.socketpair()

    def answer() -> None:
        server.wrap_socket(theirs, server_side=True).close()

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        with client.wrap_socket(ours, server_hostname="127.0.0.1") as connection:
            return connection.version()
    finally:
        thread.join()


def test_plain_requests_are_sent_to_https_where_that_is_forced(
    database: str, tmp_path: Path
) -> None:
    where = ("--database-url", database, "--data-dir", tmp_path)
    with serving(*where, FORCE_HTTPS="true") as server:
        status, headers = server.get("/v2/resources?limit=1", Host="book.example.com")
        assert status == 301
        assert headers["location"] == "https://book.example.com/v2/resources?limit=1"
        assert server.get("/v2/resources", **{"X-Forwarded-Proto": "https"})[0] == 401
        assert server.is_healthy(), "load balancers ask without TLS"


def test_the_public_address_counts_more_than_the_host_that_a_request_names(
    database: str, tmp_path: Path
) -> None:
    where = ("--database-url", database, "--data-dir", tmp_path)
    site = "https://book.example.com:8443/"
    with serving(*where, FORCE_HTTPS="true", PUBLIC_URL=site) as server:
        status, headers = server.get("/docs?a=1", Host="elsewhere.example.org")
        assert (status, headers["location"]) == (301, "https://book.example.com:8443/docs?a=1")


def test_only_trusted_proxies_are_believed(database: str, tmp_path: Path) -> None:
    where = ("--database-url", database, "--data-dir", tmp_path)
    with serving(*where, FORCE_HTTPS="true", TRUSTED_PROXIES="192.0.2.1") as server:
        assert server.get("/v2/resources", **{"X-Forwarded-Proto": "https"})[0] == 301


def test_certificates_that_will_not_do_are_told_in_one_sentence(
    files: tuple[Path, Path], tmp_path: Path
) -> None:
    cert, key = files
    other = tmp_path / "other.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_pem.write_to_path(str(other))
    cases = {
        ("--tls-cert", cert): "TLS needs both --tls-cert and --tls-key",
        ("--tls-cert", cert, "--tls-key", tmp_path / "none"): f"cannot read {tmp_path / 'none'}: ",
        ("--tls-cert", cert, "--tls-key", other): "are no certificate with its key: key values",
        ("--tls-cert", key, "--tls-key", key): "are no certificate with its key: ",
    }
    for flags, sentence in cases.items():
        done = slotkeeper("serve", "--port", "0", "--data-dir", tmp_path / "data", *flags)
        assert done.returncode == 2
        assert sentence in done.stderr
        assert done.stderr.count("\n") == 1
    assert not (tmp_path / "data").exists()


def test_a_database_that_is_gone_is_no_reason_to_die(
    postgres: str, worker_id: str, tmp_path: Path
) -> None:
    database = new_database(postgres, f"cli_gone_{worker_id}")
    with serving("--database-url", database, "--data-dir", tmp_path) as server:
        with psycopg.connect(postgres, autocommit=True) as connection:
            name = psycopg.conninfo.conninfo_to_dict(database)["dbname"]
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        assert server.is_healthy()
        assert server.stop() < 10
