"""The settings of an app: an open bag of keys, of which some have a meaning and other spellings."""

from collections.abc import Mapping

from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.limits import AppLimits, Caps, Unit
from slotkeeper.domain.reminder import parse_reminders

KEYS_MAX = 200
"""How many settings an app can have."""

ALIASES: Mapping[str, str] = {
    "disable_email": "disableEmail",
    "disable_emails": "disableEmail",
    "event_notifications": "reminders",
}
"""Other spellings of settings, as documentation and clients have them, by the one that is kept."""

PERIODS: Mapping[str, str] = {
    "day": "daily",
    "week": "weekly",
    "month": "monthly",
    "year": "yearly",
}
"""Other spellings of the periods in limits."""

PUBLIC = frozenset({"name", "callback", "contact_name", "contact_email"})
"""What people of an app may know of its settings who do not manage it."""

_UNITS: Mapping[str, Unit] = {
    "daily": Unit.DAY,
    "weekly": Unit.WEEK,
    "monthly": Unit.MONTH,
    "yearly": Unit.YEAR,
}

_LIMITS = ("resource_rate_limits", "customer_rate_limits")
_TEXTS = ("callback", "from_email", "from_name", "contact_name", "contact_email")


def merged(before: Mapping[str, object], given: Mapping[str, object]) -> dict[str, object]:
    """Return the settings with ``given`` merged in; null takes a setting away.

    Unknown keys are kept as they were sent. Raises InvalidInput for a known one whose value
    nobody could understand later.

    >>> merged({"name": "Hill Valley", "x": 1}, {"disable_emails": True, "x": None})
    {'name': 'Hill Valley', 'disableEmail': True}
    >>> merged({}, {"resource_rate_limits": {"day": 3}})
    {'resource_rate_limits': {'daily': 3}}
    """
    known = {ALIASES.get(key, key): value for key, value in given.items()}
    for key in _LIMITS:
        if key in known:
            known[key] = _limits(key, known[key])
    if known.get("reminders") is not None:
        parse_reminders(known["reminders"])
    _check(known)
    every = {**before, **known}
    left = {key: value for key, value in every.items() if value is not None}
    if len(left) > KEYS_MAX:
        raise InvalidInput.field("settings", f"An app may not have more than {KEYS_MAX} settings.")
    return left


def limits_of(resource: object, customer: object) -> AppLimits:
    """Return the limits that the two settings of an app say, each as it is stored, or None.

    >>> limits_of({"daily": 3}, None).resource[Unit.DAY]
    3
    """
    return AppLimits(resource=_caps(resource), customer=_caps(customer))


def _caps(stored: object) -> Caps:
    if not isinstance(stored, dict):
        return {}
    return {_UNITS[period]: most for period, most in stored.items() if period in _UNITS}


def _check(given: Mapping[str, object]) -> None:
    errors: dict[str, list[str]] = {}
    name = given.get("name", "-")
    if not isinstance(name, str) or not name.strip():
        errors["name"] = ["The name field is required."]
    if not isinstance(given.get("disableEmail"), bool | None):
        errors["disableEmail"] = ["The disableEmail field must be true or false."]
    for key in _TEXTS:
        if not isinstance(given.get(key), str | None):
            errors[key] = [f"The {key.replace('_', ' ')} must be a string."]
    if errors:
        raise InvalidInput(errors)


def _limits(key: str, given: object) -> object:
    """Return limits under the names that are kept; refuse what is no number of bookings."""
    if given is None or given == []:
        return given or None
    words = key.replace("_", " ")
    if not isinstance(given, dict):
        raise InvalidInput.field(key, f"The {words} must be an object.")
    limits = {PERIODS.get(period, period): most for period, most in given.items()}
    for period, most in limits.items():
        wanted = most is None or (type(most) is int and most >= 0)
        if period not in PERIODS.values() or not wanted:
            message = f"The {words}.{period} must be a whole number of bookings by period."
            raise InvalidInput.field(f"{key}.{period}", message)
    return {period: most for period, most in limits.items() if most is not None}
