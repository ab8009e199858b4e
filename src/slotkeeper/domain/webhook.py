"""Webhooks: which steps of bookings an app is told of, and where."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from slotkeeper.domain.booking import Booking, Customer
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import GRAPHS, State

WEBHOOKS_MAX = 100
"""The most webhooks of one app."""

URL_CHARACTERS_MAX = 2_000
"""The longest address."""

HEADERS_MAX = 20
"""The most headers that one webhook adds to ours."""

HEADER_CHARACTERS_MAX = 2_000
"""The longest value of a header."""

METHODS = ("post", "get")
"""How a target can be asked."""

BAD_URL = "Invalid URL format"
"""What clients of this API know to be said of an address that is none."""

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_VALUE = re.compile(r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?|")
_OURS = frozenset(
    {
        *("host", "connection", "content-length", "content-type", "content-encoding", "expect"),
        *("transfer-encoding", "te", "trailer", "upgrade", "keep-alive", "user-agent"),
        *("x-timekit-signature", "webhook-id", "webhook-timestamp", "webhook-signature"),
    }
)

_END_OF_PAYMENT = ("tentative", "paid", "unpaid", "completed")
_BY_CUSTOMER = ("cancelled", "cancelled_by_customer", "rescheduled_by_customer", "error")

STATES: Mapping[str, Sequence[str]] = {
    "instant": ("confirmed", "completed", *_BY_CUSTOMER, "other"),
    "instant_payment": (*_END_OF_PAYMENT, *_BY_CUSTOMER),
    "confirm_decline": ("tentative", "declined", "confirmed", "completed", *_BY_CUSTOMER),
    "group_owner": ("tentative", "completed", "cancelled", "error"),
    "group_customer": (
        *("confirmed", "completed", "cancelled_by_customer", "cancelled_by_owner", "error"),
    ),
    "group_customer_payment": (
        *(*_END_OF_PAYMENT, "cancelled_by_owner", "cancelled_by_customer", "error"),
    ),
    "reservation": ("reserved", "expired"),
}
"""What a webhook can be for: states by graph.

No booking ever is in ``error`` or ``other``; clients may ask for them all the same.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A request that is made whenever a booking of ``graph`` enters ``state``.

    ``position`` grows from one webhook of an app to the next. ``expected_response_code`` is
    the status that counts as success, None for every 2xx. ``target`` is the same for all of an
    app that have one address: they fail and are paused together. ``failing_since`` is when the
    first of the attempts failed that were not followed by a success; ``warned_at`` when the
    owner of the app was told, and ``paused_at`` since when nothing is sent any more.
    ``sealed_headers`` are sent along, None where there are none or they are ``clear_headers``:
    so they were kept by earlier versions.
    """

    id: UUID
    position: int
    url: str
    target: UUID
    graph: str
    state: str
    method: str
    enabled: bool
    expected_response_code: int | None
    clear_headers: Mapping[str, str]
    sealed_headers: bytes | None
    failing_since: datetime | None
    warned_at: datetime | None
    paused_at: datetime | None
    created_at: datetime
    updated_at: datetime


def check(webhook: Mapping[str, object]) -> None:
    """Refuse a webhook, given by column, to which nothing could be sent.

    Raises InvalidInput with a message for each field that is wrong.
    """
    errors: dict[str, list[str]] = {}
    if not is_url(webhook["url"]):
        errors["url"] = [BAD_URL]
    if webhook["graph"] not in STATES:
        errors["graph"] = ["The selected graph is invalid."]
    elif webhook["state"] not in STATES[str(webhook["graph"])]:
        errors["state"] = [f"The selected state is invalid for the graph {webhook['graph']}."]
    if webhook["method"] not in METHODS:
        errors["method"] = ["The selected method is invalid."]
    expected = webhook["expected_response_code"]
    if isinstance(expected, int) and not 100 <= expected <= 599:
        errors["expected_response_code"] = [
            "The expected response code must be between 100 and 599."
        ]
    headers = webhook["headers"]
    assert isinstance(headers, Mapping), headers
    if (wrong := _wrong_headers(headers)) is not None:
        errors["headers"] = [wrong]
    if errors:
        raise InvalidInput(errors)


def is_url(value: object) -> bool:
    """Tell whether a value is an absolute address of http or https, with nothing odd in it.

    >>> is_url("https://example.com/hook?a=b"), is_url("example.com"), is_url("ftp://example.com")
    (True, False, False)
    """
    if not isinstance(value, str) or len(value) > URL_CHARACTERS_MAX:
        return False
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def without_secrets(url: str) -> str:
    """Return an address of a webhook without what may be secret in it: password and query.

    >>> without_secrets("https://doc:1.21@hill.example:8443/bookings?token=88#x")
    'https://hill.example:8443/bookings'
    """
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _wrong_headers(headers: Mapping[str, object]) -> str | None:
    if len(headers) > HEADERS_MAX:
        return f"The headers may not have more than {HEADERS_MAX} items."
    for name, value in headers.items():
        if not _TOKEN.fullmatch(name):
            return f"The header {name[:60]} has no valid name."
        if name.lower() in _OURS:
            return f"The header {name} cannot be set."
        is_text = isinstance(value, str) and len(value) <= HEADER_CHARACTERS_MAX
        if not is_text or not _VALUE.fullmatch(str(value)):
            return f"The header {name} has no valid value."
    return None


def sample_booking(graph: str, state: str, *, at: datetime) -> Booking:
    """Return a booking that nobody made, for trying out what is sent about one.

    It is for tomorrow, one hour, with ``{"test": true}`` as metadata. What is no state of a
    booking becomes the first that is.
    """
    start = at.replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    states = [State(each) for each in (state, *STATES[graph]) if each in set(State)]
    customer = Customer(
        id=UUID(int=2),
        name="Marty McFly",
        email="marty@example.com",
        timezone="America/Los_Angeles",
    )
    return Booking(
        id=UUID(int=1),
        graph=GRAPHS[graph],
        state=states[0],
        resource_id=None,
        project_id=None,
        calendar_id=None,
        start_at=start,
        end_at=start + timedelta(hours=1),
        what="A test",
        location="Courthouse Square, Hill Valley",
        description="Nobody made this booking.",
        participants=[customer.email],
        customer=customer if GRAPHS[graph].needs_customer else None,
        settings={},
        meta={"test": True},
        rescheduled_from=None,
        created_at=at,
        updated_at=at,
    )
