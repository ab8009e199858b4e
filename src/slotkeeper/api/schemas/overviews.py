"""What the answers about dates and counts show."""

import datetime

from slotkeeper.api.schemas.answers import Answer
from slotkeeper.api.schemas.fields import Id


class ShownDate(Answer):
    """A date with at least one slot."""

    date: datetime.date
    resources: list[Id]


class ShownCount(Answer):
    """How many slots there are."""

    total: int
