"""Partners that fail while a back end waits: it gets an answer of the platform all the same."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.server_impl.operator_api.back_end import RULES, operated
from tests.server_impl.pair import EMSP, served

ENVELOPE = b'{"status_code": %d, "status_message": "no", "timestamp": "2026-01-01T00:00:00Z"}'


def answer(status: bytes, body: bytes, *headers: bytes) -> bytes:
    length = b"Content-Length: %d" % len(body)
    return b"\r\n".join((b"HTTP/1.1 " + status, length, *headers, b"", body))


@asynccontextmanager
async def answering(sent: bytes, calls: list[bytes] | None = None) -> AsyncIterator[str]:
    """Serve some bytes as the answer to every request, which is noted; yield the URL."""

    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:  # the client closed without a request
            pass
        else:
            if calls is not None:
                calls.append(head)
            writer.write(sent)
        finally:
            writer.close()

    server = await asyncio.start_server(reply, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/versions"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (answer(b"401 Unauthorized", ENVELOPE % 2000), 2000),
        (answer(b"405 Not Allowed", ENVELOPE % 2000, b"Allow: G\xc3\x89T"), 2000),
        (answer(b"400 Bad Request", ENVELOPE % 1000), 3000),
        (answer(b"304 Not Modified", b""), 3000),
        (answer(b"666 Odd", ENVELOPE % 2001), 2001),
    ],
)
async def test_a_failing_partner_is_no_failure_of_the_request(
    sent: bytes, code: int, tmp_path: Path
) -> None:
    async with (
        served(tmp_path, EMSP, operator=RULES) as host,
        operated(host) as back_end,
        answering(sent) as url,
    ):
        failed = await back_end.send(
            "POST", "partners/registrations", {"versions_url": url, "token": "token-a"}
        )
    assert failed.status_code == 200
    assert failed.json()["status_code"] == code
    assert url in failed.json()["status_message"]


async def test_what_failed_at_a_partner_can_be_sent_again_with_its_key(tmp_path: Path) -> None:
    calls: list[bytes] = []
    async with (
        served(tmp_path, EMSP, operator=RULES) as host,
        operated(host) as back_end,
        answering(b"", calls) as url,
    ):
        wanted, path = {"versions_url": url, "token": "token-a"}, "partners/registrations"
        failed = await back_end.send("POST", path, wanted, Idempotency_Key="once")
        assert (failed.status_code, failed.json()["status_code"]) == (200, 3000)
        asked = len(calls)
        await back_end.send("POST", path, wanted, Idempotency_Key="once")
        assert len(calls) > asked
