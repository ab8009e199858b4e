"""All that works beside the requests, as an installation puts it together."""

import asyncio
from dataclasses import replace
from pathlib import Path

from slotkeeper.bootstrap import make_jobs, make_parts
from slotkeeper.jobs.loop import at_work
from slotkeeper.services.vault import Vault
from slotkeeper.settings import Settings
from tests.jobs.conftest import House
from tests.notifications.mail_servers import mail_server
from tests.services.shop import at
from tests.support.receivers import target

# As many mails as there are places, five to each reader, due before everything else.
_MAILS = """
INSERT INTO deliveries (app_id, id, announcement, booking_id, channel, target, letter, audience,
    due_at, created_at)
SELECT app_id, gen_random_uuid(), announcement, NULL, channel, md5((n / 5)::text)::uuid, letter,
    audience, due_at - interval '1 hour', created_at
FROM (SELECT * FROM deliveries WHERE channel = 'mail' AND audience = 'customer') AS known,
    generate_series(0, 299) AS n
"""

_UNDER_WAY = "SELECT count(*) >= 200 AS all_places FROM deliveries WHERE attempts = 1"


async def test_a_mail_server_that_hangs_holds_up_no_webhook(house: House, tmp_path: Path) -> None:
    await house.within(lambda shop: shop.book(house.resource_id, at(9), at(10)))
    house.rows(_MAILS)
    async with mail_server(hangs_at="RCPT") as post, target() as hears:
        post.answers["RCPT"] = lambda _: None
        house.listen(f"{hears.url}/hook", "confirmed")
        parts = make_parts(
            Settings(
                _env_file=None,
                data_dir=tmp_path,
                secret_key="a secret key for tests alone, 2030",
                smtp_url=f"smtp://127.0.0.1:{post.port}?tls=none",
                outgoing_hosts="127.0.0.1",
            ),
            house.url,
            clock=house.clock,
        )
        await parts.database.open()
        parts = replace(parts, vault=Vault("for tests"))  # what the house is sealed with
        async with at_work(*make_jobs(parts)):
            await until_it_hangs(house)
            await house.within(lambda shop: shop.book(house.resource_id, at(11), at(12)))
            await hears.until(1, seconds=5)
        await parts.database.close()
        assert post.mails == []


async def until_it_hangs(house: House) -> None:
    """Wait until every place for mails is taken."""
    for _ in range(200):
        if house.rows(_UNDER_WAY) == [{"all_places": True}]:
            return
        await asyncio.sleep(0.1)
    raise AssertionError("there are places left")
