"""What becomes of outgoing requests, to real targets of every kind of manners."""

import asyncio
import gzip
import socket
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import trustme

from slotkeeper import __version__
from slotkeeper.notifications import http
from slotkeeper.notifications.guard import AllowedHosts
from slotkeeper.notifications.http import HttpCall, HttpSender
from tests.notifications.targets import Target, Visit, target

HERE = AllowedHosts.parse("127.0.0.1")
BRIEFLY = 0.3
"""Seconds after which a sender gives up, where a test waits for that."""


@pytest.fixture
async def sender() -> AsyncIterator[HttpSender]:
    """A sender that may reach this machine at one address."""
    async with HttpSender(HERE) as sender:
        yield sender


@pytest.fixture
async def hasty() -> AsyncIterator[HttpSender]:
    async with HttpSender(HERE, seconds_max=BRIEFLY) as sender:
        await sender.send(HttpCall(url="http://127.0.0.1:1"))  # what it imports takes longer
        yield sender


@pytest.fixture
async def strict() -> AsyncIterator[HttpSender]:
    """A sender that may reach nothing but the Internet."""
    async with HttpSender() as sender:
        yield sender


def to(target: Target, host: str = "127.0.0.1") -> HttpCall:
    return HttpCall(url=f"http://{host}:{target.port}/hook", body=b"{}")


async def test_a_request_arrives_as_it_was_given(sender: HttpSender) -> None:
    async with target() as hook:
        call = HttpCall(
            url=f"http://127.0.0.1:{hook.port}/hook?a=%2B%20&b=1",
            method="POST",
            headers={"Content-Type": "application/json", "X-Timekit-Signature": "abc"},
            body=b'{"url":"https:\\/\\/x"}',
        )
        result = await sender.send(call)

    assert (result.status, result.error, result.excerpt) == (200, None, "ok")
    assert 0 <= result.milliseconds < 5000
    head, _, body = hook.requests[0].partition(b"\r\n\r\n")
    line, *headers = head.decode().split("\r\n")
    assert body == b'{"url":"https:\\/\\/x"}'
    assert line == "POST /hook?a=%2B%20&b=1 HTTP/1.1"
    assert dict(header.split(": ", 1) for header in headers) == {
        "Host": f"127.0.0.1:{hook.port}",
        "Content-Type": "application/json",
        "X-Timekit-Signature": "abc",
        "User-Agent": f"Slotkeeper/{__version__}",
        "Accept": "*/*",
        "Accept-Encoding": "identity",
        "Content-Length": "21",
    }


async def test_a_get_has_no_body(sender: HttpSender) -> None:
    async with target() as hook:
        await sender.send(HttpCall(url=f"http://127.0.0.1:{hook.port}/", method="GET"))

    assert hook.requests[0].startswith(b"GET / HTTP/1.1\r\n")
    assert b"content-length" not in hook.requests[0].lower()


@pytest.mark.parametrize("status", ["204 No Content", "404 Not Found", "410 Gone", "500 Oh no"])
async def test_a_status_is_an_answer_and_no_error(sender: HttpSender, status: str) -> None:
    async def answer(visit: Visit) -> None:
        await visit.say(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())

    async with target(answer) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error) == (int(status[:3]), None)


async def test_connections_are_kept(sender: HttpSender) -> None:
    async with target() as hook:
        for _ in range(3):
            await sender.send(to(hook))
        assert (len(hook.requests), hook.connections) == (3, 1)


async def test_cookies_are_not_kept(sender: HttpSender) -> None:
    async def answer(visit: Visit) -> None:
        await visit.answer(b"", headers="Set-Cookie: a=1\r\n")

    async with target(answer) as hook:
        await sender.send(to(hook))
        await sender.send(to(hook))

    assert not any(b"cookie" in request.lower() for request in hook.requests)


async def test_proxies_of_the_environment_are_not_used(
    sender: HttpSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with target() as hook, target() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        result = await sender.send(to(hook))

    assert (result.status, len(hook.requests), len(proxy.requests)) == (200, 1, 0)


# What may not be reached


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "0.0.0.0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:0:0:1]",
        "2130706433",
        "127.1",
        "127.0.1",
        "0177.0.0.1",
        "017700000001",
        "0x7f.0.0.1",
        "0x7f.1",
        "0x7f000001",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "localhost.",
        "user:pass@127.0.0.1",
        "8.8.8.8@127.0.0.1",
        "①②⑦.⓪.⓪.①",
        "127。0。0。1",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1%25lo]",
    ],
)
async def test_no_notation_leads_inside(strict: HttpSender, host: str) -> None:
    async with target(host="") as hook:  # on every address of this machine
        result = await strict.send(to(hook, host))

    assert hook.connections == 0
    assert result.status is None
    assert result.error is not None
    assert result.error.startswith(("refused: ", "this address cannot", "name not found")), result


async def test_refusals_say_what_was_refused(strict: HttpSender) -> None:
    async def error_of(url: str) -> str | None:
        return (await strict.send(HttpCall(url=url))).error

    assert await error_of("http://127.0.0.1/") == "refused: 127.0.0.1 is a private address"
    assert await error_of("https://[fd00::1]/") == "refused: fd00::1 is a private address"
    assert await error_of("http://224.0.0.1/") == "refused: 224.0.0.1 is a multicast address"
    assert await error_of("http://localhost/") == "refused: localhost leads to a private address"
    assert await error_of("http://127.1/") == "this address cannot be used"


async def test_the_name_of_this_machine_leads_inside(strict: HttpSender) -> None:
    """A name that the operator's own resolver answers, and no list of words would hold."""
    try:
        socket.getaddrinfo(name := socket.gethostname(), None)
    except socket.gaierror:
        pytest.skip("this machine does not know its own name")
    async with target(host="") as hook:
        result = await strict.send(to(hook, name))

    assert (result.error, hook.connections) == (
        f"refused: {name.lower()} leads to a private address",
        0,
    )


async def test_a_host_allowed_by_name_is_reached_by_that_name_only() -> None:
    async with target() as hook, HttpSender(AllowedHosts.parse("localhost")) as sender:
        by_name = await sender.send(to(hook, "LocalHost"))
        by_address = await sender.send(to(hook, "127.0.0.1"))

    assert (by_name.status, by_name.error) == (200, None)
    assert by_address.error == "refused: 127.0.0.1 is a private address"


async def test_a_name_that_leads_into_an_allowed_network_is_reached() -> None:
    async with target() as hook, HttpSender(AllowedHosts.parse("127.0.0.0/8, ::1")) as sender:
        result = await sender.send(to(hook, "localhost"))

    assert (result.status, result.error) == (200, None)


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "307 Temporary", "308 Permanent"])
async def test_redirects_are_not_followed(sender: HttpSender, status: str) -> None:
    async with target() as inside:

        async def redirect(visit: Visit) -> None:
            location = f"Location: http://127.0.0.1:{inside.port}/\r\n"
            await visit.answer(b"this way", status=status, headers=location)

        async with target(redirect) as hook:
            result = await sender.send(to(hook))

        assert (result.status, result.error) == (int(status[:3]), None)
        assert result.excerpt == "this way"
        assert (len(hook.requests), inside.connections) == (1, 0)


@pytest.mark.parametrize(
    "url",
    [
        *("", "example.com", "//example.com", "/hook", "ftp://example.com", "file:///etc/passwd"),
        *("gopher://127.0.0.1:70/_x", "ws://example.com", "http://", "http:///hook", "http:hook"),
        *("http://[::1", "http://a:99999/", "http://a:b/", "http://\x00/", "http://a b/"),
        *("unix:///tmp/x", "tcp://127.0.0.1:80", "http://" + "a" * 300 + ".com/", "http://.../"),
    ],
)
async def test_an_address_that_is_none_ends_in_an_error(strict: HttpSender, url: str) -> None:
    result = await strict.send(HttpCall(url=url))

    assert result.status is None
    assert result.error


async def test_headers_cannot_smuggle_a_second_request(sender: HttpSender) -> None:
    async with target() as hook:
        for headers in ({"X-A": "1\r\n\r\nGET /other HTTP/1.1"}, {"X\r\nY": "1"}, {"X": "\x00"}):
            result = await sender.send(replace(to(hook), headers=headers))
            assert result.status is None
            assert result.error is not None
        result = await sender.send(replace(to(hook), method="GET /other HTTP/1.1\r\nX:"))
        assert result.error is not None
        assert hook.requests == []


# Targets of bad manners


async def test_a_target_that_hangs_runs_into_the_time_out(hasty: HttpSender) -> None:
    async def hang(visit: Visit) -> None:
        await asyncio.sleep(60)

    async with target(hang) as hook:
        result = await hasty.send(to(hook))

    assert (result.status, result.error) == (None, "time-out after 0.3 s")
    assert BRIEFLY * 1000 <= result.milliseconds < 2000


async def test_a_target_that_never_shakes_hands_runs_into_the_time_out(hasty: HttpSender) -> None:
    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await hasty.send(HttpCall(url=f"https://127.0.0.1:{port}/"))

    assert (result.status, result.error) == (None, "time-out after 0.3 s")


async def test_a_target_that_takes_no_connection_runs_into_the_time_out(hasty: HttpSender) -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        port = full.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)):  # all the place there is
            result = await hasty.send(HttpCall(url=f"http://127.0.0.1:{port}/"))

    assert (result.status, result.error) == (None, "time-out after 0.3 s")


async def test_an_answer_that_drips_does_not_last(hasty: HttpSender) -> None:
    async def drip(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            await visit.say(b".")
            await asyncio.sleep(0.02)

    async with target(drip) as hook:
        result = await hasty.send(to(hook))

    assert result.status == 200
    assert result.error == "time-out after 0.3 s: the answer did not end"
    assert set(result.excerpt) == {"."}
    assert result.milliseconds < 2000


async def test_headers_that_drip_do_not_last(hasty: HttpSender) -> None:
    async def drip(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\n")
        for number in range(100):
            await visit.say(b"X-%d: 1\r\n" % number)
            await asyncio.sleep(0.02)

    async with target(drip) as hook:
        result = await hasty.send(to(hook))

    assert (result.status, result.error) == (None, "time-out after 0.3 s")


async def test_headers_without_end_are_no_answer(sender: HttpSender) -> None:
    async def chatter(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\n")
        while True:
            await visit.say(b"X-More: and more\r\n" * 100)

    async with target(chatter) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error) == (None, "the answer is not HTTP")


async def test_a_body_without_end_is_not_waited_for(sender: HttpSender) -> None:
    sent = 0

    async def pour(visit: Visit) -> None:
        nonlocal sent
        await visit.say(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
        while True:
            await visit.say(b"a" * 10_000)
            sent += 10_000

    async with target(pour) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error) == (200, None)
    assert result.excerpt == "a" * 1000
    assert sent < 10_000_000, "what it sent beyond its own and the kernel's buffers"


async def test_an_answer_may_have_as_much_as_is_read(sender: HttpSender) -> None:
    async def full(visit: Visit) -> None:
        await visit.answer(b"a" * http.ANSWER_BYTES_MAX)

    async def more(visit: Visit) -> None:
        await visit.answer(b"a" * 20 * http.ANSWER_BYTES_MAX)

    for behaviour, connections in ((full, 1), (more, 2)):
        async with target(behaviour) as hook:
            for _ in range(2):
                result = await sender.send(to(hook))
                assert (result.status, result.error) == (200, None)
            assert hook.connections == connections


async def test_a_bomb_is_not_unpacked(sender: HttpSender) -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    assert len(bomb) < http.ANSWER_BYTES_MAX

    async def throw(visit: Visit) -> None:
        await visit.answer(bomb, headers="Content-Encoding: gzip\r\n")

    async with target(throw) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error, result.excerpt) == (200, None, "")


async def test_an_excerpt_is_text_that_can_be_stored(sender: HttpSender) -> None:
    async def speak(visit: Visit) -> None:
        await visit.answer("Grüße\0 \ud7ff".encode() + b"\xff" + b"." * 5000)

    async with target(speak) as hook:
        result = await sender.send(to(hook))

    assert result.excerpt.startswith("Grüße \ud7ff\ufffd...")
    assert len(result.excerpt) == http.EXCERPT_CHARACTERS_MAX


async def test_a_connection_cut_before_the_answer(sender: HttpSender) -> None:
    async def vanish(visit: Visit) -> None:
        visit.cut()

    async with target(vanish) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error) == (None, "connection cut before the answer")
    assert len(hook.requests) == 1


async def test_a_connection_cut_in_the_middle_of_the_answer(sender: HttpSender) -> None:
    async def vanish(visit: Visit) -> None:
        await visit.say(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nfirst words")
        await asyncio.sleep(0.05)
        visit.cut()

    async with target(vanish) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.excerpt) == (200, "first words")
    assert result.error in (
        "connection cut in the middle of the answer",
        "connection cut before the answer",
    )


@pytest.mark.parametrize("words", [b"220 mail.example.com ESMTP\r\n\r\n", b"\0\1\2\r\n\r\n"])
async def test_an_answer_that_is_not_http(sender: HttpSender, words: bytes) -> None:
    async def speak(visit: Visit) -> None:
        await visit.say(words)
        visit.cut()

    async with target(speak) as hook:
        result = await sender.send(to(hook))

    assert (result.status, result.error) == (None, "the answer is not HTTP")


async def test_nobody_listens(sender: HttpSender) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    result = await sender.send(HttpCall(url=f"http://127.0.0.1:{port}/"))

    assert (result.status, result.error) == (None, "connection refused")


async def test_a_name_that_is_not_there(sender: HttpSender) -> None:
    result = await sender.send(HttpCall(url="http://nowhere.invalid/"))

    assert (result.status, result.error) == (None, "name not found: nowhere.invalid")


@pytest.mark.slow
async def test_one_host_that_hangs_does_not_hold_up_another() -> None:
    async def hang(visit: Visit) -> None:
        if slow.connections == http.CALLS_PER_HOST_MAX:
            is_full.set()
        await asyncio.sleep(60)

    is_full = asyncio.Event()
    async with (
        HttpSender(HERE, seconds_max=2) as sender,  # much longer than it takes to begin them all
        target(hang) as slow,
        target() as quick,
    ):
        calls = [sender.send(to(slow)) for _ in range(http.CALLS_PER_HOST_MAX + 1)]
        waiting = [asyncio.create_task(call) for call in calls]
        async with asyncio.timeout(1):
            await is_full.wait()
            assert (await sender.send(to(quick, "localhost"))).status == 200
        assert slow.connections == http.CALLS_PER_HOST_MAX
        *hung, late = [result.error for result in await asyncio.gather(*waiting)]

    assert set(hung) == {"time-out after 2 s"}
    assert late == "time-out after 2 s: too many other requests to 127.0.0.1"


# TLS


async def test_a_trusted_certificate(trusting: ssl.SSLContext, certified: ssl.SSLContext) -> None:
    allowed = AllowedHosts.parse("localhost")
    async with target(tls=certified) as hook, HttpSender(allowed, tls=trusting) as sender:
        result = await sender.send(HttpCall(url=f"https://localhost:{hook.port}/"))

    assert (result.status, result.error) == (200, None)


async def test_a_certificate_of_another_name(
    trusting: ssl.SSLContext, certified: ssl.SSLContext
) -> None:
    async with target(tls=certified) as hook, HttpSender(HERE, tls=trusting) as sender:
        result = await sender.send(HttpCall(url=f"https://127.0.0.1:{hook.port}/"))

    assert (result.status, len(hook.requests)) == (None, 0)
    assert result.error == (
        "certificate not trusted: IP address mismatch, certificate is not valid for '127.0.0.1'."
    )


async def test_a_certificate_of_nobody_known(certified: ssl.SSLContext) -> None:
    async with (
        target(tls=certified) as hook,
        HttpSender(AllowedHosts.parse("localhost")) as sender,
    ):
        result = await sender.send(HttpCall(url=f"https://localhost:{hook.port}/"))

    assert (result.status, len(hook.requests)) == (None, 0)
    assert result.error == "certificate not trusted: unable to get local issuer certificate"


async def test_an_expired_certificate(authority: trustme.CA, trusting: ssl.SSLContext) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    begin, end = datetime(2001, 1, 1, tzinfo=UTC), datetime(2002, 1, 1, tzinfo=UTC)
    expired = authority.issue_cert("127.0.0.1", not_before=begin, not_after=end)
    expired.configure_cert(context)
    async with target(tls=context) as hook, HttpSender(HERE, tls=trusting) as sender:
        result = await sender.send(HttpCall(url=f"https://127.0.0.1:{hook.port}/"))

    assert result.error == "certificate not trusted: certificate has expired"


async def test_a_server_without_a_certificate(sender: HttpSender) -> None:
    async with target(tls=ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)) as hook:
        result = await sender.send(HttpCall(url=f"https://127.0.0.1:{hook.port}/"))

    assert (result.status, result.error) == (None, "connection cut before the answer")


async def test_plain_http_in_the_place_of_tls(sender: HttpSender) -> None:
    async def speak(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        result = await sender.send(HttpCall(url=f"https://127.0.0.1:{port}/"))

    assert (result.status, result.error) == (None, "TLS failed: wrong version number")
