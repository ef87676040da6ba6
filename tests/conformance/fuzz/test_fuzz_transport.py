"""``ocpi fuzz`` of a party behind a gateway: client certificate, own authority, header, proxy."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.server import create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.test_fuzz_command import ocpi_fuzz
from tests.conformance.fuzz.tokens import Receiver, Sender, authenticate
from tests.support.proxy import RecordingProxy, proxying
from tests.support.serving import serving
from tests.support.tls import Certificates, certificates

SECRET = "key-of-the-gateway"


class Gateway:
    """Passes requests on that have its header, and answers others with 403."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refused = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and (b"x-key", SECRET.encode()) not in scope["headers"]:
            self.refused += 1
            await send({"type": "http.response.start", "status": 403, "headers": []})
            await send({"type": "http.response.body"})
            return
        await self._app(scope, receive, send)


def _no_ids(asked: ReceivedRequest, answer: Answer) -> Answer:
    kept = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return replace(answer, headers=kept)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="module")
def party(files: Certificates) -> Iterator[tuple[str, Gateway]]:
    made: list[Gateway] = []

    def make(base_url: str) -> ASGIApp:
        app = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base_url)
        made.append(Gateway(Misbehaving(app, _no_ids)))
        return made[0]

    with serving(make, **files.demanding()) as url:
        yield f"{url}/versions", made[0]


@pytest.fixture
def proxy() -> Iterator[RecordingProxy]:
    with proxying() as made:
        yield made


def test_every_request_has_certificate_header_and_proxy(
    party: tuple[str, Gateway], files: Certificates, proxy: RecordingProxy, tmp_path: Path
) -> None:
    url, gateway = party
    headers = tmp_path / "headers"
    headers.write_text(f"X-Key: {SECRET}\n")
    code, out, _ = ocpi_fuzz(
        url, "--json", "--module", "versions", "--allow-private",
        "--client-cert", str(files.client_cert), "--client-key", str(files.client_key),
        "--ca", str(files.ca), "--header", f"@{headers}",
        "--proxy", f"http://u:p@127.0.0.1:{proxy.port}",
    )  # fmt: skip
    report = json.loads(out)
    # The one fault that the party has is found; nothing was refused by the gateway or by TLS.
    assert code == 1
    assert {one["rule"] for one in report["findings"]} == {"headers.request-id"}
    assert report["requests"] > 10
    assert gateway.refused == 0
    assert SECRET not in out
    assert "$X_KEY" in out
    assert len(proxy.heads) >= 3
    assert all("proxy-authorization: basic dtpw" in head for head in proxy.heads)


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--ca", "missing.pem"), 2, "missing.pem cannot be read: No such file"),
        (("--header", "secret"), 2, "The colon is missing in a header"),
        (("--header", "@missing"), 2, "file of headers missing cannot be read"),
        (("--proxy", "host"), 2, "is not the URL of an HTTP proxy"),
        ((), 1, "certificate"),
    ],
)
def test_what_is_wrong_is_an_error(
    party: tuple[str, Gateway], options: tuple[str, ...], code: int, message: str
) -> None:
    got, out, stderr = ocpi_fuzz(party[0], "--allow-private", *options)
    assert (got, out) == (code, "")
    assert message in " ".join(stderr.replace("│", " ").split())
