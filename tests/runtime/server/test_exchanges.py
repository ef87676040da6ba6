"""What the application reports of requests: on_exchange, the log, a base URL that does not fit."""

import logging
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from ocpi_bindings import v2_2_1
from ocpi_bindings.v2_2_1 import models, stubs
from ocpi_runtime import token as tokens
from ocpi_runtime.client import Exchange
from ocpi_runtime.credentials import MemoryCredentialsStore, OwnParty, Registrar
from ocpi_runtime.server import Partner, create_app
from ocpi_runtime.server._exchanges import Recorder
from ocpi_runtime.testing import BASE_URL, TOKEN, Factory, answering, http_client
from ocpi_runtime.types import PartyId

HEADERS = {"Authorization": tokens.header_value(TOKEN, base64=True)}


async def authenticate(candidates: Any) -> Partner | None:
    return Partner("fun") if TOKEN in candidates else None


def app(base_url: str = BASE_URL, **options: Any) -> Any:
    location = Factory().make(models.Location)
    handler = answering(
        stubs.LocationsSenderStub, get_location=location, get_evse=RuntimeError("hunter2")
    )
    return create_app([handler], authenticate=authenticate, base_url=base_url, **options)


async def ask(application: Any, path: str, **options: Any) -> httpx2.Response:
    async with http_client(application) as http:
        url = f"https://ocpi.example{path}"
        return await http.request("GET", url, **{"headers": HEADERS} | options)


async def test_every_exchange_is_reported() -> None:
    seen: list[Exchange] = []
    served = app(on_exchange=seen.append)
    answer = await ask(served, "/ocpi/2.2.1/sender/locations/L%2F1?x=1")
    await ask(served, "/ocpi/2.2.1/sender/locations/L1", headers={})
    await ask(served, "/ocpi/2.2.1/sender/locations/L1/E1")
    await ask(served, "/ocpi/nothing")
    assert [(each.operation, each.partner, each.http_status) for each in seen] == [
        ("get_location", "fun", 200),
        ("get_location", None, 401),
        ("get_evse", "fun", 500),
        ("", None, 404),
    ]
    first, refused, failed, _ = seen
    assert (first.method, first.status_code, first.error) == ("GET", 1000, None)
    assert first.url == "https://ocpi.example/ocpi/2.2.1/sender/locations/L%2F1?x=1"
    assert first.response_body == answer.content
    assert first.request_headers["authorization"] == "***"
    assert first.response_headers["x-request-id"] == answer.headers["x-request-id"]
    assert first.duration > 0
    assert (refused.status_message, refused.error) != (None, None)
    assert failed.error == "RuntimeError: hunter2"


async def test_an_observer_that_selects_is_asked_first() -> None:
    class Failures(list[Exchange]):
        def __init__(self) -> None:
            super().__init__()
            self.asked: list[tuple[int, int | None]] = []

        def wants(self, http_status: int, status_code: int | None) -> bool:
            self.asked.append((http_status, status_code))
            return http_status != 200

        def __call__(self, exchange: Exchange) -> None:
            self.append(exchange)

    failures = Failures()
    served = app(on_exchange=failures)
    await ask(served, "/ocpi/2.2.1/sender/locations/L1")
    await ask(served, "/ocpi/2.2.1/sender/locations/L1/E1")
    assert failures.asked == [(200, 1000), (500, 3000)]
    assert [(each.operation, each.status_code) for each in failures] == [("get_evse", 3000)]


@pytest.mark.parametrize("cut", [1, 20, 50])
async def test_an_answer_in_several_messages_is_reported_whole(cut: int) -> None:
    body = (
        b'{"data":[],"status_code":2001,"status_message":"No.","timestamp":"2026-01-01T00:00:00Z"}'
    )

    async def pass_on(*_: Any) -> Any:
        return {"type": "http.request"}

    scope = {"method": "GET", "path": "/", "query_string": b"", "headers": []}
    recorder = Recorder(scope, pass_on, pass_on, BASE_URL)
    await recorder.send({"type": "http.response.start", "status": 200, "headers": []})
    for part in (body[:cut], body[cut:], b""):
        await recorder.send({"type": "http.response.body", "body": part, "more_body": bool(part)})
    assert recorder.statuses() == (200, 2001)
    exchange = recorder.exchange(None, None)
    assert (exchange.status_message, exchange.response_body) == ("No.", body)


async def test_tokens_are_masked_in_the_report() -> None:
    seen: list[Exchange] = []
    own = [OwnParty("CPO", "NL", "EXA", "Example")]
    store, bindings = MemoryCredentialsStore(), [v2_2_1.binding]
    registrar = Registrar(store, bindings=bindings, base_url=BASE_URL, own=own)
    served = create_app(
        registrar.handlers(),
        authenticate=registrar.authenticate,
        base_url=BASE_URL,
        on_exchange=seen.append,
    )
    token_a = await registrar.invite("fun", parties=[PartyId("DE", "FUN")])
    headers = {"Authorization": tokens.header_value(token_a, base64=True)}
    answer = await ask(served, "/ocpi/2.2.1/credentials", headers=headers)
    assert token_a in answer.text
    assert token_a.encode() not in seen[0].response_body
    assert b"***" in seen[0].response_body


async def test_a_report_that_fails_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def fail(exchange: Exchange) -> None:
        raise OSError("disk full")

    answer = await ask(app(on_exchange=fail), "/ocpi/2.2.1/sender/locations/L1")
    assert answer.status_code == 200
    assert "on_exchange failed" in caplog.text


async def test_log_lines_say_which_request_failed(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ocpi_runtime.server")
    served = app()
    answer = await ask(served, "/ocpi/2.2.1/sender/locations/L%201/E1")
    await ask(served, "/ocpi/2.2.1/sender/locations/L1")
    failed, fine = [each for each in caplog.records if " status=" in each.getMessage()]
    text, _, rest = failed.getMessage().partition(" duration=")
    path = "/ocpi/2.2.1/sender/locations/L%201/E1"
    assert (failed.levelname, text) == ("ERROR", f"GET {path} get_evse partner=fun status=500")
    assert rest.endswith(f"request={answer.headers['x-request-id']}")
    assert failed.exc_info
    assert fine.levelname == "DEBUG"
    assert "get_location partner=fun status=200" in fine.getMessage()


@pytest.mark.parametrize(
    ("mount", "base_url", "fits"),
    [
        ("/ocpi", BASE_URL, True),
        ("/api", BASE_URL, False),
        ("/ocpi", "https://ocpi.example", False),
        ("", BASE_URL, True),
    ],
)
async def test_a_base_url_that_does_not_fit_is_a_warning_once(
    mount: str, base_url: str, *, fits: bool, caplog: pytest.LogCaptureFixture
) -> None:
    served = app(base_url)
    outer = Starlette(routes=[Mount(mount, served)]) if mount else served
    path = f"{mount or '/ocpi'}/versions"
    for _ in range(2):
        await ask(outer, path)
    warnings = [each for each in caplog.records if "base_url is" in each.getMessage()]
    assert len(warnings) == (0 if fits else 1)
