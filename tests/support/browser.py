"""A window of a real browser, and what is made through the API for it to show."""

from pathlib import Path
from typing import Any

import httpx

from tests.support.bridge import Bridge
from tests.support.client import Json

DESK, PHONE = (1280, 900), (390, 844)


class Browser:
    """One window of a browser, and what it shows."""

    def __init__(self, bridge: Bridge, pictures: Path) -> None:
        self._bridge, self._pictures = bridge, pictures

    def open(
        self,
        url: str,
        *,
        zone: str = "Europe/Berlin",
        size: tuple[int, int] = DESK,
        scheme: str = "light",
        script: bool = True,
    ) -> None:
        width, height = size
        self.ask("open", url=url, zone=zone, width=width, height=height, scheme=scheme,
                 script=script)  # fmt: skip

    def ask(self, command: str, **call: Any) -> Any:
        return self._bridge.ask(command=command, **call)

    def look(self) -> Any:
        return self.ask("look")

    def picture(self, name: str, *, full: bool = True) -> Path:
        path = self._pictures / f"{name}.png"
        self.ask("picture", path=str(path), full=full)
        return path

    def fill_in(self, **answers: str) -> None:
        for key, text in answers.items():
            self.ask("fill", selector=f"[name='customer.{key}']", text=text)

    def choose_and_book(self) -> None:
        self.ask("follow", selector="a.slot")
        self.fill_in(name="Marty McFly", email="marty@example.com")
        self.ask("follow", selector="main button")


def created(api: httpx.Client, path: str, body: Json) -> Json:
    answer = api.post(path, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["data"]
