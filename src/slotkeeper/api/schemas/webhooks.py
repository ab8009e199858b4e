"""What requests about webhooks hold, and what their answers show."""

from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from slotkeeper.api.schemas.answers import Answer, Stamp
from slotkeeper.api.schemas.fields import Body, Document, Id, Text, Timestamp


def _nothing_for_empty(value: object) -> object:
    return None if value == "" else value


Method = Annotated[Text, AfterValidator(str.lower), Field(examples=["post"])]
Code = Annotated[int | None, BeforeValidator(_nothing_for_empty)]

_URL = Field(description="Absolute, http or https", examples=["https://hill.example/bookings"])
_CODE = Field(default=None, description="The status that counts as success; every 2xx unless given")
_HEADERS = Field(
    default=None,
    description="Headers to send along, texts by name",
    examples=[{"Authorization": "Bearer 1.21"}],
)


class CreateWebhook(Body):
    """A new webhook. The graphs and their states are those of bookings."""

    url: Text = _URL
    graph: Text = Field(examples=["instant"])
    state: Text = Field(examples=["confirmed"])
    method: Method | None = None
    enabled: bool | None = None
    expected_response_code: Code = _CODE
    headers: Document | None = _HEADERS


class UpdateWebhook(Body):
    """What changes of a webhook; what is left out stays."""

    url: Text | None = None
    graph: Text | None = None
    state: Text | None = None
    method: Method | None = None
    enabled: bool | None = None
    expected_response_code: Code = _CODE
    headers: Document | None = _HEADERS

    def changes(self) -> dict[str, Any]:
        """Return what the request holds; null lets every 2xx count as success again."""
        return self.given(clearable=frozenset({"expected_response_code"}))


class ReplayWebhook(Body):
    """What to send again."""

    since: Timestamp


class Meta(Answer):
    """What the server says."""

    message: str = Field(examples=["Webhook created with id 6c2b0f5e-1d4a-4e57-9a39-6f3d8a1b7e77"])


class Created(Answer):
    """That the webhook was made; what stands behind ``id`` at the end is its id."""

    meta: Meta


class ShownWebhook(Answer):
    """A webhook, and how its address is doing."""

    id: Id
    url: str
    graph: str
    state: str
    method: str
    enabled: bool
    expected_response_code: int | None
    headers: dict[str, str]
    failing_since: Stamp | None = Field(
        description="When the first attempt failed of those that no success has followed"
    )
    paused_at: Stamp | None = Field(
        description="Since when nothing is sent to the address, until it is resumed"
    )
    created_at: Stamp
    updated_at: Stamp


class DeliveryRequest(Answer):
    """What is sent. The body is made anew, of the booking as it was; signatures are left out."""

    url: str
    method: str
    body: str


class BareAttempt(Answer):
    """One attempt, and what came of it."""

    number: int
    started_at: Stamp
    milliseconds: int
    status: int | None = Field(description="The HTTP status of the answer, null without one")
    error: str | None = Field(description="Why it counts as failed, null where it does not")


class DeliveryAttempt(BareAttempt):
    """One attempt at a webhook, and what was answered."""

    excerpt: str = Field(description="The beginning of the answer, at most 1 000 characters")


class ShownDelivery(Answer):
    """One delivery to a webhook; ``id`` is what the target gets as ``webhook-id``."""

    id: Id
    kind: str = Field(description="`state` or `test`")
    status: str = Field(description="`waiting`, `delivered`, `failed` or `dropped`")
    booking_id: Id | None
    state: str | None = Field(description="The state that the booking entered")
    request: DeliveryRequest
    attempts: list[DeliveryAttempt] = Field(description="Oldest first")
    next_attempt_at: Stamp | None = Field(
        description="Null where none is to come, or the webhook is paused"
    )
    created_at: Stamp
    finished_at: Stamp | None


class ShownBookingDelivery(Answer):
    """One webhook or mail about a booking; what was said in it is left out."""

    id: Id
    channel: str = Field(description="`webhook` or `mail`")
    kind: str = Field(description="`state` or `reminder`")
    status: str = Field(description="`waiting`, `delivered`, `failed` or `dropped`")
    state: str | None = Field(description="The state in which the booking was")
    action: str | None = Field(description="The step that led to it, null for a reminder")
    letter: str | None = Field(description="Of a mail: its template")
    audience: str | None = Field(description="Of a mail: `customer` or `owner`")
    webhook_id: Id | None = Field(
        description="Of a webhook: which one of the app; null for one of the booking or a reminder"
    )
    url: str | None = Field(description="Of a webhook: where to, without password and query")
    method: str | None = Field(description="Of a webhook: `post` or `get`")
    next_attempt_at: Stamp | None = Field(
        description="Null where none is to come, or the webhook is paused"
    )
    created_at: Stamp
    finished_at: Stamp | None
    attempts: list[BareAttempt] = Field(description="Oldest first")


class Replayed(Answer):
    """How many deliveries will be made again."""

    replayed: int


class SentTest(Answer):
    """The delivery that the test is; the log of the webhook tells what came of it."""

    id: Id
