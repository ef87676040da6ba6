"""An endpoint that redirects is one finding, and what it leads to is tested all the same."""

from collections.abc import Iterator

import pytest
from starlette.types import ASGIApp, Receive, Scope, Send

from ocpi_bindings import v2_2_1
from ocpi_conformance.check import Options, check_party
from ocpi_conformance.exchanges.sending import Sender
from ocpi_conformance.fuzz import Budget, Knowledge, SentRequest, Target, fuzz
from ocpi_runtime.server import create_app
from ocpi_runtime.urls import UrlPolicy
from tests.conformance.fuzz import tokens
from tests.conformance.fuzz.misbehaving import Answer, send_answer, whole_request
from tests.support.serving import serving

HERE = UrlPolicy(allow_private=True, allow_http=True)
SLASHES = ("/2.2.1/sender/tokens", "/2.2.1/receiver/tokens")


class Redirecting:
    """A party whose endpoints answer with a slash at their end alone."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app, self._base = app, base_url
        self.elsewhere = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in SLASHES:
            asked = await whole_request(scope, receive)
            query = f"?{asked.query}" if asked.query else ""
            location = self.elsewhere or f"{self._base}{asked.path}/{query}"
            await send_answer(send, Answer(307, {"location": location}))
        else:
            await self._app(scope, receive, send)


@pytest.fixture(scope="module")
def party() -> Iterator[tuple[str, Redirecting]]:
    made: list[Redirecting] = []

    def make(base_url: str) -> ASGIApp:
        handlers = [tokens.Sender(), tokens.Receiver()]
        app = create_app(handlers, authenticate=tokens.authenticate, base_url=base_url)
        made.append(Redirecting(app, base_url))
        return made[0]

    with serving(make) as base_url:
        yield base_url, made[0]


def sender_target(base_url: str) -> Target:
    bundle = v2_2_1.binding.bundle("tokens", "sender")
    return Target(bundle, f"{base_url}{SLASHES[0]}", tokens.TOKEN)


def test_a_check_reports_it_once_and_goes_on(party: tuple[str, Redirecting]) -> None:
    base_url, _ = party
    options = Options([v2_2_1.binding], modules=["tokens"], own=tokens.OWN, policy=HERE)
    report = check_party(f"{base_url}/versions", tokens.TOKEN, options)
    redirects = [one for one in report.findings if one.rule == "versions.no-redirect"]
    assert len(redirects) == 1
    assert redirects[0].exchange is not None
    assert redirects[0].exchange.answer.status == 307
    assert {one.rule for one in report.findings} <= {
        "versions.no-redirect", "versions.credentials-listed",
    }  # fmt: skip
    read = {one.rule for one in report.rules if one.verdict.value == "passed"}
    assert {"paging.total-read", "paging.offset"} <= read


def test_the_fuzzer_reports_it_once_and_goes_on(party: tuple[str, Redirecting]) -> None:
    target = sender_target(party[0])
    result = fuzz([target], Knowledge(own=tokens.OWN), Budget(cases=80, seed=1))
    assert {one.rule for one in result.report.findings} == {"versions.no-redirect"}
    assert len(result.report.findings) == 1
    assert result.tallies["2.2.1 tokens.sender"]["get_tokens"].reached > 10


def test_no_redirect_is_followed_to_another_host(party: tuple[str, Redirecting]) -> None:
    base_url, redirecting = party
    redirecting.elsewhere = "http://127.0.0.1:9/2.2.1/sender/tokens"
    try:
        with Sender(sender_target(base_url), seed=1, timeout=5) as sender:
            exchange = sender.send(SentRequest("GET", f"{base_url}{SLASHES[0]}", {}))
    finally:
        redirecting.elsewhere = ""
    assert (exchange.answer.status, exchange.redirect) == (307, None)
