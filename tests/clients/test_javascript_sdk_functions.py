"""timekit-sdk 1.19.8 under Node: no function of it is forgotten, those without a route included."""

import re
from pathlib import Path

import httpx
import pytest
from tests.clients.javascript import Sdk
from tests.matrix.table import functions, rows
from tests.support.bridge import Bridge

pytestmark = pytest.mark.node

UNSERVED = [name for row in rows() if not row.served for name in row.js.split()]
ADDRESSES = ["accountGoogleSignup", "accountMicrosoftSignup"]
"""They build an address for a browser and send nothing."""

TESTS = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


def functions_of_the_package(modules: Path) -> set[str]:
    """Return the names of all functions of the package that stand for a call of the API."""
    source = modules / "timekit-sdk" / "src"
    endpoints = "".join(
        (source / name).read_text() for name in ("endpoints.js", "deprecated_endpoints.js")
    )
    found = set(re.findall(r"^\s*TK\.(\w+) = function", endpoints, re.M))
    plumbing = (source / "timekit.js").read_text()
    return found | set(re.findall(r"^\s*TK\.(account\w+) = function", plumbing, re.M))


def test_every_function_of_the_package_stands_in_the_table(
    modules: Path, sdk_bridge: Bridge
) -> None:
    found = functions_of_the_package(modules)
    assert len(found) > 90
    assert found == functions("js")
    assert found <= set(sdk_bridge.ask()["functions"])


@pytest.mark.parametrize("function", sorted(functions("js") - set(UNSERVED)))
def test_every_function_is_called_and_has_a_test_that_is_named_after_it(function: str) -> None:
    words = re.sub("([A-Z])", lambda found: f"_{found[0].lower()}", function)
    assert re.search(rf"^def test_{words}_", TESTS, re.M)
    assert f'"{function}"' in TESTS


@pytest.mark.parametrize("function", [each for each in UNSERVED if each not in ADDRESSES])
def test_a_function_whose_route_is_not_served_rejects_in_json(sdk: Sdk, function: str) -> None:
    answer = sdk.refused(function)
    assert answer.status == 404
    assert isinstance(answer.data["error"], str)


@pytest.mark.parametrize("function", ADDRESSES)
def test_an_address_for_signing_up_elsewhere_leads_to_a_refusal(sdk: Sdk, function: str) -> None:
    wanted = {"callback": "https://hill.example/connected"}
    address = sdk.configured(app="hill-valley").call(function, wanted).data
    assert "/signup?Timekit-App=hill-valley&callback=https" in address
    answer = httpx.get(address, follow_redirects=False)
    assert answer.status_code == 404
    assert isinstance(answer.json()["error"], str)
