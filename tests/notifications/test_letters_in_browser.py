"""Letters in a real browser: wide and narrow, light and dark, with names of any length."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from slotkeeper.domain.template import template
from slotkeeper.domain.wordings import WORDINGS
from slotkeeper.notifications.languages import LANGUAGES
from slotkeeper.notifications.letters import render
from tests.notifications.test_letters import FACTS
from tests.support.bridge import Bridge
from tests.support.node import CHROMIUM, installed

pytestmark = pytest.mark.browser

DRIVER = Path(__file__).parents[1] / "web" / "browser" / "pages.mjs"
LONG: dict[str, Any] = {
    **FACTS,
    "app": {"name": "Hill" * 40},
    "customer": {"name": "Wolfeschlegelstein" * 6, "email": "m" * 60 + "@example.com"},
    "event": {**FACTS["event"], "what": "Donaudampfschifffahrt" * 5, "where": "x" * 90},
    "message": "y" * 120,
}


@pytest.fixture(scope="module")
def bridge() -> Iterator[Bridge]:
    assert CHROMIUM, "these tests need Chromium"
    assert installed().is_dir()
    with Bridge(["node", DRIVER, CHROMIUM]) as bridge:
        yield bridge


@pytest.mark.parametrize(("width", "scheme"), [(800, "light"), (375, "dark"), (320, "light")])
def test_every_letter_fits_and_can_be_read(
    bridge: Bridge, tmp_path: Path, width: int, scheme: str
) -> None:
    sizes = {"zone": "Europe/Berlin", "width": width, "height": 700, "scheme": scheme}
    for number, (slug, wording) in enumerate(WORDINGS.items()):
        language = LANGUAGES[number % len(LANGUAGES)]
        facts = LONG if number % 2 else FACTS
        page = tmp_path / f"{slug}.html"
        page.write_text(render(template(slug, wording, None), facts, language).html)
        bridge.ask(command="open", url=page.as_uri(), script=True, **sizes)
        assert not bridge.ask(command="look")["wider"], slug
        lowest = bridge.ask(command="contrast")
        assert lowest["ratio"] >= 4.5, (slug, lowest)
        asked = bridge.ask(command="requests")["asked"]
        assert asked == [page.as_uri()], "a letter loads nothing from anywhere"
