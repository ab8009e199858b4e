"""Addresses of other sites that a page or a mail may lead to."""

from urllib.parse import urlsplit

ADDRESS_CHARACTERS_MAX = 2_000
"""The longest address that a page leads to."""


def is_of_page(address: str) -> bool:
    r"""Tell whether browsers open ``address`` as a page of the web, and of the host that it shows.

    >>> is_of_page("https://shop.example.com/thanks?order=7")
    True
    >>> any(map(is_of_page, ("javascript:alert(1)", "//evil.example", "https:\\x.example")))
    False
    """
    if len(address) > ADDRESS_CHARACTERS_MAX or "\\" in address or " " in address:
        return False
    try:
        parts = urlsplit(address)
        port_is_one = parts.port != 0
    except ValueError:
        return False
    host_shows = bool(parts.hostname) and parts.netloc.isascii() and "@" not in parts.netloc
    web = parts.scheme in ("http", "https")
    return web and host_shows and port_is_one and address.isprintable()
