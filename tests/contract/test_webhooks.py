"""What receivers of webhooks have written their programs against: committed, and compared."""

import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from tests.support.snapshots import same_json

from slotkeeper.domain.webhook import sample_booking
from slotkeeper.notifications.webhook import Address, Seal, call
from slotkeeper.notifications.webhook_body import Told, told

SNAPSHOT = Path(__file__).parent / "snapshots" / "webhook.json"
NOW = datetime(2030, 5, 6, 8, tzinfo=UTC)


def test_a_webhook_is_what_it_was() -> None:
    content = told(Told(booking=sample_booking("instant", "confirmed", at=NOW)))
    seal = Seal(delivery_id=UUID(int=9), at=int(NOW.timestamp()), secret="a secret of an app")
    request = call(Address(url="https://hill.example/bookings"), content, seal)
    headers = {name: text for name, text in request.headers.items() if name != "User-Agent"}
    shown = {
        "method": request.method,
        "url": request.url,
        "headers": headers,
        "body": json.loads(request.body),
        "body_as_sent": request.body.decode(),
    }
    same_json(SNAPSHOT, shown)
