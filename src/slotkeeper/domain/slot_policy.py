"""What a search for slots is asked: its mode, lengths, buffers and window.

The keys are those of a project's ``availability`` object and of the body of a search, and
their meanings are those of the API documentation of the availability query.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from slotkeeper.domain.availability import Search
from slotkeeper.domain.durations import parse_duration
from slotkeeper.domain.errors import InvalidInput, UnknownZone
from slotkeeper.domain.limits import Limits, parse_limits
from slotkeeper.domain.phrases import NotUnderstood, is_relative, parse_instant
from slotkeeper.domain.slots import Mode
from slotkeeper.domain.zones import Zone, find_zone, minute_ceil

Value = TypeVar("Value")

DEFAULTS: Mapping[str, object] = {
    "mode": Mode.ROUNDROBIN_RANDOM,
    "length": "1 hour",
    "from": "now",
    "to": "4 weeks",
    "round_to_nearest_hour": True,
    "ignore_all_day_events": False,
}

HORIZON = "6 months"
"""The farthest end of a search, counted from now; the API documentation sets it."""

PAST_MINUTES_MAX = 366 * 24 * 60
"""How far back a search reaches; nothing in the past is offered, it only anchors the grid."""

_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotPolicy:
    """A search for slots, understood: minutes since the epoch and whole minutes."""

    mode: Mode
    search: Search
    limits: Limits = field(default_factory=Limits)
    ignore_all_day_events: bool


def merged(stored: Mapping[str, object], asked: Mapping[str, object]) -> dict[str, object]:
    """Return what counts when a request names a project: its values, else the stored ones.

    The official widget sends the project's own settings back, nulls included, so null means
    "not given". Only a null length says something, "no fixed length", and only where the
    project has no length to fall back on.

    >>> merged({"length": "30 minutes", "to": "1 week"}, {"length": None, "to": "2 weeks"})
    {'length': '30 minutes', 'to': '2 weeks'}
    >>> merged({}, {"length": None})
    {'length': None}
    """
    settings = {key: value for key, value in stored.items() if value is not None}
    settings |= {key: value for key, value in asked.items() if value is not None}
    if "length" not in settings and "length" in {*stored, *asked}:
        settings["length"] = None
    return settings


def slot_policy(
    settings: Mapping[str, object],
    *,
    now: datetime,
    zone: Zone,
    input_format: str | None = None,
) -> SlotPolicy:
    """Understand ``settings``, or refuse them with every field that is wrong.

    ``from`` and ``to`` are both counted from ``now``; day words and times without an offset
    are those of ``zone``. A relative ``from`` is rounded up to the full hour of ``zone``
    unless ``round_to_nearest_hour`` is false; an exact timestamp stays exact. Nothing is
    ever offered that starts before ``now``.
    """
    given = {**DEFAULTS, **settings}
    errors: dict[str, list[str]] = {}

    def instant(field: str) -> datetime:
        text = str(given[field])
        return parse_instant(text, now=now, zone=zone.info, input_format=input_format)

    mode = _read(errors, "mode", Mode.ROUNDROBIN_RANDOM, lambda: Mode(str(given["mode"]).lower()))
    length = _read(errors, "length", None, lambda: _length(given["length"]))
    step = _read(errors, "timeslot_increments", None, lambda: _step(given))
    before, after = _read(errors, "buffer", (0, 0), lambda: _buffer(given.get("buffer")))
    gap = _read(errors, "minimum_gap", 0, lambda: _side(given.get("minimum_gap")))
    limits = _limits(errors, given.get("limits"))
    start = _read(errors, "from", now, lambda: instant("from"))
    end = _read(errors, "to", now, lambda: instant("to"))
    rounding = _read(errors, "closest_time_interval", 1, lambda: _rounding(given))
    if not errors:
        _check_order(errors, start, end, latest=_horizon(now, zone))
    if errors:
        raise InvalidInput(errors)

    window_start = max(minute_ceil(start), minute_ceil(now) - PAST_MINUTES_MAX)
    if is_relative(str(given["from"])):
        window_start = _rounded_up(window_start, rounding, zone)
    search = Search(
        window=(window_start, max(minute_ceil(end), window_start)),
        length=length,
        step=step,
        buffer_before=before,
        buffer_after=after,
        gap=gap,
        earliest=minute_ceil(now),
    )
    ignore = is_true(given["ignore_all_day_events"])
    return SlotPolicy(mode=mode, search=search, limits=limits, ignore_all_day_events=ignore)


def output_zone(settings: Mapping[str, object], fallback: Zone | None) -> Zone:
    """Return the zone in which ``settings`` want the answer: UTC where nothing names one."""
    name = settings.get("output_timezone")
    if name is None or name == "":
        return fallback or find_zone("UTC")
    try:
        return find_zone(str(name))
    except UnknownZone:
        message = "The output timezone must be a valid zone."
        raise InvalidInput({"output_timezone": [message]}) from None


_MESSAGES = {
    "mode": "The selected mode is invalid.",
    "from": "The from is not a valid timestamp or relative time: {}",
    "to": "The to is not a valid timestamp or relative time: {}",
}


def _read(
    errors: dict[str, list[str]], field: str, instead: Value, read: Callable[[], Value]
) -> Value:
    """Return what ``read`` makes of a field; note an error and go on where it cannot."""
    try:
        return read()
    except (NotUnderstood, ValueError) as error:
        message = _MESSAGES.get(field, f"The {field} must be a duration such as 1 hour: {{}}")
        errors[field] = [message.format(getattr(error, "text", error))]
        return instead


def _check_order(
    errors: dict[str, list[str]], start: datetime, end: datetime, *, latest: datetime
) -> None:
    if end < start:
        errors["to"] = ["The to must be a date after from."]
    elif end > latest:
        errors["to"] = [f"The to may not be more than {HORIZON} from now."]


def _horizon(now: datetime, zone: Zone) -> datetime:
    return parse_instant(HORIZON, now=now, zone=zone.info)


def _length(value: object) -> int | None:
    if value is None:
        return None
    length = _duration(value)
    if length == 0:
        raise NotUnderstood(str(value))
    return length


def _step(given: Mapping[str, object]) -> int | None:
    value = given.get("timeslot_increments")
    return _length(value) if value is not None else None


def _buffer(value: object) -> tuple[int, int]:
    """Read a buffer: one duration for both sides, or an object with ``before`` and ``after``."""
    if isinstance(value, Mapping):
        sides = (value.get("before"), value.get("after"))
    elif value == []:  # an empty object, as PHP writes it
        sides = (None, None)
    else:
        sides = (value, value)
    before, after = map(_side, sides)
    return before, after


def _side(value: object) -> int:
    """Read a length of time to be kept free; nothing given is none."""
    return 0 if value is None or value == "" else _duration(value)


def _limits(errors: dict[str, list[str]], value: object) -> Limits:
    try:
        return parse_limits(value)
    except InvalidInput as refusal:
        errors |= refusal.errors
        return Limits()


def _rounding(given: Mapping[str, object]) -> int:
    """Return the minutes to whose multiple the start is rounded up."""
    closest = given.get("closest_time_interval")
    if closest is not None and closest != "":
        return _length(closest) or 1
    hourly = given.get("round_to_next_hour", given["round_to_nearest_hour"])
    return _HOUR if is_true(hourly) else 1


def _rounded_up(minute: int, multiple: int, zone: Zone) -> int:
    """Return the first minute from ``minute`` on whose wall clock shows a multiple."""
    wall = minute + zone.offset_at(minute)
    return minute + -wall % multiple


def _duration(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise NotUnderstood(str(value)[:60])
    return parse_duration(value)


def is_true(value: object) -> bool:
    """Tell whether a switch is on, in the ways that clients write one."""
    return value not in (False, None, 0, "0", "false", "False", "")
