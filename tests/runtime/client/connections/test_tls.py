"""TLS verifies the name in the URL, and leaves no connection behind when it is cancelled."""

import asyncio
import gc
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ocpi_bindings import v2_2_1
from ocpi_runtime.client import Endpoint, Limits, Peer, SyncPeer
from ocpi_runtime.errors import TransportError
from tests.runtime.client.peers import OPEN, TOKEN, envelope, http_answer, location_json

pytestmark = pytest.mark.usefixtures("each_client")

ANSWER = http_answer(envelope(location_json()))
NAME = "peer.example"


def certificate(folder: Path) -> Path:
    """Write a self-signed certificate of ``NAME`` and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    start = datetime.now(UTC) - timedelta(hours=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = folder / "peer.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return pem


@pytest.fixture
def port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Serve one answer per connection with the certificate of ``NAME``, which is trusted."""
    pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as connection:
                    connection.recv(65536)
                    connection.sendall(ANSWER)
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve)
    thread.start()
    resolved = socket.getaddrinfo

    def loopback(host: Any, *args: Any, **kwargs: Any) -> Any:
        return resolved("127.0.0.1", *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", loopback)
    yield listener.getsockname()[1]
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


UNTRUSTED = "TLS certificate of other.example is not trusted: "


async def test_the_name_is_verified(port: int) -> None:
    limits = Limits(retries=0)
    right = [Endpoint("locations", "sender", f"https://{NAME}:{port}/locations")]
    wrong = [Endpoint("locations", "sender", f"https://other.example:{port}/locations")]
    options: Any = {"policy": OPEN, "limits": limits}
    async with Peer.at(v2_2_1.binding, right, TOKEN, **options) as peer:
        assert (await peer.locations.get_location("LOC1")).id == "LOC1"
    with SyncPeer.at(v2_2_1.binding, right, TOKEN, **options) as sync_peer:
        assert sync_peer.locations.get_location("LOC1").id == "LOC1"
    async with Peer.at(v2_2_1.binding, wrong, TOKEN, **options) as peer:
        with pytest.raises(TransportError, match=UNTRUSTED):
            await peer.locations.get_location("LOC1")
    sync_peer = SyncPeer.at(v2_2_1.binding, wrong, TOKEN, **options)
    with sync_peer, pytest.raises(TransportError, match=UNTRUSTED):
        sync_peer.locations.get_location("LOC1")


async def test_a_cancelled_handshake_leaves_no_connection_open() -> None:
    greeted = asyncio.Event()

    async def keep_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        greeted.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(keep_silent, "127.0.0.1", 0)
    url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/locations"
    endpoints = [Endpoint("locations", "sender", url)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ResourceWarning)
        async with server, Peer.at(v2_2_1.binding, endpoints, TOKEN, policy=OPEN) as peer:
            request = asyncio.create_task(peer.locations.get_location("LOC1"))
            await greeted.wait()
            request.cancel()
            await asyncio.wait([request])
            del request  # its traceback keeps alive what it had opened
            gc.collect()
    assert [str(each.message) for each in caught] == []
