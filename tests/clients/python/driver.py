"""Drives python-timekit, unmodified, inside its own virtual environment.

Reads calls as lines of JSON and answers each with one line. The package is under the GPL:
nothing of Slotkeeper imports it or runs in one process with it; this script, which only
tests start, talks to it and to nothing of ours.
"""

import importlib
import inspect
import json
import sys
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit


def client_of(url: str, key: str) -> Any:
    """Return the client with its addresses pointed at ``url``.

    The package offers no setting for the address; each of its components keeps its own in a
    public attribute, which a user may set.
    """
    client = importlib.import_module("timekit.client").TimekitAPI(key)
    bookings = client.bookings
    whole = (client.apps, client.resources, client.projects, client.availability, bookings)
    for component in (*whole, bookings.groups):
        component.url = url + urlsplit(component.url).path
    return client


def functions_of(client: Any) -> list[str]:
    """Return the functions of the client's components, as ``component.function``."""
    components = {**vars(client), "bookings.groups": client.bookings.groups}
    return [
        f"{component}.{name}"
        for component, part in components.items()
        for name, _ in inspect.getmembers(part, inspect.ismethod)
        if not name.startswith("_")
    ]


def answer(call: dict[str, Any]) -> dict[str, Any]:
    """Call one function of the client, and return what it gave; without one, name them all."""
    client = client_of(call["url"], call["key"])
    if "call" not in call:
        return {"functions": functions_of(client)}
    given = attrgetter(call["call"])(client)(*call["args"], **call["named"])
    return {"status": given.status, "data": given.data}


def main() -> None:
    for line in sys.stdin:
        try:
            said = answer(json.loads(line))
        except Exception as error:
            said = {"broken": repr(error)}
        print(json.dumps(said), flush=True)


if __name__ == "__main__":
    main()
