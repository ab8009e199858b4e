"""Webhooks from the call that makes one to the receiver that checks it, each of them real."""

import asyncio
import json
import shutil
import subprocess
import sys
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from standardwebhooks import Webhook

from slotkeeper.notifications.webhook import standard_secret
from tests.support.bridge import Bridge
from tests.support.receivers import Heard, Target, target
from tests.support.server import App, Server, serving

pytestmark = pytest.mark.slow

DOCUMENT = Path(__file__).parents[2] / "docs" / "webhooks.md"
PHP = Path(__file__).parents[1] / "clients" / "php" / "receiver.php"

FORM = {"name": 'Zoë "Z" O\'Neil', "email": "zoe@example.com", "note": "1/2 \U0001f600\x7f\\u007f"}
ORDER = {
    "graph": "instant",
    "what": "Straße / </script>",
    "where": "Here",
    "start": "2040-05-07T09:00:00Z",
    "end": "2040-05-07T10:00:00Z",
    "customer": FORM,
    "meta": {"price": 19.90, "whole": 2.0, "tiny": 1.5e-7, "empty": {}, "none": [], "big": 2**53},
}

# What each language runs: the function of the documentation, on what stands behind the command.
RUNNERS = {
    "php": (
        ["php", "-r"],
        "{code}\nexit(is_genuine(file_get_contents('php://stdin'), $argv[1], $argv[2]) ? 0 : 9);",
    ),
    "js": (
        ["node", "-e"],
        "{code}\nconst [, given, secret] = process.argv\n"
        "process.exit(isGenuine(require('fs').readFileSync(0), given, secret) ? 0 : 9)",
    ),
    "python": (
        [sys.executable, "-c"],
        "import sys\n{code}\n"
        "sys.exit(0 if is_genuine(sys.stdin.buffer.read(), *sys.argv[1:]) else 9)",
    ),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    with serving(folder, SLOTKEEPER_OUTGOING_HOSTS="127.0.0.1") as server:
        yield server


@pytest.fixture(scope="module")
def app(server: Server) -> App:
    return server.new_app("Hill Valley")


@pytest.fixture
async def api(server: Server, app: App) -> AsyncIterator[httpx.AsyncClient]:
    auth = ("", app.api_key)
    async with httpx.AsyncClient(base_url=f"{server.url}/v2/", auth=auth, timeout=30) as client:
        yield client


@pytest.fixture
async def hears() -> AsyncIterator[Target]:
    async with target() as found:
        yield found


async def asked(api: httpx.AsyncClient, method: str, path: str, body: Any = None) -> Any:
    answer = await api.request(method, path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


async def hook(api: httpx.AsyncClient, url: str, **given: Any) -> str:
    body = {"url": url, "graph": "instant", "state": "confirmed", "method": "post", **given}
    made = await asked(api, "POST", "webhooks", body)
    return str(made["meta"]["message"].split("id ")[1])


async def booked(api: httpx.AsyncClient) -> Any:
    doc = await asked(api, "POST", "resources", {"name": "Doc", "timezone": "UTC"})
    order = {**ORDER, "resource_id": doc["data"]["id"]}
    return (await asked(api, "POST", "bookings", order))["data"]


async def heard(api: httpx.AsyncClient, hears: Target, **given: Any) -> Heard:
    """Return what a target hears of a booking, with a webhook that is there as long."""
    webhook_id = await hook(api, f"{hears.url}/hook?for=hill", **given)
    booking = await booked(api)
    await hears.until(1)
    # At this moment nobody has noted yet that it arrived.
    await asked(api, "DELETE", f"webhooks/{webhook_id}")
    (found,) = hears.heard
    assert found.body == b"" or found.json["id"] == booking["id"]
    return found


async def test_a_client_makes_a_webhook_hears_of_a_booking_and_leaves(
    api: httpx.AsyncClient, hears: Target
) -> None:
    first = await heard(api, hears)
    assert (first.json["state"], first.json["meta"]) == ("confirmed", ORDER["meta"])
    assert first.json["customers"][0]["name"] == FORM["name"]

    await booked(api)
    await asyncio.sleep(1)

    assert hears.heard == [first]


@pytest.mark.skipif(not shutil.which("php"), reason="PHP is not on this machine")
async def test_php_that_decodes_and_encodes_believes_it(
    api: httpx.AsyncClient, hears: Target, app: App
) -> None:
    found = await heard(api, hears)
    sent = {"signature": found.headers["x-timekit-signature"], "secret": app.webhook_secret}
    with Bridge(["php", "-d", "display_errors=stderr", PHP]) as php:
        assert php.ask(body=in_base64(found.body), **sent)["is_genuine"]
        assert not php.ask(body=in_base64(found.body.replace(b"Here", b"There")), **sent)[
            "is_genuine"
        ]


async def test_the_library_of_standard_webhooks_believes_it(
    api: httpx.AsyncClient, hears: Target, app: App
) -> None:
    found = await heard(api, hears)
    receiver = Webhook(standard_secret(app.webhook_secret))
    assert receiver.verify(found.body, found.headers) == found.json


async def test_the_query_stands_in_for_the_body(
    api: httpx.AsyncClient, hears: Target, app: App
) -> None:
    found = await heard(api, hears, method="get", headers={"X-From": "Doc"})
    query = urlsplit(found.path).query
    assert {name: each[0] for name, each in parse_qs(query).items()}.keys() == {
        *("for", "id", "state", "graph")
    }
    assert (found.body, found.headers["x-from"]) == (b"", "Doc")
    assert genuine("python", query.encode(), found.headers["x-timekit-signature"], app)


@pytest.mark.parametrize("language", RUNNERS)
async def test_the_checks_of_the_documentation_work(
    api: httpx.AsyncClient, hears: Target, app: App, language: str
) -> None:
    if not shutil.which(RUNNERS[language][0][0]):
        pytest.skip(f"{language} is not on this machine")
    found = await heard(api, hears)
    signature = found.headers["x-timekit-signature"]
    assert genuine(language, found.body, signature, app)
    assert not genuine(language, found.body + b" ", signature, app)
    assert not genuine(language, found.body, signature[:-1], app)


async def test_a_test_arrives_and_its_log_says_so(api: httpx.AsyncClient, hears: Target) -> None:
    webhook_id = await hook(api, f"{hears.url}/hook", graph="group_owner", state="tentative")

    sent = (await asked(api, "POST", f"webhooks/{webhook_id}/test"))["data"]
    await hears.until(1)

    (found,) = hears.heard
    assert (found.id, found.json["meta"]) == (sent["id"], {"test": True})
    shown = await settled(api, webhook_id, sent["id"])
    assert (shown["status"], shown["attempts"][0]["status"]) == ("delivered", 200)
    assert shown["attempts"][0]["excerpt"] == "heard"
    assert json.loads(shown["request"]["body"]) == found.json


async def test_who_is_gone_is_paused_and_gets_all_when_resumed(
    api: httpx.AsyncClient, hears: Target
) -> None:
    hears.moods = ["410"]
    webhook_id = await hook(api, f"{hears.url}/hook")
    first = await booked(api)
    logged = await asked(api, "GET", f"webhooks/{webhook_id}/deliveries")
    await settled(api, webhook_id, logged["data"][0]["id"])
    assert (await asked(api, "GET", f"webhooks/{webhook_id}"))["data"]["paused_at"]

    hears.moods = ["200"]
    second = await booked(api)
    await asyncio.sleep(1)
    assert [each.json["id"] for each in hears.heard] == [first["id"]]

    resumed = await asked(api, "POST", f"webhooks/{webhook_id}/resume")
    assert resumed["data"]["paused_at"] is None
    await asked(api, "POST", f"webhooks/{webhook_id}/replay", {"since": first["created_at"]})
    await hears.until(2)
    assert {each.json["id"] for each in hears.taken} == {first["id"], second["id"]}


def in_base64(body: bytes) -> str:
    return b64encode(body).decode()


async def settled(api: httpx.AsyncClient, webhook_id: str, delivery_id: str) -> Any:
    """Return a delivery when it waits no more."""
    async with asyncio.timeout(20):
        while True:
            found = await asked(api, "GET", f"webhooks/{webhook_id}/deliveries/{delivery_id}")
            if found["data"]["status"] != "waiting":
                return found["data"]
            await asyncio.sleep(0.05)


def genuine(language: str, body: bytes, signature: str, app: App) -> bool:
    """Run the check that the documentation gives for a language."""
    command, program = RUNNERS[language]
    code = DOCUMENT.read_text().split(f"```{language}\n")[1].split("```")[0]
    arguments = [*command, program.replace("{code}", code), signature, app.webhook_secret]
    done = subprocess.run(arguments, input=body, capture_output=True, timeout=60, check=False)
    assert done.returncode in (0, 9), done.stderr
    return done.returncode == 0
