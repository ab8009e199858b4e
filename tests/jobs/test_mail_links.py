"""Links in the mails of a real server lead to where it listens, whichever port that is."""

import asyncio
import email
import email.policy
import re
from email.message import EmailMessage
from pathlib import Path

import httpx

from tests.support.server import Server, serving


async def test_links_lead_to_the_port_that_was_taken(tmp_path: Path) -> None:
    with serving(tmp_path / "data") as server:
        key = server.new_app("Hill Valley").api_key
        async with httpx.AsyncClient(base_url=f"{server.url}/v2", auth=("", key)) as http:
            person = {"name": "Doc", "email": "doc@example.com", "timezone": "UTC"}
            made = (await http.post("/resources", json=person)).json()["data"]
            booking = {
                **{"resource_id": made["id"], "graph": "instant", "what": "Consultation"},
                **{"start": "2030-05-06T09:00:00Z", "end": "2030-05-06T10:00:00Z"},
                "customer": {"name": "Marty", "email": "marty@example.com"},
            }
            assert (await http.post("/bookings", json=booking)).status_code == 201
        mails = await written(server, count=2)
    sites = {link for mail in mails for link in re.findall(r"http://[^/\s]+", mail)}
    assert sites == {server.url}


async def written(server: Server, *, count: int) -> list[str]:
    """Return the texts of the mails in the data folder, once there are so many."""
    folder = server.data_dir / "mails"
    for _ in range(200):
        if len(found := list(folder.glob("*.eml"))) >= count:
            return [text_of(each.read_bytes()) for each in found]
        await asyncio.sleep(0.1)
    raise AssertionError(f"not {count} mails came: {list(folder.iterdir())}")


def text_of(mail: bytes) -> str:
    message = email.message_from_bytes(mail, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())
