"""What requests about widgets of the first version hold, and what their answers show."""

from typing import Any

from pydantic import Field

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import Body, Document, Id, Title
from slotkeeper.api.schemas.projects import Slug

_CONFIG_EXAMPLE = {"bookingGraph": "instant", "timekitFindTime": {"length": "1 hour"}}


class UpdateWidget(Body):
    """What changes of a widget; a configuration that is given replaces the stored one."""

    name: Title | None = None
    slug: Slug | None = None
    config: Document | None = Field(default=None, examples=[_CONFIG_EXAMPLE])


class CreateWidget(UpdateWidget):
    """A new widget."""

    name: Title
    config: Document = Field(examples=[_CONFIG_EXAMPLE])


class ShownWidget(Answer):
    """A widget of the first version."""

    id: Id
    name: str
    slug: str
    config: dict[str, Any]
    created_at: Stamp
    updated_at: Stamp


class PublicWidget(Answer):
    """What a page needs of a widget of the first version."""

    id: Id
    slug: str
    config: dict[str, Any]
