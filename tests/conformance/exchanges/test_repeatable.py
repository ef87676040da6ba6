"""Two runs with one seed against the same state find the same, and send as much."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from starlette.types import ASGIApp

from ocpi_bindings import v2_2_1
from ocpi_conformance.check import Options, check_party
from ocpi_conformance.fuzz import Budget, Knowledge, fuzz
from ocpi_conformance.fuzz.discovery import discover_targets
from ocpi_conformance.reports import Report
from ocpi_runtime.client import Options as ClientOptions
from ocpi_runtime.server import create_app
from ocpi_runtime.urls import UrlPolicy
from tests.conformance.fuzz import tokens
from tests.conformance.fuzz.misbehaving import Answer, Misbehaving, ReceivedRequest
from tests.support.serving import serving

HERE = UrlPolicy(allow_private=True, allow_http=True)


def spoiled(asked: ReceivedRequest, answer: Answer) -> Answer:
    """Break several rules, by what is asked and not by when."""
    if "limit" in asked.query:
        return answer.with_headers(x_total_count=None)
    if asked.method == "PATCH" and answer.accepted:
        return answer.with_fields(data=[1])
    body = asked.json
    if isinstance(body, dict) and "visual_number" in body:
        return Answer(422, answer.headers, json.dumps({"detail": "visual_number"}).encode())
    return answer


def app(base_url: str) -> ASGIApp:
    handlers = [tokens.Sender(), tokens.Receiver()]
    made = create_app(handlers, authenticate=tokens.authenticate, base_url=base_url)
    return Misbehaving(made, spoiled)


def checked(versions_url: str, seed: int) -> tuple[Report, Any]:
    options = Options([v2_2_1.binding], own=tokens.OWN, policy=HERE, seed=seed)
    report = check_party(versions_url, tokens.TOKEN, options)
    return report, [(one.rule, one.target, one.verdict) for one in report.rules]


def fuzzed(versions_url: str, seed: int) -> tuple[Report, Any]:
    options = ClientOptions(policy=HERE)
    targets, peer = discover_targets(versions_url, tokens.TOKEN, [v2_2_1.binding], options)
    knowledge = Knowledge(own=tokens.OWN, peer=peer)
    result = fuzz(targets, knowledge, Budget(cases=250, seed=seed))
    return result.report, result.as_data()["operations"]


@pytest.mark.parametrize("run", [checked, fuzzed])
def test_two_runs_with_one_seed_find_the_same(
    run: Callable[[str, int], tuple[Report, Any]],
) -> None:
    seen = []
    for _ in range(2):
        with serving(app) as base_url:
            report, counts = run(f"{base_url}/versions", 7)
        causes = [(one.rule, one.cause, one.severity, one.occurrences) for one in report.findings]
        seen.append((causes, report.requests, counts))
    assert len(seen[0][0]) >= 2
    assert seen[0] == seen[1]
