"""One line for people: whether an instant is open, and why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slotkeeper.domain.constraint_fields import WEEKDAY_NAMES
from slotkeeper.domain.constraints import parse_constraints
from slotkeeper.domain.interval import Interval
from slotkeeper.domain.reasons import (
    ByBuffer,
    ByConstraint,
    ByGap,
    ByHolder,
    ByLimit,
    Entry,
    Holder,
    Level,
    Plain,
    Reason,
)
from slotkeeper.domain.rules import EVERY_DAY, WEEKDAYS, WEEKEND, Weekly
from slotkeeper.domain.zones import DAY, Zone, to_datetime

_DAYS = tuple(name.capitalize() for name in WEEKDAY_NAMES)
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_NAMED_MAX = 3
"""The most people, rules, or reasons of one person that a line names."""

_TEXT_MAX = 60


@dataclass(frozen=True, slots=True)
class Person:
    """A resource as the line speaks of it, and why the instant is closed for it, if it is."""

    name: str
    zone: Zone
    reasons: Sequence[Reason]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What there is to say of an instant, in minutes."""

    minute: int
    is_open: bool
    text: str


def verdict(
    minute: int,
    people: Sequence[Person],
    starts: Sequence[int],
    *,
    offered: Interval,
    together: bool,
    fallback: Zone,
) -> Verdict:
    """Return whether somebody is open at ``minute``, or everybody where they serve together.

    ``starts`` are those of the slots on offer, sorted; all lie in ``offered``. The line tells
    the time on the clock that all people share, else on that of ``fallback``.
    """
    zones = {person.zone.name: person.zone for person in people}
    zone = next(iter(zones.values())) if len(zones) == 1 else fallback
    free = [person for person in people if not person.reasons]
    is_open = len(free) == len(people) if together else bool(free)
    when = f"{_moment(minute, zone)} ({zone.name})"
    if is_open:
        names = _listed([person.name for person in free], "and")
        verb = "is" if len(free) == 1 else "are"
        line = f"Open on {when}: {names} {verb} free; {_next_slot(minute, starts, zone)}"
    else:
        line = f"Closed on {when}: {_why(people, zone, offered)}"
    return Verdict(minute, is_open, line)


def _next_slot(minute: int, starts: Sequence[int], zone: Zone) -> str:
    later = next((start for start in starts if start >= minute), None)
    if later == minute:
        return "a slot starts then"
    if later is None:
        return "no slot starts then or later"
    return f"no slot starts then, the next one does on {_moment(later, zone)}"


def _why(people: Sequence[Person], zone: Zone, offered: Interval) -> str:
    """Return the reasons of the first few who are closed, each said once."""
    closed = [person for person in people if person.reasons]
    first = closed[0].reasons[0]
    if first in (Plain.NOTICE, Plain.HORIZON):
        return _said(first, closed[0], zone, offered)  # It closes the time for everybody.
    said = {
        _said(reason, person, zone, offered): None
        for person in closed[:_NAMED_MAX]
        for reason in person.reasons[:_NAMED_MAX]
    }
    more = len(closed) - _NAMED_MAX
    others = [f"{more} more {'is' if more == 1 else 'are'} closed"] if more > 0 else []
    return "; ".join([*said, *others])


def _said(reason: Reason, person: Person, zone: Zone, offered: Interval) -> str:
    match reason:
        case Plain.NOTICE:
            return f"nothing is offered before {_moment(offered[0], zone)}"
        case Plain.HORIZON:
            return f"nothing is offered from {_moment(offered[1], zone)} on"
        case Plain.BUSY:
            return f"{person.name} is busy"
        case ByConstraint():
            return _ruled(reason, person, zone)
        case ByLimit(level, unit, most):
            whose = "the project" if level is Level.PROJECT else person.name
            return (
                f"{whose} has as many bookings as a {unit} may have: {most} (limit of the {level})"
            )
        case _:
            return f"{person.name} {_held(reason)}"


def _held(reason: ByHolder | ByBuffer | ByGap) -> str:
    match reason:
        case ByHolder(Holder.BOOKING, held_id):
            return f"is booked (booking {held_id})"
        case ByHolder(holder, held_id):
            return f"is busy ({_HELD[holder]} {held_id})"
        case ByBuffer(holder, held_id, side):
            return f"needs the buffer {side} {_HELD[holder]} {held_id}"
        case ByGap(booking_id, side):
            return f"needs the minimum gap {side} booking {booking_id}"


def _ruled(reason: ByConstraint, person: Person, zone: Zone) -> str:
    shown = [_phrase(entry) for entry in reason.entries]
    times = _listed(shown, "and") if len(shown) <= _NAMED_MAX else "at other times"
    where = f" in {person.zone.name}" if person.zone is not zone else ""
    does = "closed" if reason.blocks else "open"
    plural = "s" if len(reason.indexes) > 1 else ""
    indexes = ", ".join(map(str, reason.indexes[:_NAMED_MAX]))
    others = ", ..." if len(reason.indexes) > _NAMED_MAX else ""
    which = f"({reason.level} constraint{plural} {indexes}{others})"
    return f"{person.name} is {does} {times}{where} {which}"


def _phrase(entry: Entry) -> str:
    """Return when an entry means, in words; what it names beyond hours and days, as it does."""
    [(kind, given)] = entry.items()
    values: Mapping[str, object] = given if isinstance(given, Mapping) else {}
    level = parse_constraints([entry]) if "period" not in kind else None
    rules = (*level.days, *level.hours, *level.blocks) if level else ()
    said = [_weekly(rule) for rule in rules if isinstance(rule, Weekly)]
    if not said:
        subject = kind.partition("_")[2]
        words = [_SUBJECTS[subject]] if subject in _SUBJECTS else []
        what = [values[name] for name in ("dates", "country", "subdivision") if values.get(name)]
        spans = [f"{word} {values[key]}" for word, key in _ENDS if values.get(key)]
        said = [" ".join([*words, *map(_short, what), *map(_short, spans)])]
    own = values.get("timezone")
    return f"{said[0]} {_short(own)}" if own else said[0]


def _weekly(rule: Weekly) -> str:
    parts = []
    if rule.weekdays == WEEKDAYS:
        parts.append("Monday to Friday")
    elif rule.weekdays == WEEKEND:
        parts.append("Saturday and Sunday")
    elif rule.weekdays != EVERY_DAY:
        parts.append(_listed([_DAYS[day] for day in sorted(rule.weekdays)], "and", most=7))
    if (rule.start, rule.end) != (0, DAY):
        parts.append(f"{_clock(rule.start)}-{_clock(rule.end)}")
    return " ".join(parts) or "all day"


def _clock(minutes: int) -> str:
    hours, rest = divmod(minutes if minutes <= DAY else minutes - DAY, 60)
    return f"{hours:02}:{rest:02}"


def _moment(minute: int, zone: Zone) -> str:
    wall = to_datetime(minute).astimezone(zone.info)
    day = f"{_DAYS[wall.weekday()]} {wall.day} {_MONTHS[wall.month - 1]} {wall.year}"
    return f"{day} {wall:%H:%M}"


def _listed(words: Sequence[str], joint: str, most: int = _NAMED_MAX) -> str:
    if len(words) > most:
        return f"{', '.join(words[:most])} and {len(words) - most} more"
    return f" {joint} ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _short(value: object) -> str:
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= _TEXT_MAX else f"{text[:_TEXT_MAX]}..."


_SUBJECTS = {"dates": "on", "holidays": "on holidays of"}
_ENDS = (("from", "start"), ("to", "end"))
_HELD = {
    Holder.EVENT: "event",
    Holder.ALL_DAY_EVENT: "all-day event",
    Holder.BOOKING: "booking",
}
