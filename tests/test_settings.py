"""Settings that would do nothing, or harm, are refused when a command starts."""

import pytest
from pydantic import ValidationError

from slotkeeper.settings import Settings


def settings(**given: str) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[arg-type] # pydantic checks them


@pytest.mark.parametrize(
    "site", ["https://book.example.com", "http://127.0.0.1:8080", "https://[::1]:8443"]
)
def test_a_public_address_loses_its_last_slash(site: str) -> None:
    assert settings(public_url=site).public_url == site
    assert settings(public_url=f"{site}/").public_url == site


@pytest.mark.parametrize(
    "text",
    [
        "book.example.com",
        "ftp://book.example.com",
        "https://",
        "https:///path",
        "https://a b.example.com",
        "https://book.example.com?a=1",
        "https://book.example.com#a",
        "https://book.example.com:port",
        "https://[::1",
    ],
)
def test_a_public_address_that_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"such as https://book\.example\.com"):
        settings(public_url=text)


@pytest.mark.parametrize("text", ["*", "127.0.0.1,::1", "10.0.0.0/8, 192.0.2.1"])
def test_proxies_are_addresses_networks_or_all(text: str) -> None:
    assert settings(trusted_proxies=text).trusted_proxies == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("proxy.example.com", "'proxy.example.com' does not appear to be an IPv4 or IPv6 network"),
        ("127.0.0.1,", "'' does not appear to be"),
        ("10.0.0.1/8", "10.0.0.1/8 has host bits set"),
    ],
)
def test_a_proxy_that_would_never_be_believed_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValidationError, match=reason):
        settings(trusted_proxies=text)


@pytest.mark.parametrize("field", ["guess_limit", "guess_limit_client"])
def test_guesses_are_limited_unless_that_is_switched_off(field: str) -> None:
    assert getattr(settings(), field).endswith("/hour")
    for text in ("off", "5/day"):
        assert getattr(settings(**{field: text}), field) == text
    for text in ("none", "0/day"):
        with pytest.raises(ValidationError, match="such as 600/min"):
            settings(**{field: text})


def test_a_secret_key_has_enough_characters() -> None:
    assert settings(secret_key="x" * 32).secret_key == "x" * 32
    with pytest.raises(ValidationError, match="should have at least 32 characters"):
        settings(secret_key="x" * 31)


@pytest.mark.parametrize("field", ["rate_limit", "rate_limit_test"])
def test_a_rate_limit_is_a_number_and_a_period(field: str) -> None:
    assert getattr(settings(**{field: "600/min"}), field) == "600/min"
    assert getattr(settings(), field) is None
    for text in ("600", "600/minute", "0/sec", "fast"):
        with pytest.raises(ValidationError, match="such as 600/min"):
            settings(**{field: text})


def test_a_host_that_could_never_be_reached_is_refused() -> None:
    assert settings(outgoing_hosts="n8n, 10.1.0.0/16").outgoing_hosts == "n8n, 10.1.0.0/16"
    with pytest.raises(ValidationError, match=r"'10\.1\.0\.1/16' is neither a host name nor"):
        settings(outgoing_hosts="n8n, 10.1.0.1/16")


@pytest.mark.parametrize("text", ["smtp://mail.example.com", "smtps://a:b@mail.example.com:465"])
def test_a_mail_server_has_an_address(text: str) -> None:
    assert settings(smtp_url=text).smtp_url == text


def test_a_mail_server_of_another_kind_is_refused() -> None:
    with pytest.raises(ValidationError, match="such as smtp://"):
        settings(smtp_url="mail.example.com")


@pytest.mark.parametrize("text", ["doc@example.com", "Doc Brown <doc@example.com>"])
def test_mails_come_from_a_mailbox(text: str) -> None:
    assert settings(mail_from=text).mail_from == text


@pytest.mark.parametrize(
    "text", ["Doc Brown", "doc", "doc@", "a@x.org, b@x.org", "Doc <doc@x.org>, b@x.org", "<>"]
)
def test_mails_do_not_come_from_what_is_no_mailbox(text: str) -> None:
    with pytest.raises(ValidationError, match="such as Hill Valley"):
        settings(mail_from=text)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://127.0.0.1:8080"),
        ({"host": "0.0.0.0", "port": "80"}, "http://localhost:80"),
        ({"host": "::"}, "http://localhost:8080"),
        ({"host": "::1", "port": "9"}, "http://[::1]:9"),
        ({"host": "book.local", "tls_cert": "c.pem", "port": "443"}, "https://book.local:443"),
    ],
)
def test_where_a_server_listens_is_an_address_to_visit(given: dict[str, str], address: str) -> None:
    assert settings(**given).listens_at == address
