"""Where a session does not go, and what it does not take: over sockets."""

import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients, SyncClients
from ocpi_bindings.v2_2_1.models import CommandResult, CommandResultType
from ocpi_runtime.client import (
    Endpoint,
    Limits,
    Peer,
    SyncPeer,
    connect,
    http_client,
    sync_http_client,
)
from ocpi_runtime.errors import (
    LimitExceeded,
    ProtocolError,
    RequestTimeout,
    TransportError,
    UnsafeUrl,
)
from ocpi_runtime.urls import UrlPolicy
from tests.runtime.client.peers import (
    OPEN,
    TOKEN,
    Scripted,
    envelope,
    http_answer,
    location_json,
    ok,
    platform,
    raw_peer,
)

BODY = envelope(location_json())
ONCE = Limits(retries=0)
RESULT = CommandResult(result=CommandResultType.ACCEPTED)


def at(base_url: str, **given: Any) -> Clients:
    endpoints = [Endpoint("locations", "sender", f"{base_url}/locations")]
    options: Any = {"policy": OPEN, "limits": ONCE, **given}
    return Peer.at(v2_2_1.binding, endpoints, TOKEN, **options)


def sync_at(base_url: str, **given: Any) -> SyncClients:
    endpoints = [Endpoint("locations", "sender", f"{base_url}/locations")]
    options: Any = {"policy": OPEN, "limits": ONCE, **given}
    return SyncPeer.at(v2_2_1.binding, endpoints, TOKEN, **options)


async def ask(base_url: str, *, kind: str, **options: Any) -> str:
    """Get a location with either client; give its id."""
    if kind == "sync":
        with sync_at(base_url, **options) as one:
            return one.locations.get_location("LOC1").id
    async with at(base_url, **options) as other:
        return (await other.locations.get_location("LOC1")).id


both = pytest.mark.parametrize("kind", ["async", "sync"])


@both
async def test_a_url_goes_over_the_wire_as_it_is(kind: str) -> None:
    with raw_peer(http_answer(envelope())) as peer:
        url = f"{peer.base_url}/a/../b//./c?x=%2f&y=a+b&&z='1'|2#part"
        if kind == "sync":
            with sync_at(peer.base_url) as one:
                one.commands.post_command_result(url, RESULT)
        else:
            async with at(peer.base_url) as other:
                await other.commands.post_command_result(url, RESULT)
    assert peer.asked[0].startswith(b"POST /a/../b//./c?x=%2f&y=a+b&&z='1'|2 HTTP/1.1\r\n")


@both
@pytest.mark.parametrize("url", ["{}", "{}?x=1", "{}/?"])
async def test_a_url_without_path_goes_to_the_root(kind: str, url: str) -> None:
    with raw_peer(http_answer(envelope())) as peer:
        target = url.format(peer.base_url)
        if kind == "sync":
            with sync_at(peer.base_url) as one:
                one.commands.post_command_result(target, RESULT)
        else:
            async with at(peer.base_url) as other:
                await other.commands.post_command_result(target, RESULT)
    expected = url.format("").removeprefix("/")
    assert peer.asked[0].startswith(f"POST /{expected} HTTP/1.1\r\n".encode())


@both
async def test_compressed_answers_are_read(kind: str) -> None:
    zipped = http_answer(gzip.compress(BODY), b"Content-Encoding: gzip\r\nContent-X: 1\r\n")
    with raw_peer(zipped) as peer:
        assert await ask(peer.base_url, kind=kind) == "LOC1"
    assert b"Accept-Encoding: gzip\r\n" in peer.asked[0]


BOMB = gzip.compress(b" " * 50_000_000)
TOO_MUCH = {
    "declared": http_answer(b"{}", b"Content-Length: 5000000\r\n"),
    "endless": http_answer(b" " * 3_000_000, b"X-Content-X: 1\r\n"),
    "bomb": http_answer(BOMB, b"Content-Encoding: gzip\r\n"),
}


@both
@pytest.mark.parametrize("answer", TOO_MUCH.values(), ids=TOO_MUCH.keys())
async def test_large_answers_are_not_read_to_the_end(answer: bytes, kind: str) -> None:
    limits = Limits(retries=0, body=1_000_000)
    with (
        raw_peer(answer) as peer,
        pytest.raises(LimitExceeded, match="larger than 1000000 bytes") as caught,
    ):
        await ask(peer.base_url, kind=kind, limits=limits)
    assert caught.value.message.startswith(f"GET {peer.base_url}/locations/LOC1: ")
    assert caught.value.hint


WRONG_CODING = {
    "not gzip": http_answer(b"{}", b"Content-Encoding: gzip\r\n"),
    "cut off": http_answer(gzip.compress(BODY)[:-9], b"Content-Encoding: gzip\r\n"),
    "not asked for": http_answer(b"{}", b"Content-Encoding: br\r\n"),
    "twice": http_answer(gzip.compress(gzip.compress(BODY)), b"Content-Encoding: gzip, gzip\r\n"),
}


@both
@pytest.mark.parametrize("answer", WRONG_CODING.values(), ids=WRONG_CODING.keys())
async def test_broken_compression_is_named(answer: bytes, kind: str) -> None:
    with raw_peer(answer) as peer, pytest.raises(ProtocolError, match=r"gzip|ends early"):
        await ask(peer.base_url, kind=kind)


@both
async def test_a_connection_that_breaks_is_a_transport_error(kind: str) -> None:
    with raw_peer(b"") as peer, pytest.raises(TransportError, match="connection failed"):
        await ask(peer.base_url, kind=kind)
    with raw_peer(b"SSH-2.0\r\n\r\n") as peer, pytest.raises(TransportError):
        await ask(peer.base_url, kind=kind)
    half = http_answer(BODY)[:-5]
    with raw_peer(half) as peer, pytest.raises(TransportError):
        await ask(peer.base_url, kind=kind)


@both
async def test_headers_without_end_are_not_read_to_the_end(kind: str) -> None:
    long = http_answer(BODY, b"X-Long: %b\r\n" % (b"x" * 2_000_000))
    with raw_peer(long) as peer, pytest.raises(TransportError):
        await ask(peer.base_url, kind=kind)


@both
async def test_a_broken_connection_is_tried_again(kind: str) -> None:
    limits = Limits(retries=1, backoff=0.001)
    with raw_peer(b"", http_answer(BODY)) as peer:
        assert await ask(peer.base_url, kind=kind, limits=limits) == "LOC1"
    assert len(peer.asked) == 2


@both
async def test_nobody_listens(kind: str) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        with pytest.raises(TransportError, match="connection failed") as caught:
            await ask(f"http://127.0.0.1:{port}", kind=kind)
    assert type(caught.value) is TransportError
    assert caught.value.http_status == 0


@both
async def test_an_unknown_host(kind: str) -> None:
    with pytest.raises(TransportError, match=r"address of host .* was not found"):
        await ask("http://no-such-host.invalid", kind=kind)


@pytest.fixture
def dripping() -> Iterator[str]:
    """Serve an answer that never ends, a byte at a time."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        done = threading.Event()

        def drip() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
                while not done.wait(0.02):
                    try:
                        connection.sendall(b" ")
                    except OSError:
                        return

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        done.set()
        thread.join()


@both
async def test_an_answer_that_drips_ends_in_time(dripping: str, kind: str) -> None:
    with pytest.raises(RequestTimeout, match=r"0\.3 s in all"):
        await ask(dripping, kind=kind, limits=Limits(retries=0, total=0.3))


@both
async def test_silence_ends_in_time(kind: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RequestTimeout, match=r"0\.2 s"):
            await ask(url, kind=kind, limits=Limits(retries=0, read=0.2))


UNSAFE = [
    "http://peer.example",
    "https://127.0.0.1",
    "https://10.0.0.1",
    "https://169.254.169.254",
    "https://[::1]",
    "https://localhost",
    "https://0x7f.1",
    "https://user:pass@peer.example",
    "ftp://peer.example",
    "https://peer.example/\n",
]


@both
@pytest.mark.parametrize("url", UNSAFE)
async def test_unsafe_urls_are_not_called(url: str, kind: str) -> None:
    with pytest.raises(UnsafeUrl) as caught:
        await ask(url, kind=kind, policy=UrlPolicy())
    assert caught.value.message.startswith("GET ")
    assert caught.value.hint
    assert "user:pass" not in caught.value.message


async def test_an_unsafe_result_url_is_not_called() -> None:
    async with at("https://peer.example", policy=UrlPolicy()) as peer:
        with pytest.raises(UnsafeUrl, match=r"POST https://192\.168\.1\.1"):
            await peer.commands.post_command_result("https://192.168.1.1/x?y=1", RESULT)


async def test_unsafe_details_are_not_called() -> None:
    versions = ok([{"version": "2.2.1", "url": "http://169.254.169.254/latest"}])
    script = platform(**{"/versions": versions})
    with pytest.raises(UnsafeUrl, match=r"169\.254"):
        async with (
            script.http() as http,
            connect("https://peer.example/versions", TOKEN, bindings=[v2_2_1.binding], http=http),
        ):
            pass
    assert len(script.asked) == 1


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Resolve every name to these addresses."""

    def found(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in ([host] if host.startswith("127.") else addresses)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@both
@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["93.184.215.14", "10.0.0.1"], ["fe80::1"]])
async def test_a_public_name_with_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str], kind: str
) -> None:
    resolving(monkeypatch, *addresses)
    with raw_peer(http_answer(BODY)) as peer:
        port = peer.base_url.rpartition(":")[2]
        with pytest.raises(UnsafeUrl, match=r"host rebind\.example is not allowed"):
            await ask(f"http://rebind.example:{port}", kind=kind, policy=UrlPolicy(allow_http=True))
    assert peer.asked == []


@both
async def test_a_name_is_connected_at_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    resolving(monkeypatch, "127.0.0.2", "127.0.0.1")
    with raw_peer(http_answer(BODY)) as peer:
        port = peer.base_url.rpartition(":")[2]
        assert await ask(f"http://peer.example:{port}", kind=kind) == "LOC1"
    assert f"Host: peer.example:{port}\r\n".encode() in peer.asked[0]


async def test_sessions_can_share_connections() -> None:
    with raw_peer(http_answer(BODY)) as peer:
        async with http_client(OPEN) as http:
            for _ in range(2):
                async with at(peer.base_url, http=http) as one:
                    await one.locations.get_location("LOC1")
            assert not http.is_closed
    assert len(peer.asked) == 2


@pytest.mark.parametrize(
    ("status", "address"),
    [
        (307, "https://other.example/locations/LOC1"),
        (308, "http://peer.example/locations/LOC1"),
        (307, "https://peer.example:8443/locations/LOC1"),
        (302, "/x"),
        (307, ""),
    ],
)
async def test_redirects_out_of_the_origin_are_not_followed(status: int, address: str) -> None:
    answer = httpx2.Response(status, headers={"Location": address})
    script = Scripted({"/locations/LOC1": answer})
    async with at("https://peer.example", http=script.http()) as peer:
        with pytest.raises(ProtocolError, match=f"HTTP {status} leads to") as caught:
            await peer.locations.get_location("LOC1")
    assert "within one origin" in caught.value.hint
    assert len(script.asked) == 1


async def test_an_account_of_the_http_client_is_not_used() -> None:
    script = Scripted({"/locations/LOC1": ok(location_json())})
    transport = httpx2.MockTransport(script)
    http = httpx2.AsyncClient(transport=transport, auth=("user", "pass"), follow_redirects=True)
    async with http, at("https://peer.example", http=http) as peer:
        await peer.locations.get_location("LOC1")
    assert script.asked[0].headers["authorization"].startswith("Token ")


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_cookies_of_a_peer_are_not_kept(kind: str) -> None:
    http = sync_http_client(OPEN) if kind == "sync" else http_client(OPEN)
    with raw_peer(http_answer(BODY, b"Set-Cookie: a=b\r\n")) as server:
        assert await ask(server.base_url, kind=kind, http=http) == "LOC1"
    assert not http.cookies
