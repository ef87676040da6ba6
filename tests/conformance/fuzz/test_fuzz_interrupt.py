"""Ctrl-C during ``ocpi fuzz``: what was found is printed, the exit code is 130, and soon."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Event

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_runtime.server import create_app
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.conformance.fuzz.tokens import TOKEN, Receiver, Sender, authenticate
from tests.support.serving import serving

_GUARD = 60.0
"""Seconds after which a test ends that would go on for minutes; it takes less than two."""


@dataclass
class Party:
    """A party whose answers lack an id, and which answers nothing more after some requests."""

    app: ASGIApp
    asked: Event
    answered: int | None
    count: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and "/tokens" in scope["path"]:
            self.count += 1
            if self.answered is not None and self.count > self.answered:
                self.asked.set()
                await receive()
                await receive()  # until it hangs up
                return
            if self.count > 50:
                self.asked.set()
        await self.app(scope, receive, send)


@pytest.fixture(params=[None, 10], ids=["answers", "hangs"])
def party(request: pytest.FixtureRequest) -> Iterator[tuple[str, Event]]:
    asked = Event()

    def make(base_url: str) -> ASGIApp:
        made = create_app([Sender(), Receiver()], authenticate=authenticate, base_url=base_url)
        return Party(Misbehaving(made, _no_ids), asked, request.param)

    with serving(make) as base_url:
        yield f"{base_url}/versions", asked


def _no_ids(asked: ReceivedRequest, answer: Answer) -> Answer:
    del asked
    kept = {name: value for name, value in answer.headers.items() if name != "x-request-id"}
    return replace(answer, headers=kept)


def test_what_was_found_is_printed(party: tuple[str, Event]) -> None:
    url, asked = party
    words = ("fuzz", url, "--token", TOKEN, "--json", "--cases", "1000000", "--timeout", "300")
    code = "from ocpi_runtime.cli import main; main()"
    command = [sys.executable, "-c", code, *words, "--allow-private", "--allow-http"]
    process = subprocess.Popen(  # noqa: S603 - our own
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "TERM": "dumb"}
    )
    assert asked.wait(_GUARD)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=_GUARD)
    assert process.returncode == 130, err
    report = json.loads(out)
    assert {one["rule"] for one in report["findings"]} >= {"headers.request-id"}
    assert "Interrupted" in err.decode()
    assert "Traceback" not in err.decode()
