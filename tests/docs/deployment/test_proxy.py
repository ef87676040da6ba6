"""The Caddyfile of the guide, before a platform that is served."""

import asyncio
import os
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from tests.runtime.client.connections.test_tls import NAME, certificate
from tests.server_impl.connection_load import answering, hosted

CADDYFILE = Path(__file__).parents[3] / "docs" / "guides" / "Caddyfile"


@asynccontextmanager
async def proxied(folder: Path, platform: str) -> AsyncIterator[str]:
    """Run Caddy with the file of the guide before a platform; yield its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    pem = certificate(folder)
    partners = folder / "partners.pem"
    partners.write_text(pem.read_text().partition("-----END PRIVATE KEY-----\n")[2])
    settings = {
        "OCPI_SITE": f"https://{NAME}:{port}",
        "OCPI_CERTIFICATE": str(pem),
        "OCPI_CERTIFICATE_KEY": str(pem),
        "OCPI_CLIENT_AUTHORITY": str(partners),
        "OCPI_PLATFORM": platform,
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    caddy = Path(sys.executable).with_name("caddy")
    command = [str(caddy), "run", "--adapter", "caddyfile", "--config", str(CADDYFILE)]
    with (folder / "caddy.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **settings}, stderr=log
        )
    try:
        await answering(port)
        yield f"https://127.0.0.1:{port}"
    finally:
        process.terminate()
        await process.wait()


def client(folder: Path, *, known: bool) -> httpx2.AsyncClient:
    """Make the HTTP client of a partner, with its certificate or without."""
    pem = folder / "peer.pem"
    context = ssl.create_default_context(cafile=str(pem))
    if known:
        context.load_cert_chain(pem)
    return httpx2.AsyncClient(verify=context, timeout=20)


async def ask(http: httpx2.AsyncClient, url: str, body: bytes = b"") -> httpx2.Response:
    port = url.split(":")[2].partition("/")[0]
    request = http.build_request(
        "POST" if body else "GET",
        url,
        content=body,
        headers={"Host": f"{NAME}:{port}", "Content-Type": "application/json"},
        extensions={"sni_hostname": NAME},
    )
    return await http.send(request)


async def test_the_proxy_of_the_guide_passes_on_what_it_should(tmp_path: Path) -> None:
    async with (
        hosted(tmp_path) as host,
        proxied(tmp_path, f"127.0.0.1:{host.port}") as url,
        client(tmp_path, known=True) as http,
        client(tmp_path, known=False) as stranger,
    ):
        answer = await ask(http, f"{url}/ocpi/versions")
        assert (answer.status_code, answer.json()["status_code"]) == (401, 2000)
        assert answer.headers["cache-control"] == "no-store"
        assert not {"server", "via"} & set(answer.headers)
        with pytest.raises((httpx2.HTTPError, ssl.SSLError)):
            await ask(stranger, f"{url}/ocpi/versions")
        invitation = await host.platform.issue_token_a("guest")
        http.headers["Authorization"] = f"Token {invitation.token}"
        answer = await ask(http, f"{url}/ocpi/versions")
        assert answer.json()["data"][0]["version"] == "2.2.1"
        # Last, because what is left of a refused body spoils the connection.
        large = await ask(http, f"{url}/ocpi/2.2.1/credentials", b" " * 3_000_000)
        assert large.status_code in {401, 413}
