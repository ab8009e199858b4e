"""Which addresses outgoing requests may reach, told by the address that a socket would be for."""

import socket
from ipaddress import ip_address

import pytest

from slotkeeper.notifications.guard import AllowedHosts, Guard, Refused, kind_of

INSIDE = """
0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.100.100.200 127.0.0.1 127.255.255.254
168.63.129.16 169.254.0.1 169.254.169.254 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255
198.18.0.1 198.19.255.255
:: ::1 fc00::1 fd00:ec2::254 fdff:ffff::1 fe80::1 fe80::1%lo febf::1 fec0::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0.0.0.0
2002:7f00:1:: 2002:a00:1::5 2002:c0a8:101:: 2002:a9fe:a9fe::
64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::169.254.169.254
2001:0:7f00:1::1 2001:0:808:808:0:0:80ff:fffe
"""
OUTSIDE = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
168.63.129.15 168.63.129.17 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0
192.167.255.255 192.169.0.0 198.17.255.255 198.20.0.0 223.255.255.255
2600:: 2a00:1450:4001:80b::200e 2001:4860:4860::8888 2606:4700:4700::1111
::ffff:8.8.8.8 2002:808:808:: 64:ff9b::8.8.8.8 2001:0:808:808:0:0:f7f7:f7f7
"""
ELSEWHERE = {
    "multicast": "224.0.0.1 239.255.255.255 ff02::1 ff0e::1 ::ffff:224.0.0.1",
    "reserved": """
        192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1 198.51.100.1 203.0.113.1 240.0.0.1
        255.255.255.255 ::2 ::127.0.0.1 100::1 64:ff9b:1::1 2001:2::1 2001:10::1 2001:db8::1
        3fff::1 4000::1 5f00::1
        """,
}


@pytest.mark.parametrize("text", INSIDE.split())
def test_what_lies_inside_is_private(text: str) -> None:
    assert kind_of(ip_address(text)) == "private"
    assert Guard().refusal_of(text) == "private"


@pytest.mark.parametrize("text", OUTSIDE.split())
def test_what_is_public_may_be_reached(text: str) -> None:
    assert kind_of(ip_address(text)) is None
    assert Guard().refusal_of(text) is None


@pytest.mark.parametrize(
    ("text", "kind"), [(text, kind) for kind, texts in ELSEWHERE.items() for text in texts.split()]
)
def test_what_leads_to_nobody_is_told_apart(text: str, kind: str) -> None:
    assert Guard().refusal_of(text) == kind


def test_a_socket_is_made_for_public_addresses_only() -> None:
    """Whatever name stood there, and whatever it led to a moment ago."""
    stream = (socket.SOCK_STREAM, socket.IPPROTO_TCP, "name.example.com")
    guard = Guard()

    with guard.socket_for((socket.AF_INET, *stream, ("8.8.8.8", 443))) as made:
        assert made.family == socket.AF_INET
    for family, target in (
        (socket.AF_INET, ("127.0.0.1", 443)),
        (socket.AF_INET6, ("::ffff:7f00:1", 443, 0, 0)),
        (socket.AF_INET6, ("fe80::1%lo", 443, 0, 1)),
    ):
        with pytest.raises(Refused, match="a private address"):
            guard.socket_for((family, *stream, target))


def test_an_operator_allows_addresses_and_networks() -> None:
    guard = Guard(AllowedHosts.parse("10.1.0.0/16, 127.0.0.1,fd12::/16"))

    for text in ("10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3", "fd12::7"):
        assert guard.refusal_of(text) is None, text
    for text in ("10.2.0.1", "127.0.0.2", "fd13::7", "2002:a01:203::", "169.254.169.254"):
        assert guard.refusal_of(text) is not None, text


def test_an_operator_allows_names() -> None:
    allowed = AllowedHosts.parse("Hooks.Internal, n8n,bücher.example,my_service.local.")

    for host in ("hooks.internal", "HOOKS.internal.", "n8n", "xn--bcher-kva.example"):
        assert allowed.has_name(host), host
    assert allowed.has_name("my_service.local")
    for host in ("a.hooks.internal", "internal", "hooks", "n8n.example.com", ""):
        assert not allowed.has_name(host), host


@pytest.mark.parametrize(
    "text",
    [
        *("", "a.example.com,", "10.0.0.1/8", "a b", "http://a.example.com", "a:80", "*"),
        *("127.1", "0x7f.1", "256.1.1.1", "-", "a..b", "[::1]"),
    ],
)
def test_what_is_neither_name_nor_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is neither a host name nor an address or a network"):
        AllowedHosts.parse(text)
