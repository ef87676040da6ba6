"""The curl line of a finding repeats it as it is printed, with the token in a variable."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.types import ASGIApp

from ocpi_bindings import v2_1_1, v2_2_1
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.exchanges.wire import MASKED, MASKED_BASE64, authorization_mask
from ocpi_conformance.fuzz import Budget, Knowledge, SentRequest, Target, fuzz
from ocpi_runtime.server import create_app
from ocpi_runtime.token import header_value
from tests.conformance.fuzz import tokens
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.support.serving import serving

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
PATH = "/2.2.1/receiver/tokens"
CODED = header_value(tokens.TOKEN, base64=True)
ODD = 'it\'s{a}"token"$HOME&`more`'


class Party:
    """A party with 500 in place of success, which remembers the headers and bodies that came."""

    def __init__(self, base_url: str) -> None:
        made = create_app([tokens.Receiver()], authenticate=tokens.authenticate, base_url=base_url)
        self.app = Misbehaving(made, self._spoiled)
        self.asked: list[ReceivedRequest] = []

    def _spoiled(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        self.asked.append(asked)
        return Answer(500, answer.headers, answer.body) if answer.accepted else answer


@pytest.fixture(scope="module")
def party() -> Iterator[tuple[str, Party]]:
    made: list[Party] = []

    def make(base_url: str) -> ASGIApp:
        made.append(Party(base_url))
        return made[0].app

    with serving(make) as base_url:
        yield base_url, made[0]


def run(line: str, token: str) -> str:
    """Run a line of the shell; return what it printed."""
    environment = {"PATH": os.environ["PATH"], "TOKEN": token}
    command = ["bash", "-c", line]
    done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)  # noqa: S603 - our own lines
    return done.stdout


def test_findings_of_the_fuzzer_are_repeated(party: tuple[str, Party]) -> None:
    base_url, served = party
    target = Target(v2_2_1.binding.bundle("tokens", "receiver"), base_url + PATH, tokens.TOKEN)
    knowledge = Knowledge(own=tokens.OWN)
    report = fuzz([target], knowledge, Budget(cases=60, seed=1, sequences=0)).report
    found = [one for one in report.findings if one.exchange and one.exchange.answer.status]
    assert "envelope.no-http-5xx" in {one.rule for one in found}
    for one in found:
        assert one.exchange is not None
        served.asked.clear()
        printed = run(one.exchange.sent.curl(), tokens.TOKEN)
        assert printed.startswith(f"HTTP/1.1 {one.exchange.answer.status}")
        (asked,) = served.asked
        assert asked.headers.get("authorization", CODED) == CODED
        assert asked.body == (one.exchange.sent.body or b"")


@pytest.mark.parametrize("binding", [v2_1_1.binding, v2_2_1.binding], ids=["plain", "base64"])
def test_any_token_is_sent_as_the_version_has_it(party: tuple[str, Party], binding: Any) -> None:
    base_url, served = party
    coded = binding is v2_2_1.binding
    bundle = v2_2_1.binding.bundle("tokens", "receiver")
    with Sender(Target(bundle, base_url, ODD, coded), seed=1, timeout=5) as sender:
        for mask in (MASKED, MASKED_BASE64):  # of another sender of the same party
            sent = sender.send(SentRequest("GET", f"{base_url}/nothing", {"authorization": mask}))
            served.asked.clear()
            run(sent.sent.curl(), ODD)
            assert served.asked[0].headers["authorization"] == header_value(ODD, base64=coded)


@pytest.mark.parametrize("scheme", ["Token", "Bearer"])
@pytest.mark.parametrize("variable", ["$TOKEN", "${TOKEN}x", "${TOKEN%?}"])
@pytest.mark.parametrize("coded", [0, 1, 2])
def test_the_shell_makes_of_a_mask_what_is_sent(
    scheme: str, variable: str, coded: int, party: tuple[str, Party]
) -> None:
    url, asked = party[0] + PATH, party[1].asked
    mask = authorization_mask(scheme, variable, coded=coded)
    sent = SentRequest("GET", url, {"authorization": mask})
    run(sent.curl(), "it's-$TOKEN")
    repeated = asked[-1].headers["authorization"]
    target = Target({}, url, "it's-$TOKEN", token_base64=coded != 0)
    with Sender(target, seed=1, timeout=10) as sender:
        exchange = sender.send(sent)
    assert asked[-1].headers["authorization"] == repeated
    assert exchange.sent.headers["authorization"] == mask
