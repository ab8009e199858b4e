"""``docs/compatibility.md``, written from the tables of this package."""

from collections.abc import Iterator, Sequence

from tests.matrix.table import CHAPTERS, DETOURS, Row, rows
from tests.matrix.wire import QUIRKS
from tests.support.keys import Key

KEYS = {
    Key.WIDGET: "widget key",
    Key.CLIENT: "client-token",
    Key.SERVER: "server-token",
    Key.APP: "app key",
}

HEAD = """\
# Compatibility: what of the original is served

Each row below is tested as it stands here: the call succeeds with that status for each kind of
key in the row, and is refused to every other kind, with 403, or 401 without a key. The tests write
this page (`make snapshots`), so it tells what this version does, not what was once meant.

{served} calls are served; {unserved} are not and answer 404, for the reason that stands in the row.

To move an application, give it another address and other keys: the base address ends in `/v2`, as
the original's `https://api.timekit.io/v2` did. How each client is told so is in
[clients.md](clients.md); which key reaches what, and whose, in [keys.md](keys.md).

- **Keys**: "everybody" means that no key is needed. A server-token reaches what belongs to its
  resource, the app key everything of the app.
- **Clients**: `timekit-sdk` with its deprecated functions, the PHP SDK and `python-timekit`, in the
  [versions that are tested](clients.md). A test reads the functions out of the installed packages
  of JavaScript and Python and wants to find each of them on this page.
"""

BESIDE = """
## Calls of python-timekit that lead nowhere

Every part of the package inherits every method, and three functions have a wrong address. These are
refused in JSON and change nothing.
"""

WIRE = """
## What clients send besides

Seen in real clients; each row has tests of its own.
"""


def page() -> str:
    """Return the page as Markdown."""
    every = list(rows())
    served = sum(row.served for row in every)
    lines = [HEAD.format(served=served, unserved=len(every) - served)]
    for title, chapter in CHAPTERS.items():
        lines += [f"## {title}", "", *_table(chapter), ""]
    lines += [BESIDE.strip(), "", *_detours(), "", WIRE.strip(), "", *_quirks(), ""]
    return "\n".join(lines)


def _table(chapter: Sequence[Row]) -> Iterator[str]:
    yield "| Call | Keys | JavaScript | PHP | Python | Status |"
    yield "|---|---|---|---|---|---|"
    for row in chapter:
        status = f"{row.ok:d}" if row.served else "404"
        told = row.note or row.why
        cells = [f"`{row}`", _keys(row), *map(_names, (row.js, row.php, row.py))]
        yield _line(*cells, f"{status}: {told}" if told else status)


def _detours() -> Iterator[str]:
    yield "| Function | Sends | Status | Instead |"
    yield "|---|---|---|---|"
    for each in DETOURS:
        yield _line(
            f"`{each.function}`", f"`{each.method} {each.path}`", str(each.status), each.instead
        )


def _quirks() -> Iterator[str]:
    yield "| Who | Sends or expects | What happens |"
    yield "|---|---|---|"
    for each in QUIRKS:
        yield _line(each.who, each.sent, each.done)


def _keys(row: Row) -> str:
    if not row.served:
        return ""
    told = [name for key, name in KEYS.items() if row.lets_in(key)]
    if not row.lets_in(Key.NONE):
        return ", ".join(told)
    return "everybody" if len(told) == len(KEYS) else ", ".join(["no key", *told])


def _names(functions: str) -> str:
    return ", ".join(f"`{name}`" for name in functions.split())


def _line(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"
