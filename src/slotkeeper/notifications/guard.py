"""Which addresses outgoing requests may reach: those of the public Internet, and those allowed.

Whoever writes the address of a webhook chooses where this server connects to. Without a guard
that opens the operator's own network to them: databases without passwords, routers, the
metadata service of a cloud with its credentials.

The guard looks at the address that a socket is about to connect to, after every notation has
been read and every name looked up. What looks at text before that, or at answers of DNS alone,
is passed by ``2130706433``, by ``0x7f.1`` and by a name that changes its mind.
"""

import errno
import re
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Any, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
AddressInfo: TypeAlias = tuple[int, int, int, str, tuple[Any, ...]]
"""What ``getaddrinfo`` tells of one address: family, type, protocol, name, socket address."""

SocketFactory: TypeAlias = Callable[[AddressInfo], socket.socket]

_V4: Sequence[tuple[IPv4Network, str]] = [
    (IPv4Network(network), kind)
    for network, kind in (
        ("0.0.0.0/8", "private"),  # this machine, on Linux
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "private"),  # behind a provider's address translation
        ("127.0.0.0/8", "private"),
        ("168.63.129.16/32", "private"),  # public by its number; inside Azure the host's own
        ("169.254.0.0/16", "private"),  # link-local, and the metadata services of most clouds
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "reserved"),
        ("192.0.2.0/24", "reserved"),
        ("192.88.99.0/24", "reserved"),
        ("192.168.0.0/16", "private"),
        ("198.18.0.0/15", "private"),  # for measurements, inside
        ("198.51.100.0/24", "reserved"),
        ("203.0.113.0/24", "reserved"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),  # with the broadcast address
    )
]
_V6: Sequence[tuple[IPv6Network, str]] = [
    (IPv6Network(network), kind)
    for network, kind in (
        ("::/127", "private"),  # unspecified, which is this machine on Linux, and loopback
        ("fc00::/7", "private"),
        ("fe80::/10", "private"),
        ("fec0::/10", "private"),
        ("ff00::/8", "multicast"),
        ("2001::/23", "reserved"),
        ("2001:db8::/32", "reserved"),
        ("3fff::/20", "reserved"),
    )
]
_V6_IN_USE = IPv6Network("2000::/3")
"""All that has been given out so far; whatever lies elsewhere leads to nobody on the Internet."""

_NAT64 = IPv6Network("64:ff9b::/96")


_LABEL = r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?"
_NAME = re.compile(rf"{_LABEL}(\.{_LABEL})*")


class Refused(OSError):
    """The address that a socket should be for may not be reached; ``kind`` says what it is."""

    def __init__(self, kind: str) -> None:
        # The text is the same for every address of a kind, so that several make one error.
        super().__init__(errno.EACCES, f"a {kind} address")
        self.kind = kind


@dataclass(frozen=True, slots=True)
class AllowedHosts:
    """What an operator lets outgoing requests reach although it is not public."""

    names: frozenset[str] = frozenset()
    networks: Sequence[Network] = ()

    @classmethod
    def parse(cls, text: str | None) -> "AllowedHosts":
        """Read host names, addresses and networks with commas between them; None is nothing.

        Raises ValueError, with a sentence, for what is none of these.

        >>> AllowedHosts.parse("hooks.internal, 10.1.0.0/16").has_name("Hooks.Internal.")
        True
        """
        names, networks = [], []
        for entry in [] if text is None else map(str.strip, text.split(",")):
            if (network := _network(entry)) is not None:
                networks.append(network)
            else:
                names.append(_name(entry))
        return cls(frozenset(names), tuple(networks))

    def has_name(self, host: str) -> bool:
        """Tell whether a host is named, wherever its name leads; case does not count."""
        return host.rstrip(".").lower() in self.names

    def has_address(self, address: Address) -> bool:
        """Tell whether an address, or the network that it lies in, is named."""
        return any(address in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Guard:
    """Makes sockets for connections to the public Internet and to allowed networks only."""

    allowed: AllowedHosts = AllowedHosts()

    def socket_for(self, info: AddressInfo) -> socket.socket:
        """Return a socket for the connection to this address; raises Refused."""
        family, type_, protocol, _, target = info
        if (kind := self.refusal_of(str(target[0]))) is not None:
            raise Refused(kind)
        return socket.socket(family, type_, protocol)

    def refusal_of(self, text: str) -> str | None:
        """Return why an address may not be reached, ``private`` or so, or None where it may.

        >>> Guard().refusal_of("::ffff:127.0.0.1")
        'private'
        """
        address = ip_address(text)
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped  # the same connection, written otherwise
        return None if self.allowed.has_address(address) else kind_of(address)


def kind_of(address: Address) -> str | None:
    """Return what an address is that is not public: private, multicast or reserved; else None.

    An IPv6 address that stands for an IPv4 one is what that is.
    """
    if isinstance(address, IPv4Address):
        return next((kind for network, kind in _V4 if address in network), None)
    within = list(_embedded(address))
    if within:
        return next((kind for each in within if (kind := kind_of(each)) is not None), None)
    found = next((kind for network, kind in _V6 if address in network), None)
    return found or (None if address in _V6_IN_USE else "reserved")


def _embedded(address: IPv6Address) -> Iterable[IPv4Address]:
    """Yield the IPv4 addresses that a translator or tunnel would send on to."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield from address.teredo
    if address in _NAT64:
        yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _network(text: str) -> Network | None:
    try:
        return ip_network(text)
    except ValueError:
        return None


def _name(text: str) -> str:
    """Return a host name as requests carry it; raises ValueError."""
    try:
        name = text.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name) or name.rpartition(".")[2].isdigit():
        raise ValueError(f"{text!r} is neither a host name nor an address or a network")
    return name
