"""What a booking says about webhooks: which of the app's keep silent for it, and its own.

It stands in the steps of the booking under ``webhooks``, a list. The entry at a place speaks of
the app's webhook at that place, counted from 0 in the order in which they were made: with
``enabled`` false that one keeps silent. An entry with a ``url`` is a webhook of this booking
alone, for one state and graph or for all.
"""

from collections.abc import Iterator, Mapping, Sequence

from slotkeeper.domain.booking import Booking
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.webhook import BAD_URL, METHODS, WEBHOOKS_MAX, is_url

WEBHOOKS = "webhooks"
"""Where the list stands among the steps of a booking."""

TRIGGER = "trigger_webhook"
"""The step that tells webhooks; disabled, a booking tells none at all."""

_CALL = ("url", "method", "expected_response_code")


def check(entries: Sequence[Mapping[str, object]]) -> None:
    """Refuse entries that could not be followed; raises InvalidInput, by their places."""
    errors: dict[str, list[str]] = {}
    for place, entry in enumerate(entries):
        if "url" in entry and not is_url(entry["url"]):
            errors[f"{WEBHOOKS}.{place}.url"] = [BAD_URL]
        if entry.get("method", METHODS[0]) not in METHODS:
            errors[f"{WEBHOOKS}.{place}.method"] = ["The selected method is invalid."]
    if errors:
        raise InvalidInput(errors)


def silenced(booking: Booking) -> Sequence[int]:
    """Return the places of the app's webhooks that are not told of a booking."""
    if _is_off(booking.steps.get(TRIGGER)):
        return range(WEBHOOKS_MAX)
    return [place for place, entry in enumerate(_entries(booking)) if _is_off(entry)]


def calls(booking: Booking) -> list[Mapping[str, object]]:
    """Return the booking's own webhooks for the state in which it is."""
    if _is_off(booking.steps.get(TRIGGER)):
        return []
    return [
        {"method": METHODS[0], **{name: entry[name] for name in _CALL if name in entry}}
        for entry in _entries(booking)
        if "url" in entry and not _is_off(entry) and _is_for(entry, booking)
    ]


def _entries(booking: Booking) -> Iterator[Mapping[str, object]]:
    said = booking.steps.get(WEBHOOKS)
    if isinstance(said, list):
        yield from said


def _is_off(entry: object) -> bool:
    return isinstance(entry, Mapping) and entry.get("enabled") is False


def _is_for(entry: Mapping[str, object], booking: Booking) -> bool:
    state, graph = str(booking.state), booking.graph.name
    return entry.get("state", state) == state and entry.get("graph", graph) == graph
