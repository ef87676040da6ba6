"""The fuzzer judges a party by the edition that it is on."""

from typing import Any

from typer.testing import CliRunner

from ocpi_bindings.v2_3_0 import binding
from ocpi_bindings.v2_3_0.interfaces import LOCATIONS_SENDER
from ocpi_bindings.v2_3_0.models import Location
from ocpi_conformance.cli import app
from ocpi_conformance.fuzz import Budget, Knowledge, fuzz, targets_of
from ocpi_runtime.client import Endpoint
from ocpi_runtime.server import create_app
from ocpi_runtime.testing._factories import Factory
from tests.conformance.fuzz.tokens import OWN, TOKEN, authenticate
from tests.runtime.dialect.test_editions import Locations
from tests.support.serving import serving

LONG = Factory().make(Location, id="LONG", address="A" * 60)
OTHERS = frozenset(LOCATIONS_SENDER.operations) - {"get_location"}


def faults(base_url: str, edition: str) -> Any:
    endpoint = Endpoint("locations", "SENDER", f"{base_url}/2.3.0/sender/locations")
    targets = [*targets_of(binding, [endpoint], TOKEN, edition=edition)]
    knowledge = Knowledge(own=OWN, skip=OTHERS)
    report = fuzz(targets, knowledge, Budget(cases=5, seed=7, timeout=5, sequences=0))
    return {(each.rule, "/address" in str(each)) for each in report.findings}


def test_answers_are_judged_by_the_edition() -> None:
    with serving(
        lambda url: create_app([Locations(LONG)], authenticate=authenticate, base_url=url)
    ) as base_url:
        assert faults(base_url, "core-1") - faults(base_url, "") == {("objects.data", True)}


def test_interfaces_that_the_edition_lacks_are_passed_over() -> None:
    offered = [Endpoint(name, "SENDER", f"https://a/{name}") for name, _ in binding.interfaces]
    newest = {each.module for each in targets_of(binding, offered, TOKEN)}
    first = {each.module for each in targets_of(binding, offered, TOKEN, edition="core-1")}
    assert newest - first == {"invoicereconciliation"}


def test_an_edition_must_be_one_of_the_version() -> None:
    words = ["fuzz", "https://a.example/versions", "--token", TOKEN, "--edition", "one"]
    for more, message in (((), "needs the version"), (("--version", "2.3.0"), "no edition 'one'")):
        result = CliRunner().invoke(app, [*words, *more])
        assert (result.exit_code, message in str(result.exception)) == (1, True)
