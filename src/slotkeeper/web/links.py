"""Links of messages that lead nowhere any more, and the page that says so."""

from dataclasses import dataclass
from http import HTTPStatus

from starlette.responses import Response

from slotkeeper.domain.errors import LinkExpired, LinkInvalid, NotFound
from slotkeeper.web.pages import page

Refusal = LinkInvalid | LinkExpired | NotFound
"""Why a link leads nowhere: it is not whole, its time is over, or what it is for was deleted."""

REFUSALS = (LinkInvalid, LinkExpired, NotFound)
"""The same, to be caught."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A title and a sentence below it."""

    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Nowhere:
    """What is told of a kind of link once it has ``expired``, or what it is for is ``gone``."""

    expired: Told
    gone: Told
    source: str = "from the message again, or ask whoever sent it"

    def page(self, refusal: Refusal) -> Response:
        """Return the page that tells why a link leads nowhere, with the status that says so."""
        match refusal:
            case LinkInvalid():
                text = f"It may not be complete. Please open it {self.source}."
                return _page(HTTPStatus.FORBIDDEN, Told(title="This link does not work", text=text))
            case LinkExpired():
                return _page(HTTPStatus.GONE, self.expired)
            case NotFound():
                return _page(HTTPStatus.NOT_FOUND, self.gone)


def _page(status: HTTPStatus, told: Told) -> Response:
    return page("error.html", status, title=told.title, text=told.text)
