"""Sends hostile requests to the reference platform and watches how others fare."""

import http.client
import json
import socket
import subprocess
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final

from tests.hostile.report import Report, Result
from tests.hostile.requests import RawRequest, plain_requests, request_of
from tests.hostile.target import token_of
from tests.hostile.watch import peak_memory

__all__ = ["attack_server", "started"]

_START_SECONDS: Final = 60.0
_ANSWER_SECONDS: Final = 60.0
_REFUSALS: Final = frozenset({400, 404, 405, 408, 411, 413, 414, 415, 431})
_SERVER_FAULT: Final = 500


def attack_server(seeds: range, *, warm: bool = False) -> Report:
    """Send one request for each seed.

    Args:
        seeds: What makes the requests.
        warm: Whether to call every operation before: what is compiled and cached once is no fault
            of a hostile request.

    Raises:
        RuntimeError: The platform does not start.
    """
    report = Report()
    with tempfile.TemporaryDirectory() as folder, _platform(Path(folder)) as (port, pid):
        token = b64encode(token_of("2.2.1", None).encode()).decode()
        for each in (*(plain_requests() if warm else ()), *map(request_of, range(-30, 0))):
            _answer_to(port, each)
        _watched(port)
        base = peak_memory(pid)
        with started("tests.hostile.probe", str(port), token) as probe:
            for seed in seeds:
                sent = request_of(seed)
                outcome = _answer_to(port, sent)
                held = _watched(port)["held"]
                waited = _taken(probe)
                grown = peak_memory(pid) - base
                report.add(Result(seed, sent.name, outcome, held, waited, grown))
    return report


@contextmanager
def started(module: str, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    """Run a module of ours that talks over stdin and stdout until the block ends."""
    process = subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-W", "ignore", "-m", module, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=10)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()


@contextmanager
def _platform(folder: Path) -> Iterator[tuple[int, int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    with started("tests.hostile.target", str(port), str(folder)) as process:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                _watched(port)
                break
            except OSError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError("The platform did not start.") from None
                time.sleep(0.1)
        yield port, process.pid


def _watched(port: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_ANSWER_SECONDS)
    try:
        connection.request("GET", "/watch")
        found: dict[str, Any] = json.loads(connection.getresponse().read())
        return found
    finally:
        connection.close()


def _taken(probe: "subprocess.Popen[str]") -> float:
    stdin, stdout = probe.stdin, probe.stdout
    assert stdin is not None
    assert stdout is not None
    return float(asked(stdin, stdout, "take"))


def asked(stdin: IO[str], stdout: IO[str], line: str) -> str:
    """Send a line to a process and return the line that it answers with."""
    stdin.write(line + "\n")
    stdin.flush()
    return stdout.readline()


def _answer_to(port: int, sent: RawRequest) -> str:
    """Send a request; return what came back, with ``FAULT`` in front where it is not clean."""
    with socket.create_connection(("127.0.0.1", port), timeout=_ANSWER_SECONDS) as connection:
        try:
            for piece in sent.pieces:
                connection.sendall(piece)
            if sent.ends:
                connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # refused before all was sent: the answer has the reason
        response = http.client.HTTPResponse(connection)
        try:
            response.begin()
            return _outcome(response.status, response.read())
        except TimeoutError:
            return "FAULT: no answer"
        except (OSError, http.client.HTTPException):
            return "closed"


def _outcome(status: int, body: bytes) -> str:
    try:
        code = json.loads(body)["status_code"]
    except (ValueError, KeyError, TypeError):
        return f"{'' if status in _REFUSALS else 'FAULT: '}HTTP {status} without an envelope"
    return f"{'FAULT: ' if status >= _SERVER_FAULT else ''}HTTP {status}, OCPI {code}"
