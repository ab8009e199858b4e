"""What is asked for when somebody books, and what a project adds to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from slotkeeper.domain.booking import Customer
from slotkeeper.domain.errors import InvalidInput
from slotkeeper.domain.graphs import BOOKABLE, GRAPHS, Graph
from slotkeeper.domain.project import Project

Value = TypeVar("Value")

LENGTH_MAX = timedelta(days=366)
"""The longest booking."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A booking as it was asked for; None means "as the project says"."""

    start: datetime
    end: datetime
    resource_id: UUID | None = None
    project_id: UUID | None = None
    graph: str | None = None
    action: str | None = None
    what: str | None = None
    where: str | None = None
    description: str | None = None
    calendar_id: UUID | None = None
    customer: Customer | None = None
    participants: Sequence[str] | None = None
    settings: Mapping[str, object] = field(default_factory=dict)
    meta: Mapping[str, object] = field(default_factory=dict)

    def completed(self, project: Project) -> "Order":
        """Return the order with what it leaves open taken from the project.

        What the order says counts first, also key by key within settings and metadata. The
        name of the project stands in for a title.
        """
        stored = project.booking
        allowed = {"allow_double_bookings": True} if project.allow_double_bookings else {}
        return replace(
            self,
            graph=self.graph or _text(stored, "graph"),
            action=self.action or _text(stored, "action"),
            what=_first(self.what, _text(stored, "what"), project.name),
            where=_first(self.where, _text(stored, "where")),
            description=_first(self.description, _text(stored, "description")),
            participants=_first(self.participants, _texts(stored, "participants")),
            settings={**allowed, **_object(stored, "settings"), **self.settings},
            meta={**_object(stored, "meta"), **self.meta},
        )

    def checked(self) -> Graph:
        """Return the graph of the order; refuse one that lacks what the graph needs.

        Every missing field is named at once.
        """
        errors: dict[str, list[str]] = {}
        if self.resource_id is None and self.project_id is None:
            errors["resource_id"] = ["The resource id field is required."]
        if self.what is None:
            errors["what"] = ["The what field is required."]
        graph = GRAPHS[self.graph] if self.graph in BOOKABLE else None
        if self.graph is None:
            errors["graph"] = ["The graph field is required."]
        elif graph is None:
            errors["graph"] = ["graph is invalid"]
        elif graph.needs_customer and self.customer is None:
            errors["customer"] = ["The customer field is required."]
        if errors or graph is None:
            raise InvalidInput(errors)
        check_interval(self.start, self.end)
        return graph


def check_interval(start: datetime, end: datetime) -> None:
    """Refuse a booking that ends before it starts, or that is longer than a year."""
    if end <= start:
        raise InvalidInput({"end": ["The end must be a date after start."]})
    if end - start > LENGTH_MAX:
        raise InvalidInput({"end": [f"A booking may not be longer than {LENGTH_MAX.days} days."]})


def _first(*values: Value | None) -> Value | None:
    return next((value for value in values if value is not None), None)


def _text(stored: Mapping[str, object], key: str) -> str | None:
    value = stored.get(key)
    return value if isinstance(value, str) else None


def _texts(stored: Mapping[str, object], key: str) -> Sequence[str] | None:
    value = stored.get(key)
    return [str(each) for each in value] if isinstance(value, list) else None


def _object(stored: Mapping[str, object], key: str) -> Mapping[str, object]:
    value = stored.get(key)
    return value if isinstance(value, dict) else {}
