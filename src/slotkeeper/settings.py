"""The settings of an installation: environment variables and a .env file, one frozen object."""

import os
import sys
from email.utils import getaddresses, parseaddr
from ipaddress import ip_network
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, SettingsConfigDict

from slotkeeper.domain.email import is_email
from slotkeeper.domain.rates import parse_rate
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.smtp_address import SmtpAddress

OFF = "off"
"""What takes away a limit that holds unless the operator says otherwise."""

SECRET_KEY_CHARACTERS_MIN = 32
"""The shortest secret key: shorter ones can be guessed by whoever gets hold of the database."""


def default_data_dir() -> Path:
    """Return where an installation keeps its data when nobody says where.

    Root gets a folder of the system, everybody else one of their own.
    """
    if hasattr(os, "geteuid") and os.geteuid() == 0 and sys.platform == "linux":
        return Path("/var/lib/slotkeeper/default")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "slotkeeper"


class Settings(BaseSettings):
    """Everything that an operator can set; each field is ``SLOTKEEPER_<NAME>``.

    ``docs/operations.md`` documents every one of them, and a test compares.
    """

    model_config = SettingsConfigDict(
        env_prefix="SLOTKEEPER_",
        env_file=".env",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
    )

    data_dir: Path = Field(
        default_factory=default_data_dir, description="Folder for database, secret key and logs"
    )
    database_url: str | None = Field(
        default=None, description="PostgreSQL 15 or later to use; unset starts an embedded one"
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on")
    processes: int = Field(default=1, ge=1, le=64, description="Server processes")
    public_url: str | None = Field(
        default=None, description="Address under which people reach this installation"
    )
    secret_key: str | None = Field(
        default=None, description="Key that seals stored secrets; made on first start if missing"
    )
    connections_max: int = Field(
        default=16, ge=1, le=500, description="Database connections of one server process"
    )
    public_sign_up: bool = Field(
        default=False, description="Let people without a key make themselves users of an app"
    )
    test_mode_customers: bool = Field(
        default=False,
        description="In test apps, let only the owner and the booked resource be customers",
    )
    force_https: bool = Field(
        default=False, description="Answer plain requests with 301 to the https address"
    )
    trusted_proxies: str = Field(
        default="127.0.0.1,::1",
        description="Comma-separated addresses whose X-Forwarded-* headers are believed",
    )
    tls_cert: Path | None = Field(default=None, description="Certificate chain, PEM")
    tls_key: Path | None = Field(default=None, description="Private key of the certificate, PEM")
    rate_limit: str | None = Field(
        default=None, description="Requests that an app may send, such as 600/min"
    )
    rate_limit_test: str | None = Field(
        default=None, description="The same for apps in test mode, in addition"
    )
    outgoing_hosts: str | None = Field(
        default=None,
        description="Comma-separated hosts and networks that webhooks may reach though not public",
    )
    guess_limit: str = Field(
        default="30/hour", description="Wrong passwords for one person of an app, or off"
    )
    guess_limit_client: str = Field(
        default="300/hour", description="Wrong passwords from one network address, or off"
    )
    smtp_url: str | None = Field(
        default=None, description="Mail server; unset puts mails into a folder in the data folder"
    )
    mail_from: str | None = Field(
        default=None, description="Address that mails come from, with or without a name"
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Form of log lines")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="Least severe log line that is written"
    )

    @property
    def listens_at(self) -> str:
        """The address of a server to visit on its machine, such as ``http://127.0.0.1:8080``."""
        host = "localhost" if self.host in ("", "0.0.0.0", "::") else self.host
        scheme = "https" if self.tls_cert else "http"
        return f"{scheme}://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def mail_folder(self) -> Path:
        """Where mails are kept while no mail server is set."""
        return self.data_dir / "mails"

    @property
    def mail_sender(self) -> tuple[str, str]:
        """The name, which may be empty, and the address that mails come from."""
        if self.mail_from is not None:
            return parseaddr(self.mail_from)
        host = urlsplit(self.public_url or "").hostname or ""
        # Nobody takes mail from an address of numbers, and brackets help with few.
        is_name = "." in host and not host.rpartition(".")[2].isdigit()
        return "", f"no-reply@{host if is_name else 'localhost'}"

    @field_validator("public_url")
    @classmethod
    def _address_of_a_site(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _is_site(value):
            raise PydanticCustomError(
                "public_url", "should be an address such as https://book.example.com"
            )
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _hard_to_guess(cls, value: str | None) -> str | None:
        if value is not None and len(value) < SECRET_KEY_CHARACTERS_MIN:
            # The text of a fault is shown, so it must not hold the key.
            raise PydanticCustomError(
                "secret_key",
                "should have at least {least} characters, such as openssl rand -base64 36 prints",
                {"least": SECRET_KEY_CHARACTERS_MIN},
            )
        return value

    @field_validator("rate_limit", "rate_limit_test", "guess_limit", "guess_limit_client")
    @classmethod
    def _rate(cls, value: str | None, about: ValidationInfo) -> str | None:
        may_be_off = str(about.field_name).startswith("guess")
        if value is not None and not (may_be_off and value == OFF):
            try:
                parse_rate(value)
            except ValueError as error:
                raise PydanticCustomError(
                    "rate_limit", "{reason}", {"reason": str(error)}
                ) from None
        return value

    @field_validator("outgoing_hosts")
    @classmethod
    def _hosts(cls, value: str | None) -> str | None:
        try:
            AllowedHosts.parse(value)
        except ValueError as error:
            raise PydanticCustomError(
                "outgoing_hosts", "{reason}", {"reason": str(error)}
            ) from None
        return value

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                SmtpAddress.parse(value)
            except ValueError as error:
                raise PydanticCustomError("smtp_url", "{reason}", {"reason": str(error)}) from None
        return value

    @field_validator("mail_from")
    @classmethod
    def _mailbox(cls, value: str | None) -> str | None:
        if value is not None:
            (name, address), *others = getaddresses([value])
            if others or not is_email(address) or not name.isprintable():
                raise PydanticCustomError(
                    "mail_from", "should be an address such as Hill Valley <book@example.com>"
                )
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _addresses_or_networks(cls, value: str) -> str:
        # The web server takes what it cannot read for a proxy that never calls.
        for each in [] if value == "*" else value.split(","):
            try:
                ip_network(each.strip())
            except ValueError as error:
                raise PydanticCustomError(
                    "trusted_proxies", "{reason}", {"reason": str(error)}
                ) from None
        return value


def _is_site(text: str) -> bool:
    try:
        parts = urlsplit(text)
        valid_port = parts.port != 0
    except ValueError:
        return False
    written_well = text.isascii() and text.isprintable() and " " not in text
    whole = parts.scheme in ("http", "https") and bool(parts.hostname) and valid_port
    return written_well and whole and not (parts.query or parts.fragment)
