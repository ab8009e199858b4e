"""What counts as an e-mail address."""

LENGTH_MAX = 254
"""The longest address that mail can carry (RFC 5321)."""


def is_email(text: str) -> bool:
    """Tell whether ``text`` has one @ with something on both sides, and no white space.

    More would refuse addresses that work; whether mail arrives, only mail can tell.

    >>> is_email("doc@example.com"), is_email("doc@@example.com"), is_email("doc brown@x.org")
    (True, False, False)
    """
    name, _, host = text.partition("@")
    has_both = bool(name and host) and "@" not in host
    is_sane = not host.startswith(".") and not host.endswith(".")
    return has_both and is_sane and len(text) <= LENGTH_MAX and not any(map(str.isspace, text))


def can_get_mail(text: str) -> bool:
    """Tell whether an address can stand in the head of a mail, and mean itself alone there.

    >>> can_get_mail("doc@example.com"), can_get_mail("doc@example.com,marty")
    (True, False)
    """
    host = text.rpartition("@")[2]
    return is_email(text) and text.isprintable() and not set(host) & set('<>()[],;:\\"')
