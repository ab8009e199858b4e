"""HTML as plain text, for the part of a mail that is read without it."""

import re
from html.parser import HTMLParser

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "dl", "footer", "form", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hr", "main", "ol", "p", "pre", "section", "table", "ul"}
)
_LINES = frozenset({"br", "tr", "li", "dt", "dd"})


def plain_text(html: str) -> str:
    """Return what HTML says, with an empty line between blocks and addresses behind links.

    >>> plain_text('<h1>Hello</h1><p>Look <a href="https://x.example/">here</a>.<br>Bye</p>')
    'Hello\\n\\nLook here: https://x.example/ .\\nBye\\n'
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Collects the words of HTML as lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [""]
        self._silent = 0
        self._link: tuple[str, int] | None = None
        self._is_button = False

    def text(self) -> str:
        """Return the lines: no blanks at their ends, and never two empty ones together."""
        kept: list[str] = []
        for line in map(str.strip, self._lines):
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip() + "\n"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line or block, or note where a link leads."""
        if tag in _SILENT:
            self._silent += 1
        self._break(tag)
        if tag == "li":
            self._lines[-1] = "- "
        elif tag == "a":
            self._link = (dict(attrs).get("href") or "", len("".join(self._lines)))
            self._is_button = "button" in (dict(attrs).get("class") or "").split()
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")

    def handle_endtag(self, tag: str) -> None:
        """End a line or block; an address stands behind its link."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "a" and self._link:
            href, begun = self._link
            said = "".join(self._lines)[begun:].strip()
            address = href.removeprefix("mailto:")
            if address and address != said:
                self._lines[-1] += f": {address} "
                self._lines += [""] * self._is_button
            self._link = None
        elif tag == "th":
            self._lines[-1] = self._lines[-1].rstrip() + ": "
        elif tag == "td":
            self._lines[-1] += " "
        else:
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Add words; white space between them counts as one blank."""
        if self._silent or not data:
            return
        line = self._lines[-1]
        if line.endswith(" ") or not line:
            data = data.lstrip()
        self._lines[-1] = line + re.sub(r"\s+", " ", data)

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._lines += ["", ""]
        elif tag in _LINES and (self._lines[-1] or tag == "br"):
            self._lines.append("")
