"""What mails need: whether the mail server is there and lets this installation in."""

import asyncio

from slotkeeper.cli.failures import Failure
from slotkeeper.notifications.post import PostRefused
from slotkeeper.notifications.smtp import SmtpPost
from slotkeeper.notifications.smtp_address import SmtpAddress, Tls
from slotkeeper.settings import Settings

_SECONDS_MAX = 10.0
"""How long the mail server may take to let us in."""


def mail(settings: Settings) -> str:
    """Tell where mails go, and whether the mail server takes the login; sends nothing."""
    if settings.smtp_url is None:
        return f"no mail server is set; mails are kept in {settings.mail_folder.absolute()}"
    address = SmtpAddress.parse(settings.smtp_url)
    try:
        asyncio.run(_log_in(address))
    except PostRefused as refused:
        raise Failure(f"{refused.reason}; see SLOTKEEPER_SMTP_URL") from None
    entry = f"takes the login of {address.user}" if address.user else "can be reached"
    safely = "without encryption" if address.tls is Tls.NONE else "with TLS"
    return f"{address.host}:{address.port} {entry}, {safely}"


async def _log_in(address: SmtpAddress) -> None:
    async with SmtpPost(address, seconds_max=_SECONDS_MAX) as post:
        await post.check()
