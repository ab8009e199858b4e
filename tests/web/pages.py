"""Pages as tests see them: links, forms and texts, read with the parser of the library."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

Attributes = dict[str, str]
_VOID = {"input", "img", "meta", "link", "br", "path"}


@dataclass
class Element:
    """An element and all the text in it."""

    tag: str
    attributes: Attributes
    text: str = ""
    inside: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        element.inside = [each.tag for each in self._open]
        self.elements.append(element)
        if tag == "br":
            self.handle_data(" ")
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            return
        assert self._open[-1].tag == tag, f"<{self._open[-1].tag}> is closed by </{tag}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data


class Page:
    """An answer of the server that is a page; its markup must be well formed."""

    def __init__(self, answer: httpx.Response) -> None:
        assert answer.headers["content-type"] == "text/html; charset=utf-8", answer.text[:300]
        self.answer = answer
        self.status = answer.status_code
        reader = _Reader()
        reader.feed(answer.text)
        assert not reader._open, "every element is closed"
        self.elements = reader.elements

    @property
    def text(self) -> str:
        """All that can be read on the page, white space as single spaces."""
        body = next(each for each in self.elements if each.tag == "body")
        return " ".join(body.text.split())

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """Return the elements of a tag; ``class_`` names one of their classes."""
        wanted = attributes.pop("class_", None)
        return [
            each
            for each in self.elements
            if each.tag == tag
            and all(each.get(name) == value for name, value in attributes.items())
            and (wanted is None or wanted in (each.get("class") or "").split())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, (tag, attributes, found)
        return found[0]

    def slots(self) -> list[str]:
        """Return the texts of the slots that can be chosen."""
        return [" ".join(each.text.split()) for each in self.all("a", class_="slot")]

    def link(self, text: str) -> str:
        """Return where the link with this text leads."""
        found = [each for each in self.all("a") if " ".join(each.text.split()) == text]
        assert found, (text, [" ".join(each.text.split()) for each in self.all("a")])
        return found[0]["href"]

    def form(self, **answers: str | list[str]) -> dict[str, str | list[str]]:
        """Return what a browser sends from the form of the page, filled in with ``answers``.

        ``customer_name`` stands for ``customer.name``.
        """
        sent: dict[str, str | list[str]] = {}
        for each in self.all("input"):
            if "form" not in each.inside or not (name := each.get("name")):
                continue
            boxes = each.get("type") in {"checkbox", "radio"}
            if not boxes or each.get("checked") is not None:
                sent[name] = each.get("value") or ""
        for each in self.all("textarea"):
            sent[each["name"]] = each.text.removeprefix("\n")
        return sent | {name.replace("_", ".", 1): value for name, value in answers.items()}
