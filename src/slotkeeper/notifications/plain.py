"""HTML as plain text, for the part of a mail that is read without it.

The parser of the library takes minutes over tags and comments that are never closed, and what is
read here was written by apps. So it is read by one expression that passes over it once.
"""

import re
from html import unescape

_SILENT = frozenset({"head", "style", "script", "title", "template"})
_BLOCKS = frozenset(
    {"address", "article", "blockquote", "div", "dl", "footer", "form", "h1", "h2", "h3", "h4"}
    | {"h5", "h6", "header", "hr", "main", "ol", "p", "pre", "section", "table", "ul"}
)
_LINES = frozenset({"br", "tr", "li", "dt", "dd"})

# Comments and declarations say nothing; what is not closed ends with the text.
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<[!?][^>]*(?:>|\Z)", re.DOTALL)
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)"
    r"(?P<attributes>(?:[^<>\"']|\"[^\"]{0,5000}\"|'[^']{0,5000}')*)>"
    r"|(?P<words>[^<]+|<)"
)
_ATTRIBUTE = re.compile(r"\b(href|class|alt)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"']+))", re.I)


def plain_text(html: str) -> str:
    """Return what HTML says, with an empty line between blocks and addresses behind links.

    >>> plain_text('<h1>Hello</h1><p>Look <a href="https://x.example/">here</a>.<br>Bye</p>')
    'Hello\\n\\nLook here: https://x.example/ .\\nBye\\n'
    """
    page = _Page()
    for token in _TOKEN.finditer(_UNSEEN.sub("", html)):
        if token["words"]:
            page.say(unescape(token["words"]))
        elif token["end"]:
            page.end(token["tag"].casefold())
        else:
            page.begin(token["tag"].casefold(), token["attributes"])
    return page.text()


class _Page:
    """The lines that were read so far, each in pieces."""

    def __init__(self) -> None:
        self._lines: list[list[str]] = [[]]
        self._silent = 0
        self._link: tuple[str, tuple[int, int]] | None = None
        self._ends_line = False

    def text(self) -> str:
        """Return the lines: no blanks at their ends, and never two empty ones together."""
        kept: list[str] = []
        for pieces in self._lines:
            line = "".join(pieces).strip()
            if line or (kept and kept[-1]):
                kept.append(line)
        return "\n".join(kept).strip() + "\n"

    def begin(self, tag: str, attributes: str) -> None:
        """Begin a line or block, or note where a link leads."""
        if tag in _SILENT:
            self._silent += 1
        self._break(tag)
        if tag == "li":
            self._lines[-1] = ["- "]
        elif tag == "a":
            known = _attributes(attributes)
            looks = known.get("class", "").split()
            if "small" in looks and self._lines[-1]:
                self._lines.append([])
            self._link = (known.get("href", ""), (len(self._lines), len(self._lines[-1])))
            self._ends_line = "button" in looks or "small" in looks
        elif tag == "img":
            self.say(_attributes(attributes).get("alt", ""))

    def end(self, tag: str) -> None:
        """End a line or block; an address stands behind its link."""
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        if tag == "a" and self._link:
            self._say_address(*self._link)
            self._link = None
        elif tag == "th":
            self._lines[-1].append(": ")
        elif tag == "td":
            self.say(" ")
        else:
            self._break(tag)

    def say(self, words: str) -> None:
        """Add words; white space between them counts as one blank."""
        line = self._lines[-1]
        if not line or line[-1].endswith(" "):
            words = words.lstrip()
        if words and not self._silent:
            line.append(re.sub(r"\s+", " ", words))

    def _say_address(self, href: str, begun: tuple[int, int]) -> None:
        """Put an address behind its words, which it may be itself.

        That of a button ends the line, and so does that of a small link.
        """
        number, place = begun
        said = "".join(self._lines[-1][place:]).strip() if len(self._lines) == number else ""
        address = href.removeprefix("mailto:")
        if self._silent or not address or address == said:
            return
        self._lines[-1].append(f": {address} ")
        if self._ends_line:
            self._lines.append([])

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._lines += [[], []]
        elif tag in _LINES and (self._lines[-1] or tag == "br"):
            self._lines.append([])


def _attributes(text: str) -> dict[str, str]:
    """Return those attributes of a tag that matter, the first where one comes twice."""
    found: dict[str, str] = {}
    for each in _ATTRIBUTE.finditer(text):
        found.setdefault(each[1].casefold(), unescape(each[2] or each[3] or each[4] or ""))
    return found
