"""The outermost layer: the order of refusals, headers of all answers, odd requests."""

import asyncio
import json
import logging
import socket
from typing import Any
from urllib.parse import urlsplit

import httpx2
import pytest
from starlette.types import Message

from ocpi_runtime.server import create_app
from tests.runtime.server.conftest import TOKEN, Served
from tests.runtime.server.memory import Receiver, Sender, authenticate

SENDER = "/ocpi/2.2.1/sender/locations"
NEWCOMER = {"Authorization": "Token token-a"}
PATHS = ["/", "/nowhere", "/ocpi", "/ocpi/9.9", f"{SENDER}/a/b/c/d/e", "/ocpi/versions/x", SENDER]


def assert_plain(response: httpx2.Response, status: int) -> None:
    assert response.status_code == status
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "server" not in response.headers
    assert ("www-authenticate" in response.headers) == (status == 401)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PATCH", "PROPFIND"])
def test_without_a_token_nothing_is_learnt_of_paths_and_methods(
    served: Served, path: str, method: str
) -> None:
    for header in (None, "Token nobody", "Basic eDp5"):
        response = served.request(method, path, headers={"Authorization": header})
        assert_plain(response, 401)
        assert response.headers["www-authenticate"] == "Token"
        assert response.json()["status_code"] == 2000
        assert "Paths that do not exist have the same answer." in response.json()["status_message"]


def test_with_a_token_they_are_answered(served: Served) -> None:
    for path in PATHS[:-1]:
        assert_plain(served.get(path), 404)
    refused = served.request("DELETE", SENDER)
    assert_plain(refused, 405)
    assert refused.headers["allow"] == "GET"


def test_the_registration_token_learns_of_versions_and_credentials_only(served: Served) -> None:
    assert_plain(served.request("DELETE", "/ocpi/versions", headers=NEWCOMER), 405)
    assert_plain(served.get("/ocpi/versions/x", headers=NEWCOMER), 404)
    for method, path in (("DELETE", SENDER), ("GET", f"{SENDER}/a/b/c/d/e"), ("GET", "/nowhere")):
        assert_plain(served.request(method, path, headers=NEWCOMER), 401)


def test_every_answer_is_kept_by_nobody(served: Served) -> None:
    assert_plain(served.get(SENDER), 200)
    assert_plain(served.get(f"{SENDER}/NONE"), 404)
    assert_plain(served.get(SENDER, headers={"X-Long": "x" * 20_000}), 400)
    assert_plain(served.get("/ocpi/docs/", headers={"Authorization": None}), 200)


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_authorization_headers_none_counts(served: Served, order: int) -> None:
    for other in (TOKEN, "Token nobody", ""):
        both = [("Authorization", TOKEN), ("authorization", other)][::order]
        assert_plain(served.http.get(served.base_url + SENDER, headers=both), 401)


@pytest.mark.parametrize("separator", ["%1F", "%1f", "%00", "%EF%BF%BD", "%ED%B0%AF", "%C0%AF"])
def test_only_an_encoded_slash_is_a_slash(served: Served, separator: str) -> None:
    refused = served.get(f"{SENDER}/a{separator}b%2Fc").json()
    assert refused["status_code"] == 2001


def test_long_targets_are_refused(served: Served) -> None:
    for target in (f"{SENDER}/" + "a" * 20_000, f"{SENDER}?x=" + "a" * 20_000):
        head, _, body = exchange(
            served.base_url, f"GET {target} HTTP/1.1\r\n\r\n".encode()
        ).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 414")
        assert json.loads(body)["status_code"] == 2000
    assert_plain(served.get(f"{SENDER}?x=" + "a" * 7_000), 200)


@pytest.mark.parametrize(
    "request_line",
    [
        b"TRACE /ocpi/versions HTTP/1.1",
        b"CONNECT example.com:443 HTTP/1.1",
        b"PROPFIND /ocpi/versions HTTP/1.1",
        b"get /ocpi/versions HTTP/1.1",
        b"A" * 4096 + b" /ocpi/versions HTTP/1.1",
        b"PRI * HTTP/2.0",
        b"OPTIONS * HTTP/1.1",
        b"GET http://other.example/ocpi/versions HTTP/1.1",
        b"GET /" + bytes(range(128, 256)) + b" HTTP/1.1",
        b"GET //// HTTP/1.1",
        b"GET ?x HTTP/1.1",
        b"GET",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\x00" * 64,
    ],
    ids=lambda line: line[:12].decode("latin-1").encode("unicode_escape").decode(),
)
def test_odd_requests_are_refused_without_a_traceback(
    served: Served, request_line: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "uvicorn.error"):
        answer = exchange(served.base_url, request_line + b"\r\nHost: x\r\n\r\n")
    status = answer.split(b" ")[1:2] or [b"closed"]
    assert status[0] in {b"400", b"401", b"404", b"405", b"closed"}
    assert not [record for record in caplog.records if record.exc_info]


def exchange(base_url: str, data: bytes) -> bytes:
    """Send octets, and read until the server closes or has no more to say."""
    parts = urlsplit(base_url)
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=5) as link:
        link.sendall(data)
        link.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: link.recv(65536), b""))


@pytest.mark.parametrize("extension", [True, False])
async def test_a_websocket_handshake_is_refused(*, extension: bool) -> None:
    app = create_app(
        [Sender(), Receiver()], authenticate=authenticate, base_url="https://example.com"
    )
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    extensions: dict[str, Any] = {"websocket.http.response": {}} if extension else {}
    scope = {"type": "websocket", "path": "/versions", "headers": [], "extensions": extensions}
    await app(scope, asyncio.Queue[Message]().get, send)
    if extension:
        assert sent[0]["status"] == 400
        assert b'"status_code":2000' in sent[1]["body"]
    else:
        assert [each["type"] for each in sent] == ["websocket.close"]
