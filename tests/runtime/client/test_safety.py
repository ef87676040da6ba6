"""Where a session does not go, and what it does not take: over sockets."""

import gzip
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients import Clients, SyncClients
from ocpi_bindings.v2_2_1.models import CommandResult, CommandResultType
from ocpi_runtime.client import (
    Endpoint,
    Limits,
    Peer,
    SyncPeer,
)
from ocpi_runtime.errors import (
    LimitExceeded,
    ProtocolError,
    RequestTimeout,
    TransportError,
)
from tests.runtime.client.peers import (
    OPEN,
    TOKEN,
    envelope,
    http_answer,
    location_json,
    raw_peer,
)

pytestmark = pytest.mark.usefixtures("each_client")

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
    """Get a location with either client; return its id."""
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
    half = http_answer(BODY)[:-5]
    for answer, why in (
        (b"", "closed it before an answer came"),
        (b"SSH-2.0\r\n\r\n", "no HTTP answer that can be read"),
        (half, "closed it in the middle of the answer"),
    ):
        with raw_peer(answer) as peer, pytest.raises(TransportError, match=why):
            await ask(peer.base_url, kind=kind)


LONG = r"headers of the answer|no HTTP answer"


@both
async def test_headers_without_end_are_not_read_to_the_end(kind: str) -> None:
    long = http_answer(BODY, b"X-Long: %b\r\n" % (b"x" * 2_000_000))
    with (
        raw_peer(long) as peer,
        pytest.raises(TransportError, match=LONG),
    ):
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
        with pytest.raises(TransportError, match=f"127.0.0.1:{port} refuses conn") as caught:
            await ask(f"http://127.0.0.1:{port}", kind=kind)
    assert type(caught.value) is TransportError
    assert caught.value.http_status == 0


@both
async def test_an_unknown_host(kind: str) -> None:
    with pytest.raises(TransportError, match=r"name no-such-host\.invalid was not found"):
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
