"""Peers to test clients against: one scripted in memory, one on a socket that says raw bytes."""

import json
import socketserver
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

import httpx2

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1.clients.locations import LocationsClient
from ocpi_bindings.v2_2_1.models import GeoLocation, Location
from ocpi_runtime.binding import Binding
from ocpi_runtime.client import Endpoint, Peer, SyncPeer
from ocpi_runtime.urls import UrlPolicy

BASE = "https://peer.example"
VERSIONS = f"{BASE}/versions"
TOKEN = "t0ken-of-the-partner"
OPEN = UrlPolicy(allow_private=True, allow_http=True)

ENDPOINTS = (
    Endpoint("credentials", "sender", f"{BASE}/2.2.1/credentials"),
    Endpoint("locations", "sender", f"{BASE}/2.2.1/locations"),
    Endpoint("locations", "receiver", f"{BASE}/2.2.1/receiver/locations/"),
    Endpoint("tokens", "sender", f"{BASE}/2.2.1/tokens"),
    Endpoint("commands", "receiver", f"{BASE}/2.2.1/commands"),
)

Handler = Callable[[httpx2.Request], httpx2.Response]


class Clients211(Peer):
    """Stands for the clients of an older version."""

    @property
    def locations(self) -> LocationsClient:
        return LocationsClient(self)


class SyncClients211(SyncPeer):
    """Stands for the sync clients of an older version."""


binding_211: Final[Binding[Clients211, SyncClients211]] = Binding(
    version="2.1.1",
    package=v2_2_1.binding.package,
    interfaces={
        key: replace(
            interface,
            version="2.1.1",
            functional=False,
            ids=False,
            token_base64=False,
            roles=False,
        )
        for key, interface in v2_2_1.binding.interfaces.items()
    },
    clients=Clients211,
    sync_clients=SyncClients211,
)


def envelope(data: Any = None, *, status_code: int = 1000, **extra: Any) -> bytes:
    document = {"status_code": status_code, "timestamp": "2026-01-02T03:04:05Z", **extra}
    if data is not None:
        document["data"] = data
    return json.dumps(document).encode()


def ok(data: Any = None, headers: dict[str, str] | None = None, **extra: Any) -> httpx2.Response:
    return httpx2.Response(200, content=envelope(data, **extra), headers=headers)


def location(location_id: str = "LOC1") -> Location:
    return Location(
        country_code="NL",
        party_id="TNM",
        id=location_id,
        publish=True,
        address="Noordersingel 118",
        city="Utrecht",
        country="NLD",
        coordinates=GeoLocation(latitude="52.090736", longitude="5.121420"),
        time_zone="Europe/Amsterdam",
        last_updated=datetime(2026, 11, 2, tzinfo=UTC),
    )


def location_json(location_id: str = "LOC1") -> dict[str, Any]:
    return {
        "country_code": "NL",
        "party_id": "TNM",
        "id": location_id,
        "publish": True,
        "address": "Noordersingel 118",
        "city": "Utrecht",
        "country": "NLD",
        "coordinates": {"latitude": "52.090736", "longitude": "5.121420"},
        "time_zone": "Europe/Amsterdam",
        "last_updated": "2026-11-02T00:00:00Z",
    }


@dataclass
class Scripted:
    """A peer in memory: answers by path, and remembers what it was asked.

    Attributes:
        answers: By path; a list is given one by one, its last one for ever.
        given: How often each path was asked.
        asked: All requests.
    """

    answers: Mapping[str, Handler | httpx2.Response | Sequence[Handler | httpx2.Response]]
    given: Counter[str] = field(default_factory=Counter)
    asked: list[httpx2.Request] = field(default_factory=list)

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        path = request.url.path
        answer = self.answers.get(path)
        if isinstance(answer, Sequence):
            answer = answer[min(self.given[path], len(answer) - 1)]
        self.given[path] += 1
        if answer is None:
            return httpx2.Response(404, content=envelope(status_code=2000))
        return answer(request) if callable(answer) else answer

    def http(self) -> httpx2.AsyncClient:
        return httpx2.AsyncClient(transport=httpx2.MockTransport(self))

    def sync_http(self) -> httpx2.Client:
        return httpx2.Client(transport=httpx2.MockTransport(self))


def platform(**answers: Any) -> Scripted:
    """Make a peer that speaks 2.2.1 and 2.1.1 and more that we do not know.

    Args:
        answers: By the name of the page: ``versions``, ``details``, ``old`` (2.1.1 details), or
            any path.
    """
    versions = [
        {"version": "2.1.1", "url": f"{BASE}/2.1.1"},
        {"version": "2.2.1", "url": f"{BASE}/2.2.1"},
        {"version": "7.0", "url": f"{BASE}/7.0"},
    ]
    details = {
        "version": "2.2.1",
        "endpoints": [
            {"identifier": each.module, "role": each.role, "url": each.url} for each in ENDPOINTS
        ],
    }
    old = {
        "version": "2.1.1",
        "endpoints": [{"identifier": "locations", "url": f"{BASE}/2.1.1/locations"}],
    }
    script: dict[str, Any] = {
        "/versions": ok(versions),
        "/2.2.1": ok(details),
        "/2.1.1": ok(old),
    }
    return Scripted(script | answers)


@dataclass
class RawPeer:
    """A peer on a socket. ``answers`` are raw HTTP answers in order, the last one for ever."""

    base_url: str
    answers: list[bytes]
    asked: list[bytes] = field(default_factory=list)


@contextmanager
def raw_peer(*answers: bytes) -> Iterator[RawPeer]:
    """Serve raw bytes on a loopback port; each connection is closed after its answer."""

    class OneAnswer(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            asked = b""
            while b"\r\n\r\n" not in asked and (chunk := self.request.recv(65536)):
                asked += chunk
            peer.asked.append(asked)
            answer = peer.answers.pop(0) if len(peer.answers) > 1 else peer.answers[0]
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), OneAnswer) as server:
        server.daemon_threads = True
        peer = RawPeer(f"http://127.0.0.1:{server.server_address[1]}", list(answers))
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield peer
        finally:
            server.shutdown()
            thread.join()


def http_answer(body: bytes, head: bytes = b"", status: bytes = b"200 OK") -> bytes:
    length = b"" if b"ontent-" in head else b"Content-Length: %d\r\n" % len(body)
    return b"HTTP/1.1 %b\r\nConnection: close\r\n%b%b\r\n%b" % (status, length, head, body)
