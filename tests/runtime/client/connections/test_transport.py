"""What one partner demands of the connections to it: certificates, headers, a proxy, times."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Endpoint, Exchange, Limits, Peer, SyncPeer, Transport, http_client
from ocpi_runtime.errors import RequestTimeout, TransportError, UnsafeUrl
from ocpi_runtime.urls import UrlPolicy
from tests.runtime.client.peers import OPEN, TOKEN, envelope, location_json
from tests.support.proxy import proxying
from tests.support.serving import serving
from tests.support.tls import Certificates, certificates

pytestmark = pytest.mark.usefixtures("each_client")

SECRET = "key-of-the-gateway"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


def gateway(_base_url: str) -> ASGIApp:
    """Answer with a location, or with 403 without the header of the gateway."""

    async def location(request: Request) -> Response:
        known = request.headers.get("x-gateway-key") == SECRET
        body = envelope(location_json(), status_message=f"with {SECRET}")
        return Response(body, 200 if known else 403, media_type="application/json")

    return Starlette(routes=[Route("/locations/LOC1", location)])


@pytest.fixture(scope="module")
def demanding(files: Certificates) -> Iterator[str]:
    with serving(gateway, **files.demanding()) as url:
        yield url


def known(files: Certificates, **more: Any) -> Transport:
    chosen: dict[str, Any] = {
        "client_cert": files.client_cert,
        "client_key": files.client_key,
        "ca": files.ca,
        "headers": {"X-Gateway-Key": SECRET},
    }
    return Transport(**(chosen | more))


async def read(url: str, transport: Transport, **options: Any) -> list[str]:
    """Read a location with both kinds of client."""
    chosen: Any = {"policy": OPEN, "limits": Limits(retries=0), "transport": transport, **options}
    endpoints = [Endpoint("locations", "sender", f"{url}/locations")]
    async with Peer.at(v2_2_1.binding, endpoints, TOKEN, **chosen) as peer:
        found = [(await peer.locations.get_location("LOC1")).id]
    with SyncPeer.at(v2_2_1.binding, endpoints, TOKEN, **chosen) as sync_peer:
        return [*found, sync_peer.locations.get_location("LOC1").id]


async def test_a_server_that_demands_a_certificate_is_called(
    demanding: str, files: Certificates
) -> None:
    assert await read(demanding, known(files)) == ["LOC1", "LOC1"]
    async with http_client(OPEN, transport=known(files)) as http:
        endpoints = [Endpoint("locations", "sender", f"{demanding}/locations")]
        headers = known(files).without_connection()
        peer = Peer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN, http=http, transport=headers)
        assert (await peer.locations.get_location("LOC1")).id == "LOC1"


@pytest.mark.parametrize("lacking", [("client_cert", "client_key"), ("ca",)])
async def test_without_its_certificate_or_authority_there_is_no_connection(
    demanding: str, files: Certificates, lacking: tuple[str, ...]
) -> None:
    transport = known(files, **dict.fromkeys(lacking))
    with pytest.raises(TransportError):
        await read(demanding, transport)
    with pytest.raises(TransportError, match="certificate"):
        await read(demanding, known(files, ca=files.other_ca))


async def test_values_of_extra_headers_are_in_no_record(
    demanding: str, files: Certificates
) -> None:
    exchanges: list[Exchange] = []
    await read(demanding, known(files), on_exchange=exchanges.append)
    assert exchanges[0].request_headers["x-gateway-key"] == "***"
    assert SECRET not in repr(exchanges)
    assert SECRET not in repr(known(files))


async def test_requests_go_through_a_proxy(demanding: str, files: Certificates) -> None:
    with proxying() as proxy:
        url = f"http://us%20er:pass@127.0.0.1:{proxy.port}"
        assert await read(demanding, known(files, proxy=url)) == ["LOC1", "LOC1"]
    assert [head.split(" http")[0] for head in proxy.heads] == [
        f"connect {demanding.removeprefix('https://')}"
    ] * 2
    assert all("proxy-authorization: basic dxmgzxi6cgfzcw==" in head for head in proxy.heads)


async def test_plain_http_goes_through_a_proxy_too() -> None:
    with serving(gateway) as url, proxying() as proxy:
        through = Transport(
            proxy=f"http://us%20er:pass@127.0.0.1:{proxy.port}", headers={"x-gateway-key": SECRET}
        )
        assert await read(url, through) == ["LOC1", "LOC1"]
        assert len(proxy.heads) == 2
        for head in proxy.heads:
            assert head.startswith(f"get {url}/locations/loc1 http/1.1")
            assert "proxy-authorization: basic dxmgzxi6cgfzcw==" in head
        # The URL is checked all the same.
        with pytest.raises(UnsafeUrl):
            await read(url, through, policy=UrlPolicy(allow_http=True))


async def test_times_of_a_transport_override_the_limits() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(RequestTimeout, match=r"0\.05 s in all"):
            await read(url, Transport(total_seconds=0.05))


def test_a_client_of_ones_own_makes_its_connections(files: Certificates) -> None:
    endpoints = [Endpoint("locations", "sender", "https://peer.example/locations")]
    http: Any = object()
    with pytest.raises(ValueError, match="exclude http"):
        Peer.at(v2_2_1.binding, endpoints, TOKEN, http=http, transport=known(files))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ca": "missing.pem"}, "ca missing.pem cannot be read: No such file or directory"),
        ({"client_key": None, "client_cert": "."}, "client_cert . cannot be read"),
        ({"client_cert": None}, "client_key needs client_cert"),
        ({"client_key": None}, "belong together"),
        ({"headers": {"Authorization": "x"}}, "Authorization is set for each request"),
        ({"headers": {"ocpi-to-party-id": "x"}}, "ocpi-to-party-id is set for each request"),
        ({"headers": {"a b": "x"}}, "'a b' is not the name of a header"),
        ({"headers": {"X": "a\nb"}}, "value of header X must be printable"),
        ({"proxy": "socks5://host:1"}, "socks5://host:1 is not the URL of an HTTP proxy"),
        ({"proxy": "http://u:secret@host:x"}, "cannot be read; write http://host:port"),
        ({"proxy": "http://u:secret@host:1/p"}, r"not http://\*\*\*@host:1/p"),
        ({"read_seconds": 0}, "read_seconds is 0; it must be more than 0"),
        ({"total_seconds": float("nan")}, "total_seconds is nan"),
    ],
)
def test_what_cannot_be_used_is_named_at_once(
    files: Certificates, wrong: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        known(files, **wrong)
    assert "secret" not in str(caught.value)


def test_files_that_are_no_certificates_are_named(files: Certificates, tmp_path: Path) -> None:
    text = tmp_path / "note.txt"
    text.write_text("no certificate")
    with pytest.raises(ValueError, match=r"ca .*note\.txt contains no PEM certificate"):
        known(files, ca=text)
    with pytest.raises(ValueError, match=r"client\.pem with the key in .*note\.txt cannot be used"):
        known(files, client_key=text)


def test_a_transport_is_described_without_secrets(files: Certificates) -> None:
    transport = known(files, proxy="http://u:secret@host:1", total_seconds=3)
    assert Transport(**transport.as_data()) == Transport(
        **{**transport.as_data(), "ca": str(files.ca)}
    )
    assert transport.described() == {
        "client_cert": str(files.client_cert),
        "client_key": str(files.client_key),
        "ca": str(files.ca),
        "headers": {"X-Gateway-Key": "***"},
        "proxy": "http://***@host:1",
        "total_seconds": 3,
    }
