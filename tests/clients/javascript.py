"""The official JavaScript SDK as tests call it: its functions by name, its answers whole."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.support.bridge import Bridge
from tests.support.client import Json


@dataclass(frozen=True)
class Answer:
    """What the SDK gave back: ``data`` and ``meta_data`` as it took them apart."""

    resolved: bool
    status: int
    data: Json
    meta_data: Json
    headers: Mapping[str, str]


class Sdk:
    """An instance of the SDK with settings of its own."""

    def __init__(self, bridge: Bridge, url: str, key: str | None, **settings: Json) -> None:
        self._bridge = bridge
        # The SDK joins base, version and path without asking for slashes: the base ends in one.
        self._settings = {"apiBaseUrl": f"{url}/", "appKey": key, **settings}

    def configured(self, **settings: Json) -> "Sdk":
        """Return another instance with more settings."""
        return Sdk(self._bridge, "", None, **{**self._settings, **settings})

    def tried(
        self,
        function: str,
        *args: Json,
        include: Sequence[str] = (),
        carry: Json = None,
        headers: Json = None,
    ) -> Answer:
        """Call ``function`` and return what came, resolved or rejected."""
        answer: dict[str, Any] = self._bridge.ask(
            settings=self._settings,
            call=function,
            args=args,
            include=list(include) or None,
            carry=carry,
            headers=headers,
        )
        names = {"metaData": "meta_data"}
        return Answer(**{names.get(key, key): value for key, value in answer.items()})

    def call(self, function: str, *args: Json, **chained: Json) -> Answer:
        """Call ``function``, which must resolve."""
        answer = self.tried(function, *args, **chained)
        assert answer.resolved, answer
        return answer

    def refused(self, function: str, *args: Json, **chained: Json) -> Answer:
        """Call ``function``, which must reject."""
        answer = self.tried(function, *args, **chained)
        assert not answer.resolved, answer
        return answer
