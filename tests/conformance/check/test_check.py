"""A check finds nothing in the reference platform, and each fault by the rule meant for it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pytest
from starlette.types import ASGIApp
from typer.testing import CliRunner

from ocpi_bindings import v2_0, v2_2_1
from ocpi_conformance.check import NotChecked, Options, check_party
from ocpi_conformance.cli import app
from ocpi_conformance.reports import Report, Verdict
from ocpi_conformance.rules import Needs
from ocpi_conformance.rules.catalogue import RULES
from ocpi_runtime.parties import CPO
from ocpi_runtime.urls import UrlPolicy
from tests.conformance.fuzz.injected_faults import (
    AnyTime,
    Elsewhere,
    Endless,
    LeftOut,
    OtherTotal,
    SeenBefore,
)
from tests.conformance.fuzz.misbehaving import Answer, ReceivedRequest
from tests.conformance.fuzz.relay import InjectedFault, Relay
from tests.support.fuzz_plans import Plan
from tests.support.fuzz_subject import GUEST, subject
from tests.support.serving import serving

HERE = UrlPolicy(allow_private=True, allow_http=True)


@dataclass
class RelayedPlatform:
    """A platform behind a relay."""

    relay: Relay
    url: str
    token: str

    def check(self, injected: InjectedFault, *modules: str) -> Report:
        self.relay.injected = injected
        options = Options([v2_2_1.binding], modules=modules, own=GUEST, policy=HERE)
        return check_party(self.url, self.token, options)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RelayedPlatform]:
    made: list[Relay] = []
    with subject(tmp_path_factory.mktemp("subject"), Plan("2.2.1")) as served:
        listed = next(one for one in served.targets if one.interface == "list")
        upstream = urljoin(listed.url, "/").removesuffix("/")

        def make(base_url: str) -> ASGIApp:
            made.append(Relay(base_url, upstream))
            return made[0]

        with serving(make) as base_url:
            yield RelayedPlatform(made[0], listed.url.replace(upstream, base_url), listed.token)


class Spoiled(InjectedFault):
    """Spoils answers to lists of locations with one function."""

    def __init__(self, spoil: Callable[[ReceivedRequest, Answer], Answer]) -> None:
        self.spoil = spoil

    def answer(self, asked: ReceivedRequest, answer: Answer) -> Answer:
        listed = asked.path.endswith("/sender/locations") and asked.method == "GET"
        return self.spoil(asked, answer) if listed else answer


class CutAnswers(InjectedFault):
    """Leaves parameters out of queries before the platform sees them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def ask(self, asked: ReceivedRequest) -> ReceivedRequest:
        kept = [one for one in asked.query.split("&") if not one.startswith(self.name)]
        return ReceivedRequest(asked.method, asked.path, asked.headers, asked.body, "&".join(kept))


def forbidden(asked: ReceivedRequest, answer: Answer) -> Answer:
    return Answer(403, answer.headers, answer.body) if answer.status == 401 else answer


def forgetful(asked: ReceivedRequest, answer: Answer) -> Answer:
    link = answer.headers.get("link", "").replace("date_from", "since")
    return answer.with_headers(link=link) if link else answer


def crash_on_odd(asked: ReceivedRequest, answer: Answer) -> Answer:
    return Answer(500, answer.headers, answer.body) if "limit=x" in asked.query else answer


def shouting(asked: ReceivedRequest, answer: Answer) -> Answer:
    return answer.with_headers(x_request_id=answer.headers.get("x-request-id", "").upper())


FAULTS: dict[str, tuple[InjectedFault, str]] = {
    "another total": (OtherTotal(), "paging.total-constant"),
    "no end": (Endless(), "paging.no-loop"),
    "next page elsewhere": (Elsewhere(), "paging.link-same-host"),
    "twice in a list": (SeenBefore(), "paging.offset"),
    "left out": (LeftOut(), "paging.offset"),
    "any time": (AnyTime(), "paging.date-filters"),
    "403 for 401": (Spoiled(forbidden), "authorization.required"),
    "Link without filters": (Spoiled(forgetful), "paging.link-keeps-filters"),
    "5xx for a limit that is no number": (Spoiled(crash_on_odd), "paging.odd-numbers"),
    "id in another case": (Spoiled(shouting), "headers.request-id"),
    "limit ignored": (CutAnswers("limit"), "paging.limit"),
    "offset ignored": (CutAnswers("offset"), "paging.offset"),
}


def test_nothing_is_found_in_the_reference_platform(stage: RelayedPlatform) -> None:
    report = stage.check(InjectedFault())
    assert [(one.rule, one.got, one.occurrences) for one in report.findings] == []
    assert report.count(Verdict.FAILED) == report.count(Verdict.WARNING) == 0
    silent = [one for one in report.rules if one.verdict is Verdict.NOT_ASKED]
    unasked = [one for one in silent if RULES[one.rule].needs is Needs.READ]
    assert report.count(Verdict.PASSED) > 10 * len(unasked)


def test_lists_of_2_0_without_dates_are_not_asked_for_periods(tmp_path: Path) -> None:
    with subject(tmp_path, Plan("2.0", CPO)) as served:
        listed = next(one for one in served.targets if one.interface == "list")
        options = Options([v2_0.binding], role="cpo", modules=["tariffs"], policy=HERE)
        report = check_party(listed.url, listed.token, options)
    assert [(one.rule, one.got) for one in report.findings] == []
    dated = {one.verdict for one in report.rules if one.rule == "paging.date-filters"}
    assert dated == {Verdict.NOT_APPLICABLE}


def test_the_same_seed_has_the_same_verdicts(stage: RelayedPlatform) -> None:
    first, again = (stage.check(InjectedFault(), "tariffs") for _ in range(2))
    assert again.rules == first.rules
    assert again.findings == first.findings


def test_a_list_that_always_fails_is_no_fault_of_dates(stage: RelayedPlatform) -> None:
    failing = Spoiled(
        lambda _, answer: answer.with_fields(status_code=3000) if answer.body else answer
    )
    rules = {one.rule for one in stage.check(failing, "locations").findings}
    assert "envelope.no-status-3000" in rules
    assert "paging.date-without-zone" not in rules


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_found_by_its_rule(stage: RelayedPlatform, name: str) -> None:
    injected, rule = FAULTS[name]
    report = stage.check(injected, "locations")
    found = {one.rule: one for one in report.findings}
    assert rule in found
    assert found[rule].exchange is not None
    assert found[rule].why.startswith("https://github.com/ocpi/ocpi/blob/")
    assert {one.rule for one in report.rules if one.verdict is not Verdict.PASSED} >= {rule}


def test_a_token_that_is_not_known(stage: RelayedPlatform) -> None:
    stage.relay.injected = InjectedFault()
    with pytest.raises(NotChecked, match="the token is not known"):
        check_party(stage.url, "nonsense", Options([v2_2_1.binding], policy=HERE))


def test_a_party_that_cannot_be_reached(unused_tcp_port: int) -> None:
    url = f"http://127.0.0.1:{unused_tcp_port}/versions"
    with pytest.raises(NotChecked, match=f":{unused_tcp_port} refuses connections"):
        check_party(url, "nonsense", Options([v2_2_1.binding], policy=HERE))


def test_the_command_prints_the_report(stage: RelayedPlatform) -> None:
    stage.relay.injected = InjectedFault()
    words = ["check", stage.url, "--token", stage.token, "--allow-private", "--allow-http"]
    words += ["--version", "2.2.1", "--module", "tokens", "--json"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["tool"] == "check"
    assert report["findings"] == []
    assert stage.token not in result.stdout
