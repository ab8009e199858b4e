"""Mails in a folder, while no mail server is set: a file for each, to be looked at."""

import asyncio
import os
import re
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from email.message import EmailMessage
from pathlib import Path
from uuid import UUID

from slotkeeper.notifications.post import APP_HEADER, PostRefused

FILES_MAX = 10_000
"""How many mails a folder keeps, of all apps together; the oldest go."""

_GONE_AT_ONCE = 100
"""How many go together, so that the folder is not listed for each mail."""

_NAME = re.compile(r"\d{8}T\d{6}\.\d{9}Z-(?P<app>[0-9a-f-]{36}|none)-[0-9a-f]{8}")
_ENDING = ".eml"


class FolderPost:
    """Puts mails into a folder, whole or not at all, in files that only their owner reads.

    Their names sort by time and hold the id of the app. Several processes may share a folder.
    """

    def __init__(self, folder: Path, *, files_max: int = FILES_MAX) -> None:
        self._folder = folder
        self._files_max = files_max
        self._room = 0
        self._writing = asyncio.Lock()

    async def send(self, message: EmailMessage) -> None:
        """Put a mail into the folder; raises PostRefused, never for good but for odd mails."""
        async with self._writing:
            try:
                await asyncio.to_thread(self._put, message)
            except OSError as error:
                words = f"the mail cannot be written to {self._folder}: {error.strerror}"
                raise PostRefused(words, permanent=False) from error
            except ValueError as error:
                raise PostRefused(f"the mail cannot be written: {error}", permanent=True) from error

    async def close(self) -> None:
        """Do nothing: between two mails nothing is open."""

    def _put(self, message: EmailMessage) -> None:
        content = message.as_bytes(policy=message.policy.clone(linesep="\r\n"))
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self._room <= 0:
            self._room = self._make_room()
        name = f"{_moment()}-{_app_of(message)}-{secrets.token_hex(4)}"
        draft = self._folder / f".{name}"
        try:
            with open(draft, "xb", opener=_of_owner) as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            draft.rename(_file(self._folder, name))
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        self._room -= 1

    def _make_room(self) -> int:
        """Remove the oldest mails if there are too many; return how many more have room."""
        names = sorted(name for name, _ in _names(self._folder))
        if len(names) < self._files_max:
            return self._files_max - len(names)
        room = min(_GONE_AT_ONCE, self._files_max)
        for name in names[: len(names) - self._files_max + room]:
            _file(self._folder, name).unlink(missing_ok=True)
        return room


class MailFolder:
    """The mails of a folder, to be looked at. Each is known by the name of its file."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names_of(self, app_id: UUID) -> Sequence[str]:
        """Return the names of an app's mails, newest first."""
        return sorted((name for name, app in _names(self._folder) if app == str(app_id)))[::-1]

    def find(self, app_id: UUID, name: str) -> bytes | None:
        """Return a mail of this app as it is, or None where there is none of this name."""
        named = _NAME.fullmatch(name)
        if named is None or named["app"] != str(app_id):
            return None
        try:
            return _file(self._folder, name).read_bytes()
        except FileNotFoundError:
            return None


def _names(folder: Path) -> Iterator[tuple[str, str]]:
    """Yield the names of all mails and whose they are, in no order."""
    with suppress(FileNotFoundError):
        for entry in os.listdir(folder):
            if named := _NAME.fullmatch(entry.removesuffix(_ENDING)):
                yield named[0], named["app"]


def _file(folder: Path, name: str) -> Path:
    return folder / f"{name}{_ENDING}"


def _moment() -> str:
    """Return this moment as text that sorts by time."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{time.strftime('%Y%m%dT%H%M%S', time.gmtime(seconds))}.{nanoseconds:09}Z"


def _app_of(message: EmailMessage) -> str:
    """Return the id of the app whose mail it is, fit for the name of a file."""
    try:
        return str(UUID(message.get(APP_HEADER, "")))
    except ValueError:
        return "none"


def _of_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
