"""What requests about apps, keys and credentials hold, and what their answers show."""

from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from slotkeeper.api.schemas.answers import Answer, Stamp, Time
from slotkeeper.api.schemas.fields import Body, Document, Id, Text, Timestamp, Title
from slotkeeper.domain.app import KeyKind, Role, TokenKind
from slotkeeper.domain.passwords import LENGTH_MAX


def _as_texts(value: object) -> object:
    """Take one text for a list of it; older clients send scopes and referrers so."""
    return [value] if isinstance(value, str) else value


Texts = Annotated[
    list[Annotated[Text, Field(max_length=2000)]],
    BeforeValidator(_as_texts),
    Field(max_length=50),
]


class LogIn(Body):
    """Who somebody is. Other keys are ignored; older clients send an id along."""

    email: Text = Field(max_length=1000, examples=["doc@example.com"])
    password: Text = Field(max_length=LENGTH_MAX)


class ShownLogIn(Answer):
    """A person who logged in, with the token to call as that person."""

    id: Id
    first_name: str
    last_name: str | None
    name: str
    email: str
    image: str | None
    activated: bool
    timezone: str
    last_sync: str | None
    token_generated_at: Stamp
    api_token: str


class AppSettings(Body):
    """Settings of an app: in an object ``settings``, or each by itself. Any key will do."""

    model_config = ConfigDict(extra="allow")

    settings: Document | None = Field(
        default=None, examples=[{"name": "Hill Valley", "disableEmail": True}]
    )

    def given_settings(self) -> dict[str, Any]:
        """Return every setting that the request holds; those in the object count first."""
        flat = {key: value for key, value in (self.model_extra or {}).items() if key not in _FIXED}
        return {**flat, **(self.settings or {})}


_FIXED = frozenset(
    {
        *("id", "slug", "role", "test_mode", "creator_resource_id", "webhook_secret"),
        *("api_trial_expires_at", "created_at", "updated_at", "app_token", "widget_token"),
    }
)
"""What an app has beside its settings; it cannot be set, and clients send it back."""


class CreateApp(AppSettings):
    """A new app: a name, and settings."""

    name: Title
    test_mode: bool = Field(default=False, description="Whether it is a test app, for good")

    def given_settings(self) -> dict[str, Any]:
        """Return every setting that the request holds, the name among them."""
        return {**super().given_settings(), "name": self.name}


class UpdateApp(AppSettings):
    """What changes of an app's settings; null takes one away, and what is left out stays."""


class ShownApp(Answer):
    """An app."""

    id: Id
    slug: str
    settings: dict[str, Any]
    test_mode: bool
    role: Role = Field(description="What the caller is in the app")
    creator_resource_id: Id | None
    webhook_secret: str | None = Field(description="Only for who manages the app")
    api_trial_expires_at: str | None = Field(description="Always null: there are no trials")
    app_token: str | None = Field(
        default=None, description="With `include=app_token`, for who manages the app"
    )
    widget_token: str | None = Field(
        default=None, description="With `include=widget_token`, for who manages the app"
    )
    created_at: Stamp
    updated_at: Stamp


class CreateKey(Body):
    """One more key."""

    name: Title = Field(examples=["Web server"])
    kind: KeyKind = Field(
        default=KeyKind.API,
        description="`api` reaches everything of the app, `widget` is for pages",
    )


class ShownKey(Answer):
    """A key, without its text."""

    id: Id
    kind: KeyKind
    name: str
    created_at: Stamp
    last_used_at: Stamp | None = Field(description="To the minute")
    revoked_at: Stamp | None


class ShownNewKey(ShownKey):
    """A key that was just made."""

    key: str = Field(description="Told only now")


class ShownSecret(Answer):
    """The secret that signs webhooks."""

    webhook_secret: str


class CreateCredential(Body):
    """A new token for a resource."""

    type: TokenKind
    scopes: Texts = Field(description="`global` for a server-token, `widget` for a client-token")
    description: Text = Field(max_length=1000, examples=["Token of the shop's site"])
    referrer: Texts | None = Field(
        default=None, description="Sites whose pages may use a client-token; any unless given"
    )
    expires: Timestamp | None = Field(
        default=None, description="When it ends; in a year unless given"
    )
    resource_id: Id | None = Field(default=None, description="Whose; needed with the app key")


class ShownCredential(Answer):
    """A token of a resource."""

    id: Id
    resource_id: Id
    type: TokenKind
    description: str
    token: str
    scopes: list[str]
    referrer: list[str]
    expires: Time
    token_generated_at: Time
    last_used_at: Time | None = Field(description="To the minute")
